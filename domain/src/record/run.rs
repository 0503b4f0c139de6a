//! A run and its phases, as they are shown.
//!
//! What is fixed about a phase ([`PhaseRecord`]) and what moves in it ([`Progress`]) are two records, because a night of
//! 10,000 symbols changes the second 10,000 times and the first twice.

use crate::phase::Phase;
use crate::time::Millis;
use crate::wire::{Read, Reader, readable, readable_words};
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

/// Where a phase is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PhaseStatus {
    /// Announced, nothing heard of it yet.
    Waiting,
    /// Heard of, not ended.
    Running,
    /// Its end was heard, or the run went on or ended well without one.
    Done,
    /// Its end said that it failed, or the run failed in it.
    Failed,
    /// The run ended without it, or in its middle, without blaming it.
    Stopped,
}

/// What a phase counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Symbols.
    #[default]
    Symbols,
    /// Named steps, as cache sync has.
    Steps,
}

/// What is fixed about a phase of a run, between its few transitions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PhaseRecord {
    /// Which phase.
    pub phase: Phase,
    /// Where it is.
    pub status: PhaseStatus,
    /// What it counts.
    pub unit: Unit,
    /// How many there are; 0: not known.
    pub total: u32,
    /// When it was first heard of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<Millis>,
    /// When its end was heard, or concluded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Millis>,
    /// 1 for the first attempt; a resumed phase is the next.
    pub attempt: u32,
    /// The timeframes it works through, if told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub frames: Vec<String>,
}

/// What moves in a phase; on the wire `[done, failed, skipped, heard, rate, current]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Progress(
    /// Done without failure.
    pub u32,
    /// Failed.
    pub u32,
    /// Skipped, with a reason.
    pub u32,
    /// When the last message about this phase was received.
    pub Millis,
    /// Per minute over the last 60 s; 0: too early to say.
    pub u32,
    /// The symbol or step the producer named last; empty: none.
    pub String,
);

impl Progress {
    /// Done without failure.
    #[must_use]
    pub fn done(&self) -> u32 {
        self.0
    }

    /// Failed.
    #[must_use]
    pub fn failed(&self) -> u32 {
        self.1
    }

    /// Skipped.
    #[must_use]
    pub fn skipped(&self) -> u32 {
        self.2
    }

    /// Done, failed or skipped.
    #[must_use]
    pub fn processed(&self) -> u32 {
        self.0.saturating_add(self.1).saturating_add(self.2)
    }

    /// When the last message about this phase was received.
    #[must_use]
    pub fn heard(&self) -> Millis {
        self.3
    }

    /// Per minute over the last 60 s; `None` while it is too early to say.
    #[must_use]
    pub fn rate(&self) -> Option<u32> {
        (self.4 > 0).then_some(self.4)
    }

    /// The symbol or step the producer named last.
    #[must_use]
    pub fn current(&self) -> Option<&str> {
        (!self.5.is_empty()).then_some(self.5.as_str())
    }
}

/// Moments in a phase, for the marks on its bar. Bounded: at most [`Marks::MAX`] of each.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Marks {
    /// When a symbol failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<Millis>,
    /// From when to when earlier attempts lasted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<(Millis, Millis)>,
    /// When a step began, and its name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<(Millis, String)>,
}

impl Marks {
    /// Most marks of a kind that a phase keeps; later ones are in the counts.
    pub const MAX: usize = 250;
    /// Most earlier attempts that a phase keeps.
    pub const ATTEMPTS: usize = 16;
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
    adopted, simulated, processed, failed, failing, newly, records, indicators, patterns, percent,
    reason
} }
readable!(PhaseRecord { phase, status, unit, total, started, ended, attempt, frames });
readable!(Marks { failed, earlier, steps });
readable_words!(RunStatus { "running" => Running, "success" => Success, "failed" => Failed, "cancelled" => Cancelled, "skipped" => Skipped });
readable_words!(Trigger { "schedule" => Schedule, "manual" => Manual });
readable_words!(PhaseStatus { "waiting" => Waiting, "running" => Running, "done" => Done, "failed" => Failed, "stopped" => Stopped });
readable_words!(Unit { "symbols" => Symbols, "steps" => Steps });

impl Read for Progress {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let counts = (reader.item(b'[')?, reader.item(b',')?, reader.item(b',')?);
        let (heard, rate, current) = (reader.item(b',')?, reader.item(b',')?, reader.item(b',')?);
        reader.expect(b']').map(|()| Self(counts.0, counts.1, counts.2, heard, rate, current))
    }
}
