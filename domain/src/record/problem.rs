//! Failures and problems, added up by code. A *failure* is a symbol that failed in a phase; a *problem* is an error message.

use crate::phase::Phase;
use crate::time::Millis;
use crate::wire::{readable, readable_words};
use serde::Serialize;

/// How bad the producer says a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// For the record.
    Info,
    /// Worth a look.
    Warning,
    /// Something went wrong.
    Error,
    /// Something went badly wrong. (It does not mean that the run ended.)
    Critical,
}

/// Symbols of a run that failed for one cause.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FailureCode {
    /// The producer's code, or `UNKNOWN` where it gave none.
    pub code: String,
    /// How many symbols.
    pub count: u32,
    /// How many of them did not fail in the night before; `None` without a night to compare with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newly: Option<u32>,
    /// The newest of them.
    pub symbol: String,
    /// The phase in which the newest failed.
    pub phase: Phase,
    /// When the first was reported.
    pub first: Millis,
    /// When the newest was reported.
    pub last: Millis,
}

/// Error messages of a run with one code.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Problem {
    /// The producer's code, or its component where it gave none.
    pub code: String,
    /// The worst severity seen.
    pub severity: Severity,
    /// The component that reported it last.
    pub component: String,
    /// The latest message.
    pub message: String,
    /// The phase of the latest, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// The symbol of the latest, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// How many messages.
    pub count: u32,
    /// When the first was received.
    pub first: Millis,
    /// When the latest was received.
    pub last: Millis,
}

readable!(FailureCode { code, count, newly, symbol, phase, first, last });
readable!(Problem { code, severity, component, message, phase, symbol, count, first, last });
readable_words!(Severity { "info" => Info, "warning" => Warning, "error" => Error, "critical" => Critical });
