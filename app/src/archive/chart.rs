//! A chart: one figure over many nights, a link at each night's value, the median as a line.
//!
//! Every x is a share of the width in percent, so that one drawing fits the desk and the phone without script; what has a shape
//! of its own stands in a nested drawing at its place. Classes carry the colours. It is a string, as every drawing here: all
//! that comes from outside goes through [`escaped`].

use super::scale::Scale;
use crate::view::{Part, escaped, part};
use domain::verdict::Verdict;
use leptos::prelude::*;
use std::fmt::Write;

/// Height of the drawn part.
const HEIGHT: f64 = 120.0;
/// Room above and below for a mark that lies on the edge, and below for the dates.
const EDGE: f64 = 8.0;
/// Dates under a chart at most.
const DATES: usize = 6;

/// A night in a chart.
pub(super) struct Point {
    /// Where its run is.
    pub address: String,
    /// "Fri 20 Nov", "Fri 20 Nov: 47 min": its accessible name is the second.
    pub night: String,
    /// The value in words.
    pub words: String,
    /// The value; `None` where the night has none.
    pub value: Option<f64>,
    /// The night's verdict: the shape of its mark.
    pub verdict: Verdict,
}

/// One chart.
pub(super) struct Chart {
    /// What it is of.
    pub title: &'static str,
    /// "median 47 min".
    pub aside: String,
    /// Oldest first.
    pub points: Vec<Point>,
    /// Where values lie.
    pub scale: Scale,
    /// The value in the middle.
    pub median: Option<f64>,
}

impl Chart {
    /// The chart with its heading and axis.
    pub(super) fn part(self) -> Part {
        let (drawing, axis) = (self.drawing(), self.axis());
        let high = (HEIGHT + 2.0 * EDGE + 20.0).to_string();
        let label = format!("{}, {} nights, oldest first", self.title, self.points.len());
        part(view! {
            <section class="chart">
                <div class="head rule"><h2>{self.title}</h2><span class="quiet">{self.aside}</span></div>
                <div class="plot">
                    <svg class="axis" width="56" height=high.clone() aria-hidden="true" inner_html=axis></svg>
                    <svg class="free" width="100%" height=high role="group" aria-label=label inner_html=drawing></svg>
                </div>
            </section>
        })
    }

    fn y(&self, value: f64) -> f64 {
        EDGE + HEIGHT * (1.0 - self.scale.share(value))
    }

    /// Middle of a night's column in percent.
    fn x(&self, index: usize) -> f64 {
        100.0 * (place(index) + 0.5) / self.columns()
    }

    /// A few nights do not stretch over the whole width.
    fn columns(&self) -> f64 {
        place(self.points.len().max(8))
    }

    fn axis(&self) -> String {
        let [bottom, middle, top] = &self.scale.labels;
        let marks = [(bottom, 0.0), (middle, 0.5), (top, 1.0)];
        let one = |(words, share): (&String, f64)| {
            let y = EDGE + HEIGHT * (1.0 - share) + 4.0;
            format!("<text x=\"48\" y=\"{y}\" text-anchor=\"end\">{}</text>", escaped(words))
        };
        marks.map(one).concat()
    }

    fn drawing(&self) -> String {
        let mut svg = String::new();
        // Writing into a String cannot fail.
        for share in [0.0, 0.5, 1.0] {
            let y = EDGE + HEIGHT * share;
            let _ = write!(svg, "<line class=\"l-hair px\" x1=\"0\" x2=\"100%\" y1=\"{y}\" y2=\"{y}\"/>");
        }
        if let Some(median) = self.median {
            let y = self.y(median);
            let _ = write!(
                svg,
                "<line class=\"l-outline\" stroke-dasharray=\"6 4\" x1=\"0\" x2=\"100%\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>"
            );
        }
        let valued: Vec<(f64, f64, &Point)> = self
            .points
            .iter()
            .enumerate()
            .filter_map(|(index, point)| point.value.map(|value| (self.x(index), self.y(value), point)))
            .collect();
        for pair in valued.windows(2) {
            let ((x1, y1, _), (x2, y2, _)) = (&pair[0], &pair[1]);
            let _ = write!(
                svg,
                "<line class=\"l-ink3\" x1=\"{x1:.2}%\" y1=\"{y1:.1}\" x2=\"{x2:.2}%\" y2=\"{y2:.1}\"/>"
            );
        }
        for (x, y, point) in &valued {
            svg.push_str(&self.link(*x, *y, point));
        }
        svg.push_str(&self.dates());
        svg
    }

    /// The night's whole column is the link; the mark in it has the verdict's shape.
    fn link(&self, x: f64, y: f64, point: &Point) -> String {
        let width = 100.0 / self.columns();
        let left = x - width / 2.0;
        let high = HEIGHT + 2.0 * EDGE;
        let name = escaped(&format!("{}: {}, {}", point.night, point.words, point.verdict.word()));
        let shape = shape(&point.verdict);
        format!(
            "<a href=\"{}\" aria-label=\"{name}\"><title>{name}</title>\
             <rect class=\"hit\" x=\"{left:.2}%\" y=\"0\" width=\"{width:.2}%\" height=\"{high}\"/>\
             <svg class=\"free\" x=\"{x:.2}%\" y=\"{y:.1}\" width=\"1\" height=\"1\">{shape}</svg></a>",
            escaped(&point.address)
        )
    }

    /// Names of some nights; every second one is left out on the phone.
    fn dates(&self) -> String {
        let step = self.points.len().div_ceil(DATES).max(1);
        let y = HEIGHT + 2.0 * EDGE + 14.0;
        let mut svg = String::new();
        // From the newest back: it is the one that is looked for.
        for (nth, (index, point)) in self.points.iter().enumerate().rev().step_by(step).enumerate() {
            let x = self.x(index);
            let anchor = match x {
                ..4.0 => "start",
                95.0.. => "end",
                _ => "middle",
            };
            let class = if nth % 2 == 1 { " class=\"wide-only\"" } else { "" };
            let night = escaped(point.night.split_once(' ').map_or("", |(_, date)| date));
            let _ =
                write!(svg, "<text{class} x=\"{x:.2}%\" y=\"{y}\" text-anchor=\"{anchor}\">{night}</text>");
        }
        svg
    }
}

/// A circle where all is well; square and triangle where not; hollow where there is no judgement.
fn shape(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Complete | Verdict::CompleteAfterRetry => "<circle class=\"f-done\" r=\"2.5\"/>",
        Verdict::ToRetry { .. } => "<path class=\"f-amber\" d=\"M0-5L5 4H-5Z\"/>",
        Verdict::Failed { .. } => "<rect class=\"f-red px\" x=\"-4\" y=\"-4\" width=\"8\" height=\"8\"/>",
        _ => "<circle class=\"nofill l-outline\" r=\"3\"/>",
    }
}

/// A place in a row, as a length.
pub(super) fn place(index: usize) -> f64 {
    f64::from(u32::try_from(index).unwrap_or(u32::MAX))
}
