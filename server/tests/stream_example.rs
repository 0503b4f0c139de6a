//! The stream as other producers use it: the example of `docs/stream.md` as it stands there, and the stage that the stream's tests
//! stand on.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use domain::decode::read;
use domain::event::EventKind;
use serde_json::json;
use support::{Redis, python};

const STATUS: &str = "tickstock:processing:status";

#[tokio::test]
async fn the_example_for_other_producers_adds_what_is_understood() {
    let example = python::block("stream.md", "python");
    assert!(example.lines().count() <= 10, "it is said to be ten lines");
    let redis = Redis::start().await;
    // Redis then remembers every command.
    let _: () = redis.ask(redis::cmd("CONFIG").arg("SET").arg("slowlog-log-slower-than").arg(0)).await;
    python::run(&example, &redis).await;

    let entries = redis.entries().await;
    let [entry] = &entries[..] else { panic!("one entry: {entries:?}") };
    let [(first, channel), (second, message)] = &entry.fields[..] else { panic!("two fields: {entry:?}") };
    assert_eq!((&**first, &**second), ("channel", "message"));
    let channel = String::from_utf8(channel.clone()).unwrap();
    let at = entry.id.split_once('-').unwrap().0.parse().unwrap();
    let reading = read(&channel, message, at).unwrap();
    assert_eq!(reading.strange, [], "every field is known");
    assert_eq!(reading.event.run.as_deref(), Some("night-1"));
    let reported = reading.event.reported.unwrap();
    assert!((at - 60_000..=at).contains(&reported), "its time is understood: {reported}, added {at}");
    let EventKind::RunStarted(started) = reading.event.kind else { panic!("{:?}", reading.event.kind) };
    assert_eq!(started.symbols, Some(503));

    let log: Vec<Vec<redis::Value>> = redis.ask(redis::cmd("SLOWLOG").arg("GET").arg(-1)).await;
    let commands =
        log.into_iter().map(|entry| redis::from_redis_value::<Vec<String>>(entry[3].clone()).unwrap());
    let add = commands.into_iter().find(|words| words[0] == "XADD").unwrap();
    assert_eq!(
        add[1..6],
        ["closing-bell:events", "MAXLEN", "~", "1000000", "*"],
        "it keeps the stream bounded"
    );
}

#[tokio::test]
async fn what_was_added_survives_a_killed_redis_and_what_is_trimmed_is_gone() {
    let mut redis = Redis::start_durable().await;
    for run in ["one", "two", "three"] {
        redis.add_event(STATUS, "processing_started", json!({ "run_id": run })).await;
    }
    let added = redis.entries().await;
    assert_eq!(added.len(), 3);
    redis.kill().await;
    redis.again().await;
    assert_eq!(redis.entries().await, added);
    assert_eq!(redis.trim(1).await, 2);
    assert_eq!(redis.entries().await, added[2..]);

    let mut forgetful = Redis::start().await;
    forgetful.add(STATUS, b"\xff").await;
    forgetful.kill().await;
    forgetful.again().await;
    assert_eq!(forgetful.entries().await, []);
}
