//! What belongs to a run: its symbols, why they failed, what else went wrong, and the messages it was told by.

use super::{iso, iso_exact};
use crate::store::read::events::StoredEvent;
use crate::store::read::symbols::StoredSymbol;
use domain::record::{FailureCode, OutcomeStatus, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// What became of a symbol in a phase.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutcomeOf {
    /// The phase.
    pub phase: String,
    /// done, failed or skipped.
    pub state: &'static str,
    /// When that was heard.
    pub at: String,
    /// Records, values or patterns made.
    pub made: Option<u32>,
    /// Milliseconds it took.
    pub millis: Option<u32>,
    /// The cause's code.
    pub code: Option<String>,
}

/// A symbol of a run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SymbolOf {
    /// Which.
    pub symbol: String,
    /// done, failed or skipped.
    pub state: Option<&'static str>,
    /// The phase of its failure, or of its last outcome.
    pub phase: Option<String>,
    /// The cause's code.
    pub code: Option<String>,
    /// True: it fails, and did not in the night before.
    pub newly: bool,
    /// Milliseconds it took in all.
    pub millis: i64,
    /// Records it brought in its first phase.
    pub made: i64,
    /// Phase by phase.
    pub outcomes: Vec<OutcomeOf>,
}

/// The states of a symbol, in words.
pub const STATES: [&str; 3] = ["done", "failed", "skipped"];

fn state(status: OutcomeStatus) -> &'static str {
    match status {
        OutcomeStatus::Done => "done",
        OutcomeStatus::Failed => "failed",
        OutcomeStatus::Skipped => "skipped",
    }
}

impl SymbolOf {
    /// Of a stored one.
    #[must_use]
    pub fn of(stored: &StoredSymbol) -> Self {
        let told = stored.told();
        let outcomes = stored.record.outcomes.iter().map(|outcome| OutcomeOf {
            phase: outcome.phase.key().to_owned(),
            state: state(outcome.status),
            at: iso_exact(outcome.at),
            made: outcome.made,
            millis: outcome.millis,
            code: outcome.code.clone(),
        });
        Self {
            symbol: stored.symbol.clone(),
            state: told.map(|told| state(told.status)),
            phase: told.map(|told| told.phase.key().to_owned()),
            code: told.and_then(|told| told.code.clone()),
            newly: stored.newly,
            millis: stored.millis,
            made: stored.made,
            outcomes: outcomes.collect(),
        }
    }
}

/// A message of the log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventOf {
    /// Its number.
    pub n: i64,
    /// When it was received.
    pub at: String,
    /// channel, stream, HTTP or server.
    pub way: &'static str,
    /// Its id on the stream.
    pub stream_id: Option<String>,
    /// On which channel.
    pub channel: String,
    /// What it was understood as: night, value, apart, unknown, refused or own.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The run it belongs to.
    pub run_id: Option<String>,
    /// The symbol it is about.
    pub symbol: Option<String>,
    /// How long it was, in bytes.
    pub length: i64,
    /// How it begins; what is no text is written out. The whole of it is `/api/events/{n}`.
    pub text: String,
}

impl EventOf {
    /// Of a stored one, with so many characters of its text.
    #[must_use]
    pub fn of(stored: &StoredEvent, longest: usize) -> Self {
        Self {
            n: stored.n,
            at: iso_exact(stored.at),
            way: stored.way.word(),
            stream_id: stored.stream_id.clone(),
            channel: stored.channel.clone(),
            kind: stored.kind.clone(),
            name: stored.name.clone(),
            run_id: stored.run.clone(),
            symbol: stored.symbol.clone(),
            length: stored.length,
            text: domain::decode::shown(&stored.raw, longest),
        }
    }
}

/// Why a request was not answered as asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Refusal {
    /// Always false.
    pub success: bool,
    /// A stable code.
    pub code: String,
    /// A sentence that helps.
    pub message: String,
    /// The parameter that cannot be understood, of `bad_parameter`.
    pub field: Option<String>,
    /// The command that was refused or not confirmed; it is kept.
    pub command: Option<String>,
}

/// Failed symbols of a run by cause.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CauseOf {
    /// The producer's code, or UNKNOWN.
    pub code: String,
    /// How many symbols.
    pub count: u32,
    /// How many of them did not fail in the night before; null: there is none to compare with.
    pub newly: Option<u32>,
    /// The newest of them.
    pub symbol: String,
    /// The phase in which it failed.
    pub phase: String,
    /// When the first was reported.
    pub first: String,
    /// When the newest was reported.
    pub last: String,
}

impl CauseOf {
    /// From its record.
    #[must_use]
    pub fn of(cause: &FailureCode) -> Self {
        Self {
            code: cause.code.clone(),
            count: cause.count,
            newly: cause.newly,
            symbol: cause.symbol.clone(),
            phase: cause.phase.key().to_owned(),
            first: iso(cause.first),
            last: iso(cause.last),
        }
    }
}

/// Error messages of a run with one code.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemOf {
    /// The producer's code, or its component where it gave none.
    pub code: String,
    /// info, warning, error or critical.
    #[schema(value_type = String)]
    pub severity: domain::record::Severity,
    /// Who reported it last.
    pub component: String,
    /// The latest message.
    pub message: String,
    /// The phase of the latest.
    pub phase: Option<String>,
    /// The symbol of the latest.
    pub symbol: Option<String>,
    /// How many messages.
    pub count: u32,
    /// When the first was received.
    pub first: String,
    /// When the latest was received.
    pub last: String,
}

impl ProblemOf {
    /// From its record.
    #[must_use]
    pub fn of(problem: &Problem) -> Self {
        Self {
            code: problem.code.clone(),
            severity: problem.severity,
            component: problem.component.clone(),
            message: problem.message.clone(),
            phase: problem.phase.as_ref().map(|phase| phase.key().to_owned()),
            symbol: problem.symbol.clone(),
            count: problem.count,
            first: iso(problem.first),
            last: iso(problem.last),
        }
    }
}
