//! Commands all the way: asked over HTTP, told to the real producer by either way, and answered by its events.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::{Value, json};
use support::Redis;
use support::producer::{By, FAST, STILL, Told, asks, heard};
use support::stored::{NIGHT, Stage, told};
use support::within;

const WAYS: [By; 2] = [By::Http, By::Redis];

/// Names of symbols that failed for this cause, as soon as so many are kept.
async fn failed(stage: &Told, run: &str, code: &str, count: &Value) -> Vec<String> {
    let all = format!("/api/runs/{run}/symbols?state=failed&limit=1000");
    let found = within("the failed symbols are kept", async {
        loop {
            let found = stage.server.json(&all).await["symbols"].as_array().cloned().unwrap_or_default();
            if json!(found.len()) == *count {
                return found;
            }
            tokio::task::yield_now().await;
        }
    });
    let of = |symbol: &Value| (symbol["code"] == code).then(|| symbol["symbol"].as_str().unwrap().to_owned());
    found.await.iter().filter_map(of).collect()
}

#[tokio::test]
async fn a_night_is_asked_for_and_what_failed_is_retried_until_nothing_can_be() {
    for by in WAYS {
        let stage = Told::start(by, &FAST).await;
        let (told, night) = stage.played("daily/trigger", json!({ "skip_market_check": true })).await;
        assert_eq!(night["trigger"], "manual", "{by:?} {night}");
        let id = told["run_id"].as_str().unwrap();
        let command = stage.command(&told["command"]).await;
        for (field, value) in [
            ("kind", json!("run")),
            ("what", json!("Full run")),
            ("state", json!("started")),
            ("who", json!("token operator")),
            ("role", json!("operate token")),
            ("run_id", json!(id)),
            ("address", Value::Null),
            ("parameters", json!({ "skip_market_check": true, "phases": ["all"] })),
        ] {
            assert_eq!(command[field], value, "{field}: {command}");
        }
        let limited = failed(&stage, id, "API_RATE_LIMIT", &night["failing"]).await;
        assert!(limited.len() > 4, "{limited:?}");

        // Chosen ones.
        let chosen = json!({ "run_id": id, "symbols": &limited[..2] });
        let (told, retry) = stage.played("import/retry", chosen).await;
        assert_eq!((&told["retry_count"], &retry["symbols"]), (&json!(2), &json!(2)), "{by:?} {told}");
        let (status, told) =
            stage.ask("import/retry", &json!({ "run_id": id, "symbols": [limited[0]] })).await;
        assert_eq!((status, &told["field"]), (400, &json!("symbols")), "it came through: {told}");
        // Those of a cause: they fail again, because nobody lists them.
        let (told, _) =
            stage.played("import/retry", json!({ "run_id": id, "code": "SYMBOL_NOT_FOUND" })).await;
        assert_eq!(told["retry_count"], 2, "{by:?} {told}");
        // Those of a phase.
        let (told, _) = stage.played("import/retry", json!({ "run_id": id, "phase": "import" })).await;
        assert_eq!(told["retry_count"], limited.len(), "{by:?}: all but the two that came through: {told}");
        // All that are left, of the run that has the verdict.
        let rest = night["failing"].as_u64().unwrap() - limited.len() as u64;
        let (told, _) = stage.played("import/retry", Value::Null).await;
        assert_eq!(told["retry_count"], rest, "{by:?} {told}");
        let (told, _) = stage.played("import/retry", json!({ "run_id": id })).await;
        assert_eq!(told["retry_count"], 2, "whom nobody lists: {by:?} {told}");
        let (status, told) = stage.ask("import/retry", &json!({ "run_id": id, "phase": "patterns" })).await;
        assert_eq!((status, &told["field"]), (400, &json!("phase")), "nothing of it is left: {told}");
        let listed = stage.server.json(&format!("/api/commands?kind=retry&run={id}")).await;
        let states: Vec<&str> =
            listed["commands"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["started"; 5], "{by:?}");
    }
}

#[tokio::test]
async fn an_import_indicators_patterns_and_a_cache_sync_are_asked_for() {
    for by in WAYS {
        let stage = Told::start(by, &["--symbols", "40", "--speed", "1000000"]).await;
        let import = json!({ "universes": ["dow30"], "timeframes": ["daily"], "lookback_days": 5 });
        let (told, run) = stage.played("import/trigger", import).await;
        assert_eq!(run["status"], "success", "{by:?} {run}");
        assert_eq!(told.get("estimated_duration_minutes"), None, "nobody knows it yet: {told}");
        let some = json!({ "symbols": ["AAPL", "ABBV"], "indicators": ["RSI"], "timeframe": "weekly" });
        let (_, run) = stage.played("indicators/trigger", some).await;
        assert_eq!((&run["status"], &run["symbols"]), (&json!("success"), &json!(2)), "{by:?} {run}");
        let (_, run) = stage.played("patterns/trigger", json!({ "symbols": "AAPL" })).await;
        assert_eq!((&run["status"], &run["symbols"]), (&json!("success"), &json!(1)), "{by:?} {run}");

        let (told, _) =
            stage.played("cache-sync/trigger", json!({ "mode": "market_cap", "force": true })).await;
        assert_eq!(told["mode"], "market_cap", "{by:?} {told}");
        let id = told["job_id"].as_str().unwrap();
        let path = |what: &str| format!("/api/processing/cache-sync/{what}");
        let history = within("it is kept", async {
            loop {
                let history = stage.server.json(&path("history?limit=5&offset=0")).await;
                if history["jobs"][0]["total_changes"].is_u64() {
                    return history;
                }
                tokio::task::yield_now().await;
            }
        });
        let history = history.await;
        let job = stage.server.json(&path(&format!("status/{id}"))).await;
        assert_eq!((&history["total"], &history["jobs"][0]), (&json!(1), &job), "{by:?}");
        for (field, value) in [
            ("job_id", json!(id)),
            ("status", json!("completed")),
            ("mode", json!("market_cap")),
            ("force", json!(true)),
            ("triggered_by", json!("api")),
            ("asked_by", json!("token operator")),
            ("has_errors", json!(false)),
            ("error_details", Value::Null),
            ("progress", Value::Null),
        ] {
            assert_eq!(job[field], value, "{by:?} {field}: {job}");
        }
        assert!(job["duration_seconds"].is_f64() && job["created_at"].is_string(), "{job}");
        let stats = stage.server.json(&path("stats")).await;
        let figures = &stats["job_statistics"];
        assert_eq!(
            (&figures["total_jobs_7d"], &figures["failed_jobs_7d"]),
            (&json!(1), &json!(0)),
            "{stats}"
        );
        let (head, _) = stage.server.request(&path("status/none"), &[]).await;
        assert!(head.contains("404"), "{head}");
    }
}

#[tokio::test]
async fn a_run_goes_on_alone_until_it_is_cancelled() {
    for by in WAYS {
        let stage = Told::start(by, &STILL).await;
        let (status, told) = stage.ask("daily/cancel", &Value::Null).await;
        assert_eq!((status, &told["code"]), (409, &json!("refused")), "{told}");
        assert_eq!(told["message"], "Refused: nothing is in progress.");
        let told = stage.taken("daily/trigger", Value::Null).await;
        let id = stage.became(&told["command"], "started").await["run"].as_str().unwrap().to_owned();
        for what in ["daily/trigger", "import/trigger", "indicators/trigger", "cache-sync/trigger"] {
            let (status, told) = stage.ask(what, &json!({})).await;
            let named = format!("a run is in progress: {}", domain::words::short_id(&id));
            assert_eq!((status, told["message"].as_str()), (409, Some(&*format!("Refused: {named}."))));
            assert_eq!(stage.command(&told["command"]).await["reason"], named);
        }
        let cancel = stage.taken("daily/cancel", json!({ "run_id": id })).await;
        let done = stage.became(&cancel["command"], "done").await;
        assert_eq!((&done["of"], done.get("reason")), (&json!(id), None), "{by:?} {done}");
        let run = heard(&stage.server, |run| run["id"] == *id && run["status"] == "cancelled").await;
        assert_eq!(run["cancel"]["who"], "token operator", "{run}");
        let (status, told) = stage.ask("daily/cancel", &json!({ "run_id": id })).await;
        assert_eq!(status, 409, "{told}");
        assert_eq!(stage.command(&told["command"]).await["state"], "refused", "it ended nothing");
        assert_eq!(stage.producer.runs().await.len(), 1);
    }
}

/// Twenty at once; status and answer of each.
async fn twenty(stage: &Told, key: Option<&str>) -> Vec<(u16, Value)> {
    let path = "/api/processing/daily/trigger";
    let all = (0..20).map(|_| asks(&stage.server, &stage.operator, path, &Value::Null, key));
    futures_util::future::join_all(all).await
}

#[tokio::test]
async fn twenty_clicks_with_one_key_are_one_command() {
    for by in WAYS {
        let stage = Told::start(by, &STILL).await;
        let answers = twenty(&stage, Some("one-click")).await;
        let expected = if by == By::Http { 200 } else { 202 };
        let command = answers[0].1["command"].clone();
        for (status, told) in &answers {
            // Over Redis the run may begin before the last of them is answered.
            assert!(*status == expected || *status == 200, "{by:?} {told}");
            assert_eq!((&told["command"], &told["run_id"]), (&command, &answers[0].1["run_id"]), "{by:?}");
        }
        let record = stage.became(&command, "started").await;
        // Also afterwards, when anything else would be refused.
        let (status, told) = asks(
            &stage.server,
            &stage.operator,
            "/api/processing/daily/trigger",
            &Value::Null,
            Some("one-click"),
        )
        .await;
        assert_eq!((status, &told["run_id"], &told["status"]), (200, &record["run"], &json!("triggered")));
        // Somebody else's key of the same name is another one.
        let other = stage.server.token("other", "operate").await;
        let path = "/api/processing/daily/trigger";
        assert_eq!(asks(&stage.server, &other, path, &Value::Null, Some("one-click")).await.0, 409);
        // It is the key of this command, and of no other.
        let path = "/api/processing/daily/cancel";
        let (status, told) =
            asks(&stage.server, &stage.operator, path, &Value::Null, Some("one-click")).await;
        assert_eq!((status, &told["field"]), (400, &json!("Idempotency-Key")), "{told}");
        assert_eq!(stage.producer.runs().await.len(), 1, "{by:?}");
    }
}

#[tokio::test]
async fn of_twenty_clicks_without_a_key_one_starts_and_the_others_are_refused_by_name() {
    for by in WAYS {
        let stage = Told::start(by, &STILL).await;
        let answers = twenty(&stage, None).await;
        let (taken, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(status, _)| *status < 300);
        assert_eq!((taken.len(), refused.len()), (1, 19), "{by:?} {refused:?}");
        let run = stage.became(&taken[0].1["command"], "started").await["run"].as_str().unwrap().to_owned();
        for (status, told) in refused {
            let message = told["message"].as_str().unwrap();
            let named = message.contains("Full run was just asked by token operator")
                || message.contains(&format!("a run is in progress: {}", domain::words::short_id(&run)));
            assert!(status == 409 && named, "{by:?} {told}");
        }
        assert_eq!(stage.producer.runs().await.len(), 1, "{by:?}");
        let listed = stage.server.json("/api/commands?limit=20").await;
        assert_eq!(listed["commands"].as_array().unwrap().len(), 20, "each is kept");
    }
}

#[tokio::test]
async fn a_run_that_left_the_board_is_retried_and_what_is_usual_is_told() {
    for by in WAYS {
        let redis = Redis::start().await;
        let before = Stage::at(redis.database_url()).await;
        use domain::record::OutcomeStatus::{Done, Failed};
        let past = told(1, "past", NIGHT - 60, 3).symbol("AAPL", Failed, 5).symbol("ABBV", Failed, 5);
        let imports = (2..8).map(|number| told(number, &format!("i{number}"), NIGHT - number, 3).rows());
        let runs = std::iter::once(past.symbol("MSFT", Done, 1).rows()).chain(imports);
        before.write_runs(runs.collect()).await;
        before.leave().await;
        let stage = Told::start_on(by, redis, &["--symbols", "40", "--speed", "1000000"]).await;
        let (told, run) = stage.played("import/retry", json!({ "run_id": "past" })).await;
        assert_eq!((&told["retry_count"], &run["symbols"]), (&json!(2), &json!(2)), "{by:?} {told}");
        let command = stage.command(&told["command"]).await;
        assert_eq!(command["of_run"], "past");
        assert_eq!(command["parameters"]["symbols"], json!(["AAPL", "ABBV"]), "MSFT came through");
        let (told, _) = stage.played("import/trigger", json!({ "universes": ["sp500"] })).await;
        assert_eq!(told["estimated_duration_minutes"], 40, "six of them took so long: {told}");
        let (status, told) = stage.ask("import/retry", &json!({ "run_id": "never" })).await;
        assert_eq!((status, &told["field"]), (400, &json!("run_id")), "{told}");
    }
}
