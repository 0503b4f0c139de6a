//! Patterns: what is found in bars, how sure it is, and which prices go with it. Definitions and sources: `docs/patterns.md`.
//!
//! Invariant: what is found on a bar depends on that bar and those before it. A bar that comes later changes nothing.

mod breakout;
pub mod candles;
mod crossover;
mod double;
mod shape;

use crate::bar::{Bar, Day};
use crate::indicators::{Prices, Table};

/// A pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// As messages, commands and addresses spell it.
    pub name: &'static str,
    /// Bars up to the first on which it can be found.
    pub needs: usize,
}

const fn pattern(name: &'static str, needs: usize) -> Pattern {
    Pattern { name, needs }
}

/// All of them. A pattern's place is what the store writes down; a new one is added at the end.
pub const PATTERNS: [Pattern; 13] = [
    pattern("Doji", 11),
    pattern("Hammer", 12),
    pattern("HangingMan", 12),
    pattern("ShootingStar", 12),
    pattern("BullishEngulfing", 3),
    pattern("BearishEngulfing", 3),
    pattern("Harami", 12),
    pattern("MorningStar", 13),
    pattern("EveningStar", 13),
    pattern("MACrossover", 201),
    pattern("DoubleTop", double::NEEDS),
    pattern("DoubleBottom", double::NEEDS),
    pattern("SRBreakout", breakout::NEEDS),
];

/// Below it the price did not go.
pub const SUPPORT: &str = "support";
/// Above it the price did not go.
pub const RESISTANCE: &str = "resistance";

/// A pattern that was found. Its prices are adjusted ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Which.
    pub pattern: &'static str,
    /// The bar on which it was complete.
    pub day: Day,
    /// The bar on which it begins.
    pub start: Day,
    /// From 0 to 1.
    pub confidence: f64,
    /// 1: up; -1: down; 0: neither.
    pub direction: i8,
    /// Prices that matter to it: [`SUPPORT`] or [`RESISTANCE`].
    pub levels: Vec<(&'static str, f64)>,
    /// The close on which it was complete.
    pub entry: f64,
    /// From there on it was wrong.
    pub stop: f64,
    /// Where it may go.
    pub target: f64,
}

/// The names of all patterns.
#[must_use]
pub fn names() -> Vec<&'static str> {
    PATTERNS.iter().map(|pattern| pattern.name).collect()
}

/// Bars, and their adjusted prices in columns.
struct Series<'a> {
    bars: &'a [Bar],
    prices: Prices,
}

/// What is found from a day on, ascending. The table has the averages of the same bars; without them there are no crossovers.
#[must_use]
pub fn find(bars: &[Bar], table: &Table, wanted: &[&str], from: Day) -> Vec<Found> {
    let first = bars.partition_point(|bar| bar.day < from);
    if first == bars.len() {
        return Vec::new();
    }
    let series = Series { bars, prices: Prices::of(bars) };
    let mut found = Vec::new();
    for name in PATTERNS.iter().map(|pattern| pattern.name).filter(|name| wanted.contains(name)) {
        match name {
            "MACrossover" => crossover::find(&series, table, first, &mut found),
            "DoubleTop" => double::find(&series, name, 1.0, first, &mut found),
            "DoubleBottom" => double::find(&series, name, -1.0, first, &mut found),
            "SRBreakout" => breakout::find(&series, first, &mut found),
            candle => candles::find(&series, candle, first, &mut found),
        }
    }
    // Of one day in the order of the patterns: the sort keeps it.
    found.sort_by_key(|found| found.day);
    found
}

impl Series<'_> {
    /// Whether much was traded on a bar: 0 for half of the usual volume (of twenty bars before), 1 for one and a half times of it.
    #[expect(clippy::cast_precision_loss, reason = "volumes are far below 2^53")]
    fn volume(&self, at: usize) -> f64 {
        let before = &self.bars[at.saturating_sub(20)..at];
        let usual = before.iter().map(|bar| bar.volume as f64).sum::<f64>() / before.len().max(1) as f64;
        if usual > 0.0 { (self.bars[at].volume as f64 / usual - 0.5).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// The lowest low and the highest high of some bars.
    fn ends(&self, bars: std::ops::RangeInclusive<usize>) -> (f64, f64) {
        let low = self.prices.low[bars.clone()].iter().copied().fold(f64::INFINITY, f64::min);
        (low, self.prices.high[bars].iter().copied().fold(0.0, f64::max))
    }
}

#[cfg(test)]
mod tests;
