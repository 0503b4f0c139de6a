//! The real producer as a process, over the sample universe, on a real private Redis, as the server understands it.

mod support;

use domain::phase::Phase;
use domain::record::{PhaseStatus, RunStatus, Trigger};
use domain::verdict::Verdict;
use processor::sample::TROUBLED;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use support::stage::{CANCEL, IMPORT, INDICATORS, NIGHT, PATTERNS, RETRY, SCHEDULE, SYNC, Stage, Way, word};

/// Who fails in a night of everybody.
const FAIL: u32 = TROUBLED.len() as u32;
const QUIET: &[&str] = &["--no-schedule"];
/// A hundred symbols.
const FEW: &[&str] = &["--no-schedule", "--universes", "top_100"];

fn get(stage: &Stage, path: &str) -> Value {
    let answer = stage.send("GET", path, &Value::Null).answer();
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// The names of a run's events in their order, each once where it is said many times in a row.
fn story(stage: &Stage, run: &str) -> Vec<String> {
    let told = ["progress", "calculated", "detected", "symbol_", "error", "universe_", "ipo_", "delisting_"];
    let events = stage.of(run).into_iter().map(|heard| heard.event().to_owned());
    events.filter(|event| !told.iter().any(|word| event.contains(word))).collect()
}

/// All 505 symbols; more of them fail than a night may lose; then they are retried.
#[test]
fn a_night_of_505_symbols_comes_to_its_end_and_its_failures_are_made_up_for() {
    let mut stage = Stage::serve(QUIET);
    stage.begin(Way::Http, &NIGHT, "night", json!({}));
    let view = stage.ended("night");
    assert_eq!((view.run.status, view.run.trigger), (RunStatus::Success, Some(Trigger::Manual)));
    assert_eq!((view.symbols(), view.failed()), (505, FAIL));
    let phases: Vec<&Phase> = view.phases.iter().map(|(phase, _)| &phase.phase).collect();
    assert_eq!(phases, Phase::NIGHT.iter().collect::<Vec<_>>());
    assert!(view.phases.iter().all(|(phase, _)| phase.status == PhaseStatus::Done), "{:?}", view.phases);
    assert_eq!(word(&view), Verdict::ToRetry { failed: FAIL });
    let whole = [
        "processing_started",
        "data_import_started",
        "data_import_completed",
        "cache_sync_started",
        "cache_sync_completed",
        "cache_sync_completed",
        "indicator_processing_started",
        "indicator_processing_completed",
        "pattern_processing_started",
        "pattern_processing_completed",
        "processing_completed",
    ];
    assert_eq!(story(&stage, "night"), whole);
    let failures = stage.failures("night");
    let codes: BTreeSet<&str> = failures.iter().map(|(_, code)| code.as_str()).collect();
    assert_eq!(failures.len(), TROUBLED.len());
    assert_eq!(codes, BTreeSet::from(["API_RATE_LIMIT", "BAD_BAR", "MISSING_BARS", "NETWORK_TIMEOUT"]));
    // What is said was done: it is there to be read.
    let symbol = get(&stage, "/symbols/aapl");
    assert_eq!((&symbol["generated"], &symbol["last_bar"]), (&json!(false), &json!("2013-03-01")));
    let bars = get(&stage, "/bars/AAPL?limit=2");
    assert_eq!(bars["bars"].as_array().map(Vec::len), Some(2));
    assert_eq!((&bars["bars"][1]["close"], &bars["name"]), (&json!(430.47), &json!("Apple Inc.")));
    assert!(bars["last_trading_day"].is_string() && bars["generated"] == false);
    assert_eq!(get(&stage, "/api/processing/bars/AAPL?limit=2"), bars, "the dashboard asks there");
    let values = get(&stage, "/indicators/AAPL?limit=1");
    assert_eq!(values["dates"], json!(["2013-03-01"]));
    assert_eq!(values["values"].as_object().map(serde_json::Map::len), Some(23));
    assert!(get(&stage, "/patterns/AAPL")["patterns"].as_array().is_some_and(|found| !found.is_empty()));
    let failed = &failures[0].0;
    let nothing = stage.send("GET", &format!("/bars/{failed}"), &Value::Null).answer();
    assert_eq!(nothing.refused(), (404, "unknown_symbol".into()));
    // The same id starts one run.
    let known = stage.post(&NIGHT, &json!({ "run_id": "night" }));
    assert_eq!((known.status, stage.get("status")["is_running"].as_bool()), (200, Some(false)));

    stage.begin(Way::Redis, &RETRY, "retry", json!({ "original_run_id": "night" }));
    let view = stage.ended("retry");
    assert_eq!((view.run.status, view.symbols(), view.failed()), (RunStatus::Success, FAIL, 0));
    assert_eq!(view.run.retry_of.as_deref(), Some("night"));
    let after = stage.view("night").unwrap();
    assert_eq!((after.run.repaired, after.left()), (FAIL, 0));
    assert_eq!(word(&after), Verdict::CompleteAfterRetry);
    let history = stage.get("history?days=1");
    let rows = history["runs"].as_array().unwrap();
    assert_eq!(
        (&rows[1]["symbols_processed"], &rows[1]["symbols_failed"]),
        (&json!(505 - FAIL), &json!(FAIL))
    );
    assert_eq!((&rows[0]["status"], &rows[0]["retry_of"]), (&json!("completed"), &json!("night")));
    let again = stage.post(&RETRY, &json!({ "original_run_id": "retry" }));
    assert_eq!(again.refused(), (400, "bad_request".into()), "nothing failed in it");
}

#[test]
fn a_cancel_takes_effect_within_a_second_in_each_phase() {
    let mut stage = Stage::serve(FEW);
    for (run, event) in [
        ("a", "data_import_started"),
        ("b", "indicator_processing_started"),
        ("c", "pattern_processing_started"),
    ] {
        stage.begin(Way::Http, &NIGHT, run, json!({}));
        stage.until(|heard| heard.of(run) && heard.event() == event);
        stage.until(|heard| heard.of(run) && heard.event() == "symbol_processing_complete");
        let asked = Instant::now();
        assert_eq!(stage.post(&CANCEL, &json!({})).status, 200);
        let view = stage.ended(run);
        assert!(asked.elapsed() < Duration::from_secs(1), "{run}: {:?}", asked.elapsed());
        assert_eq!(view.run.status, RunStatus::Cancelled);
        let row = stage.get("history?days=1")["runs"][0].clone();
        let end = stage.of(run).into_iter().find(|heard| heard.event() == "processing_completed").unwrap();
        assert!(end.payload()["symbols_processed"].as_u64().unwrap() > 0, "{end:?}");
        assert_eq!(end.payload()["symbols_processed"], row["symbols_processed"], "{run}");
    }
    assert_eq!(stage.post(&CANCEL, &json!({})).refused(), (409, "nothing_running".into()));
}

#[test]
fn a_part_of_a_night_is_a_run_and_what_there_is_not_is_refused_by_its_field() {
    let mut stage = Stage::serve(FEW);
    stage.begin(Way::Http, &IMPORT, "import", json!({ "universes": ["mega_cap"], "lookback_days": 400 }));
    assert_eq!(stage.ended("import").run.status, RunStatus::Success);
    assert_eq!(story(&stage, "import"), ["data_import_started", "data_import_completed"]);
    stage.begin(Way::Redis, &SYNC, "sync", json!({ "mode": "market_cap" }));
    stage.until(|heard| heard.of("sync") && heard.event() == "cache_sync_completed");
    while stage.get("status")["is_running"] == true {
        std::thread::yield_now();
    }
    assert_eq!(stage.get("cache-sync/status/sync")["status"], "completed");
    let stats = stage.get("cache-sync/stats");
    let universes = stats["universes"].as_array().unwrap();
    assert!(
        universes.iter().any(|one| one["universe"] == "top_100" && one["symbol_count"] == 100),
        "{stats}"
    );
    let asked =
        json!({ "timeframe": "weekly", "symbols": ["AAPL", "NOBODY"], "indicators": ["sma_5", "MACD"] });
    stage.begin(Way::Http, &INDICATORS, "weekly", asked);
    let view = stage.ended("weekly");
    assert_eq!(
        (view.symbols(), view.run.status),
        (2, RunStatus::Failed),
        "one of two is less than four in five"
    );
    assert!(stage.failures("weekly").iter().any(|(symbol, code)| symbol == "NOBODY" && code == "NO_DATA"));
    for (command, asked, field) in [
        (&NIGHT, json!({ "universe": "atlantis" }), "universe"),
        (&IMPORT, json!({ "universes": ["atlantis"] }), "universes"),
        (&INDICATORS, json!({ "timeframe": "hourly" }), "timeframe"),
        (&PATTERNS, json!({ "patterns": ["Unicorn"] }), "patterns"),
        (&SCHEDULE, json!({ "enabled": true }), "enabled"),
    ] {
        let answer = stage.post(command, &asked);
        assert_eq!((answer.refused().0, &answer.json()["field"]), (400, &json!(field)), "{asked}");
    }
    for path in [
        "/bars/AAPL?limit=x",
        "/bars/AAPL?limit=5001",
        "/bars/AAPL?from=today",
        "/patterns/AAPL?frame=hourly",
    ] {
        assert_eq!(stage.send("GET", path, &Value::Null).answer().refused().0, 400, "{path}");
    }
}

#[test]
fn a_schedule_that_was_changed_is_the_same_after_a_restart() {
    let mut stage = Stage::serve(&[]);
    let schedule = stage.get("schedule");
    assert_eq!((&schedule["enabled"], &schedule["trigger_time"]), (&json!(true), &json!("16:10")));
    let first = stage.until(|heard| heard.event() == "schedule_updated");
    assert_eq!(first.payload()["schedule"], schedule, "it is told without being asked for");
    assert_eq!(stage.board.producer_schedule().and_then(|known| known.enabled), Some(true));
    stage.publish(&SCHEDULE, None, &json!({ "trigger_time": "18:45", "universes": ["mega_cap", "top_100"] }));
    let told = stage.until(|heard| heard.event() == "schedule_updated");
    assert_eq!(told.payload()["schedule"]["trigger_time"], "18:45");
    let before = stage.get("schedule");
    for (asked, field) in
        [(json!({ "universes": ["nope"] }), "universes"), (json!({ "timezone": "Mars/X" }), "timezone")]
    {
        let answer = stage.post(&SCHEDULE, &asked);
        assert_eq!((answer.refused().0, &answer.json()["field"]), (400, &json!(field)), "{answer:?}");
    }
    assert_eq!(stage.get("schedule"), before);
    stage.again(None);
    assert_eq!(stage.get("schedule"), before);
    let again = stage.until(|heard| heard.event() == "schedule_updated");
    assert_eq!(again.payload()["schedule"], before);
    assert_eq!(before["universes"], json!(["mega_cap", "top_100"]));
}

#[test]
fn in_the_older_spelling_a_night_is_the_same() {
    let mut stage = Stage::serve(&["--no-schedule", "--universes", "top_100", "--spelling", "legacy"]);
    stage.begin(Way::Http, &NIGHT, "night", json!({}));
    let view = stage.ended("night");
    assert_eq!((view.run.status, view.phases.len()), (RunStatus::Success, 4), "{:?}", view.phases);
    assert!(stage.heard.iter().any(|heard| heard.channel == "tickstock:data:import:status"));
    assert!(stage.heard.iter().any(|heard| heard.event() == "daily_processing_completed"));
    let errors = stage.heard.iter().filter(|heard| heard.channel == "tickstock:errors");
    let ids: Vec<&str> = errors.clone().map(|heard| heard.said["error_id"].as_str().unwrap()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "each is one of its own: {ids:?}");
    for error in errors {
        let network =
            ["API_RATE_LIMIT", "NETWORK_TIMEOUT"].contains(&error.said["error_type"].as_str().unwrap());
        assert_eq!(error.said["category"], if network { "network" } else { "validation" }, "{error:?}");
    }
}
