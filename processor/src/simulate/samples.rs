//! One message of every event of the contract (§3), for the menu: whoever wants to see what one does sends it by hand.

use super::script::SOURCE;
use crate::publish::{Envelope, Message, Stamp};
use serde_json::{Value, json};

/// What the menu's messages are about.
pub struct About<'a> {
    /// The run they name.
    pub run_id: &'a str,
    /// Symbols of it.
    pub total: u32,
    /// Symbols done so far.
    pub done: u32,
}

/// Every event: what it is called in the menu, and the message.
pub fn every_event(about: &About<'_>) -> Vec<(&'static str, Message)> {
    let mut all = runs(about);
    all.extend(import(about));
    all.extend(caches(about));
    all.extend(values(about));
    all.extend(errors(about));
    all.extend(monitor());
    all.extend(neighbours());
    all
}

fn event(channel: &'static str, name: &'static str, payload: Value) -> Message {
    Message::new(channel, name, SOURCE, payload)
}

fn wrapped(envelope: Envelope, message: Message) -> Message {
    Message { envelope, ..message }
}

const STATUS: &str = "tickstock:processing:status";
const MONITORING: &str = "tickstock:monitoring";

fn runs(about: &About<'_>) -> Vec<(&'static str, Message)> {
    let &About { run_id, total, done } = about;
    let percent = f64::from(done) * 100.0 / f64::from(total.max(1));
    let ended = |status: &str| json!({ "run_id": run_id, "status": status, "duration_seconds": 60, "symbols_processed": done, "symbols_failed": 0 });
    vec![
        (
            "a run starts",
            event(
                STATUS,
                "processing_started",
                json!({ "run_id": run_id, "run_date": "2026-11-20", "phases": ["all"], "universe": "sp500", "symbols_count": total, "trigger_type": "manual" }),
            ),
        ),
        (
            "a run starts, first scheme",
            event(
                STATUS,
                "daily_processing_started",
                json!({ "run_id": run_id, "symbols_count": total, "trigger_type": "automatic" }),
            ),
        ),
        (
            "the run moves",
            event(
                STATUS,
                "daily_processing_progress",
                json!({ "run_id": run_id, "phase": "data_import", "symbols_completed": done, "symbols_total": total, "percent_complete": percent, "current_symbol": "AAPL" }),
            ),
        ),
        ("the run ends well", event(STATUS, "processing_completed", ended("success"))),
        ("the run fails", event(STATUS, "daily_processing_completed", ended("failed"))),
        (
            "the schedule",
            event(
                "tickstock:processing:schedule",
                "schedule_updated",
                json!({ "schedule": { "enabled": true, "trigger_time": "16:10", "market_check": true, "timezone": "America/New_York", "universes": ["sp500"] } }),
            ),
        ),
    ]
}

fn import(about: &About<'_>) -> Vec<(&'static str, Message)> {
    let &About { run_id, total, done } = about;
    let progress = json!({ "run_id": run_id, "phase": "data_import", "total_symbols": total, "completed": done, "failed": 0, "processed": done, "remaining": total - done, "percentage": f64::from(done) * 100.0 / f64::from(total.max(1)), "current_symbol": "AAPL", "avg_processing_time_ms": 131 });
    let ended = json!({ "run_id": run_id, "duration_seconds": 1827, "total_symbols": total, "successful_symbols": done, "failed_symbols": ["BRK.B"], "total_records_imported": done * 834, "success_rate": 99.2 });
    vec![
        (
            "the import starts",
            event(
                "tickstock:import:started",
                "data_import_started",
                json!({ "run_id": run_id, "universe_names": ["sp500"], "total_symbols": total, "timeframes": ["daily", "weekly"], "lookback_days": { "daily": 365, "weekly": 730 } }),
            ),
        ),
        (
            "the import moves",
            event(
                "tickstock:import:progress",
                "import_progress",
                json!({ "run_id": run_id, "completed_symbols": done, "total_symbols": total, "current_symbol": "GE", "eta_seconds": 1190 }),
            ),
        ),
        ("a job moves", event(MONITORING, "job_progress_update", progress)),
        (
            "a symbol is done",
            event(
                "tickstock:import:progress",
                "symbol_processing_complete",
                json!({ "run_id": run_id, "symbol": "AAPL", "success": true, "timeframes_processed": ["daily"], "records_imported": 251, "processing_time_ms": 402 }),
            ),
        ),
        (
            "a symbol fails",
            event(
                "tickstock:data:import:status",
                "symbol_processing_complete",
                json!({ "run_id": run_id, "symbol": "HON", "success": false, "timeframes_processed": ["daily"], "records_imported": 0, "processing_time_ms": 402 }),
            ),
        ),
        ("the import ends", event("tickstock:import:completed", "data_import_completed", ended.clone())),
        (
            "the import ends, first scheme",
            event("tickstock:data:import:status", "data_import_completed", ended),
        ),
        (
            "the import ends, one timeframe",
            wrapped(
                Envelope::Flat,
                event(
                    "tickstock:import:completed",
                    "import_completed",
                    json!({ "run_id": run_id, "timeframe": "daily", "symbols_processed": done, "symbols_failed": ["BRK.B"] }),
                ),
            ),
        ),
    ]
}

fn caches(about: &About<'_>) -> Vec<(&'static str, Message)> {
    let run_id = about.run_id;
    let job = format!("sync-{run_id}");
    let steps = json!({ "run_id": run_id, "phase": "cache_sync", "total_items": 5, "completed": 2, "current_task": "ipo_assignment", "percentage": 40 });
    let tasks = json!({ "market_cap_recalculation": { "status": "success", "changes": 61 }, "ipo_assignment": { "status": "success", "changes": 2 }, "delisted_cleanup": { "status": "success", "changes": 1 } });
    let legacy = json!({ "total_changes": 4, "task_summary": { "market_cap_recalculation": "completed", "theme_rebalancing": "failed" }, "changes_by_type": {} });
    let naive = |message: Message| Message { stamp: Stamp::Bare, ..message };
    vec![
        (
            "a cache sync starts",
            event(
                "tickstock:cache:sync_triggered",
                "cache_sync_triggered",
                json!({ "job_id": job, "mode": "full", "force": false, "triggered_by": "scheduler" }),
            ),
        ),
        ("the cache sync takes a step", event(MONITORING, "job_progress_update", steps)),
        (
            "the cache sync moves, phase scheme",
            event(
                "tickstock:cache:progress",
                "cache_sync_progress",
                json!({ "run_id": run_id, "total_items": 5, "completed": 3, "current_task": "delisted_cleanup" }),
            ),
        ),
        (
            "the cache sync ends (A)",
            event(
                "tickstock:cache:sync_complete",
                "cache_sync_completed",
                json!({ "job_id": job, "status": "completed", "mode": "full", "total_changes": 87, "universes_updated": ["mega_cap", "top_500"], "duration_seconds": 464.8 }),
            ),
        ),
        (
            "the cache sync ends (B)",
            event(
                "tickstock:cache:sync_complete",
                "cache_sync_completed",
                json!({ "total_changes": 64, "sync_status": "completed", "task_results": tasks }),
            ),
        ),
        (
            "the cache sync ends (C)",
            event(
                "tickstock:cache:completed",
                "cache_sync_completed",
                json!({ "total_changes": 64, "universes_updated": ["top_500"], "duration_seconds": 300 }),
            ),
        ),
        (
            "the cache sync ends (D)",
            naive(wrapped(
                Envelope::Service,
                event("tickstock.cache.sync_complete", "daily_sync_complete", legacy),
            )),
        ),
        (
            "a cache is rebuilt (E)",
            wrapped(
                Envelope::Flat,
                event(
                    "cache_updates",
                    "cache_rebuild_completed",
                    json!({ "stats": { "deleted_entries": 900, "market_cap_entries": 9, "theme_entries": 9, "stats_entries": 1, "redis_notifications": 3 } }),
                ),
            ),
        ),
        (
            "a universe changes",
            event(
                "tickstock:universe:updated",
                "universe_updated",
                json!({ "universe": "large_cap", "action": "updated", "reason": "recount after market-cap change", "metadata": { "count": 742 } }),
            ),
        ),
        (
            "a universe changes, dotted",
            naive(wrapped(
                Envelope::Service,
                event(
                    "tickstock.universe.updated",
                    "universe_synchronized",
                    json!({ "universe": "top_100", "change_count": 4, "actions": ["added", "removed"] }),
                ),
            )),
        ),
        (
            "a theme changes",
            wrapped(
                Envelope::Service,
                event(
                    "tickstock.universe.updated",
                    "theme_updated",
                    json!({ "theme": "ai_ml_leaders", "symbol_count": 24, "action": "updated", "cache_key": "ai" }),
                ),
            ),
        ),
        (
            "universes are expanded",
            wrapped(
                Envelope::Service,
                event(
                    "tickstock.universe.updated",
                    "universe_expansion_complete",
                    json!({ "themes_processed": 7, "total_symbols": 742, "success_count": 7, "themes": ["ai_ml_leaders"] }),
                ),
            ),
        ),
        (
            "a new listing",
            event(
                "tickstock:cache:ipo_assignment",
                "ipo_assignment",
                json!({ "symbol": "NEWX", "universe": "recent_ipos", "metadata": { "sector": "Healthcare" } }),
            ),
        ),
        (
            "delisted symbols leave",
            event(
                "tickstock:cache:delisting_cleanup",
                "delisting_cleanup",
                json!({ "removed_count": 2, "universe": "small_cap" }),
            ),
        ),
    ]
}

fn values(about: &About<'_>) -> Vec<(&'static str, Message)> {
    let &About { run_id, total, done } = about;
    vec![
        (
            "the indicators start",
            event(
                "tickstock:indicators:started",
                "indicator_processing_started",
                json!({ "run_id": run_id, "total_symbols": total, "total_indicators": 15, "timeframes": ["daily", "weekly", "monthly"] }),
            ),
        ),
        (
            "the indicators move",
            event(
                "tickstock:indicators:progress",
                "indicator_progress",
                json!({ "run_id": run_id, "completed_symbols": done, "total_symbols": total, "current_symbol": "LLY", "eta_seconds": 452 }),
            ),
        ),
        (
            "an indicator is computed",
            event(
                "tickstock:indicators:calculated",
                "indicator_calculated",
                json!({ "symbol": "LLY", "indicator": "MACD", "timeframe": "daily", "values": { "macd": 3.21, "signal": 2.87 }, "metadata": { "data_points": 100 } }),
            ),
        ),
        (
            "the indicators end",
            event(
                "tickstock:indicators:completed",
                "indicator_processing_completed",
                json!({ "run_id": run_id, "total_symbols": total, "successful_symbols": done, "failed_symbols": 0, "total_indicators": total * 15, "successful_indicators": done * 15, "failed_indicators": 0, "success_rate": 100.0, "duration_seconds": 771 }),
            ),
        ),
        (
            "the patterns start",
            event(
                "tickstock:patterns:started",
                "pattern_processing_started",
                json!({ "run_id": run_id, "total_symbols": total, "total_patterns": 16, "timeframes": ["1hour", "1day", "1week"], "min_confidence": 0.7 }),
            ),
        ),
        (
            "the patterns move",
            event(
                "tickstock:patterns:progress",
                "pattern_progress",
                json!({ "run_id": run_id, "completed_symbols": done, "total_symbols": total, "current_symbol": "KO", "current_timeframe": "1week", "patterns_detected": 402, "eta_seconds": 661 }),
            ),
        ),
        (
            "a pattern is found",
            event(
                "tickstock:patterns:detected",
                "pattern_detected",
                json!({ "symbol": "KO", "pattern": "Hammer", "timeframe": "1day", "confidence": 0.83, "pattern_data": { "entry_price": 66.4 }, "levels": [{ "type": "support", "value": 65.0 }], "run_id": run_id }),
            ),
        ),
        (
            "the patterns end",
            event(
                "tickstock:patterns:completed",
                "pattern_processing_completed",
                json!({ "run_id": run_id, "total_symbols": total, "successful_symbols": done, "failed_symbols": 0, "total_patterns_checked": total * 48, "patterns_detected": 1183, "patterns_failed": 0, "detection_rate": 4.9, "success_rate": 99.0, "duration_seconds": 1100 }),
            ),
        ),
    ]
}

fn errors(about: &About<'_>) -> Vec<(&'static str, Message)> {
    let context = json!({ "symbol": "IBM", "run_id": about.run_id, "phase": "import" });
    vec![
        (
            "an error (A), tried again",
            event(
                "tickstock:errors",
                "critical_error",
                json!({ "severity": "error", "component": "polygon_fetcher", "error_code": "API_RATE_LIMIT", "message": "the provider asked to slow down", "context": context, "recovery_action": "automatic_retry" }),
            ),
        ),
        (
            "an error (B)",
            event(
                "tickstock:errors",
                "error",
                json!({ "severity": "warning", "component": "data_import", "error_code": "SYMBOL_NOT_FOUND", "message": "no such ticker", "context": { "symbol": "ZZZZ" } }),
            ),
        ),
        (
            "an error (C)",
            event(
                "tickstock:errors",
                "processing_error",
                json!({ "run_id": about.run_id, "error_message": "the engine stopped" }),
            ),
        ),
        (
            "an error (D), without a name",
            wrapped(
                Envelope::Nameless,
                event(
                    "tickstock:errors",
                    "",
                    json!({ "error_id": "5a2d3f60-2f0e-4b0a-b7ce-0a6d6ff0a0c2", "severity": "critical", "category": "database", "message": "insert failed, connection closed", "component": "OHLCVStorage", "traceback": null, "context": context }),
                ),
            ),
        ),
        (
            "an error (E), without a name",
            wrapped(
                Envelope::Nameless,
                event(
                    "tickstock:errors",
                    "",
                    json!({ "error_id": "indicator_RSI_IBM", "error_type": "INSUFFICIENT_DATA", "error_message": "12 bars of 15", "severity": "warning", "category": "indicator", "context": { "component": "engine", "operation": "rsi", "symbol": "IBM", "timeframe": "daily" } }),
                ),
            ),
        ),
    ]
}

fn monitor() -> Vec<(&'static str, Message)> {
    let typed = |name: &'static str, body: Value| wrapped(Envelope::Typed, event(MONITORING, name, body));
    vec![
        (
            "a heartbeat",
            event(MONITORING, "heartbeat", json!({ "status": "running", "uptime_seconds": 86_400 })),
        ),
        (
            "metrics",
            typed(
                "METRIC_UPDATE",
                json!({ "metrics": { "system": { "cpu_percent": 61.2 } }, "health_score": { "overall": 93, "status": "healthy", "components": {} } }),
            ),
        ),
        (
            "health",
            typed(
                "HEALTH_CHECK",
                json!({ "health": { "overall_score": 71, "status": "degraded", "components": {} } }),
            ),
        ),
        (
            "an alert",
            typed(
                "ALERT_TRIGGERED",
                json!({ "alert": { "id": "queue", "level": "WARNING", "component": "redis", "message": "the queue grows", "details": {} } }),
            ),
        ),
        ("the alert is over", typed("ALERT_RESOLVED", json!({ "alert_id": "queue" }))),
        (
            "what it is doing",
            typed(
                "SYSTEM_STATUS",
                json!({ "status": "RUNNING", "uptime_seconds": 86_400, "events_published": 12 }),
            ),
        ),
    ]
}

fn neighbours() -> Vec<(&'static str, Message)> {
    let raw = |channel: &'static str, value: Value| Message::raw(channel, value.to_string().into_bytes());
    vec![
        (
            "a command on the schedule's channel",
            raw(
                "tickstock:processing:schedule",
                json!({ "command": "update_schedule", "parameters": { "enabled": false }, "source": "TickStockAppV2" }),
            ),
        ),
        (
            "a pattern of streaming",
            raw(
                "tickstock:patterns:detected",
                json!({ "type": "streaming_pattern", "detection": { "symbol": "NVDA", "pattern": "PriceChange", "confidence": 0.95, "timeframe": "1min" } }),
            ),
        ),
        (
            "streaming lives",
            raw(
                "tickstock:streaming:health",
                json!({ "type": "streaming_health", "health": { "session_id": "s", "status": "healthy", "active_symbols": 70 } }),
            ),
        ),
        (
            "streaming begins",
            raw(
                "tickstock:streaming:session_started",
                json!({ "type": "streaming_session_started", "session": { "session_id": "s", "universe": "market_leaders:top_500", "started_at": "2025-10-02T13:25:00", "symbol_count": 70, "status": "active" } }),
            ),
        ),
        (
            "streaming ends",
            raw(
                "tickstock:streaming:session_stopped",
                json!({ "type": "streaming_session_stopped", "session": { "session_id": "s", "stopped_at": "2025-10-02T20:05:00", "duration_seconds": 24_000, "total_patterns": 120, "total_indicators": 9_000, "final_status": "completed" } }),
            ),
        ),
        (
            "patterns of streaming, a batch",
            raw(
                "tickstock:patterns:streaming",
                json!({ "type": "streaming_patterns_batch", "count": 1, "patterns": [{ "symbol": "NVDA", "pattern": "PriceChange", "confidence": 0.95 }] }),
            ),
        ),
        (
            "an indicator of streaming",
            raw(
                "tickstock:indicators:streaming",
                json!({ "type": "streaming_indicator", "calculation": { "symbol": "NVDA", "indicator": "RSI", "values": { "rsi": 71.2 }, "timeframe": "1min" } }),
            ),
        ),
        (
            "an alert of an indicator",
            raw(
                "tickstock:alerts:indicators",
                json!({ "type": "indicator_alert", "alert": { "alert_type": "RSI_OVERBOUGHT", "symbol": "NVDA", "session_id": "s", "severity": "medium" } }),
            ),
        ),
        (
            "an intraday pattern",
            raw(
                "tickstock:patterns:intraday",
                json!({ "event": "intraday_pattern", "data": { "symbol": "NVDA", "pattern": "Doji", "confidence": 0.8, "timeframe": "5min" } }),
            ),
        ),
        (
            "historical data are loaded",
            raw(
                "tickstock.jobs.data_load",
                json!({ "event": "data_load_complete", "job_id": "l", "symbols_loaded": 70 }),
            ),
        ),
        (
            "the application's end of day",
            raw("tickstock:eod:completion", json!({ "type": "eod_completion", "status": "success" })),
        ),
        (
            "the application's jobs",
            raw("enterprise_jobs_complete", json!({ "event": "enterprise_jobs_complete", "jobs": 4 })),
        ),
        (
            "upkeep of an ETF",
            raw(
                "tickstock.etf.correlation_update",
                json!({ "event": "correlation_update", "symbol": "SPY" }),
            ),
        ),
        ("a name nobody knows", event(STATUS, "moon_phase", json!({ "phase_of": "moon" }))),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::decode::{EVENTS, read};
    use domain::event::EventKind;
    use std::collections::HashSet;

    #[test]
    fn the_menu_has_every_event_of_the_contract_and_all_are_understood() {
        let about = About { run_id: "r", total: 505, done: 100 };
        let mut seen: HashSet<String> = HashSet::new();
        for (label, message) in every_event(&about) {
            let reading = read(&message.channel, &message.bytes(1_000_000_000_000), 0).expect(label);
            let known = !matches!(reading.event.kind, EventKind::Unknown { .. });
            assert_eq!(known, label != "a name nobody knows", "{label}");
            assert_eq!(reading.strange, [], "{label}");
            seen.insert(reading.name);
        }
        for row in EVENTS {
            assert!(row.names.iter().any(|name| seen.contains(*name)), "{} is not in the menu", row.names[0]);
        }
    }
}
