//! What became of one symbol in one run: an outcome per phase that said something about it.

use crate::phase::Phase;
use crate::time::Millis;
use crate::wire::{Read, Reader, readable, readable_words};
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

/// How a symbol came through a phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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
///
/// On the wire `[phase, status, at, made, millis, code]`, without the unknown ones at its end: a night has thousands.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Which phase.
    pub phase: Phase,
    /// How it came through.
    pub status: OutcomeStatus,
    /// When that was received.
    pub at: Millis,
    /// Records, values or patterns made, if said.
    pub made: Option<u32>,
    /// Milliseconds it took, if said.
    pub millis: Option<u32>,
    /// The cause's code, of a failure or skip.
    pub code: Option<String>,
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let known = match (self.made, self.millis, &self.code) {
            (_, _, Some(_)) => 6,
            (_, Some(_), None) => 5,
            (Some(_), None, None) => 4,
            (None, None, None) => 3,
        };
        let mut items = serializer.serialize_seq(Some(known))?;
        items.serialize_element(&self.phase)?;
        items.serialize_element(&self.status)?;
        items.serialize_element(&self.at)?;
        if known > 3 {
            items.serialize_element(&self.made)?;
        }
        if known > 4 {
            items.serialize_element(&self.millis)?;
        }
        if known > 5 {
            items.serialize_element(&self.code)?;
        }
        items.end()
    }
}

impl Read for Outcome {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (phase, status, at) = (reader.item(b'[')?, reader.item(b',')?, reader.item(b',')?);
        let mut outcome = Self { phase, status, at, made: None, millis: None, code: None };
        if !reader.more()? {
            return Some(outcome);
        }
        outcome.made = Read::read(reader)?;
        if !reader.more()? {
            return Some(outcome);
        }
        outcome.millis = Read::read(reader)?;
        if !reader.more()? {
            return Some(outcome);
        }
        outcome.code = Read::read(reader)?;
        reader.expect(b']').map(|()| outcome)
    }
}

/// A symbol of a run; on the wire `{"a":[outcomes],"w":true,"t":true,"n":3}`: `w` where it is newly failing, `t` where the night
/// before did not have it, `n` where it fails for the second night in a row or longer. Without outcomes it is one that the
/// night before lets expect. Its name is in its key.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Symbol {
    /// Outcomes, in the order of first mention.
    #[serde(rename = "a")]
    pub outcomes: Vec<Outcome>,
    /// True when it fails tonight and did not in the night before.
    #[serde(rename = "w", skip_serializing_if = "std::ops::Not::not")]
    pub newly: bool,
    /// True when others were expected by their names and this one was not: it is new tonight.
    #[serde(rename = "t", skip_serializing_if = "std::ops::Not::not")]
    pub first: bool,
    /// For how many nights in a row it has failed, tonight included; 0 where that is not more than tonight.
    #[serde(rename = "n", skip_serializing_if = "is_zero")]
    pub nights: u8,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(value: &u8) -> bool {
    *value == 0
}

impl Symbol {
    /// The first failure that was not repaired, if any.
    #[must_use]
    pub fn failure(&self) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.status == OutcomeStatus::Failed)
    }
}

readable!(Symbol { outcomes = "a", newly = "w", first = "t", nights = "n" });
readable_words!(OutcomeStatus { "d" => Done, "f" => Failed, "s" => Skipped });
