//! What a run has said so far, added up: enough to answer for it, and to know who failed.

use crate::simulate::script::{Say, Step};
use domain::phase::Phase;
use serde_json::Value;
use std::collections::BTreeSet;

/// A run's figures.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// The phase in progress, or the last that was.
    pub phase: Option<Phase>,
    /// Symbols, or steps, of that phase.
    pub total: u64,
    /// Of these done with.
    pub processed: u64,
    /// Of these failed.
    pub failed: u64,
    /// The symbol or the step that was named last.
    pub current: Option<String>,
    /// Symbols that came through in the last phase that had symbols.
    pub through: u64,
    /// Everyone who failed in any phase.
    pub failing: BTreeSet<String>,
    /// Values.
    pub indicators: u64,
    /// Values.
    pub patterns: u64,
    /// How it ended, in the producer's words, when it said so.
    pub status: Option<&'static str>,
}

impl Tally {
    /// Hears what the run of this id says.
    pub fn hear(&mut self, run_id: &str, step: &Step) {
        match &step.say {
            Say::Values(values) if values.run_id == run_id => {
                let made = if values.patterns { &mut self.patterns } else { &mut self.indicators };
                *made += u64::from(values.count);
            }
            Say::One(message) => {
                let said = &message.payload;
                if [&said["run_id"], &said["job_id"]].iter().any(|id| id.as_str() == Some(run_id)) {
                    self.message(&message.event, said);
                }
            }
            Say::Values(_) => {}
        }
    }

    fn message(&mut self, event: &str, said: &Value) {
        let count = |field: &str| said[field].as_u64().unwrap_or(0);
        let text = |field: &str| said[field].as_str().map(ToOwned::to_owned);
        match event {
            "data_import_started" => self.begin(Phase::Import, count("total_symbols")),
            "indicator_processing_started" => self.begin(Phase::Indicators, count("total_symbols")),
            "pattern_processing_started" => self.begin(Phase::Patterns, count("total_symbols")),
            "symbol_processing_complete" => {
                let failed = said["success"].as_bool() == Some(false);
                // A night of duplicates says everything twice.
                self.processed = (self.processed + 1).min(self.total);
                self.failed = (self.failed + u64::from(failed)).min(self.total);
                self.through = self.processed.saturating_sub(self.failed);
                self.current = text("symbol");
                self.failing.extend(text("symbol").filter(|_| failed));
            }
            "job_progress_update" if said["phase"] == "cache_sync" => {
                self.begin(Phase::CacheSync, count("total_items"));
                self.processed = count("completed");
                self.current = text("current_task");
            }
            "cache_sync_completed" => self.processed = self.total,
            "processing_completed" => self.status = Some(ending(said["status"].as_str())),
            _ => {}
        }
    }

    fn begin(&mut self, phase: Phase, total: u64) {
        let through = if phase == Phase::CacheSync { self.through } else { 0 };
        let known = std::mem::take(self);
        *self = Self { phase: Some(phase), total, through, processed: 0, failed: 0, current: None, ..known };
    }
}

fn ending(status: Option<&str>) -> &'static str {
    match status {
        Some("failed") => "failed",
        Some("cancelled") => "cancelled",
        _ => "completed",
    }
}
