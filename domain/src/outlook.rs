//! What tonight is before a run, and instead of one: waiting, due, not started, skipped. The run's own verdict is [`crate::verdict`]'s.
//!
//! Work in progress always has the verdict: a run that was refused beside it is told when it is over. Of what has ended, only the newest
//! night decides, so that a night becomes *last night* when the next one begins, at nine on the exchange's clock.

use crate::record::{Moment, MomentKind, Plan, Redis};
use crate::time::{MINUTE, Millis};
use crate::verdict::{RunView, Verdict, judge};

/// A run is due soon within this.
pub const SOON: Millis = 30 * MINUTE;
/// A run that nothing was heard of so long after it was due did not start.
pub const PATIENCE: Millis = 2 * MINUTE;

/// Judges tonight, by the run that speaks for the newest night that had one, what is due, and since when we have been listening.
#[must_use]
pub fn judge_tonight(
    view: Option<&RunView>,
    plan: Option<&Plan>,
    redis: Option<&Redis>,
    now: Millis,
) -> Verdict {
    let verdict = judge(view, now);
    let going_on =
        matches!(verdict, Verdict::Running { .. } | Verdict::Silent { .. } | Verdict::Cancelling { .. });
    let Some(plan) = plan.filter(|_| !going_on) else { return verdict };
    before_a_run(view, &verdict, plan, redis, now).unwrap_or(verdict)
}

fn before_a_run(
    view: Option<&RunView>,
    verdict: &Verdict,
    plan: &Plan,
    redis: Option<&Redis>,
    now: Millis,
) -> Option<Verdict> {
    let failed = matches!(verdict, Verdict::Failed { .. });
    let of_night = |moment: &&Moment| view.is_some_and(|view| view.run.night >= moment.day);
    let began = |moment: &&Moment| view.is_some_and(|view| view.run.started >= moment.at - SOON);
    // Which night it is: what was due in an earlier one is over.
    let tonight = plan.last(now, |kind| kind == MomentKind::Night).map(|moment| moment.day);
    let of_tonight = |moment: &&Moment| tonight.is_none_or(|tonight| moment.day >= tonight);
    let last = plan.last(now, MomentKind::is_due).filter(of_tonight).filter(|moment| !began(moment));
    if let Some(last) = last.filter(|last| !(failed && of_night(last))) {
        let why = last.words.clone();
        if last.kind == MomentKind::Skip {
            if !of_night(&last) {
                return Some(Verdict::LeftOut { why });
            }
        } else {
            // What could not be heard may have begun all the same.
            let deaf = redis.is_some_and(|redis| !redis.up);
            let heard = redis.map_or(last.at, |redis| redis.since.max(last.at));
            let waited = last.kind == MomentKind::Refused || now >= heard + PATIENCE;
            return Some(if waited && !deaf {
                Verdict::DidNotStart { due: last.at, why }
            } else {
                Verdict::Due { at: last.at }
            });
        }
    }
    let next = plan.next(now, |kind| kind == MomentKind::Due)?;
    // Nothing is left of tonight but what is not wanted: that is known before its time.
    let left_out = plan.next(now, |kind| kind == MomentKind::Skip);
    if let Some(left_out) = left_out.filter(|moment| moment.at < next.at && Some(moment.day) == tonight)
        && next.day != left_out.day
        && !of_night(&left_out)
    {
        return Some(Verdict::LeftOut { why: left_out.words.clone() });
    }
    if next.at - now <= SOON && !(failed && of_night(&next)) {
        return Some(Verdict::Due { at: next.at });
    }
    let well = matches!(
        verdict,
        Verdict::Complete | Verdict::CompleteAfterRetry | Verdict::Cancelled { .. } | Verdict::Skipped
    );
    let closed = plan.last(now, |kind| matches!(kind, MomentKind::Night | MomentKind::Closed));
    let closed = closed
        .filter(|moment| moment.kind == MomentKind::Closed && well)
        .and_then(|moment| moment.words.clone());
    let waits = closed.is_some() || (Some(next.day) == tonight && !of_night(&next));
    (waits && view.is_some()).then_some(Verdict::Waiting { due: next.at, closed })
}
