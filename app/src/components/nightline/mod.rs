//! The night line: from the last close to the next first bell, to scale. Always in the same place, in every state.
//!
//! On it: each run of the night, exactly as long as it lasted; the expected end of the one in progress; when the work must be done; and
//! now. A stretch of a day or more in which nothing trades is folded to a break with its name. While the market is open the line is the
//! coming night's, and now is not on it.

mod draw;
mod scale;

use crate::clock::{Clock, use_clock};
use crate::format::told;
use crate::live::{Live, use_live};
use crate::view::{memo, part};
use domain::record::{Moment, MomentKind};
use domain::time::Millis;
use leptos::prelude::*;

/// The line.
#[component]
pub fn NightLine() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    // Drawn anew when something on it has moved by what can be seen.
    let svg = memo(move || draw::line(live, clock).unwrap_or_default());
    let spoken = memo(move || said(live, clock).unwrap_or_default());
    part(view! {
        <section class="nightline">
            <svg width="100%" height="56" role="img" aria-label=spoken inner_html=svg></svg>
        </section>
    })
}

/// From the last close, or while the market is open the coming one, to the first bell behind it.
fn ends(live: Live, now: Millis) -> Option<(Moment, Moment, Vec<Moment>)> {
    let plan = live.plan()?;
    let close = |kind| matches!(kind, MomentKind::Close | MomentKind::Early);
    let bell = plan.last(now, MomentKind::is_bell)?;
    let from = if bell.kind == MomentKind::Open { plan.next(now, close)? } else { bell }.clone();
    let to = plan.next(from.at, |kind| kind == MomentKind::Open)?.clone();
    let within = plan.moments.iter().filter(|moment| moment.at > from.at && moment.at < to.at);
    let within = within.cloned().collect();
    Some((from, to, within))
}

/// "The night: from the close at 16:00 to the first bell at 09:30".
fn said(live: Live, clock: Clock) -> Option<String> {
    let (zone, exchange) = (clock.zone(), clock.exchange());
    let (from, to, _) = ends(live, clock.work().get())?;
    Some(format!(
        "The night: from the close at {} to the first bell at {}",
        told(from.at, &zone, &exchange),
        told(to.at, &zone, &exchange)
    ))
}
