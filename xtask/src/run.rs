//! `cargo xtask run`: from a clean clone to a page that shows a night, in one command.

use crate::child::{Children, run as run_command};
use crate::{Outcome, assets, paths, redis, tools};
use clap::Args;
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Steps that `run` announces.
const STEPS: u32 = 6;

/// Options of `run`.
#[derive(Args)]
pub struct Options {
    /// Play simulated nights only.
    #[arg(long)]
    simulate: bool,
    /// Where to listen; the next free port is taken when this one is not free.
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// How slowly the small real night goes; 1 takes about a minute.
    #[arg(long, default_value_t = 1.0)]
    pace: f64,
    /// How fast simulated nights go; 1 is real time, 48 minutes.
    #[arg(long, default_value_t = 30.0)]
    speed: f64,
    /// Start everything, but play nothing.
    #[arg(long)]
    quiet: bool,
}

/// Runs until Ctrl-C, or until the server ends.
pub fn run(options: &Options) -> Outcome {
    let stop = on_interrupt()?;
    step(1, "Toolchain");
    tools::wasm_target()?;
    let given = std::env::var("REDIS_URL").ok().filter(|url| !url.is_empty());
    if given.is_none() {
        // Known now, and not after minutes of building.
        redis::program()?;
    }
    step(2, "Assets (the first time: about 3 min)");
    let site = assets::build(false)?;
    if stop.load(Ordering::Acquire) {
        return Ok(());
    }
    step(3, "Server and processor (the first time: about 4 min)");
    run_command(Command::new("cargo").args([
        "build",
        "--quiet",
        "--release",
        "--package",
        "server",
        "--package",
        "processor",
    ]))?;
    if stop.load(Ordering::Acquire) {
        return Ok(());
    }
    let mut children = Children::default();
    step(4, "Redis");
    let url = match given {
        Some(url) => {
            println!("      using REDIS_URL");
            url
        }
        None => redis::start(&mut children, &paths::root().join("data/redis"))?,
    };
    step(5, "Server");
    let port = free_from(options.port)?;
    let mut server = Command::new(paths::release("closing-bell"));
    server
        .env("REDIS_URL", &url)
        .env("CLOSING_BELL_ADDR", format!("127.0.0.1:{port}"))
        .env("CLOSING_BELL_SITE", site);
    children.start("The server", &mut server)?;
    wait_for(port, &mut children)?;
    println!("\n      Open  http://127.0.0.1:{port}/  in a browser. Ctrl-C ends everything.\n");
    if options.quiet {
        return watch(&mut children, &stop, |_| Ok(false));
    }
    step(6, if options.simulate { "Simulated nights" } else { "A small real night, then simulated ones" });
    let processor = |arguments: &[String]| {
        let mut command = Command::new(paths::release("processor"));
        command.args(arguments).env("REDIS_URL", &url);
        command
    };
    // It listens besides, so that what is asked for on the page is done.
    let speed = options.speed.to_string();
    let simulate =
        ["simulate", "--continuous", "--listen", "127.0.0.1:0", "--speed", &speed].map(ToOwned::to_owned);
    if options.simulate {
        children.start("The simulator", &mut processor(&simulate))?;
        return watch(&mut children, &stop, |_| Ok(false));
    }
    let real = ["run", "--pace", &options.pace.to_string()].map(ToOwned::to_owned);
    children.start("The processor", &mut processor(&real))?;
    watch(&mut children, &stop, |children| {
        children.start("The simulator", &mut processor(&simulate))?;
        Ok(true)
    })
}

fn step(number: u32, what: &str) {
    println!("[{number}/{STEPS}] {what}");
}

/// Waits for Ctrl-C. When the small real night ends, `then` plays on; when the server ends, so do we.
fn watch(
    children: &mut Children,
    stop: &Arc<AtomicBool>,
    mut then: impl FnMut(&mut Children) -> Outcome<bool>,
) -> Outcome {
    while !stop.load(Ordering::Acquire) {
        if let Some((name, status)) = children.ended() {
            if name == "The processor" && status.success() {
                then(children)?;
            } else {
                return Err(format!("{name} ended with {status}"));
            }
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    println!("\nEnding.");
    Ok(())
}

/// A flag that Ctrl-C and SIGTERM raise.
pub fn on_interrupt() -> Outcome<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let raised = stop.clone();
    ctrlc::set_handler(move || raised.store(true, Ordering::Release))
        .map_err(|cause| format!("cannot listen for Ctrl-C: {cause}"))?;
    Ok(stop)
}

/// The port asked for, or the next free one.
pub fn free_from(port: u16) -> Outcome<u16> {
    let free = (port..port.saturating_add(20)).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    let free = free.ok_or_else(|| {
        format!("ports {port} to {} are all taken; give another with --port", port.saturating_add(19))
    })?;
    if free != port {
        println!("      port {port} is taken; using {free}");
    }
    Ok(free)
}

/// Waits until the server accepts connections.
pub fn wait_for(port: u16, children: &mut Children) -> Outcome {
    let asked = Instant::now();
    while asked.elapsed() < Duration::from_secs(30) {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Ok(());
        }
        if let Some((name, status)) = children.ended() {
            return Err(format!("{name} ended with {status}"));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Err("the server does not answer after 30 s".to_owned())
}
