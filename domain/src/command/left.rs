//! What is left to do of a run's symbols, and for which of them somebody asks.
//!
//! Left is who failed and was not brought through by a later run of the night; who was expected and not reported; and, of a run that
//! did not come to its end, who was not processed in the phase in which it stopped, where that phase tells of its symbols by name.

use super::order::earliest;
use crate::phase::Phase;
use crate::record::{Outcome, OutcomeStatus, PhaseStatus, RunStatus, Symbol, Unit};
use crate::time::Millis;
use crate::verdict::RunView;
use crate::words::UNKNOWN_CODE;
use std::collections::HashSet;

/// The code of a symbol that was expected and never mentioned.
pub const NOT_REPORTED: &str = "NOT_REPORTED";
/// The code of a symbol that the run did not come to.
pub const NOT_PROCESSED: &str = "NOT_PROCESSED";

/// A symbol that is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Which.
    pub symbol: String,
    /// The phase from which on it must be done again.
    pub phase: Phase,
    /// Why.
    pub code: String,
}

/// What is left of a run. Each of its symbols comes with whether a later run brought it through.
pub fn left<'a>(view: &RunView, symbols: impl IntoIterator<Item = (&'a str, &'a Symbol, bool)>) -> Vec<Left> {
    let symbols: Vec<(&str, &Symbol, bool)> = symbols.into_iter().collect();
    let of = |symbol: &Symbol, phase: &Phase| symbol.outcomes.iter().any(|outcome| outcome.phase == *phase);
    let broke = matches!(view.run.status, RunStatus::Failed | RunStatus::Cancelled);
    let stopped = view.phases.iter().find(|(phase, _)| {
        let of_symbols = phase.unit == Unit::Symbols && phase.phase != Phase::CacheSync;
        of_symbols && matches!(phase.status, PhaseStatus::Failed | PhaseStatus::Stopped)
    });
    // One that has begun and names nobody counts only: who of them is left nobody knows.
    let named = |phase: &Phase| symbols.iter().any(|(_, symbol, _)| of(symbol, phase));
    let stopped = stopped.filter(|(phase, _)| broke && (phase.started.is_none() || named(&phase.phase)));
    let stopped = stopped.map(|(phase, _)| &phase.phase);
    let why = |symbol: &Symbol| -> Option<(Phase, String)> {
        if let Some(failure) = symbol.failure() {
            let code = failure.code.clone().unwrap_or_else(|| UNKNOWN_CODE.to_owned());
            return Some((failure.phase.clone(), code));
        }
        if let Some(phase) = stopped.filter(|phase| !of(symbol, phase)) {
            return Some((phase.clone(), NOT_PROCESSED.to_owned()));
        }
        (symbol.outcomes.is_empty() && view.run.missing > 0).then(|| (Phase::Import, NOT_REPORTED.to_owned()))
    };
    let mut all: Vec<Left> = symbols
        .iter()
        .filter(|(_, _, brought)| !brought)
        .filter_map(|(name, symbol, _)| {
            let (phase, code) = why(symbol)?;
            Some(Left { symbol: (*name).to_owned(), phase, code })
        })
        .collect();
    all.sort_by(|one, other| one.symbol.cmp(&other.symbol));
    all
}

/// Whether what a later run says of a symbol brings it through where it was left, and when that was said. `None`: it says nothing
/// that counts.
#[must_use]
pub fn brought(left: &Left, later: &Symbol) -> Option<(Millis, bool)> {
    let newest = later.outcomes.iter().map(|outcome| outcome.at).max()?;
    if later.failure().is_some() {
        return Some((newest, false));
    }
    let done = |outcome: &&Outcome| outcome.phase == left.phase && outcome.status == OutcomeStatus::Done;
    later.outcomes.iter().find(done).map(|outcome| (outcome.at, true))
}

/// Those of them that are asked for. Who is named and came through meanwhile is left out.
///
/// # Errors
/// The first name, where none that is named is among them.
pub fn chosen(
    left: &[Left],
    phase: Option<&Phase>,
    code: Option<&str>,
    names: &[String],
) -> Result<Vec<Left>, String> {
    let known: HashSet<&str> = left.iter().map(|left| left.symbol.as_str()).collect();
    if let Some(first) = names.first().filter(|_| !names.iter().any(|name| known.contains(name.as_str()))) {
        return Err(first.clone());
    }
    let names: HashSet<&str> = names.iter().map(String::as_str).collect();
    let asked = |left: &&Left| {
        phase.is_none_or(|phase| left.phase == *phase)
            && code.is_none_or(|code| left.code == code)
            && (names.is_empty() || names.contains(left.symbol.as_str()))
    };
    Ok(left.iter().filter(asked).cloned().collect())
}

/// From which phase on these must be done again.
#[must_use]
pub fn from(left: &[Left]) -> Phase {
    earliest(left.iter().map(|left| &left.phase))
}

/// About how long so many symbols take from a phase on, by the pace at which this run went through its phases. `None`: it tells
/// nothing of its pace.
#[must_use]
pub fn about(view: &RunView, from: &Phase, count: u32) -> Option<Millis> {
    let mut millis = 0_i64;
    for (phase, progress) in &view.phases {
        let paced = phase.unit == Unit::Symbols && phase.phase.rank() >= from.rank();
        let (Some(started), processed, true) = (phase.started, i64::from(progress.processed()), paced) else {
            continue;
        };
        let end = phase.ended.unwrap_or_else(|| progress.heard().max(started));
        if processed > 0 {
            millis =
                millis.saturating_add((end - started).max(0).saturating_mul(i64::from(count)) / processed);
        }
    }
    (millis > 0).then_some(millis)
}
