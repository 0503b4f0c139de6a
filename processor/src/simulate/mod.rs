//! Simulated nights: believable, deterministic by seed, and marked as simulated in every message.
//!
//! A night is made by a pure generator ([`script`]): moments and messages, without a clock. The player sends what its moment has
//! come for. So a night can be tested in a millisecond and played in an hour.

mod hostile;
mod legacy;
mod listen;
mod menu;
mod play;
mod samples;
mod scenario;
mod script;
mod spelling;
mod symbols;

use crate::error::Error;
use crate::publish::{Message, Publisher};
use clap::Args;
use listen::Listening;
use scenario::Scenario;
use script::{Ending, Night, Provider};
pub use spelling::{Speller, Spelling};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Messages that are published in one go.
const BATCH: usize = 256;

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
    /// How the messages are spelled.
    #[arg(long, value_enum, default_value_t = Spelling::Current)]
    spelling: Spelling,
    /// One night in which this goes wrong, then end.
    #[arg(long, value_enum)]
    scenario: Option<Scenario>,
    /// Plays a recording back instead, as fast as `--speed` says.
    #[arg(long, conflicts_with_all = ["auto", "phase2", "continuous", "scenario"])]
    play: Option<PathBuf>,
    #[command(flatten)]
    listening: Listening,
}

impl Options {
    /// Between two nights; never nothing, for whoever else wants the processor.
    fn pause(&self) -> Duration {
        Duration::from_secs_f64(self.pause_seconds.clamp(0.01, 86_400.0))
    }

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
            provider: Provider::Well,
            // A part of a night belongs to the other parts; a whole one is a run of its own.
            play: if self.from.is_some() || self.until.is_some() { 0 } else { rand::random() },
            asked: None,
        }
    }
}

/// Plays what was asked for.
///
/// # Errors
/// When Redis stays away, or the menu cannot be read.
pub async fn run(options: &Options, publisher: &mut Publisher) -> Result<(), Error> {
    if let Some(address) = options.listening.address() {
        return listen::run(address, options, publisher).await;
    }
    if let Some(path) = &options.play {
        return play::recording(path, speed(options), publisher).await;
    }
    if !(options.auto
        || options.scenario.is_some()
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
        tokio::time::sleep(options.pause()).await;
    }
}

/// Plays one night, or the asked part of it.
async fn play(options: &Options, number: u64, publisher: &mut Publisher) -> Result<(), Error> {
    let steps = scenario::steps(options.scenario, options.night(number));
    let at = |percent: Option<u32>, otherwise: usize| {
        percent
            .map_or(otherwise, |percent| steps.len() * usize::try_from(percent.min(100)).unwrap_or(100) / 100)
    };
    let (first, last) = (at(options.from, 0), at(options.until.or(options.hang_at), steps.len()));
    let speed = speed(options);
    println!("Night {number}: {} messages and their values", steps.len());
    let mut speller = Speller::new(options.spelling, options.seed ^ number);
    let began = Instant::now();
    let start = steps.get(first).map_or(0.0, |step| step.seconds);
    let mut batch: Vec<Message> = Vec::new();
    for step in steps.iter().take(last).skip(first) {
        let due = Duration::from_secs_f64((step.seconds - start).max(0.0) / speed);
        if let Some(wait) = due.checked_sub(began.elapsed()) {
            flush(&mut batch, publisher).await?;
            tokio::time::sleep(wait).await;
        }
        batch.extend(step.messages().into_iter().map(|message| speller.spell(message)));
        if batch.len() >= BATCH {
            flush(&mut batch, publisher).await?;
        }
    }
    flush(&mut batch, publisher).await?;
    if options.hang_at.is_some() {
        println!("Silent from now on, until stopped");
        std::future::pending::<()>().await;
    }
    Ok(())
}

async fn flush(batch: &mut Vec<Message>, publisher: &mut Publisher) -> Result<(), Error> {
    publisher.send_all(&batch.iter().collect::<Vec<_>>()).await?;
    batch.clear();
    Ok(())
}

fn speed(options: &Options) -> f64 {
    options.speed.clamp(0.01, 1_000_000.0)
}
