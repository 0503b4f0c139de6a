//! A run, as it is shown. Its phases are in `phase.rs`.

use super::By;
use crate::phase::Phase;
use crate::time::Millis;
use crate::wire::{readable, readable_words};
use serde::Serialize;

/// What a run is doing, or how it ended. The verdict (Complete, To retry …) is a judgement over it, see `verdict`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// In progress.
    Running,
    /// The producer says it succeeded (perhaps with failed symbols).
    Success,
    /// The producer says it failed.
    Failed,
    /// The producer says it was cancelled.
    Cancelled,
    /// The producer says it did not need to run.
    Skipped,
}

impl RunStatus {
    /// Whether the run is over.
    #[must_use]
    pub fn ended(self) -> bool {
        self != Self::Running
    }

    /// The word of the API (contract.md §7.2).
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Success => "success",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
        }
    }
}

/// Who started a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The schedule (`automatic`, `scheduled`).
    Schedule,
    /// A person (`manual`).
    Manual,
}

impl Trigger {
    /// The word of the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Schedule => "automatic",
            Self::Manual => "manual",
        }
    }
}

/// One run of the nightly work.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunRecord {
    /// The producer's id.
    pub id: String,
    /// The night it belongs to, as days since 1970-01-01 on the exchange's clock.
    pub night: i64,
    /// What it is doing, or how it ended.
    pub status: RunStatus,
    /// Who started it, if the producer said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Trigger>,
    /// The universes it works on, if the producer said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub universes: Vec<String>,
    /// The phases it announced. Empty: it announced none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plan: Vec<Phase>,
    /// Symbols it announced or was seen to work on; 0: not known.
    pub symbols: u32,
    /// When its start was received; for an adopted run, when it was first heard of.
    pub started: Millis,
    /// Its start by the producer's own clock, where that differs by more than 5 minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reported_start: Option<Millis>,
    /// When anything was last heard about it, to the second.
    pub heard: Millis,
    /// When its end was received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Millis>,
    /// True when its start was never heard: it is shown as "seen since".
    #[serde(skip_serializing_if = "is_false")]
    pub adopted: bool,
    /// True when its messages say they are simulated.
    #[serde(skip_serializing_if = "is_false")]
    pub simulated: bool,
    /// Symbols processed, by the producer's end message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processed: Option<u32>,
    /// Symbols that failed, by the producer's end message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<u32>,
    /// Distinct symbols that were reported failed, in any phase.
    #[serde(skip_serializing_if = "is_zero")]
    pub failing: u32,
    /// How many of them did not fail in the night before; `None` when there is no night to compare with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newly: Option<u32>,
    /// How many symbols the night before lets expect; 0: none, or no such night is known.
    #[serde(skip_serializing_if = "is_zero")]
    pub expected: u32,
    /// How many of them were not reported although the producer names symbols one by one and was through; 0 before.
    #[serde(skip_serializing_if = "is_zero")]
    pub missing: u32,
    /// How many of the failing ones a later run of the same night brought through.
    #[serde(skip_serializing_if = "is_zero")]
    pub repaired: u32,
    /// How many of these were newly failing.
    #[serde(skip_serializing_if = "is_zero")]
    pub repaired_new: u32,
    /// Who asked for its end, while the producer has not ended it; stays when it was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancel: Option<By>,
    /// Who accepted it as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<By>,
    /// The run of which it does once more what was left, if the producer or we say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_of: Option<String>,
    /// Of a run that did not come to its end: how many symbols were left of it then, and are after the retries that have ended since.
    /// `None`: it came to its end, or not all of its symbols are known by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<(u32, u32)>,
    /// Bars or other records imported.
    #[serde(skip_serializing_if = "is_zero64")]
    pub records: u64,
    /// Indicator values computed.
    #[serde(skip_serializing_if = "is_zero64")]
    pub indicators: u64,
    /// Patterns found.
    #[serde(skip_serializing_if = "is_zero64")]
    pub patterns: u64,
    /// The producer's own overall percentage, where it gives one and announced no phases (never falls).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percent: Option<u8>,
    /// Why it failed or stopped, in the producer's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(value: &u32) -> bool {
    *value == 0
}

fn is_zero64(value: &u64) -> bool {
    *value == 0
}

readable! { RunRecord {
    id, night, status, trigger, universes, plan, symbols, started, reported_start, heard, ended,
    adopted, simulated, processed, failed, failing, newly, expected, missing, repaired, repaired_new, cancel,
    accepted, retry_of, left, records, indicators, patterns, percent, reason
} }
readable_words!(RunStatus { "running" => Running, "success" => Success, "failed" => Failed, "cancelled" => Cancelled, "skipped" => Skipped });
readable_words!(Trigger { "schedule" => Schedule, "manual" => Manual });
