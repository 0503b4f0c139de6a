//! What a later run of a night makes up for, symbol by symbol: one rule for the board, which applies it message by message, and
//! for the archive, which looks at what was kept in the end.
//!
//! A symbol is made up for when it is done in each phase in which it failed, or, where nothing is known of it, in any. The last
//! word stands: a later failure takes it back, and what a run says itself goes before what another said earlier.
//!
//! Tests: `domain/tests/repaired.rs` holds the board and the archive's view of the same story together.

use crate::record::{Outcome, OutcomeStatus, RunRecord, Symbol};
use crate::time::Millis;

/// Whether a run is a later one of the same night, so that it may make up for the other. Each comes with its number, which
/// decides between two that began in the same millisecond.
#[must_use]
pub fn follows<N: Ord>(later: (&RunRecord, N), earlier: (&RunRecord, N)) -> bool {
    later.0.night == earlier.0.night
        && later.0.simulated == earlier.0.simulated
        && (later.0.started, later.1) > (earlier.0.started, earlier.1)
}

/// Whether later outcomes make up for these.
#[must_use]
pub fn makes_up(own: &[Outcome], later: &[Outcome]) -> bool {
    let done = |outcome: &&Outcome| outcome.status == OutcomeStatus::Done;
    let mut failed = own.iter().filter(|outcome| outcome.status == OutcomeStatus::Failed);
    failed.all(|failed| later.iter().filter(done).any(|done| done.phase == failed.phase))
        && later.iter().any(|outcome| done(&outcome))
}

/// What a later run says of a symbol in the end: whether it came through there, and when that was said. `None`: nothing that
/// counts. Of several such words the newest stands.
#[must_use]
pub fn word_of(own: &[Outcome], later: &Symbol) -> Option<(Millis, bool)> {
    let newest = |outcomes: &[Outcome]| outcomes.iter().map(|outcome| outcome.at).max();
    let at = newest(&later.outcomes).filter(|at| newest(own).is_none_or(|own| own <= *at))?;
    match later.failure() {
        Some(_) => Some((at, false)),
        // Only a failure takes it back: a run that has not come that far says nothing against what another has brought.
        None => makes_up(own, &later.outcomes).then_some((at, true)),
    }
}
