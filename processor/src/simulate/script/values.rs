//! Values: one message per symbol and indicator, one per pattern found. A night of 10,000 symbols has 200,000 of them, so a script
//! holds what they are made from and not the messages.

use super::writer::SOURCE;
use crate::publish::Message;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use std::sync::Arc;

/// The definitions that a simulated producer has enabled.
const INDICATORS: [&str; 15] = [
    "SMA_5", "SMA_20", "SMA_50", "SMA_200", "EMA_12", "EMA_26", "RSI", "MACD", "BB", "STOCH", "ATR", "ADX",
    "OBV", "CCI", "WILLR",
];
/// The patterns that it knows.
const PATTERNS: [&str; 8] = [
    "Doji",
    "Hammer",
    "HangingMan",
    "BullishEngulfing",
    "BearishEngulfing",
    "MACrossover",
    "DoubleBottom",
    "SRBreakout",
];

/// Which indicators or patterns a run makes.
#[derive(Clone, Debug, PartialEq)]
pub struct Kinds {
    /// Their names.
    pub names: Vec<String>,
    /// How many its producer says that it has.
    pub total: usize,
    /// Over which bars values are told.
    pub timeframe: String,
    /// All that it says to work over.
    pub timeframes: Vec<String>,
}

impl Kinds {
    /// The indicators of every night.
    pub fn indicators() -> Self {
        Self::of(&INDICATORS, INDICATORS.len(), "daily", ["daily", "weekly", "monthly"])
    }

    /// The patterns of every night.
    pub fn patterns() -> Self {
        Self::of(&PATTERNS, 16, "1day", ["1hour", "1day", "1week"])
    }

    fn of(names: &[&str], total: usize, timeframe: &str, timeframes: [&str; 3]) -> Self {
        let names = names.iter().map(ToString::to_string).collect();
        let timeframes = timeframes.map(ToOwned::to_owned).to_vec();
        Self { names, total, timeframe: timeframe.to_owned(), timeframes }
    }

    /// What is asked for of these.
    pub fn asked(all: &Self, timeframe: &str, names: Option<&[String]>) -> Self {
        let (names, total) = match names {
            Some(names) => (names.to_vec(), names.len()),
            None => (all.names.clone(), all.total),
        };
        Self { names, total, timeframe: timeframe.to_owned(), timeframes: vec![timeframe.to_owned()] }
    }
}

/// Whose values.
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    /// The run.
    pub run_id: String,
    /// The symbol.
    pub symbol: String,
    /// True: patterns that were found; false: indicators that were computed.
    pub patterns: bool,
    /// Which.
    pub kinds: Arc<Kinds>,
    /// How many.
    pub count: u32,
    /// Makes them the same each time.
    pub seed: u64,
}

impl Values {
    /// The messages.
    pub fn messages(&self) -> Vec<Message> {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        let (count, symbol, kinds) = (usize::try_from(self.count).unwrap_or(0), &self.symbol, &self.kinds);
        let name = |index: usize| &kinds.names[index % kinds.names.len()];
        let pattern = |(index, random): (usize, &mut ChaCha8Rng)| {
            let confidence = f64::from(random.random_range(60_u32..100)) / 100.0;
            let price = f64::from(random.random_range(2_000_u32..40_000)) / 100.0;
            let payload = json!({
                "symbol": symbol, "pattern": name(index), "timeframe": kinds.timeframe, "confidence": confidence,
                "pattern_data": { "entry_price": price, "stop_loss": price * 0.95, "target_price": price * 1.1 },
                "levels": [{ "type": "support", "value": price * 0.97 }], "run_id": self.run_id
            });
            Message::new("tickstock:patterns:detected", "pattern_detected", SOURCE, payload)
        };
        let indicator = |(index, random): (usize, &mut ChaCha8Rng)| {
            let value = f64::from(random.random_range(0_u32..10_000)) / 100.0;
            let payload = json!({
                "symbol": symbol, "indicator": name(index), "timeframe": kinds.timeframe, "values": { "value": value },
                "metadata": { "data_points": 250 }, "run_id": self.run_id
            });
            Message::new("tickstock:indicators:calculated", "indicator_calculated", SOURCE, payload)
        };
        let make = |index| {
            if self.patterns { pattern((index, &mut random)) } else { indicator((index, &mut random)) }
        };
        (0..count).map(make).collect()
    }
}
