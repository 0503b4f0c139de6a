//! Which run speaks for a night, and which has the verdict now: one rule for every page.

use crate::record::{RunStatus, Trigger};
use crate::time::Millis;
use crate::verdict::RunView;

/// A few messages of a run whose start nobody heard say less than a run that was heard from its start and is no smaller.
fn stray(view: &RunView, views: &[RunView]) -> bool {
    let better = |other: &RunView| {
        !other.run.adopted && other.run.night >= view.run.night && other.symbols() >= view.symbols()
    };
    view.run.adopted && views.iter().any(better)
}

/// A retry of another, however large, is beside it, and so is a run of less than half of the symbols of another of its night (one
/// universe, a cache sync by hand), and one that was cancelled where another of its night that was no smaller came to its end: the
/// data are as that one left them.
fn beside(view: &RunView, views: &[RunView]) -> bool {
    let retried = |of: &String| views.iter().any(|other| other.run.id == *of);
    if view.run.retry_of.as_ref().is_some_and(retried) {
        return true;
    }
    let whole = |other: &RunView| {
        other.run.night == view.run.night
            && other.run.status == RunStatus::Success
            && other.symbols() >= view.symbols()
    };
    if view.run.status == RunStatus::Cancelled && views.iter().any(whole) {
        return true;
    }
    let twice = u64::from(view.symbols()) * 2;
    views.iter().any(|other| other.run.night == view.run.night && u64::from(other.symbols()) > twice)
}

/// Which of two runs speaks for its night rather than the other: the newer one, if both are a night's work.
type Weight = (i64, bool, bool, Millis, u32);

/// How much a run speaks for its night; the newest night's first.
#[must_use]
pub fn weight(view: &RunView, views: &[RunView]) -> Weight {
    (view.run.night, !stray(view, views), !beside(view, views), view.run.started, view.slot)
}

/// The run that did the work of the newest of these runs' nights ([`weight`]); its slot.
#[must_use]
pub fn speaking(views: &[RunView]) -> Option<u32> {
    views.iter().max_by_key(|view| weight(view, views)).map(|view| view.slot)
}

/// The run that has the verdict at `now`: among runs in progress that are heard, the scheduled, then the larger, then the
/// earlier one, so that two runs do not change places; else, ended or silent, the one that speaks for the newest night
/// ([`speaking`]). Returns its slot. Of the runs of one night it is the one that has that night's verdict, on every page.
#[must_use]
pub fn tonight(views: &[RunView], now: Millis) -> Option<u32> {
    let heard = |view: &&RunView| {
        view.run.status == RunStatus::Running && view.silent(now).is_none() && !stray(view, views)
    };
    let first = |view: &&RunView| {
        let scheduled = view.run.trigger == Some(Trigger::Schedule);
        (scheduled, view.symbols(), std::cmp::Reverse(view.run.started), std::cmp::Reverse(view.slot))
    };
    let live = views.iter().filter(heard).max_by_key(first);
    live.map(|view| view.slot).or_else(|| speaking(views))
}
