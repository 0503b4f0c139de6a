//! The eighteen indicators: their names, their columns, and how many bars each needs.
//!
//! Invariant: a column's place in [`COLUMNS`] is what the store writes down; a new column is added at the end.

mod compute;
mod latest;

use crate::bar::Day;
pub use compute::{Prices, compute, fill};
pub use latest::{Latest, latest};

/// What is computed, and over how many bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formula {
    /// Simple moving average of closes.
    Sma(u16),
    /// Exponential moving average of closes, α = 2 / (n + 1), begun with the simple average of the first n.
    Ema(u16),
    /// Relative strength, Wilder's.
    Rsi,
    /// 12 and 26 bars, signal over 9.
    Macd,
    /// 20 bars, two standard deviations (of the population).
    Bollinger,
    /// Fast: %K over 14 bars, %D the simple average of three of them.
    Stochastic,
    /// Average true range, Wilder's, 14 bars.
    Atr,
    /// Average directional index, Wilder's, 14 bars.
    Adx,
}

/// One indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// As messages, commands and addresses spell it: `sma_20`.
    pub key: &'static str,
    /// As a person reads it.
    pub name: &'static str,
    /// What is computed.
    pub formula: Formula,
    /// The first of its columns in [`COLUMNS`].
    pub column: usize,
    /// Names of its values, one per column.
    pub values: &'static [&'static str],
    /// Bars that its first row of values needs.
    pub needs: usize,
}

const fn average(
    key: &'static str,
    name: &'static str,
    formula: Formula,
    column: usize,
    values: &'static [&'static str],
) -> Definition {
    let needs = match formula {
        Formula::Sma(bars) | Formula::Ema(bars) => bars as usize,
        _ => 0,
    };
    Definition { key, name, formula, column, values, needs }
}

/// Name of each column, in the order they are stored.
pub const COLUMNS: [&str; 23] = [
    "sma_5",
    "sma_10",
    "sma_20",
    "sma_50",
    "sma_100",
    "sma_200",
    "ema_5",
    "ema_10",
    "ema_20",
    "ema_50",
    "ema_100",
    "ema_200",
    "rsi_14",
    "macd",
    "macd_signal",
    "macd_histogram",
    "bb_upper",
    "bb_middle",
    "bb_lower",
    "stoch_k",
    "stoch_d",
    "atr_14",
    "adx_14",
];

/// All of them.
pub const DEFINITIONS: [Definition; 18] = [
    average("sma_5", "SMA 5", Formula::Sma(5), 0, &["sma_5"]),
    average("sma_10", "SMA 10", Formula::Sma(10), 1, &["sma_10"]),
    average("sma_20", "SMA 20", Formula::Sma(20), 2, &["sma_20"]),
    average("sma_50", "SMA 50", Formula::Sma(50), 3, &["sma_50"]),
    average("sma_100", "SMA 100", Formula::Sma(100), 4, &["sma_100"]),
    average("sma_200", "SMA 200", Formula::Sma(200), 5, &["sma_200"]),
    average("ema_5", "EMA 5", Formula::Ema(5), 6, &["ema_5"]),
    average("ema_10", "EMA 10", Formula::Ema(10), 7, &["ema_10"]),
    average("ema_20", "EMA 20", Formula::Ema(20), 8, &["ema_20"]),
    average("ema_50", "EMA 50", Formula::Ema(50), 9, &["ema_50"]),
    average("ema_100", "EMA 100", Formula::Ema(100), 10, &["ema_100"]),
    average("ema_200", "EMA 200", Formula::Ema(200), 11, &["ema_200"]),
    Definition {
        key: "rsi_14",
        name: "RSI 14",
        formula: Formula::Rsi,
        column: 12,
        values: &["rsi"],
        needs: 15,
    },
    Definition {
        key: "macd",
        name: "MACD 12/26/9",
        formula: Formula::Macd,
        column: 13,
        values: &["macd", "signal", "histogram"],
        needs: 34,
    },
    Definition {
        key: "bollinger_bands",
        name: "Bollinger bands 20/2",
        formula: Formula::Bollinger,
        column: 16,
        values: &["upper", "middle", "lower"],
        needs: 20,
    },
    Definition {
        key: "stochastic",
        name: "Stochastic 14/3",
        formula: Formula::Stochastic,
        column: 19,
        values: &["k", "d"],
        needs: 16,
    },
    Definition {
        key: "atr_14",
        name: "ATR 14",
        formula: Formula::Atr,
        column: 21,
        values: &["atr"],
        needs: 15,
    },
    Definition {
        key: "adx_14",
        name: "ADX 14",
        formula: Formula::Adx,
        column: 22,
        values: &["adx"],
        needs: 28,
    },
];

impl Definition {
    /// The indicator of that key.
    #[must_use]
    pub fn of(key: &str) -> Option<&'static Self> {
        DEFINITIONS.iter().find(|definition| definition.key == key)
    }

    /// All of them.
    #[must_use]
    pub fn all() -> Vec<&'static Self> {
        DEFINITIONS.iter().collect()
    }

    /// The places of its columns.
    #[must_use]
    pub fn columns(&self) -> std::ops::Range<usize> {
        self.column..self.column + self.values.len()
    }
}

/// One wide row per bar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The days of the rows, ascending.
    pub days: Vec<Day>,
    /// One per entry of [`COLUMNS`]: a value per day, NaN while it warms up. Empty: it was not asked for.
    pub columns: Vec<Vec<f64>>,
}

impl Table {
    /// With no column filled.
    #[must_use]
    pub fn of(days: Vec<Day>) -> Self {
        Self { days, columns: vec![Vec::new(); COLUMNS.len()] }
    }

    /// A column by its place: a value per day, or nothing.
    #[must_use]
    pub fn column(&self, place: usize) -> &[f64] {
        self.columns.get(place).map_or(&[], Vec::as_slice)
    }

    /// The place of the first row of that day or a later one.
    #[must_use]
    pub fn from(&self, day: Day) -> usize {
        self.days.partition_point(|before| *before < day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_belongs_to_one_indicator() {
        let places: Vec<usize> = DEFINITIONS.iter().flat_map(Definition::columns).collect();
        assert_eq!(places, (0..COLUMNS.len()).collect::<Vec<usize>>());
        let named = |definition: &Definition| COLUMNS[definition.column].starts_with(&definition.key[..2]);
        assert!(
            DEFINITIONS.iter().all(|definition| named(definition) || definition.key == "bollinger_bands")
        );
        assert_eq!(Definition::of("sma_200").map(|definition| definition.needs), Some(200));
        assert_eq!(Definition::of("sma_201"), None);
    }
}
