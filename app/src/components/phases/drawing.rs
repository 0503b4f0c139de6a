//! A phase's line of time as SVG: bar, expected rest, failures, sub-steps, problems, and now. Pure.
//!
//! Places are percentages, so one drawing fits every width; what has a size of its own stands in an inner `svg` at its place.

use super::Axis;
use crate::view::escaped;
use domain::record::{Marks, PhaseRecord, PhaseStatus};
use domain::time::{Millis, Zone};
use std::fmt::Write;

/// With more failures than this they are a rug above the bar instead of cuts through it.
const CUTS: usize = 12;

/// The labels over all rows.
pub(super) fn labels(axis: &Axis, zone: &Zone) -> String {
    let mut svg = String::new();
    for (index, at) in axis.labels().into_iter().enumerate() {
        // Every other one is left out where there is little room.
        let class = if index % 2 == 1 { "aside wide-only" } else { "aside" };
        let (x, label) = (axis.x(at), axis.label(at, zone));
        add(
            &mut svg,
            format_args!("<text x=\"{x}\" y=\"20\" text-anchor=\"middle\" class=\"{class}\">{label}</text>"),
        );
    }
    svg
}

/// One row.
pub(super) fn line(axis: &Axis, record: &PhaseRecord, marks: &Marks, problems: &[Millis]) -> String {
    let mut svg = String::new();
    for at in axis.labels() {
        let x = axis.x(at);
        add(&mut svg, format_args!("<line x1=\"{x}\" x2=\"{x}\" y1=\"0\" y2=\"40\" class=\"l-hair px\"/>"));
    }
    if let Some(started) = record.started {
        bar(&mut svg, axis, record, started);
        for (at, name) in marks.steps.iter().skip(1) {
            let notch = "<rect class=\"f-ground px\" x=\"0\" y=\"9\" width=\"1\" height=\"16\">";
            free(&mut svg, axis, *at, format_args!("{notch}<title>{}</title></rect>", escaped(name)));
        }
        failures(&mut svg, axis, &marks.failed);
    }
    for at in problems {
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

fn bar(svg: &mut String, axis: &Axis, record: &PhaseRecord, started: Millis) {
    let until = record.ended.or(axis.now).unwrap_or(started);
    let fill = match record.status {
        PhaseStatus::Running => "f-blue",
        PhaseStatus::Failed => "f-red",
        _ => "f-done",
    };
    // Red is taller as well: in grey it and the ink of a finished bar are the same.
    let (y, height) = if record.status == PhaseStatus::Failed { (6, 22) } else { (9, 16) };
    let (x, width) = (axis.x(started), axis.width(started, until));
    add(
        svg,
        format_args!("<rect class=\"{fill} px\" x=\"{x}\" width=\"{width}\" y=\"{y}\" height=\"{height}\"/>"),
    );
    if let Some(end) = axis.expected.filter(|end| record.status == PhaseStatus::Running && *end > until) {
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

    fn drawn(status: PhaseStatus, marks: &Marks) -> String {
        let run = serde_json::from_str(r#"{"id":"a","night":0,"status":"running","started":0}"#).unwrap();
        let axis = Axis::of(&RunView { slot: 1, run, phases: vec![] }, 2 * MINUTE);
        let record = PhaseRecord {
            phase: Phase::Import,
            status,
            unit: Unit::Symbols,
            total: 9,
            started: Some(0),
            ended: None,
            attempt: 1,
        };
        line(&axis, &record, marks, &[])
    }

    #[test]
    fn a_failed_phase_is_told_by_shape_too() {
        let (failed, done) =
            (drawn(PhaseStatus::Failed, &Marks::default()), drawn(PhaseStatus::Done, &Marks::default()));
        assert!(failed.contains("height=\"22\"") && !done.contains("height=\"22\""));
    }

    #[test]
    fn names_of_steps_are_text() {
        let marks = Marks { steps: vec![(0, "a".into()), (5, "<b>".into())], ..Marks::default() };
        assert!(drawn(PhaseStatus::Done, &marks).contains("<title>&lt;b&gt;</title>"));
    }
}
