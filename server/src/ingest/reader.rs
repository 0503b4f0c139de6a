//! The reader: subscribes, moves messages into the queue, notices when the link dies, and begins again, for ever.

use super::gate::Gate;
use super::now;
use super::queue::Queue;
use super::subscription::Source;
use crate::hub::Command;
use crate::state::App;
use domain::backoff::Backoff;
use domain::record::{GapKind, Redis};
use domain::time::Millis;
use std::sync::Arc;
use std::time::Duration;

pub(super) async fn run(source: Source, app: App, queue: Arc<Queue>, gate: Arc<Gate>) {
    let (address, watching) = (source.address(), source.watching());
    app.hub.tell(Command::Watched(source.names())).await;
    let mut tries = 0;
    // Since when messages may be missed; before the first connection nothing was ever heard, so nothing is missing.
    let mut away_since: Option<Millis> = None;
    let mut told_down = false;
    loop {
        let taken = queue.clone();
        // What is on the stream comes before what will be published.
        gate.close();
        let take = move |channel: String, bytes: Vec<u8>| taken.push(channel, bytes, now());
        match source.subscribe(take).await {
            Ok(subscription) => {
                let since = now();
                tries = 0;
                let back = std::mem::take(&mut told_down);
                app.link.set(true);
                let redis = Redis { up: true, since, address: address.clone(), channels: watching };
                app.hub.tell(Command::Redis(redis)).await;
                if let Some(from) = away_since.take() {
                    tracing::warn!(from, to = since, "what was published between these moments was missed");
                    app.hub
                        .tell(Command::Gap { kind: GapKind::Disconnected, from, to: since, lost: 0 })
                        .await;
                }
                if back {
                    app.link.note_missed();
                }
                tracing::info!(address, watching, "subscribed");
                away_since = Some(subscription.ended().await);
            }
            Err(cause) => {
                gate.open();
                if !told_down {
                    tracing::warn!(address, %cause, "Redis is not reachable; trying again for ever");
                }
            }
        }
        app.link.set(false);
        if !told_down {
            told_down = true;
            tracing::warn!(address, "not connected to Redis: what is published now is missed");
            let since = away_since.unwrap_or_else(now);
            let redis = Redis { up: false, since, address: address.clone(), channels: watching };
            if !app.hub.tell(Command::Redis(redis)).await {
                return;
            }
        }
        let wait = Backoff::LINK.delay(tries, rand::random::<f64>());
        tries = tries.saturating_add(1);
        tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
    }
}
