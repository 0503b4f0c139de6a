//! Today's indicators, in the shapes of the old system (contract.md §5, rows 11 and 12). Today is the night of now on the exchange's clock.

use super::params::Named;
use super::places::SYMBOL;
use super::shapes::{Refusal, iso};
use super::status::indicator_status;
use crate::clock;
use crate::error::ApiError;
use crate::hub::Command;
use crate::state::App;
use crate::store::read::values::StoredValue;
use axum::Json;
use axum::extract::State;
use domain::decode::FIELDS;
use domain::time::Millis;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Today's stretch of time.
fn today() -> (Millis, Millis) {
    let now = clock::now();
    let nights = domain::calendar::XNYS.nights(now);
    let night = nights.of(now);
    (nights.start(night), nights.start(nights.after(night)))
}

/// How many of a type of indicator there were today.
#[derive(Debug, Serialize, ToSchema)]
pub struct IndicatorStat {
    indicator: String,
    symbol_count: i64,
    calculations: i64,
    last_calculated: String,
}

/// All types together.
#[derive(Debug, Serialize, ToSchema)]
pub struct IndicatorSummary {
    total_indicators: usize,
    total_calculations: i64,
    unique_symbols: i64,
}

/// Today's indicators by type.
#[derive(Debug, Serialize, ToSchema)]
pub struct IndicatorStats {
    success: bool,
    stats: Vec<IndicatorStat>,
    summary: IndicatorSummary,
    /// The indicator phase of the run that has the verdict; empty: it has none.
    #[schema(value_type = Object)]
    current_status: Value,
}

/// Today's indicators by type.
#[utoipa::path(get, path = "/api/processing/indicators/stats", operation_id = "indicator_stats", tag = "processing",
    responses((status = 200, body = IndicatorStats), (status = 503, body = Refusal)))]
pub async fn stats(State(app): State<App>) -> Result<Json<IndicatorStats>, ApiError> {
    let (from, to) = today();
    let counts = app.store.indicator_counts(from, to).await?;
    let found = app.hub.ask(|reply| Command::Run(None, reply)).await.ok_or(ApiError::Stopping)?;
    let summary = IndicatorSummary {
        total_indicators: counts.types.len(),
        total_calculations: counts.types.iter().map(|count| count.calculations).sum(),
        unique_symbols: counts.symbols,
    };
    let stats = counts.types.into_iter().map(|count| IndicatorStat {
        indicator: count.name,
        symbol_count: count.symbols,
        calculations: count.calculations,
        last_calculated: iso(count.last),
    });
    let current_status = found.map_or_else(|| json!({}), |found| indicator_status(&found.view));
    Ok(Json(IndicatorStats { success: true, stats: stats.collect(), summary, current_status }))
}

/// The newest value of a type.
#[derive(Debug, Serialize, ToSchema)]
pub struct LatestValue {
    /// As the producer sent it.
    #[schema(value_type = Object)]
    values: Value,
    /// As the producer sent it; empty: it sent none.
    #[schema(value_type = Object)]
    metadata: Value,
    timeframe: String,
    calculated_at: String,
}

/// A symbol's indicators of today.
#[derive(Debug, Serialize, ToSchema)]
pub struct Latest {
    success: bool,
    symbol: String,
    indicators: BTreeMap<String, LatestValue>,
    count: usize,
}

/// A symbol's indicators of today: the newest value of each type.
#[utoipa::path(get, path = "/api/processing/indicators/latest/{symbol}", operation_id = "latest_indicators", tag = "processing",
    params(("symbol" = String, Path, description = "in any case of letters")),
    responses((status = 200, body = Latest), (status = 404, body = Refusal), (status = 503, body = Refusal)))]
pub async fn latest(State(app): State<App>, Named(symbol): Named) -> Result<Json<Latest>, ApiError> {
    let symbol = symbol.to_uppercase();
    if symbol.chars().count() > SYMBOL {
        return Err(ApiError::NotKept);
    }
    let (from, to) = today();
    let mut indicators = BTreeMap::new();
    // Newest first: the first of a type stays.
    for stored in app.store.indicators_of(&symbol, from, to).await? {
        let value = value_of(&stored);
        indicators.entry(stored.name).or_insert(value);
    }
    let count = indicators.len();
    Ok(Json(Latest { success: true, symbol, indicators, count }))
}

fn value_of(stored: &StoredValue) -> LatestValue {
    let body: Map<String, Value> = serde_json::from_str(&stored.body).unwrap_or_default();
    let of = |name: &str| field(&body, name).cloned();
    let calculated = of("calculated_at").and_then(|at| at.as_str().map(ToOwned::to_owned));
    LatestValue {
        values: of("values").unwrap_or(Value::Null),
        metadata: of("metadata").unwrap_or_else(|| json!({})),
        timeframe: stored.frame.clone(),
        calculated_at: calculated.unwrap_or_else(|| iso(stored.at)),
    }
}

/// A field under any of its spellings.
fn field<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let known = FIELDS.iter().find(|field| field.name() == name)?;
    known.spellings.iter().find_map(|spelling| body.get(*spelling).filter(|value| !value.is_null()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(body: &str) -> StoredValue {
        StoredValue {
            symbol: "AAPL".to_owned(),
            name: "RSI".to_owned(),
            frame: "daily".to_owned(),
            at: 0,
            confidence: None,
            run: None,
            body: body.to_owned(),
        }
    }

    #[test]
    fn a_value_is_found_under_any_of_its_names() {
        for body in [r#"{"values":{"rsi":1}}"#, r#"{"values":null,"value_data":{"rsi":1}}"#] {
            assert_eq!(value_of(&stored(body)).values, json!({ "rsi": 1 }), "{body}");
        }
        let found = value_of(&stored(r#"{"value":7.5,"calculation_timestamp":"2026-11-20T16:00:00"}"#));
        assert_eq!((found.values, &*found.calculated_at), (json!(7.5), "2026-11-20T16:00:00"));
        let found = value_of(&stored("no JSON"));
        assert_eq!((found.values, &*found.calculated_at), (Value::Null, "1970-01-01T00:00:00Z"));
    }
}
