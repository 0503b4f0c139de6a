//! Everything at once: when each connection holds the final state, and what that costs the server.

use super::Round;
use crate::client;
use crate::event::{CHANNEL, STATUS, result, start};
use crate::process::{Kind, Process};
use crate::publisher::{Publisher, Sent};
use crate::{Options, Outcome};
use std::time::{Duration, Instant};

/// Events, symbols they are about, and connections.
const EVENTS: usize = 20_000;
const SYMBOLS: usize = 5_000;
const CONNECTIONS: usize = 50;

/// Of one target in one round.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// Milliseconds until the last connection held the final state.
    pub last: f64,
    /// Connections that never did, in percent.
    pub without: f64,
    /// Milliseconds of the server.
    pub cpu: f64,
}

/// A server.
pub async fn server(kind: Kind, options: &Options, round: &Round<'_>) -> Outcome<Figures> {
    let server = Process::server(kind, options, round.redis).await?;
    Publisher::to(round.redis).await?.say(STATUS, &start(SYMBOLS)).await?;
    let mut listeners = Vec::new();
    let began = Instant::now();
    for _ in 0..CONNECTIONS {
        let mut socket = client::open(kind, &server).await?;
        client::settled(kind, &mut socket).await?;
        listeners.push(client::until_final(kind, socket, SYMBOLS));
    }
    let messages: Vec<String> =
        (0..EVENTS).map(|number| result(number % SYMBOLS, number / SYMBOLS)).collect();
    let (before, published) = (server.cpu(), began.elapsed());
    let publisher = Publisher::to(round.redis).await?;
    publisher.say_all(CHANNEL, &messages, 0.0, &Sent::new(EVENTS)).await?;
    let mut ends: Vec<Option<Instant>> = Vec::new();
    for listener in listeners {
        ends.push(listener.await.map_err(|cause| cause.to_string())?);
    }
    let without = ends.iter().filter(|end| end.is_none()).count();
    let last = ends.iter().flatten().max().map_or(Duration::MAX, |end| *end - began - published);
    #[expect(clippy::cast_precision_loss, reason = "few connections")]
    let without = without as f64 * 100.0 / CONNECTIONS as f64;
    Ok(Figures { last: last.as_secs_f64() * 1_000.0, without, cpu: (server.cpu() - before) / 1_000.0 })
}
