//! Scales of the charts: a bottom and a top that are round, with a label for each and one between them.

use crate::format::{duration, thousands};
use domain::time::{HOUR, MINUTE, Millis, SECOND};

/// A scale: from `bottom` to `top`, and what stands at bottom, middle and top.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scale {
    /// The lowest value.
    pub bottom: f64,
    /// The highest.
    pub top: f64,
    /// Words at bottom, middle, top.
    pub labels: [String; 3],
}

impl Scale {
    /// How far above the bottom a value lies: 0 to 1.
    pub(super) fn share(&self, value: f64) -> f64 {
        ((value - self.bottom) / (self.top - self.bottom)).clamp(0.0, 1.0)
    }
}

/// Half of a scale of durations, in milliseconds.
const SPANS: [Millis; 20] = [
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    20 * MINUTE,
    30 * MINUTE,
    45 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    24 * HOUR,
];

/// From nothing to a round duration.
pub(super) fn of_durations(longest: Millis) -> Scale {
    let half = SPANS.into_iter().find(|half| half * 2 >= longest).unwrap_or(longest.max(2) / 2 + 1);
    let short = |span: Millis| if span < HOUR { duration(span) } else { hours(span) };
    Scale { bottom: 0.0, top: real(half) * 2.0, labels: ["0".to_owned(), short(half), short(half * 2)] }
}

/// "1 h", "1 h 30": a label of an axis has little room.
fn hours(span: Millis) -> String {
    match span % HOUR / MINUTE {
        0 => format!("{} h", span / HOUR),
        minutes => format!("{} h {minutes:02}", span / HOUR),
    }
}

/// From nothing to a round count.
pub(super) fn of_counts(highest: u64) -> Scale {
    let mut unit = 1_u64;
    let half = loop {
        let found =
            [1, 2, 5].into_iter().map(|step| unit * step).find(|half| half.saturating_mul(2) >= highest);
        match found {
            Some(half) => break half,
            None if unit < 1_000_000_000_000 => unit *= 10,
            None => break unit * 10,
        }
    };
    let top = half * 2;
    Scale { bottom: 0.0, top: exact(top), labels: ["0".to_owned(), thousands(half), thousands(top)] }
}

/// Up to everything, from where the least of them still lies within; in tenths of a percent.
pub(super) fn of_rates(least: u32) -> Scale {
    let bottom = [990, 980, 950, 900, 800, 500].into_iter().find(|bottom| *bottom <= least).unwrap_or(0);
    let middle = u32::midpoint(bottom, 1_000);
    Scale { bottom: f64::from(bottom), top: 1_000.0, labels: [bottom, middle, 1_000].map(rate) }
}

/// A rate in tenths of a percent: "99.5 %", "100 %".
pub(super) fn rate(tenths: u32) -> String {
    match tenths % 10 {
        0 => format!("{}\u{2009}%", tenths / 10),
        part => format!("{}.{part}\u{2009}%", tenths / 10),
    }
}

/// A duration as a place on a scale.
pub(super) fn real(span: Millis) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a chart is not wider than 2^53")]
    let real = span as f64;
    real
}

fn exact(count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a chart is not higher than 2^53")]
    let exact = count as f64;
    exact
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_round_labels() {
        assert_eq!(of_durations(51 * MINUTE).labels, ["0", "30 min", "1 h"]);
        assert_eq!(of_durations(85 * MINUTE).labels, ["0", "45 min", "1 h 30"]);
        assert_eq!(of_durations(0).labels, ["0", "1 s", "2 s"]);
        assert_eq!(of_counts(188).labels, ["0", "100", "200"]);
        assert_eq!(of_counts(0).labels, ["0", "1", "2"]);
        assert_eq!(of_rates(996).labels, ["99\u{2009}%", "99.5\u{2009}%", "100\u{2009}%"]);
        assert_eq!(of_rates(628).labels, ["50\u{2009}%", "75\u{2009}%", "100\u{2009}%"]);
    }

    #[test]
    fn every_value_lies_within_its_scale() {
        for span in [1, SECOND, 3 * HOUR, 400 * HOUR, 10_000 * HOUR] {
            assert!(of_durations(span).top >= real(span), "{span}");
        }
        for highest in [1, 7, 999, 10_001, u64::from(u32::MAX)] {
            assert!(of_counts(highest).top >= exact(highest), "{highest}");
        }
        assert!(
            (of_counts(4).share(9.0) - 1.0).abs() < f64::EPSILON,
            "what lies beyond is drawn at the edge"
        );
    }
}
