//! The words of the real producer, held against the contract: names, channels, fields and their types, where nothing is understood yet.
//! (What the server makes of them is asked in `serve.rs`.)

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod source;
mod support;

use processor::sample::real;
use serde_json::{Value, json};
use source::csv;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use support::stage::{Heard, NIGHT, Stage, Way};

const FEW: &[&str] = &["--no-schedule", "--universes", "top_100", "--timeframes", "daily,weekly"];

/// Everything that is said in a night of a hundred symbols.
static HEARD: LazyLock<Vec<Heard>> = LazyLock::new(|| {
    let mut stage = Stage::serve(FEW);
    stage.begin(Way::Http, &NIGHT, "night", json!({}));
    stage.ended("night");
    stage.heard.clone()
});

fn all<'h>(heard: &'h [Heard], event: &str) -> Vec<&'h Heard> {
    heard.iter().filter(|one| one.event() == event).collect()
}

fn one<'h>(heard: &'h [Heard], event: &str) -> &'h Heard {
    let all = all(heard, event);
    assert_eq!(all.len(), 1, "{event}");
    all[0]
}

/// Fields that the contract counts in whole numbers, where they are there.
const WHOLE: [&str; 16] = [
    "symbols_count",
    "total_symbols",
    "completed_symbols",
    "processed",
    "remaining",
    "successful_symbols",
    "symbols_processed",
    "symbols_failed",
    "eta_seconds",
    "avg_processing_time_ms",
    "processing_time_ms",
    "total_indicators",
    "successful_indicators",
    "failed_indicators",
    "total_patterns_checked",
    "patterns_detected",
];

#[test]
fn a_night_is_told_in_the_contracts_own_types() {
    let heard = HEARD.as_slice();
    for message in heard {
        let payload = message.payload().as_object().unwrap();
        for (field, value) in payload.iter().filter(|(field, _)| WHOLE.contains(&field.as_str())) {
            assert!(value.is_u64(), "{field} of {message:?}");
        }
        let exact = message.event() == "cache_sync_completed";
        assert!(exact || payload.get("duration_seconds").is_none_or(Value::is_u64), "{message:?}");
    }
    let begun = one(heard, "data_import_started").payload();
    for frame in ["daily", "weekly"] {
        assert!(begun["lookback_days"][frame].as_u64().is_some_and(|days| days > 10_000), "{begun}");
    }
    let moves = all(heard, "import_progress");
    assert_eq!(moves.len(), 100);
    let last = moves.last().unwrap();
    assert_eq!(last.channel, "tickstock:import:progress");
    assert_eq!(
        (&last.payload()["completed_symbols"], &last.payload()["percent_complete"]),
        (&json!(100), &json!(100.0))
    );
    let jobs = all(heard, "job_progress_update");
    let import: Vec<_> = jobs.iter().filter(|job| job.payload()["phase"] == "data_import").collect();
    assert_eq!((import.len(), &import[99].payload()["remaining"]), (100, &json!(0)));
    for job in &jobs {
        assert_eq!(
            (job.channel.as_str(), &job.said["source"]),
            ("tickstock:monitoring", &json!("job_progress_tracker"))
        );
    }
    assert!(import.iter().all(|job| job.payload()["avg_processing_time_ms"].is_u64()));
    // An import names who failed; the others count them.
    assert!(one(heard, "data_import_completed").payload()["failed_symbols"].is_array());
    for event in ["indicator_processing_completed", "pattern_processing_completed"] {
        assert!(one(heard, event).payload()["failed_symbols"].is_u64(), "{event}");
    }
    let patterns = one(heard, "pattern_processing_started").payload();
    assert_eq!(patterns["timeframes"], json!(["1day", "1week"]));
    let frames = all(heard, "pattern_detected").into_iter().map(|one| one.payload()["timeframe"].clone());
    let frames: BTreeSet<String> = frames.map(|frame| frame.as_str().unwrap().to_owned()).collect();
    assert!(
        !frames.is_empty() && frames.iter().all(|frame| ["1day", "1week"].contains(&frame.as_str())),
        "{frames:?}"
    );
}

/// Three bars of one symbol, and six of another.
#[test]
fn what_has_too_few_bars_is_counted_and_it_is_said_how_many_each_needs() {
    let folder = tempfile::TempDir::new().unwrap();
    let bars = real::bars("AAPL").unwrap();
    for (symbol, count) in [("three", 3), ("SIX", 6)] {
        std::fs::write(folder.path().join(format!("{symbol}.csv")), csv(&bars[..count])).unwrap();
    }
    let mut stage = Stage::serve(&["--no-schedule", "--source", folder.path().to_str().unwrap()]);
    stage.begin(Way::Http, &NIGHT, "night", json!({}));
    stage.ended("night");
    let warned = |symbol: &str| {
        let of = |heard: &&Heard| heard.event() == "error" && heard.payload()["context"]["symbol"] == symbol;
        stage.heard.iter().find(of).unwrap().payload().clone()
    };
    let (three, six) = (warned("three"), warned("SIX"));
    assert_eq!((&three["severity"], &three["error_code"]), (&json!("warning"), &json!("INSUFFICIENT_DATA")));
    let points = |payload: &Value| {
        (payload["context"]["data_points"].clone(), payload["context"]["required_points"].clone())
    };
    assert_eq!((points(&three), points(&six)), ((json!(3), json!(5)), (json!(6), json!(10))));
    let sentence = three["message"].as_str().unwrap();
    let begins = "3 daily bars are too few for sma_5 (5), sma_10 (10), ";
    assert!(sentence.starts_with(begins) && sentence.contains("macd (34)"), "{sentence}");
    let end = one(&stage.heard, "indicator_processing_completed").payload();
    let count = |field: &str| end[field].as_u64().unwrap();
    assert_eq!((count("total_indicators"), count("successful_indicators")), (36, 2), "{end}");
    assert_eq!((count("failed_indicators"), &end["stats"]["skipped_indicators"]), (34, &json!(34)));
}

#[test]
fn an_error_has_one_name() {
    let heard = HEARD.as_slice();
    let errors: Vec<&Heard> = heard.iter().filter(|one| one.channel == "tickstock:errors").collect();
    assert!(!errors.is_empty() && errors.iter().all(|one| one.event() == "error"), "{errors:?}");
}

#[test]
fn a_runs_sync_is_told_as_its_phase_and_as_a_job_up_to_its_last_step() {
    let heard = HEARD.as_slice();
    let begun = one(heard, "cache_sync_started");
    assert_eq!(
        (begun.channel.as_str(), &begun.payload()["run_id"]),
        ("tickstock:cache:started", &json!("night"))
    );
    let steps = |event: &str| -> Vec<u64> {
        let all = all(heard, event).into_iter().filter(|one| one.payload().get("total_items").is_some());
        all.map(|one| one.payload()["completed"].as_u64().unwrap()).collect()
    };
    assert_eq!(steps("cache_sync_progress"), [0, 1, 2, 3, 4, 5]);
    assert_eq!(steps("job_progress_update"), [0, 1, 2, 3, 4, 5]);
    let ends = all(heard, "cache_sync_completed");
    let channels: Vec<&str> = ends.iter().map(|one| one.channel.as_str()).collect();
    assert_eq!(channels, ["tickstock:cache:completed", "tickstock:cache:sync_complete"]);
    for end in ends {
        assert_eq!((&end.payload()["job_id"], &end.payload()["run_id"]), (&json!("night"), &json!("night")));
        assert_eq!(end.payload()["status"], "completed");
    }
    let changes = all(heard, "universe_updated");
    assert!(!changes.is_empty() && changes.iter().all(|one| one.payload()["metadata"]["count"].is_u64()));
    let named = changes.iter().find(|one| one.payload()["universe"] == "top_100").unwrap();
    assert_eq!(named.payload()["reason"], "as the source lists it");
}
