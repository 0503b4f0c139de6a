//! What is stored, for who asks: `GET /bars/{symbol}`, `/indicators/{symbol}`, `/patterns/{symbol}`, `/symbols/{symbol}`, also under
//! `/api/processing`, where the dashboard asks.
//!
//! Prices of bars are told as they were traded, with the adjusted close beside them; values and patterns are over adjusted prices.
//! Parameters: `limit` (250, 1 to 5000: the newest), `from` (a date), `frame` (daily). Others have no effect and are refused.

use super::chosen::Chosen;
use super::desk::Office;
use crate::listen::Refusal;
use crate::listen::asked::{Asked, number, only};
use crate::listen::http::Shared;
use crate::publish::now;
use crate::run::{frame, known_frames};
use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use processor::bar::{Bar, Day, Frame, iso, parse, plain};
use processor::indicators::{COLUMNS, DEFINITIONS};
use processor::{frames, sessions};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

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

/// Reads it. `also`: a parameter of that address alone.
async fn wanted(here: &Here, symbol: &str, asked: &Asked, also: &[&str]) -> Result<Wanted, Refusal> {
    only(asked, &[&["limit", "from", "frame", "timeframe"], also].concat())?;
    let symbol = name(here, symbol).await?;
    let limit = number(asked, "limit", USUAL, 1..=MOST)?;
    let from = asked
        .get("from")
        .map(|text| parse(text).ok_or_else(|| Refusal::field("from", "is a date, such as 2026-11-20")));
    let named = ["frame", "timeframe"].iter().find_map(|name| Some((*name, asked.get(*name)?)));
    let frame = named.map(|(name, text)| frame(text).ok_or_else(|| Refusal::field(name, known_frames())));
    let (from, frame) = (from.transpose()?.unwrap_or(Day::MIN), frame.transpose()?.unwrap_or(Frame::Daily));
    Ok(Wanted { symbol, limit, from, frame })
}

/// The symbol that is meant: as it is written, if that is known (a file may be called so), else in upper case.
async fn name(here: &Here, symbol: &str) -> Result<String, Refusal> {
    let fits = !symbol.is_empty() && symbol.len() <= 32 && !symbol.chars().any(char::is_control);
    if !fits {
        return Err(Refusal::field("symbol", "has 1 to 32 characters"));
    }
    let store = &here.desk.store;
    let known = store.listed(symbol).await?.is_some() || store.last_bar(symbol).await?.is_some();
    Ok(if known { symbol.to_owned() } else { symbol.to_uppercase() })
}

/// Why there are no values: it is not known, or none were computed over these bars.
async fn no_values(here: &Here, Wanted { symbol, frame, .. }: &Wanted) -> Result<Refusal, Refusal> {
    if here.desk.store.last_bar(symbol).await?.is_none() {
        return Ok(Refusal::UnknownSymbol(symbol.clone()));
    }
    let usual: Vec<&str> = here.desk.usual.frames.iter().map(|frame| frame.key()).collect();
    Ok(Refusal::NotComputed(format!(
        "no {} values of {symbol} were computed: a night computes over what --timeframes names ({}), a command over its timeframe",
        frame.key(),
        usual.join(", ")
    )))
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
    let wanted = wanted(&here, &symbol, &asked, &[]).await?;
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

/// Values of a symbol, day by day.
#[derive(Serialize)]
struct Values {
    symbol: String,
    timeframe: &'static str,
    generated: Value,
    dates: Vec<String>,
    #[serde(serialize_with = "in_order")]
    values: Vec<(&'static str, Vec<f64>)>,
}

/// An object whose members keep their order: that in which indicators are told everywhere. What is not a number (it warms up) is null.
fn in_order<S: Serializer>(values: &[(&'static str, Vec<f64>)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(values.iter().map(|(name, column)| (name, column)))
}

async fn indicators(
    State(here): State<Here>,
    Path(symbol): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<Values>, Refusal> {
    let wanted = wanted(&here, &symbol, &asked, &["indicator"]).await?;
    let one = asked.get("indicator").map(|key| {
        let known = DEFINITIONS.iter().find(|known| known.key == key);
        known.ok_or_else(|| Refusal::field("indicator", "is one of the 18, such as sma_20"))
    });
    let one = one.transpose()?;
    let store = &here.desk.store;
    let table = store.values(&wanted.symbol, wanted.frame, wanted.from).await?;
    let none = table.days.is_empty();
    if none && store.values(&wanted.symbol, wanted.frame, Day::MIN).await?.days.is_empty() {
        return Err(no_values(&here, &wanted).await?);
    }
    let first = table.days.len().saturating_sub(wanted.limit);
    let is_wanted = |place: &usize| one.is_none_or(|one| one.columns().contains(place));
    let column = |place: usize| table.column(place).get(first..).unwrap_or_default().to_vec();
    let values = (0..COLUMNS.len()).filter(is_wanted).map(|place| (COLUMNS[place], column(place))).collect();
    Ok(Json(Values {
        timeframe: wanted.frame.key(),
        generated: generated(&here, &wanted.symbol).await?,
        dates: table.days[first..].iter().map(|day| iso(*day)).collect(),
        values,
        symbol: wanted.symbol,
    }))
}

async fn patterns(
    State(here): State<Here>,
    Path(symbol): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let wanted = wanted(&here, &symbol, &asked, &[]).await?;
    if here.desk.store.last_bar(&wanted.symbol).await?.is_none() {
        return Err(Refusal::UnknownSymbol(wanted.symbol));
    }
    let found = here.desk.store.found(&wanted.symbol, wanted.frame, wanted.from).await?;
    let newest = found.iter().skip(found.len().saturating_sub(wanted.limit));
    let rows: Vec<Value> = newest
        .map(|found| {
            let levels = found.levels.iter().map(|(kind, value)| json!({ "type": kind, "value": plain(*value) }));
            json!({
                "pattern": found.pattern, "date": iso(found.day), "start": iso(found.start), "confidence": found.confidence,
                "direction": found.direction, "entry_price": plain(found.entry), "stop_loss": plain(found.stop), "target_price": plain(found.target),
                "levels": levels.collect::<Vec<_>>()
            })
        })
        .collect();
    let generated = generated(&here, &wanted.symbol).await?;
    Ok(Json(
        json!({ "symbol": wanted.symbol, "timeframe": wanted.frame.key(), "generated": generated, "patterns": rows }),
    ))
}

async fn symbol(State(here): State<Here>, Path(symbol): Path<String>, Query(asked): Query<Asked>) -> Answer {
    only(&asked, &[])?;
    let symbol = name(&here, &symbol).await?;
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
