//! Nothing is forgotten: servers that are killed, a Redis and databases that go away, and what is there afterwards.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "support/story.rs"]
mod story;
mod support;

use serde_json::{Value, json};
use sqlx::{AnyPool, Row};
use std::collections::BTreeMap;
use story::night;
use support::database::{database, number, until_number};
use support::postgres::Postgres;
use support::{Redis, Server};

/// Rows of a question, by their name: what the journal wrote as the wire has it.
async fn rows(database: &AnyPool, question: &str) -> BTreeMap<String, Value> {
    let rows = sqlx::query(question).fetch_all(database).await.unwrap();
    rows.iter().map(|row| (row.get(0), serde_json::from_str(&row.get::<String, _>(1)).unwrap())).collect()
}

/// What a board shows of its one run is what the rows say: each record, and so every count.
async fn board_is_rows(shown: &BTreeMap<String, Value>, database: &AnyPool) {
    let of = |kind: char| -> BTreeMap<String, Value> {
        let all = shown.iter().filter(|(key, _)| key.starts_with(kind));
        // A symbol by its name, what belongs to a run by what stands behind its slot.
        let name = |key: &str| match kind {
            's' => key[1..].to_owned(),
            _ => key.split_once('.').map_or_else(String::new, |(_, name)| name.to_owned()),
        };
        all.map(|(key, record)| (name(key), record.clone())).collect()
    };
    let runs = of('r');
    let run = &runs[""];
    assert_eq!(rows(database, "SELECT '', record FROM runs").await, runs);
    assert_eq!(rows(database, "SELECT phase, record FROM phases").await, of('p'));
    assert_eq!(rows(database, "SELECT phase, progress FROM phases").await, of('q'));
    assert_eq!(rows(database, "SELECT symbol, record FROM symbols").await, of('s'));
    assert_eq!(rows(database, "SELECT code, record FROM problems WHERE kind = 'c'").await, of('c'));
    let failed = number(database, "SELECT COUNT(*) FROM symbols WHERE failed = 1").await;
    assert_eq!(Some(failed), run["failing"].as_i64(), "{run}");
    let counted: i64 = of('c').values().filter_map(|code| code["count"].as_i64()).sum();
    assert_eq!(counted, failed, "each failure has one cause");
}

/// A database of its own beside the usual one.
fn second_database(redis: &Redis) -> String {
    redis.database_url().replace("closing-bell.db", "second.db")
}

#[tokio::test]
async fn killed_three_times_it_shows_what_one_shows_that_never_was() {
    let redis = Redis::start_durable().await;
    let there = Server::start_on(&redis, 0, &["--database-url", &second_database(&redis)]).await;
    let mut killed = Server::start(&redis).await;
    let told = night("7f3a", 300);
    // Anywhere, also in the middle of a transaction.
    let mut cuts: Vec<usize> = (0..3).map(|_| usize::from(rand::random::<u16>()) % told.len()).collect();
    cuts.sort_unstable();
    println!("killed after {cuts:?} of {} messages", told.len());
    let mut from = 0;
    for cut in cuts {
        redis.add_all(&told[from..cut]).await;
        from = cut;
        if rand::random() {
            killed.saved(1).await;
        }
        killed.kill().await;
        killed = Server::start(&redis).await;
    }
    redis.add_all(&told[from..]).await;
    there.ended("7f3a").await;
    killed.ended("7f3a").await;
    let (one, other) = (there.shown("7f3a").await, killed.shown("7f3a").await);
    assert_eq!(one.len(), other.len());
    for (key, record) in &one {
        assert_eq!(Some(record), other.get(key), "{key}");
    }
    let kept = database(&redis.database_url()).await;
    let all = i64::try_from(told.len()).unwrap();
    until_number(&kept, "SELECT COUNT(*) FROM events WHERE source = 's'", all).await;
    assert_eq!(number(&kept, "SELECT COUNT(DISTINCT stream_id) FROM events WHERE source = 's'").await, all);
    until_number(&kept, "SELECT COUNT(*) FROM symbols", 300).await;
    assert_eq!(number(&kept, "SELECT COUNT(*) FROM indicators").await, 600);
    assert_eq!(number(&kept, "SELECT COUNT(*) FROM runs WHERE ended IS NOT NULL").await, 1);
    board_is_rows(&other, &kept).await;
}

#[tokio::test]
async fn after_a_restart_the_first_page_has_the_night() {
    let redis = Redis::start().await;
    let mut server = Server::start(&redis).await;
    for (channel, message) in night("7f3a", 60) {
        redis.publish(channel, &message).await;
    }
    server.ended("7f3a").await;
    let before = server.shown("7f3a").await;
    server.stop().await;
    let mut server = Server::start(&redis).await;
    let (_, page) = server.request("/admin/daily-processing", &[("Accept", "text/html")]).await;
    assert!(page.contains("\"7f3a\"") && page.contains("To retry"), "the first page shows it");
    assert_eq!(before, server.shown("7f3a").await);
    // A night in progress goes on where it was.
    redis.run_started("81c0", 505).await;
    redis.import_progress("81c0", 251, 505).await;
    let mut socket = server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    socket.until("board", 'q', |record| record[0] == 251).await;
    server.stop().await;
    let server = Server::start(&redis).await;
    let mut socket = server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    socket.until("board", 'q', |record| record[0] == 251).await;
    redis.import_progress("81c0", 300, 505).await;
    let (_, _) = socket.until("board", 'q', |record| record[0] == 300).await;
}

#[tokio::test]
async fn a_message_by_both_ways_is_one_and_the_same_by_one_way_is_two() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let timeless = br#"{"event":"heartbeat","payload":{"status":"healthy"}}"#;
    redis.add("tickstock:monitoring", timeless).await;
    redis.add("tickstock:monitoring", timeless).await;
    redis.publish("tickstock:monitoring", timeless).await;
    server.saved(3).await;
    redis.publish("tickstock:monitoring", timeless).await;
    redis.publish("tickstock:monitoring", timeless).await;
    let kept = database(&redis.database_url()).await;
    until_number(&kept, "SELECT COUNT(*) FROM events WHERE source <> 'o'", 3).await;
    until_number(&kept, "SELECT COUNT(*) FROM twins", 2).await;
}

#[tokio::test]
async fn redis_restarted_with_its_file_loses_nothing() {
    let mut redis = Redis::start_durable().await;
    let server = Server::start(&redis).await;
    let told = night("7f3a", 40);
    redis.add_all(&told[..50]).await;
    server.saved(50).await;
    redis.kill().await;
    redis.again().await;
    redis.add_all(&told[50..]).await;
    server.ended("7f3a").await;
    let kept = database(&redis.database_url()).await;
    until_number(&kept, "SELECT COUNT(*) FROM events WHERE source = 's'", i64::try_from(told.len()).unwrap())
        .await;
}

#[tokio::test]
async fn what_was_trimmed_before_it_was_read_is_a_gap() {
    let redis = Redis::start().await;
    let mut server = Server::start(&redis).await;
    let told = night("7f3a", 20);
    redis.add_all(&told[..10]).await;
    server.saved(10).await;
    server.stop().await;
    redis.add_all(&told[10..]).await;
    redis.trim(5).await;
    let server = Server::start(&redis).await;
    let mut socket = server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    let (_, gap) = socket.until("board", 'g', |record| record["kind"] == "trimmed").await;
    assert!(gap["from"].as_i64() < gap["to"].as_i64(), "{gap}");
}

#[tokio::test]
async fn a_locked_database_stops_nothing_and_is_said() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let mut socket = server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    socket.until("board", 'x', |record| record["engine"] == "SQLite" && record["on"] == true).await;
    let other = database(&redis.database_url()).await;
    let mut lock = other.acquire().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *lock).await.unwrap();
    redis.run_started("7f3a", 505).await;
    redis.import_progress("7f3a", 12, 505).await;
    socket.until("board", 'q', |record| record[0] == 12).await;
    let locked = |record: &Value| {
        record["reason"] == "locked by another program" && record["waiting"].as_u64() > Some(0)
    };
    socket.until("board", 'x', locked).await;
    redis.import_progress("7f3a", 13, 505).await;
    socket.until("board", 'q', |record| record[0] == 13).await;
    sqlx::query("ROLLBACK").execute(&mut *lock).await.unwrap();
    socket.until("board", 'x', |record| record["engine"] == "SQLite" && record["on"] == true).await;
    until_number(&other, "SELECT COUNT(*) FROM events WHERE source = 'c'", 3).await;
}

#[tokio::test]
async fn a_full_disk_stops_nothing_and_is_said() {
    let redis = Redis::start().await;
    Server::start(&redis).await.stop().await;
    let server = Server::start_limited(&redis, 400).await;
    let mut socket = server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    socket.until("board", 'x', |record| record["on"] == true).await;
    let told = night("7f3a", 2_000);
    for part in told.chunks(500) {
        redis.add_all(part).await;
    }
    server.ended("7f3a").await;
    socket.until("board", 'x', |record| record["reason"] == "disk full").await;
    server.unlimit().await;
    socket.until("board", 'x', |record| record["on"] == true).await;
    let kept = database(&redis.database_url()).await;
    until_number(&kept, "SELECT COUNT(*) FROM events WHERE source = 's'", i64::try_from(told.len()).unwrap())
        .await;
}

#[tokio::test]
async fn postgres_stopped_and_started_again_stops_nothing() {
    let (redis, mut postgres) = (Redis::start().await, Postgres::start().await);
    let server = Server::start_on(&redis, 0, &["--database-url", &postgres.url()]).await;
    let mut socket = server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    redis.run_started("7f3a", 505).await;
    server.saved(1).await;
    postgres.stop().await;
    redis.import_progress("7f3a", 12, 505).await;
    socket.until("board", 'q', |record| record[0] == 12).await;
    socket.until("board", 'x', |record| record["reason"] == "the database is not reachable").await;
    postgres.again().await;
    socket.until("board", 'x', |record| record["engine"] == "PostgreSQL" && record["on"] == true).await;
    let kept = database(&postgres.url()).await;
    until_number(&kept, "SELECT COUNT(*) FROM events WHERE source = 'c'", 2).await;
}

#[tokio::test]
async fn of_two_servers_one_writes_and_the_other_takes_over() {
    let (redis, postgres) = (Redis::start_durable().await, Postgres::start().await);
    let mut one = Server::start_on(&redis, 0, &["--database-url", &postgres.url()]).await;
    one.saved(1).await;
    let two = Server::start_on(&redis, 0, &["--database-url", &postgres.url()]).await;
    let mut socket = two.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    socket.until("board", 'x', |record| record["follows"] == true).await;
    let told = night("7f3a", 200);
    redis.add_all(&told[..300]).await;
    // Only published: both hear it, one writes it.
    for count in 0..20 {
        redis
            .event("tickstock:monitoring", "heartbeat", json!({ "status": "healthy", "count": count }))
            .await;
    }
    one.saved(150).await;
    one.kill().await;
    let began = std::time::Instant::now();
    redis.add_all(&told[300..]).await;
    for count in 20..40 {
        redis
            .event("tickstock:monitoring", "heartbeat", json!({ "status": "healthy", "count": count }))
            .await;
    }
    let kept = database(&postgres.url()).await;
    until_number(&kept, "SELECT COUNT(*) FROM events WHERE source = 's'", i64::try_from(told.len()).unwrap())
        .await;
    assert!(began.elapsed().as_secs() < 10, "it took {:?}", began.elapsed());
    until_number(&kept, "SELECT COUNT(*) FROM events WHERE source = 'c'", 40).await;
    assert_eq!(
        number(&kept, "SELECT COUNT(DISTINCT fingerprint) FROM events WHERE source = 'c'").await,
        40,
        "nothing twice"
    );
    until_number(&kept, "SELECT COUNT(*) FROM symbols", 200).await;
}
