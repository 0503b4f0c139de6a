//! The phases, each telling its own part of the night.

use super::Failing;
use super::plan::Prices;
use super::writer::{
    IMPORT, INDICATORS, MONITORING, PATTERNS, STEPS, Work, Writer, begin, percent, progress, symbol, told,
};
use crate::listen::Mode;
use serde_json::{Map, Value, json};

pub(super) fn import(
    writer: &mut Writer,
    names: &[String],
    failing: &Failing,
    limited: bool,
    prices: &Prices,
) -> Vec<String> {
    let days: Map<String, Value> =
        prices.timeframes.iter().map(|(name, days)| (name.clone(), (*days).into())).collect();
    let payload = json!({
        "universe_names": prices.universes, "total_symbols": names.len(), "timeframes": prices.names(),
        "lookback_days": days
    });
    writer.say(IMPORT.channels[0], IMPORT.events[0], payload);
    let (mut good, mut failed, mut records) = (Vec::new(), Vec::new(), 0_u64);
    for (index, name) in names.iter().enumerate() {
        writer.now += writer.pace(&IMPORT, names.len());
        let code = failing.get(name);
        // A provider at its limit lets two of five wait before it answers.
        if code == Some(&"API_RATE_LIMIT") || (limited && index % 5 < 2) {
            writer.problem("import", name, "API_RATE_LIMIT", true);
            writer.now += if limited { 2.0 } else { 0.0 };
        }
        if let Some(code) = code {
            writer.problem("import", name, code, false);
            failed.push(name.clone());
        } else {
            good.push(name.clone());
        }
        let made = if code.is_some() { 0 } else { writer.between(250, 480) };
        records += u64::from(made);
        let took = writer.between(80, 260);
        let result = json!({
            "symbol": name, "success": code.is_none(), "timeframes_processed": prices.names(),
            "records_imported": made, "processing_time_ms": took
        });
        writer.say(IMPORT.channels[1], "symbol_processing_complete", result);
        if told(index, names.len()) {
            let progress = json!({
                "phase": "data_import", "total_symbols": names.len(), "completed": good.len(), "failed": failed.len(),
                "processed": index + 1, "remaining": names.len() - index - 1, "percentage": percent(index + 1, names.len()),
                "current_symbol": name, "avg_processing_time_ms": 130
            });
            writer.say(MONITORING, "job_progress_update", progress);
        }
    }
    let payload = json!({
        "duration_seconds": writer.lasting(&IMPORT), "total_symbols": names.len(), "successful_symbols": good.len(), "failed_symbols": failed,
        "total_records_imported": records, "success_rate": percent(good.len(), names.len())
    });
    writer.say(IMPORT.channels[2], IMPORT.events[2], payload);
    good
}

/// The provider does not answer: after twenty symbols the producer gives up. Returns how many were tried.
pub(super) fn provider_down(writer: &mut Writer, names: &[String], prices: &Prices) -> usize {
    begin(
        writer,
        &IMPORT,
        names.len(),
        json!({ "universe_names": prices.universes, "timeframes": ["daily"] }),
    );
    let tried = names.len().min(20);
    for name in names.iter().take(tried) {
        writer.now += 30.0;
        writer.problem("import", name, "NETWORK_TIMEOUT", false);
        let result = json!({
            "symbol": name, "success": false, "timeframes_processed": [], "records_imported": 0, "processing_time_ms": 30_000
        });
        writer.say(IMPORT.channels[1], "symbol_processing_complete", result);
    }
    let payload = json!({
        "status": "failed", "total_symbols": names.len(), "successful_symbols": 0, "failed_symbols": tried,
        "total_records_imported": 0, "message": "the provider did not answer 20 times in a row", "duration_seconds": tried * 30
    });
    writer.say(IMPORT.channels[2], IMPORT.events[2], payload);
    tried
}

/// What a sync of its own does in this mode.
pub(super) fn steps_of(mode: Mode) -> &'static [&'static str] {
    match mode {
        Mode::Full => &STEPS,
        Mode::MarketCap => &["market_cap_recalculation"],
        Mode::Themes => &["theme_rebalancing"],
        Mode::Ipos => &["ipo_assignment"],
    }
}

pub(super) fn cache_sync(writer: &mut Writer, steps: &[&str], mode: &str) {
    let began = writer.now;
    for (index, step) in steps.iter().enumerate() {
        let payload = json!({
            "phase": "cache_sync", "total_items": steps.len(), "completed": index, "current_task": step,
            "percentage": percent(index, steps.len())
        });
        writer.say(MONITORING, "job_progress_update", payload);
        writer.now += 36.0;
    }
    let payload = json!({
        "status": "completed", "mode": mode, "total_changes": 87, "universes_updated": ["mega_cap", "top_500"],
        "duration_seconds": (writer.now - began).round()
    });
    writer.say("tickstock:cache:sync_complete", "cache_sync_completed", payload);
}

/// Returns who came through.
pub(super) fn indicators(writer: &mut Writer, names: &[String], failing: &Failing) -> Vec<String> {
    let kinds = writer.indicators.clone();
    let each = kinds.names.len();
    begin(
        writer,
        &INDICATORS,
        names.len(),
        json!({ "total_indicators": kinds.total, "timeframes": kinds.timeframes }),
    );
    let made = u32::try_from(each).unwrap_or(u32::MAX);
    for (index, name) in names.iter().enumerate() {
        writer.now += writer.pace(&INDICATORS, names.len());
        let code = failing.get(name);
        match code {
            Some(code) => writer.problem("indicators", name, code, false),
            None => writer.values(name, false, made),
        }
        symbol(writer, &INDICATORS, name, code.is_none(), made);
        progress(writer, &INDICATORS, index, names.len(), name);
    }
    let (good, failed) = parted(names, failing);
    let payload = json!({
        "total_symbols": names.len(), "successful_symbols": good.len(), "failed_symbols": failed,
        "total_indicators": names.len() * each, "successful_indicators": good.len() * each, "failed_indicators": failed.len() * each,
        "success_rate": percent(good.len(), names.len()), "duration_seconds": writer.lasting(&INDICATORS)
    });
    writer.say(INDICATORS.channels[2], INDICATORS.events[2], payload);
    good
}

/// Returns who came through.
pub(super) fn patterns(writer: &mut Writer, names: &[String], failing: &Failing) -> Vec<String> {
    let kinds = writer.patterns.clone();
    begin(
        writer,
        &PATTERNS,
        names.len(),
        json!({ "total_patterns": kinds.total, "timeframes": kinds.timeframes, "min_confidence": 0.7 }),
    );
    let most = u32::try_from(kinds.names.len()).unwrap_or(u32::MAX).min(5);
    let mut found = 0_u64;
    for (index, name) in names.iter().enumerate() {
        writer.now += writer.pace(&PATTERNS, names.len());
        let code = failing.get(name);
        let here = if code.is_some() { 0 } else { writer.between(0, most) };
        found += u64::from(here);
        if let Some(code) = code {
            writer.problem("patterns", name, code, false);
        }
        writer.values(name, true, here);
        symbol(writer, &PATTERNS, name, code.is_none(), here);
        progress(writer, &PATTERNS, index, names.len(), name);
    }
    let (good, failed) = parted(names, failing);
    let checks = kinds.total * kinds.timeframes.len();
    let payload = json!({
        "total_symbols": names.len(), "successful_symbols": good.len(), "failed_symbols": failed.len(),
        "total_patterns_checked": names.len() * checks, "patterns_detected": found, "patterns_failed": failed.len() * checks,
        "success_rate": percent(good.len(), names.len()), "duration_seconds": writer.lasting(&PATTERNS)
    });
    writer.say(PATTERNS.channels[2], PATTERNS.events[2], payload);
    good
}

fn parted<'a>(names: &'a [String], failing: &Failing) -> (Vec<String>, Vec<&'a String>) {
    let failed = names.iter().filter(|name| failing.contains_key(*name)).collect();
    (names.iter().filter(|name| !failing.contains_key(*name)).cloned().collect(), failed)
}

/// The indicators of a night whose disk is full: a third works, then everything fails. Returns (done, failed).
pub(super) fn storage_fails(writer: &mut Writer, names: &[String]) -> (usize, usize) {
    begin(writer, &INDICATORS, names.len(), json!({ "total_indicators": 15, "timeframes": ["daily"] }));
    let works = names.len() * 2 / 3;
    for (index, name) in names.iter().enumerate() {
        writer.now += writer.pace(&INDICATORS, names.len());
        if index >= works {
            writer.problem("indicators", name, "STORAGE_FAILED", false);
        } else {
            writer.values(name, false, 15);
        }
        symbol(writer, &INDICATORS, name, index < works, 15);
        progress(writer, &INDICATORS, index, names.len(), name);
    }
    let payload = json!({
        "status": "failed", "successful_indicators": works * 15, "total_symbols": names.len(), "successful_symbols": works, "failed_symbols": names.len() - works,
        "message": "indicators stopped after write errors", "duration_seconds": 1_500
    });
    writer.say(INDICATORS.channels[2], INDICATORS.events[2], payload);
    (works, names.len() - works)
}

/// The first `done` symbols of a phase that does not end.
pub(super) fn partial(writer: &mut Writer, work: &Work, names: &[String], done: usize) {
    begin(writer, work, names.len(), json!({}));
    for (index, name) in names.iter().take(done).enumerate() {
        writer.now += writer.pace(work, names.len());
        writer.values(name, false, 15);
        symbol(writer, work, name, true, 15);
        progress(writer, work, index, names.len(), name);
    }
}
