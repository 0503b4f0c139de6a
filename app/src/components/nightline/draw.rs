//! What stands on the night line, as SVG. Each part has its own name; nothing here decides what is true.

use super::ends;
use super::scale::Scale;
use crate::clock::Clock;
use crate::format::{duration, hm, night, told};
use crate::live::Live;
use crate::view::escaped;
use domain::forecast::{Forecast, forecast};
use domain::record::{Moment, MomentKind, PhaseStatus, RunRecord, RunStatus};
use domain::time::{DAY, HOUR, MINUTE, Millis, Zone};
use domain::verdict::Verdict;
use leptos::prelude::*;

/// The work must be done so long before the first bell.
const BEFORE_THE_BELL: Millis = 30 * MINUTE;
/// Ends of nights that lie closer together than this are drawn as one, which is higher.
const BIN: Millis = 2 * MINUTE;

/// The whole line; `None`: what the exchange does is not known.
pub(super) fn line(live: Live, clock: Clock) -> Option<String> {
    let (now, zone, exchange) = (clock.work().get(), clock.zone(), clock.exchange());
    let (from, to, within) = ends(live, now)?;
    let runs: Vec<_> =
        live.runs().into_iter().filter(|(_, run)| run.night == from.day && run.started < to.at).collect();
    let scale = Scale::new(from.at, to.at, runs.iter().map(|(_, run)| run.started));
    let mut svg = "<line x1=\"0\" x2=\"100%\" y1=\"34\" y2=\"34\" class=\"l-outline px\"/>".to_owned();
    svg += &hours(&scale, &zone);
    svg += &fold(&scale, &within);
    svg += &earlier(live, &scale, &from, &exchange);
    let early = if from.kind == MomentKind::Early { "early close" } else { "close" };
    let long = to.at - from.at > DAY;
    let day = if long { format!("{} ", night(to.day)) } else { String::new() };
    for (bell, anchor, before, after) in [
        (&from, "start", String::new(), format!(" {early}")),
        (&to, "end", format!("open {day}"), String::new()),
    ] {
        let (x, at) = (scale.x(bell.at), told(bell.at, &zone, &exchange));
        svg += &format!(
            "<text x=\"{x}\" y=\"54\" text-anchor=\"{anchor}\">{}<tspan class=\"strong\">{at}</tspan>{}</text>",
            wide(&before),
            wide(&after)
        );
        svg += &upright(&x, 24, 42, "l-ink");
    }
    for (slot, run) in &runs {
        svg += &bar(live, *slot, run, &scale, now);
    }
    let verdict = live.verdict().get();
    let missed = matches!(verdict, Verdict::DidNotStart { .. });
    let mut dues = within.iter().filter(|moment| moment.kind.is_due() && moment.day == from.day);
    // The last that is over, or the next.
    let due = if missed {
        dues.rfind(|due| due.at <= now)
    } else {
        dues.find(|due| due.at > now && due.kind == MomentKind::Due)
    };
    if let Some(due) = due {
        let tone = if missed { "l-red" } else { "l-ink" };
        svg += &format!(
            "<svg x=\"{}\" class=\"free\"><path class=\"nofill {tone}\" stroke-width=\"2\" d=\"M0 28l5 6-5 6-5-6z\"/></svg>",
            scale.x(due.at)
        );
    }
    let expected = expected(live, now);
    if due.is_some() || live.tonight().get().is_some() {
        svg += &flag(&scale, to.at - BEFORE_THE_BELL, expected, &zone, &exchange);
    }
    Some(svg + &here(&scale, from.at, now, &zone, &words(due, missed, expected, from.at, now, &zone)))
}

/// Said where there is room for it.
fn wide(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!("<tspan class=\"wide-only\">{words}</tspan>") }
}

fn strong(words: &str) -> String {
    format!("<tspan class=\"strong\">{words}</tspan>")
}

fn upright(x: &str, from: u8, to: u8, tone: &str) -> String {
    format!("<line x1=\"{x}\" x2=\"{x}\" y1=\"{from}\" y2=\"{to}\" stroke-width=\"2\" class=\"{tone} px\"/>")
}

/// The whole hours of the viewer's clock; where days are not folded fewer have words, and midnight is its day.
fn hours(scale: &Scale, zone: &Zone) -> String {
    let off = i64::from(zone.offset_at(scale.from)) * MINUTE;
    let mut at = (scale.from + off).div_euclid(HOUR) * HOUR + HOUR - off;
    let days = scale.fold.is_none() && scale.to - scale.from > DAY;
    let (step, begin, end) = if days { (6, 6 * HOUR, 9 * HOUR) } else { (2, HOUR, 3 * HOUR) };
    let mut svg = String::new();
    while at < scale.to {
        if !scale.folds(at) {
            let (x, there) = (scale.x(at), zone.civil(at));
            let hour = there.hour;
            let low = if hour % step == 0 { 40 } else { 38 };
            svg += &format!("<line x1=\"{x}\" x2=\"{x}\" y1=\"34\" y2=\"{low}\" class=\"l-outline px\"/>");
            // Not under the words at both ends, nor beside the break.
            let words = if hour > 0 { hour.to_string() } else { there.day_label() };
            if hour % step == 0 && (hour > 0 || days) && at - scale.from > begin && scale.to - at > end {
                svg += &format!(
                    "<text x=\"{x}\" y=\"54\" text-anchor=\"middle\" class=\"aside wide-only\">{words}</text>"
                );
            }
        }
        at += HOUR;
    }
    svg
}

/// A break, with its name.
fn fold(scale: &Scale, within: &[Moment]) -> String {
    let Some((begin, end)) = scale.fold else { return String::new() };
    let closed = within.iter().find(|moment| moment.kind == MomentKind::Closed);
    let name = escaped(closed.and_then(|moment| moment.words.as_deref()).unwrap_or("weekend"));
    let strokes = |x: &str| {
        format!(
            "<svg x=\"{x}\" class=\"free\"><path class=\"nofill l-outline\" d=\"M-5 41l6-14M0 41l6-14\"/></svg>"
        )
    };
    let (a, b, width) = (scale.x(begin), scale.x(end), scale.width(begin, end));
    format!(
        "<rect class=\"f-ground\" x=\"{a}\" width=\"{width}\" y=\"24\" height=\"18\"/>{}{}<text x=\"{}\" y=\"54\" text-anchor=\"middle\" class=\"aside wide-only\">{name}</text>",
        strokes(&a),
        strokes(&b),
        scale.x(begin + (end - begin) / 2)
    )
}

/// When the nights before ended, by the same clock: how tonight usually goes.
fn earlier(live: Live, scale: &Scale, from: &Moment, exchange: &Zone) -> String {
    let wall = |at: Millis| at + i64::from(exchange.offset_at(at)) * MINUTE;
    let begin = wall(from.at).rem_euclid(DAY);
    let mut bins: Vec<(Millis, i64)> = Vec::new();
    for (_, run) in live.runs() {
        let Some(end) = run.ended.filter(|_| run.night < from.day && run.retry_of.is_none()) else {
            continue;
        };
        let after = wall(end) - run.night * DAY - begin;
        let bin = from.at + after / BIN * BIN;
        match bins.iter_mut().find(|(at, _)| *at == bin) {
            Some((_, count)) => *count += 1,
            None if after > 0 && after < 8 * HOUR => bins.push((bin, 1)),
            None => {}
        }
    }
    let one = |(at, count): &(Millis, i64)| {
        let high = (count * 2).min(10);
        format!(
            "<rect class=\"f-ink3 wide-only px\" x=\"{}\" y=\"{}\" width=\"2\" height=\"{high}\"/>",
            scale.x(*at),
            26 - high
        )
    };
    bins.iter().map(one).collect()
}

/// A run, as wide as it lasted: red from where it failed, and ahead of one in progress when it will end by its own pace.
fn bar(live: Live, slot: u32, run: &RunRecord, scale: &Scale, now: Millis) -> String {
    let view = live.view_of(slot);
    let end = run.ended.unwrap_or(now);
    let rect = |class: &str, from, to, y: u8, high: u8| {
        format!(
            "<rect class=\"{class} px\" x=\"{}\" y=\"{y}\" width=\"{}\" height=\"{high}\"/>",
            scale.x(from),
            scale.width(from, to)
        )
    };
    match run.status {
        RunStatus::Running => {
            let done = rect("f-blue", run.started, end, 29, 10);
            match view.map(|view| forecast(&view, now)) {
                Some(Forecast::OwnPace { end }) if end > now => {
                    done + &rect("f-blue", now, end, 33, 2) + &upright(&scale.x(end), 29, 39, "l-blue")
                }
                _ => done,
            }
        }
        RunStatus::Failed => {
            let phases = view.map(|view| view.phases).unwrap_or_default();
            let failed = phases.iter().find(|(phase, _)| phase.status == PhaseStatus::Failed);
            let broke = failed.and_then(|(phase, _)| phase.ended.or(phase.started)).unwrap_or(run.started);
            rect("f-done", run.started, broke, 29, 10) + &rect("f-red", broke, end, 26, 16)
        }
        _ => rect("f-done", run.started, end, 29, 10),
    }
}

/// When the work in progress will be done, by its own pace.
fn expected(live: Live, now: Millis) -> Option<Millis> {
    let going_on =
        live.verdict().with(|verdict| matches!(verdict, Verdict::Running { .. } | Verdict::Silent { .. }));
    live.view().with(|view| match view.as_ref().filter(|_| going_on).map(|view| forecast(view, now)) {
        Some(Forecast::OwnPace { end }) => Some(end.max(now)),
        _ => None,
    })
}

/// By when the work must be done: amber when it will not be.
fn flag(scale: &Scale, finish: Millis, expected: Option<Millis>, zone: &Zone, exchange: &Zone) -> String {
    let tone = if expected.is_some_and(|expected| expected > finish) { "amber" } else { "ink" };
    let (x, at) = (scale.x(finish), strong(&told(finish, zone, exchange)));
    format!(
        "<svg x=\"{x}\" class=\"free\"><path class=\"l-{tone} px\" d=\"M.5 34V8\"/><path class=\"f-{tone}\" d=\"M1 8h9l-3 4 3 4h-9z\"/></svg><text x=\"{x}\" dx=\"-6\" y=\"16\" text-anchor=\"end\">{}<tspan class=\"narrow-only\">by </tspan>{at}</text>",
        wide("finish by ")
    )
}

/// What is said beside now: how long before the bell, what is due, when the work will be done.
fn words(
    due: Option<&Moment>,
    missed: bool,
    expected: Option<Millis>,
    from: Millis,
    now: Millis,
    zone: &Zone,
) -> String {
    let at = |at| {
        let (there, today) = (zone.civil(at), zone.civil(now));
        let day = if there.date() == today.date() { String::new() } else { there.day_label() + " " };
        strong(&(day + &hm(at, zone)))
    };
    let before =
        if now < from { wide(&format!(", {} before the bell", duration(from - now))) } else { String::new() };
    let after = match (due, expected) {
        (_, Some(end)) => {
            format!("{}<tspan class=\"narrow-only\"> · end </tspan>{}", wide(", done about "), at(end))
        }
        (Some(due), None) if missed => format!(", due {}{}", at(due.at), wide(", not started")),
        (Some(due), None) => {
            format!(
                "{}<tspan class=\"narrow-only\"> · run </tspan>{}",
                wide("; the run starts at "),
                at(due.at)
            )
        }
        _ => String::new(),
    };
    before + &after
}

/// Now, as a line over everything; before the night begins only what is said.
fn here(scale: &Scale, from: Millis, now: Millis, zone: &Zone, words: &str) -> String {
    let said = strong(&format!("now {}", hm(now, zone))) + words;
    if now < from {
        return format!("<text x=\"0\" y=\"13\">{said}</text>");
    }
    let x = scale.x(now);
    // In the later part it is said before the line, so that it does not run out of the page.
    let (anchor, aside) = if scale.is_late(now) { ("end", "-7") } else { ("start", "7") };
    upright(&x, 4, 44, "l-ink")
        + &format!("<text x=\"{x}\" dx=\"{aside}\" y=\"13\" text-anchor=\"{anchor}\">{said}</text>")
}
