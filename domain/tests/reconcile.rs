//! What the producer's API answers against what the board says: every case, and that answers of any shape do no harm.

mod support;

use domain::board::Board;
use domain::decode::{NoAnswer, decode, history, status};
use domain::event::Ending;
use domain::phase::Phase;
use domain::reconcile::{Findings, MOST, reconcile};
use domain::record::RunStatus;
use domain::time::{MINUTE, Millis};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{START, board, night};

const ASKED: Millis = START + 60 * MINUTE;

/// A board that heard a run begin and its import move.
fn running(ids: &[&str]) -> Board {
    let mut board = board();
    for id in ids {
        tell(
            &mut board,
            &json!({ "event": "processing_started", "payload": { "run_id": id, "symbols_count": 503 } }),
            START,
        );
        let progress = json!({ "event": "import_progress", "payload": { "run_id": id, "completed_symbols": 9, "total_symbols": 503 } });
        tell(&mut board, &progress, START + MINUTE);
    }
    board
}

fn tell(board: &mut Board, message: &Value, at: Millis) {
    board.apply(&decode("c", message.to_string().as_bytes(), at).expect("it is JSON"));
}

/// What follows from two answers.
fn follows(board: &Board, status_body: &Value, history_body: &Value) -> Findings {
    let status = status(status_body.to_string().as_bytes()).ok();
    let history = history(history_body.to_string().as_bytes()).ok();
    reconcile(status.as_ref(), history.as_deref(), &board.views(), ASKED)
}

fn apply(board: &mut Board, found: &Findings) -> Vec<bool> {
    let event =
        |message: &String| decode("closing-bell:reconcile", message.as_bytes(), ASKED).expect("it is JSON");
    found.messages.iter().map(event).map(|event| board.apply(&event)).collect()
}

fn idle() -> Value {
    json!({ "is_running": false, "run_id": null, "current_phase": "idle", "progress": 0 })
}

#[test]
fn a_run_that_ended_unheard_gets_the_end_that_the_history_tells() {
    let words = [
        ("completed", RunStatus::Success),
        ("completed_with_errors", RunStatus::Success),
        ("SUCCESS", RunStatus::Success),
        ("failed", RunStatus::Failed),
        ("error", RunStatus::Failed),
        ("cancelled", RunStatus::Cancelled),
        ("skipped", RunStatus::Skipped),
    ];
    for (word, expected) in words {
        let mut board = running(&["x"]);
        let row = json!({ "run_id": "x", "status": word, "symbols_processed": 499, "symbols_failed": 4,
            "end_time": "2026-11-20T21:40:00Z", "duration_seconds": 1800, "error_message": "disk full" });
        let found = follows(&board, &idle(), &json!({ "runs": [row] }));
        assert_eq!((found.messages.len(), found.unaccounted.len()), (1, 0), "{word}: {found:?}");
        let message: Value = serde_json::from_str(&found.messages[0]).expect("it is JSON");
        assert_eq!((&message["source"], &message["version"]), (&json!("producer_api"), &json!("1.0")));
        assert_eq!(message["timestamp"], "2026-11-20T21:40:00Z", "the end as the producer tells it");
        assert_eq!(apply(&mut board, &found), [true], "{word}");
        let view = board.run_view("x").expect("it is known");
        assert_eq!(view.run.status, expected, "{word}");
        assert_eq!((view.run.processed, view.run.failed), (Some(503), Some(4)));
        assert_eq!(view.run.reason.as_deref(), Some("disk full"));
    }
}

#[test]
fn no_end_is_invented() {
    let board = running(&["x"]);
    let rows = |status: Value| json!({ "runs": [{ "run_id": "x", "status": status, "end_time": "2026-11-20T21:40:00Z" }] });
    for word in ["running", "pending", "in_progress", "finalising", "", "unknown"] {
        let found = follows(&board, &idle(), &rows(word.into()));
        assert_eq!(found, Findings::default(), "{word}");
    }
    assert_eq!(follows(&board, &idle(), &rows(Value::Null)), Findings::default());
    // The producer says that it runs: a row of its history is older than that, or about another attempt.
    let busy = json!({ "is_running": true, "run_id": "x", "current_phase": "import" });
    assert_eq!(follows(&board, &busy, &rows("completed".into())), Findings::default());
    // The newest row of a run counts.
    let twice =
        json!({ "runs": [{ "run_id": "x", "status": "running" }, { "run_id": "x", "status": "failed" }] });
    assert_eq!(follows(&board, &idle(), &twice), Findings::default());
    // A row without an id is nobody's.
    let nameless = json!({ "runs": [{ "run_date": "2026-11-20", "status": "completed", "processing_time_seconds": 9 }] });
    assert_eq!(follows(&board, &idle(), &nameless).messages, [""; 0]);
}

#[test]
fn a_run_in_neither_answer_stays_as_it_is_and_is_named() {
    let board = running(&["x"]);
    let found = follows(&board, &idle(), &json!({ "runs": [] }));
    assert_eq!((found.messages.len(), found.unaccounted), (0, vec!["x".to_owned()]));
    // Without a history, or while some run goes on that is not named, that cannot be said.
    assert_eq!(follows(&board, &idle(), &json!("no")), Findings::default());
    assert_eq!(follows(&board, &json!({ "is_running": true }), &json!({ "runs": [] })), Findings::default());
}

#[test]
fn a_run_that_nobody_heard_of_is_opened_where_it_is() {
    let flat = json!({ "is_running": true, "run_id": "y", "current_phase": "indicators", "progress": 40.5,
        "symbols_processed": 201, "symbols_total": 503, "start_time": "2026-11-20T21:10:00Z" });
    let guide = json!({ "is_processing": true, "run_id": "y", "phase": "indicator_processing", "progress": { "percentage": 40.5 }, "symbols_total": 503 });
    let nested = json!({ "success": true, "status": { "is_running": true, "run_id": "y", "phase": "indicator_calculation",
        "progress": "40.5", "symbols_total": 503, "symbols_completed": 201, "symbols_failed": 1, "current_symbol": "NVDA" } });
    let worded = json!({ "status": "in_progress", "run_id": "y", "phase": "Phase 3", "percentage": 40.5, "total_symbols": 503 });
    for body in [flat, guide, nested, worded] {
        let mut board = board();
        let found = follows(&board, &body, &json!({ "history": [] }));
        assert_eq!(apply(&mut board, &found), [true], "{body}");
        let view = board.run_view("y").expect("it was opened");
        assert!(view.run.adopted, "its start was not heard");
        assert_eq!(
            (view.run.status, view.run.symbols, view.run.percent),
            (RunStatus::Running, 503, Some(40)),
            "{body}"
        );
        assert_eq!(view.current().map(|(phase, _)| &phase.phase), Some(&Phase::Indicators), "{body}");
    }
}

#[test]
fn what_agrees_says_nothing_and_what_is_further_is_told() {
    let board = running(&["x"]);
    let at = |phase: &str, total: u32| json!({ "is_running": true, "run_id": "x", "current_phase": phase, "symbols_processed": 9, "symbols_total": total });
    let none = json!({ "runs": [] });
    assert_eq!(follows(&board, &at("data_import", 503), &none), Findings::default());
    assert_eq!(follows(&board, &at("running", 503), &none), Findings::default(), "a state is no phase");
    assert_eq!(follows(&board, &at("indicators", 503), &none).messages.len(), 1);
    assert_eq!(follows(&board, &at("import", 504), &none).messages.len(), 1);
    // A run that has ended here is not opened again by an answer that is older than its end.
    let mut ended = running(&["x"]);
    tell(
        &mut ended,
        &json!({ "event": "processing_completed", "payload": { "run_id": "x", "status": "success" } }),
        ASKED,
    );
    assert_eq!(follows(&ended, &at("patterns", 9_999), &none), Findings::default());
}

#[test]
fn what_is_said_is_bounded() {
    let ids: Vec<String> = (0..32).map(|number| format!("run-{number}")).collect();
    let board = running(&ids.iter().map(String::as_str).collect::<Vec<_>>());
    let rows: Vec<Value> = ids
        .iter()
        .map(|id| json!({ "run_id": id, "status": "failed", "error": "x".repeat(9_000) }))
        .collect();
    let found = follows(&board, &json!({ "is_running": true, "run_id": "new" }), &json!(rows));
    assert_eq!(found.messages.len(), MOST);
    assert!(found.messages.iter().all(|message| message.len() < 1_024));
}

#[test]
fn what_is_no_answer_is_told_apart() {
    for body in ["", "<html>", "{\"is_running\":", "\u{fffd}"] {
        assert_eq!(status(body.as_bytes()).err(), Some(NoAnswer::NotJson), "{body}");
        assert_eq!(history(body.as_bytes()).err(), Some(NoAnswer::NotJson), "{body}");
    }
    assert_eq!(status(&[0xff]).err(), Some(NoAnswer::NotJson));
    for body in ["[]", "{}", "null", "{\"detail\":\"Not Found\"}"] {
        assert_eq!(status(body.as_bytes()).err(), Some(NoAnswer::Strange), "{body}");
    }
    for body in ["{}", "null", "7", "{\"runs\":{}}"] {
        assert_eq!(history(body.as_bytes()).err(), Some(NoAnswer::Strange), "{body}");
    }
    assert_eq!(
        history(b"[{\"run_id\":7,\"status\":\"canceled\"}]")
            .map(|rows| (rows[0].run.clone(), rows[0].ending)),
        Ok(("7".into(), Some(Ending::Cancelled)))
    );
}

/// Any JSON, often with the names that matter.
fn any_json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        4 => prop::sample::select(vec!["run_id", "is_running", "current_phase", "phase", "progress", "symbols_total", "symbols_processed",
            "symbols_failed", "status", "runs", "history", "end_time", "error_message", "is_processing", "data", "total_items"]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    let word = prop::sample::select(vec![
        "run-0",
        "run-1",
        "run-2",
        "new",
        "completed",
        "failed",
        "cancelled",
        "running",
        "idle",
        "import",
        "indicators",
        "alert_generation",
        "2026-11-20T21:40:00Z",
        " \u{202e}x ",
    ]);
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => (0..200_u32).prop_map(Value::from),
        4 => word.prop_map(Value::from),
        1 => any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 60, 8, move |inner| {
        let object = prop::collection::hash_map(name.clone(), inner.clone(), 0..8);
        prop_oneof![
            1 => prop::collection::vec(inner, 0..6).prop_map(Value::from),
            3 => object.prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A status and a history that are at least of that shape.
fn answers() -> impl Strategy<Value = (Value, Value)> {
    let shaped = (any_json(), prop::collection::vec(any_json(), 0..6), 0..4_usize, any::<bool>(), 0..4_usize);
    let shaped = shaped.prop_map(|(mut status, mut rows, run, running, row)| {
        let ids = ["run-0", "run-1", "run-2", "new"];
        if let Value::Object(body) = &mut status {
            body.remove("status");
            body.insert("run_id".into(), ids[run].into());
            body.insert("is_running".into(), running.into());
        }
        for (number, body) in rows.iter_mut().filter_map(Value::as_object_mut).enumerate() {
            body.insert("run_id".into(), ids[(row + number) % 4].into());
            body.entry("status").or_insert("completed".into());
        }
        (status, json!({ "runs": rows }))
    });
    prop_oneof![3 => shaped, 1 => (any_json(), any_json())]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever comes: no panic, few messages, and once they are applied nothing is left to say and a repetition changes nothing.
    #[test]
    fn any_answer_is_harmless_and_once_is_enough(events in night(3, 0..30), (status, history) in answers()) {
        let mut board = board();
        for event in &events { board.apply(event); }
        let before: Vec<(String, RunStatus)> = board.views().into_iter().map(|view| (view.run.id, view.run.status)).collect();
        let found = follows(&board, &status, &history);
        prop_assert!(found.messages.len() <= MOST && found.messages.iter().all(|message| message.len() < 16 << 10));
        apply(&mut board, &found);
        for (id, was) in before.iter().filter(|(_, was)| was.ended()) {
            prop_assert_eq!(board.run_view(id).map(|view| view.run.status), Some(*was), "an ended run stays ended");
        }
        prop_assert!(apply(&mut board, &found).iter().all(|changed| !changed), "twice: {:?}", found);
        let again = follows(&board, &status, &history);
        prop_assert_eq!(again.messages, Vec::<String>::new(), "there is more to say after {:?}", found.messages);
    }

    #[test]
    fn any_bytes_are_an_answer_or_none(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = (status(&bytes), history(&bytes));
    }
}
