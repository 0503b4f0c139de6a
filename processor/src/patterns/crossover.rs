//! Golden and death cross: the average of 50 bars crosses that of 200.

use super::{Found, RESISTANCE, SUPPORT, Series};
use crate::indicators::{Definition, Table};

/// Bars over which the slow average is looked at, and beyond whose end the cross was wrong.
const BEFORE: usize = 20;

pub(super) fn find(series: &Series<'_>, table: &Table, first: usize, found: &mut Vec<Found>) {
    let column =
        |key: &str| Definition::of(key).map_or(&[][..], |definition| table.column(definition.column));
    let (fast, slow) = (column("sma_50"), column("sma_200"));
    if fast.len() != series.bars.len() || slow.len() != series.bars.len() {
        return;
    }
    for at in first.max(1)..series.bars.len() {
        let (before, now) = (fast[at - 1] - slow[at - 1], fast[at] - slow[at]);
        // No value compares as neither.
        let direction = match () {
            () if before <= 0.0 && now > 0.0 => 1,
            () if before >= 0.0 && now < 0.0 => -1,
            () => continue,
        };
        found.push(one(series, slow, at, direction));
    }
}

fn one(series: &Series<'_>, slow: &[f64], at: usize, direction: i8) -> Found {
    let sign = f64::from(direction);
    let entry = series.prices.close[at];
    let (low, high) = series.ends(at.saturating_sub(BEFORE)..=at);
    let (stop, level) = if direction > 0 { (low, SUPPORT) } else { (high, RESISTANCE) };
    let follows = at.checked_sub(BEFORE).is_some_and(|then| (slow[at] - slow[then]) * sign > 0.0);
    let beyond = (entry - slow[at]) * sign > 0.0;
    Found {
        pattern: "MACrossover",
        day: series.bars[at].day,
        start: series.bars[at - 1].day,
        confidence: 0.6 + 0.2 * f64::from(u8::from(follows)) + 0.2 * f64::from(u8::from(beyond)),
        direction,
        levels: vec![(level, slow[at])],
        entry,
        stop,
        target: (entry + 2.0 * (entry - stop)).max(0.0),
    }
}
