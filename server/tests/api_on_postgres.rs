//! The archive over HTTP on PostgreSQL: the same answers as on SQLite; while the database is away, a plain refusal of what needs
//! it and nothing else; and the same answers again when it is back.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use futures_util::future::join_all;
use serde_json::json;
use support::archive::{RUN, a_night};
use support::postgres::Postgres;
use support::{Redis, Server};

#[tokio::test]
async fn while_the_database_is_away_only_the_archive_is() {
    let redis = Redis::start().await;
    let mut postgres = Postgres::start().await;
    let server = Server::start_on(&redis, 0, &["--database-url", &postgres.url()]).await;
    a_night(&redis, &server).await;
    let run = format!("/api/runs/{RUN}");
    let kept = [
        run.clone(),
        format!("{run}/symbols?sort=duration&q=g"),
        format!("{run}/problems"),
        format!("{run}/events?q=BRK"),
        "/api/runs?q=7F".to_owned(),
        "/api/nights".to_owned(),
        "/api/trends".to_owned(),
        "/api/symbols/BRK.B".to_owned(),
        "/api/events?channel=tickstock:errors".to_owned(),
        "/api/processing/daily/history".to_owned(),
        "/api/processing/indicators/stats".to_owned(),
        "/api/processing/indicators/latest/AAPL".to_owned(),
    ];
    let mut before = Vec::new();
    for path in &kept {
        let (status, answer) = server.answer(path).await;
        assert_eq!((status, &answer["success"]), (200, &json!(true)), "{path}: {answer}");
        before.push(answer);
    }

    postgres.kill().await;
    let paths =
        kept.iter().map(String::as_str).chain(["/api/runs.csv", "/api/trends.csv", "/api/events.jsonl"]);
    // All at once: each waits a while for a connection.
    for (path, (status, answer)) in join_all(paths.map(async |path| (path, server.answer(path).await))).await
    {
        assert_eq!(
            (status, &answer["success"], &answer["code"]),
            (503, &json!(false), &json!("unavailable")),
            "{path}"
        );
    }
    // What is live does not need it, and a parameter is refused before it is asked.
    let (status, live) = server.answer("/api/processing/daily/status").await;
    assert_eq!((status, &live["status"]["run_id"]), (200, &json!(RUN)));
    assert_eq!(server.answer("/api/runs?limit=0").await.0, 400);

    postgres.again().await;
    for (path, before) in kept.iter().zip(&before) {
        assert_eq!(server.until(path, |answer| answer["success"] == true).await, *before, "{path}");
    }
}
