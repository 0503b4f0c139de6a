//! `simulate --listen`: a producer that waits for commands and obeys them over Redis and over HTTP at the same time.
//!
//! ```text
//! http.rs   ─┐ a Command        Book, Faults
//!            ├────────────▶ obey.rs ────────▶ player.rs ──▶ the messages of a run, its end, or its cancel
//! redis.rs  ─┘   (Refusal back)   └─────────▶ redis.rs  ──▶ COMMAND_REFUSED, answers to request_status
//! ```
//!
//! Invariants: one run at a time; the same run id starts one run; what waits or is remembered is bounded; it listens on this machine
//! only. Tests: `processor/tests/listen.rs`. For people: `docs/simulator.md`.

mod answers;
mod book;
mod command;
mod door;
mod fault;
mod fields;
mod http;
mod obey;
mod player;
mod redis;
mod refusal;
mod tally;
mod timetable;

use super::{Options, scenario};
use crate::error::Error;
use crate::publish::Publisher;
use axum::serve::Listener;
use clap::Args;
use door::Door;
use fault::{Fault, Faults};
use obey::Desk;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tokio::sync::mpsc;

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

/// Anybody who reaches it may start runs and set faults, so nobody else does.
fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text.parse().map_err(|_| "is an address and a port, such as 127.0.0.1:8080")?;
    if !address.ip().is_loopback() {
        return Err("the simulator listens on this machine only: 127.0.0.1 or [::1]".to_owned());
    }
    Ok(address)
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
    let desk = Arc::new(Desk::new(Faults::of(listening.fault), symbols, slow, to_player, voice));
    let mouth = publisher.another().await?;
    let ear = redis::Ear::open(publisher.client()).await?;
    let key = listening.key.as_deref().map(str::trim).filter(|key| !key.is_empty()).map(Arc::from);
    let shared = http::Shared { desk: desk.clone(), key, redis: Arc::new(AtomicBool::new(true)) };
    tokio::spawn(ear.listen(desk.clone(), shared.redis.clone()));
    let server = tokio::spawn(http::serve(door, shared));
    if options.continuous {
        tokio::spawn(nights(desk.clone(), options.pause()));
    }
    let at = publisher.client().get_connection_info().addr();
    tell(&format!("Listening for commands at http://{address} and on redis://{at}"));
    tokio::select! {
        played = player::play(options, &desk, plays, publisher) => played,
        spoken = redis::speak(mouth, said) => spoken,
        served = server => served.map_err(std::io::Error::other).flatten().map_err(taken),
    }
}

/// Nights begin by themselves, one after the other.
async fn nights(desk: Arc<Desk>, pause: Duration) {
    loop {
        desk.by_schedule();
        tokio::time::sleep(pause).await;
    }
}

/// A line for whoever started it. They may read the first, for the port, and go: that stops nothing.
fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
