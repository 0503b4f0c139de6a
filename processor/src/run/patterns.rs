//! Patterns: looked for in a symbol's whole history, stored from the first day on which something is new. Told are those of the newest
//! bar, and only those that are sure enough.

use super::Run;
use super::each::{Made, Phased, Stop, Trouble, each, failed, figure, figures};
use super::indicators::{apart, bars_of};
use super::share::Share;
use super::tell::{PATTERNS, percent, seconds};
use crate::publish::{Message, now};
use processor::bar::{Day, Frame, iso, plain};
use processor::frames;
use processor::indicators::{Definition, compute};
use processor::patterns::{Found, find};
use processor::source::Source;
use serde_json::{Value, json};
use std::sync::Arc;

const ENGINE: &str = "pattern_detection_engine";
/// What is less sure is stored and not told.
const SURE: f64 = 0.7;
/// The averages that cross.
const AVERAGES: [&str; 2] = ["sma_50", "sma_200"];

/// A frame's name where patterns are told (contract §3.5).
fn name(frame: Frame) -> &'static str {
    match frame {
        Frame::Daily => "1day",
        Frame::Weekly => "1week",
        Frame::Monthly => "1month",
    }
}

/// Looks for symbols' patterns.
pub async fn phase<S: Source>(run: &Arc<Run<S>>, share: Share) -> Result<Phased, Stop> {
    let (began, total) = (now(), share.total());
    run.teller.begin(&PATTERNS.phase, total);
    let kinds = run.plan.patterns.len();
    let frames: Vec<&str> = run.plan.frames.iter().copied().map(name).collect();
    let payload = json!({ "total_symbols": total, "total_patterns": kinds, "timeframes": frames, "min_confidence": SURE });
    run.teller.say(PATTERNS.channels[0], PATTERNS.events[0], PATTERNS.source, payload).await;
    let phased = each(run, &PATTERNS, share, one).await;
    if !run.is_cancelled() {
        let mut payload = figures(&phased, total, seconds(began));
        let (found, failed) = (figure(&phased), failed(&phased).len());
        let checks = kinds * frames.len();
        payload["total_patterns_checked"] = (total * checks).into();
        payload["patterns_detected"] = found.into();
        payload["patterns_failed"] = (failed * checks).into();
        payload["detection_rate"] =
            percent(usize::try_from(found).unwrap_or(0), (total * checks).max(1)).into();
        run.teller.say(PATTERNS.channels[2], PATTERNS.events[2], PATTERNS.source, payload).await;
    }
    phased
}

async fn one<S: Source>(run: Arc<Run<S>>, symbol: String) -> Result<Made, Trouble> {
    let daily = Arc::new(bars_of(&run, &symbol).await?);
    let mut made = Made::default();
    for frame in run.plan.frames.clone() {
        let (of, today, wanted) = (daily.clone(), run.today, run.plan.patterns.clone());
        let (found, newest) = apart(move || {
            let bars = frames::of(frame, &of, today);
            let averages: Vec<&Definition> = AVERAGES.into_iter().filter_map(Definition::of).collect();
            let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
            (find(&bars, &compute(&bars, &averages), &wanted, Day::MIN), bars.last().map(|bar| bar.day))
        })
        .await?;
        let mut stored = run.store.found(&symbol, frame, Day::MIN).await?;
        // Others than were asked for stay as they are.
        let asked = |found: &Found| run.plan.patterns.iter().any(|name| name == found.pattern);
        let mut all = found.clone();
        all.extend(stored.iter().filter(|found| !asked(found)).cloned());
        all.sort_by_key(|found| found.day);
        stored.sort_by_key(|found| found.day);
        if let Some(from) = first_new(&stored, &all) {
            run.store.put_found(&symbol, frame, from, &all).await?;
        }
        let told = found.iter().filter(|found| Some(found.day) == newest && found.confidence >= SURE);
        let messages: Vec<Message> = told.map(|found| message(&run, &symbol, frame, found)).collect();
        made.figure += u64::try_from(messages.len()).unwrap_or(0);
        made.messages.extend(messages);
    }
    Ok(made)
}

/// The first day on which what is found is not what is stored; `None`: nothing is new.
fn first_new(stored: &[Found], found: &[Found]) -> Option<Day> {
    let same = stored.iter().zip(found).take_while(|(stored, found)| stored == found).count();
    let days = [stored.get(same), found.get(same)];
    days.into_iter().flatten().map(|found| found.day).min()
}

fn message<S: Source>(run: &Run<S>, symbol: &str, frame: Frame, found: &Found) -> Message {
    let levels: Vec<Value> =
        found.levels.iter().map(|(kind, value)| json!({ "type": kind, "value": plain(*value) })).collect();
    let payload = json!({
        "symbol": symbol, "pattern": found.pattern, "timeframe": name(frame), "confidence": found.confidence,
        "pattern_data": {
            "entry_price": plain(found.entry), "stop_loss": plain(found.stop), "target_price": plain(found.target),
            "pattern_start": iso(found.start), "pattern_end": iso(found.day)
        },
        "levels": levels
    });
    run.teller.message("tickstock:patterns:detected", "pattern_detected", ENGINE, payload)
}
