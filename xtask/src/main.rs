//! `cargo xtask …`: the whole workflow of this repository, in Rust, so that a fresh machine needs nothing but rustup.
//!
//! `run` starts everything; `test` proves everything; `lint` holds the style; `dev` rebuilds on change;
//! `build` makes the assets alone. Each says what it is doing, and names or installs what is missing.

mod assets;
mod bench;
mod child;
mod dev;
mod docs;
mod lint;
mod paths;
mod redis;
mod run;
mod slim;
mod test;
mod tidy;
mod tools;
mod unused;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Anything that stops a task: a sentence for the person at the terminal.
pub type Outcome<T = ()> = Result<T, String>;

#[derive(Parser)]
#[command(name = "xtask", about = "The workflow of Closing Bell")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything, start Redis, a real producer and the server: nights are started on the page.
    Run(run::Options),
    /// All tests: Rust against a real Redis, then the browser against the release build.
    Test(test::Options),
    /// Formatting, clippy, docs, and the checks of our own style.
    Lint,
    /// Rebuild and restart on change, with a private Redis.
    Dev(dev::Options),
    /// The assets alone: WASM, script, style, fonts, manifest.
    Build {
        /// Unoptimised: quick, and large.
        #[arg(long)]
        fast: bool,
    },
    /// How the server stands against a raw subscriber and a tuned bridge, in one interleaved run.
    Bench(bench::Options),
    /// The reference of events, `docs/events.md` and `docs/asyncapi.yaml`, from the code's tables.
    Docs,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Run(options) => run::run(&options),
        Task::Test(options) => test::test(&options),
        Task::Lint => lint::lint(),
        Task::Bench(options) => bench::bench(&options),
        Task::Docs => docs::write(),
        Task::Dev(options) => dev::dev(&options),
        Task::Build { fast } => tools::wasm_target().and_then(|()| assets::build(fast)).map(|_| ()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("xtask: {sentence}");
            ExitCode::FAILURE
        }
    }
}
