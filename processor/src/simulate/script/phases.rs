//! The phases, each telling its own part of the night.

use super::writer::{
    IMPORT, INDICATORS, MONITORING, PATTERNS, STEPS, Work, Writer, begin, pace, percent, progress, symbol,
    told,
};
use serde_json::json;
use std::collections::BTreeMap;

pub(super) fn import(
    writer: &mut Writer,
    names: &[String],
    failing: &BTreeMap<String, &'static str>,
    limited: bool,
) -> Vec<String> {
    let payload = json!({
        "universe_names": ["sp500"], "total_symbols": names.len(), "timeframes": ["hourly", "daily", "weekly", "monthly"],
        "lookback_days": { "hourly": 90, "daily": 365, "weekly": 730, "monthly": 1825 }
    });
    writer.say(IMPORT.channels[0], IMPORT.events[0], payload);
    let (mut good, mut failed, mut records) = (Vec::new(), Vec::new(), 0_u64);
    for (index, name) in names.iter().enumerate() {
        writer.now += pace(IMPORT.seconds, names.len());
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
            "symbol": name, "success": code.is_none(), "timeframes_processed": ["hourly", "daily", "weekly", "monthly"],
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
        "duration_seconds": 660, "total_symbols": names.len(), "successful_symbols": good.len(), "failed_symbols": failed,
        "total_records_imported": records, "success_rate": percent(good.len(), names.len())
    });
    writer.say(IMPORT.channels[2], IMPORT.events[2], payload);
    good
}

/// The provider does not answer: after twenty symbols the producer gives up. Returns how many were tried.
pub(super) fn provider_down(writer: &mut Writer, names: &[String]) -> usize {
    begin(writer, &IMPORT, names.len(), json!({ "universe_names": ["sp500"], "timeframes": ["daily"] }));
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

pub(super) fn cache_sync(writer: &mut Writer) {
    for (index, step) in STEPS.iter().enumerate() {
        let payload = json!({
            "phase": "cache_sync", "total_items": STEPS.len(), "completed": index, "current_task": step,
            "percentage": percent(index, STEPS.len())
        });
        writer.say(MONITORING, "job_progress_update", payload);
        writer.now += 36.0;
    }
    let payload = json!({
        "status": "completed", "mode": "full", "total_changes": 87, "universes_updated": ["mega_cap", "top_500"], "duration_seconds": 180.0
    });
    writer.say("tickstock:cache:sync_complete", "cache_sync_completed", payload);
}

pub(super) fn indicators(writer: &mut Writer, names: &[String], short: &[String]) -> Vec<String> {
    begin(
        writer,
        &INDICATORS,
        names.len(),
        json!({ "total_indicators": 15, "timeframes": ["daily", "weekly", "monthly"] }),
    );
    for (index, name) in names.iter().enumerate() {
        writer.now += pace(INDICATORS.seconds, names.len());
        let fails = short.contains(name);
        if fails {
            writer.problem("indicators", name, "INSUFFICIENT_DATA", false);
        } else {
            writer.values(name, false, 15);
        }
        symbol(writer, &INDICATORS, name, !fails, 15);
        progress(writer, &INDICATORS, index, names.len(), name);
    }
    let good: Vec<String> = names.iter().filter(|name| !short.contains(name)).cloned().collect();
    let payload = json!({
        "total_symbols": names.len(), "successful_symbols": good.len(), "failed_symbols": short,
        "total_indicators": names.len() * 15, "successful_indicators": good.len() * 15, "failed_indicators": short.len() * 15,
        "success_rate": percent(good.len(), names.len()), "duration_seconds": 1_500
    });
    writer.say(INDICATORS.channels[2], INDICATORS.events[2], payload);
    good
}

/// Returns how many symbols came through.
pub(super) fn patterns(writer: &mut Writer, names: &[String]) -> usize {
    begin(
        writer,
        &PATTERNS,
        names.len(),
        json!({ "total_patterns": 16, "timeframes": ["1hour", "1day", "1week"], "min_confidence": 0.7 }),
    );
    let mut found = 0_u64;
    for (index, name) in names.iter().enumerate() {
        writer.now += pace(PATTERNS.seconds, names.len());
        let here = writer.between(0, 5);
        found += u64::from(here);
        writer.values(name, true, here);
        symbol(writer, &PATTERNS, name, true, here);
        progress(writer, &PATTERNS, index, names.len(), name);
    }
    let payload = json!({
        "total_symbols": names.len(), "successful_symbols": names.len(), "failed_symbols": 0,
        "total_patterns_checked": names.len() * 48, "patterns_detected": found, "patterns_failed": 0,
        "success_rate": 100.0, "duration_seconds": 540
    });
    writer.say(PATTERNS.channels[2], PATTERNS.events[2], payload);
    names.len()
}

/// The indicators of a night whose disk is full: a third works, then everything fails. Returns (done, failed).
pub(super) fn storage_fails(writer: &mut Writer, names: &[String]) -> (usize, usize) {
    begin(writer, &INDICATORS, names.len(), json!({ "total_indicators": 15, "timeframes": ["daily"] }));
    let works = names.len() * 2 / 3;
    for (index, name) in names.iter().enumerate() {
        writer.now += pace(INDICATORS.seconds, names.len());
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
        writer.now += pace(work.seconds, names.len());
        writer.values(name, false, 15);
        symbol(writer, work, name, true, 15);
        progress(writer, work, index, names.len(), name);
    }
}
