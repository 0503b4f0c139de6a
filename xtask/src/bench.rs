//! `cargo xtask bench`: builds the server, its assets and the bench, and measures the one with the other.

use crate::child::run;
use crate::{Outcome, assets, paths, redis, tools};
use clap::Args;
use std::process::Command;

/// Options of `bench`.
#[derive(Args)]
pub struct Options {
    /// One round, shorter: a few minutes.
    #[arg(long)]
    quick: bool,
    /// Fails when a ratio to the yardstick is more than 25 % worse than the committed one.
    #[arg(long)]
    check: bool,
    /// Keeps the ratios of this run as those to compare with.
    #[arg(long)]
    keep: bool,
    /// Only points whose name contains this.
    #[arg(long)]
    only: Option<String>,
}

/// Builds, and measures.
pub fn bench(options: &Options) -> Outcome {
    tools::wasm_target()?;
    let redis = redis::program()?;
    let chromium = tools::debian(&["chromium", "chromium-browser", "google-chrome"], "chromium")?;
    let site = assets::build(false)?;
    run(Command::new("cargo").args(["build", "--release", "--package", "server", "--package", "bench"]))?;
    // Five thousand connections are as many open files, on each side.
    let mut bench = Command::new("sh");
    bench.args(["-c", "ulimit -n 20000 2>/dev/null; exec \"$0\" \"$@\""]).arg(paths::release("bench"));
    for (flag, on) in [("--quick", options.quick), ("--check", options.check), ("--keep", options.keep)] {
        if on {
            bench.arg(flag);
        }
    }
    if let Some(only) = &options.only {
        bench.args(["--only", only]);
    }
    bench
        .env("CB_SERVER_BIN", paths::release("closing-bell"))
        .env("CB_SITE", site)
        .env("CB_REDIS_BIN", redis)
        .env("CB_CHROMIUM", chromium);
    run(&mut bench)
}
