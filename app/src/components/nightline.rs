//! The night line: from the last close to the next first bell, to scale. Always in the same place, in every state.
//!
//! On it: each run of the night, exactly as long as it lasted; the expected end of the one in progress; when the work must be done; and
//! now. A stretch of a day or more in which nothing trades is folded to a break with its name. While the market is open the line is the
//! coming night's, and now is not on it.

use crate::clock::{Clock, use_clock};
use crate::format::{duration, hm, told};
use crate::live::{Live, use_live};
use crate::view::{escaped, part, text};
use domain::forecast::{Forecast, forecast};
use domain::record::{Moment, MomentKind, RunStatus};
use domain::time::{DAY, HOUR, MINUTE, Millis};
use domain::verdict::Verdict;
use leptos::prelude::*;

/// The work must be done so long before the first bell.
const BEFORE_THE_BELL: Millis = 30 * MINUTE;
/// The whole width, in tenths of a percent.
const WHOLE: i64 = 1_000;
/// Of it, what a folded stretch takes.
const FOLD: i64 = 60;

/// The line.
#[component]
pub fn NightLine() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let svg = text(move || drawn(live, clock).unwrap_or_default());
    let spoken = text(move || said(live, clock).unwrap_or_default());
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

/// Where a moment lies, in tenths of a percent.
struct Scale {
    from: Millis,
    to: Millis,
    /// A stretch that is folded.
    fold: Option<(Millis, Millis)>,
}

impl Scale {
    fn new(from: Millis, to: Millis) -> Self {
        // The evening and the early morning stay; whole days between them go.
        let days = (to - from) / DAY;
        let fold = (days > 0).then(|| (from + 8 * HOUR, from + 8 * HOUR + days * DAY));
        Self { from, to, fold }
    }

    fn x(&self, at: Millis) -> String {
        let at = at.clamp(self.from, self.to);
        let (folded, shown) = match self.fold {
            Some((from, to)) if at >= to => (to - from, FOLD),
            Some((from, _)) if at > from => (at - from, FOLD / 2),
            _ => (0, 0),
        };
        let whole = self.fold.map_or(0, |(from, to)| to - from);
        let room = WHOLE - if whole > 0 { FOLD } else { 0 };
        let x = shown + room * (at - self.from - folded) / (self.to - self.from - whole).max(1);
        format!("{}.{}%", x / 10, x % 10)
    }
}

fn drawn(live: Live, clock: Clock) -> Option<String> {
    let (now, zone, exchange) = (clock.work().get(), clock.zone(), clock.exchange());
    let (from, to, within) = ends(live, now)?;
    let scale = Scale::new(from.at, to.at);
    let x = |at| scale.x(at);
    let label = |at: Millis, anchor: &str, class: &str, words: &str| {
        format!(
            "<text x=\"{}\" y=\"52\" text-anchor=\"{anchor}\" class=\"{class}\">{}</text>",
            x(at),
            escaped(words)
        )
    };
    let mut svg = "<line x1=\"0\" x2=\"100%\" y1=\"34\" y2=\"34\" class=\"l-outline px\"/>".to_owned();
    let bell = if from.kind == MomentKind::Early { "early close" } else { "close" };
    svg += &label(from.at, "start", "aside", &format!("{bell} {}", told(from.at, &zone, &exchange)));
    svg += &label(to.at, "end", "aside", &format!("opens {}", told(to.at, &zone, &exchange)));
    if let Some((begin, end)) = scale.fold {
        let closed = within.iter().find(|moment| moment.kind == MomentKind::Closed);
        let name = closed.and_then(|moment| moment.words.as_deref()).unwrap_or("weekend");
        let (a, b) = (x(begin), x(end));
        svg += &format!(
            "<rect class=\"f-ground\" x=\"{a}\" width=\"6%\" y=\"24\" height=\"20\"/><svg x=\"{a}\" y=\"24\" overflow=\"visible\"><path class=\"nofill l-outline\" d=\"M-3 18l6-16\"/></svg><svg x=\"{b}\" y=\"24\" overflow=\"visible\"><path class=\"nofill l-outline\" d=\"M-3 18l6-16\"/></svg>"
        );
        svg +=
            &format!("<text x=\"{a}\" dx=\"8\" y=\"38\" class=\"aside wide-only\">{}</text>", escaped(name));
    }
    // The bells.
    for at in [from.at, to.at] {
        svg += &format!("<line x1=\"{0}\" x2=\"{0}\" y1=\"26\" y2=\"42\" class=\"l-ink px\"/>", x(at));
    }
    let finish = to.at - BEFORE_THE_BELL;
    let due = within.iter().find(|moment| moment.kind == MomentKind::Due);
    if due.is_some() || live.tonight().get().is_some() {
        let (fill, line) =
            if late(live, clock, finish) { ("f-amber", "l-amber") } else { ("f-done", "l-ink3") };
        svg += &format!(
            "<svg x=\"{}\" y=\"8\" overflow=\"visible\"><path class=\"{fill}\" d=\"M0 0h-9l3 4-3 4h9z\"/><line x1=\"0\" x2=\"0\" y1=\"0\" y2=\"26\" class=\"{line} px\"/></svg>",
            x(finish)
        );
        svg += &format!(
            "<text x=\"{}\" dx=\"-13\" y=\"17\" text-anchor=\"end\" class=\"aside\">done by {}</text>",
            x(finish),
            told(finish, &zone, &exchange)
        );
    }
    if let Some(due) = due.filter(|due| due.at > now) {
        svg += &format!("<line x1=\"{0}\" x2=\"{0}\" y1=\"28\" y2=\"40\" class=\"l-blue px\"/>", x(due.at));
        svg += &format!(
            "<text x=\"{}\" dx=\"4\" y=\"17\" class=\"aside\">{} due</text>",
            x(due.at),
            hm(due.at, &zone)
        );
    }
    for (slot, run) in live.runs().into_iter().filter(|(_, run)| run.night == from.day && run.started < to.at)
    {
        let end = run.ended.unwrap_or(now);
        let (left, tone) = (
            x(run.started),
            match run.status {
                RunStatus::Running => "blue",
                RunStatus::Failed => "red",
                _ => "ink",
            },
        );
        let (y, high) = if tone == "red" { (26, 16) } else { (29, 10) };
        // As wide as it lasted; a calculation that CSS can do and SVG cannot is done here.
        svg += &format!(
            "<svg x=\"{left}\" y=\"{y}\" width=\"{}\" height=\"{high}\"><rect class=\"f-{tone}\" width=\"100%\" height=\"100%\"/></svg>",
            width(&scale, run.started, end)
        );
        let view = live.view_of(slot);
        if let Some(Forecast::OwnPace { end: expected }) =
            view.map(|view| forecast(&view, now)).filter(|_| run.ended.is_none())
            && expected > now
        {
            svg += &format!(
                "<line x1=\"{}\" x2=\"{}\" y1=\"34\" y2=\"34\" class=\"l-blue\" stroke-width=\"2\"/>",
                x(now),
                x(expected)
            );
            svg += &format!(
                "<svg x=\"{}\" y=\"29\" width=\"1%\" height=\"10\"><rect fill=\"url(#h-blue)\" width=\"100%\" height=\"100%\"/></svg>",
                x(expected)
            );
        }
    }
    if now >= from.at {
        svg += &format!(
            "<line x1=\"{0}\" x2=\"{0}\" y1=\"18\" y2=\"44\" class=\"l-ink\" stroke-width=\"2\"/>",
            x(now)
        );
        svg +=
            &format!("<text x=\"{}\" dx=\"5\" y=\"17\" class=\"now\">now {}</text>", x(now), hm(now, &zone));
    } else {
        let left = duration(from.at - now);
        svg += &format!(
            "<text x=\"0\" y=\"17\" class=\"now\">now {}, {left} before the bell</text>",
            hm(now, &zone)
        );
    }
    Some(svg)
}

fn width(scale: &Scale, from: Millis, to: Millis) -> String {
    let number = |text: String| text.trim_end_matches('%').parse::<f64>().unwrap_or(0.0);
    let width = (number(scale.x(to)) - number(scale.x(from))).max(0.2);
    format!("{width:.1}%")
}

/// The work will not be done, or is not, when it must be.
fn late(live: Live, clock: Clock, finish: Millis) -> bool {
    let now = clock.work().get();
    let going_on =
        live.verdict().with(|verdict| matches!(verdict, Verdict::Running { .. } | Verdict::Silent { .. }));
    let expected = live.view().with(|view| match view.as_ref().map(|view| forecast(view, now)) {
        Some(Forecast::OwnPace { end }) => end,
        _ => now,
    });
    going_on && expected > finish
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
