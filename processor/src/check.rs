//! What is wrong with bars. A symbol with a fault keeps what it had: nothing of a bad delivery is stored.
//!
//! Each bar alone: prices above zero, high and low around the others, volume not negative. Each bar with the one before: a later
//! day, no trading day of the exchange's calendar between them, and no jump without a split.
//!
//! A *jump* is a move of the adjusted price by two fifths or more (× 1.4, or ÷ 1.4), from close to open or from close to close: a
//! split that is in the prices and not in the adjustment, an adjustment without a split, a misplaced decimal point. Real companies
//! fall that much, too (AAPL by half on 2000-09-29). What tells them apart is that news is traded and a mistake is not: the move
//! counts as explained when at least [`NEWS`] times the money of the day before changed hands. Money, not shares: a two for one
//! split doubles the shares and leaves the money. Looking at two neighbours and nothing else, the rule says the same of a whole
//! history and of one new day.

use crate::bar::{Bar, Day, iso};
use crate::sessions;

/// A move by this factor, up or down, is a jump. The smallest split that is common (three for two) is one.
pub const JUMP: f64 = 1.4;
/// A jump on so many times the money of the day before is news.
pub const NEWS: f64 = 3.0;
/// Adjustments that differ by less are the same one, rounded (a dividend is a thousandth or more).
const ROUNDING: f64 = 1e-5;

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Stable, for programs.
    pub code: &'static str,
    /// On which day.
    pub day: Option<Day>,
    /// For people.
    pub message: String,
}

impl Fault {
    fn on(code: &'static str, day: Day, what: &str) -> Self {
        Self { code, day: Some(day), message: format!("{}: {what}", iso(day)) }
    }
}

/// Checks bars that follow on `before`, up to the last finished session. The first fault is named.
///
/// # Errors
/// `NO_DATA`, `BAD_BAR`, `DUPLICATE_BAR`, `BAD_ORDER`, `NOT_A_SESSION`, `UNFINISHED_BAR`, `MISSING_BARS`, `UNEXPLAINED_JUMP`.
pub fn check(bars: &[Bar], before: Option<&Bar>, today: Day) -> Result<(), Fault> {
    if bars.is_empty() {
        return Err(Fault { code: "NO_DATA", day: None, message: "there are no bars".to_owned() });
    }
    let mut earlier = before;
    for bar in bars {
        alone(bar).map_err(|what| Fault::on("BAD_BAR", bar.day, what))?;
        if bar.day > today {
            let what = format!("is not over; the last finished session is {}", iso(today));
            return Err(Fault::on("UNFINISHED_BAR", bar.day, &what));
        }
        if sessions::known(bar.day) && !sessions::is_session(bar.day) {
            return Err(Fault::on("NOT_A_SESSION", bar.day, "the exchange was closed"));
        }
        if let Some(earlier) = earlier {
            follows(earlier, bar)?;
        }
        earlier = Some(bar);
    }
    Ok(())
}

/// Whether a source has adjusted its history anew since a bar was stored (a split or a dividend came): it tells another adjustment of
/// the same day. Then every bar before it is another one, too, and all have to be asked for again.
#[must_use]
pub fn readjusted(stored: &Bar, told: &Bar) -> bool {
    stored.day == told.day && (told.factor() / stored.factor() - 1.0).abs() > ROUNDING
}

fn alone(bar: &Bar) -> Result<(), &'static str> {
    let prices = [bar.open, bar.high, bar.low, bar.close, bar.adjusted];
    if !prices.iter().all(|price| price.is_finite() && *price > 0.0) {
        return Err("a price is missing or not above zero");
    }
    if bar.high < bar.open.max(bar.close).max(bar.low) {
        return Err("the high is below another price");
    }
    if bar.low > bar.open.min(bar.close) {
        return Err("the low is above another price");
    }
    if bar.volume < 0 { Err("the volume is negative") } else { Ok(()) }
}

fn follows(earlier: &Bar, bar: &Bar) -> Result<(), Fault> {
    if bar.day == earlier.day {
        return Err(Fault::on("DUPLICATE_BAR", bar.day, "there are two bars of this day"));
    }
    if bar.day < earlier.day {
        return Err(Fault::on("BAD_ORDER", bar.day, &format!("comes after {}", iso(earlier.day))));
    }
    if let [first, rest @ ..] = sessions::between(earlier.day + 1..=bar.day - 1) {
        let more = match rest.len() {
            0 => String::new(),
            more => format!(", nor of {more} more trading days before {}", iso(bar.day)),
        };
        let message = format!("there is no bar of {}{more}", iso(*first));
        return Err(Fault { code: "MISSING_BARS", day: Some(*first), message });
    }
    let [open, .., close] = bar.adjusted_prices();
    let moves = [open / earlier.adjusted, close / earlier.adjusted];
    let Some(moved) = moves.into_iter().find(|moved| !(JUMP.recip()..JUMP).contains(moved)) else {
        return Ok(());
    };
    if bar.volume > 0 && bar.turnover() >= NEWS * earlier.turnover() {
        return Ok(());
    }
    let what = format!(
        "the adjusted price is {moved:.2} times that of {}, without a split in it and without much being traded",
        iso(earlier.day)
    );
    Err(Fault::on("UNEXPLAINED_JUMP", bar.day, &what))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bar::day_of;
    use crate::sample::real;
    use proptest::prelude::*;

    const TODAY: Day = 20_000;

    /// Bars on trading days from 2013-01-02 on, a little higher each day.
    fn bars(count: usize) -> Vec<Bar> {
        let days = sessions::between(day_of(2013, 1, 2)..=TODAY).iter().take(count);
        let bar = |(day, close): (&Day, f64)| Bar {
            day: *day,
            open: close,
            high: close + 1.0,
            low: close - 1.0,
            close,
            volume: 1_000,
            adjusted: close / 2.0,
        };
        days.zip((0..).map(|step| 100.0 + f64::from(step))).map(bar).collect()
    }

    fn code(bars: &[Bar]) -> &'static str {
        check(bars, None, TODAY).map_or_else(|fault| fault.code, |()| "fine")
    }

    #[test]
    fn every_real_bar_passes_with_its_splits_and_its_fall() {
        for (symbol, bars) in real::all() {
            assert_eq!(check(bars, None, day_of(2013, 3, 1)), Ok(()), "{symbol}");
            // One new day is judged as it was within the whole.
            for pair in bars.windows(2) {
                assert_eq!(check(&pair[1..], Some(&pair[0]), TODAY), Ok(()), "{symbol}");
            }
        }
    }

    #[test]
    fn a_split_that_the_adjustment_does_not_know_is_found() {
        // What every provider gets wrong some day: the prices are after the split, the adjustment does not have it.
        for (symbol, split) in [("AAPL", "2000-06-21"), ("AAPL", "2005-02-28"), ("MSFT", "2003-02-18")] {
            let mut bars = real::bars(symbol).unwrap().to_vec();
            bars.iter_mut().for_each(|bar| bar.adjusted = bar.close);
            let day = crate::bar::parse(split).unwrap();
            let at = bars.iter().position(|bar| bar.day == day).unwrap();
            let fault = check(&bars[at - 5..at + 5], None, TODAY).unwrap_err();
            assert_eq!((fault.code, fault.day), ("UNEXPLAINED_JUMP", Some(day)), "{symbol}");
        }
    }

    #[test]
    fn each_fault_is_found_and_named() {
        let with = |change: fn(&mut Vec<Bar>)| {
            let mut bars = bars(20);
            change(&mut bars);
            code(&bars)
        };
        assert_eq!(with(|_| ()), "fine");
        assert_eq!(with(Vec::clear), "NO_DATA");
        assert_eq!(with(|bars| bars[3].high = bars[3].close - 0.5), "BAD_BAR");
        assert_eq!(with(|bars| bars[3].low = bars[3].close + 0.5), "BAD_BAR");
        assert_eq!(with(|bars| bars[3].close = f64::NAN), "BAD_BAR");
        assert_eq!(with(|bars| bars[3].adjusted = 0.0), "BAD_BAR");
        assert_eq!(with(|bars| bars[3].open = -1.0), "BAD_BAR");
        assert_eq!(with(|bars| bars[3].volume = -1), "BAD_BAR");
        assert_eq!(with(|bars| bars[3] = bars[2]), "DUPLICATE_BAR");
        assert_eq!(with(|bars| bars.swap(3, 4)), "MISSING_BARS");
        assert_eq!(with(|bars| bars[4] = bars[2]), "BAD_ORDER");
        assert_eq!(with(|bars| bars.retain(|bar| bar.close != 103.0)), "MISSING_BARS");
        assert_eq!(with(|bars| bars[2].day += 1), "NOT_A_SESSION", "a Saturday");
        assert_eq!(with(|bars| bars[3].adjusted *= 1.5), "UNEXPLAINED_JUMP");
        assert_eq!(with(|bars| bars[3].adjusted *= 1.3), "fine");
        let early = check(&bars(20), None, bars(20)[18].day).unwrap_err();
        assert_eq!(early.code, "UNFINISHED_BAR");
    }

    #[test]
    fn a_history_that_was_adjusted_anew_is_noticed_by_one_of_its_days() {
        let stored = bars(1)[0];
        assert!(!readjusted(&stored, &stored));
        // A price that was corrected is another matter.
        let corrected = Bar { close: stored.close + 1.0, adjusted: (stored.close + 1.0) / 2.0, ..stored };
        assert!(!readjusted(&stored, &corrected));
        assert!(!readjusted(&stored, &Bar { adjusted: stored.adjusted * (1.0 + 1e-7), ..stored }));
        assert!(readjusted(&stored, &Bar { adjusted: stored.adjusted * 0.998, ..stored }), "a dividend");
        assert!(
            !readjusted(&stored, &Bar { day: stored.day + 1, adjusted: 1.0, ..stored }),
            "another day says nothing"
        );
    }

    #[test]
    fn a_hole_is_told_with_its_first_day_and_its_size() {
        let mut bars = bars(20);
        bars.drain(3..6);
        let fault = check(&bars, None, TODAY).unwrap_err();
        assert_eq!(
            fault.message,
            "there is no bar of 2013-01-07, nor of 2 more trading days before 2013-01-10"
        );
        let fault = check(&bars[3..4], Some(&bars[2]), TODAY).unwrap_err();
        assert_eq!((fault.code, fault.day), ("MISSING_BARS", Some(day_of(2013, 1, 7))));
    }

    proptest! {
        /// In parts or whole, the verdict is the same: what an incremental import relies on.
        #[test]
        fn parts_are_judged_as_the_whole(cut in 1_usize..20, at in 0_usize..20, what in 0_u8..6, scale in 0.3_f64..3.0) {
            let mut bars = bars(20);
            match what {
                0 => bars[at].high = 1.0,
                1 => bars[at].adjusted *= scale,
                2 => bars[at].volume = 100_000,
                3 => bars.retain(|bar| bar.close != 105.0),
                4 => bars[at].day = bars[at / 2].day,
                _ => bars[at].close *= scale,
            }
            let cut = cut.min(bars.len() - 1);
            let parts = check(&bars[..cut], None, TODAY).and_then(|()| check(&bars[cut..], Some(&bars[cut - 1]), TODAY));
            prop_assert_eq!(parts, check(&bars, None, TODAY));
        }

        /// News explains any fall; without it, no size of it above the limit is explained.
        #[test]
        fn only_money_explains_a_jump(factor in 1.5_f64..20.0, up: bool, news: bool) {
            let mut bars = bars(2);
            let factor = if up { factor } else { factor.recip() };
            let Bar { open, high, low, close, adjusted, .. } = &mut bars[1];
            [open, high, low, close, adjusted].into_iter().for_each(|price| *price *= factor);
            #[expect(clippy::cast_possible_truncation, reason = "some thousands")]
            let shares = (1_000.0 / factor) as i64;
            bars[1].volume = if news { shares * 4 + 10 } else { shares * 2 };
            prop_assert_eq!(code(&bars), if news { "fine" } else { "UNEXPLAINED_JUMP" });
        }
    }
}
