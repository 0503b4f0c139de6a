//! What comes: the exchange's bells and when runs are due, as moments of the next days. So a browser counts down to each of them without
//! asking and without a calendar of its own.

use crate::time::Millis;
use crate::wire::{readable, readable_words};
use serde::Serialize;

/// `xplan`: the schedule and the market's next days.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Plan {
    /// This server fires; else the producer does, and we look on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ours: bool,
    /// Who has paused all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<String>,
    /// Whether what is due next looks at the market.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub check: bool,
    /// Over what it runs; empty: as the producer is set.
    pub universe: String,
    /// Where our schedule and the producer's disagree, as a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// From the night before the last to some days ahead, ascending.
    pub moments: Vec<Moment>,
}

/// A moment at which something changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moment {
    /// When.
    pub at: Millis,
    /// What.
    pub kind: MomentKind,
    /// Of which day, or of which night a run that is due is, since 1970-01-01.
    pub day: i64,
    /// Which holiday; why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// What happens at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MomentKind {
    /// The night of a trading day begins: nine on the exchange's clock.
    Night,
    /// The same hour of a day without trading that has a name.
    Closed,
    /// The first bell.
    Open,
    /// The closing bell.
    Close,
    /// The closing bell, earlier than usual.
    Early,
    /// A run is due.
    Due,
    /// It would be, and will not be.
    Skip,
    /// It was, and was refused.
    Refused,
}

impl MomentKind {
    /// Whether a run was to begin.
    #[must_use]
    pub fn is_due(self) -> bool {
        matches!(self, Self::Due | Self::Skip | Self::Refused)
    }

    /// Whether it is a bell.
    #[must_use]
    pub fn is_bell(self) -> bool {
        matches!(self, Self::Open | Self::Close | Self::Early)
    }
}

impl Plan {
    /// The last moment of a kind up to now.
    #[must_use]
    pub fn last(&self, now: Millis, kind: fn(MomentKind) -> bool) -> Option<&Moment> {
        self.moments.iter().rfind(|moment| moment.at <= now && kind(moment.kind))
    }

    /// The next moment of a kind.
    #[must_use]
    pub fn next(&self, now: Millis, kind: fn(MomentKind) -> bool) -> Option<&Moment> {
        self.moments.iter().find(|moment| moment.at > now && kind(moment.kind))
    }
}

readable!(Plan { ours, paused, check, universe, note, moments });
readable!(Moment { at, kind, day, words });
readable_words!(MomentKind { "night" => Night, "closed" => Closed, "open" => Open, "close" => Close, "early" => Early, "due" => Due, "skip" => Skip, "refused" => Refused });
