//! The schedule through real processes: a server that was down, two of them on one database, and what is said of a night that did not
//! start. Each server finds an entry that was due some minutes ago, as one does that comes back.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use domain::schedule::Missed;
use serde_json::{Value, json};
use support::database::{database, number};
use support::due::{another, due, night_is_young, ours, paused};
use support::ear::Ear;
use support::postgres::Postgres;
use support::producer::{Producer, STILL, asks, heard};
use support::{Redis, Server};

const TRIGGER: &str = "tickstock:commands:trigger";
/// So long ago the entries of these tests were due.
const AGO: i64 = 5;

/// Waits for a moment of this kind whose words say this: it is shown once all that is due has been asked for.
async fn shown(server: &Server, kind: &str, words: &str) {
    let mut socket = server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    let said = |moment: &Value| {
        moment["kind"] == kind && moment["words"].as_str().is_some_and(|told| told.contains(words))
    };
    let wanted = |record: &Value| record["moments"].as_array().is_some_and(|all| all.iter().any(said));
    socket.until("board", 'x', wanted).await;
}

/// What a page says when it is opened.
async fn page(server: &Server) -> String {
    server.request("/admin/daily-processing", &[]).await.1
}

/// State and reason of the one day that an entry has.
async fn day(server: &Server, entry: &str) -> (String, String) {
    let pool = database(&server.database).await;
    let found = "SELECT state, COALESCE(reason, '') FROM schedule_days WHERE entry = $1";
    let found = sqlx::query_as(found).bind(entry).fetch_one(&pool).await.unwrap();
    pool.close().await;
    found
}

#[tokio::test]
async fn a_server_that_was_down_fires_late_once_and_leaves_out_what_may_not_be_late() {
    let redis = Redis::start().await;
    let mut ear = Ear::on(&redis, TRIGGER).await;
    let _producer = Producer::start(&redis, &STILL).await;
    ours(redis.database_url(), due(AGO, Missed::Late(120))).await;
    let mut server = Server::start(&redis).await;
    let run = heard(&server, |run| run["status"] == "running").await;
    assert_eq!(run["trigger"], "schedule", "{run}");
    let sent = ear.next().await;
    assert_eq!(sent["command"], "trigger_daily_processing", "{sent}");
    assert_eq!(
        (&sent["parameters"]["trigger_type"], &sent["parameters"]["skip_market_check"]),
        (&json!("automatic"), &json!(true)),
        "{sent}"
    );
    let command = server.json("/api/commands?kind=run").await["commands"][0].clone();
    assert_eq!((&command["who"], &command["run_id"]), (&json!("the schedule"), &sent["run_id"]), "{command}");
    server.saves().await;
    server.stop().await;
    let (state, reason) = day(&server, "first").await;
    assert!(state == "fired" && reason.ends_with("late: no server was there before"), "{state}: {reason}");
    // It comes back, and another entry was due meanwhile that may not be late.
    another(redis.database_url(), due(AGO - 1, Missed::Skip)).await;
    let server = Server::start(&redis).await;
    shown(&server, "refused", "no server was there to fire it").await;
    let (state, reason) = day(&server, "another").await;
    assert!(state == "missed" && reason.ends_with("no server was there to fire it"), "{state}: {reason}");
    assert_eq!(ear.rest(&redis).await, [] as [Value; 0], "what was fired is fired once");
    assert_eq!(server.json("/api/commands").await["commands"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn two_servers_on_one_database_send_one_command_for_what_is_due() {
    let (redis, postgres) = (Redis::start().await, Postgres::start().await);
    let mut ear = Ear::on(&redis, TRIGGER).await;
    let database_url = postgres.url();
    ours(database_url.clone(), due(AGO, Missed::Late(120))).await;
    let arguments = ["--database-url", database_url.as_str()];
    let (one, two) =
        tokio::join!(Server::start_on(&redis, 0, &arguments), Server::start_on(&redis, 0, &arguments));
    assert_eq!(ear.next().await["command"], "trigger_daily_processing");
    // Each looks again when somebody changes something, and shows it when it has.
    let admin = one.admin().await;
    for (server, universe) in [(&one, "dow30"), (&two, "etf")] {
        let path = "/api/processing/daily/schedule";
        let (status, told) = asks(server, &admin, path, &json!({ "universes": [universe] }), None).await;
        assert_eq!(status, 200, "{told}");
        let mut socket = server.socket().await;
        socket.watch(&["board"], &Value::Null, 0).await;
        socket.until("board", 'x', |record| record["universe"] == universe).await;
    }
    assert_eq!(ear.rest(&redis).await, [] as [Value; 0]);
    let pool = database(&database_url).await;
    for (question, expected) in [
        ("SELECT COUNT(*) FROM commands", 1),
        ("SELECT COUNT(*) FROM schedule_days WHERE state = 'fired'", 1),
        ("SELECT COUNT(*) FROM schedule_days", 1),
    ] {
        assert_eq!(number(&pool, question).await, expected, "{question}");
    }
}

#[tokio::test]
async fn a_night_that_nobody_could_be_told_to_start_says_so_when_the_page_is_opened() {
    let redis = Redis::start().await;
    ours(redis.database_url(), due(AGO, Missed::Late(120))).await;
    let server = Server::start(&redis).await;
    shown(&server, "refused", "nobody listens").await;
    let html = page(&server).await;
    if !night_is_young(AGO + 1) {
        assert!(
            html.contains("Did not start") && html.contains("nobody listens on tickstock:commands:trigger")
        );
    }
}

#[tokio::test]
async fn a_producer_that_listens_and_stays_silent_is_the_cause() {
    let redis = Redis::start().await;
    let mut ear = Ear::on(&redis, TRIGGER).await;
    ours(redis.database_url(), due(AGO, Missed::Late(120))).await;
    let mut server = Server::start(&redis).await;
    ear.next().await;
    server.saves().await;
    server.stop().await;
    // A minute later.
    let pool = database(&server.database).await;
    let older = "UPDATE commands SET asked = asked - 60000, since = since - 60000";
    assert_eq!(sqlx::query(older).execute(&pool).await.unwrap().rows_affected(), 1);
    pool.close().await;
    let server = Server::start(&redis).await;
    shown(&server, "refused", "no answer for 30 s").await;
    let html = page(&server).await;
    if !night_is_young(AGO + 1) {
        assert!(html.contains("Did not start") && html.contains("no answer for 30 s"));
    }
}

#[tokio::test]
async fn while_redis_is_away_nobody_says_that_nothing_began_and_afterwards_it_was_the_cause() {
    let mut redis = Redis::start().await;
    ours(redis.database_url(), due(AGO, Missed::Late(120))).await;
    redis.kill().await;
    let server = Server::start(&redis).await;
    shown(&server, "refused", "Redis is not reachable").await;
    let html = page(&server).await;
    let young = night_is_young(AGO + 1);
    assert!(young || html.contains("Redis is not reachable: whether it has begun can’t be seen."));
    assert!(!html.contains("Did not start"));
    redis.again().await;
    let mut socket = server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    socket.until("board", 'x', |record| record["up"] == true && record["channels"].is_u64()).await;
    let html = page(&server).await;
    assert!(young || (html.contains("Did not start") && html.contains("Redis is not reachable")));
}

#[tokio::test]
async fn what_is_paused_is_left_out_by_whoever_paused_it() {
    let redis = Redis::start().await;
    let mut ear = Ear::on(&redis, TRIGGER).await;
    ours(redis.database_url(), due(AGO, Missed::Late(120))).await;
    paused(&redis.database_url()).await;
    let server = Server::start(&redis).await;
    shown(&server, "skip", "paused by ann").await;
    let html = page(&server).await;
    assert!(!html.contains("Did not start"));
    if !night_is_young(AGO + 1) {
        assert!(html.contains("Tonight’s run was skipped: paused by ann."));
    }
    assert_eq!(ear.rest(&redis).await, [] as [Value; 0], "nothing is asked for");
}
