//! Simulated nights: believable, deterministic by seed, and marked as simulated in every message.
//!
//! A night is made by a pure generator ([`script`]): moments and messages, without a clock. The player sends what its moment has
//! come for. So a night can be tested in a millisecond and played in an hour.

mod menu;
mod script;
mod symbols;

use crate::error::Error;
use crate::publish::Publisher;
use clap::Args;
use script::{Ending, Night, Step};
use std::time::{Duration, Instant};

/// Options of `simulate`.
#[derive(Args, Clone)]
pub struct Options {
    /// One full night, then end.
    #[arg(long)]
    auto: bool,
    /// One import of its own, then end.
    #[arg(long)]
    phase2: bool,
    /// Night after night, until told to stop.
    #[arg(long)]
    continuous: bool,
    /// How many symbols, 1 to 10 000.
    #[arg(long, default_value_t = 505, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    symbols: u32,
    /// How fast: 1 is real time (48 minutes), 60 is 48 seconds.
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// The same seed gives the same night.
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Seconds between two nights.
    #[arg(long, default_value_t = 20.0)]
    pause_seconds: f64,
    /// The night fails in its indicators.
    #[arg(long)]
    fail_run: bool,
    /// The night is cancelled in its indicators.
    #[arg(long)]
    cancel_run: bool,
    /// Symbols that fail in the import, besides the two that always do.
    #[arg(long, default_value_t = 1)]
    failures: u32,
    /// Say nothing more after this share of all messages, in percent, and stay connected.
    #[arg(long)]
    hang_at: Option<u32>,
    /// End after this share of all messages, in percent.
    #[arg(long)]
    until: Option<u32>,
    /// Begin after this share of all messages, in percent: the night as somebody who comes late hears it.
    #[arg(long)]
    from: Option<u32>,
}

impl Options {
    fn night(&self, number: u64) -> Night {
        let ending = match (self.fail_run, self.cancel_run) {
            (true, _) => Ending::Failed,
            (_, true) => Ending::Cancelled,
            _ => Ending::Success,
        };
        Night {
            symbols: self.symbols,
            seed: self.seed,
            number,
            ending,
            failures: self.failures,
            import_only: self.phase2,
            // A part of a night belongs to the other parts; a whole one is a run of its own.
            play: if self.from.is_some() || self.until.is_some() { 0 } else { rand::random() },
        }
    }
}

/// Plays what was asked for.
///
/// # Errors
/// When Redis stays away, or the menu cannot be read.
pub async fn run(options: &Options, publisher: &mut Publisher) -> Result<(), Error> {
    if !(options.auto
        || options.phase2
        || options.continuous
        || options.until.is_some()
        || options.hang_at.is_some())
    {
        return menu::run(options, publisher).await;
    }
    let mut number = 0;
    loop {
        play(options, number, publisher).await?;
        if !options.continuous {
            return Ok(());
        }
        number += 1;
        tokio::time::sleep(Duration::from_secs_f64(options.pause_seconds.clamp(0.0, 86_400.0))).await;
    }
}

/// Plays one night, or the asked part of it.
async fn play(options: &Options, number: u64, publisher: &mut Publisher) -> Result<(), Error> {
    let steps = script::script(&options.night(number));
    let at = |percent: Option<u32>, otherwise: usize| {
        percent
            .map_or(otherwise, |percent| steps.len() * usize::try_from(percent.min(100)).unwrap_or(100) / 100)
    };
    let (first, last) = (at(options.from, 0), at(options.until.or(options.hang_at), steps.len()));
    let speed = options.speed.clamp(0.01, 1_000_000.0);
    println!("Night {number}: {} messages, {} symbols", steps.len(), options.symbols);
    let began = Instant::now();
    let start = steps.get(first).map_or(0.0, |step| step.seconds);
    for Step { seconds, message } in steps.iter().take(last).skip(first) {
        let due = Duration::from_secs_f64((seconds - start).max(0.0) / speed);
        if let Some(wait) = due.checked_sub(began.elapsed()) {
            tokio::time::sleep(wait).await;
        }
        publisher.send(message).await?;
        if message.event.ends_with("_started") || message.event.ends_with("_completed") {
            println!(
                "  {} {}",
                message.event,
                message.payload.get("phase").map(ToString::to_string).unwrap_or_default()
            );
        }
    }
    if options.hang_at.is_some() {
        println!("Silent from now on, until stopped");
        std::future::pending::<()>().await;
    }
    Ok(())
}
