//! What the producer's API answers (contract.md §4.2 and §5): how it is doing now, how its last runs ended, and its schedule.
//!
//! Here rather than beside whoever asks, because all spellings end in this folder: the same tables read these bodies as read the
//! messages. Both shapes of the status are understood, its fields at the top or in `status`; runs may stand in `runs`, in `history`,
//! or alone. What is missing is unknown. An ending is only what is known to be one: a word that we do not know ends no run.
//!
//! Tests: beside `domain/src/reconcile.rs`.

use super::fields::{FAILED, JOB, MESSAGE, REASON, RUN, STATUS};
use super::readers::schedule_of;
use super::values::{counts, flag};
use super::{json, text};
use crate::event::{Counts, Ending};
use crate::phase::Phase;
use crate::record::Schedule;
use crate::time::Millis;
use serde_json::{Map, Value};
use thiserror::Error;

/// Most rows of a history that are read; a producer tells of some a night.
pub const ROWS: usize = 1_000;
/// Longest run id, as for messages.
const ID: usize = 64;
/// States that some answers name in place of a phase (contract.md §7.1).
const NO_PHASE: [&str; 12] = [
    "idle",
    "scheduled",
    "starting",
    "started",
    "running",
    "completed",
    "complete",
    "success",
    "error",
    "failed",
    "cancelled",
    "none",
];

/// Why a body is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoAnswer {
    /// No JSON.
    #[error("its answer is not JSON")]
    NotJson,
    /// JSON, but neither a status nor a history.
    #[error("its answer is JSON, but not what was asked for")]
    Strange,
}

impl NoAnswer {
    /// A stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotJson => "not_json",
            Self::Strange => "strange",
        }
    }
}

/// What the producer says that it is doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// Whether a run is in progress; `None`: it does not say.
    pub running: Option<bool>,
    /// Which run: the one in progress, or the last one.
    pub run: Option<String>,
    /// In which phase.
    pub phase: Option<Phase>,
    /// How far.
    pub counts: Counts,
}

/// A run of the producer's history.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// Its id.
    pub run: String,
    /// How it ended; `None`: it has not, or not in a word that we know.
    pub ending: Option<Ending>,
    /// Symbols that came through, or were processed, as the producer spells it.
    pub processed: Option<u32>,
    /// Symbols that failed.
    pub failed: Option<u32>,
    /// Why it ended so, in the producer's words.
    pub reason: Option<String>,
    /// When it ended by the producer's clock, as it writes it.
    pub ended: Option<String>,
}

/// Reads an answer to `GET /api/processing/status`.
///
/// # Errors
/// When it is no JSON, or says nothing about a run.
pub fn status(bytes: &[u8]) -> Result<Status, NoAnswer> {
    let Value::Object(top) = value(bytes)? else { return Err(NoAnswer::Strange) };
    let nested = ["status", "data", "payload"].iter().find_map(|name| top.get(*name)?.as_object());
    let body = nested.unwrap_or(&top);
    let named = ["is_running", "is_processing"].iter().find_map(|name| body.get(*name).and_then(flag));
    let running = named.or_else(|| STATUS.text(body, 32).and_then(|word| going_on(&word)));
    let run = id(body);
    if running.is_none() && run.is_none() {
        return Err(NoAnswer::Strange);
    }
    let phase = ["current_phase", "phase"].iter().find_map(|name| text_of(body, name, ID));
    let phase = phase.filter(|name| !NO_PHASE.contains(&name.trim().to_ascii_lowercase().as_str()));
    Ok(Status { running, run, phase: phase.map(|name| Phase::parse(&name)), counts: counts(body) })
}

/// Reads an answer to `GET /api/processing/history`. Rows without an id say nothing about a run that we know, and are left out.
///
/// # Errors
/// When it is no JSON, or no list of runs.
pub fn history(bytes: &[u8]) -> Result<Vec<Past>, NoAnswer> {
    let answer = value(bytes)?;
    let rows = match &answer {
        Value::Array(rows) => Some(rows),
        Value::Object(top) => ["runs", "history", "data"].iter().find_map(|name| top.get(*name)?.as_array()),
        _ => None,
    };
    let rows = rows.ok_or(NoAnswer::Strange)?;
    Ok(rows.iter().take(ROWS).filter_map(Value::as_object).filter_map(past).collect())
}

/// Reads an answer to `GET /api/processing/schedule`, given at a moment.
///
/// # Errors
/// When it is no JSON, or says neither whether nor when the producer runs.
pub fn schedule(bytes: &[u8], at: Millis) -> Result<Schedule, NoAnswer> {
    let Value::Object(top) = value(bytes)? else { return Err(NoAnswer::Strange) };
    let told = schedule_of(&top, at);
    if told.enabled.is_none() && told.time.is_none() && told.next_run.is_none() {
        return Err(NoAnswer::Strange);
    }
    Ok(told)
}

fn past(row: &Map<String, Value>) -> Option<Past> {
    let figures = counts(row);
    let ended = ["end_time", "ended_at", "completed_at"].iter().find_map(|name| text_of(row, name, 40));
    Some(Past {
        run: id(row)?,
        ending: STATUS.text(row, 32).and_then(|word| ending(&word)),
        processed: figures.processed.or(figures.done),
        failed: FAILED.count(row),
        reason: MESSAGE.text(row, 500).or_else(|| REASON.text(row, 500)),
        ended,
    })
}

fn value(bytes: &[u8]) -> Result<Value, NoAnswer> {
    let text = std::str::from_utf8(bytes).map_err(|_| NoAnswer::NotJson)?;
    json::read(text).map_err(|_| NoAnswer::NotJson)
}

fn id(body: &Map<String, Value>) -> Option<String> {
    RUN.text(body, ID).or_else(|| JOB.text(body, ID))
}

fn text_of(body: &Map<String, Value>, name: &str, longest: usize) -> Option<String> {
    let found = text::clean(body.get(name)?.as_str()?, longest);
    (!found.is_empty()).then_some(found)
}

/// Whether a state's word means that a run is in progress.
fn going_on(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "running" | "processing" | "in_progress" | "started" | "triggered" => Some(true),
        "idle" | "stopped" => Some(false),
        other => ending(other).map(|_| false),
    }
}

/// The words that are known to be an end (contract.md §7.2), and no others.
fn ending(word: &str) -> Option<Ending> {
    match word.to_ascii_lowercase().as_str() {
        "completed" | "complete" | "success" | "succeeded" | "completed_with_errors" | "partial" => {
            Some(Ending::Success)
        }
        "failed" | "failure" | "error" => Some(Ending::Failed),
        "cancelled" | "canceled" => Some(Ending::Cancelled),
        "skipped" => Some(Ending::Skipped),
        _ => None,
    }
}
