//! The dashboard in a browser while results come: what that costs its main thread and its memory, and the first load.

use super::Round;
use crate::browser::Browser;
use crate::event::{CHANNEL, PHASES, STATUS, result, start};
use crate::process::{Kind, Process};
use crate::publisher::{Publisher, Sent};
use crate::{Options, Outcome};
use std::time::Duration;

const PER_SECOND: u32 = 200;
const PAGE: &str = "/admin/daily-processing";

/// Of one page.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// Kilobytes that came before it was live.
    pub load: f64,
    /// Of one core, in percent.
    pub busy: f64,
    /// Milliseconds of the longest task, if longer than 50.
    pub longest: f64,
    /// KiB of heap that it holds more at the end, a minute.
    pub growth: f64,
    /// Nodes of its document at the end.
    pub nodes: f64,
}

/// A run of so many symbols, watched for so long.
pub async fn dashboard(
    options: &Options,
    round: &Round<'_>,
    symbols: usize,
    seconds: u32,
) -> Outcome<Figures> {
    let server = Process::server(Kind::Product, options, round.redis).await?;
    Publisher::to(round.redis).await?.say(STATUS, &start(symbols)).await?;
    // A tenth is there already; the first seconds after a load are not what is measured.
    tell(round, 0..symbols / 10, 0, 0.0).await?;
    let mut browser = Browser::start(options).await?;
    browser.open(&format!("http://127.0.0.1:{}{PAGE}", server.port)).await?;
    let load = browser.received / 1_000.0;
    tell(round, 0..600, symbols, f64::from(PER_SECOND)).await?;
    let (before, began) = (browser.used().await?, browser.now().await?);
    let events = usize::try_from(seconds * PER_SECOND).unwrap_or(0);
    tell(round, 600..600 + events, symbols, f64::from(PER_SECOND)).await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let ended = browser.now().await?;
    let longest = browser.longest_task_since(began).await?;
    let after = browser.used().await?;
    let elapsed = (ended - began) / 1_000.0;
    Ok(Figures {
        load,
        busy: (after.busy - before.busy) / elapsed * 100.0,
        longest,
        growth: (after.heap - before.heap) / elapsed * 60.0,
        nodes: after.nodes,
    })
}

/// Results, symbol after symbol, and then the next phase.
async fn tell(round: &Round<'_>, numbers: std::ops::Range<usize>, symbols: usize, pace: f64) -> Outcome {
    let of = |number: usize| match number.checked_div(symbols) {
        Some(phase) => result(number % symbols, phase % PHASES.len()),
        None => result(number, 0),
    };
    let messages: Vec<String> = numbers.map(of).collect();
    Publisher::to(round.redis).await?.say_all(CHANNEL, &messages, pace, &Sent::new(messages.len())).await
}
