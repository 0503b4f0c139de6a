//! What goes wrong around the real producer: it is killed in each phase, Redis goes and comes, the disk is full.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use domain::record::RunStatus;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Command;
use support::stage::{Heard, NIGHT, Stage, Way};

const FEW: &[&str] = &["--no-schedule", "--universes", "top_100", "--concurrency", "2"];
/// What may be done and not yet written down when the processor is killed: a batch, and who is in flight.
const UNWRITTEN: usize = 8 + 2;

/// How often each symbol was done in a phase, by these runs. (What a later attempt tells again took it no time.)
fn results(heard: &[Heard], runs: &[&str], phase: &str) -> BTreeMap<String, usize> {
    let mut results = BTreeMap::new();
    for one in heard.iter().filter(|one| one.event() == "symbol_processing_complete") {
        let of = one.payload()["phase"].as_str().unwrap_or("import");
        let done = one.payload()["processing_time_ms"].is_u64();
        if done && of == phase && runs.iter().any(|run| one.of(run)) {
            *results.entry(one.payload()["symbol"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    results
}

/// A symbol's bars are whole or not there.
fn whole(stage: &Stage, symbol: &str) {
    let answer = stage.send("GET", &format!("/bars/{symbol}?limit=5000"), &Value::Null).answer();
    if answer.status == 404 {
        return;
    }
    let answer = answer.json();
    let days: Vec<&str> =
        answer["bars"].as_array().unwrap().iter().map(|bar| bar["date"].as_str().unwrap()).collect();
    assert!(days.windows(2).all(|pair| pair[0] < pair[1]), "{symbol}: a day twice");
    assert!(answer["generated"] == false || days.len() == 3_000, "{symbol}: {} bars", days.len());
}

/// The run that goes on with another.
fn next_of(stage: &mut Stage, run: &str) -> String {
    let begun =
        stage.until(|heard| heard.event() == "processing_started" && heard.payload()["retry_of"] == run);
    begun.payload()["run_id"].as_str().unwrap().to_owned()
}

fn killed_in(event: &str, phase: &str) {
    let mut stage = Stage::serve(FEW);
    stage.begin(Way::Http, &NIGHT, "night", json!({}));
    stage.until(|heard| heard.event() == event);
    let word = if phase == "cache_sync" { "universe_updated" } else { "symbol_processing_complete" };
    for _ in 0..20 {
        stage.until(|heard| heard.event() == word);
    }
    stage.again(None);
    let end = stage.until(|heard| heard.event() == "processing_completed" && heard.of("night"));
    assert_eq!(end.payload()["status"], "failed");
    let reason = end.payload()["reason"].as_str().unwrap().to_owned();
    assert!(reason.contains("stopped in the midst of it"), "{reason}");
    let row = &stage.get("history?days=1")["runs"];
    let row = row.as_array().unwrap().iter().find(|row| row["run_id"] == "night").unwrap().clone();
    assert!(end.payload()["symbols_processed"].as_u64().unwrap() > 0, "{end:?}");
    for count in ["symbols_processed", "symbols_failed"] {
        assert_eq!(end.payload()[count], row[count], "{count}: the event and the history say the same");
    }
    let next = next_of(&mut stage, "night");
    assert!(reason.contains(&next), "{reason}");
    let view = stage.ended(&next);
    assert_eq!(view.run.status, RunStatus::Success);
    assert_eq!(stage.view("night").unwrap().run.status, RunStatus::Failed);
    // Nobody was left out, and what was done was not done again.
    let runs = ["night", next.as_str()];
    let import = results(&stage.heard, &runs, "import");
    assert_eq!(import.len(), 100);
    let failed: usize =
        import.keys().filter(|symbol| stage.failures(&next).iter().any(|(name, _)| name == *symbol)).count();
    for phase in ["import", "indicators", "patterns"] {
        let told = results(&stage.heard, &runs, phase);
        assert_eq!(told.len(), if phase == "import" { 100 } else { 100 - failed }, "{phase}");
        let twice = told.values().filter(|times| **times > 1).count();
        assert!(twice <= UNWRITTEN + failed, "{phase}: {twice} symbols were done again");
    }
    for symbol in import.keys() {
        whole(&stage, symbol);
    }
    let history = stage.get("history?days=1");
    assert_eq!(
        (&history["runs"][0]["attempt"], &history["runs"][1]["status"]),
        (&json!(2), &json!("failed"))
    );
}

#[test]
fn killed_in_the_import_it_is_reported_and_goes_on() {
    killed_in("data_import_started", "import");
}

#[test]
fn killed_in_the_cache_sync_it_is_reported_and_goes_on() {
    killed_in("data_import_completed", "cache_sync");
}

#[test]
fn killed_in_the_indicators_it_is_reported_and_goes_on() {
    killed_in("indicator_processing_started", "indicators");
}

#[test]
fn killed_in_the_patterns_it_is_reported_and_goes_on() {
    killed_in("pattern_processing_started", "patterns");
}

#[test]
fn killed_twice_the_last_attempt_accounts_for_all_of_the_run() {
    let mut stage = Stage::serve(FEW);
    stage.begin(Way::Http, &NIGHT, "night", json!({}));
    let mut run = "night".to_owned();
    for begun in ["indicator_processing_started", "pattern_processing_started"] {
        stage.until(|heard| heard.of(&run) && heard.event() == begun);
        for _ in 0..20 {
            stage.until(|heard| heard.of(&run) && heard.event() == "symbol_processing_complete");
        }
        stage.again(None);
        run = next_of(&mut stage, &run);
    }
    let view = stage.ended(&run);
    let failed = u32::try_from(stage.failures(&run).len()).unwrap();
    let good = json!(100 - failed);
    assert_eq!((view.run.status, view.symbols(), view.failed()), (RunStatus::Success, 100, failed));
    let said = |event: &str| {
        let of = stage.of(&run);
        of.into_iter().find(|heard| heard.event() == event).unwrap().payload().clone()
    };
    let (begun, import) = (said("processing_started"), said("data_import_completed"));
    assert_eq!((&begun["symbols_count"], &import["total_symbols"]), (&json!(100), &json!(100)));
    assert!(import["total_records_imported"].as_u64().unwrap() > 3_000 * 80, "{import}");
    assert_eq!(said("cache_sync_completed")["task_results"].as_object().unwrap().len(), 5);
    let indicators = said("indicator_processing_completed");
    assert_eq!((&indicators["total_symbols"], &indicators["successful_symbols"]), (&good, &good));
    assert_eq!(said("processing_completed")["symbols_processed"], good);
    let row = &stage.get("history?days=1")["runs"][0];
    assert_eq!((&row["attempt"], &row["symbols_processed"]), (&json!(3), &good));
    assert_eq!(row["indicators_calculated"], indicators["successful_indicators"]);
    let told: Vec<&str> = (stage.of(&run).into_iter())
        .filter(|heard| heard.event() == "symbol_processing_complete" && heard.payload()["phase"].is_null())
        .map(|heard| heard.payload()["symbol"].as_str().unwrap())
        .collect();
    assert_eq!(told.len(), 100, "each symbol of the run has its word, once");
}

#[test]
fn a_second_processor_on_the_store_refuses_to_start_and_the_run_goes_on() {
    let mut stage = Stage::serve(FEW);
    stage.begin(Way::Http, &NIGHT, "night", json!({}));
    stage.until(|heard| heard.event() == "symbol_processing_complete");
    let store = format!("sqlite://{}/processor.db", stage.redis.folder.display());
    let redis = format!("redis://127.0.0.1:{}", stage.redis.port);
    let mut second = Command::new(env!("CARGO_BIN_EXE_processor"));
    second.args(["serve", "--db", &store, "--listen", "127.0.0.1:0", "--redis", &redis]);
    let refused = second.output().unwrap();
    let sentence = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && sentence.contains("another processor works on"), "{sentence}");
    assert_eq!(stage.ended("night").run.status, RunStatus::Success, "nobody took it for interrupted");
    // What was killed holds nothing.
    stage.again(None);
    assert_eq!(stage.get("status")["is_running"], false);
}

#[test]
fn without_resume_a_run_that_was_killed_is_reported_and_left() {
    let mut stage = Stage::serve(&[FEW, &["--no-resume"]].concat());
    stage.begin(Way::Http, &NIGHT, "night", json!({}));
    stage.until(|heard| heard.event() == "symbol_processing_complete");
    stage.again(None);
    let view = stage.ended("night");
    assert_eq!(view.run.status, RunStatus::Failed);
    assert_eq!(stage.get("status")["is_running"], false);
    // It is reported once.
    stage.again(None);
    stage.until(|heard| heard.event() == "heartbeat");
    stage.silence();
}

/// What a stream has, in its order.
fn stream(stage: &Stage) -> Vec<Heard> {
    let mut connection = stage.redis.client().get_connection().unwrap();
    let entries: redis::streams::StreamRangeReply =
        redis::cmd("XRANGE").arg("closing-bell:events").arg("-").arg("+").query(&mut connection).unwrap();
    let read = |id: &redis::streams::StreamId| {
        let message: Vec<u8> = id.get("message").unwrap();
        Heard { channel: id.get("channel").unwrap(), said: serde_json::from_slice(&message).unwrap() }
    };
    entries.ids.iter().map(read).collect()
}

#[test]
fn redis_goes_amid_a_run_and_comes_back_and_nothing_is_lost_and_all_is_in_order() {
    let mut stage = Stage::serve(FEW);
    stage.begin(Way::Http, &NIGHT, "night", json!({}));
    stage.until(|heard| heard.event() == "data_import_started");
    for _ in 0..20 {
        stage.until(|heard| heard.event() == "symbol_processing_complete");
    }
    stage.redis.stop();
    // The work goes on; and a restart of the processor itself loses nothing of what is kept.
    while stage.get("status")["current_phase"] != "indicators" {
        std::thread::yield_now();
    }
    stage.again(None);
    while stage.get("status")["is_running"] == true {
        std::thread::yield_now();
    }
    stage.redis_back();
    let end =
        |heard: &Heard| heard.event() == "processing_completed" && heard.payload()["status"] == "success";
    while !stream(&stage).iter().any(end) {
        std::thread::yield_now();
    }
    let all = stream(&stage);
    let next = all.iter().find(|one| one.payload()["retry_of"] == "night").unwrap();
    let runs = ["night", next.payload()["run_id"].as_str().unwrap()];
    let imported = results(&all, &runs, "import");
    let failing = all.iter().filter(|one| {
        one.event() == "symbol_processing_complete" && one.of(runs[1]) && one.payload()["success"] == false
    });
    let failed = failing.count();
    assert_eq!(imported.len(), 100);
    for phase in ["indicators", "patterns"] {
        assert_eq!(results(&all, &runs, phase).len(), 100 - failed, "{phase}");
    }
    let times: Vec<&str> = all.iter().filter_map(|one| one.said["timestamp"].as_str()).collect();
    assert!(times.windows(2).all(|pair| pair[0] <= pair[1]), "the order is that in which it was said");
}

#[test]
fn a_full_disk_fails_the_run_with_its_reason_and_nothing_is_half_written() {
    let mut stage = Stage::serve(FEW);
    // The shell counts in blocks of 512 bytes: three megabytes are full in the import.
    stage.again(Some(6_000));
    stage.begin(Way::Http, &NIGHT, "night", json!({}));
    let view = stage.ended("night");
    assert_eq!(view.run.status, RunStatus::Failed);
    assert!(stage.failures("night").iter().any(|(_, code)| code == "STORAGE_FAILED"));
    let imported = results(&stage.heard, &["night"], "import");
    assert!((1..100).contains(&imported.len()), "{}", imported.len());
    // There is room again: what was stored is whole, and the next run does the rest.
    stage.again(None);
    for symbol in imported.keys() {
        whole(&stage, symbol);
    }
    while stage.get("status")["is_running"] == true {
        std::thread::yield_now();
    }
    stage.begin(Way::Http, &NIGHT, "after", json!({}));
    assert_eq!(stage.ended("after").run.status, RunStatus::Success);
}
