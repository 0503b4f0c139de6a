//! Indicators: computed over a symbol's whole history, stored from the first new day on.
//!
//! What is stored of the last day is compared with what is computed for it now. If they differ (the history was adjusted, or other
//! indicators were asked for the last time), everything is stored anew.

use super::Run;
use super::each::{Made, Phased, Stop, Trouble, each, figure, figures};
use super::share::Share;
use super::tell::{ERROR, ERRORS, INDICATORS, seconds};
use crate::publish::{Message, now};
use processor::bar::{Bar, Day, Frame};
use processor::frames;
use processor::indicators::{Definition, Latest, Table, compute, latest};
use processor::source::Source;
use serde_json::json;
use std::sync::Arc;

const ENGINE: &str = "indicator_calculation_engine";
/// The last stored row of any frame is among so many last days, unless a symbol was away for longer.
const BACK: Day = 100;

/// Computes symbols' indicators.
pub async fn phase<S: Source>(run: &Arc<Run<S>>, share: Share) -> Result<Phased, Stop> {
    let (began, total) = (now(), share.total());
    run.teller.begin(&INDICATORS.phase, total);
    let kinds = run.plan.indicators.len();
    let frames: Vec<&str> = run.plan.frames.iter().map(|frame| frame.key()).collect();
    let payload = json!({ "total_symbols": total, "total_indicators": kinds, "timeframes": frames });
    run.teller.say(INDICATORS.channels[0], INDICATORS.events[0], INDICATORS.source, payload).await;
    let phased = each(run, &INDICATORS, share, one).await;
    if !run.is_cancelled() {
        let mut payload = figures(&phased, total, seconds(began));
        let (each, done) = (kinds * frames.len(), figure(&phased));
        let all = u64::try_from(total * each).unwrap_or(u64::MAX);
        payload["total_indicators"] = all.into();
        payload["successful_indicators"] = done.into();
        // Both together are all (contract §12, 28): what did not come out for too few bars, too. How many these are is told beside.
        payload["failed_indicators"] = all.saturating_sub(done).into();
        if let Ok(phased) = &phased {
            payload["stats"] = json!({ "skipped_indicators": phased.skipped });
        }
        run.teller.say(INDICATORS.channels[2], INDICATORS.events[2], INDICATORS.source, payload).await;
    }
    phased
}

/// A symbol's daily bars, of which there must be one.
pub async fn bars_of<S: Source>(run: &Run<S>, symbol: &str) -> Result<Vec<Bar>, Trouble> {
    let bars = run.store.bars(symbol, Day::MIN, run.today).await?;
    if bars.is_empty() {
        return Err(Trouble::symbol("NO_DATA", "nothing was imported of it"));
    }
    Ok(bars)
}

/// Does work that would keep others waiting apart from them.
pub async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Trouble> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|cause| Trouble::symbol("CALCULATION_FAILED", cause.to_string()))
}

async fn one<S: Source>(run: Arc<Run<S>>, symbol: String) -> Result<Made, Trouble> {
    let daily = Arc::new(bars_of(&run, &symbol).await?);
    let (wanted, today) = (Arc::new(run.plan.definitions()), run.today);
    let mut made = Made::default();
    for frame in run.plan.frames.clone() {
        let (of, these) = (daily.clone(), wanted.clone());
        let table = apart(move || compute(&frames::of(frame, &of, today), &these)).await?;
        let Some(last) = table.days.last() else {
            // Of a week or a month that goes on there is no bar yet.
            made.skipped += u64::try_from(wanted.len()).unwrap_or(0);
            continue;
        };
        let stored = run.store.values(&symbol, frame, last - BACK).await?;
        let from = first_new(&stored, &table);
        run.store.put_values(&symbol, frame, &table, from).await?;
        told(&run, &symbol, frame, (&table, &wanted), &mut made);
    }
    Ok(made)
}

/// The day from which on a table is stored.
fn first_new(stored: &Table, table: &Table) -> Day {
    let Some(last) = stored.days.last() else { return Day::MIN };
    let (there, here) = (stored.days.len() - 1, table.days.binary_search(last));
    let same = |place: usize| {
        let value = |table: &Table, row: usize| table.column(place).get(row).copied().unwrap_or(f64::NAN);
        let (then, now) = (value(stored, there), here.as_ref().map_or(f64::NAN, |row| value(table, *row)));
        then.to_bits() == now.to_bits() || (then.is_nan() && now.is_nan())
    };
    if here.is_ok() && (0..table.columns.len()).all(same) { last + 1 } else { Day::MIN }
}

fn told<S: Source>(
    run: &Run<S>,
    symbol: &str,
    frame: Frame,
    (table, wanted): (&Table, &[&'static Definition]),
    made: &mut Made,
) {
    let (mut short, mut bars) = (Vec::new(), 0);
    for definition in wanted {
        match latest(definition, table) {
            Latest::Values(values) => {
                made.figure += 1;
                let payload = json!({
                    "symbol": symbol, "indicator": definition.key, "timeframe": frame.key(), "values": values,
                    "metadata": { "data_points": table.days.len(), "price": "adjusted" }
                });
                made.messages.push(run.teller.message(
                    "tickstock:indicators:calculated",
                    "indicator_calculated",
                    ENGINE,
                    payload,
                ));
            }
            Latest::Short { has, needs } => {
                made.skipped += 1;
                bars = has;
                short.push((needs, definition.key));
            }
        }
    }
    if let Some((least, _)) = short.iter().min() {
        made.messages.push(too_short(run, symbol, frame, (bars, *least, &short)));
    }
}

/// Too few bars for some: said, and no failure. What is required is the least by which there is one more.
fn too_short<S: Source>(
    run: &Run<S>,
    symbol: &str,
    frame: Frame,
    (has, least, short): (usize, usize, &[(usize, &str)]),
) -> Message {
    let each: Vec<String> = short.iter().map(|(needs, name)| format!("{name} ({needs})")).collect();
    let bars = if has == 1 { "bar is" } else { "bars are" };
    let message = format!("{has} {} {bars} too few for {}", frame.key(), each.join(", "));
    let context = json!({
        "symbol": symbol, "run_id": run.teller.id, "phase": "indicators", "timeframe": frame.key(), "data_points": has,
        "required_points": least
    });
    let payload = json!({
        "severity": "warning", "component": INDICATORS.component, "error_code": "INSUFFICIENT_DATA", "message": message,
        "context": context
    });
    run.teller.message(ERRORS, ERROR, ENGINE, payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_new_days_are_stored_unless_the_last_one_is_another_now() {
        let table = |days: &[Day], values: &[f64]| {
            let mut table = Table::of(days.to_vec());
            table.columns[0] = values.to_vec();
            table
        };
        let now = table(&[1, 2, 3], &[f64::NAN, 2.0, 3.0]);
        assert_eq!(first_new(&table(&[], &[]), &now), Day::MIN);
        assert_eq!(first_new(&table(&[1, 2], &[f64::NAN, 2.0]), &now), 3);
        assert_eq!(first_new(&table(&[1], &[f64::NAN]), &now), 2);
        assert_eq!(first_new(&table(&[1, 2], &[f64::NAN, 2.5]), &now), Day::MIN, "adjusted since");
        assert_eq!(first_new(&table(&[0], &[2.0]), &now), Day::MIN, "a day that is no more");
        assert_eq!(first_new(&now, &now), 4);
    }
}
