//! Rows as they stand in the tables, and the batch that one transaction writes.

use domain::time::Millis;

/// A message of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct EventRow {
    /// Its number.
    pub n: i64,
    /// When it was received, UTC milliseconds.
    pub at: Millis,
    /// By which way: see [`crate::ingest::Way`].
    pub source: &'static str,
    /// Its id on the stream.
    pub stream_id: Option<String>,
    /// Its channel.
    pub channel: String,
    /// A hash of its bytes.
    pub fingerprint: i64,
    /// What it was understood as.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// The run it belongs to.
    pub run: Option<String>,
    /// The symbol it is about.
    pub symbol: Option<String>,
    /// How long it was, in bytes.
    pub length: i64,
    /// Its bytes.
    pub raw: Vec<u8>,
}

/// The same message by another way.
#[derive(Clone, Debug, PartialEq)]
pub struct TwinRow {
    /// When.
    pub at: Millis,
    /// A hash of its bytes.
    pub fingerprint: i64,
    /// By which way.
    pub source: &'static str,
}

/// A run and what changed of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunRows {
    /// Its columns; `None`: only its parts changed.
    pub run: RunRow,
    /// Its phases, whole.
    pub phases: Vec<PhaseRow>,
    /// Its symbols that changed.
    pub symbols: Vec<SymbolRow>,
    /// Its problems and causes, whole: (kind, code, record).
    pub problems: Vec<(&'static str, String, String)>,
}

/// A run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunRow {
    /// Its number in the store, given by the journal.
    pub run: i64,
    /// The producer's id.
    pub id: String,
    /// The night it belongs to.
    pub night: i64,
    /// When it began.
    pub started: Millis,
    /// When it ended.
    pub ended: Option<Millis>,
    /// Its status, in the API's word.
    pub status: String,
    /// The verdict's word.
    pub verdict: String,
    /// Who started it.
    pub trigger: Option<String>,
    /// Its universes, separated by commas, with one before and after.
    pub universes: String,
    /// How many symbols.
    pub symbols: i64,
    /// How many failed.
    pub failed: i64,
    /// 1: simulated.
    pub simulated: i64,
    /// The record as on the wire.
    pub record: String,
    /// What its cache sync changed, as on the wire.
    pub sync: Option<String>,
}

/// A phase.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PhaseRow {
    /// Its key.
    pub phase: String,
    /// Its place among the run's.
    pub position: i64,
    /// What is fixed, as on the wire.
    pub record: String,
    /// What moves.
    pub progress: String,
    /// Its moments.
    pub marks: Option<String>,
}

/// A symbol of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SymbolRow {
    /// Which.
    pub symbol: String,
    /// 1: it failed.
    pub failed: i64,
    /// 1: newly.
    pub newly: i64,
    /// The phase of its failure, or of its last outcome.
    pub phase: String,
    /// The cause's code.
    pub code: Option<String>,
    /// Milliseconds it took in all.
    pub millis: i64,
    /// Records it brought in its first phase.
    pub made: i64,
    /// The record as on the wire.
    pub record: String,
}

/// The latest value of an indicator, or a pattern that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueRow {
    /// Of which symbol.
    pub symbol: String,
    /// Name of the indicator or pattern.
    pub name: String,
    /// Its timeframe.
    pub frame: String,
    /// When it was received.
    pub at: Millis,
    /// Of a pattern: how sure.
    pub confidence: Option<f64>,
    /// In which run.
    pub run: Option<String>,
    /// The message's body.
    pub body: String,
}

/// A part of a keyframe.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyframeRow {
    /// `board`, or the slot of a run.
    pub part: String,
    /// Its text, compressed.
    pub body: Vec<u8>,
}

/// What one transaction writes.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Messages, in the order of their numbers.
    pub events: Vec<EventRow>,
    /// Messages that came twice.
    pub twins: Vec<TwinRow>,
    /// Up to which entry the stream has now been taken.
    pub cursor: Option<String>,
    /// Runs that changed.
    pub runs: Vec<RunRows>,
    /// Values, one per symbol, name and timeframe.
    pub indicators: Vec<ValueRow>,
    /// Patterns.
    pub patterns: Vec<ValueRow>,
    /// A keyframe after event `n`, at a moment.
    pub keyframe: Option<(i64, Millis, Vec<KeyframeRow>)>,
}
