//! What the API's answers are made of. One shape each, for JSON, tables and the description of the API.
//!
//! Names are those of the old system where it had them (contract.md §5); moments are UTC as RFC 3339, nights are dates on the
//! exchange's clock, durations are seconds.

mod parts;

pub use parts::{CauseOf, EventOf, OutcomeOf, ProblemOf, Refusal, STATES, SymbolOf};

use super::params::date;
use crate::store::read::nights::StoredNight;
use crate::store::read::runs::StoredRun;
use domain::record::{PhaseRecord, Progress};
use domain::time::Millis;
pub use domain::time::{iso, iso_exact};
use serde::Serialize;
use utoipa::ToSchema;

/// A run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Run {
    /// The producer's id.
    pub run_id: String,
    /// The night it belongs to, as a date on the exchange's clock.
    pub night: String,
    /// Complete, To retry, Failed, Running, Silent, Cancelled or Skipped.
    pub verdict: String,
    /// running, success, failed, cancelled or skipped.
    pub status: &'static str,
    /// automatic or manual, if the producer said.
    pub trigger_type: Option<&'static str>,
    /// What it works on.
    pub universes: Vec<String>,
    /// When it began; of an adopted run, when it was first heard of.
    pub start_time: String,
    /// When it ended.
    pub end_time: Option<String>,
    /// How long it took.
    pub duration_seconds: Option<i64>,
    /// Symbols.
    pub symbols_total: u32,
    /// Symbols that were done, failed or skipped.
    pub symbols_processed: u32,
    /// Symbols that failed.
    pub symbols_failed: u32,
    /// Of them, those that a later run of the same night brought through.
    pub symbols_repaired: u32,
    /// Of the failed ones, those that did not fail in the night before; null: there is none to compare with.
    pub newly_failing: Option<u32>,
    /// Records imported.
    pub records_imported: u64,
    /// Indicator values computed.
    pub indicators_calculated: u64,
    /// Patterns found.
    pub patterns_detected: u64,
    /// True: its start was not heard.
    pub adopted: bool,
    /// True: its messages say that they are simulated.
    pub simulated: bool,
    /// Why it failed or stopped, in the producer's words.
    pub error_message: Option<String>,
}

impl Run {
    /// Of a stored one, judged at `now`.
    #[must_use]
    pub fn of(stored: &StoredRun, now: Millis) -> Self {
        let (view, run) = (&stored.view, &stored.view.run);
        Self {
            run_id: run.id.clone(),
            night: date(run.night),
            verdict: stored.word(now).to_owned(),
            status: run.status.as_str(),
            trigger_type: run.trigger.map(domain::record::Trigger::as_str),
            universes: run.universes.clone(),
            start_time: iso(run.started),
            end_time: run.ended.map(iso),
            duration_seconds: stored.duration().map(|took| took / 1_000),
            symbols_total: view.symbols(),
            symbols_processed: processed(stored),
            symbols_failed: view.failed(),
            symbols_repaired: run.repaired,
            newly_failing: run.newly,
            records_imported: run.records,
            indicators_calculated: run.indicators,
            patterns_detected: run.patterns,
            adopted: run.adopted,
            simulated: run.simulated,
            error_message: run.reason.clone(),
        }
    }
}

/// Symbols that a run worked through: by its end message, else by its current phase.
pub(super) fn processed(stored: &StoredRun) -> u32 {
    let counted = || stored.view.current().map(|(_, progress)| progress.processed());
    stored.view.run.processed.or_else(counted).unwrap_or(0)
}

/// A phase of a run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PhaseOf {
    /// import, cache_sync, indicators, patterns, or the producer's own name.
    pub phase: String,
    /// waiting, running, done, failed or stopped.
    #[schema(value_type = String)]
    pub status: domain::record::PhaseStatus,
    /// symbols or steps.
    #[schema(value_type = String)]
    pub unit: domain::record::Unit,
    /// How many there are; 0: not known.
    pub total: u32,
    /// Done without failure.
    pub done: u32,
    /// Failed.
    pub failed: u32,
    /// Left out.
    pub skipped: u32,
    /// When it began.
    pub start_time: Option<String>,
    /// When it ended.
    pub end_time: Option<String>,
    /// 1: the first attempt.
    pub attempt: u32,
    /// The timeframes it works through.
    pub timeframes: Vec<String>,
}

impl PhaseOf {
    /// From its two records.
    #[must_use]
    pub fn of((phase, progress): &(PhaseRecord, Progress)) -> Self {
        Self {
            phase: phase.phase.key().to_owned(),
            status: phase.status,
            unit: phase.unit,
            total: phase.total,
            done: progress.done(),
            failed: progress.failed(),
            skipped: progress.skipped(),
            start_time: phase.started.map(iso),
            end_time: phase.ended.map(iso),
            attempt: phase.attempt,
            timeframes: phase.frames.clone(),
        }
    }
}

/// A night with its runs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Night {
    /// Its date on the exchange's clock.
    pub night: String,
    /// The verdict of the run that speaks for it.
    pub verdict: String,
    /// The id of that run.
    pub run_id: String,
    /// How long its work usually takes; null: too few comparable nights.
    pub usual_seconds: Option<i64>,
    /// Its runs, newest first.
    pub runs: Vec<Run>,
}

impl Night {
    /// Of a stored one, judged at `now`.
    #[must_use]
    pub fn of(stored: &StoredNight, now: Millis) -> Option<Self> {
        let speaking = stored.speaking()?;
        Some(Self {
            night: date(stored.night),
            verdict: speaking.word(now).to_owned(),
            run_id: speaking.view.run.id.clone(),
            usual_seconds: stored.usual.map(|usual| usual / 1_000),
            runs: stored.runs.iter().map(|run| Run::of(run, now)).collect(),
        })
    }
}
