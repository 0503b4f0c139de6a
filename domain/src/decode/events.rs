//! What each event's body says. Every field may be missing; none is a reason to refuse.

use super::envelope::Message;
use super::fields::{self, INDICATOR, MESSAGE, PATTERN, STATUS, TOTAL, UNIVERSES, counts};
use super::timestamp;
use crate::event::{Ending, EventKind, PhaseEnded, ProblemReport, RunEnded, RunStarted, SymbolResult};
use crate::phase::Phase;
use crate::record::{Schedule, Severity, Trigger};
use serde_json::{Map, Value};

/// Longest ticker that is kept.
const SYMBOL: usize = 32;
/// Longest sentence that is kept.
const SENTENCE: usize = 500;
/// Most universes and phases that are kept.
const NAMES: usize = 32;

pub(super) fn run_started(message: &Message) -> EventKind {
    let trigger = message.text("trigger_type", 32).and_then(|word| match word.to_lowercase().as_str() {
        "automatic" | "scheduled" | "schedule" => Some(Trigger::Schedule),
        "manual" => Some(Trigger::Manual),
        _ => None,
    });
    let phases = message.body.get("phases").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut plan: Vec<Phase> = Vec::new();
    for name in phases.iter().take(NAMES).filter_map(|name| fields::text(name, 64)) {
        let named = if name == "all" { Phase::NIGHT.to_vec() } else { vec![Phase::parse(&name)] };
        plan.extend(named.into_iter().filter(|phase| !plan.contains(phase)).collect::<Vec<_>>());
    }
    let symbols = TOTAL.count(message.body);
    EventKind::RunStarted(RunStarted { trigger, symbols, phases: plan, universes: universes(message) })
}

pub(super) fn run_progress(message: &Message) -> EventKind {
    let phase = message.text("phase", 64).map(|name| Phase::parse(&name));
    EventKind::RunProgress { phase, progress: counts(message.body) }
}

pub(super) fn run_ended(message: &Message) -> EventKind {
    let figures = counts(message.body);
    let sum = figures.done.map(|done| done.saturating_add(figures.failed.unwrap_or(0)));
    EventKind::RunEnded(RunEnded {
        ending: ending(message.body),
        // `symbols_processed` of a run's end counts the successes (398 and 105 of 503 in the contract's sample).
        processed: sum.or(figures.processed),
        failed: figures.failed,
        reason: MESSAGE.text(message.body, SENTENCE).or_else(|| message.text("reason", SENTENCE)),
    })
}

pub(super) fn job_progress(message: &Message) -> EventKind {
    match message.text("phase", 64) {
        Some(name) => phase_progress(message, Phase::parse(&name)),
        None => EventKind::RunProgress { phase: None, progress: counts(message.body) },
    }
}

pub(super) fn phase_started(message: &Message, phase: Phase) -> EventKind {
    EventKind::PhaseStarted { phase, total: TOTAL.count(message.body), universes: universes(message) }
}

pub(super) fn phase_progress(message: &Message, phase: Phase) -> EventKind {
    let mut progress = counts(message.body);
    if phase == Phase::CacheSync && progress.total.is_some_and(|total| total <= 16) {
        progress.unit = crate::record::Unit::Steps;
    }
    EventKind::PhaseProgress { phase, progress }
}

pub(super) fn phase_ended(message: &Message, phase: Phase) -> EventKind {
    let body = message.body;
    let failed_symbols = match fields::FAILED.of(body) {
        Some(Value::Array(_)) => fields::FAILED.list(body, SYMBOL),
        _ => body
            .get("stats")
            .and_then(Value::as_object)
            .map(|stats| fields::FAILED.list(stats, SYMBOL))
            .unwrap_or_default(),
    };
    let made = match phase {
        Phase::Import => "total_records_imported",
        Phase::Indicators => "successful_indicators",
        Phase::Patterns => "patterns_detected",
        Phase::CacheSync | Phase::Other(_) => "total_changes",
    };
    EventKind::PhaseEnded(PhaseEnded {
        ending: ending(body),
        progress: counts(body),
        failed_symbols,
        made: body.get(made).and_then(fields::whole),
        reason: MESSAGE.text(body, SENTENCE),
        phase,
    })
}

pub(super) fn symbol_result(message: &Message) -> EventKind {
    let Some(symbol) = message.text("symbol", SYMBOL) else { return unknown(message) };
    // The contract's message is about the import; our own processor names the phase where it is another.
    let phase = message.text("phase", 64).map_or(Phase::Import, |name| Phase::parse(&name));
    let made = ["records_imported", "values", "patterns_detected"];
    EventKind::SymbolResult(SymbolResult {
        phase,
        symbol,
        success: message.body.get("success").and_then(fields::flag).unwrap_or(true),
        made: made.iter().find_map(|name| message.body.get(*name).and_then(fields::count)),
        millis: message.body.get("processing_time_ms").and_then(fields::count),
        code: message.text("error_code", 64),
    })
}

pub(super) fn indicator(message: &Message) -> EventKind {
    value(message, Phase::Indicators, INDICATOR.text(message.body, 64))
}

pub(super) fn pattern(message: &Message) -> EventKind {
    value(message, Phase::Patterns, PATTERN.text(message.body, 64))
}

fn value(message: &Message, phase: Phase, name: Option<String>) -> EventKind {
    let (Some(symbol), Some(name)) = (message.text("symbol", SYMBOL), name) else { return unknown(message) };
    let frame = message.text("timeframe", 16).unwrap_or_default();
    EventKind::Value { phase, symbol, name: format!("{name} {frame}").trim_end().to_owned() }
}

pub(super) fn problem(message: &Message) -> EventKind {
    let body = message.body;
    let empty = Map::new();
    let context = body.get("context").and_then(Value::as_object).unwrap_or(&empty);
    let severity = match message.text("severity", 16).unwrap_or_default().to_lowercase().as_str() {
        "critical" => Severity::Critical,
        "warning" | "warn" => Severity::Warning,
        "info" | "debug" => Severity::Info,
        _ => Severity::Error,
    };
    let context_text = |name: &str, longest| context.get(name).and_then(|value| fields::text(value, longest));
    EventKind::Problem(ProblemReport {
        severity,
        component: message
            .text("component", 64)
            .or_else(|| context_text("component", 64))
            .unwrap_or_default(),
        code: message.text("error_code", 64).or_else(|| message.text("error_type", 64)),
        message: MESSAGE.text(body, SENTENCE).unwrap_or_default(),
        symbol: context_text("symbol", SYMBOL),
        phase: context_text("phase", 64).map(|name| Phase::parse(&name)),
        retrying: message.text("recovery_action", 64).as_deref() == Some("automatic_retry"),
    })
}

pub(super) fn schedule(message: &Message) -> EventKind {
    let body = message.body.get("schedule").and_then(Value::as_object).unwrap_or(message.body);
    let text = |name: &str| body.get(name).and_then(|value| fields::text(value, 64));
    let time = text("trigger_time").filter(|time| {
        let digits = |range| time.get(range).and_then(|part: &str| part.parse::<u8>().ok());
        time.len() == 5 && digits(0..2).is_some_and(|h| h < 24) && digits(3..5).is_some_and(|m| m < 60)
    });
    let mut universes = UNIVERSES.list(body, 64);
    universes.truncate(NAMES);
    EventKind::Schedule(Schedule {
        enabled: body.get("enabled").and_then(fields::flag).unwrap_or(true),
        time,
        market_check: body.get("market_check").and_then(fields::flag),
        next_run: body.get("next_run").and_then(|stamp| timestamp::read(stamp, message.at)),
        zone: text("timezone"),
        universes,
        at: message.at,
    })
}

pub(super) fn health(message: &Message) -> EventKind {
    let nested = ["health", "health_score"];
    let word = nested.iter().find_map(|name| message.top.get(*name)?.get("status")?.as_str());
    let word = word.or_else(|| message.body.get("status").and_then(Value::as_str));
    EventKind::Health(word.map(|word| super::clean(word, 32).to_lowercase()).filter(|word| !word.is_empty()))
}

fn unknown(message: &Message) -> EventKind {
    EventKind::Unknown { name: message.name.clone() }
}

fn universes(message: &Message) -> Vec<String> {
    let mut universes = UNIVERSES.list(message.body, 64);
    universes.truncate(NAMES);
    universes
}

/// How something ended: the status's word, else the boolean `success`, else well.
fn ending(body: &Map<String, Value>) -> Ending {
    match STATUS.text(body, 32).unwrap_or_default().to_lowercase().as_str() {
        "failed" | "failure" | "error" => Ending::Failed,
        "cancelled" | "canceled" | "cancelling" => Ending::Cancelled,
        "skipped" => Ending::Skipped,
        "" => match body.get("success").and_then(fields::flag) {
            Some(false) => Ending::Failed,
            _ => Ending::Success,
        },
        _ => Ending::Success,
    }
}
