//! The words of a run (contract §3). How far it is: `track.rs`.

use super::plan::{Kind, Plan};
use super::track::Progress;
use crate::outbox::Outbox;
use crate::publish::{Message, date, now};
use domain::phase::Phase;
use domain::time::Millis;
use serde_json::{Value, json};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Where a run's beginning and end are told.
pub const STATUS: &str = "tickstock:processing:status";
/// Where progress is told, and that the producer lives.
pub const MONITORING: &str = "tickstock:monitoring";
pub use crate::listen::{ERROR, ERRORS};
/// Who says that a run begins and ends.
pub const SCHEDULER: &str = "daily_scheduler";

/// The names of a phase of symbols on the wire.
pub struct Names {
    pub phase: Phase,
    pub channels: [&'static str; 3],
    pub events: [&'static str; 3],
    pub source: &'static str,
    pub component: &'static str,
}

pub const IMPORT: Names = Names {
    phase: Phase::Import,
    channels: ["tickstock:import:started", "tickstock:import:progress", "tickstock:import:completed"],
    events: ["data_import_started", "import_progress", "data_import_completed"],
    source: "daily_import_job",
    component: "data_import",
};
pub const INDICATORS: Names = Names {
    phase: Phase::Indicators,
    channels: [
        "tickstock:indicators:started",
        "tickstock:indicators:progress",
        "tickstock:indicators:completed",
    ],
    events: ["indicator_processing_started", "indicator_progress", "indicator_processing_completed"],
    source: "daily_indicator_job",
    component: "indicator_engine",
};
pub const PATTERNS: Names = Names {
    phase: Phase::Patterns,
    channels: ["tickstock:patterns:started", "tickstock:patterns:progress", "tickstock:patterns:completed"],
    events: ["pattern_processing_started", "pattern_progress", "pattern_processing_completed"],
    source: "daily_pattern_job",
    component: "pattern_engine",
};

/// Tells a run.
pub struct Teller {
    /// The run's id.
    pub id: String,
    id_field: &'static str,
    outbox: Outbox,
    progress: Mutex<Progress>,
}

impl Teller {
    /// Of a run of this id.
    pub fn new(id: &str, plan: &Plan, outbox: Outbox) -> Self {
        Self { id: id.to_owned(), id_field: plan.id_field(), outbox, progress: Mutex::default() }
    }

    /// How far it is.
    pub fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A phase begins.
    pub fn begin(&self, phase: &Phase, total: usize) {
        let mut progress = self.progress();
        let over = progress.over + usize::from(progress.phase.is_some());
        *progress = Progress {
            phase: Some(phase.clone()),
            total,
            over,
            began: Some(Instant::now()),
            ..Progress::default()
        };
    }

    /// A message of the run.
    pub fn message(
        &self,
        channel: &'static str,
        event: &'static str,
        source: &'static str,
        mut payload: Value,
    ) -> Message {
        payload[self.id_field] = self.id.clone().into();
        Message::new(channel, event, source, payload)
    }

    /// Says it.
    pub async fn say(
        &self,
        channel: &'static str,
        event: &'static str,
        source: &'static str,
        payload: Value,
    ) {
        self.outbox.say(self.message(channel, event, source, payload)).await;
    }

    /// Says messages that were made before.
    pub async fn say_all(&self, messages: Vec<Message>) {
        for message in messages {
            self.outbox.say(message).await;
        }
    }

    /// Returns when everything that was said is sent, or kept.
    pub async fn flush(&self) {
        self.outbox.flush().await;
    }

    /// Something went wrong.
    pub async fn problem(
        &self,
        names: &Names,
        severity: &str,
        code: &str,
        message: &str,
        mut context: Value,
    ) {
        context["run_id"] = self.id.clone().into();
        context["phase"] = names.phase.key().into();
        let payload = json!({
            "severity": severity, "component": names.component, "error_code": code, "message": message, "context": context
        });
        self.say(ERRORS, ERROR, names.source, payload).await;
    }

    /// The run begins.
    pub async fn started(&self, plan: &Plan, symbols: usize, at: Millis) {
        if plan.kind != Kind::Run {
            return;
        }
        let phases: Vec<&str> = plan.phases.iter().map(Phase::key).collect();
        let mut payload = json!({
            "run_date": date(at), "phases": phases, "universe": plan.universes.join(", "), "symbols_count": symbols,
            "trigger_type": plan.trigger()
        });
        if let Some(original) = &plan.retry_of {
            payload["retry_of"] = original.clone().into();
        }
        self.say(STATUS, "processing_started", SCHEDULER, payload).await;
    }

    /// The run is over.
    pub async fn ended(&self, end: &super::End, seconds: f64) {
        let message = ended(self.id_field, &self.id, end, seconds);
        self.outbox.say(message).await;
    }
}

/// That a run is over.
pub fn ended(id_field: &str, id: &str, end: &super::End, seconds: f64) -> Message {
    let mut payload = json!({
        "status": end.status, "duration_seconds": whole(seconds), "symbols_processed": end.account.processed,
        "symbols_failed": end.account.failed
    });
    payload[id_field] = id.into();
    if let Some(reason) = &end.reason {
        payload["reason"] = reason.clone().into();
    }
    Message::new(STATUS, "processing_completed", SCHEDULER, payload)
}

/// Seconds since then.
pub fn seconds(since: Millis) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "hours at most")]
    let seconds = (now() - since).max(0) as f64 / 1_000.0;
    seconds
}

/// The next whole number: what the contract counts in whole seconds or milliseconds.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it saturates, and is none below zero"
)]
pub fn whole(number: f64) -> u64 {
    number.round() as u64
}

#[expect(clippy::cast_precision_loss, reason = "counts of symbols")]
pub fn number(count: usize) -> f64 {
    count as f64
}

/// A part in percent, to two places.
pub fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 100.0 } else { (number(part) * 10_000.0 / number(whole)).round() / 100.0 }
}

/// Progress is told about a hundred times a phase, and at its last symbol.
pub fn told(processed: usize, total: usize) -> bool {
    processed.is_multiple_of((total / 100).max(1)) || processed == total
}
