//! What became of one symbol in one run: an outcome per phase that said something about it.

use crate::phase::Phase;
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// How a symbol came through a phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutcomeStatus {
    /// Without failure.
    #[serde(rename = "d")]
    Done,
    /// Failed.
    #[serde(rename = "f")]
    Failed,
    /// Left out, with a reason.
    #[serde(rename = "s")]
    Skipped,
}

/// A message about this symbol in one phase. Later ones replace earlier ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Which phase.
    #[serde(rename = "p")]
    pub phase: Phase,
    /// How it came through.
    #[serde(rename = "o")]
    pub status: OutcomeStatus,
    /// When that was received.
    #[serde(rename = "t")]
    pub at: Millis,
    /// Records, values or patterns made, if said.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub made: Option<u32>,
    /// Milliseconds it took, if said.
    #[serde(rename = "ms", default, skip_serializing_if = "Option::is_none")]
    pub millis: Option<u32>,
    /// The cause's code, of a failure or skip.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// A symbol of a run; on the wire `{"a":[outcomes],"w":newly}`. Its name is in its key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Symbol {
    /// Outcomes, in the order of first mention.
    #[serde(rename = "a")]
    pub outcomes: Vec<Outcome>,
    /// True when it fails tonight and did not in the night before.
    #[serde(rename = "w", default, skip_serializing_if = "std::ops::Not::not")]
    pub newly: bool,
}

impl Symbol {
    /// The first failure that was not repaired, if any.
    #[must_use]
    pub fn failure(&self) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.status == OutcomeStatus::Failed)
    }
}
