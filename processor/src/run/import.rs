//! Import: a symbol's bars from the source, checked, stored.
//!
//! From the last stored bar on: that bar is asked for again. As long as it is what is stored, what follows is new. When it is not (a
//! split or a dividend has changed every price before it, or the provider has corrected itself), the whole history is fetched anew.

use super::Run;
use super::each::{Made, Phased, Stop, Trouble, each, figures};
use super::tell::{IMPORT, seconds};
use crate::publish::now;
use processor::bar::{Bar, Day};
use processor::check::{Fault, check};
use processor::source::Source;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The first day that is asked for: no exchange's records are older.
const FIRST: Day = 0;
/// Two prices are the same when they differ by less than this part.
const SAME: f64 = 1e-9;

/// Imports symbols.
pub async fn phase<S: Source>(run: &Arc<Run<S>>, symbols: Vec<String>) -> Result<Phased, Stop> {
    let (began, total) = (now(), symbols.len());
    run.teller.begin(&IMPORT.phase, total);
    let frames: Vec<&str> = run.plan.frames.iter().map(|frame| frame.key()).collect();
    let mut payload =
        json!({ "universe_names": run.plan.universes, "total_symbols": total, "timeframes": frames });
    if let Some(days) = run.plan.lookback {
        let days: Map<String, Value> =
            frames.iter().map(|frame| ((*frame).to_owned(), days.into())).collect();
        payload["lookback_days"] = days.into();
    }
    run.teller.say(IMPORT.channels[0], IMPORT.events[0], IMPORT.source, payload).await;
    let phased = each(run, &IMPORT, symbols, one).await;
    if !run.is_cancelled() {
        let mut payload = figures(&phased, total, seconds(began));
        payload["total_records_imported"] = phased.as_ref().map_or(0, |phased| phased.figure).into();
        run.teller.say(IMPORT.channels[2], IMPORT.events[2], IMPORT.source, payload).await;
    }
    phased
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::symbol(fault.code, fault.message)
    }
}

async fn one<S: Source>(run: Arc<Run<S>>, symbol: String) -> Result<Made, Trouble> {
    let last = run.store.last_bar(&symbol).await?;
    let new = match last {
        Some(last) if last.day >= run.today => Vec::new(),
        Some(last) => {
            let mut bars = fetch(&run, &symbol, last.day).await?;
            if bars.first().is_some_and(|first| same(first, &last)) {
                bars.remove(0);
                if !bars.is_empty() {
                    check(&bars, Some(&last), run.today)?;
                }
                bars
            } else {
                whole(&run, &symbol, FIRST).await?
            }
        }
        None => {
            let back = run.plan.lookback.and_then(|days| Day::try_from(days).ok());
            whole(&run, &symbol, back.map_or(FIRST, |days| run.today - days)).await?
        }
    };
    run.store.put_bars(&symbol, &new).await?;
    Ok(Made { figure: u64::try_from(new.len()).unwrap_or(0), ..Made::default() })
}

/// A history from a day on, checked.
async fn whole<S: Source>(run: &Run<S>, symbol: &str, from: Day) -> Result<Vec<Bar>, Trouble> {
    let bars = fetch(run, symbol, from).await?;
    check(&bars, None, run.today)?;
    Ok(bars)
}

async fn fetch<S: Source>(run: &Run<S>, symbol: &str, from: Day) -> Result<Vec<Bar>, Trouble> {
    let mut cancelled = run.cancelled.clone();
    tokio::select! {
        bars = run.source.bars(symbol, from, run.today, run.plan.asking) => Ok(bars?),
        _ = cancelled.wait_for(|cancelled| *cancelled) => Err(Trouble::Cancelled),
    }
}

/// Whether the bar that came is the one that is stored.
fn same(came: &Bar, stored: &Bar) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= SAME * b.abs();
    came.day == stored.day && near(came.close, stored.close) && near(came.adjusted, stored.adjusted)
}
