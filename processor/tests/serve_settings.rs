//! Settings of the real producer that cannot work: refused at the start, or said at once, before a night fails by them.

mod support;

use serde_json::{Value, json};
use std::process::Command;
use support::redis::Redis;
use support::stage::{SCHEDULE, Stage};

fn health(stage: &Stage) -> Value {
    stage.send("GET", "/health", &Value::Null).answer().json()
}

#[test]
fn a_provider_that_answers_nobody_without_a_key_is_not_begun_with_without_one() {
    let redis = Redis::start();
    let store = format!("sqlite://{}/processor.db", redis.folder.display());
    let mut serve = Command::new(env!("CARGO_BIN_EXE_processor"));
    serve.args(["serve", "--source", "rest", "--db", &store, "--listen", "127.0.0.1:0"]);
    serve.args(["--redis", &format!("redis://127.0.0.1:{}", redis.port)]);
    let refused = serve.env_remove("MASSIVE_API_KEY").env_remove("POLYGON_API_KEY").output().unwrap();
    let sentence = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && sentence.contains("MASSIVE_API_KEY"), "{sentence}");
}

#[test]
fn universes_that_the_source_does_not_know_are_said_until_others_are_set() {
    let stage = Stage::serve(&["--universes", "nope"]);
    let told = health(&stage);
    assert_eq!((&told["status"], &told["services"]["scheduler"]), (&json!("degraded"), &json!("active")));
    let reason = told["reason"].as_str().unwrap();
    assert!(reason.contains("knows no universe nope, which --universes names"), "{reason}");
    // The schedule began with the same ones: it alone can be set meanwhile.
    assert_eq!(stage.post(&SCHEDULE, &json!({ "universes": ["top_100"] })).status, 200);
    assert_eq!(health(&stage)["status"], "degraded", "who asks for a night still gets none");
    let stage = Stage::serve(&["--universes", "nope,top_100"]);
    assert_eq!((&health(&stage)["status"], health(&stage).get("reason")), (&json!("healthy"), None));
}

#[test]
fn health_says_that_the_scheduler_is_off() {
    let stage = Stage::serve(&["--no-schedule"]);
    assert_eq!(health(&stage)["services"]["scheduler"], "off");
    let stage = Stage::serve(&[]);
    assert_eq!(health(&stage)["services"]["scheduler"], "active");
    assert_eq!(stage.post(&SCHEDULE, &json!({ "enabled": false })).status, 200);
    assert_eq!(health(&stage)["services"]["scheduler"], "off");
}
