//! How soon each event's effect is seen, at a steady pace: the percentiles, what was lost, and what a delivery costs the server.

use super::Round;
use crate::client::{self, Seen};
use crate::event::{CHANNEL, STATUS, result, start};
use crate::process::{Kind, Process};
use crate::publisher::{Publisher, Sent};
use crate::stats::Samples;
use crate::{Options, Outcome};
use std::sync::Arc;

/// Of one target in one round.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// Half of the deliveries were sooner, in milliseconds.
    pub p50: f64,
    /// Of a hundred, 99 were sooner.
    pub p99: f64,
    /// Deliveries that never came, of all, 0 to 1.
    pub lost: f64,
    /// Microseconds of the server for each delivery that came.
    pub cpu: f64,
}

/// Connections, events a second, and how many events.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// How many listen.
    pub connections: usize,
    /// How many events a second.
    pub per_second: f64,
    /// How many in all, one about each symbol.
    pub events: usize,
}

/// The floor: a raw subscriber for each connection.
pub async fn floor(round: &Round<'_>, load: Load) -> Outcome<Figures> {
    let sent = Arc::new(Sent::new(load.events));
    let mut listeners = Vec::new();
    for _ in 0..load.connections {
        listeners.push(client::subscriber(round.redis, sent.clone()).await?);
    }
    publish(round, load, &sent).await?;
    let mut seen = Vec::new();
    for listener in listeners {
        seen.push(listener.await.map_err(|cause| cause.to_string())?);
    }
    Ok(figures(seen, load, f64::NAN))
}

/// A server.
pub async fn server(kind: Kind, options: &Options, round: &Round<'_>, load: Load) -> Outcome<Figures> {
    let server = Process::server(kind, options, round.redis).await?;
    Publisher::to(round.redis).await?.say(STATUS, &start(load.events)).await?;
    let sent = Arc::new(Sent::new(load.events));
    let mut listeners = Vec::new();
    for _ in 0..load.connections {
        let mut socket = client::open(kind, &server).await?;
        client::settled(kind, &mut socket).await?;
        listeners.push(client::listen(kind, socket, sent.clone()));
    }
    let before = server.cpu();
    publish(round, load, &sent).await?;
    let mut seen = Vec::new();
    for listener in listeners {
        seen.push(listener.await.map_err(|cause| cause.to_string())?);
    }
    Ok(figures(seen, load, server.cpu() - before))
}

async fn publish(round: &Round<'_>, load: Load, sent: &Sent) -> Outcome {
    let messages: Vec<String> = (0..load.events).map(|number| result(number, 0)).collect();
    Publisher::to(round.redis).await?.say_all(CHANNEL, &messages, load.per_second, sent).await
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn figures(seen: Vec<Seen>, load: Load, cpu: f64) -> Figures {
    let mut samples = Samples::default();
    for one in seen {
        samples.take(one.samples);
    }
    let (wanted, came) = ((load.events * load.connections) as f64, samples.count() as f64);
    Figures {
        p50: samples.percentile(0.5),
        p99: samples.percentile(0.99),
        lost: 1.0 - came / wanted,
        cpu: cpu / came,
    }
}
