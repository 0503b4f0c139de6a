//! What is stored, for who asks: `GET /bars/{symbol}`, `/indicators/{symbol}`, `/patterns/{symbol}`, `/symbols/{symbol}`, also under
//! `/api/processing`, where the dashboard asks.
//!
//! Prices of bars are told as they were traded, with the adjusted close beside them; values and patterns are over adjusted prices.
//! Parameters: `limit` (250, at most 5000: the newest), `from` (a date), `frame` (daily).

use super::chosen::Chosen;
use super::desk::Office;
use crate::listen::Refusal;
use crate::listen::http::{Asked, Shared, number};
use crate::publish::now;
use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use processor::bar::{Bar, Day, Frame, iso, parse};
use processor::indicators::{COLUMNS, DEFINITIONS};
use processor::{frames, sessions};
use serde_json::{Map, Value, json};

/// Most rows of an answer.
const MOST: usize = 5_000;
const USUAL: usize = 250;

type Here = Shared<Office<Chosen>>;
type Answer = Result<Json<Value>, Refusal>;

/// The addresses.
pub fn routes() -> Router<Here> {
    let routes = Router::new()
        .route("/bars/{symbol}", get(bars))
        .route("/indicators/{symbol}", get(indicators))
        .route("/patterns/{symbol}", get(patterns))
        .route("/symbols/{symbol}", get(symbol));
    routes.clone().nest("/api/processing", routes)
}

/// What is asked for.
struct Wanted {
    symbol: String,
    limit: usize,
    from: Day,
    frame: Frame,
}

fn wanted(symbol: &str, asked: &Asked) -> Result<Wanted, Refusal> {
    let symbol = name(symbol)?;
    let limit = number(asked, "limit", USUAL, MOST)?;
    let from = asked
        .get("from")
        .map(|text| parse(text).ok_or_else(|| Refusal::field("from", "is a date, such as 2026-11-20")));
    let frame = asked.get("frame").or_else(|| asked.get("timeframe")).map(|text| {
        Frame::of(text).ok_or_else(|| Refusal::field("frame", "is one of daily, weekly, monthly"))
    });
    let (from, frame) = (from.transpose()?.unwrap_or(Day::MIN), frame.transpose()?.unwrap_or(Frame::Daily));
    Ok(Wanted { symbol, limit, from, frame })
}

fn name(symbol: &str) -> Result<String, Refusal> {
    let fits = !symbol.is_empty() && symbol.len() <= 32 && !symbol.chars().any(char::is_control);
    if fits { Ok(symbol.to_uppercase()) } else { Err(Refusal::field("symbol", "has 1 to 32 characters")) }
}

/// A frame's bars, also the one that goes on.
async fn bars_of(here: &Here, wanted: &Wanted) -> Result<Vec<Bar>, Refusal> {
    let daily = here.desk.store.bars(&wanted.symbol, Day::MIN, Day::MAX).await?;
    if daily.is_empty() {
        return Err(Refusal::UnknownSymbol(wanted.symbol.clone()));
    }
    let mut bars = frames::of(wanted.frame, &daily, crate::run::today());
    bars.drain(..bars.partition_point(|bar| bar.day < wanted.from));
    Ok(bars)
}

/// Whether its bars are made up, which is said wherever they are shown.
async fn generated(here: &Here, symbol: &str) -> Result<Value, Refusal> {
    Ok(here.desk.store.listed(symbol).await?.map_or(Value::Null, |listed| listed.generated.into()))
}

async fn bars(State(here): State<Here>, Path(symbol): Path<String>, Query(asked): Query<Asked>) -> Answer {
    let wanted = wanted(&symbol, &asked)?;
    let bars = bars_of(&here, &wanted).await?;
    let newest = bars.iter().skip(bars.len().saturating_sub(wanted.limit));
    let rows: Vec<Value> = newest
        .map(|bar| {
            json!({
                "date": iso(bar.day), "open": bar.open, "high": bar.high, "low": bar.low, "close": bar.close,
                "volume": bar.volume, "adjusted_close": bar.adjusted
            })
        })
        .collect();
    let listed = here.desk.store.listed(&wanted.symbol).await?;
    let of = listed.as_ref();
    Ok(Json(json!({
        "symbol": wanted.symbol, "name": of.and_then(|listed| listed.name.clone()), "timeframe": wanted.frame.key(),
        "generated": of.map(|listed| listed.generated), "last_trading_day": sessions::finished(now()).map(iso), "bars": rows
    })))
}

async fn indicators(
    State(here): State<Here>,
    Path(symbol): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let wanted = wanted(&symbol, &asked)?;
    let only = asked.get("indicator").map(|key| {
        let known = DEFINITIONS.iter().find(|known| known.key == key);
        known.ok_or_else(|| Refusal::field("indicator", "is one of the 18, such as sma_20"))
    });
    let only = only.transpose()?;
    let table = here.desk.store.values(&wanted.symbol, wanted.frame, wanted.from).await?;
    if table.days.is_empty() {
        return Err(Refusal::UnknownSymbol(wanted.symbol));
    }
    let first = table.days.len().saturating_sub(wanted.limit);
    let mut values = Map::new();
    for (place, column) in COLUMNS.iter().enumerate() {
        if only.is_none_or(|only| only.columns().contains(&place)) {
            // What is not a number (it warms up) is null.
            values.insert((*column).to_owned(), table.column(place).get(first..).unwrap_or_default().into());
        }
    }
    let days: Vec<String> = table.days[first..].iter().map(|day| iso(*day)).collect();
    let generated = generated(&here, &wanted.symbol).await?;
    Ok(Json(json!({
        "symbol": wanted.symbol, "timeframe": wanted.frame.key(), "generated": generated, "dates": days, "values": values
    })))
}

async fn patterns(
    State(here): State<Here>,
    Path(symbol): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let wanted = wanted(&symbol, &asked)?;
    if here.desk.store.last_bar(&wanted.symbol).await?.is_none() {
        return Err(Refusal::UnknownSymbol(wanted.symbol));
    }
    let found = here.desk.store.found(&wanted.symbol, wanted.frame, wanted.from).await?;
    let newest = found.iter().skip(found.len().saturating_sub(wanted.limit));
    let rows: Vec<Value> = newest
        .map(|found| {
            let levels = found.levels.iter().map(|(kind, value)| json!({ "type": kind, "value": value }));
            json!({
                "pattern": found.pattern, "date": iso(found.day), "start": iso(found.start), "confidence": found.confidence,
                "direction": found.direction, "entry_price": found.entry, "stop_loss": found.stop, "target_price": found.target,
                "levels": levels.collect::<Vec<_>>()
            })
        })
        .collect();
    let generated = generated(&here, &wanted.symbol).await?;
    Ok(Json(
        json!({ "symbol": wanted.symbol, "timeframe": wanted.frame.key(), "generated": generated, "patterns": rows }),
    ))
}

async fn symbol(State(here): State<Here>, Path(symbol): Path<String>) -> Answer {
    let symbol = name(&symbol)?;
    let (listed, last) = (here.desk.store.listed(&symbol).await?, here.desk.store.last_bar(&symbol).await?);
    if listed.is_none() && last.is_none() {
        return Err(Refusal::UnknownSymbol(symbol));
    }
    let day = |day: Option<Day>| day.map(iso);
    let of = listed.as_ref();
    let trading_day = sessions::finished(now());
    let last = last.map(|bar| bar.day);
    let behind = last.zip(trading_day).map(|(last, today)| sessions::between(last + 1..=today).len());
    Ok(Json(json!({
        "symbol": symbol, "name": of.and_then(|listed| listed.name.clone()), "kind": of.map(|listed| listed.kind.key()),
        "generated": of.map(|listed| listed.generated), "sector": of.and_then(|listed| listed.sector.clone()),
        "market_cap": of.and_then(|listed| listed.market_cap), "listed": day(of.and_then(|listed| listed.listed)),
        "delisted": day(of.and_then(|listed| listed.delisted)), "last_bar": day(last), "last_trading_day": day(trading_day),
        "trading_days_behind": behind
    })))
}
