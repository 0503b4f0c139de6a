//! Import: a symbol's bars from the source, checked, stored.
//!
//! From the last stored bar on: that bar is asked for again, also when it is today's: it may have been corrected since. As long as it is adjusted as the stored one, what follows is new. When it is
//! not (a split or a dividend has changed every adjusted price before it), the whole history is fetched anew.
//!
//! A source that is away, or that does not accept the key, is everyone's trouble: who would still have to be asked for fails by it and is
//! not asked for, so that a retry is about them all.

use super::Run;
use super::each::{Made, Phased, Stop, Trouble, each, failed, figure, figures};
use super::share::Share;
use super::tell::{IMPORT, seconds};
use crate::publish::now;
use processor::bar::{Bar, Day};
use processor::check::{Fault, check, readjusted};
use processor::source::Source;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The first day that is asked for: no exchange's records are older.
const FIRST: Day = 0;

/// Imports symbols.
pub async fn phase<S: Source>(run: &Arc<Run<S>>, share: Share) -> Result<Phased, Stop> {
    let (began, total) = (now(), share.total());
    run.teller.begin(&IMPORT.phase, total);
    let frames: Vec<&str> = run.plan.frames.iter().map(|frame| frame.key()).collect();
    let back: Map<String, Value> =
        frames.iter().map(|frame| ((*frame).to_owned(), (run.today - first(run)).into())).collect();
    let payload = json!({
        "universe_names": run.plan.universes, "total_symbols": total, "timeframes": frames, "lookback_days": back
    });
    run.teller.say(IMPORT.channels[0], IMPORT.events[0], IMPORT.source, payload).await;
    let phased = each(run, &IMPORT, share, one).await;
    if !run.is_cancelled() {
        let mut payload = figures(&phased, total, seconds(began));
        payload["failed_symbols"] = json!(failed(&phased));
        payload["total_records_imported"] = figure(&phased).into();
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
        // The clock was set back: of those days nothing is final.
        Some(last) if last.day > run.today => Vec::new(),
        Some(last) => {
            let bars = fetch(&run, &symbol, last.day).await?;
            match following(&last, &bars) {
                Some((before, new)) => {
                    if !new.is_empty() {
                        check(new, before, run.today)?;
                    }
                    new.to_vec()
                }
                None => whole(&run, &symbol, FIRST).await?,
            }
        }
        None => whole(&run, &symbol, first(&run)).await?,
    };
    run.store.put_bars(&symbol, &new).await?;
    Ok(Made { figure: u64::try_from(new.len()).unwrap_or(0), ..Made::default() })
}

/// The first day that is asked for of who has nothing yet.
fn first<S: Source>(run: &Run<S>) -> Day {
    let back = run.plan.lookback.and_then(|days| Day::try_from(days).ok());
    back.map_or(FIRST, |days| run.today - days)
}

/// A history from a day on, checked.
async fn whole<S: Source>(run: &Run<S>, symbol: &str, from: Day) -> Result<Vec<Bar>, Trouble> {
    let bars = fetch(run, symbol, from).await?;
    check(&bars, None, run.today)?;
    Ok(bars)
}

async fn fetch<S: Source>(run: &Run<S>, symbol: &str, from: Day) -> Result<Vec<Bar>, Trouble> {
    if let Some(cause) = run.gone.get() {
        return Err(cause.clone().into());
    }
    let mut cancelled = run.cancelled.clone();
    tokio::select! {
        bars = run.source.bars(symbol, from, run.today, run.plan.asking) => bars.map_err(|cause| {
            if !cause.is_of_symbol() {
                run.gone.get_or_init(|| cause.clone());
            }
            cause.into()
        }),
        _ = cancelled.wait_for(|cancelled| *cancelled) => Err(Trouble::Cancelled),
    }
}

/// What is new in bars that begin with the last that is stored, and what it follows on: a price of that last one that was corrected is
/// new, too. `None`: they do not begin with it, or the history was adjusted anew.
fn following<'b>(last: &'b Bar, bars: &'b [Bar]) -> Option<(Option<&'b Bar>, &'b [Bar])> {
    let [first, rest @ ..] = bars else { return None };
    if first.day != last.day || readjusted(last, first) {
        return None;
    }
    if first == last { Some((Some(last), rest)) } else { Some((None, bars)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_on_the_last_bar_is_new_and_a_history_adjusted_anew_is_fetched_whole() {
        let bar = |day, close, adjusted| Bar {
            day,
            open: close,
            high: close,
            low: close,
            close,
            volume: 1,
            adjusted,
        };
        let (last, next) = (bar(10, 8.0, 4.0), bar(11, 8.0, 4.0));
        assert_eq!(following(&last, &[last, next]), Some((Some(&last), &[next][..])));
        assert_eq!(following(&last, &[last]), Some((Some(&last), &[][..])));
        let corrected = [bar(10, 9.0, 4.5), next];
        assert_eq!(following(&last, &corrected), Some((None, &corrected[..])));
        assert_eq!(following(&last, &[bar(10, 8.0, 2.0), next]), None, "a split");
        assert_eq!(following(&last, &[next]), None, "the provider has lost a day");
        assert_eq!(following(&last, &[]), None);
    }
}
