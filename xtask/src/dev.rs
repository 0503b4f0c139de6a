//! `cargo xtask dev`: rebuilds and restarts on change. Looks at file times twice a second; no watcher to install.

use crate::child::{Children, run as run_command};
use crate::run::{free_from, on_interrupt, wait_for};
use crate::{Outcome, assets, paths, redis, tools};
use clap::Args;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

/// Options of `dev`.
#[derive(Args)]
pub struct Options {
    /// Where to listen.
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// Play simulated nights as well.
    #[arg(long)]
    simulate: bool,
}

const WATCHED: [&str; 8] =
    ["domain/src", "app/src", "frontend/src", "server/src", "processor/src", "style", "public", "Cargo.lock"];

/// Runs until Ctrl-C.
pub fn dev(options: &Options) -> Outcome {
    let stop = on_interrupt()?;
    tools::wasm_target()?;
    let mut lasting = Children::default();
    let url = match std::env::var("REDIS_URL").ok().filter(|url| !url.is_empty()) {
        Some(url) => url,
        None => redis::start(&mut lasting, &paths::root().join("data/redis"))?,
    };
    let port = free_from(options.port)?;
    while !stop.load(Ordering::Acquire) {
        let seen = newest();
        let mut children = Children::default();
        match start(&mut children, &url, port, options.simulate) {
            Ok(()) => println!("      http://127.0.0.1:{port}/"),
            Err(sentence) => eprintln!("      {sentence}; waiting for a change"),
        }
        while newest() == seen && !stop.load(Ordering::Acquire) {
            std::thread::sleep(Duration::from_millis(500));
        }
    }
    Ok(())
}

fn start(children: &mut Children, url: &str, port: u16, simulate: bool) -> Outcome {
    let site = assets::build(true)?;
    run_command(Command::new("cargo").args([
        "build",
        "--quiet",
        "--package",
        "server",
        "--package",
        "processor",
    ]))?;
    let debug = paths::target().join("debug");
    let mut server = Command::new(debug.join("closing-bell"));
    server
        .env("REDIS_URL", url)
        .env("CLOSING_BELL_ADDR", format!("127.0.0.1:{port}"))
        .env("CLOSING_BELL_SITE", site);
    children.start("The server", &mut server)?;
    wait_for("the server", port, children)?;
    if simulate {
        let mut simulator = Command::new(debug.join("processor"));
        simulator.args(["simulate", "--continuous", "--speed", "60"]).env("REDIS_URL", url);
        children.start("The simulator", &mut simulator)?;
    }
    Ok(())
}

/// The newest change of anything that is built.
fn newest() -> Option<SystemTime> {
    WATCHED.iter().filter_map(|place| newest_in(&paths::root().join(place))).max()
}

fn newest_in(path: &Path) -> Option<SystemTime> {
    let meta = fs::metadata(path).ok()?;
    if meta.is_dir() {
        let entries = fs::read_dir(path).ok()?.flatten();
        return entries.filter_map(|entry| newest_in(&entry.path())).max();
    }
    meta.modified().ok()
}
