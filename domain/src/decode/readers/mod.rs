//! What each event's body says. Every field may be missing; none is a reason to refuse.
//!
//! [`kind_of`] finds the row of a message: by its shape where it is another component's, by its name, else by its channel.

mod producer;
mod symbol;
mod work;

pub(super) use producer::{alert, apart, health, schedule, schedule_of, universe};
pub(super) use symbol::{problem, symbol_result, value};
pub(super) use work::{
    job_progress, phase_ended, phase_progress, phase_started, run_ended, run_progress, run_started,
};

use super::catalog::{EventRow, event};
use super::channels::{Channel, Traffic, channel};
use super::envelope::Message;
use super::fields::{COMPLETED, PERCENT, PROCESSED, STATUS};
use crate::event::{Component, EventKind};
use crate::phase::Phase;

/// Longest ticker that is kept.
const SYMBOL: usize = 32;
/// Longest sentence that is kept.
const SENTENCE: usize = 500;
/// Most universes, phases, timeframes and steps that are kept.
const NAMES: usize = 32;

/// What a message means, and the row that says so; no row: the name is unknown, or it is another component's by its shape.
pub(super) fn kind_of(message: &Message) -> (EventKind, Option<&'static EventRow>) {
    let place = channel(message.channel);
    if let Some(component) = stranger(message, place) {
        return (apart(message, component), None);
    }
    let row = if message.name.is_empty() { nameless(message, place) } else { event(&message.name) };
    match row {
        Some(row) => (row.read(message), Some(row)),
        None => (unknown(message), None),
    }
}

/// Streaming by day, commands and loads share channels with the night; they are recognised and not counted into it.
fn stranger(message: &Message, place: Option<&Channel>) -> Option<Component> {
    let has = |field: &str| message.top.contains_key(field);
    if has("command") {
        return Some(Component::Commands);
    }
    if has("job_type") {
        return Some(Component::DataLoad);
    }
    let streaming = message.name.starts_with("streaming") || message.name.starts_with("session_");
    if streaming || has("detection") || has("session") || has("calculation") {
        return Some(Component::Streaming);
    }
    match place.map(|place| &place.traffic) {
        Some(Traffic::Apart(component)) => Some(*component),
        _ => None,
    }
}

/// The row of a message without a name: an error by its id, else what its channel carries.
fn nameless(message: &Message, place: Option<&Channel>) -> Option<&'static EventRow> {
    let has = |field: &str| message.body.contains_key(field);
    if message.top.contains_key("error_id") {
        return event("error");
    }
    let name = match &place?.traffic {
        Traffic::Errors if ["message", "error_message", "error", "severity"].into_iter().any(has) => "error",
        Traffic::Universes if ["universe", "theme", "symbol", "removed_count"].into_iter().any(has) => {
            "universe_updated"
        }
        Traffic::Values(Phase::Patterns) => "pattern_detected",
        Traffic::Values(_) => "indicator_calculated",
        Traffic::Night(Some(phase)) => stage_of(message, phase)?,
        Traffic::Night(None) if has("phase") => "job_progress_update",
        _ => return None,
    };
    event(name)
}

/// What a nameless message of a phase is, by the end of its channel or by what it holds.
fn stage_of(message: &Message, phase: &Phase) -> Option<&'static str> {
    let stages = match phase {
        Phase::Import => ["data_import_started", "import_progress", "data_import_completed"],
        Phase::CacheSync => ["cache_sync_triggered", "cache_sync_progress", "cache_sync_completed"],
        Phase::Indicators => {
            ["indicator_processing_started", "indicator_progress", "indicator_processing_completed"]
        }
        Phase::Patterns => ["pattern_processing_started", "pattern_progress", "pattern_processing_completed"],
        Phase::Other(_) => return None,
    };
    let suffix = message.channel.rsplit([':', '.']).next().unwrap_or_default();
    let stage = match suffix {
        "started" | "sync_triggered" => 0,
        "progress" => 1,
        "completed" | "sync_complete" => 2,
        _ if message.body.contains_key("phase") => return Some("job_progress_update"),
        _ if STATUS.of(message.body).is_some() => 2,
        _ if [&PERCENT, &COMPLETED, &PROCESSED].iter().any(|field| field.of(message.body).is_some()) => 1,
        _ => return None,
    };
    stages.get(stage).copied()
}

fn unknown(message: &Message) -> EventKind {
    let name = if message.name.is_empty() { super::clean(message.channel, 64) } else { message.name.clone() };
    EventKind::Unknown { name }
}
