//! Writes the steps: the names on the wire, the clock of the script, and what every phase of symbols says alike.

use super::values::Kinds;
use super::{Say, Step, Values};
use crate::publish::Message;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::sync::Arc;

/// Who says it: the name tells everybody that it is simulated.
pub const SOURCE: &str = "TickStockPL-Simulator";
pub(super) const STATUS: &str = "tickstock:processing:status";
/// Where progress is told.
pub const MONITORING: &str = "tickstock:monitoring";
/// Where problems are told.
pub const ERRORS: &str = "tickstock:errors";
pub(super) const STEPS: [&str; 5] = [
    "market_cap_recalculation",
    "ipo_assignment",
    "delisted_cleanup",
    "theme_rebalancing",
    "etf_universe_maintenance",
];

/// A phase of symbols: its names on the wire, its share of the night in seconds.
pub(super) struct Work {
    pub(super) phase: &'static str,
    pub(super) channels: [&'static str; 3],
    pub(super) events: [&'static str; 3],
    pub(super) seconds: f64,
}

pub(super) const IMPORT: Work = Work {
    phase: "import",
    channels: ["tickstock:import:started", "tickstock:import:progress", "tickstock:import:completed"],
    events: ["data_import_started", "import_progress", "data_import_completed"],
    seconds: 660.0,
};
pub(super) const INDICATORS: Work = Work {
    phase: "indicators",
    channels: [
        "tickstock:indicators:started",
        "tickstock:indicators:progress",
        "tickstock:indicators:completed",
    ],
    events: ["indicator_processing_started", "indicator_progress", "indicator_processing_completed"],
    seconds: 1_500.0,
};
pub(super) const PATTERNS: Work = Work {
    phase: "patterns",
    channels: ["tickstock:patterns:started", "tickstock:patterns:progress", "tickstock:patterns:completed"],
    events: ["pattern_processing_started", "pattern_progress", "pattern_processing_completed"],
    seconds: 540.0,
};

pub(super) struct Writer {
    pub(super) random: ChaCha8Rng,
    pub(super) run_id: String,
    /// Under which name it names itself.
    pub(super) id: &'static str,
    pub(super) now: f64,
    pub(super) steps: Vec<Step>,
    pub(super) indicators: Arc<Kinds>,
    pub(super) patterns: Arc<Kinds>,
    /// How much of the universe it works on.
    share: f64,
}

impl Writer {
    pub(super) fn new(random: ChaCha8Rng, run_id: String) -> Self {
        Self {
            random,
            run_id,
            id: "run_id",
            now: 0.0,
            steps: Vec::new(),
            indicators: Arc::new(Kinds::indicators()),
            patterns: Arc::new(Kinds::patterns()),
            share: 1.0,
        }
    }

    /// It works on some of the symbols: its phases are that much shorter.
    pub(super) fn share(&mut self, some: usize, all: usize) {
        self.share = seconds_of(some) / seconds_of(all.max(1));
    }

    /// Seconds for each of that many symbols.
    pub(super) fn pace(&self, work: &Work, total: usize) -> f64 {
        if total == 0 { 0.0 } else { work.seconds * self.share / seconds_of(total) }
    }

    /// How long a phase takes, in whole seconds.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "minutes")]
    pub(super) fn lasting(&self, work: &Work) -> u64 {
        (work.seconds * self.share).round() as u64
    }

    pub(super) fn say(&mut self, channel: &'static str, event: &'static str, mut payload: Value) {
        if let Some(fields) = payload.as_object_mut() {
            fields.insert(self.id.into(), self.run_id.clone().into());
        }
        let message = Message::new(channel, event, SOURCE, payload);
        self.steps.push(Step { seconds: self.now, say: Say::One(message) });
    }

    /// That many values of a symbol, indicators or patterns.
    pub(super) fn values(&mut self, symbol: &str, patterns: bool, count: u32) {
        if count > 0 {
            let (run_id, seed) = (self.run_id.clone(), self.random.random());
            let kinds = if patterns { self.patterns.clone() } else { self.indicators.clone() };
            let values = Values { run_id, symbol: symbol.to_owned(), patterns, kinds, count, seed };
            self.steps.push(Step { seconds: self.now, say: Say::Values(values) });
        }
    }

    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        self.random.random_range(low..=high)
    }

    pub(super) fn problem(&mut self, phase: &str, symbol: &str, code: &str, retrying: bool) {
        let message = match code {
            "API_RATE_LIMIT" => "the provider asked to slow down",
            "SYMBOL_NOT_FOUND" => "the provider does not know this ticker",
            "INSUFFICIENT_DATA" => "fewer bars than the longest indicator needs",
            "STORAGE_FAILED" => "no space left on device",
            _ => "the provider did not answer in time",
        };
        let mut payload = json!({
            "severity": if retrying { "warning" } else { "error" }, "component": "massive_fetcher", "error_code": code,
            "message": message, "context": { "symbol": symbol, "run_id": self.run_id, "phase": phase }
        });
        if retrying {
            payload["recovery_action"] = "automatic_retry".into();
        }
        self.say(ERRORS, "critical_error", payload);
    }
}

pub(super) fn begin(writer: &mut Writer, work: &Work, total: usize, mut payload: Value) {
    payload["total_symbols"] = total.into();
    writer.say(work.channels[0], work.events[0], payload);
}

pub(super) fn symbol(writer: &mut Writer, work: &Work, name: &str, success: bool, made: u32) {
    let took = writer.between(60, 180);
    let payload = json!({
        "symbol": name, "phase": work.phase, "success": success, "values": if success { made } else { 0 }, "processing_time_ms": took
    });
    writer.say(work.channels[1], "symbol_processing_complete", payload);
}

pub(super) fn progress(writer: &mut Writer, work: &Work, index: usize, total: usize, name: &str) {
    if told(index, total) {
        let left = writer.pace(work, total) * seconds_of(total - index - 1);
        let payload = json!({
            "completed_symbols": index + 1, "total_symbols": total, "percent_complete": percent(index + 1, total),
            "current_symbol": name, "eta_seconds": left.round()
        });
        writer.say(work.channels[1], work.events[1], payload);
    }
}

pub(super) fn end(writer: &mut Writer, status: &str, processed: usize, failed: usize) {
    writer.now += 1.0;
    let message = ended(&writer.run_id, status, writer.now, processed, failed);
    writer.steps.push(Step { seconds: writer.now, say: Say::One(message) });
}

/// The end of a run.
pub fn ended(run_id: &str, status: &str, seconds: f64, processed: usize, failed: usize) -> Message {
    let payload = json!({
        "run_id": run_id, "status": status, "duration_seconds": seconds.round(), "symbols_processed": processed,
        "symbols_failed": failed
    });
    Message::new(STATUS, "processing_completed", SOURCE, payload)
}

/// Progress is told about a hundred times a phase, and at its last symbol.
pub(super) fn told(index: usize, total: usize) -> bool {
    (index + 1).is_multiple_of((total / 100).max(1)) || index + 1 == total
}

#[expect(clippy::cast_precision_loss, reason = "counts of symbols")]
pub(super) fn seconds_of(count: usize) -> f64 {
    count as f64
}

pub(super) fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 100.0 } else { (seconds_of(part) * 10_000.0 / seconds_of(whole)).round() / 100.0 }
}
