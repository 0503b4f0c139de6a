//! Five of twenty that stop reading: what it costs the others, what is queued for them, and whether they end right.

use super::Round;
use crate::client;
use crate::event::{CHANNEL, STATUS, result, start};
use crate::process::{Kind, Process};
use crate::publisher::{Publisher, Sent};
use crate::stats::Samples;
use crate::{Options, Outcome};
use std::sync::Arc;

const READING: usize = 15;
const STALLED: usize = 5;
const PER_SECOND: f64 = 2_000.0;

/// Of one round.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// Milliseconds within which 99 of a hundred deliveries to those who read came.
    pub p99: f64,
    /// Most KiB that waited in the system for one that did not.
    pub queued: f64,
    /// Of those, how many held the final state once they read again.
    pub right: f64,
}

/// A server, with or without five that stop.
pub async fn server(
    kind: Kind,
    options: &Options,
    round: &Round<'_>,
    stop: bool,
    events: usize,
) -> Outcome<Figures> {
    let server = Process::server(kind, options, round.redis).await?;
    Publisher::to(round.redis).await?.say(STATUS, &start(events)).await?;
    let sent = Arc::new(Sent::new(events));
    let (mut listeners, mut stalled) = (Vec::new(), Vec::new());
    for number in 0..READING + STALLED {
        let mut socket = client::open(kind, &server).await?;
        client::settled(kind, &mut socket).await?;
        if number < READING || !stop {
            listeners.push(client::listen(kind, socket, sent.clone()));
        } else {
            stalled.push(socket);
        }
    }
    let messages: Vec<String> = (0..events).map(|number| result(number, 3)).collect();
    Publisher::to(round.redis).await?.say_all(CHANNEL, &messages, PER_SECOND, &sent).await?;
    let queued = queued(server.port);
    let mut samples = Samples::default();
    for listener in listeners {
        samples.take(listener.await.map_err(|cause| cause.to_string())?.samples);
    }
    let mut right = 0.0;
    for listener in
        stalled.into_iter().map(|socket| client::until_final(kind, socket, events)).collect::<Vec<_>>()
    {
        right += f64::from(u8::from(listener.await.map_err(|cause| cause.to_string())?.is_some()));
    }
    Ok(Figures { p99: samples.percentile(0.99), queued, right })
}

/// The longest queue of what a server has sent and nobody has taken, in KiB, over its connections.
fn queued(port: u16) -> f64 {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    let local = format!(":{port:04X}");
    let of = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let ours = fields.get(1).is_some_and(|address| address.ends_with(&local));
        let waiting = u32::from_str_radix(fields.get(4)?.split(':').next()?, 16).ok()?;
        ours.then(|| f64::from(waiting) / 1_024.0)
    };
    table.lines().filter_map(of).fold(0.0, f64::max)
}
