//! Looking back: the board at a moment of a night is the board that was shown then; and a run that has left the board has its page
//! and its topic all the same.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "support/story.rs"]
mod story;
mod support;

use domain::wire::Snapshot;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use story::night;
use support::database::database;
use support::postgres::Postgres;
use support::{Redis, Server};

/// The snapshot in a page.
async fn snapshot(server: &Server, path: &str) -> (String, Value) {
    let (head, page) = server.request(path, &[("Accept", "text/html")]).await;
    let (_, rest) = page.split_once("id=\"snapshot\">").unwrap_or_else(|| panic!("no snapshot: {head}"));
    let (text, _) = rest.split_once("</script>").unwrap();
    // As a browser reads it, and then as the socket says it.
    let read: Snapshot = domain::wire::read(text).unwrap();
    let mut snapshot: Value = serde_json::from_str(text).unwrap();
    if let Some((_, changes)) = &read.run {
        snapshot["run"][1] = json!(changes.all());
    }
    (head, snapshot)
}

/// Records by key, without those that are of a process and its link.
fn records(snapshot: &Value) -> BTreeMap<String, Value> {
    let of = |changes: &Value| changes.as_array().cloned().unwrap_or_default();
    let all = of(&snapshot["board"]).into_iter().chain(of(&snapshot["run"][1]));
    let own = |key: &str| ["xredis", "xserver", "xingest", "xsaving"].contains(&key) || key.starts_with('g');
    all.map(|change| (change[0].as_str().unwrap().to_owned(), change[2].clone()))
        .filter(|(key, _)| !own(key))
        .collect()
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

#[tokio::test]
async fn every_moment_of_a_night_can_be_looked_at() {
    let redis = Redis::start().await;
    let mut server = Server::start(&redis).await;
    // More than one keyframe apart.
    let told = night("7f3a", 1_500);
    let mut seen = Vec::new();
    let (mut from, mut saved) = (0, 0);
    for part in [1, 2, 3, 4] {
        let to = told.len() * part / 5;
        redis.add_all(&told[from..to]).await;
        saved += u64::try_from(to - from).unwrap();
        from = to;
        server.saved(saved).await;
        // What is added from now on is later than this.
        let (at, then) = (now(), server.shown("7f3a").await);
        while now() <= at {
            tokio::task::yield_now().await;
        }
        seen.push((at, then));
    }
    redis.add_all(&told[from..]).await;
    server.ended("7f3a").await;
    server.stop().await;
    let server = Server::start(&redis).await;
    // A step forward goes on from the one before, a step back begins anew: the board is the same.
    for (at, then) in seen.iter().chain(seen.iter().rev()) {
        let (head, snapshot) = snapshot(&server, &format!("/admin/daily-processing?at={at}")).await;
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert_eq!(snapshot["now"], *at);
        let shown = records(&snapshot);
        for (key, record) in then {
            assert_eq!(shown.get(key), Some(record), "{key} at {at}");
        }
        assert_eq!(shown.len(), then.len());
    }
}

/// A build that was replaced by an earlier one has left keyframes that only it can read.
#[tokio::test]
async fn a_keyframe_of_a_later_build_is_passed_over() {
    let redis = Redis::start().await;
    let mut server = Server::start(&redis).await;
    redis.add_all(&night("7f3a", 40)).await;
    server.ended("7f3a").await;
    let then = server.shown("7f3a").await;
    server.stop().await;
    let pool = database(&server.database).await;
    // Who reads it all the same has a board without runs.
    let later = "UPDATE keyframes SET part = 'board-3', body = \
        (SELECT body FROM keyframes WHERE part = 'board-2' ORDER BY n LIMIT 1) \
        WHERE part = 'board-2' AND n = (SELECT MAX(n) FROM keyframes)";
    assert_eq!(sqlx::query(later).execute(&pool).await.unwrap().rows_affected(), 1);
    pool.close().await;
    let server = Server::start(&redis).await;
    assert_eq!(server.shown("7f3a").await, then);
    let (_, snapshot) = snapshot(&server, &format!("/admin/daily-processing?at={}", now())).await;
    let looked_at = records(&snapshot);
    assert_eq!(then.iter().find(|(key, record)| looked_at.get(*key) != Some(record)), None);
}

/// What stands on the page of a moment: its status, and the page without the snapshot.
async fn looked(server: &Server, at: &str) -> (String, String) {
    let path = format!("/admin/daily-processing?at={at}");
    let (head, page) = server.request(&path, &[("Accept", "text/html")]).await;
    let (page, _) = page.split_once("<script type=\"application/json\"").unwrap();
    (head[9..12].to_owned(), page.to_owned())
}

#[tokio::test]
async fn of_a_moment_that_is_not_kept_the_page_says_so_and_shows_no_other() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let told = night("7f3a", 40);
    redis.add_all(&told).await;
    server.saved(u64::try_from(told.len()).unwrap()).await;
    let none = [
        ("5", "404", "Nothing is kept of that time. The log begins at "),
        ("-9223372036854775808", "404", "Nothing is kept of that time."),
        ("99999999999999", "404", "That moment is still to come."),
        ("zzz", "400", "“zzz” is no moment"),
        ("", "400", "“” is no moment"),
        ("99999999999999999999", "400", "is no moment"),
        ("%3Cscript%3E", "400", "“%3Cscript%3E” is no moment"),
    ];
    for (at, status, sentence) in none {
        let (said, page) = looked(&server, at).await;
        assert_eq!(said, status, "{at}");
        assert!(page.contains(sentence), "{at}: {page}");
        assert_eq!(page.matches("<h1").count(), 1, "{at}: no board beneath");
        assert!(page.contains("Back to now") && !page.contains("To retry"), "{at}");
    }
    let (_, page) = looked(&server, "5").await;
    let (_, rest) = page.split_once("?at=").unwrap();
    let (first, _) = rest.split_once('"').unwrap();
    let (status, page) = looked(&server, first).await;
    assert_eq!(status, "200", "the earliest moment can be looked at");
    assert!(page.contains("as it was at") && !page.contains("Reload for a newer one"), "{page}");
}

#[tokio::test]
async fn while_the_database_is_away_looking_back_says_so_and_shows_no_other_board() {
    let (redis, mut postgres) = (Redis::start().await, Postgres::start().await);
    let server = Server::start_on(&redis, 0, &["--database-url", &postgres.url()]).await;
    redis.add_all(&night("7f3a", 40)).await;
    server.ended("7f3a").await;
    postgres.stop().await;
    let (status, page) = looked(&server, &now().to_string()).await;
    assert_eq!(status, "503");
    assert!(page.contains("The log cannot be read at the moment: the database is not reachable."), "{page}");
    assert_eq!(page.matches("<h1").count(), 1, "{page}");
}

#[tokio::test]
async fn a_run_that_has_left_the_board_has_its_page_and_its_topic() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    redis.add_all(&night("first", 60)).await;
    server.ended("first").await;
    let before = server.shown("first").await;
    for number in 0..21 {
        redis.add_all(&night(&format!("run-{number}"), 20)).await;
        server.ended(&format!("run-{number}")).await;
    }
    let (head, snapshot) = snapshot(&server, "/admin/runs/first").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let run = snapshot["run"][1].as_array().unwrap();
    assert_eq!(run.iter().filter(|change| change[0].as_str().unwrap().starts_with('s')).count(), 60);
    let mut socket = server.socket().await;
    socket.watch(&["run/first"], &Value::Null, 0).await;
    let frame = socket.frame("run/first").await;
    assert_eq!(frame["full"], true);
    let symbol =
        |changes: &[Value]| changes.iter().find(|change| change[0] == "sS7").map(|change| change[2].clone());
    assert_eq!(symbol(frame["s"].as_array().unwrap()), before.get("sS7").cloned());
    // Nobody knows this one.
    let (head, page) = server.request("/admin/runs/none", &[("Accept", "text/html")]).await;
    assert!(head.starts_with("HTTP/1.1 404") && page.contains("Not known"), "{head}");
    let hostile = "/admin/runs/%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let (_, page) = server.request(hostile, &[("Accept", "text/html")]).await;
    assert!(!page.contains("<script>alert"), "an id is no markup");
    assert_eq!(server.json("/api/runs/first").await["run"]["run_id"], json!("first"));
}
