//! `processor`: a producer that keeps the contract. It speaks only Redis and JSON; the server can't tell it from another.
//!
//! `serve` is a producer that really works: it waits for commands, imports, syncs, computes and detects, and has a schedule of its own.
//! `simulate` plays believable nights of 505 symbols, deterministic by seed.

mod error;
mod listen;
mod outbox;
mod publish;
mod run;
mod serve;
mod simulate;
mod uuid;

use clap::{Parser, Subcommand};
use publish::{Publisher, Way};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "processor", version, about = "A producer for Closing Bell")]
struct Cli {
    #[command(subcommand)]
    task: Task,
    /// Where to publish.
    #[arg(long, env = "REDIS_URL", default_value = "redis://127.0.0.1:6379", global = true)]
    redis: String,
    /// Which way: on the channels, by the stream that outlives a restart of the server, or both with the same bytes.
    #[arg(long, value_enum, default_value_t, global = true)]
    via: Way,
}

#[derive(Subcommand)]
enum Task {
    /// A real producer: waits for commands, and has a schedule of its own.
    Serve(serve::Options),
    /// Simulated nights; without a flag, a menu.
    Simulate(simulate::Options),
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let work = async {
        match &cli.task {
            Task::Serve(options) => serve::run(options, &cli.redis, cli.via).await,
            Task::Simulate(options) => {
                simulate::run(options, &mut Publisher::connect(&cli.redis, cli.via).await?).await
            }
        }
    };
    let outcome = tokio::select! {
        outcome = work => outcome,
        _ = tokio::signal::ctrl_c() => Ok(()),
        () = terminated() => Ok(()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("processor: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn terminated() {
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}
