//! `processor serve`: a producer that really works. It waits for commands, does one run at a time, and has a schedule of its own.
//!
//! ```text
//! listen/ (HTTP, Redis) ─┐
//! scheduler.rs ──────────┼─▶ desk.rs ──▶ run/ ──▶ store (bars, values, patterns, runs)
//! recovery.rs ───────────┘      │          └────▶ outbox ──▶ Redis
//! read.rs (GET /bars …) ◀── store
//! ```
//!
//! Invariant: every run that began is in the store before its first word is said; so one that was killed is known to the next process.
//! One process works on a store.

mod answers;
mod beat;
mod chosen;
mod desk;
mod orders;
mod read;
mod recovery;
mod scheduler;
mod universes;

use crate::error::Error;
use crate::listen::http::{Shared, serve};
use crate::listen::redis::Ear;
use crate::listen::{Door, key_of, loopback, tell};
use crate::outbox::Outbox;
use crate::publish::{Link, Way, now};
use crate::run::tell::SCHEDULER;
use crate::run::{self, Plan};
use crate::simulate::Spelling;
use axum::serve::Listener;
use chosen::Chosen;
use clap::Args;
use desk::Office;
use domain::backoff::Backoff;
use processor::bar::Frame;
use processor::store::Store;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Waits until Redis is there.
const WAITS: Backoff = Backoff { base: 500, cap: 10_000 };

/// So long the start waits for the source.
const PATIENCE: Duration = Duration::from_secs(1);

/// Options of `serve`.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    source: chosen::Asked,
    /// Where they go: sqlite://file.db, or postgres://user@host/name.
    #[arg(long, env = "PROCESSOR_DB", default_value = "sqlite://data/bars.db", hide_env_values = true)]
    db: String,
    /// The address of this machine at which commands and questions are heard; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8090", value_name = "ADDR", value_parser = loopback)]
    listen: SocketAddr,
    /// The key that requests bring in X-API-Key; without it none is asked.
    #[arg(long, env = "PROCESSOR_API_KEY", hide_env_values = true)]
    key: Option<String>,
    /// Symbols in flight at a time.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
    concurrency: u16,
    /// The universes of a night, where a command names none.
    #[arg(long, default_value = "sp500", value_delimiter = ',')]
    universes: Vec<String>,
    /// The bars over which a night computes and looks: daily, weekly, monthly.
    #[arg(long, default_value = "daily", value_delimiter = ',', value_parser = frame)]
    timeframes: Vec<Frame>,
    /// No runs by a schedule of its own: somebody else fires.
    #[arg(long)]
    no_schedule: bool,
    /// A run that was interrupted is reported as failed and not taken up again.
    #[arg(long)]
    no_resume: bool,
    /// How the messages are spelled.
    #[arg(long, value_enum, default_value_t = Spelling::Current)]
    spelling: Spelling,
}

fn frame(name: &str) -> Result<Frame, String> {
    run::frame(name).ok_or_else(run::known_frames)
}

/// Serves until it is stopped.
///
/// # Errors
/// When the address is taken, the store cannot be opened, or another process works on it.
pub async fn run(options: &Options, redis: &str, way: Way) -> Result<(), Error> {
    let source = Arc::new(Chosen::open(&options.source)?);
    let taken = |cause| Error::Listen(options.listen, cause);
    let client = redis::Client::open(redis)?;
    let store = Store::open(&options.db).await.map_err(Error::Kept)?;
    // Kept until the process ends.
    let _hold = store.hold(&options.db).await.map_err(Error::Kept)?;
    let door = Door::open(options.listen).await.map_err(taken)?;
    let address = door.local_addr().map_err(taken)?;
    let (outbox, postman) = Outbox::new(Link::new(client.clone(), way), store.clone(), options.spelling);
    let usual = Plan::night(options.universes.clone(), &options.timeframes);
    let desk =
        Office::open(source, store.clone(), outbox.clone(), usual, options).await.map_err(Error::Kept)?;
    tokio::spawn(postman.work());
    tokio::spawn(beat::beat(outbox));
    recovery::recover(&desk, !options.no_resume).await.map_err(Error::Kept)?;
    if !options.no_schedule {
        // Who has no way to ask for it knows it all the same. If too much waits to be said, whoever asks hears it.
        let _ = desk.outbox.try_say(desk.timetable().updated(now(), SCHEDULER));
        tokio::spawn(scheduler::watch(desk.clone()));
    }
    let looks = desk.clone();
    let look = tokio::spawn(async move { looks.look_at_universes().await });
    // A source that takes its time does not hold up the start.
    let _ = tokio::time::timeout(PATIENCE, look).await;
    let heard = Arc::new(AtomicBool::new(false));
    let shared =
        Shared { desk: desk.clone(), key: key_of(options.key.as_deref()), redis: heard.clone(), open: &[] };
    let server = tokio::spawn(serve(door, shared, read::routes()));
    let ear = tokio::spawn(hear(client.clone(), desk, heard, address));
    tokio::select! {
        served = server => served.map_err(std::io::Error::other).flatten().map_err(taken),
        heard = ear => heard.map_err(std::io::Error::other).map_err(taken),
    }
}

/// Hears commands over Redis as soon as it is there. It is said that they are heard, or that they are not yet.
async fn hear(client: redis::Client, desk: Arc<Office<Chosen>>, heard: Arc<AtomicBool>, address: SocketAddr) {
    let mut tries = 0;
    loop {
        match Ear::open(&client).await {
            Ok(ear) => {
                heard.store(true, Ordering::Relaxed);
                if tries == 0 {
                    tell(&listening(address, &client));
                }
                return ear.listen(desk, heard).await;
            }
            Err(cause) => {
                if tries == 0 {
                    eprintln!("processor: {cause}; what is to be said is kept until Redis is there");
                    tell(&listening(address, &client));
                }
                let wait = WAITS.delay(tries, rand::random::<f64>());
                tries += 1;
                tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
            }
        }
    }
}

fn listening(address: SocketAddr, client: &redis::Client) -> String {
    format!(
        "Listening for commands at http://{address} and on redis://{}",
        client.get_connection_info().addr()
    )
}
