//! The one table of events: every name, what reads it, and the fields it may have (contract.md §3).
//!
//! A name in no row is *unknown*: never refused, kept with an example and shown. A field in no row of its event is too.
//! `docs/events.md` and `docs/asyncapi.yaml` are made from this table.

use super::envelope::{ENVELOPE, Message};
use super::fields::{
    ACTION, ALERT, ALERT_ID, AVERAGE_MILLIS, CACHE_KEY, CALCULATED, CATEGORY, CHANGES, CHANGES_BY, COMPLETED,
    COMPONENT, COMPONENTS, CONFIDENCE, CONTEXT, COUNT, CURRENT, CURRENT_FRAME, DETAILS, DETECTION_RATE,
    DURATION, ENABLED, ERROR_CODE, ERROR_ID, ETA, EXPIRES, FAILED, FORCE, FRAME, FRAMES, Field, HEALTH, ID,
    INDICATOR, INDICATORS_DONE, INDICATORS_FAILED, INDICATORS_TOTAL, JOB, LEVEL, LISTING, LOOKBACK,
    MARKET_CHECK, MESSAGE, METADATA, METRICS, MILLIS, MIN_CONFIDENCE, MODE, NEXT_RUN, PATTERN, PATTERN_DATA,
    PATTERNS_FAILED, PATTERNS_FOUND, PATTERNS_TOTAL, PERCENT, PHASE, PHASES, PROCESSED, PUBLISHED, REASON,
    RECORDS, RECOVERY, REMAINING, RETRY_OF, RUN, RUN_DATE, SCHEDULE, SCORE, SEVERITY, STATS, STATUS, SUCCESS,
    SUCCESS_RATE, SUCCESSFUL, SYMBOL, SYMBOLS, TASKS, THEME, THEMES, TIMEZONE, TOTAL, TRACEBACK, TRIGGER,
    TRIGGER_TIME, UNIVERSES, UPDATED, UPTIME, VALUE,
};
use super::readers as read;
use crate::event::{Component, EventKind};
use crate::phase::Phase;

/// How an event is read.
#[derive(Debug)]
pub(super) enum Reads {
    /// By this.
    Event(fn(&Message) -> EventKind),
    /// By this, as one of that phase.
    Of(Phase, fn(&Message, Phase) -> EventKind),
    /// Not at all: it is another component's, recognised and listed apart.
    Apart(Component),
}

/// A row of the table: one event under all its names.
#[derive(Debug)]
pub struct EventRow {
    /// Every name in lower case; the first is the one our own producer uses.
    pub names: &'static [&'static str],
    /// What it says.
    pub meaning: &'static str,
    /// The fields it may have, besides those of the envelope, the ids and the phase.
    pub fields: &'static [&'static [&'static Field]],
    pub(super) reads: Reads,
}

impl EventRow {
    /// Whose it is, where it is not the night's.
    #[must_use]
    pub fn apart(&self) -> Option<Component> {
        match self.reads {
            Reads::Apart(component) => Some(component),
            _ => None,
        }
    }

    /// The phase it belongs to, where its name tells.
    #[must_use]
    pub fn phase(&self) -> Option<&Phase> {
        match &self.reads {
            Reads::Of(phase, _) => Some(phase),
            _ => None,
        }
    }

    /// Whether a field of this name is in the row, in the envelope, or an id.
    #[must_use]
    pub fn knows(&self, field: &str) -> bool {
        let mut ours = self.fields.iter().copied().flatten().chain(EVERYWHERE);
        ENVELOPE.contains(&field) || ours.any(|known| known.spellings.contains(&field))
    }

    pub(super) fn read(&self, message: &Message) -> EventKind {
        match &self.reads {
            Reads::Event(reader) => reader(message),
            Reads::Of(phase, reader) => reader(message, phase.clone()),
            Reads::Apart(component) => read::apart(message, *component),
        }
    }
}

/// Fields that any event may have.
pub static EVERYWHERE: &[&Field] = &[&RUN, &JOB, &PHASE];
static COUNTS: &[&Field] = &[
    &TOTAL,
    &COMPLETED,
    &PROCESSED,
    &FAILED,
    &SUCCESSFUL,
    &REMAINING,
    &PERCENT,
    &ETA,
    &CURRENT,
    &CURRENT_FRAME,
    &AVERAGE_MILLIS,
    &SUCCESS_RATE,
    &STATS,
];
static WORK: &[&Field] =
    &[&UNIVERSES, &SYMBOLS, &FRAMES, &FRAME, &LOOKBACK, &TRIGGER, &MODE, &FORCE, &RUN_DATE];
static END: &[&Field] = &[&STATUS, &SUCCESS, &MESSAGE, &REASON, &DURATION, &RUN_DATE, &FRAME];
static STATE: &[&Field] =
    &[&STATUS, &MESSAGE, &DETAILS, &UPTIME, &PUBLISHED, &HEALTH, &SCORE, &COMPONENTS, &METRICS];
static NOTICE: &[&Field] = &[&ALERT, &ALERT_ID, &ID, &LEVEL, &COMPONENT, &MESSAGE, &DETAILS];
static CHANGE: &[&Field] = &[
    &UNIVERSES,
    &ACTION,
    &REASON,
    &METADATA,
    &SYMBOL,
    &SYMBOLS,
    &COUNT,
    &CHANGES,
    &THEME,
    &THEMES,
    &TOTAL,
    &SUCCESSFUL,
    &CACHE_KEY,
    &LISTING,
];
static INDICATOR_COUNTS: &[&Field] = &[&INDICATORS_TOTAL, &INDICATORS_DONE, &INDICATORS_FAILED];
static PATTERN_COUNTS: &[&Field] =
    &[&PATTERNS_TOTAL, &PATTERNS_FOUND, &PATTERNS_FAILED, &MIN_CONFIDENCE, &DETECTION_RATE];
static ONE_VALUE: &[&Field] = &[&SYMBOL, &FRAME, &METADATA, &CALCULATED, &EXPIRES];
static ERROR: &[&Field] = &[
    &SEVERITY,
    &COMPONENT,
    &ERROR_CODE,
    &MESSAGE,
    &CONTEXT,
    &RECOVERY,
    &ERROR_ID,
    &CATEGORY,
    &TRACEBACK,
    &SYMBOL,
];
static PLAN: &[&Field] =
    &[&SCHEDULE, &ENABLED, &TRIGGER_TIME, &MARKET_CHECK, &NEXT_RUN, &TIMEZONE, &UNIVERSES];

macro_rules! events {
    ($([$($name:literal),+] $reads:expr, [$($fields:expr),*] $meaning:literal;)+) => {
        /// Every event of the contract.
        pub static EVENTS: &[EventRow] = &[$(EventRow { names: &[$($name),+], meaning: $meaning, fields: &[$($fields),*], reads: $reads }),+];
    };
}

use Component::{AppJobs, Commands, DataLoad, EndOfDay, Streaming, Universes};
use Reads::{Apart, Event, Of};

events! {
    ["processing_started", "daily_processing_started"] Event(read::run_started), [COUNTS, WORK, &[&PHASES, &RETRY_OF]] "a run starts";
    ["processing_progress", "daily_processing_progress"] Event(read::run_progress), [COUNTS] "a run moves, over all phases or in one";
    ["processing_completed", "daily_processing_completed"] Event(read::run_ended), [COUNTS, END] "a run ended, well or badly";
    ["schedule_updated"] Event(read::schedule), [PLAN] "the producer's schedule";
    ["data_import_started", "import_started"] Of(Phase::Import, read::phase_started), [COUNTS, WORK] "the import starts";
    ["import_progress", "data_import_progress"] Of(Phase::Import, read::phase_progress), [COUNTS] "the import moves";
    ["data_import_completed", "import_completed"] Of(Phase::Import, read::phase_ended), [COUNTS, END, &[&RECORDS]] "the import ended; once per timeframe where one is named";
    ["symbol_processing_complete"] Event(read::symbol_result), [END, &[&SYMBOL, &FRAMES, &RECORDS, &MILLIS, &VALUE, &PATTERNS_FOUND, &ERROR_CODE]] "a symbol came through a phase, or failed in it";
    ["job_progress_update"] Event(read::job_progress), [COUNTS, END] "a phase moves; with a status it starts or ends";
    ["cache_sync_triggered", "cache_sync_started", "cache_started"] Of(Phase::CacheSync, read::phase_started), [COUNTS, WORK, &[&STATUS]] "a cache sync starts";
    ["cache_sync_progress", "cache_progress"] Of(Phase::CacheSync, read::phase_progress), [COUNTS, &[&STATUS]] "a cache sync moves, step by step";
    ["cache_sync_completed", "cache_sync_complete", "cache_completed", "daily_sync_complete", "cache_rebuild_completed"] Of(Phase::CacheSync, read::phase_ended), [COUNTS, END, &[&CHANGES, &UPDATED, &TASKS, &CHANGES_BY, &MODE]] "a cache sync ended";
    ["universe_updated", "universe_synchronized", "theme_updated", "universe_expansion_complete"] Event(read::universe), [CHANGE] "a universe changed";
    ["ipo_assignment"] Event(read::universe), [CHANGE] "a newly listed symbol was put into a universe";
    ["delisting_cleanup", "delisted_cleanup"] Event(read::universe), [CHANGE] "delisted symbols were taken out";
    ["indicator_processing_started", "indicators_started", "indicator_started"] Of(Phase::Indicators, read::phase_started), [COUNTS, WORK, INDICATOR_COUNTS] "the indicators start";
    ["indicator_progress", "indicators_progress", "indicator_processing_progress"] Of(Phase::Indicators, read::phase_progress), [COUNTS, INDICATOR_COUNTS] "the indicators move";
    ["indicator_processing_completed", "indicators_completed", "indicator_completed"] Of(Phase::Indicators, read::phase_ended), [COUNTS, END, INDICATOR_COUNTS] "the indicators ended";
    ["indicator_calculated"] Of(Phase::Indicators, read::value), [ONE_VALUE, &[&INDICATOR, &VALUE]] "one value of one symbol: counted, not kept one by one";
    ["pattern_processing_started", "patterns_started", "pattern_started"] Of(Phase::Patterns, read::phase_started), [COUNTS, WORK, PATTERN_COUNTS] "the patterns start";
    ["pattern_progress", "patterns_progress", "pattern_processing_progress"] Of(Phase::Patterns, read::phase_progress), [COUNTS, PATTERN_COUNTS] "the patterns move";
    ["pattern_processing_completed", "patterns_completed", "pattern_completed"] Of(Phase::Patterns, read::phase_ended), [COUNTS, END, PATTERN_COUNTS] "the patterns ended";
    ["pattern_detected"] Of(Phase::Patterns, read::value), [ONE_VALUE, &[&PATTERN, &CONFIDENCE, &PATTERN_DATA]] "one pattern found: counted by confidence, not kept one by one";
    ["critical_error", "error", "processing_error"] Event(read::problem), [ERROR] "an error message; it does not end the run";
    ["heartbeat", "system_status"] Event(read::health), [STATE] "the producer lives";
    ["health_check", "metric_update"] Event(read::health), [STATE] "the producer's health, as its monitor sees it";
    ["alert_triggered"] Event(read::alert), [NOTICE] "the producer's monitor raises an alert";
    ["alert_resolved"] Event(read::alert), [NOTICE] "an alert is over";
    ["trigger_daily_processing", "trigger_data_import", "trigger_indicator_processing", "cancel_processing", "retry_failed_imports", "request_status", "update_schedule"] Apart(Commands), [] "a command to the producer: nothing is confirmed by it";
    ["streaming_session_started", "session_started", "streaming_session_stopped", "session_stopped"] Apart(Streaming), [] "streaming begins or ends for the day";
    ["streaming_health"] Apart(Streaming), [] "streaming lives";
    ["streaming_pattern", "streaming_patterns_batch", "intraday_pattern"] Apart(Streaming), [] "patterns while the market is open";
    ["streaming_indicator", "indicator_alert", "realtime_update"] Apart(Streaming), [] "values and alerts while the market is open";
    ["historical_load", "multi_timeframe_load", "universe_seed", "csv_universe_load", "symbol_load", "universe_load", "data_load_complete"] Apart(DataLoad), [] "a load of historical data";
    ["eod_completion", "eod_complete"] Apart(EndOfDay), [] "the application's end of day";
    ["enterprise_jobs_complete", "job_status_update", "analysis_complete"] Apart(AppJobs), [] "the application's own jobs";
    ["correlation_update", "universe_validation_complete"] Apart(Universes), [] "upkeep of ETFs and universes";
}

/// The row of a name in lower case.
#[must_use]
pub fn event(name: &str) -> Option<&'static EventRow> {
    EVENTS.iter().find(|row| row.names.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_name_means_one_event() {
        let mut seen = HashSet::new();
        for name in EVENTS.iter().flat_map(|row| row.names) {
            assert!(seen.insert(name), "{name} stands in two rows");
            assert_eq!(*name, name.to_lowercase(), "names are compared in lower case");
        }
    }

    #[test]
    fn a_spelling_means_one_field_within_an_event() {
        for row in EVENTS {
            let mut owner = std::collections::HashMap::new();
            for field in row.fields.iter().copied().flatten().chain(EVERYWHERE) {
                for spelling in field.spellings {
                    let before = owner.insert(*spelling, field.name());
                    assert!(before.is_none_or(|name| name == field.name()), "{}: {spelling}", row.names[0]);
                }
            }
        }
    }
}
