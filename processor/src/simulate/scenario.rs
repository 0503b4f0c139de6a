//! Nights that go wrong on purpose. Each is a script that is played like any other; what they break is their own last step.

use super::hostile;
use super::script::{Ending, Night, Provider, Say, Step, script};
use crate::publish::Message;
use clap::ValueEnum;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
    /// Nothing: every symbol comes through.
    QuietNight,
    /// The provider of prices does not answer; the run fails in its import.
    ProviderDown,
    /// The provider asks to slow down; one symbol in twenty fails for it.
    RateLimited,
    /// Every message comes twice.
    Duplicates,
    /// Neighbouring messages change places.
    OutOfOrder,
    /// One message in thirty comes after the run's end.
    LateAfterEnd,
    /// The producer dies in the middle of the indicators, and says nothing.
    #[value(name = "crash-in-phase-3", alias = "crash-in-phase3")]
    CrashInPhase3,
    /// An import of another universe runs beside the night.
    TwoRuns,
    /// All the work is done, and the end is never said.
    NeverEnds,
    /// Ten thousand symbols.
    #[value(name = "10k-symbols")]
    TenThousandSymbols,
    /// Everything that is no event, between the events of a good night.
    Hostile,
}

/// The night with what goes wrong in it from the start.
pub fn shaped(scenario: Option<Scenario>, mut night: Night) -> Night {
    match scenario {
        Some(Scenario::QuietNight) => night.failures = 0,
        Some(Scenario::ProviderDown) => (night.provider, night.ending) = (Provider::Down, Ending::Failed),
        Some(Scenario::RateLimited) => night.provider = Provider::RateLimited,
        Some(Scenario::TenThousandSymbols) => night.symbols = 10_000,
        _ => {}
    }
    night
}

/// All that is said in it, with what goes wrong on the way.
pub fn steps(scenario: Option<Scenario>, night: Night) -> Vec<Step> {
    let night = shaped(scenario, night);
    let steps = script(&night);
    let mut random = ChaCha8Rng::seed_from_u64(night.seed);
    match scenario {
        Some(Scenario::Duplicates) => steps.into_iter().flat_map(|step| [step.clone(), step]).collect(),
        Some(Scenario::OutOfOrder) => out_of_order(steps, &mut random),
        Some(Scenario::LateAfterEnd) => late(steps, &mut random),
        Some(Scenario::CrashInPhase3) => crash(steps),
        Some(Scenario::TwoRuns) => beside(steps, &night),
        Some(Scenario::NeverEnds) => {
            steps.into_iter().filter(|step| !is(step, "processing_completed")).collect()
        }
        Some(Scenario::Hostile) => among(steps, hostile::messages()),
        _ => steps,
    }
}

fn is(step: &Step, event: &str) -> bool {
    matches!(&step.say, Say::One(message) if message.event == event)
}

/// What is said changes places within groups of four; the moments stay. Starts and ends of the run keep theirs.
fn out_of_order(mut steps: Vec<Step>, random: &mut ChaCha8Rng) -> Vec<Step> {
    let last = steps.len().saturating_sub(1);
    let mut at = 1;
    while at + 4 < last {
        let (one, other) = (at + random.random_range(0..4), at + random.random_range(0..4));
        let (first, second) = (one.min(other), one.max(other));
        if first < second {
            let (left, right) = steps.split_at_mut(second);
            std::mem::swap(&mut left[first].say, &mut right[0].say);
        }
        at += 4;
    }
    steps
}

/// Symbols' results of which some are told only when the run is over.
fn late(steps: Vec<Step>, random: &mut ChaCha8Rng) -> Vec<Step> {
    let end = steps.last().map_or(0.0, |step| step.seconds);
    let mut stays = |step: &Step| !is(step, "symbol_processing_complete") || random.random_range(0..30) > 0;
    let (mut steps, late): (Vec<Step>, Vec<Step>) = steps.into_iter().partition(|step| stays(step));
    steps.extend(late.into_iter().map(|step| Step { seconds: end + 5.0, ..step }));
    steps
}

/// Everything up to the middle of the third phase.
fn crash(steps: Vec<Step>) -> Vec<Step> {
    let began = steps.iter().position(|step| is(step, "indicator_processing_started")).unwrap_or(0);
    let ended =
        steps.iter().position(|step| is(step, "indicator_processing_completed")).unwrap_or(steps.len());
    steps.into_iter().take(began + (ended - began) / 2).collect()
}

/// An import of its own beside the night, from its second minute.
fn beside(steps: Vec<Step>, night: &Night) -> Vec<Step> {
    let (symbols, seed) = (102.min(night.symbols), night.seed ^ 1);
    let import = Night { symbols, seed, import_only: true, asked: None, ..night.clone() };
    let other = script(&import).into_iter().map(|step| Step { seconds: step.seconds + 120.0, ..step });
    let mut all: Vec<Step> = steps.into_iter().chain(other).collect();
    all.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    all
}

/// These messages, spread evenly among the steps.
fn among(steps: Vec<Step>, messages: Vec<Message>) -> Vec<Step> {
    let every = (steps.len() / (messages.len() + 1)).max(1);
    let mut messages = messages.into_iter();
    let mut all = Vec::with_capacity(steps.len());
    for (index, step) in steps.into_iter().enumerate() {
        let seconds = step.seconds;
        all.push(step);
        if (index + 1) % every == 0
            && let Some(message) = messages.next()
        {
            all.push(Step { seconds, say: Say::One(message) });
        }
    }
    let end = all.last().map_or(0.0, |step| step.seconds);
    all.extend(messages.map(|message| Step { seconds: end, say: Say::One(message) }));
    all
}
