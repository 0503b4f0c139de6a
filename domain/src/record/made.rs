//! What a night made: indicator values and patterns counted by kind, and what a cache sync changed. Counted, never one by one.

use crate::time::Millis;
use crate::wire::readable;
use serde::Serialize;

/// One type of indicator, over all runs of a night. Its name is its key's.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct IndicatorType {
    /// Symbols that have it.
    pub symbols: u32,
    /// Values computed, over all timeframes.
    pub calculations: u32,
    /// When the last was received.
    pub last: Millis,
}

/// All indicators of a night together.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Indicators {
    /// The night, as days since 1970-01-01 on the exchange's clock.
    pub night: i64,
    /// Types seen.
    pub types: u32,
    /// Values computed.
    pub calculations: u32,
    /// Symbols that have any.
    pub symbols: u32,
    /// When the last was received.
    pub last: Millis,
    /// True when there were more than can be told apart: then the counts are too low.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

/// Patterns of a night by confidence.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PatternsFound {
    /// The night, as days since 1970-01-01 on the exchange's clock.
    pub night: i64,
    /// From 0.9.
    pub very_high: u32,
    /// From 0.8.
    pub high: u32,
    /// From 0.7.
    pub medium: u32,
    /// Below.
    pub low: u32,
    /// Without a confidence.
    #[serde(skip_serializing_if = "is_zero")]
    pub unrated: u32,
    /// Symbols in which one was found.
    pub symbols: u32,
    /// When the last was received.
    pub last: Millis,
    /// True when there were more than can be told apart: then the counts are too low.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

impl PatternsFound {
    /// All classes together.
    #[must_use]
    pub fn found(&self) -> u32 {
        let rated = [self.very_high, self.high, self.medium, self.low, self.unrated];
        rated.into_iter().fold(0, u32::saturating_add)
    }

    /// The class of a confidence (contract.md §6).
    pub fn class(&mut self, confidence: Option<f64>) -> &mut u32 {
        match confidence {
            None => &mut self.unrated,
            Some(sure) if sure >= 0.9 => &mut self.very_high,
            Some(sure) if sure >= 0.8 => &mut self.high,
            Some(sure) if sure >= 0.7 => &mut self.medium,
            Some(_) => &mut self.low,
        }
    }
}

/// How a step of a cache sync came out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Task {
    /// The step's name.
    pub name: String,
    /// True when it failed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub failed: bool,
    /// What it changed, if told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<u32>,
}

/// What the cache sync of a run changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Sync {
    /// Changes in all, by its end message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<u64>,
    /// Universes that changed, by its end message.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub universes: Vec<String>,
    /// How its steps came out, where that was told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<Task>,
    /// Changes of universes that were told one by one.
    #[serde(skip_serializing_if = "is_zero")]
    pub told: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(value: &u32) -> bool {
    *value == 0
}

readable!(IndicatorType { symbols, calculations, last });
readable!(Indicators { night, types, calculations, symbols, last, more });
readable!(PatternsFound { night, very_high, high, medium, low, unrated, symbols, last, more });
readable!(Task { name, failed, changes });
readable!(Sync { changes, universes, tasks, told });
