//! What the producer has of a symbol: its bars, its indicators' values, the patterns it found. Asked when the page is, kept nowhere.
//!
//! A producer that offers none of it (contract.md §4.2 does not promise it) is no fault: then the page is without. Invariant: bounded
//! in time and size, and a page never fails for it.

use crate::producer::{AskError, Client};
use crate::state::App;
use app::archive::{Candle, Candles, Marked};
use domain::calendar::XNYS;
use domain::decode::clean;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// Bars that are asked for: half a year.
const BARS: usize = 120;
/// Most patterns that are asked for: of the days that are shown.
const PATTERNS: usize = 200;
/// So far back it is counted how many days a symbol is behind.
const YEARS: i64 = 30;
/// The page waits so long and no longer.
const PATIENCE: Duration = Duration::from_secs(1);

/// `None`: there is no producer to ask, or it has nothing of the kind. `Err`: why it could not be asked, in words.
pub(super) async fn candles(app: &App, symbol: &str) -> Option<Result<Candles, String>> {
    let client = app.commands.producer()?;
    let asked = tokio::time::timeout(PATIENCE, ask(&client, symbol)).await;
    match asked.unwrap_or(Err(AskError::Slow(PATIENCE))) {
        Ok(candles) => Some(Ok(candles)),
        Err(AskError::Status(404 | 405 | 501)) => None,
        Err(cause) => Some(Err(cause.to_string())),
    }
}

async fn ask(client: &Client, symbol: &str) -> Result<Candles, AskError> {
    let what = |what: &str| format!("{what}/{symbol}");
    let bars = format!("frame=daily&limit={BARS}");
    let (bars_of, values_of) = (what("bars"), what("indicators"));
    let (told, values) = tokio::join!(client.get(&bars_of, Some(&bars)), client.get(&values_of, Some(&bars)));
    let told: ToldBars = read(&told?)?;
    // Without the others the bars are worth showing.
    let values: ToldValues = values.and_then(|body| read(&body)).unwrap_or_default();
    // Those of the days that are shown, of which there may be more than of any number that is asked for.
    let first = told.bars.iter().filter_map(candle).map(|bar| bar.day).min();
    let from = first.map(|day| format!("&from={}", crate::api::params::date(day))).unwrap_or_default();
    let found = format!("frame=daily&limit={PATTERNS}{from}");
    let patterns = client.get(&what("patterns"), Some(&found)).await;
    let patterns: ToldPatterns = patterns.and_then(|body| read(&body)).unwrap_or_default();
    Ok(drawn(&told, &values, &patterns))
}

fn read<T: for<'a> Deserialize<'a>>(body: &[u8]) -> Result<T, AskError> {
    serde_json::from_slice(body).map_err(|_| AskError::NoAnswer(domain::decode::NoAnswer::Strange))
}

#[derive(Deserialize)]
struct ToldBars {
    name: Option<String>,
    generated: Option<bool>,
    last_trading_day: Option<String>,
    bars: Vec<serde_json::Value>,
}

#[derive(Default, Deserialize)]
struct ToldValues {
    #[serde(default)]
    dates: Vec<String>,
    #[serde(default)]
    values: BTreeMap<String, Vec<Option<f64>>>,
}

#[derive(Default, Deserialize)]
struct ToldPatterns {
    #[serde(default)]
    patterns: Vec<ToldPattern>,
}

#[derive(Deserialize)]
struct ToldPattern {
    date: String,
    pattern: String,
    #[serde(default)]
    confidence: f64,
    #[serde(default)]
    direction: i8,
}

fn drawn(told: &ToldBars, values: &ToldValues, patterns: &ToldPatterns) -> Candles {
    let mut bars: Vec<Candle> = told.bars.iter().take(BARS).filter_map(candle).collect();
    bars.sort_by_key(|bar| bar.day);
    bars.dedup_by_key(|bar| bar.day);
    let days: Vec<Option<i64>> = values.dates.iter().map(|date| day(date)).collect();
    let along = |series: &Vec<Option<f64>>| {
        let known: BTreeMap<i64, f64> = days
            .iter()
            .zip(series)
            .filter_map(|(day, value)| Some(((*day)?, value.filter(|value| value.is_finite())?)))
            .collect();
        bars.iter().map(|bar| known.get(&bar.day).copied()).collect::<Vec<_>>()
    };
    let lines = values.values.iter().take(64).map(|(name, series)| (name.clone(), along(series))).collect();
    let marks = patterns.patterns.iter().take(PATTERNS).filter_map(|found| {
        let confidence = found.confidence.clamp(0.0, 1.0);
        Some(Marked {
            day: day(&found.date)?,
            pattern: clean(&found.pattern, 48),
            confidence,
            direction: found.direction,
        })
    });
    let mut marks: Vec<Marked> = marks.collect();
    marks.sort_by_key(|mark| std::cmp::Reverse(mark.day));
    let last_trading_day = told.last_trading_day.as_deref().and_then(day);
    let behind = last_trading_day.zip(bars.last()).map_or(0, |(until, last)| {
        let since = (last.day + 1).max(until - YEARS * 366)..=until;
        u32::try_from(since.filter(|day| XNYS.session(*day).is_some()).count()).unwrap_or(u32::MAX)
    });
    Candles {
        name: told.name.as_deref().map(|name| clean(name, 80)),
        generated: told.generated == Some(true),
        last_trading_day,
        behind,
        lines,
        marks,
        bars,
    }
}

/// A bar as a candle of adjusted prices; `None` where it is none.
fn candle(bar: &serde_json::Value) -> Option<Candle> {
    let price = |name: &str| bar.get(name)?.as_f64().filter(|price| price.is_finite() && *price > 0.0);
    let close = price("close")?;
    let factor = price("adjusted_close").map_or(1.0, |adjusted| adjusted / close);
    let (open, high, low) = (price("open")?, price("high")?, price("low")?);
    let day = day(bar.get("date")?.as_str()?)?;
    Some(Candle { day, open: open * factor, high: high * factor, low: low * factor, close: close * factor })
}

fn day(date: &str) -> Option<i64> {
    crate::api::params::night_of(date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_producer_answers_is_drawn_and_what_is_no_bar_is_left_out() {
        let bar = |date: &str, [open, high, low, close]: [f64; 4], adjusted: serde_json::Value| json!({ "date": date, "open": open, "high": high, "low": low, "close": close, "volume": 5, "adjusted_close": adjusted });
        let told = json!({
            "symbol": "AAPL", "generated": true, "last_trading_day": "2026-11-27",
            "bars": [
                bar("2026-11-25", [10.0, 14.0, 8.0, 12.0], json!(6.0)), bar("2026-02-31", [1.0; 4], json!(1)),
                { "date": "2026-11-26", "open": null, "high": 1, "low": 1, "close": 1 }, bar("2026-11-24", [10.0, 12.0, 9.0, 11.0], json!(null)),
                [], bar("2026-11-27", [1.0, 1.0, 1.0, -1.0], json!(1))
            ]
        });
        let values = json!({ "dates": ["2026-11-24", "2026-11-25"], "values": { "sma_20": [null, 7.5] } });
        let patterns = json!({ "patterns": [{ "date": "2026-11-24", "pattern": "Doji" }, { "date": "2026-11-25", "pattern": "Hammer\n", "confidence": 7 }, { "date": "soon", "pattern": "x" }] });
        let candles = drawn(
            &read(told.to_string().as_bytes()).expect("bars"),
            &read(values.to_string().as_bytes()).expect("values"),
            &read(patterns.to_string().as_bytes()).expect("patterns"),
        );
        let [first, second] = candles.bars.as_slice() else { panic!("{candles:?}") };
        assert_eq!((second.day - first.day, first.close), (1, 11.0), "by day");
        // Split in two since: all prices of the day go by the same factor.
        assert_eq!([second.open, second.high, second.low, second.close], [5.0, 7.0, 4.0, 6.0]);
        assert_eq!(candles.lines, [("sma_20".to_owned(), vec![None, Some(7.5)])]);
        let marks: Vec<_> = candles.marks.iter().map(|mark| (mark.day, mark.confidence)).collect();
        assert_eq!(marks, [(second.day, 1.0), (first.day, 0.0)], "newest first");
        assert!(candles.generated && candles.last_trading_day == Some(first.day + 3));
        assert_eq!(candles.behind, 1, "Thanksgiving is none");
    }
}
