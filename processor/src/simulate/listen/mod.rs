//! `simulate --listen`: a producer that waits for commands and obeys them over Redis and over HTTP at the same time.
//!
//! ```text
//! listen/   ─── a Command ──▶ obey.rs (Book, Faults) ──▶ player.rs ──▶ the messages of a run, its end, or its cancel
//!            (Refusal back)            └────────────────▶ speak     ──▶ COMMAND_REFUSED, answers to request_status
//! ```
//!
//! Invariants: one run at a time; the same run id starts one run; what waits or is remembered is bounded; it listens on this machine
//! only. Tests: `processor/tests/listen.rs`. For people: `docs/simulator.md`.

mod answers;
mod book;
mod obey;
mod player;
mod tally;

use super::{Options, scenario};
use crate::error::Error;
use crate::listen::http::{Sent, Shared, object, serve};
use crate::listen::redis::Ear;
use crate::listen::{Door, Fault, Faults, Fields, MOST_TIMES, Refusal, key_of, loopback, tell};
use crate::publish::{Message, Publisher};
use axum::extract::State;
use axum::routing::post;
use axum::serve::Listener;
use axum::{Json, Router};
use clap::Args;
use obey::Played;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tokio::sync::mpsc;

const FAULT: &str = "/simulate/fault";
/// Most that waits to be said besides a run.
const SAID: usize = 256;

/// Options of `simulate --listen`.
#[derive(Args, Clone)]
pub struct Listening {
    /// Wait for commands, over Redis and at this address of this machine; port 0 takes a free one.
    #[arg(
        long,
        value_name = "ADDR",
        num_args = 0..=1,
        default_missing_value = "127.0.0.1:8080",
        value_parser = loopback,
        conflicts_with_all = ["auto", "phase2", "play", "hang_at", "until", "from"]
    )]
    listen: Option<SocketAddr>,
    /// The key that requests bring in X-API-Key; without it none is asked.
    #[arg(long, env = "PROCESSOR_API_KEY", hide_env_values = true)]
    key: Option<String>,
    /// What goes wrong with every command.
    #[arg(long, value_enum, requires = "listen")]
    fault: Option<Fault>,
    /// How slow the fault `slow` is.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    slow_seconds: u64,
}

impl Listening {
    /// Where, if it is to listen.
    pub fn address(&self) -> Option<SocketAddr> {
        self.listen
    }
}

/// Listens, and obeys, until it is stopped.
///
/// # Errors
/// When the address is taken, or Redis stays away.
pub async fn run(address: SocketAddr, options: &Options, publisher: &mut Publisher) -> Result<(), Error> {
    let listening = &options.listening;
    let taken = |cause| Error::Listen(address, cause);
    let door = Door::open(address).await.map_err(taken)?;
    let address = door.local_addr().map_err(taken)?;
    let (to_player, plays) = mpsc::channel(1);
    let (voice, said) = mpsc::channel(SAID);
    let symbols = scenario::shaped(options.scenario, options.night(0)).symbols;
    let slow = Duration::from_secs(listening.slow_seconds);
    let desk = Arc::new(Played::new(Faults::of(listening.fault), symbols, slow, to_player, voice));
    let mouth = publisher.another().await?;
    let ear = Ear::open(publisher.client()).await?;
    let key = key_of(listening.key.as_deref());
    let shared = Shared { desk: desk.clone(), key, redis: Arc::new(AtomicBool::new(true)), open: &[FAULT] };
    tokio::spawn(ear.listen(desk.clone(), shared.redis.clone()));
    let server = tokio::spawn(serve(door, shared, Router::new().route(FAULT, post(fault))));
    if options.continuous {
        tokio::spawn(nights(desk.clone(), options.pause()));
    }
    let at = publisher.client().get_connection_info().addr();
    tell(&format!("Listening for commands at http://{address} and on redis://{at}"));
    tokio::select! {
        played = player::play(options, &desk, plays, publisher) => played,
        spoken = speak(mouth, said) => spoken,
        served = server => served.map_err(std::io::Error::other).flatten().map_err(taken),
    }
}

/// Nights begin by themselves, one after the other.
async fn nights(desk: Arc<Played>, pause: Duration) {
    loop {
        desk.by_schedule();
        tokio::time::sleep(pause).await;
    }
}

/// Says what is to be said besides a run.
async fn speak(mut publisher: Publisher, mut said: mpsc::Receiver<Message>) -> Result<(), Error> {
    while let Some(message) = said.recv().await {
        publisher.send(&message).await?;
    }
    Ok(())
}

/// Sets what goes wrong with the next commands, by whichever way they come.
async fn fault(State(shared): State<Shared<Played>>, sent: Sent) -> Result<Json<Value>, Refusal> {
    let body = object(sent)?;
    let fields = Fields(&body);
    let times = fields.count("times", 1, 0, MOST_TIMES)?;
    let name = fields.name("fault")?;
    let fault = name.as_deref().and_then(Fault::parse);
    let mut faults = shared.desk.faults();
    match fault {
        Some(fault) => faults.set(fault, times),
        None if times == 0 && name.is_none() => *faults = Faults::default(),
        None => return Err(Refusal::field("fault", format!("is one of {}", Fault::names()))),
    }
    Ok(Json(json!({ "success": true, "fault": name, "times": times })))
}
