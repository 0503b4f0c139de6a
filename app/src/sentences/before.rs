//! What the verdict says where no run of tonight has it: waiting, due, not started, left out.

use super::{Clocks, Figure, figures::figure, lasted, numbered};
use crate::format::{age, count, duration, hm, night, plural, time};
use domain::record::{MomentKind, Plan, Producer, Redis, Saving};
use domain::time::{DAY, Millis};
use domain::verdict::{RunView, Verdict, judge};

/// What is known besides of the run before.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// What is due.
    pub plan: Plan,
    /// The producer.
    pub producer: Option<Producer>,
    /// The link to Redis.
    pub redis: Option<Redis>,
    /// How saving goes.
    pub saving: Option<Saving>,
}

/// The sentence.
#[must_use]
pub fn before(verdict: &Verdict, view: Option<&RunView>, known: &Known, clocks: Clocks<'_>) -> String {
    let when = |at: Millis| time(at, clocks.now, clocks.here, clocks.exchange);
    match verdict {
        Verdict::Waiting { due, closed: Some(name) } => {
            let bell =
                known.plan.next(clocks.now, |kind| matches!(kind, MomentKind::Early | MomentKind::Close));
            let early = bell.filter(|bell| bell.kind == MomentKind::Early);
            let early =
                early.map(|bell| format!(" (early close {})", clocks.told(bell.at))).unwrap_or_default();
            format!("Closed for {name}. Next run {}{early}.", when(*due))
        }
        Verdict::Waiting { due, .. } => {
            let last = view.map(|view| last(view, clocks)).unwrap_or_default();
            format!("Tonight’s run starts in {}.{last}", duration(due - clocks.now))
        }
        Verdict::Due { at } if *at > clocks.now => format!("Tonight’s run starts at {}.", when(*at)),
        Verdict::Due { at } if known.redis.as_ref().is_some_and(|redis| !redis.up) => {
            format!(
                "Tonight’s run was due at {}. Redis is not reachable: whether it has begun can’t be seen.",
                when(*at)
            )
        }
        Verdict::Due { at } => {
            format!("Tonight’s run was due at {}; nothing was heard of it yet.", when(*at))
        }
        Verdict::DidNotStart { due, why } => {
            let since = duration(clocks.now - due);
            let heard = known.producer.as_ref().map(|producer| producer.heard);
            let cause = match (why, heard) {
                (Some(why), _) => format!(" The schedule says: {why}."),
                (None, Some(heard)) if heard >= *due => {
                    format!(" The producer is alive (heard {}) but has not started.", age(clocks.now - heard))
                }
                (None, Some(heard)) => {
                    format!(" The producer was last heard at {}.", when(heard))
                }
                (None, None) => " No producer was ever heard.".to_owned(),
            };
            format!("Nothing was heard of tonight’s run for {since}.{cause}")
        }
        Verdict::LeftOut { why } => {
            // By whom, or for what.
            let between = if why.as_ref().is_some_and(|why| why.starts_with("by ")) { " " } else { ": " };
            let why = why.as_deref().map(|why| format!("{between}{why}")).unwrap_or_default();
            format!("Tonight’s run was skipped{why}.")
        }
        _ => String::new(),
    }
}

/// " Last night was complete at 17:02."
fn last(view: &RunView, clocks: Clocks<'_>) -> String {
    let at = view.run.ended.map(|end| format!(" at {}", clocks.told(end))).unwrap_or_default();
    match judge(Some(view), clocks.now) {
        Verdict::ToRetry { failed } => {
            format!(" Last night has {} {} to retry.", count(failed), plural(failed, "symbol"))
        }
        Verdict::Failed { .. } => format!(" Last night failed{at}."),
        other => format!(" Last night was {}{at}.", other.word().to_ascii_lowercase()),
    }
}

/// "2 failed last night, none new": what stands under *Failures* before tonight's run.
#[must_use]
pub fn last_failures(view: &RunView) -> String {
    let run = &view.run;
    let new = run.newly.map(|new| if new > 0 { count(new) } else { "none".to_owned() });
    let failed = format!("failed last night{}", new.map(|new| format!(", {new} new")).unwrap_or_default());
    let parts = [
        (view.failed(), &*failed),
        (run.missing, "not reported"),
        (run.repaired, "came through the second time"),
    ];
    numbered(&parts, ", ")
}

/// The figures: of last night while waiting, of what must be ready once it is due.
pub(super) fn figures_before(verdict: &Verdict, view: &RunView) -> Vec<Figure> {
    let Verdict::Waiting { .. } = verdict else { return Vec::new() };
    let (all, failed) = (view.symbols(), view.failed());
    let new = view.run.newly.map(|new| format!(" ({} new)", count(new))).unwrap_or_default();
    vec![
        figure(lasted(view), "last night"),
        figure(format!("{} of {}", count(all.saturating_sub(failed)), count(all)), "done"),
        figure(count(failed), format!("{}{new}", plural(failed, "failure"))),
        figure(night(view.run.night), "newest data"),
    ]
}

/// What a run needs: its name, how it is, and where that is looked at when it is not well.
#[must_use]
pub fn readiness(
    view: Option<&RunView>,
    known: &Known,
    now: Millis,
    clocks: Clocks<'_>,
) -> Vec<(&'static str, String, Option<&'static str>)> {
    let up = |up: bool, well: &str, ill: String| if up { (well.to_owned(), true) } else { (ill, false) };
    let mut all = Vec::new();
    let mut put =
        |name, (words, well): (String, bool), page| all.push((name, words, (!well).then_some(page)));
    let heard = known.producer.as_ref().map(|producer| now - producer.heard);
    // (A producer without a heartbeat says nothing between its nights.)
    let beats = known.producer.as_ref().and_then(|producer| producer.beat).is_some();
    let silent = heard.is_none_or(|heard| beats && heard > domain::silence::DEAD);
    let words = heard.map_or_else(|| "never heard".to_owned(), |heard| format!("heard {}", age(heard)));
    put("producer", (words, !silent), "/admin/channels");
    if let Some(redis) = &known.redis {
        put("Redis", up(redis.up, "reachable", "not reachable".to_owned()), "/admin/channels");
    }
    if let Some(saving) = &known.saving {
        let why = saving.reason.clone().unwrap_or_else(|| "not saving".to_owned());
        put("database and disk", up(saving.on, "saving", why), "#sources");
    }
    if let Some(bell) = known.plan.last(now, MomentKind::is_bell) {
        let open = bell.kind == MomentKind::Open;
        let closes =
            known.plan.next(now, MomentKind::is_bell).map(|next| clocks.told(next.at)).unwrap_or_default();
        let well = !(open
            && known.plan.check
            && known.plan.next(now, MomentKind::is_due).is_some_and(|due| due.at < now));
        let words = match bell.kind {
            MomentKind::Open => format!("open until {closes}"),
            // How a day closed is no news of the days after it.
            _ if now - bell.at > DAY / 2 => "closed".to_owned(),
            MomentKind::Early => "closed early".to_owned(),
            _ => "closed on time".to_owned(),
        };
        put("market", (words, well), "/admin/schedule");
    }
    if let Some(view) = view {
        put(
            "universe",
            (format!("{} {}", count(view.symbols()), plural(view.symbols(), "symbol")), true),
            "",
        );
        let left = view.left() + view.run.missing;
        let open = judge(Some(view), now).calls();
        let words =
            if open { format!("{} left to retry", count(left)) } else { "nothing left to retry".to_owned() };
        put("last night", (words, !open), "#failures");
    }
    all
}

/// The number beside the word.
pub(super) fn number_before(verdict: &Verdict, now: Millis, zone: &domain::time::Zone) -> Option<String> {
    match verdict {
        Verdict::Waiting { due, .. } => Some(hm(*due, zone)),
        Verdict::Due { at } if *at > now => Some(format!("in {}", duration(at - now))),
        Verdict::Due { .. } => Some("now".to_owned()),
        Verdict::DidNotStart { due, .. } => Some(format!("due {}", hm(*due, zone))),
        _ => None,
    }
}
