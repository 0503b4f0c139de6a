//! The time axis: where a moment lies, and which labels it gets. Pure.
//!
//! Its right end never creeps: it grows by a quarter, in one step, when now comes within 5 % of it.

use domain::forecast::{self, Forecast};
use domain::time::{DAY, HOUR, MINUTE, Millis, SECOND, Zone};
use domain::verdict::RunView;

/// Distances between labels: whole seconds for short nights, then the minutes of the screens.
const STEPS: [Millis; 12] = [
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    6 * HOUR,
];
/// Most labels.
const LABELS: i64 = 8;
/// The whole width, in thousandths of a percent.
const WHOLE: i64 = 100_000;
/// The shortest axis.
const SHORTEST: Millis = 40 * SECOND;

/// From when to when, and how far apart its labels are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Axis {
    from: Millis,
    to: Millis,
    step: Millis,
    /// Where the work is: now while the run goes on, its end afterwards.
    pub(super) now: Option<Millis>,
    /// The expected end, if this run's own pace tells one.
    pub(super) expected: Option<Millis>,
}

impl Axis {
    pub(super) fn of(view: &RunView, now: Millis) -> Self {
        let expected = match forecast::forecast(view, now) {
            Forecast::OwnPace { end } if view.run.ended.is_none() => Some(end),
            _ => None,
        };
        let latest = view.run.ended.unwrap_or(now).max(expected.unwrap_or(0)).max(view.run.started);
        let needed = latest - view.run.started;
        let mut length = SHORTEST;
        while needed > length - length / 20 && length < 30 * DAY {
            length += length / 4;
        }
        let step = STEPS.into_iter().find(|step| length / step <= LABELS).unwrap_or(DAY);
        let lead = length / 40;
        Self {
            from: view.run.started - lead,
            to: view.run.started + length,
            step,
            now: view.run.ended.is_none().then_some(now),
            expected,
        }
    }

    /// A moment's place as a percentage of the width: so one drawing fits every width.
    pub(super) fn x(&self, at: Millis) -> String {
        percentage(self.share(at))
    }

    /// The width between two moments.
    pub(super) fn width(&self, from: Millis, to: Millis) -> String {
        percentage((self.share(to) - self.share(from)).max(0))
    }

    /// In thousandths of a percent. (Whole numbers: formatting fractions is twelve kilobytes of WASM.)
    fn share(&self, at: Millis) -> i64 {
        ((at - self.from).saturating_mul(WHOLE) / (self.to - self.from).max(1)).clamp(0, WHOLE)
    }

    /// Moments that get a label.
    pub(super) fn labels(&self) -> Vec<Millis> {
        let first = self.from + (self.step - self.from.rem_euclid(self.step)) % self.step;
        (0..=LABELS + 1).map(|index| first + index * self.step).take_while(|at| *at <= self.to).collect()
    }

    /// "16:40", with seconds on a short axis.
    pub(super) fn label(&self, at: Millis, zone: &Zone) -> String {
        let civil = zone.civil(at);
        if self.step < MINUTE { civil.hms() } else { civil.hm() }
    }
}

fn percentage(share: i64) -> String {
    format!("{}.{:03}%", share / 1_000, share % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn axis(length: Millis, now: Millis) -> Axis {
        let step = STEPS.into_iter().find(|step| length / step <= LABELS).unwrap_or(DAY);
        Axis { from: 0, to: length, step, now: Some(now), expected: None }
    }

    proptest! {
        #[test]
        fn labels_are_few_whole_and_inside(length in SHORTEST..3 * DAY) {
            let axis = axis(length, 0);
            let labels = axis.labels();
            prop_assert!(labels.len() <= 10, "{}", labels.len());
            prop_assert!(labels.iter().all(|at| at % axis.step == 0 && (0..=length).contains(at)));
        }

        #[test]
        fn places_are_on_the_axis_and_in_order(length in SHORTEST..3 * DAY, a in 0_i64..DAY, b in 0_i64..DAY) {
            let axis = axis(length, 0);
            let (low, high) = (a.min(b), a.max(b));
            prop_assert!((0..=WHOLE).contains(&axis.share(low)));
            prop_assert!(axis.share(low) <= axis.share(high));
        }
    }
}
