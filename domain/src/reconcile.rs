//! What the producer's API answers, against what the board says, becomes the messages that were missed.
//!
//! Nothing here changes the board: the answer is messages in the producer's own envelope, which go the way of all others, so that they
//! stand in the log and a board can be told them again. A pure translation: who asks, when and how often is the server's.
//!
//! Invariants: an end is only what the producer reported, for a run that the board has in progress; at most [`MOST`] messages; the
//! messages applied, the same answers have nothing more to say.

use crate::board::PHASES;
use crate::decode::{Past, Status};
use crate::event::Ending;
use crate::phase::Phase;
use crate::record::{PhaseStatus, Schedule};
use crate::time::{Civil, Millis};
use crate::verdict::RunView;
use serde_json::{Map, Value, json};

/// Most messages of one reconciliation.
pub const MOST: usize = 32;
/// The `source` of these messages.
pub const SOURCE: &str = "producer_api";

/// What follows from the answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// Messages that were missed, in the order in which they are to be taken.
    pub messages: Vec<String>,
    /// Runs that the board has in progress and of which the producer knows neither that nor an end. They stay as they are.
    pub unaccounted: Vec<String>,
}

/// Compares. `asked`: when the producer was; `None` of an answer: there is none.
#[must_use]
pub fn reconcile(
    status: Option<&Status>,
    history: Option<&[Past]>,
    board: &[RunView],
    asked: Millis,
) -> Findings {
    let going_on = status.filter(|status| status.running == Some(true));
    let named = going_on.and_then(|status| status.run.as_deref());
    let mut found = Findings::default();
    let running = board.iter().filter(|view| !view.run.status.ended());
    for view in running.filter(|view| Some(view.run.id.as_str()) != named) {
        // The newest row of a run is its first.
        let row = history.and_then(|rows| rows.iter().find(|row| row.run == view.run.id));
        match row.and_then(|row| Some((row, row.ending?))) {
            Some((row, ending)) => found.messages.push(end(row, ending, asked)),
            // Who is running a run without naming it may mean this one. What was heard since is no riddle.
            None if row.is_none()
                && history.is_some()
                && status.is_some_and(|status| status.running.is_some())
                && (going_on.is_none() || named.is_some())
                && view.heard() < asked =>
            {
                found.unaccounted.push(view.run.id.clone());
            }
            None => {}
        }
    }
    if let (Some(status), Some(id)) = (going_on, named) {
        let known = board.iter().find(|view| view.run.id == id);
        if known.is_none_or(|view| is_news(status, view)) {
            found.messages.push(progress(status, id, asked));
        }
    }
    found.messages.truncate(MOST);
    found
}

/// Whether the board would learn something from a status of a run that it knows.
fn is_news(status: &Status, view: &RunView) -> bool {
    if view.run.status.ended() {
        // An answer is older than what was heard meanwhile.
        return false;
    }
    let begun = |phase: &Phase| {
        let row = view.phases.iter().find(|(known, _)| known.phase == *phase);
        row.map_or(view.phases.len() >= PHASES, |(known, _)| known.status != PhaseStatus::Waiting)
    };
    let new_phase = status.phase.as_ref().is_some_and(|phase| !begun(phase));
    let counts = &status.counts;
    let more_symbols = counts.total.is_some_and(|total| total > view.run.symbols);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=99")]
    let percent = counts.percent.map(|percent| percent.clamp(0.0, 99.0) as u8);
    new_phase || more_symbols || (view.run.plan.is_empty() && percent > view.run.percent)
}

/// The run is that far: the status, as the producer would have published it.
fn progress(status: &Status, id: &str, asked: Millis) -> String {
    let counts = &status.counts;
    let mut payload = Map::new();
    let mut say = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            payload.insert(name.to_owned(), value);
        }
    };
    say("run_id", Some(id.into()));
    say("phase", status.phase.as_ref().map(|phase| phase.key().into()));
    say("total_symbols", counts.total.map(Value::from));
    say("symbols_completed", counts.done.or(counts.processed).map(Value::from));
    say("symbols_failed", counts.failed.map(Value::from));
    say("percent_complete", counts.percent.map(Value::from));
    say("current_symbol", counts.current.clone().map(Value::from));
    envelope("processing_progress", &iso(asked), &payload)
}

/// The run has ended, as the producer's history tells.
fn end(row: &Past, ending: Ending, asked: Millis) -> String {
    let status = match ending {
        Ending::Success => "success",
        Ending::Failed => "failed",
        Ending::Cancelled => "cancelled",
        Ending::Skipped => "skipped",
    };
    let mut payload = Map::new();
    payload.insert("run_id".to_owned(), row.run.clone().into());
    payload.insert("status".to_owned(), status.into());
    if let Some(processed) = row.processed {
        payload.insert("symbols_processed".to_owned(), processed.into());
    }
    if let Some(failed) = row.failed {
        payload.insert("symbols_failed".to_owned(), failed.into());
    }
    if let Some(reason) = &row.reason {
        payload.insert("message".to_owned(), reason.clone().into());
    }
    envelope("processing_completed", row.ended.as_deref().unwrap_or(&iso(asked)), &payload)
}

/// The producer's schedule as it answered, as the message that would have told it. `None`: nothing of it is news.
#[must_use]
pub fn schedule(told: &Schedule, known: Option<&Schedule>) -> Option<String> {
    if known.is_some_and(|known| Schedule { at: told.at, ..known.clone() } == *told) {
        return None;
    }
    let mut schedule = Map::new();
    let mut say = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            schedule.insert(name.to_owned(), value);
        }
    };
    say("enabled", told.enabled.map(Value::from));
    say("trigger_time", told.time.clone().map(Value::from));
    say("timezone", told.zone.clone().map(Value::from));
    say("market_check", told.market_check.map(Value::from));
    say("universes", (!told.universes.is_empty()).then(|| told.universes.clone().into()));
    say("next_run", told.next_run.map(|next| iso(next).into()));
    let payload = Map::from_iter([("schedule".to_owned(), Value::Object(schedule))]);
    Some(envelope("schedule_updated", &iso(told.at), &payload))
}

fn envelope(event: &str, timestamp: &str, payload: &Map<String, Value>) -> String {
    json!({ "event": event, "timestamp": timestamp, "source": SOURCE, "version": "1.0", "payload": payload })
        .to_string()
}

fn iso(at: Millis) -> String {
    let civil = Civil::from_utc(at);
    let millis = at.rem_euclid(1_000);
    format!("{:04}-{:02}-{:02}T{}.{millis:03}Z", civil.year, civil.month, civil.day, civil.hms())
}
