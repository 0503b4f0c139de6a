//! The one table of event names: which name, or which channel where a message has none, means which event.

use super::envelope::Message;
use super::events;
use crate::event::EventKind;
use crate::phase::Phase;

type Reader = fn(&Message) -> EventKind;

/// Names whose meaning does not depend on a phase.
const NAMES: &[(&str, Reader)] = &[
    ("daily_processing_started", events::run_started),
    ("processing_started", events::run_started),
    ("daily_processing_progress", events::run_progress),
    ("processing_progress", events::run_progress),
    ("daily_processing_completed", events::run_ended),
    ("processing_completed", events::run_ended),
    ("job_progress_update", events::job_progress),
    ("symbol_processing_complete", events::symbol_result),
    ("indicator_calculated", events::indicator),
    ("pattern_detected", events::pattern),
    ("critical_error", events::problem),
    ("error", events::problem),
    ("processing_error", events::problem),
    ("schedule_updated", events::schedule),
    ("health_check", events::health),
    ("metric_update", events::health),
    ("system_status", events::health),
    ("heartbeat", events::health),
];

/// What a phase's events are called: `<stem>_started`, `<stem>_progress`, `<stem>_completed`.
const STEMS: &[(&str, Phase)] = &[
    ("data_import", Phase::Import),
    ("import", Phase::Import),
    ("cache_sync", Phase::CacheSync),
    ("cache", Phase::CacheSync),
    ("indicator_processing", Phase::Indicators),
    ("indicators", Phase::Indicators),
    ("indicator", Phase::Indicators),
    ("pattern_processing", Phase::Patterns),
    ("patterns", Phase::Patterns),
    ("pattern", Phase::Patterns),
];

/// Which phase a channel belongs to, for messages that have no name.
const FAMILIES: &[(&str, Phase)] = &[
    ("tickstock:import:", Phase::Import),
    ("tickstock:cache:", Phase::CacheSync),
    ("tickstock:indicators:", Phase::Indicators),
    ("tickstock:patterns:", Phase::Patterns),
];

/// What a message means.
pub(super) fn kind_of(message: &Message) -> EventKind {
    let name = message.name.as_str();
    if is_neighbour(message) {
        return EventKind::Neighbour { name: name.to_owned() };
    }
    if let Some((_, reader)) = NAMES.iter().find(|(known, _)| *known == name) {
        return reader(message);
    }
    if let Some(kind) = phase_event(message, name) {
        return kind;
    }
    // A record of an error has no name but an id of its own (contract.md §3.6 D, E).
    if name.is_empty() && message.top.contains_key("error_id") {
        return events::problem(message);
    }
    if name.is_empty()
        && let Some((family, phase)) = FAMILIES.iter().find(|(family, _)| message.channel.starts_with(family))
        && let Some(kind) = stage(message, phase, &message.channel[family.len()..])
    {
        return kind;
    }
    let name = if name.is_empty() { super::clean(message.channel, 64) } else { name.to_owned() };
    EventKind::Unknown { name }
}

fn phase_event(message: &Message, name: &str) -> Option<EventKind> {
    let (stem, suffix) = name.rsplit_once('_')?;
    let (_, phase) = STEMS.iter().find(|(known, _)| *known == stem)?;
    stage(message, phase, suffix)
}

fn stage(message: &Message, phase: &Phase, suffix: &str) -> Option<EventKind> {
    Some(match suffix {
        "started" | "triggered" | "sync_triggered" => events::phase_started(message, phase.clone()),
        "progress" => events::phase_progress(message, phase.clone()),
        "completed" | "complete" | "sync_complete" => events::phase_ended(message, phase.clone()),
        _ => return None,
    })
}

/// Streaming by day and commands share channels with the night; they are recognised and not counted into it.
fn is_neighbour(message: &Message) -> bool {
    let streaming = message.name.starts_with("streaming") || message.name.starts_with("session_");
    let detection = message.top.contains_key("detection") || message.top.contains_key("session");
    let command = message.top.contains_key("command") || message.top.contains_key("job_type");
    streaming || detection || command || message.channel.starts_with("tickstock.events.patterns")
}
