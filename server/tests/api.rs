//! What the archive answers over HTTP, by the real process after a real night: the shape of each answer, and each parameter
//! that must be refused by name.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::{Value, json};
use support::archive::{RUN, a_night};
use support::{Redis, Server};

async fn stage() -> (Redis, Server) {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    a_night(&redis, &server).await;
    (redis, server)
}

/// The names of an object's fields.
fn fields(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn has(value: &Value, names: &str) {
    for name in names.split(' ') {
        assert!(fields(value).contains(&name), "{name} is missing in {value}");
    }
}

#[tokio::test]
async fn history_is_the_union_of_both_old_shapes() {
    let (_redis, server) = stage().await;
    let answer = server.json("/api/processing/daily/history").await;
    assert_eq!((&answer["success"], answer["history"].as_array().unwrap().len()), (&json!(true), 1));
    let row = &answer["history"][0];
    has(row, "run_id trigger_type status phase start_time end_time duration_seconds symbols_total");
    has(row, "symbols_processed symbols_failed patterns_detected indicators_calculated error_message");
    assert_eq!(row["run_id"], RUN);
    assert_eq!(
        (&row["status"], &row["phase"], &row["trigger_type"]),
        (&json!("success"), &json!("completed"), &json!("manual"))
    );
    assert_eq!((&row["symbols_processed"], &row["symbols_failed"]), (&json!(6), &json!(1)));
    assert_eq!(server.answer("/api/processing/daily/history?days=3650&limit=500").await.0, 200);
}

#[tokio::test]
async fn a_run_and_what_belongs_to_it() {
    let (_redis, server) = stage().await;
    let list = server.json("/api/runs?verdict=To%20retry&trigger=manual&q=7F3").await;
    assert_eq!((list["runs"].as_array().unwrap().len(), &list["next"]), (1, &Value::Null));
    assert_eq!(server.json("/api/runs?universe=none").await["runs"], json!([]));
    let run = server.json(&format!("/api/runs/{RUN}")).await;
    assert_eq!((&run["run"]["verdict"], &run["run"]["records_imported"]), (&json!("To retry"), &json!(1500)));
    assert_eq!((&run["phases"][0]["phase"], &run["phases"][0]["done"]), (&json!("import"), &json!(5)));

    let symbols = server.json(&format!("/api/runs/{RUN}/symbols?sort=duration&limit=2")).await;
    let names = |answer: &Value| -> Vec<String> {
        answer["symbols"]
            .as_array()
            .unwrap()
            .iter()
            .map(|symbol| symbol["symbol"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&symbols), ["GE", "AAPL"]);
    let next = symbols["next"].as_str().unwrap();
    let rest = server.json(&format!("/api/runs/{RUN}/symbols?sort=duration&limit=2&after={next}")).await;
    assert_eq!((names(&rest), &rest["next"]), (vec!["=SUM".to_owned(), "V".to_owned()], &json!("60.V")));
    let failed = server.json(&format!("/api/runs/{RUN}/symbols?state=failed")).await;
    assert_eq!(
        (names(&failed), &failed["symbols"][0]["code"]),
        (vec!["BRK.B".to_owned()], &json!("RATE_LIMIT"))
    );

    let problems = server.json(&format!("/api/runs/{RUN}/problems")).await;
    assert_eq!(
        (&problems["causes"][0]["code"], &problems["causes"][0]["count"]),
        (&json!("RATE_LIMIT"), &json!(1))
    );
    assert_eq!(
        (&problems["problems"][0]["code"], &problems["problems"][0]["severity"]),
        (&json!("SLOW"), &json!("error"))
    );

    let events = server.json(&format!("/api/runs/{RUN}/events?after=0&limit=2")).await;
    assert_eq!(events["events"][0]["name"], "processing_started");
    assert!(events["events"].as_array().unwrap().iter().all(|event| event["run_id"] == RUN));
    assert_eq!(events["searched_to"], events["events"][1]["n"]);
}

#[tokio::test]
async fn the_log_and_one_message_as_it_was() {
    let (_redis, server) = stage().await;
    let found = server.json("/api/events?q=BRK.B&channel=tickstock:import:progress").await;
    assert_eq!((found["events"].as_array().unwrap().len(), &found["searched_to"]), (1, &Value::Null));
    let event = &found["events"][0];
    assert_eq!(
        (&event["kind"], &event["symbol"], &event["way"]),
        (&json!("night"), &json!("BRK.B"), &json!("channel"))
    );
    let (head, body) = server.request(&format!("/api/events/{}", event["n"]), &[]).await;
    let head = head.to_lowercase();
    assert!(
        head.contains("content-type: application/json") && head.contains("x-content-type-options: nosniff"),
        "{head}"
    );
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["payload"]["symbol"], "BRK.B");
    // What is no JSON is no JSON to the browser either.
    let found = server.json("/api/events?name=not_json").await;
    let (head, body) = server.request(&format!("/api/events/{}", found["events"][0]["n"]), &[]).await;
    assert!(head.to_lowercase().contains("content-type: text/plain"), "{head}");
    assert_eq!(body, "no JSON at all");
    let never = server.json("/api/events?to=2001-01-01T00:00:00Z").await;
    assert_eq!(never["events"], json!([]));
}

#[tokio::test]
async fn todays_indicators_in_the_old_shapes() {
    let (_redis, server) = stage().await;
    let stats = server.json("/api/processing/indicators/stats").await;
    assert_eq!(fields(&stats), ["current_status", "stats", "success", "summary"]);
    assert_eq!(
        stats["summary"],
        json!({ "total_indicators": 2, "total_calculations": 2, "unique_symbols": 1 })
    );
    assert_eq!(
        (&stats["stats"][0]["indicator"], &stats["stats"][0]["symbol_count"]),
        (&json!("RSI"), &json!(1))
    );
    let latest = server.json("/api/processing/indicators/latest/aapl").await;
    assert_eq!((&latest["symbol"], &latest["count"]), (&json!("AAPL"), &json!(2)));
    let rsi = &latest["indicators"]["RSI"];
    assert_eq!(
        (&rsi["values"], &rsi["metadata"], &rsi["timeframe"]),
        (&json!({ "rsi": 65.4 }), &json!({ "period": 14 }), &json!("daily"))
    );
    assert_eq!(latest["indicators"]["SMA"]["values"], 7.5);
    let none = server.json("/api/processing/indicators/latest/NONE").await;
    assert_eq!((&none["count"], &none["indicators"]), (&json!(0), &json!({})));
}

#[tokio::test]
async fn nights_trends_and_two_nights_beside_each_other() {
    let (_redis, server) = stage().await;
    let nights = server.json("/api/nights").await;
    let night = &nights["nights"][0];
    assert_eq!(
        (&night["verdict"], &night["run_id"], &night["usual_seconds"]),
        (&json!("To retry"), &json!(RUN), &Value::Null)
    );
    let date = night["night"].as_str().unwrap();
    let before = server.json(&format!("/api/nights?before={date}")).await;
    assert_eq!((&before["nights"], &before["next"]), (&json!([]), &Value::Null));
    let trends = server.json("/api/trends?nights=366").await;
    assert_eq!(
        (&trends["trends"][0]["symbols_total"], &trends["trends"][0]["symbols_failed"]),
        (&json!(6), &json!(1))
    );
    let same = server.json(&format!("/api/compare?a={date}&b={date}")).await;
    assert_eq!(same["still_failing"], json!({ "count": 1, "symbols": ["BRK.B"] }));
    assert_eq!(same["newly_failing"], json!({ "count": 0, "symbols": [] }));
    assert_eq!(server.answer(&format!("/api/compare?a={date}&b=2001-01-01")).await.0, 404);
}

#[tokio::test]
async fn every_parameter_is_refused_by_name() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let long = "x".repeat(10_000);
    let refused = [
        ("/api/processing/daily/history?dayz=3", "dayz"),
        ("/api/processing/daily/history?days=0", "days"),
        ("/api/processing/daily/history?days=3651", "days"),
        ("/api/processing/daily/history?days=", "days"),
        ("/api/processing/daily/history?limit=501", "limit"),
        ("/api/processing/daily/history?limit=abc", "limit"),
        ("/api/processing/daily/history?limit=1e3", "limit"),
        ("/api/runs?limit=0", "limit"),
        ("/api/runs?before=garbage", "before"),
        ("/api/runs?from=yesterday", "from"),
        ("/api/runs?to=2026-02-30", "to"),
        ("/api/runs?verdict=good", "verdict"),
        ("/api/runs?trigger=me", "trigger"),
        (&format!("/api/runs?q={long}"), "q"),
        ("/api/runs?universe=a%00b", "universe"),
        ("/api/runs?univers=sp500", "univers"),
        ("/api/runs.csv?limit=3", "limit"),
        ("/api/runs/x/symbols?state=broken", "state"),
        ("/api/runs/x/symbols?sort=size", "sort"),
        ("/api/runs/x/symbols?after=garbage", "after"),
        ("/api/runs/x/symbols?limit=1001", "limit"),
        ("/api/runs/x/events?limit=-1", "limit"),
        ("/api/nights?before=garbage", "before"),
        ("/api/nights?limit=101", "limit"),
        ("/api/events?before=garbage", "before"),
        ("/api/events?before=9999999999999999999", "before"),
        ("/api/events?after=1&before=2", "after"),
        ("/api/events?from=noon", "from"),
        (&format!("/api/events?q={long}"), "q"),
        ("/api/events.jsonl?before=1", "before"),
        ("/api/compare?a=2026-11-20", "b"),
        ("/api/compare?a=x&b=2026-11-20", "a"),
        ("/api/trends?nights=367", "nights"),
        ("/api/trends.csv?nights=x", "nights"),
        ("/api/compare.jsonl?a=2026-11-20", "b"),
        ("/api/symbols/AAPL?before=garbage", "before"),
        ("/api/symbols/AAPL?limit=101", "limit"),
        ("/api/symbols/AAPL/nights.csv?limit=1", "limit"),
    ];
    for (path, field) in refused {
        let (status, body) = server.answer(path).await;
        assert_eq!(
            (status, &body["success"], &body["code"], &body["field"]),
            (400, &json!(false), &json!("bad_parameter"), &json!(field)),
            "{path}: {body}"
        );
        assert!(body["message"].as_str().unwrap().starts_with(&format!("`{field}`")), "{body}");
    }
}

#[tokio::test]
async fn what_is_not_kept_is_not_found() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let long = "x".repeat(10_000);
    for path in [
        "/api/runs/none",
        "/api/runs/none/symbols",
        "/api/runs/none/problems",
        "/api/runs/none/events",
        "/api/runs/none/symbols.csv",
        "/api/runs/none/problems.jsonl",
        "/api/runs/a%00b",
        "/api/runs/%FF",
        &format!("/api/runs/{long}"),
        "/api/symbols/none",
        "/api/symbols/none/nights.csv",
        &format!("/api/symbols/{long}"),
        "/api/compare.csv?a=2026-11-20&b=2026-11-19",
        "/api/events/7",
        "/api/events/x",
        &format!("/api/processing/indicators/latest/{long}"),
    ] {
        let (status, body) = server.answer(path).await;
        assert_eq!((status, &body["code"]), (404, &json!("not_kept")), "{path}");
    }
    // Nothing yet is no error.
    for (path, list) in [
        ("/api/runs", "runs"),
        ("/api/nights", "nights"),
        ("/api/trends", "trends"),
        ("/api/processing/daily/history", "history"),
    ] {
        let (status, body) = server.answer(path).await;
        assert_eq!((status, &body[list]), (200, &json!([])), "{path}");
    }
}
