//! A phase's line of time as SVG: bar, expected rest, failures, sub-steps, problems, and now. Pure.
//!
//! Places are percentages, so one drawing fits every width; what has a size of its own stands in an inner `svg` at its place.

use super::Axis;
use crate::view::escaped;
use domain::record::{Marks, PhaseRecord, PhaseStatus};
use domain::time::{Millis, Zone};
use std::fmt::Write;

/// A phase as it is drawn.
pub(super) struct Drawn<'a> {
    /// What is fixed about it.
    pub(super) record: &'a PhaseRecord,
    /// Moments in it.
    pub(super) marks: &'a Marks,
    /// When each kind of problem was first reported.
    pub(super) problems: &'a [Millis],
    /// Where its own pace expects its end.
    pub(super) expected: Option<Millis>,
    /// Where it began to fail, if it failed.
    pub(super) fatal: Option<Millis>,
}

/// With more failures than this they are a rug above the bar instead of cuts through it.
const CUTS: usize = 12;

/// The labels over all rows.
pub(super) fn labels(axis: &Axis, zone: &Zone) -> String {
    let mut svg = String::new();
    for (index, at) in axis.labels().into_iter().enumerate() {
        // Every other one is left out where there is little room.
        let class = if index % 2 == 1 { "aside wide-only" } else { "aside" };
        let (x, anchor, label) = (axis.x(at), axis.anchor(at), axis.label(at, zone));
        add(
            &mut svg,
            format_args!(
                "<text x=\"{x}\" y=\"20\" text-anchor=\"{anchor}\" class=\"{class}\">{label}</text>"
            ),
        );
    }
    for (at, _) in axis.folds() {
        free(&mut svg, axis, at, format_args!("<path class=\"nofill l-ink3\" d=\"M-5 22l4 -8M1 22l4 -8\"/>"));
    }
    svg
}

/// One row.
pub(super) fn line(axis: &Axis, drawn: &Drawn<'_>) -> String {
    let Drawn { record, marks, problems, .. } = drawn;
    let mut svg = String::new();
    for at in axis.labels() {
        let x = axis.x(at);
        add(&mut svg, format_args!("<line x1=\"{x}\" x2=\"{x}\" y1=\"0\" y2=\"40\" class=\"l-hair px\"/>"));
    }
    for (from, to) in &marks.earlier {
        rect(&mut svg, axis, "f-done", (*from, *to), (9, 16));
    }
    if let Some(started) = record.started {
        bar(&mut svg, axis, drawn, started);
        for (at, name) in marks.steps.iter().skip(1) {
            let notch = "<rect class=\"f-ground px\" x=\"0\" y=\"9\" width=\"1\" height=\"16\">";
            free(&mut svg, axis, *at, format_args!("{notch}<title>{}</title></rect>", escaped(name)));
        }
        // Within the red part every tick would be one more red on red.
        let before = |at: &&Millis| drawn.fatal.is_none_or(|fatal| **at < fatal);
        let failed: Vec<Millis> = marks.failed.iter().filter(before).copied().collect();
        failures(&mut svg, axis, &failed);
    }
    for at in *problems {
        free(&mut svg, axis, *at, format_args!("<path class=\"f-red\" d=\"M0 7l-4 -6h8z\"/>"));
    }
    if let Some(now) = axis.now {
        free(
            &mut svg,
            axis,
            now,
            format_args!("<rect class=\"f-ink px\" x=\"-1\" y=\"-1\" width=\"2\" height=\"42\"/>"),
        );
    }
    svg
}

fn bar(svg: &mut String, axis: &Axis, drawn: &Drawn<'_>, started: Millis) {
    let until = drawn.record.ended.unwrap_or(axis.known).max(started);
    match (drawn.record.status, drawn.fatal) {
        (PhaseStatus::Running, _) => rect(svg, axis, "f-blue", (started, until), (9, 16)),
        (PhaseStatus::Failed, fatal) => {
            // Red is taller as well: in grey it and the ink of a finished bar are the same.
            let fatal = fatal.unwrap_or(started).clamp(started, until);
            rect(svg, axis, "f-done", (started, fatal), (9, 16));
            rect(svg, axis, "f-red", (fatal, until), (6, 22));
            if fatal > started {
                let line = "<rect class=\"f-ground px\" x=\"-1\" y=\"6\" width=\"2\" height=\"22\"/>";
                free(svg, axis, fatal, format_args!("{line}"));
            }
        }
        _ => rect(svg, axis, "f-done", (started, until), (9, 16)),
    }
    if let Some(end) = drawn.expected.filter(|end| *end > until) {
        let place =
            format!("x=\"{}\" width=\"{}\" y=\"9\" height=\"16\"", axis.x(until), axis.width(until, end));
        add(
            svg,
            format_args!(
                "<rect class=\"px\" fill=\"url(#h-blue)\" {place}/><rect class=\"nofill l-blue px\" {place}/>"
            ),
        );
    }
}

fn rect(svg: &mut String, axis: &Axis, class: &str, span: (Millis, Millis), (y, height): (u32, u32)) {
    let (x, width) = (axis.x(span.0), axis.width(span.0, span.1));
    add(
        svg,
        format_args!(
            "<rect class=\"{class} px\" x=\"{x}\" width=\"{width}\" y=\"{y}\" height=\"{height}\"/>"
        ),
    );
}

fn failures(svg: &mut String, axis: &Axis, failed: &[Millis]) {
    let mark = if failed.len() > CUTS {
        "<rect class=\"f-red px\" x=\"-1\" y=\"2\" width=\"2\" height=\"6\"/>"
    } else {
        "<rect class=\"f-ground px\" x=\"-2\" y=\"6\" width=\"4\" height=\"22\"/>\
         <rect class=\"f-red px\" x=\"-1\" y=\"6\" width=\"2\" height=\"22\"/>"
    };
    for at in failed {
        free(svg, axis, *at, format_args!("{mark}"));
    }
}

/// Something with a size of its own, at its place.
fn free(svg: &mut String, axis: &Axis, at: Millis, what: std::fmt::Arguments<'_>) {
    add(svg, format_args!("<svg x=\"{}\" class=\"free\">{what}</svg>", axis.x(at)));
}

fn add(svg: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing into a String cannot fail.
    let _ = svg.write_fmt(what);
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::phase::Phase;
    use domain::record::Unit;
    use domain::time::MINUTE;
    use domain::verdict::RunView;

    fn drawn(status: PhaseStatus, marks: &Marks, fatal: Option<Millis>) -> String {
        let run = domain::wire::read(r#"{"id":"a","night":0,"status":"running","started":0}"#).unwrap();
        let axis = Axis::of(&RunView { slot: 1, run, phases: vec![], listening: 0 }, 2 * MINUTE, false);
        let record = PhaseRecord {
            phase: Phase::Import,
            status,
            unit: Unit::Symbols,
            total: 9,
            started: Some(0),
            ended: None,
            attempt: 1,
            frames: Vec::new(),
        };
        line(&axis, &Drawn { record: &record, marks, problems: &[], expected: None, fatal })
    }

    #[test]
    fn a_failed_phase_is_told_by_shape_too() {
        let (failed, done) = (
            drawn(PhaseStatus::Failed, &Marks::default(), Some(MINUTE)),
            drawn(PhaseStatus::Done, &Marks::default(), None),
        );
        assert!(failed.contains("height=\"22\"") && !done.contains("height=\"22\""));
        assert!(failed.contains("f-done"), "what came before the first fatal problem was work");
    }

    #[test]
    fn an_earlier_attempt_keeps_its_bar() {
        let marks = Marks { earlier: vec![(0, 30_000)], ..Marks::default() };
        assert_eq!(drawn(PhaseStatus::Running, &marks, None).matches("f-done").count(), 1);
    }

    #[test]
    fn names_of_steps_are_text() {
        let marks = Marks { steps: vec![(0, "a".into()), (5, "<b>".into())], ..Marks::default() };
        assert!(drawn(PhaseStatus::Done, &marks, None).contains("<title>&lt;b&gt;</title>"));
    }
}
