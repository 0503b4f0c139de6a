//! One symbol: its nights, and what was last made of it.

use super::candles::candles;
use crate::state::App;
use crate::store::StoreError;
use crate::store::read::through::SymbolNight as StoredNight;
use crate::store::read::values::{PatternFilter, StoredValue};
use app::archive::{Facts, IndicatorValue, PatternFound, Retry, SymbolNight, SymbolPage};
use domain::decode::{FIELDS, clean};
use domain::time::Millis;
use serde_json::{Map, Value};

/// Nights that are shown.
const NIGHTS: i64 = 30;
/// Patterns that are shown.
const PATTERNS: i64 = 200;
/// Longest value that is shown, in characters.
const VALUE: usize = 80;

pub(super) async fn page(app: &App, symbol: &str, facts: &Facts) -> Result<SymbolPage, StoreError> {
    let found = app.store.symbol_nights(symbol, None, NIGHTS, facts.now).await?.nights;
    let absent = found.iter().all(|night| night.symbol.is_none() && night.retry.is_none());
    let earlier = if absent { app.store.last_told(symbol).await? } else { None };
    let filter = PatternFilter { symbol: Some(symbol.to_owned()), ..PatternFilter::default() };
    let candles = candles(app, symbol).await;
    Ok(SymbolPage {
        symbol: symbol.to_owned(),
        candles,
        nights: found.into_iter().map(night).collect(),
        earlier,
        indicators: app.store.indicators_of(symbol, 0, Millis::MAX).await?.into_iter().map(value).collect(),
        patterns: app.store.patterns(&filter, PATTERNS).await?.into_iter().map(pattern).collect(),
    })
}

fn night(stored: StoredNight) -> SymbolNight {
    let retry = stored.retry.map(|run| Retry { run: run.view.run.id, began: run.view.run.started });
    let symbol = stored.symbol.map(|symbol| symbol.record);
    SymbolNight { night: stored.night, run: stored.run.view.run.id, symbol, retry }
}

fn value(stored: StoredValue) -> IndicatorValue {
    let value = in_short(&stored.body);
    IndicatorValue { name: stored.name, frame: stored.frame, value, at: stored.at }
}

fn pattern(stored: StoredValue) -> PatternFound {
    let StoredValue { name, frame, confidence, at, .. } = stored;
    PatternFound { name, frame, confidence, at }
}

/// "65.4", "macd 1.2, signal 0.9": the values of a message's body.
fn in_short(body: &str) -> String {
    let body: Map<String, Value> = serde_json::from_str(body).unwrap_or_default();
    let spellings = FIELDS.iter().find(|field| field.name() == "values").map(|field| field.spellings);
    let mut known = spellings.into_iter().flatten().filter_map(|spelling| body.get(*spelling));
    let words = match known.find(|value| !value.is_null()) {
        None => String::new(),
        Some(Value::Object(values)) if values.len() == 1 => {
            values.values().next().map(plain).unwrap_or_default()
        }
        Some(Value::Object(values)) => {
            let each: Vec<String> =
                values.iter().map(|(name, value)| format!("{name} {}", plain(value))).collect();
            each.join(", ")
        }
        Some(value) => plain(value),
    };
    clean(&words, VALUE)
}

/// A number with at most four places, for a person; anything else as it is written.
fn plain(value: &Value) -> String {
    match (value.as_f64().filter(|_| !value.is_i64() && !value.is_u64()), value) {
        (Some(number), _) => {
            let text = format!("{number:.4}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        (None, Value::String(text)) => text.clone(),
        (None, other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_in_short() {
        assert_eq!(in_short(r#"{"values":{"rsi":65.41239}}"#), "65.4124");
        assert_eq!(
            in_short(r#"{"values":null,"value_data":{"macd":1.5,"signal":-0.25}}"#),
            "macd 1.5, signal -0.25"
        );
        assert_eq!(in_short(r#"{"values":7}"#), "7");
        assert_eq!(in_short(r#"{"values":"high"}"#), "high");
        assert_eq!([in_short("{}"), in_short("no JSON")], [String::new(), String::new()]);
        assert!(in_short(&format!(r#"{{"values":"{}"}}"#, "x".repeat(500))).chars().count() <= VALUE);
    }
}
