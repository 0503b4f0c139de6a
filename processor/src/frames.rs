//! Weekly and monthly bars out of daily ones, one daily bar after the other.
//!
//! A week is the ISO week, a month the calendar's; both are named by the last day in them that was traded. A bar of a week is told in
//! the prices of its last day: what was traded before a split (or a dividend) in that week is brought to the level after it, so that
//! its high and low belong to one scale and `adjusted_prices` of it are those of its days. Volumes are added up as they were traded.
//!
//! Invariant: a bar is final when no trading day of its week or month is left; only final ones are given out, and those never change.

use crate::bar::{Bar, Day, Frame, date_of, plain};
use crate::sessions;

/// Gathers daily bars into weeks or months.
#[derive(Clone, Debug)]
pub struct Gatherer {
    frame: Frame,
    open: Option<Bar>,
}

impl Gatherer {
    /// With nothing gathered yet.
    #[must_use]
    pub fn new(frame: Frame) -> Self {
        Self { frame, open: None }
    }

    /// Takes the next daily bar. Gives the bar of the week or month before it, if that is over with this day.
    pub fn push(&mut self, bar: &Bar) -> Option<Bar> {
        match &mut self.open {
            Some(open) if period(self.frame, open.day) == period(self.frame, bar.day) => {
                *open = joined(open, bar);
                None
            }
            open => open.replace(*bar),
        }
    }

    /// The bar of the last week or month, if it is final when `today` is the last finished session.
    #[must_use]
    pub fn last(&self, today: Day) -> Option<Bar> {
        self.open.filter(|open| is_final(self.frame, open.day, today))
    }

    /// The bar of a week or month that goes on.
    #[must_use]
    pub fn unfinished(&self, today: Day) -> Option<Bar> {
        self.open.filter(|open| !is_final(self.frame, open.day, today))
    }
}

/// The final bars of a frame. Of daily bars all are.
#[must_use]
pub fn of(frame: Frame, daily: &[Bar], today: Day) -> Vec<Bar> {
    if frame == Frame::Daily {
        return daily.to_vec();
    }
    let mut gatherer = Gatherer::new(frame);
    let mut bars: Vec<Bar> = daily.iter().filter_map(|bar| gatherer.push(bar)).collect();
    bars.extend(gatherer.last(today));
    bars
}

/// Whether the bar that a day belongs to will not change any more. (Beyond the calendar's end every day is taken for a session.)
#[must_use]
pub fn is_final(frame: Frame, day: Day, today: Day) -> bool {
    let last = day.max(today);
    let next = sessions::after(last).unwrap_or(last + 1);
    frame == Frame::Daily || period(frame, next) != period(frame, day)
}

/// A number that days of one week, or of one month, share. (1970-01-01 was a Thursday.)
fn period(frame: Frame, day: Day) -> Day {
    match frame {
        Frame::Daily => day,
        Frame::Weekly => (day + 3).div_euclid(7),
        Frame::Monthly => {
            let (year, month, _) = date_of(day);
            year * 12 + i32::from(month)
        }
    }
}

/// A later day added to a bar.
fn joined(bar: &Bar, later: &Bar) -> Bar {
    // A day without a split or dividend leaves the prices exactly as they are.
    let level = bar.factor() / later.factor();
    let brought = |price: f64| if (level - 1.0).abs() < 1e-9 { price } else { plain(price * level) };
    Bar {
        day: later.day,
        open: brought(bar.open),
        high: brought(bar.high).max(later.high),
        low: brought(bar.low).min(later.low),
        close: later.close,
        volume: bar.volume.saturating_add(later.volume),
        adjusted: later.adjusted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bar::day_of;
    use crate::sample::real;
    use proptest::prelude::*;

    fn aapl() -> &'static [Bar] {
        real::bars("AAPL").unwrap()
    }

    #[test]
    fn a_week_with_a_split_is_told_in_the_prices_after_it() {
        // Two for one on Monday 2005-02-28; the week before it is whole, the week of it has no day before the split.
        let weeks = of(Frame::Weekly, aapl(), day_of(2013, 3, 1));
        let week = |day| weeks.iter().find(|bar| bar.day == day).unwrap();
        assert_eq!(week(day_of(2005, 2, 25)).close, 88.99);
        // MSFT split on Tuesday 2003-02-18 (Monday was a holiday); in June 2000 AAPL split on a Wednesday.
        let split = week(day_of(2000, 6, 23));
        let days: Vec<&Bar> = aapl().iter().filter(|bar| (11_127..=11_131).contains(&bar.day)).collect();
        assert_eq!(days.len(), 5);
        let highest = days.iter().map(|bar| bar.adjusted_prices()[1]).fold(0.0, f64::max);
        assert!((split.adjusted_prices()[1] / highest - 1.0).abs() < 1e-12);
        assert!((split.open / (days[0].open / 2.0) - 1.0).abs() < 1e-9, "Monday's open, halved");
        assert_eq!(split.volume, days.iter().map(|bar| bar.volume).sum::<i64>());
    }

    #[test]
    fn the_week_of_the_attacks_has_one_day_and_a_short_week_ends_on_its_last_session() {
        let weeks = of(Frame::Weekly, aapl(), day_of(2013, 3, 1));
        let monday = weeks.iter().find(|bar| bar.day == day_of(2001, 9, 10)).unwrap();
        assert!(aapl().iter().any(|bar| bar == monday), "it is that day's bar");
        // Good Friday: the week is final on Thursday.
        assert!(is_final(Frame::Weekly, day_of(2012, 4, 5), day_of(2012, 4, 5)));
        assert!(!is_final(Frame::Weekly, day_of(2012, 4, 4), day_of(2012, 4, 4)));
    }

    #[test]
    fn what_goes_on_is_not_final() {
        let first_of_march = day_of(2013, 3, 1);
        let months = of(Frame::Monthly, aapl(), first_of_march);
        assert_eq!(months.last().map(|bar| bar.day), Some(day_of(2013, 2, 28)));
        assert_eq!(months.len(), 12 * 13);
        assert_eq!(of(Frame::Monthly, aapl(), day_of(2013, 4, 1)).len(), 12 * 13 + 1);
        let mut gatherer = Gatherer::new(Frame::Monthly);
        aapl().iter().for_each(|bar| {
            gatherer.push(bar);
        });
        assert_eq!(gatherer.last(first_of_march), None);
        assert_eq!(gatherer.unfinished(first_of_march).map(|bar| bar.day), Some(first_of_march));
    }

    proptest! {
        #[test]
        fn final_bars_never_change_whatever_comes_after(cut in 1_usize..3_270, weekly: bool) {
            let frame = if weekly { Frame::Weekly } else { Frame::Monthly };
            let (all, part) = (aapl(), &aapl()[..cut]);
            let whole = of(frame, all, day_of(2013, 3, 1));
            let known = of(frame, part, part[cut - 1].day);
            prop_assert_eq!(&whole[..known.len()], &known[..]);
            // Nothing is lost: every share is in a final bar or in the one that goes on.
            let mut gatherer = Gatherer::new(frame);
            part.iter().for_each(|bar| {
            gatherer.push(bar);
        });
            let open = gatherer.unfinished(part[cut - 1].day).map_or(0, |bar| bar.volume);
            let volume = |bars: &[Bar]| bars.iter().map(|bar| bar.volume).sum::<i64>();
            prop_assert_eq!(volume(&known) + open, volume(part));
        }
    }
}
