//! The one table of field spellings (contract.md §3.9): what we call a field, and every name it is sent under.
//!
//! A field that stands in no row of an event is *unknown*: it is kept with an example and shown on the page Channels.
//! `docs/events.md` and `docs/asyncapi.yaml` are made from this table.

/// What shape a field's value has. All are read leniently: a number may come as a string, a count as a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A string.
    Text,
    /// A whole number that is not negative.
    Count,
    /// A whole number, or a list of what it counts.
    CountOrList,
    /// Any finite number.
    Number,
    /// True or false.
    Flag,
    /// A timestamp in any of the formats of contract.md §2.3.
    Time,
    /// A list of strings; a single string is a list of one.
    List,
    /// An object.
    Object,
    /// A list of objects.
    Objects,
}

/// A field: its spellings in the order of preference, and what it means.
#[derive(Debug)]
pub struct Field {
    /// Every name it is sent under; the first is ours.
    pub spellings: &'static [&'static str],
    /// What shape its value has.
    pub shape: Shape,
    /// What it means.
    pub meaning: &'static str,
}

impl Field {
    /// Our name for it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.spellings.first().copied().unwrap_or_default()
    }
}

macro_rules! fields {
    ($($name:ident $shape:ident [$($spelling:literal),+] $meaning:literal;)+) => {
        $(pub(super) static $name: Field = Field { spellings: &[$($spelling),+], shape: Shape::$shape, meaning: $meaning };)+
        /// Every field, in the order of the table.
        pub static FIELDS: &[&Field] = &[$(&$name),+];
    };
}

fields! {
    RUN Text ["run_id"] "the run it belongs to; any string of at most 64 characters";
    JOB Text ["job_id"] "a job of its own (cache sync, historical load); an event that names no run may name one";
    TOTAL CountOrList ["total_symbols", "symbols_total", "symbols_count", "total_items", "total_steps", "symbol_count"] "how many there are to do";
    COMPLETED CountOrList ["completed_symbols", "symbols_completed", "completed", "symbols_processed", "processed_symbols", "completed_items", "symbols_loaded"] "the position; beside a count of failures the successes";
    PROCESSED Count ["processed"] "done and failed together";
    FAILED CountOrList ["failed_symbols", "symbols_failed", "failed", "failure_count", "failed_items"] "how many failed, or which";
    SUCCESSFUL CountOrList ["successful_symbols", "success_count"] "how many came through";
    REMAINING Count ["remaining"] "how many are left; worked out from the counts";
    PERCENT Number ["percent_complete", "percentage", "progress", "percent"] "0 to 100, or an object with `percentage`; used where there are no counts";
    ETA Time ["eta_seconds", "estimated_completion"] "seconds left or the moment of the end by the producer; our forecast is made from the pace";
    CURRENT Text ["current_symbol", "current_item", "current_task", "last_symbol"] "the symbol or step in hand";
    CURRENT_FRAME Text ["current_timeframe"] "the timeframe in hand";
    DURATION Number ["duration_seconds", "duration", "processing_time_seconds", "total_sync_duration_minutes", "processing_time_minutes"] "how long it took by the producer; ours is measured";
    AVERAGE_MILLIS Number ["avg_processing_time_ms", "avg_symbol_time_ms"] "milliseconds a symbol, on average";
    SUCCESS_RATE Number ["success_rate"] "percent of symbols that came through; worked out from the counts";
    STATUS Text ["status", "sync_status"] "how it is or ended: success, completed, completed_with_errors, failed, error, cancelled, skipped …";
    SUCCESS Flag ["success"] "whether it went well, where there is no status";
    MESSAGE Text ["message", "error_message", "error"] "what it says, at most 500 characters";
    REASON Text ["reason"] "why";
    PHASE Text ["phase"] "the phase, in any of its spellings";
    PHASES List ["phases"] "the phases to come; `all` is all four";
    TRIGGER Text ["trigger_type", "triggered_by"] "automatic, scheduled, scheduler; manual, api";
    RETRY_OF Text ["retry_of"] "the run of which it does once more what was left; ours";
    RUN_DATE Text ["run_date", "start_time", "started_at", "end_time", "completed_at"] "dates by the producer's clock; ours is when we received it";
    UNIVERSES List ["universe_names", "universes", "universe"] "what it works on";
    SYMBOL Text ["symbol"] "the symbol it is about, at most 32 characters";
    SYMBOLS List ["symbols"] "the symbols it is about";
    FRAMES List ["timeframes", "timeframes_processed"] "timeframes, in any of their spellings";
    FRAME Text ["timeframe"] "one timeframe";
    LOOKBACK Object ["lookback_days"] "days of history, by timeframe";
    RECORDS Count ["total_records_imported", "records_imported"] "records written";
    MILLIS Count ["processing_time_ms"] "milliseconds it took";
    STATS Object ["stats"] "counts and lists in an object of their own";
    ERROR_CODE Text ["error_code", "error_type"] "a code; problems and failures are added up by it";
    MODE Text ["mode"] "full, market_cap, themes or ipos";
    FORCE Flag ["force"] "whether it was to run regardless";
    CHANGES Count ["total_changes", "change_count"] "changes made";
    UPDATED List ["universes_updated"] "universes that changed";
    TASKS Object ["task_results", "task_summary"] "how each step came out";
    CHANGES_BY Object ["changes_by_type"] "changes by type, action and universe";
    ACTION Text ["action", "actions", "change_type"] "added, removed, updated, cleaned";
    COUNT Count ["count", "removed_count"] "how many";
    METADATA Object ["metadata"] "what else is known";
    THEME Text ["theme"] "a theme, which is a universe too";
    THEMES List ["themes", "themes_processed"] "themes worked through";
    CACHE_KEY Text ["cache_key"] "the cache's own name of it";
    LISTING Object ["sector", "industry", "market_cap", "symbol_type", "listing_date"] "what is known of a newly listed symbol";
    INDICATORS_TOTAL Count ["total_indicators"] "definitions at the start, calculations at the end";
    INDICATORS_DONE Count ["successful_indicators"] "calculations that came out";
    INDICATORS_FAILED Count ["failed_indicators"] "calculations that did not";
    INDICATOR Text ["indicator", "indicator_type", "indicator_name"] "name of the indicator";
    VALUE Object ["values", "value", "value_data"] "what was computed; counted, not kept";
    CALCULATED Time ["calculated_at", "calculation_timestamp"] "when by the producer's clock";
    PATTERNS_TOTAL Count ["total_patterns", "total_patterns_checked"] "patterns to look for, or looked for";
    PATTERNS_FOUND Count ["patterns_detected"] "patterns found";
    PATTERNS_FAILED Count ["patterns_failed"] "checks that failed";
    MIN_CONFIDENCE Number ["min_confidence"] "patterns below are not published";
    DETECTION_RATE Number ["detection_rate"] "percent of checks that found one";
    PATTERN Text ["pattern", "pattern_type", "pattern_name"] "name of the pattern";
    CONFIDENCE Number ["confidence"] "0 to 1 (0 to 100 is understood)";
    PATTERN_DATA Object ["pattern_data", "levels"] "prices of the pattern; not kept";
    SEVERITY Text ["severity"] "critical, error, warning, info, debug";
    CATEGORY Text ["category"] "what kind of error";
    COMPONENT Text ["component"] "who reports it";
    CONTEXT Object ["context"] "symbol, run_id, phase … of an error";
    RECOVERY Text ["recovery_action"] "automatic_retry: the symbol has not failed yet";
    ERROR_ID Text ["error_id"] "the error's own id; a message with one needs no name";
    TRACEBACK Text ["traceback", "error_traceback"] "for programmers; not kept";
    SCHEDULE Object ["schedule"] "the schedule, else its fields stand beside";
    ENABLED Flag ["enabled"] "whether it fires";
    TRIGGER_TIME Text ["trigger_time"] "HH:MM";
    MARKET_CHECK Flag ["market_check"] "whether it asks the market's calendar";
    NEXT_RUN Time ["next_run"] "the next run by the producer's clock";
    TIMEZONE Text ["timezone"] "the zone of the time";
    HEALTH Object ["health", "health_score"] "status and score of the producer";
    COMPONENTS Object ["components"] "health of its parts";
    METRICS Object ["metrics"] "CPU, memory, queues";
    UPTIME Number ["uptime_seconds"] "seconds since it started";
    PUBLISHED Count ["events_published"] "events it has published";
    DETAILS Object ["details"] "more words";
    ALERT Object ["alert"] "id, level, component and message of an alert";
    ID Text ["id"] "the alert's id";
    LEVEL Text ["level"] "info, warning, critical, emergency";
    SCORE Number ["overall_score", "overall"] "0 to 100";
    ALERT_ID Text ["alert_id"] "the alert that is resolved";
    EXPIRES Time ["expiration_date"] "until when a value is good";
}
