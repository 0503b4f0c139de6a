//! Where a moment lies on the night line. Whole days in which nothing trades are folded, unless a run began in them: they take the same width, however many.

use domain::time::{DAY, HOUR, Millis};

/// The whole width, in tenths of a percent.
const WHOLE: i64 = 1_000;
/// Of it, what a folded stretch takes.
const FOLD: i64 = 60;
/// The least that is seen of anything.
const LEAST: i64 = 2;

/// From the one end to the other.
pub(super) struct Scale {
    pub(super) from: Millis,
    pub(super) to: Millis,
    /// A stretch that is folded.
    pub(super) fold: Option<(Millis, Millis)>,
}

impl Scale {
    pub(super) fn new(from: Millis, to: Millis, mut runs: impl Iterator<Item = Millis>) -> Self {
        // The evening and the early morning stay; whole days between them go, unless somebody works in them.
        let days = (to - from) / DAY;
        let (begin, end) = (from + 8 * HOUR, from + 8 * HOUR + days * DAY);
        let fold = (days > 0 && !runs.any(|run| (begin..end).contains(&run))).then_some((begin, end));
        Self { from, to, fold }
    }

    fn place(&self, at: Millis) -> i64 {
        let at = at.clamp(self.from, self.to);
        let (folded, shown) = match self.fold {
            Some((from, to)) if at >= to => (to - from, FOLD),
            Some((from, _)) if at > from => (at - from, FOLD / 2),
            _ => (0, 0),
        };
        let whole = self.fold.map_or(0, |(from, to)| to - from);
        let room = WHOLE - if whole > 0 { FOLD } else { 0 };
        shown + room * (at - self.from - folded) / (self.to - self.from - whole).max(1)
    }

    /// Whether a moment is in what is folded.
    pub(super) fn folds(&self, at: Millis) -> bool {
        self.fold.is_some_and(|(begin, end)| at > begin && at < end)
    }

    /// Whether a moment lies in the later part.
    pub(super) fn is_late(&self, at: Millis) -> bool {
        self.place(at) > WHOLE * 6 / 10
    }

    /// Where a moment lies, as a length.
    pub(super) fn x(&self, at: Millis) -> String {
        percent(self.place(at))
    }

    /// How wide the stretch between two moments is, as a length.
    pub(super) fn width(&self, from: Millis, to: Millis) -> String {
        percent((self.place(to) - self.place(from)).max(LEAST))
    }
}

// Numbers with a fraction would bring ten kilobytes of rules into the page.
fn percent(tenths: i64) -> String {
    format!("{}.{}%", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::Scale;
    use domain::time::{DAY, HOUR, MINUTE};

    #[test]
    fn a_night_is_to_scale() {
        let scale = Scale::new(0, 17 * HOUR + 30 * MINUTE, [HOUR].into_iter());
        assert_eq!([scale.x(0), scale.x(8 * HOUR + 45 * MINUTE), scale.x(DAY)], ["0.0%", "50.0%", "100.0%"]);
        assert_eq!([scale.width(0, MINUTE), scale.width(HOUR, 2 * HOUR)], ["0.2%", "5.7%"]);
        assert_eq!(scale.fold, None);
    }

    #[test]
    fn a_weekend_is_as_wide_as_a_long_one() {
        for days in [2, 3] {
            let scale = Scale::new(0, 17 * HOUR + 30 * MINUTE + days * DAY, [HOUR].into_iter());
            let (begin, end) = scale.fold.unwrap_or_default();
            assert_eq!((begin, end), (8 * HOUR, 8 * HOUR + days * DAY));
            assert_eq!([scale.x(begin), scale.x(end), scale.x(begin + DAY)], ["42.9%", "48.9%", "45.9%"]);
            assert_eq!(scale.x(end + 9 * HOUR + 30 * MINUTE), "100.0%");
            // Who works on Saturday is seen.
            let worked = Scale::new(0, 17 * HOUR + 30 * MINUTE + days * DAY, [HOUR, DAY].into_iter());
            assert_eq!((worked.fold, worked.folds(DAY)), (None, false));
        }
    }
}
