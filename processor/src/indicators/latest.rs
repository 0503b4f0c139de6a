//! An indicator's newest values, named as messages name them; or how many bars it lacks.

use super::{Definition, Formula, Table};
use serde_json::{Map, Value};

/// From this on relative strength is called overbought (contract.md §10).
const OVERBOUGHT: f64 = 70.0;
/// Up to this it is called oversold.
const OVERSOLD: f64 = 30.0;

/// What is newest of one indicator.
#[derive(Clone, Debug, PartialEq)]
pub enum Latest {
    /// Its values by name: `{"macd": …, "signal": …, "histogram": …}`.
    Values(Map<String, Value>),
    /// There are too few bars: so many, of so many needed.
    Short {
        /// Bars there are.
        has: usize,
        /// Bars it needs.
        needs: usize,
    },
}

/// The newest values of an indicator that was computed.
#[must_use]
pub fn latest(definition: &Definition, table: &Table) -> Latest {
    let mut values = Map::new();
    for (name, place) in definition.values.iter().zip(definition.columns()) {
        let Some(value) = table.column(place).last().filter(|value| value.is_finite()) else {
            return Latest::Short { has: table.days.len(), needs: definition.needs };
        };
        values.insert((*name).to_owned(), Value::from(*value));
        if definition.formula == Formula::Rsi {
            values.insert("signal".to_owned(), Value::from(signal(*value)));
        }
    }
    Latest::Values(values)
}

fn signal(strength: f64) -> &'static str {
    if strength >= OVERBOUGHT {
        "overbought"
    } else if strength <= OVERSOLD {
        "oversold"
    } else {
        "neutral"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bar::Bar;
    use crate::indicators::{DEFINITIONS, compute};

    fn rising(count: i32) -> Vec<Bar> {
        let bar = |day| {
            let close = 10.0 + f64::from(day);
            Bar { day, open: close, high: close + 1.0, low: close - 1.0, close, volume: 1, adjusted: close }
        };
        (0..count).map(bar).collect()
    }

    #[test]
    fn what_needs_so_many_bars_has_a_value_with_them_and_none_with_one_fewer() {
        for definition in &DEFINITIONS {
            let needs = i32::try_from(definition.needs).unwrap();
            let with = |count| latest(definition, &compute(&rising(count), &[definition]));
            assert!(matches!(with(needs), Latest::Values(_)), "{} needs more", definition.key);
            let short = Latest::Short { has: definition.needs - 1, needs: definition.needs };
            assert_eq!(with(needs - 1), short, "{} needs fewer", definition.key);
        }
        assert_eq!(compute(&[], &Definition::all()).days.len(), 0);
    }

    #[test]
    fn what_always_rises_is_overbought_and_is_named_so() {
        let table = compute(&rising(300), &Definition::all());
        let values = |key: &str| match latest(Definition::of(key).unwrap(), &table) {
            Latest::Values(values) => Value::from(values),
            Latest::Short { .. } => Value::Null,
        };
        assert_eq!(values("rsi_14"), serde_json::json!({ "rsi": 100.0, "signal": "overbought" }));
        assert_eq!(values("sma_5"), serde_json::json!({ "sma_5": 307.0 }));
        assert_eq!(values("macd").as_object().unwrap().len(), 3);
        assert!(values("stochastic")["k"].is_f64() && values("bollinger_bands")["lower"].is_f64());
    }
}
