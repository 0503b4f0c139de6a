//! Patterns: made ones are found where they are, and nothing that comes later changes what was found.

use super::*;
use crate::indicators::{Definition, compute};
use crate::sample::{Sample, real};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn all(bars: &[Bar], from: Day) -> Vec<Found> {
    find(bars, &compute(bars, &Definition::all()), &names(), from)
}

/// Bars whose closes are these, each half a percent high on both sides.
fn path(closes: &[f64]) -> Vec<Bar> {
    let bar = |(close, day): (&f64, Day)| Bar {
        day,
        open: close * 0.998,
        high: close * 1.005,
        low: close * 0.995,
        close: *close,
        volume: 1_000,
        adjusted: *close,
    };
    closes.iter().zip(0..).map(bar).collect()
}

/// From corner to corner, so many bars each.
fn corners(corners: &[f64], bars: u32) -> Vec<f64> {
    let line = |pair: &[f64]| {
        let (from, to) = (pair[0], pair[1]);
        (0..bars)
            .map(move |step| from + (to - from) * f64::from(step) / f64::from(bars))
            .collect::<Vec<f64>>()
    };
    corners.windows(2).flat_map(line).collect()
}

fn only(name: &str, closes: &[f64]) -> Vec<Found> {
    let bars = path(closes);
    find(&bars, &compute(&bars, &Definition::all()), &[name], 0)
}

#[test]
fn a_double_top_is_complete_when_its_valley_breaks() {
    let closes = corners(&[80.0, 100.0, 85.0, 101.0, 70.0], 12);
    let found = only("DoubleTop", &closes);
    let [top] = &found[..] else { panic!("{found:?}") };
    assert_eq!((top.start, top.direction), (12, -1));
    assert!(closes[usize::try_from(top.day).unwrap()] < 85.0 * 0.995, "the first close below the valley");
    assert!(closes[usize::try_from(top.day - 1).unwrap()] >= 85.0 * 0.995);
    assert!((top.stop / (101.0 * 1.005) - 1.0).abs() < 1e-9 && top.target < 85.0);
    assert_eq!(only("DoubleBottom", &closes), []);
    // Upside down it is a double bottom.
    let turned: Vec<f64> = closes.iter().map(|close| 8_000.0 / close).collect();
    assert_eq!(
        only("DoubleBottom", &turned).iter().map(|found| (found.day, found.direction)).collect::<Vec<_>>(),
        [(top.day, 1)]
    );
    // Tops that differ, a shallow valley, a valley that holds: none.
    for other in
        [[80.0, 100.0, 85.0, 106.0, 70.0], [80.0, 100.0, 95.0, 101.0, 70.0], [80.0, 100.0, 85.0, 101.0, 86.0]]
    {
        assert_eq!(only("DoubleTop", &corners(&other, 12)), [], "{other:?}");
    }
}

#[test]
fn a_breakout_is_a_close_beyond_a_price_it_turned_at_twice() {
    let closes = corners(&[80.0, 100.0, 90.0, 100.5, 92.0, 120.0], 12);
    let found = only("SRBreakout", &closes);
    let [up] = &found[..] else { panic!("{found:?}") };
    assert_eq!((up.direction, up.start, up.levels[0].0), (1, 12, RESISTANCE));
    assert!(up.entry > 100.5 * 1.005 && closes[usize::try_from(up.day - 1).unwrap()] <= 100.5 * 1.005);
    let turned: Vec<f64> = closes.iter().map(|close| 8_000.0 / close).collect();
    let down = only("SRBreakout", &turned);
    assert_eq!(down.iter().map(|found| (found.day, found.direction)).collect::<Vec<_>>(), [(up.day, -1)]);
    assert_eq!(only("SRBreakout", &corners(&[80.0, 100.0, 90.0, 130.0], 12)), [], "it had turned there once");
}

#[test]
fn a_cross_of_the_averages_is_golden_or_deadly() {
    let mut closes = corners(&[100.0, 60.0], 220);
    closes.extend(corners(&[60.0, 120.0], 150));
    closes.extend(corners(&[120.0, 40.0], 150));
    let found = only("MACrossover", &closes);
    assert_eq!(found.iter().map(|found| found.direction).collect::<Vec<_>>(), [1, -1]);
    let golden = &found[0];
    assert!(golden.stop < golden.entry && golden.entry < golden.target && golden.levels[0].0 == SUPPORT);
}

#[test]
fn every_pattern_is_found_somewhere_and_all_of_them_are_sound() {
    let mut names = BTreeSet::new();
    let sample = Sample::well(7);
    let symbols = sample.listed().iter().step_by(41).map(|listed| listed.symbol.as_str());
    for symbol in symbols.chain(["AAPL", "FB", "GOOG", "IBM", "MSFT"]) {
        let bars = sample.bars(symbol, Day::MIN, 20_784, 1).unwrap();
        let found = all(&bars, Day::MIN);
        assert!(found.is_sorted_by_key(|found| found.day), "{symbol}");
        for one in &found {
            names.insert(one.pattern);
            let at = bars.binary_search_by_key(&one.day, |bar| bar.day).unwrap();
            let needs =
                PATTERNS.iter().find(|pattern| pattern.name == one.pattern).map(|pattern| pattern.needs);
            assert!(at + 1 >= needs.unwrap(), "{symbol}: {one:?} on bar {at}");
            assert!((0.0..=1.0).contains(&one.confidence) && one.start <= one.day, "{symbol}: {one:?}");
            let right = [one.entry, one.stop].iter().all(|price| price.is_finite() && *price > 0.0)
                && one.target >= 0.0;
            let sides = f64::from(one.direction) * (one.entry - one.stop) >= 0.0;
            assert!(right && sides && !one.levels.is_empty(), "{symbol}: {one:?}");
            assert!(
                one.levels.iter().all(|(kind, price)| [SUPPORT, RESISTANCE].contains(kind) && *price > 0.0)
            );
        }
    }
    assert_eq!(names.len(), PATTERNS.len(), "{names:?}");
}

#[test]
fn nothing_is_found_in_nothing() {
    assert_eq!(all(&[], 0), []);
    assert_eq!(all(&path(&[1.0, 2.0, 3.0]), 0).len(), 0);
    let aapl = real::bars("AAPL").unwrap();
    assert_eq!(
        find(aapl, &Table::default(), &["MACrossover", "no such"], 0),
        [],
        "without averages no cross"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// What a night finds on its one new day is what the whole history says of that day.
    #[test]
    fn a_later_bar_changes_nothing(cut in 250_usize..3_000, symbol in prop::sample::select(vec!["AAPL", "IBM", "MSFT"])) {
        let bars = real::bars(symbol).unwrap();
        let whole = all(&bars[..(cut + 60).min(bars.len())], Day::MIN);
        let until = bars[cut - 1].day;
        let known: Vec<Found> = whole.iter().filter(|found| found.day <= until).cloned().collect();
        prop_assert_eq!(&all(&bars[..cut], Day::MIN), &known);
        let from = bars[cut - 3].day;
        let new: Vec<Found> = known.into_iter().filter(|found| found.day >= from).collect();
        prop_assert_eq!(all(&bars[..cut], from), new);
    }
}
