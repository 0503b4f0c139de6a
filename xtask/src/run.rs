//! `cargo xtask run`: from a clean clone to a page on which a real night can be started, in one command.

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

/// Who produces nights.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Producer {
    /// Real ones, when they are asked for.
    Real,
    /// Simulated ones, one after the other.
    Simulator,
    /// Nobody.
    None,
}

impl Producer {
    fn introduced(self) -> &'static str {
        match self {
            Self::Real => "Producer: 505 symbols, of which five are real. It waits for Run now, on the page",
            Self::Simulator => "Producer: simulated nights, one after the other",
            Self::None => "Producer: none",
        }
    }
}

/// Options of `run`.
#[derive(Args)]
pub struct Options {
    /// Simulated nights, one after the other, instead of a real producer.
    #[arg(long)]
    simulate: bool,
    /// Where to listen; the next free port is taken when this one is not free.
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// How fast simulated nights go; 1 is real time, 48 minutes.
    #[arg(long, default_value_t = 30.0)]
    speed: f64,
    /// No producer: Redis and the server alone.
    #[arg(long, conflicts_with = "simulate")]
    quiet: bool,
}

impl Options {
    fn producer(&self) -> Producer {
        match (self.quiet, self.simulate) {
            (true, _) => Producer::None,
            (false, true) => Producer::Simulator,
            (false, false) => Producer::Real,
        }
    }
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
    let producer = options.producer();
    let mut server = Command::new(paths::release("closing-bell"));
    server.env("REDIS_URL", &url).env("CLOSING_BELL_SITE", site);
    let mut processor = Command::new(paths::release("processor"));
    processor.env("REDIS_URL", &url);
    step(5, producer.introduced());
    if producer == Producer::Real {
        // The server is told where commands go when it starts, so the port is chosen here.
        let api = redis::free_port()?;
        server.env("PROCESSOR_URL", format!("http://127.0.0.1:{api}"));
        // Whether and when nights begin by themselves is said on the page.
        processor.args(["serve", "--no-schedule", "--listen", &format!("127.0.0.1:{api}")]);
        // Nobody could watch, let alone cancel, the three seconds that it takes otherwise.
        processor.args(["--sample-latency", "500"]);
        children.start("The producer", &mut processor)?;
        wait_for("the producer", api, &mut children)?;
    }
    step(6, "Server");
    let port = free_from(options.port)?;
    server.env("CLOSING_BELL_ADDR", format!("127.0.0.1:{port}"));
    children.start("The server", &mut server)?;
    wait_for("the server", port, &mut children)?;
    println!("\n      Open  http://127.0.0.1:{port}/  in a browser. Ctrl-C ends everything.\n");
    if producer == Producer::Simulator {
        // It listens besides, so that what is asked for on the page is done.
        let speed = options.speed.to_string();
        processor.args(["simulate", "--continuous", "--listen", "127.0.0.1:0", "--speed", &speed]);
        children.start("The simulator", &mut processor)?;
    }
    watch(&mut children, &stop)
}

fn step(number: u32, what: &str) {
    println!("[{number}/{STEPS}] {what}");
}

/// Waits for Ctrl-C, or until a child ends.
fn watch(children: &mut Children, stop: &Arc<AtomicBool>) -> Outcome {
    while !stop.load(Ordering::Acquire) {
        if let Some((name, status)) = children.ended() {
            return Err(format!("{name} ended with {status}"));
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

/// Waits until somebody accepts connections there.
pub fn wait_for(who: &str, port: u16, children: &mut Children) -> Outcome {
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
    Err(format!("{who} does not answer after 30 s"))
}
