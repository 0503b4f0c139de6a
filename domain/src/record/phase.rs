//! The phases of a run, as they are shown.
//!
//! What is fixed about a phase ([`PhaseRecord`]) and what moves in it ([`Progress`]) are two records, because a night of
//! 10,000 symbols changes the second 10,000 times and the first twice.

use crate::phase::Phase;
use crate::time::Millis;
use crate::wire::{Read, Reader, readable, readable_words};
use serde::Serialize;

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

readable!(PhaseRecord { phase, status, unit, total, started, ended, attempt, frames });
readable!(Marks { failed, earlier, steps });
readable_words!(PhaseStatus { "waiting" => Waiting, "running" => Running, "done" => Done, "failed" => Failed, "stopped" => Stopped });
readable_words!(Unit { "symbols" => Symbols, "steps" => Steps });

impl Read for Progress {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let counts = (reader.item(b'[')?, reader.item(b',')?, reader.item(b',')?);
        let (heard, rate, current) = (reader.item(b',')?, reader.item(b',')?, reader.item(b',')?);
        reader.expect(b']').map(|()| Self(counts.0, counts.1, counts.2, heard, rate, current))
    }
}
