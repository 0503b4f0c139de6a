//! `bench`: how the product stands against the floor (a raw Redis subscriber) and a yardstick (a tuned bridge of forty lines).
//!
//! Everything is measured in interleaved rounds of one run, on one machine that server, Redis, publisher and clients share: the
//! ratios hold, the absolute figures do not. Every event is one symbol's result of one run. The latency of an event ends with
//! the first message that holds its effect. `cargo xtask bench` builds what it needs and starts it.

mod admitted;
mod bridge;
mod browser;
mod client;
mod event;
mod http;
mod night;
mod past;
mod points;
mod process;
mod publisher;
mod stats;
mod table;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Whatever stops the bench, as a sentence.
pub type Outcome<T = ()> = Result<T, String>;

/// The options.
#[derive(Clone, Debug, Parser)]
#[command(name = "bench", about = "Measures Closing Bell against a floor and a yardstick")]
pub struct Options {
    #[command(subcommand)]
    task: Option<Task>,
    /// One round, shorter: a few minutes.
    #[arg(long)]
    quick: bool,
    /// Fails when a ratio is more than 25 % worse than the committed one.
    #[arg(long)]
    check: bool,
    /// Keeps the ratios of this run as those to compare with.
    #[arg(long)]
    keep: bool,
    /// Only points whose name contains this.
    #[arg(long)]
    only: Option<String>,
    /// The server's release build.
    #[arg(long, env = "CB_SERVER_BIN", default_value = "target/release/closing-bell")]
    server: PathBuf,
    /// The built assets.
    #[arg(long, env = "CB_SITE", default_value = "target/site")]
    site: PathBuf,
    /// Redis.
    #[arg(long, env = "CB_REDIS_BIN", default_value = "redis-server")]
    redis: PathBuf,
    /// The browser.
    #[arg(long, env = "CB_CHROMIUM", default_value = "chromium")]
    chromium: PathBuf,
    /// Seconds that the browser is watched: 60, or 10 if quick. Ten minutes show whether its memory is flat.
    #[arg(long, value_parser = clap::value_parser!(u32).range(5..=1_800))]
    watch: Option<u32>,
    /// The committed ratios.
    #[arg(long, default_value = "bench/ratios.json")]
    ratios: PathBuf,
}

#[derive(Clone, Debug, Subcommand)]
enum Task {
    /// The yardstick itself, as a process of its own.
    Bridge {
        /// Where to listen.
        #[arg(long)]
        port: u16,
        /// Where to subscribe.
        #[arg(long)]
        redis: String,
    },
}

fn main() -> ExitCode {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = runtime.map_err(|cause| cause.to_string()).and_then(|runtime| {
        runtime.block_on(async {
            match &options.task {
                Some(Task::Bridge { port, redis }) => bridge::serve(*port, redis).await,
                None => points::all(&options).await,
            }
        })
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("bench: {sentence}");
            ExitCode::FAILURE
        }
    }
}
