//! The real processor, listening, and wrong on purpose: every fault by both ways, and that it is gone when its times are over.

mod support;

use domain::record::RunStatus;
use domain::verdict::Verdict;
use serde_json::{Value, json};
use std::process::Command;
use std::time::{Duration, Instant};
use support::http::Answer;
use support::stage::{CANCEL, IMPORT, NIGHT, RETRY, Stage, Way, word};

const FAST: [&str; 4] = ["--symbols", "40", "--speed", "1000000"];

/// A fault of which nothing follows but what is answered.
fn without_a_run(fault: &str, answered: impl Fn(&Answer)) {
    let mut stage = Stage::start(&FAST);
    stage.fault(fault, 2);
    answered(&stage.post(&IMPORT, &json!({ "run_id": "one" })));
    stage.publish(&IMPORT, Some("two"), &json!({}));
    stage.silence();
    assert_eq!(stage.get("history")["runs"], json!([]));
    stage.begin(Way::Http, &IMPORT, "three", json!({}));
    assert_eq!(stage.ended("three").run.status, RunStatus::Success, "the fault is over");
}

#[test]
fn an_internal_error() {
    without_a_run("internal-error", |answer| assert_eq!(answer.refused(), (500, "internal_error".into())));
}

#[test]
fn a_page_instead_of_json() {
    without_a_run("html", |answer| {
        assert!(answer.status == 200 && answer.head.contains("text/html"), "{answer:?}");
    });
}

#[test]
fn a_connection_that_closes_without_a_word() {
    without_a_run("closes", |answer| {
        assert_eq!((answer.status, &*answer.head, &*answer.body), (0, "", ""));
    });
}

#[test]
fn a_key_that_is_refused() {
    without_a_run("unauthorised", |answer| assert_eq!(answer.refused(), (401, "unauthorised".into())));
}

#[test]
fn a_run_that_never_starts() {
    without_a_run("never-starts", |answer| {
        assert_eq!((answer.status, &answer.json()["run_id"]), (200, &json!("one")));
    });
}

#[test]
fn half_an_answer_to_a_run_that_begins() {
    let mut stage = Stage::start(&FAST);
    stage.fault("half-json", 1);
    let answer = stage.post(&IMPORT, &json!({ "run_id": "one" }));
    let promised = answer.head.split("content-length: ").nth(1).unwrap();
    let promised: usize = promised.lines().next().unwrap().parse().unwrap();
    assert_eq!((answer.status, answer.body.len()), (200, promised / 2));
    assert!(serde_json::from_str::<Value>(&answer.body).is_err(), "{answer:?}");
    assert_eq!(stage.ended("one").run.status, RunStatus::Success);
}

#[test]
fn a_slow_answer_comes_after_its_run_and_over_redis_the_run_itself_is_slow() {
    let slow = Duration::from_secs(2);
    let mut stage = Stage::start(&[&FAST[..], &["--slow-seconds", "2", "--fault", "slow"]].concat());
    let asked = Instant::now();
    let sent = stage.send("POST", "/api/processing/trigger-import", &json!({ "run_id": "one" }));
    stage.ended("one");
    assert_eq!(sent.answer().json()["run_id"], "one");
    assert!(asked.elapsed() >= slow, "{:?}", asked.elapsed());
    let asked = Instant::now();
    stage.publish(&IMPORT, Some("two"), &json!({}));
    stage.until(|heard| heard.of("two"));
    assert!(asked.elapsed() >= slow, "{:?}", asked.elapsed());
}

#[test]
fn another_run_than_the_one_that_was_accepted() {
    let mut stage = Stage::start(&FAST);
    stage.fault("other-run-id", 2);
    stage.begin(Way::Http, &NIGHT, "one", json!({}));
    for asked in ["one", "two"] {
        if asked == "two" {
            stage.publish(&NIGHT, Some("two"), &json!({}));
        }
        let began = stage.until(|heard| heard.event() == "processing_started");
        let other = began.payload()["run_id"].as_str().unwrap().to_owned();
        assert_ne!(other, asked);
        stage.ended(&other);
        assert!(stage.of(asked).is_empty());
    }
}

#[test]
fn a_refusal_that_names_a_run_of_nobody() {
    let mut stage = Stage::start(&FAST);
    stage.fault("refuses", 2);
    let answer = stage.post(&NIGHT, &json!({ "run_id": "one" }));
    assert_eq!(answer.refused(), (409, "already_running".into()));
    assert_ne!(answer.json()["run_id"], "one");
    stage.publish(&NIGHT, Some("two"), &json!({}));
    let context = stage.next().payload()["context"].clone();
    assert_eq!((&context["run_id"], &context["reason"]), (&json!("two"), &json!("already_running")));
    assert_eq!(stage.get("history")["runs"], json!([]));
}

#[test]
fn a_retry_in_which_all_fail_again() {
    for way in [Way::Http, Way::Redis] {
        let mut stage = Stage::start(&FAST);
        stage.fault("fails-again", 1);
        stage.begin(way, &NIGHT, "night", json!({}));
        stage.ended("night");
        let failed = stage.failures("night").len();
        stage.begin(way, &RETRY, "again", json!({ "original_run_id": "night" }));
        assert!(matches!(word(&stage.ended("again")), Verdict::Failed { .. }));
        let again = stage.failures("again");
        assert!(
            failed > 2 && again.len() == failed && again.iter().all(|(_, code)| code == "API_RATE_LIMIT")
        );
        stage.begin(way, &RETRY, "third", json!({ "original_run_id": "again" }));
        stage.ended("third");
        assert_eq!(stage.failures("third").len(), 2, "those whom nobody knows, and no others");
    }
}

#[test]
fn a_cancel_that_is_accepted_and_ignored() {
    for way in [Way::Http, Way::Redis] {
        let mut stage = Stage::start(&["--symbols", "40", "--speed", "1000"]);
        stage.fault("ignores-cancel", 1);
        stage.begin(way, &NIGHT, "night", json!({}));
        stage.until(|heard| heard.event() == "symbol_processing_complete");
        match way {
            Way::Http => assert_eq!(stage.post(&CANCEL, &Value::Null).status, 200),
            Way::Redis => stage.publish(&CANCEL, Some("night"), &Value::Null),
        }
        assert_eq!(stage.ended("night").run.status, RunStatus::Success);
    }
}

#[test]
fn no_times_is_no_fault_any_more() {
    let mut stage = Stage::start(&[&FAST[..], &["--fault", "closes"]].concat());
    assert_eq!(stage.post(&IMPORT, &json!({})).status, 0);
    stage.fault("closes", 0);
    stage.begin(Way::Http, &IMPORT, "one", json!({}));
    stage.ended("one");
}

/// Whoever reaches it may start runs, so only this machine does.
#[test]
fn it_listens_on_this_machine_only() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80", "localhost"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_processor"));
        let output = command.args(["simulate", "--listen", address]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains("127.0.0.1"), "{address}: {said}");
    }
}
