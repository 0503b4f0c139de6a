//! The real processor, listening, on a real private Redis: what each command does, by either way, as the server understands what is
//! published then.

mod support;

use domain::phase::Phase;
use domain::record::{RunStatus, Trigger};
use domain::verdict::Verdict;
use serde_json::{Value, json};
use std::time::Instant;
use support::http::send;
use support::redis::PATIENCE;
use support::stage::{
    CANCEL, IMPORT, INDICATORS, NIGHT, PATTERNS, RETRY, SCHEDULE, STATUS, SYNC, Stage, Way, word,
};

const WAYS: [Way; 2] = [Way::Http, Way::Redis];
/// A night in a moment.
const FAST: [&str; 4] = ["--symbols", "40", "--speed", "1000000"];
/// A night that has said that it begins, and says nothing more for minutes.
const STILL: [&str; 4] = ["--symbols", "40", "--speed", "0.01"];

#[test]
fn a_night_ends_and_its_retry_makes_up_for_it() {
    for way in WAYS {
        let limited = ["--symbols", "200", "--speed", "1000000", "--scenario", "rate-limited"];
        let mut stage = Stage::start(&limited);
        stage.begin(way, &NIGHT, "night", json!({ "skip_market_check": true, "phases": ["all"] }));
        let night = stage.ended("night");
        assert_eq!((night.run.trigger, night.symbols()), (Some(Trigger::Manual), 200));
        assert_eq!(night.run.plan, Phase::NIGHT);
        assert!(matches!(word(&night), Verdict::ToRetry { .. }), "{way:?} {:?}", word(&night));
        let failures = stage.failures("night");
        let unlisted: Vec<_> = failures.iter().filter(|(_, code)| code == "SYMBOL_NOT_FOUND").collect();
        assert!(unlisted.len() == 2 && failures.len() > 10, "{failures:?}");

        stage.begin(way, &RETRY, "all-again", json!({ "original_run_id": "night", "symbols": null }));
        let again = stage.ended("all-again");
        let begin = stage.of("all-again")[0].payload().clone();
        assert_eq!((&begin["retry_of"], &begin["trigger_type"]), (&json!("night"), &json!("manual")));
        assert_eq!(again.run.plan, [Phase::Import, Phase::Indicators, Phase::Patterns]);
        assert_eq!(again.symbols() as usize, failures.len(), "{way:?}: those that failed, and no others");
        let mut once_more = stage.failures("all-again");
        once_more.sort();
        assert_eq!(once_more.iter().collect::<Vec<_>>(), unlisted, "{way:?}: who is unknown stays unknown");
        assert_eq!(stage.view("night").unwrap().left(), 2, "{way:?}");

        let good: Vec<&String> =
            failures.iter().filter(|(_, code)| code == "API_RATE_LIMIT").map(|(name, _)| name).collect();
        stage.begin(way, &RETRY, "some-again", json!({ "original_run_id": "night", "symbols": good }));
        assert_eq!(word(&stage.ended("some-again")), Verdict::Complete, "{way:?}");
        assert!(stage.failures("some-again").is_empty());
    }
}

#[test]
fn phases_an_import_indicators_and_patterns_are_runs_of_their_own() {
    for way in WAYS {
        let mut stage = Stage::start(&FAST);
        let part = json!({ "phases": ["patterns", "data_import"], "universe": "dow30" });
        stage.begin(way, &NIGHT, "part", part);
        let view = stage.ended("part");
        assert_eq!(view.run.plan, [Phase::Import, Phase::Patterns]);
        assert_eq!(view.run.universes, ["dow30"]);

        let asked = json!({ "universes": ["etf"], "timeframes": ["weekly"], "lookback_days": 9 });
        stage.begin(way, &IMPORT, "import", asked);
        let view = stage.ended("import");
        assert_eq!((view.run.status, view.phases.len()), (RunStatus::Success, 1));
        let begin = stage.of("import")[0];
        assert_eq!(begin.event(), "data_import_started", "nobody says that a run begins");
        assert_eq!(begin.payload()["lookback_days"], json!({ "weekly": 9 }));

        let some =
            json!({ "timeframe": "weekly", "symbols": ["AAPL", "NOBODY", "ABBV"], "indicators": ["RSI"] });
        stage.begin(way, &INDICATORS, "rsi", some);
        let view = stage.ended("rsi");
        assert_eq!((view.run.plan.as_slice(), view.symbols()), (&[Phase::Indicators][..], 3));
        assert_eq!(stage.failures("rsi"), [("NOBODY".into(), "SYMBOL_NOT_FOUND".into())]);
        let values: Vec<&Value> = stage
            .of("rsi")
            .into_iter()
            .filter(|heard| heard.event() == "indicator_calculated")
            .map(|heard| heard.payload())
            .collect();
        let of = |value: &Value| (value["indicator"].clone(), value["timeframe"].clone());
        assert_eq!(
            values.iter().map(|value| of(value)).collect::<Vec<_>>(),
            vec![(json!("RSI"), json!("weekly")); 2]
        );

        stage.begin(way, &INDICATORS, "all-indicators", json!({ "timeframe": "daily" }));
        assert_eq!(stage.ended("all-indicators").symbols(), 40);
        stage.begin(way, &PATTERNS, "patterns", json!({ "timeframe": "daily", "symbols": ["AAPL"] }));
        let view = stage.ended("patterns");
        assert_eq!((view.run.plan.as_slice(), word(&view)), (&[Phase::Patterns][..], Verdict::Complete));
        let told: Vec<Value> = stage.get("history?days=1")["runs"].as_array().unwrap().clone();
        let ids: Vec<&str> = told.iter().map(|run| run["run_id"].as_str().unwrap()).collect();
        assert_eq!(ids, ["patterns", "all-indicators", "rsi", "import", "part"], "newest first");
        assert_eq!(told[2]["indicators_calculated"], 2);
        let past = domain::decode::history(stage.get("history")["runs"].to_string().as_bytes()).unwrap();
        assert!(past.iter().all(|run| run.ending.is_some()), "the server understands each: {past:?}");
    }
}

#[test]
fn a_cache_sync_is_a_job_with_a_history() {
    for way in WAYS {
        let mut stage = Stage::start(&FAST);
        stage.begin(way, &SYNC, "job-1", json!({ "mode": "market_cap", "force": true }));
        assert_eq!(stage.ended("job-1").run.status, RunStatus::Success);
        let said: Vec<(&str, &str)> =
            stage.of("job-1").into_iter().map(|heard| (heard.channel.as_str(), heard.event())).collect();
        assert_eq!(said.first(), Some(&("tickstock:cache:sync_triggered", "cache_sync_triggered")));
        assert_eq!(said.last(), Some(&("tickstock:cache:sync_complete", "cache_sync_completed")));
        stage.begin(way, &SYNC, "job-2", json!({ "mode": "full" }));
        stage.ended("job-2");
        let job = stage.get("cache-sync/status/job-1");
        assert_eq!((&job["status"], &job["mode"]), (&json!("completed"), &json!("market_cap")));
        let page = stage.get("cache-sync/history?limit=1&offset=1");
        assert_eq!((&page["total"], &page["jobs"][0]["job_id"]), (&json!(2), &json!("job-1")));
        assert_eq!(stage.get("cache-sync/stats")["job_statistics"]["successful_jobs_7d"], 2);
        let unknown = stage.send("GET", "/api/processing/cache-sync/status/job-9", &Value::Null).answer();
        assert_eq!(unknown.refused(), (404, "unknown_job".into()));
    }
}

#[test]
fn what_runs_is_told_and_stops_when_it_is_cancelled() {
    for way in WAYS {
        let mut stage = Stage::start(&["--symbols", "40", "--speed", "20"]);
        stage.begin(way, &NIGHT, "night", json!({}));
        stage.until(|heard| heard.event() == "symbol_processing_complete");
        let status = domain::decode::status(stage.get("status").to_string().as_bytes()).unwrap();
        assert_eq!((status.running, status.run.as_deref()), (Some(true), Some("night")));
        assert_eq!((status.phase, status.counts.total), (Some(Phase::Import), Some(40)));
        match way {
            Way::Http => assert_eq!(stage.post(&CANCEL, &json!({ "run_id": "night" })).status, 200),
            Way::Redis => stage.publish(&CANCEL, Some("night"), &Value::Null),
        }
        let view = stage.ended("night");
        assert_eq!(
            (view.run.status, view.phases[0].1.processed() < 40),
            (RunStatus::Cancelled, true),
            "{way:?}"
        );
        assert_eq!(stage.get("history")["runs"][0]["status"], "cancelled");
        stage.silence();
    }
}

#[test]
fn an_import_and_a_cache_sync_can_be_cancelled_too_and_nothing_named_means_what_runs() {
    let mut stage = Stage::start(&STILL);
    for (command, run) in [(&IMPORT, "import"), (&SYNC, "job")] {
        stage.begin(Way::Http, command, run, json!({}));
        stage.until(|heard| heard.of(run));
        assert_eq!(stage.send("DELETE", "/api/processing/cancel", &Value::Null).answer().status, 200);
        assert_eq!(stage.ended(run).run.status, RunStatus::Cancelled);
    }
    assert_eq!(stage.get("cache-sync/status/job")["status"], "failed");
}

#[test]
fn a_status_is_asked_for_over_redis_and_nothing_is_told_of_nothing() {
    let mut stage = Stage::start(&STILL);
    stage.publish(&STATUS, None, &Value::Null);
    stage.silence();
    stage.begin(Way::Redis, &NIGHT, "night", json!({}));
    assert_eq!(stage.next().event(), "processing_started");
    stage.publish(&STATUS, None, &Value::Null);
    let told = stage.next();
    assert_eq!((told.event(), &*told.channel), ("job_progress_update", "tickstock:monitoring"));
    assert_eq!((told.of("night"), &told.payload()["remaining"]), (true, &json!(40)));
}

#[test]
fn one_run_at_a_time_and_refusals_say_why() {
    let mut stage = Stage::start(&STILL);
    assert_eq!(stage.post(&CANCEL, &Value::Null).refused(), (409, "nothing_running".into()));
    stage.begin(Way::Http, &NIGHT, "night", json!({}));
    stage.until(|heard| heard.of("night"));
    for command in [&NIGHT, &IMPORT, &INDICATORS, &PATTERNS, &SYNC] {
        let answer = stage.post(command, &json!({ "run_id": "other" }));
        assert_eq!(answer.refused(), (409, "already_running".into()));
        assert_eq!(answer.json()["run_id"], "night");
    }
    assert_eq!(stage.post(&CANCEL, &json!({ "run_id": "other" })).refused(), (409, "nothing_running".into()));
    let cancelled = stage.send("DELETE", "/api/processing/cancel?run_id=other", &Value::Null).answer();
    assert_eq!(cancelled.refused(), (409, "nothing_running".into()));
    for (command, reason) in [(&IMPORT, "already_running"), (&CANCEL, "nothing_running")] {
        stage.publish(command, Some("other"), &json!({}));
        let heard = stage.next();
        let said = heard.payload();
        assert_eq!((&*heard.channel, heard.event()), ("tickstock:errors", "error"));
        assert_eq!((&said["error_code"], &said["severity"]), (&json!("COMMAND_REFUSED"), &json!("warning")));
        assert_eq!(
            (&said["context"]["run_id"], &said["context"]["reason"]),
            (&json!("other"), &json!(reason))
        );
    }
    for (bytes, reason) in [(&b"not json"[..], "bad_request"), (br#"{"command":7}"#, "unknown_command")] {
        stage.publish_bytes("tickstock.commands.retry", bytes);
        assert_eq!(stage.next().payload()["context"]["reason"], reason);
    }
}

#[test]
fn bad_input_is_refused_by_the_name_of_the_field() {
    let stage = Stage::start(&FAST);
    for (command, body, field) in [
        (&NIGHT, json!({ "phases": ["dinner"] }), "phases"),
        (&NIGHT, json!({ "run_id": "x".repeat(65) }), "run_id"),
        (&NIGHT, json!([1]), "body"),
        (&RETRY, json!({ "original_run_id": "never" }), "original_run_id"),
        (&SYNC, json!({ "mode": "half" }), "mode"),
        (&SCHEDULE, json!({}), "enabled"),
        (&SCHEDULE, json!({ "trigger_time": "25:00" }), "trigger_time"),
        (&SCHEDULE, json!({ "trigger_time": "12:00" }), "trigger_time"),
    ] {
        let answer = stage.post(command, &body);
        assert_eq!(answer.refused(), (400, "bad_request".into()));
        assert_eq!(answer.json()["field"], field);
    }
    let ask = |method, path, body: &[u8]| send(stage.port, method, path, &[], body).answer().refused();
    let trigger = "/api/processing/trigger-manual";
    assert_eq!(ask("POST", trigger, &vec![b' '; (1 << 20) + 1]), (413, "too_large".into()));
    assert_eq!(ask("GET", trigger, b""), (405, "method_not_allowed".into()));
    assert_eq!(ask("GET", "/api/processing/dinner", b""), (404, "not_found".into()));
    assert_eq!(ask("GET", "/api/processing/history?days=x", b""), (400, "bad_request".into()));
    assert_eq!(ask("POST", "/simulate/fault", br#"{"fault":"flood"}"#), (400, "bad_request".into()));
    let page = send(stage.port, "POST", trigger, &[("Origin", "http://127.0.0.1")], b"{}").answer();
    assert_eq!(page.refused(), (403, "from_a_page".into()));
    assert_eq!(stage.get("history")["runs"], json!([]), "none of it began anything");
}

#[test]
fn the_same_run_id_begins_one_run_by_whichever_way() {
    let mut stage = Stage::start(&FAST);
    stage.begin(Way::Http, &IMPORT, "once", json!({}));
    stage.begin(Way::Http, &IMPORT, "once", json!({}));
    stage.publish(&IMPORT, Some("once"), &json!({}));
    stage.ended("once");
    stage.begin(Way::Http, &IMPORT, "once", json!({}));
    stage.publish(&IMPORT, Some("once"), &json!({}));
    stage.silence();
    let begins = stage.of("once").into_iter().filter(|heard| heard.event() == "data_import_started").count();
    assert_eq!(begins, 1);
    let given = stage.post(&IMPORT, &json!({})).json()["run_id"].as_str().unwrap().to_owned();
    assert_ne!(given, "once", "without an id one is made");
    stage.ended(&given);
}

#[test]
fn with_a_key_nothing_but_the_health_is_answered_without_it() {
    let stage = Stage::start(&[&FAST[..], &["--key", "opening bell"]].concat());
    let ask = |key: &[(&str, &str)], method, path| send(stage.port, method, path, key, b"").answer();
    for (method, path) in [
        ("GET", "/api/processing/status"),
        ("GET", "/api/processing/cache-sync/stats"),
        ("POST", "/api/processing/trigger-manual"),
        ("DELETE", "/api/processing/cancel"),
        ("GET", "/nothing"),
    ] {
        for key in [&[][..], &[("X-API-Key", "closing bell")]] {
            assert_eq!(ask(key, method, path).refused(), (401, "unauthorised".into()), "{path}");
        }
    }
    let health = ask(&[], "GET", "/health");
    assert_eq!((health.status, &health.json()["services"]["redis"]), (200, &json!("up")));
    let fault = send(stage.port, "POST", "/simulate/fault", &[], br#"{"fault":"html"}"#).answer();
    assert_eq!(fault.status, 200, "the simulator's own");
    assert_eq!(ask(&[("X-API-Key", "opening bell")], "GET", "/api/processing/status").status, 200);
}

#[test]
fn commands_over_redis_are_heard_again_after_their_connection_was_lost() {
    let mut stage = Stage::start(&FAST);
    let mut redis = stage.redis.client().get_connection().unwrap();
    let mut hearers = || -> Vec<String> {
        let listed: String =
            redis::cmd("CLIENT").arg("LIST").arg("TYPE").arg("pubsub").query(&mut redis).unwrap();
        // This test hears by a pattern, and the processor does not.
        let of = |line: &&str| !line.contains(" psub=1 ");
        let id = |line: &str| line.strip_prefix("id=").unwrap().split(' ').next().unwrap().to_owned();
        listed.lines().filter(of).map(id).collect()
    };
    let first = hearers();
    let mut killer = stage.redis.client().get_connection().unwrap();
    redis::cmd("CLIENT").arg("KILL").arg("ID").arg(&first[0]).exec(&mut killer).unwrap();
    let asked = Instant::now();
    while hearers().is_empty() || hearers() == first {
        assert!(asked.elapsed() < PATIENCE, "nobody listens any more");
        std::thread::yield_now();
    }
    stage.begin(Way::Redis, &IMPORT, "again", json!({}));
    assert_eq!(stage.ended("again").run.status, RunStatus::Success);
}
