//! The time axis: where a moment lies, and which labels it gets. Pure.
//!
//! Its right end never creeps: it grows by a quarter, in one step, when now comes within 5 % of it. A stretch of more than two
//! minutes in which no phase worked is folded to a mark, so that a long wait does not flatten the work.

use crate::live::sorted;
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
/// A stretch without work is folded when it is longer than this …
const IDLE: Millis = 2 * MINUTE;
/// … to this share of the width.
const FOLDED: i64 = WHOLE / 32;
/// Most folds; more idle stretches stay as they are.
const FOLDS: usize = 8;

/// From when to when, and how far apart its labels are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Axis {
    from: Millis,
    /// How long it is, without what is folded.
    length: Millis,
    step: Millis,
    /// Idle stretches that are folded, in order.
    folds: Vec<(Millis, Millis)>,
    /// Now, while the run goes on.
    pub(super) now: Option<Millis>,
    /// How far the work is known: now, the run's end, or, of a silent run, when it was last heard.
    pub(super) known: Millis,
}

impl Axis {
    /// The axis of a run. `unfolded`: idle stretches are shown at their length.
    pub(super) fn of(view: &RunView, now: Millis, unfolded: bool) -> Self {
        let expected = match forecast::forecast(view, now) {
            Forecast::OwnPace { end } if view.run.ended.is_none() => end,
            _ => 0,
        };
        let known = view.run.ended.unwrap_or(if view.silent(now).is_some() { view.heard() } else { now });
        let folds = if unfolded { Vec::new() } else { idle(view) };
        let folded: Millis = folds.iter().map(|(from, to)| to - from).sum();
        let latest = view.run.ended.unwrap_or(now).max(expected).max(view.run.started);
        let needed = latest - view.run.started - folded;
        let mut length = SHORTEST;
        while needed > length - length / 20 && length < 30 * DAY {
            length += length / 4;
        }
        let step = STEPS.into_iter().find(|step| length / step <= LABELS).unwrap_or(DAY);
        let lead = length / 40;
        Self {
            from: view.run.started - lead,
            length: length + lead,
            step,
            folds,
            now: view.run.ended.is_none().then_some(now),
            known,
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
        let rest = WHOLE - FOLDED * i64::try_from(self.folds.len()).unwrap_or(0);
        let (mut worked, mut folded) = (at - self.from, 0);
        for (from, to) in &self.folds {
            let inside = (at.min(*to) - from).clamp(0, to - from);
            worked -= inside;
            folded += FOLDED * inside / (to - from).max(1);
        }
        (worked.saturating_mul(rest) / self.length.max(1) + folded).clamp(0, WHOLE)
    }

    /// Moments that get a label: none within a fold.
    pub(super) fn labels(&self) -> Vec<Millis> {
        let first = self.from + (self.step - self.from.rem_euclid(self.step)) % self.step;
        let folded: Millis = self.folds.iter().map(|(from, to)| to - from).sum();
        let end = self.from + self.length + folded;
        let within = |at: Millis| {
            self.folds.iter().any(|(from, to)| at > from - self.step / 2 && at < to + self.step / 2)
        };
        let all = (0..).map(|index| first + index * self.step).take_while(|at| *at <= end);
        all.filter(|at| !within(*at)).take(usize::try_from(LABELS).unwrap_or(8) + 2).collect()
    }

    /// How a label stands at its place: at the ends it would be cut off.
    pub(super) fn anchor(&self, at: Millis) -> &'static str {
        match self.share(at) * 100 / WHOLE {
            ..5 => "start",
            95.. => "end",
            _ => "middle",
        }
    }

    /// "16:40", with seconds on a short axis.
    pub(super) fn label(&self, at: Millis, zone: &Zone) -> String {
        let civil = zone.civil(at);
        if self.step < MINUTE { civil.hms() } else { civil.hm() }
    }

    /// Where something is folded, and how long that lasted.
    pub(super) fn folds(&self) -> impl Iterator<Item = (Millis, Millis)> {
        self.folds.iter().map(|(from, to)| (i64::midpoint(*from, *to), to - from))
    }
}

/// The stretches between two bars in which nothing was worked on, long enough to be folded. What comes after the last bar is
/// no such stretch: the work may go on any moment.
fn idle(view: &RunView) -> Vec<(Millis, Millis)> {
    let mut bars: Vec<(Millis, Millis)> = view
        .phases
        .iter()
        .filter_map(|(phase, _)| Some((phase.started?, phase.ended.unwrap_or(Millis::MAX))))
        .collect();
    bars = sorted(bars, Ord::cmp);
    let mut covered = view.run.started;
    let mut idle = Vec::new();
    for (from, to) in bars {
        if from - covered > IDLE && idle.len() < FOLDS {
            idle.push((covered, from));
        }
        covered = covered.max(to);
    }
    idle
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
        Axis { from: 0, length, step, folds: Vec::new(), now: Some(now), known: now }
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
    #[test]
    fn a_long_wait_between_two_phases_is_folded_and_keeps_its_order() {
        let run = r#"{"id":"a","night":0,"status":"running","started":0}"#;
        let phase = |name: &str, started: Millis, ended: Millis| {
            let text = format!(
                r#"{{"phase":"{name}","status":"done","unit":"symbols","total":9,"started":{started},"ended":{ended},"attempt":1}}"#
            );
            (domain::wire::read(&text).unwrap(), domain::record::Progress::default())
        };
        let phases = vec![phase("import", 0, 10 * MINUTE), phase("indicators", 70 * MINUTE, 80 * MINUTE)];
        let view = RunView { slot: 1, run: domain::wire::read(run).unwrap(), phases, listening: 0 };
        let (folded, whole) = (Axis::of(&view, 81 * MINUTE, false), Axis::of(&view, 81 * MINUTE, true));
        assert_eq!(folded.folds().collect::<Vec<_>>(), [(40 * MINUTE, HOUR)]);
        assert_eq!(whole.folds().count(), 0);
        let places: Vec<i64> = [0, 10, 40, 70, 80].map(|at| folded.share(at * MINUTE)).to_vec();
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "{places:?}");
        assert_eq!(places[3] - places[1], FOLDED, "the wait takes the mark's width and no more");
        assert!(places[4] - places[3] > 3 * (whole.share(80 * MINUTE) - whole.share(70 * MINUTE)));
    }
}
