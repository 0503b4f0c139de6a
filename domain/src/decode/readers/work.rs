//! Runs and their phases: how they begin, move and end.

use super::{NAMES, SENTENCE, SYMBOL};
use crate::decode::envelope::Message;
use crate::decode::fields::{
    CHANGES, FAILED, FRAME, FRAMES, INDICATORS_DONE, MESSAGE, PATTERNS_FOUND, PHASE, PHASES, REASON, RECORDS,
    RETRY_OF, STATUS, SUCCESS, TASKS, TOTAL, TRIGGER, UNIVERSES, UPDATED,
};
use crate::decode::timeframe::timeframe;
use crate::decode::values::{self, counts};
use crate::event::{Ending, EventKind, PhaseEnded, PhaseStarted, RunEnded, RunStarted};
use crate::phase::Phase;
use crate::record::{Task, Trigger, Unit};
use serde_json::{Map, Value};

/// Cache syncs count steps, of which there are few; symbols are more.
const MOST_STEPS: u32 = 16;

pub(in crate::decode) fn run_started(message: &Message) -> EventKind {
    let mut plan: Vec<Phase> = Vec::new();
    for name in PHASES.list(message.body, 64).into_iter().take(NAMES) {
        let named = if name == "all" { Phase::NIGHT.to_vec() } else { vec![Phase::parse(&name)] };
        plan.extend(named.into_iter().filter(|phase| !plan.contains(phase)).collect::<Vec<_>>());
    }
    let symbols = TOTAL.count(message.body);
    let trigger = trigger(message);
    EventKind::RunStarted(RunStarted {
        trigger,
        symbols,
        phases: plan,
        universes: names(&UNIVERSES, message),
        retry_of: RETRY_OF.text(message.body, 64),
    })
}

pub(in crate::decode) fn run_progress(message: &Message) -> EventKind {
    let phase = PHASE.text(message.body, 64).map(|name| Phase::parse(&name));
    EventKind::RunProgress { phase, progress: counts(message.body) }
}

pub(in crate::decode) fn run_ended(message: &Message) -> EventKind {
    let figures = counts(message.body);
    let sum = figures.done.map(|done| done.saturating_add(figures.failed.unwrap_or(0)));
    EventKind::RunEnded(RunEnded {
        ending: ending(message.body).unwrap_or(Ending::Success),
        // `symbols_processed` of a run's end counts the successes (398 and 105 of 503 in the contract's sample).
        processed: sum.or(figures.processed),
        failed: figures.failed,
        reason: reason(message),
    })
}

/// Progress of a phase; a status says that it starts or has ended.
pub(in crate::decode) fn job_progress(message: &Message) -> EventKind {
    let Some(phase) = PHASE.text(message.body, 64).map(|name| Phase::parse(&name)) else {
        return EventKind::RunProgress { phase: None, progress: counts(message.body) };
    };
    match STATUS.text(message.body, 32).unwrap_or_default().to_lowercase().as_str() {
        "started" if !moves(message) => phase_started(message, phase),
        "completed" | "completed_with_errors" | "success" | "failed" | "error" | "cancelled" => {
            phase_ended(message, phase)
        }
        _ => phase_progress(message, phase),
    }
}

/// Whether something is said to be done already, or to be in hand.
fn moves(message: &Message) -> bool {
    let progress = counts(message.body);
    progress.current.is_some() || progress.done.max(progress.processed).unwrap_or(0) > 0
}

pub(in crate::decode) fn phase_started(message: &Message, phase: Phase) -> EventKind {
    let frames = frames(message);
    EventKind::PhaseStarted(PhaseStarted {
        phase,
        total: TOTAL.count(message.body),
        universes: names(&UNIVERSES, message),
        frames,
        trigger: trigger(message),
    })
}

fn trigger(message: &Message) -> Option<Trigger> {
    match TRIGGER.text(message.body, 32)?.to_lowercase().as_str() {
        "automatic" | "scheduled" | "schedule" | "scheduler" => Some(Trigger::Schedule),
        "manual" | "api" => Some(Trigger::Manual),
        _ => None,
    }
}

pub(in crate::decode) fn phase_progress(message: &Message, phase: Phase) -> EventKind {
    let progress = steps(counts(message.body), &phase);
    EventKind::PhaseProgress { phase, progress }
}

pub(in crate::decode) fn phase_ended(message: &Message, phase: Phase) -> EventKind {
    let body = message.body;
    let failed_symbols = match FAILED.of(body) {
        Some(Value::Array(_)) => FAILED.list(body, SYMBOL),
        _ => values::stats(body).map(|stats| FAILED.list(stats, SYMBOL)).unwrap_or_default(),
    };
    let made = match phase {
        Phase::Import => RECORDS.of(body),
        Phase::Indicators => INDICATORS_DONE.of(body),
        Phase::Patterns => PATTERNS_FOUND.of(body),
        Phase::CacheSync | Phase::Other(_) => CHANGES.of(body),
    };
    let rebuilt = || values::stats(body).filter(|_| phase == Phase::CacheSync).and_then(entries);
    EventKind::PhaseEnded(PhaseEnded {
        ending: ending(body).unwrap_or(Ending::Success),
        progress: steps(counts(body), &phase),
        failed_symbols,
        made: made.and_then(values::whole).or_else(rebuilt),
        frame: FRAME.text(body, 16).map(|name| timeframe(&name)),
        universes: names(&UPDATED, message),
        tasks: tasks(body),
        reason: reason(message),
        phase,
    })
}

/// A cache sync that counts few things counts steps.
fn steps(mut progress: crate::event::Counts, phase: &Phase) -> crate::event::Counts {
    if *phase == Phase::CacheSync && progress.total.is_some_and(|total| total <= MOST_STEPS) {
        progress.unit = Unit::Steps;
    }
    progress
}

/// The entries that a rebuilt cache has, all kinds together.
fn entries(stats: &Map<String, Value>) -> Option<u64> {
    let kinds = stats.iter().filter(|(name, _)| name.ends_with("_entries") && *name != "deleted_entries");
    kinds.filter_map(|(_, value)| values::whole(value)).reduce(u64::saturating_add)
}

/// How each step came out: a word, or an object with a status and changes.
fn tasks(body: &Map<String, Value>) -> Vec<Task> {
    let Some(Value::Object(tasks)) = TASKS.of(body) else { return Vec::new() };
    let one = |(name, result): (&String, &Value)| {
        let name = super::super::clean(name, 64);
        let (status, changes) = match result {
            Value::Object(result) => (
                ending(result),
                CHANGES.count(result).or_else(|| result.get("changes").and_then(values::count)),
            ),
            Value::String(word) => (ending_of(word), None),
            _ => (None, None),
        };
        (!name.is_empty()).then(|| Task { name, failed: status == Some(Ending::Failed), changes })
    };
    tasks.iter().take(NAMES).filter_map(one).collect()
}

fn names(field: &crate::decode::Field, message: &Message) -> Vec<String> {
    let mut names = field.list(message.body, 64);
    names.truncate(NAMES);
    names
}

/// Timeframes in our spelling, each once.
pub(super) fn frames(message: &Message) -> Vec<String> {
    let mut frames: Vec<String> = Vec::new();
    for name in FRAMES.list(message.body, 16).into_iter().take(NAMES) {
        let name = timeframe(&name);
        if !name.is_empty() && !frames.contains(&name) {
            frames.push(name);
        }
    }
    frames
}

fn reason(message: &Message) -> Option<String> {
    MESSAGE.text(message.body, SENTENCE).or_else(|| REASON.text(message.body, SENTENCE))
}

/// How something ended: the status's word, else the boolean `success`.
fn ending(body: &Map<String, Value>) -> Option<Ending> {
    let said = STATUS.text(body, 32).and_then(|word| ending_of(&word));
    let flag = || SUCCESS.of(body).and_then(values::flag);
    said.or_else(|| flag().map(|well| if well { Ending::Success } else { Ending::Failed }))
}

fn ending_of(word: &str) -> Option<Ending> {
    match word.to_lowercase().as_str() {
        "" => None,
        "failed" | "failure" | "error" => Some(Ending::Failed),
        "cancelled" | "canceled" | "cancelling" => Some(Ending::Cancelled),
        "skipped" => Some(Ending::Skipped),
        _ => Some(Ending::Success),
    }
}
