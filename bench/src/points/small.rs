//! Small things that add up: what one change of a phase's progress weighs, and what the server holds.

use super::Round;
use crate::client;
use crate::event::{CHANNEL, RUN, STATUS, start};
use crate::process::{Kind, Process};
use crate::publisher::Publisher;
use crate::{Options, Outcome};
use futures_util::StreamExt;
use serde_json::json;
use std::time::Duration;

/// Bytes of the message that tells one change of progress.
pub async fn progress_bytes(options: &Options, round: &Round<'_>) -> Outcome<usize> {
    let server = Process::server(Kind::Product, options, round.redis).await?;
    let mut publisher = Publisher::to(round.redis).await?;
    publisher.say(STATUS, &start(500)).await?;
    publisher.say(CHANNEL, &progress(250)).await?;
    let mut socket = client::open(Kind::Product, &server).await?;
    client::settled(Kind::Product, &mut socket).await?;
    publisher.say(CHANNEL, &progress(251)).await?;
    let found = tokio::time::timeout(Duration::from_secs(10), async {
        while let Some(Ok(message)) = socket.next().await {
            let text = message.to_text().unwrap_or_default();
            if text.contains(r#""f":"board""#) && text.contains("[251,") {
                return Some(text.len());
            }
        }
        None
    });
    found.await.ok().flatten().ok_or_else(|| "progress does not arrive".to_owned())
}

fn progress(done: u32) -> String {
    let payload = json!({ "run_id": RUN, "symbols_total": 500, "symbols_completed": done, "symbols_failed": 0, "current_symbol": "AAPL" });
    json!({ "event": "import_progress", "source": "bench", "payload": payload }).to_string()
}

/// MiB of a server that nobody talks to.
pub async fn at_rest(options: &Options, round: &Round<'_>) -> Outcome<f64> {
    let server = Process::server(Kind::Product, options, round.redis).await?;
    let mut socket = client::open(Kind::Product, &server).await?;
    client::answered(&mut socket).await?;
    Ok(server.memory() / 1_024.0)
}
