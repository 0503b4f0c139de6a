//! The reader: connects, subscribes, moves messages, notices when the link dies, and begins again, for ever.

use super::now;
use super::queue::Queue;
use crate::hub::Command;
use crate::state::App;
use domain::backoff::Backoff;
use domain::decode::{CHANNELS, PATTERNS};
use domain::record::{GapKind, Redis};
use domain::time::Millis;
use futures_util::StreamExt;
use redis::aio::{PubSubSink, PubSubStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// A connection that does not answer a ping for this long is dead.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn run(client: redis::Client, app: App, queue: Arc<Queue>) {
    let address = address(&client);
    let (channels, patterns) = watched(&app.config.channels);
    let watching = u32::try_from(channels.len() + patterns.len()).unwrap_or(u32::MAX);
    let mut tries = 0;
    // Since when messages may be missed; before the first connection nothing was ever heard, so nothing is missing.
    let mut away_since: Option<Millis> = None;
    let mut told_down = false;
    loop {
        match connect(&client, &channels, &patterns).await {
            Ok((sink, stream)) => {
                let since = now();
                tries = 0;
                told_down = false;
                app.link.set(true);
                let redis = Redis { up: true, since, address: address.clone(), channels: watching };
                app.hub.tell(Command::Redis(redis)).await;
                if let Some(from) = away_since.take() {
                    tracing::warn!(from, to = since, "what was published between these moments was missed");
                    app.hub
                        .tell(Command::Gap { kind: GapKind::Disconnected, from, to: since, lost: 0 })
                        .await;
                }
                tracing::info!(address, watching, "subscribed");
                away_since = Some(pump(sink, stream, &queue).await);
            }
            Err(cause) => {
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

async fn connect(
    client: &redis::Client,
    channels: &[String],
    patterns: &[String],
) -> Result<(PubSubSink, PubSubStream), redis::RedisError> {
    let timeout = || redis::RedisError::from(std::io::Error::from(std::io::ErrorKind::TimedOut));
    let attempt = async {
        let (mut sink, stream) = client.get_async_pubsub().await?.split();
        if !channels.is_empty() {
            sink.subscribe(channels).await?;
        }
        if !patterns.is_empty() {
            sink.psubscribe(patterns).await?;
        }
        Ok((sink, stream))
    };
    tokio::time::timeout(PATIENCE, attempt).await.map_err(|_| timeout())?
}

/// Moves messages until the connection ends or stops answering. Returns the last moment at which it was seen to live: what was
/// published after it may be missing.
async fn pump(mut sink: PubSubSink, mut stream: PubSubStream, queue: &Queue) -> Millis {
    let alive_at = AtomicI64::new(now());
    let mut ping = tokio::time::interval(PATIENCE);
    ping.tick().await;
    // The ping runs beside the reading: its answer comes over the same connection.
    let alive = async {
        loop {
            ping.tick().await;
            let answer = tokio::time::timeout(PATIENCE, sink.ping::<redis::Value>()).await;
            if !matches!(answer, Ok(Ok(_))) {
                return;
            }
            alive_at.store(now(), Ordering::Relaxed);
        }
    };
    let read = async {
        while let Some(message) = stream.next().await {
            let at = now();
            alive_at.store(at, Ordering::Relaxed);
            queue.push(message.get_channel_name(), message.get_payload_bytes(), at);
        }
    };
    tokio::select! {
        () = read => {}
        () = alive => tracing::warn!("Redis does not answer a ping"),
    }
    alive_at.into_inner()
}

/// Host and port without credentials, for people.
fn address(client: &redis::Client) -> String {
    format!("redis://{}", client.get_connection_info().addr())
}

fn watched(configured: &[String]) -> (Vec<String>, Vec<String>) {
    let own = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let configured: Vec<&String> = configured.iter().filter(|name| !name.trim().is_empty()).collect();
    if configured.is_empty() {
        return (own(CHANNELS), own(PATTERNS));
    }
    let (patterns, channels) = configured.into_iter().cloned().partition(|name: &String| name.contains('*'));
    (channels, patterns)
}
