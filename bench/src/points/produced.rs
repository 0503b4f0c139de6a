//! How fast the processor stores and computes: 500 symbols of 3,000 bars each, in SQLite.
//!
//! A night computes over a symbol's whole history (an exponential average has no beginning) and stores one row. What the machine
//! needs for that anyway is the floor: the same rows read by the driver alone, and the library called over the same numbers.

use crate::process::{Folder, database_url};
use crate::stats::spread;
use crate::table::Table;
use crate::{Options, Outcome};
use processor::bar::{Bar, Day, Frame};
use processor::check::check;
use processor::indicators::{COLUMNS, Definition, Prices, compute};
use processor::patterns::{find, names};
use processor::sample::Sample;
use processor::store::Store;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, Row};
use std::path::Path;
use std::time::Instant;
use ta_lib::{Core, MAType, RetCode};

/// A night: Friday, 2026-11-27.
const NIGHT: Day = 20_784;

type Symbol = (String, Vec<Bar>);

/// Measures storing, computing all, and a night's one new bar.
pub async fn measure(options: &Options, table: &mut Table) -> Outcome {
    let symbols = symbols(if options.quick { 100 } else { 500 });
    let rounds = if options.quick { 1 } else { 3 };
    let rows: usize = symbols.iter().map(|(_, bars)| bars.len()).sum();
    #[expect(clippy::cast_precision_loss, reason = "a million and a half")]
    let rows = rows as f64;
    let name = format!("{} symbols × 3,000 bars", symbols.len());
    let [mut stored, mut computed, mut nights, mut bare, mut found] = [const { Vec::new() }; 5];
    let begun = Instant::now();
    let good = symbols.iter().filter(|(_, bars)| check(bars, None, NIGHT).is_ok()).count();
    let checked = begun.elapsed().as_secs_f64();
    if good < symbols.len() {
        return Err(format!("of {} symbols {good} are good", symbols.len()));
    }
    for _ in 0..rounds {
        let folder = Folder::new()?;
        let store =
            Store::open(&database_url(&folder.database())).await.map_err(|cause| cause.to_string())?;
        stored.push(rows / import(&store, &symbols).await?);
        computed.push(rows / indicators(&store, &symbols, Day::MIN).await?);
        // Before and after: neither has the warmer files.
        bare.push(floor(&folder.database(), &symbols).await?);
        nights.push(indicators(&store, &symbols, NIGHT).await?);
        bare.push(floor(&folder.database(), &symbols).await?);
        found.push(patterns(&store, &symbols, NIGHT).await?);
        store.close().await;
    }
    let (night, bare) = (spread(&nights).median, spread(&bare).median);
    table.goal(&name, "bars checked, a second", rows / checked, "");
    table.goal(&name, "bars stored, a second", spread(&stored).median, "≥ 300,000");
    table.goal(&name, "all indicators anew, rows a second", spread(&computed).median, "≥ 100,000");
    table.goal(&name, "indicators of one new bar each, s", night, "");
    table.goal(&name, "the same read by the driver, and the library alone, s", bare, "");
    table.goal(&name, "indicators of one new bar each, × of that", night / bare, "≤ 3");
    table.goal(&name, "patterns of one new bar each, s", spread(&found).median, "");
    Ok(())
}

fn symbols(count: usize) -> Vec<Symbol> {
    let sample = Sample::well(1);
    let generated = sample.listed().iter().filter(|listed| listed.generated).take(count);
    let bars = |symbol: &str| sample.bars(symbol, Day::MIN, NIGHT, 1).unwrap_or_default();
    generated.map(|listed| (listed.symbol.clone(), bars(&listed.symbol))).collect()
}

async fn import(store: &Store, symbols: &[Symbol]) -> Outcome<f64> {
    let begun = Instant::now();
    for (symbol, bars) in symbols {
        store.put_bars(symbol, bars).await.map_err(|cause| cause.to_string())?;
    }
    Ok(begun.elapsed().as_secs_f64())
}

/// What a run's indicator phase does, from a day on.
async fn indicators(store: &Store, symbols: &[Symbol], from: Day) -> Outcome<f64> {
    let (begun, all) = (Instant::now(), Definition::all());
    for (symbol, _) in symbols {
        let work = async {
            let bars = store.bars(symbol, Day::MIN, NIGHT).await?;
            store.put_values(symbol, Frame::Daily, &compute(&bars, &all), from).await
        };
        work.await.map_err(|cause| cause.to_string())?;
    }
    let seconds = begun.elapsed().as_secs_f64();
    // Every row once, or the figures mean nothing.
    for (symbol, bars) in symbols.iter().step_by(50) {
        let values = store.values(symbol, Frame::Daily, Day::MIN).await.map_err(|cause| cause.to_string())?;
        if values.days.len() != bars.len() || values.columns.iter().any(|column| column.len() != bars.len()) {
            return Err(format!("of {} bars of {symbol} {} have values", bars.len(), values.days.len()));
        }
    }
    Ok(seconds)
}

async fn patterns(store: &Store, symbols: &[Symbol], from: Day) -> Outcome<f64> {
    let (begun, wanted) = (Instant::now(), names());
    for (symbol, _) in symbols {
        let work = async {
            let bars = store.bars(symbol, Day::MIN, NIGHT).await?;
            let values = store.values(symbol, Frame::Daily, Day::MIN).await?;
            store.put_found(symbol, Frame::Daily, from, &find(&bars, &values, &wanted, from)).await
        };
        work.await.map_err(|cause| cause.to_string())?;
    }
    Ok(begun.elapsed().as_secs_f64())
}

/// The rows read by the driver and the library called: no bar is made of the bytes, no value is kept. The numbers are made before.
async fn floor(file: &Path, symbols: &[Symbol]) -> Outcome<f64> {
    let prices: Vec<Prices> = symbols.iter().map(|(_, bars)| Prices::of(bars)).collect();
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let mut connection = SqliteConnection::connect_with(&options).await.map_err(|cause| cause.to_string())?;
    let mut out = vec![vec![0.0; 3_000]; COLUMNS.len()];
    let (begun, mut bytes) = (Instant::now(), 0);
    for ((symbol, _), prices) in symbols.iter().zip(&prices) {
        let query = sqlx::query("SELECT packed FROM bars WHERE symbol = ? ORDER BY year").bind(symbol);
        let rows = query.fetch_all(&mut connection).await.map_err(|cause| cause.to_string())?;
        bytes += rows.iter().map(|row| row.get::<&[u8], _>(0).len()).sum::<usize>();
        calls(prices, &mut out).map_err(|code| format!("{code:?}"))?;
    }
    let seconds = begun.elapsed().as_secs_f64();
    if bytes == 0 || out.iter().any(|column| column.iter().all(|value| *value == 0.0)) {
        return Err("nothing was read, or nothing computed".to_owned());
    }
    Ok(seconds)
}

fn calls(prices: &Prices, out: &mut [Vec<f64>]) -> Result<(), RetCode> {
    let Prices { high, low, close, .. } = prices;
    let (core, last) = (Core::new(), close.len() - 1);
    let [averages @ .., rsi, macd, signal, histogram, upper, middle, lower, k, d, atr, adx] = out else {
        return Err(RetCode::BadParam);
    };
    let (simple, exponential) = averages.split_at_mut(6);
    for (period, (simple, exponential)) in
        [5, 10, 20, 50, 100, 200].into_iter().zip(simple.iter_mut().zip(exponential))
    {
        core.sma(0, last, close, period, simple)?;
        core.ema(0, last, close, period, exponential)?;
    }
    core.rsi(0, last, close, 14, rsi)?;
    core.macd(0, last, close, 12, 26, 9, macd, signal, histogram)?;
    core.bbands(0, last, close, 20, 2.0, 2.0, MAType::SMA, upper, middle, lower)?;
    core.stochf(0, last, high, low, close, 14, 3, MAType::SMA, k, d)?;
    core.atr(0, last, high, low, close, 14, atr)?;
    core.adx(0, last, high, low, close, 14, adx)?;
    Ok(())
}
