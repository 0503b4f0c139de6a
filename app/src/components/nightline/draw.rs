//! What stands on the night line, as SVG. Each part is a sentence of its own; nothing here decides what is true.

use super::ends;
use super::scale::Scale;
use crate::clock::Clock;
use crate::format::{duration, hm, told};
use crate::live::Live;
use crate::view::escaped;
use domain::forecast::{Forecast, forecast};
use domain::record::{Moment, MomentKind, RunRecord, RunStatus};
use domain::time::{MINUTE, Millis, Zone};
use domain::verdict::Verdict;
use leptos::prelude::*;

/// The work must be done so long before the first bell.
const BEFORE_THE_BELL: Millis = 30 * MINUTE;

/// The whole line; `None`: what the exchange does is not known.
pub(super) fn night(live: Live, clock: Clock) -> Option<String> {
    let (now, zone, exchange) = (clock.work().get(), clock.zone(), clock.exchange());
    let (from, to, within) = ends(live, now)?;
    let scale = Scale::new(from.at, to.at);
    let mut svg = "<line x1=\"0\" x2=\"100%\" y1=\"34\" y2=\"34\" class=\"l-outline px\"/>".to_owned();
    for (bell, anchor, word) in [(&from, "start", close_word(&from)), (&to, "end", "opens")] {
        let (x, at) = (scale.x(bell.at), told(bell.at, &zone, &exchange));
        svg +=
            &format!("<text x=\"{x}\" y=\"52\" text-anchor=\"{anchor}\" class=\"aside\">{word} {at}</text>");
        svg += &upright(&x, "26", "42", "l-ink px");
    }
    svg += &fold(&scale, &within);
    let due = within.iter().find(|moment| moment.kind == MomentKind::Due);
    if due.is_some() || live.tonight().get().is_some() {
        let finish = to.at - BEFORE_THE_BELL;
        svg += &finish_flag(&scale, finish, late(live, now, finish), &told(finish, &zone, &exchange));
    }
    if let Some(due) = due.filter(|due| due.at > now) {
        let (x, at) = (scale.x(due.at), hm(due.at, &zone));
        svg += &upright(&x, "28", "40", "l-blue px");
        svg += &format!("<text x=\"{x}\" dx=\"4\" y=\"17\" class=\"aside\">{at} due</text>");
    }
    for (slot, run) in live.runs() {
        if run.night == from.day && run.started < to.at {
            svg += &bar(&scale, &run, now);
            if run.ended.is_none() {
                svg += &expected(live, slot, &scale, now);
            }
        }
    }
    svg += &here(&scale, from.at, now, &zone);
    Some(svg)
}

fn close_word(bell: &Moment) -> &'static str {
    if bell.kind == MomentKind::Early { "early close" } else { "close" }
}

fn upright(x: &str, from: &str, to: &str, class: &str) -> String {
    format!("<line x1=\"{x}\" x2=\"{x}\" y1=\"{from}\" y2=\"{to}\" class=\"{class}\"/>")
}

/// A break, with its name.
fn fold(scale: &Scale, within: &[Moment]) -> String {
    let Some((begin, end)) = scale.fold else { return String::new() };
    let closed = within.iter().find(|moment| moment.kind == MomentKind::Closed);
    let name = escaped(closed.and_then(|moment| moment.words.as_deref()).unwrap_or("weekend"));
    let (a, width) = (scale.x(begin), scale.width(begin, end));
    let stroke = |x: &str| {
        format!(
            "<svg x=\"{x}\" y=\"24\" overflow=\"visible\"><path class=\"nofill l-outline\" d=\"M-3 18l6-16\"/></svg>"
        )
    };
    format!(
        "<rect class=\"f-ground\" x=\"{a}\" width=\"{width}\" y=\"24\" height=\"20\"/>{}{}<text x=\"{a}\" dx=\"8\" y=\"38\" class=\"aside wide-only\">{name}</text>",
        stroke(&a),
        stroke(&scale.x(end))
    )
}

/// The flag by which the work must be done.
fn finish_flag(scale: &Scale, finish: Millis, late: bool, at: &str) -> String {
    let (fill, line) = if late { ("f-amber", "l-amber") } else { ("f-done", "l-ink3") };
    let x = scale.x(finish);
    format!(
        "<svg x=\"{x}\" y=\"8\" overflow=\"visible\"><path class=\"{fill}\" d=\"M0 0h-9l3 4-3 4h9z\"/><line x1=\"0\" x2=\"0\" y1=\"0\" y2=\"26\" class=\"{line} px\"/></svg><text x=\"{x}\" dx=\"-13\" y=\"17\" text-anchor=\"end\" class=\"aside\">done by {at}</text>"
    )
}

/// A run, as wide as it lasted.
fn bar(scale: &Scale, run: &RunRecord, now: Millis) -> String {
    let (tone, y, high) = match run.status {
        RunStatus::Running => ("blue", 29, 10),
        RunStatus::Failed => ("red", 26, 16),
        _ => ("ink", 29, 10),
    };
    let (x, width) = (scale.x(run.started), scale.width(run.started, run.ended.unwrap_or(now)));
    format!("<rect class=\"f-{tone}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{high}\"/>")
}

/// When the run in progress will end by its own pace.
fn expected(live: Live, slot: u32, scale: &Scale, now: Millis) -> String {
    let end = live.view_of(slot).map(|view| forecast(&view, now));
    let Some(Forecast::OwnPace { end }) = end else { return String::new() };
    if end <= now {
        return String::new();
    }
    let (a, b) = (scale.x(now), scale.x(end));
    format!(
        "<line x1=\"{a}\" x2=\"{b}\" y1=\"34\" y2=\"34\" class=\"l-blue\" stroke-width=\"2\"/><rect fill=\"url(#h-blue)\" x=\"{b}\" y=\"29\" width=\"1%\" height=\"10\"/>"
    )
}

/// Now; before the line begins, how long before.
fn here(scale: &Scale, from: Millis, now: Millis, zone: &Zone) -> String {
    let at = hm(now, zone);
    if now < from {
        let left = duration(from - now);
        return format!("<text x=\"0\" y=\"17\" class=\"now\">now {at}, {left} before the bell</text>");
    }
    let x = scale.x(now);
    let line =
        format!("<line x1=\"{x}\" x2=\"{x}\" y1=\"18\" y2=\"44\" class=\"l-ink\" stroke-width=\"2\"/>");
    line + &format!("<text x=\"{x}\" dx=\"5\" y=\"17\" class=\"now\">now {at}</text>")
}

/// The work will not be done, or is not, when it must be.
fn late(live: Live, now: Millis, finish: Millis) -> bool {
    let going_on =
        live.verdict().with(|verdict| matches!(verdict, Verdict::Running { .. } | Verdict::Silent { .. }));
    let expected = live.view().with(|view| match view.as_ref().map(|view| forecast(view, now)) {
        Some(Forecast::OwnPace { end }) => end,
        _ => now,
    });
    going_on && expected > finish
}
