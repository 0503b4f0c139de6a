//! Everything hostile, through a real Redis into the real process: whatever arrives does no harm, is counted and can be looked at,
//! memory stays bounded, and a real run afterwards is right.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use support::redis::Pipeline;
use support::{Redis, Server, Socket};

/// What the server may hold at most, ever, in KiB.
const MEMORY: u64 = 200 * 1024;
const STATUS: &str = "tickstock:processing:status";
const IMPORT: &str = "tickstock:import:progress";
const MONITORING: &str = "tickstock:monitoring";
/// Markup, a script, characters that turn the direction of reading, a NUL and a bell.
const EVIL: &str =
    "<img src=x onerror=alert(1)>\u{202e}</script><script>alert(2)</script>\u{2066}\u{0}\u{7}'\"&amp;";

/// A run of three symbols, one of which fails, and whether the board has it right.
async fn a_real_run_is_right(redis: &Redis, server: &Server) {
    let mut socket = server.socket().await;
    socket.watch(&["board", "run/after"], &Value::Null, 0).await;
    // Straight after a flood the first of these may still be dropped, and counted as such: a start may be said again.
    let deadline = Instant::now() + Duration::from_mins(1);
    while heard(&mut socket, |run| run["id"] == "after").await.is_none() {
        assert!(Instant::now() < deadline, "a run is not heard any more");
        redis.run_started("after", 3).await;
    }
    for (symbol, success) in [("AAPL", true), ("MSFT", false), ("NVDA", true)] {
        let payload = json!({ "run_id": "after", "symbol": symbol, "success": success, "error_code": "rate_limit_exceeded" });
        redis.event(IMPORT, "symbol_processing_complete", payload).await;
    }
    let end = json!({ "run_id": "after", "status": "success", "symbols_processed": 2, "symbols_failed": 1 });
    redis.event(STATUS, "processing_completed", end).await;
    let (_, run) = socket.until("board", 'r', |run| run["id"] == "after" && run["status"] == "success").await;
    assert_eq!((&run["processed"], &run["failed"]), (&json!(3), &json!(1)), "{run}");
}

async fn heard(socket: &mut Socket, wanted: impl Fn(&Value) -> bool) -> Option<Value> {
    let found = tokio::time::timeout(Duration::from_secs(2), socket.until("board", 'r', wanted)).await;
    found.ok().map(|(_, record)| record)
}

fn stays_small(server: &Server) {
    if let Some(peak) = server.peak_memory() {
        eprintln!("most memory held: {} MiB", peak / 1024);
        assert!(peak < MEMORY, "{peak} KiB");
    }
}

fn named(event: &str, payload: &Value) -> Vec<u8> {
    json!({ "event": event, "source": "tests", "payload": payload }).to_string().into_bytes()
}

#[tokio::test]
async fn what_is_no_event_is_refused_with_its_reason_and_harms_nothing() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let deep =
        |levels: usize| format!("{{\"a\":{}1{}}}", "[".repeat(levels), "]".repeat(levels)).into_bytes();
    let mut invalid = br#"{"event":"processing_started","run_id":""#.to_vec();
    invalid.extend(*b"\xff\xfe\xc3\x28\"}");
    let refused: [(&str, Vec<u8>); 12] = [
        ("not_json", b"".to_vec()),
        ("not_json", b"OK".to_vec()),
        ("not_json", b"{\"event\":\"processing_started\"".to_vec()),
        ("not_json", b"{\"event\":\"processing_started\"}\0".to_vec()),
        ("not_json", vec![0; 4_096]),
        ("not_an_object", b"[{\"event\":\"processing_started\"}]".to_vec()),
        ("not_an_object", b"\"processing_started\"".to_vec()),
        ("not_an_object", b"NaN".to_vec()),
        ("not_utf8", invalid),
        ("too_deep", deep(20_000)),
        ("too_large", named("processing_started", &json!({ "run_id": "x".repeat(10 << 20) }))),
        ("too_large", vec![b'['; 10 << 20]),
    ];
    let mut socket = server.socket().await;
    socket.watch(&["channels"], &Value::Null, 0).await;
    for (_, bytes) in &refused {
        assert_eq!(redis.publish(STATUS, bytes).await, 1, "we are subscribed, and still there");
    }
    let (_, state) = socket.until("channels", 'h', |state| state["refused"] == refused.len()).await;
    assert_eq!(state["name"], STATUS);
    let seen: HashMap<String, usize> =
        server.refused().await.into_iter().fold(HashMap::new(), |mut seen, record| {
            *seen.entry(record["code"].as_str().unwrap().to_owned()).or_default() += 1;
            seen
        });
    for code in ["not_json", "not_an_object", "not_utf8", "too_deep", "too_large"] {
        let expected = refused.iter().filter(|(wanted, _)| *wanted == code).count();
        assert_eq!(seen.get(code), Some(&expected), "{code}: {seen:?}");
    }
    a_real_run_is_right(&redis, &server).await;
    stays_small(&server);
}

#[tokio::test]
async fn of_a_thousand_refused_the_last_hundred_are_shown() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let mut pipeline = Pipeline::to(&redis).await;
    for number in 0..1_000 {
        pipeline.publish(MONITORING, format!("refused number {number}").as_bytes());
    }
    pipeline.finish().await;
    let mut socket = server.socket().await;
    socket.watch(&["channels"], &Value::Null, 0).await;
    socket.until("channels", 'h', |state| state["refused"] == 1_000).await;
    let refused = server.refused().await;
    let begins: Vec<&str> = refused.iter().map(|record| record["begins"].as_str().unwrap()).collect();
    let expected: Vec<String> = (900..1_000).map(|number| format!("refused number {number}")).collect();
    assert_eq!(begins, expected);
}

#[tokio::test]
async fn lies_are_unknown_and_nothing_is_injected() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let progress = |percent: &str| {
        format!(r#"{{"event":"daily_processing_progress","payload":{{"run_id":"lies","phase":"import","percent_complete":{percent}}}}}"#)
            .into_bytes()
    };
    let started = |stamp: &str| {
        format!(r#"{{"event":"processing_started","timestamp":"{stamp}","payload":{{"run_id":"{stamp}"}}}}"#)
            .into_bytes()
    };
    let every = json!({
        "run_id": EVIL, "phase": EVIL, "phases": [EVIL], "universe": EVIL, "symbol": EVIL, "status": EVIL, "message": EVIL,
        "error_code": EVIL, "component": EVIL, "severity": EVIL, "context": { "symbol": EVIL }, "current_symbol": EVIL,
        "indicator": EVIL, "pattern": EVIL, "timeframe": EVIL, "trigger_type": EVIL, "action": EVIL, "reason": EVIL, EVIL: EVIL,
        "schedule": { "enabled": EVIL, "trigger_time": EVIL, "timezone": EVIL, "universes": [EVIL] },
        "alert": { "id": EVIL, "level": EVIL, "component": EVIL, "message": EVIL }, "failed_symbols": [EVIL],
    });
    let mut lies: Vec<(&str, Vec<u8>)> = vec![
        (
            IMPORT,
            named(
                "symbol_processing_complete",
                &json!({ "run_id": "lies", "symbol": "S".repeat(100_000), "success": true }),
            ),
        ),
        (
            STATUS,
            named(
                "processing_started",
                &json!({ "run_id": ["a"], "phases": 7, "universe": { "a": 1 }, "symbols_count": "many" }),
            ),
        ),
        (STATUS, named("processing_started", &json!("not an object"))),
        (
            MONITORING,
            named(
                "job_progress_update",
                &json!({ "run_id": "lies", "phase": 3, "completed": -1, "total_symbols": 1e300 }),
            ),
        ),
        (EVIL, named("processing_started", &every)),
    ];
    lies.extend(
        ["-5", "NaN", "1e309", "-Infinity", "\"fifty\"", "[]"].map(|percent| (STATUS, progress(percent))),
    );
    lies.extend(
        ["0000-01-01T00:00:00Z", "+275760-09-13T00:00:00Z", "275760-09-13T00:00:00Z"]
            .map(|stamp| (STATUS, started(stamp))),
    );
    let names = domain::decode::EVENTS.iter().flat_map(|row| row.names);
    lies.extend(names.map(|name| (MONITORING, named(name, &every))));
    lies.push((MONITORING, named(EVIL, &every)));
    let mut pipeline = Pipeline::to(&redis).await;
    for (channel, bytes) in &lies {
        pipeline.publish(channel, bytes);
    }
    pipeline.finish().await;
    a_real_run_is_right(&redis, &server).await;
    assert_eq!(server.metric("messages_refused_total").await, 0, "lies are objects all the same");
    let mut socket = server.socket().await;
    socket.watch(&["board", "feed", "channels", &format!("raw/{MONITORING}")], &Value::Null, 0).await;
    let mut said = String::new();
    for topic in ["board", "feed", "channels", &format!("raw/{MONITORING}")] {
        said.push_str(&socket.frame(topic).await.to_string());
    }
    for page in
        ["/admin/daily-processing", "/admin/channels", "/wall", &format!("/admin/channels?raw={MONITORING}")]
    {
        let (head, body) = server.request(page, &[]).await;
        assert!(head.starts_with("HTTP/1.1 200"), "{page}: {head}");
        assert!(!body.contains("<img") && !body.contains("<script>alert"), "{page} has markup of a message");
        said.push_str(&body);
    }
    for turned in ['\u{202e}', '\u{2066}', '\u{0}', '\u{7}'] {
        assert!(!said.contains(turned), "{turned:?} reaches a screen");
    }
    assert!(said.contains("alert(1)"), "but it is shown, harmless, to whoever looks");
    assert!(!said.contains(&"S".repeat(200)), "names are cut");
    stays_small(&server);
}

#[tokio::test]
async fn a_million_runs_leave_the_memory_alone() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let mut pipeline = Pipeline::to(&redis).await;
    for number in 0..1_000_000 {
        let message = format!(
            r#"{{"event":"import_progress","payload":{{"run_id":"run-{number}","total_symbols":500,"completed":{}}}}}"#,
            number % 500
        );
        pipeline.publish(IMPORT, message.as_bytes());
        pipeline.flush_above(1 << 20).await;
    }
    pipeline.finish().await;
    a_real_run_is_right(&redis, &server).await;
    stays_small(&server);
}

#[tokio::test]
async fn two_hundred_thousand_messages_a_second_are_read_or_their_loss_is_shown() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let mut thousand = Pipeline::to(&redis).await;
    for number in 0..1_000 {
        let payload = match number % 5 {
            0 => {
                json!({ "run_id": "flood", "symbol": format!("S{number}"), "success": true, "records_imported": 5 })
            }
            _ => {
                json!({ "symbol": format!("S{number}"), "indicator": "RSI", "timeframe": "1day", "value": 51.3 })
            }
        };
        let (channel, name) = match number % 5 {
            0 => (IMPORT, "symbol_processing_complete"),
            _ => ("tickstock:indicators:calculated", "indicator_calculated"),
        };
        match number % 100 {
            99 => thousand.publish(MONITORING, b"not json"),
            _ => thousand.publish(channel, &named(name, &payload)),
        }
    }
    let start = Instant::now();
    thousand.send_paced(2_000, Duration::from_millis(5)).await;
    let seconds = start.elapsed().as_secs_f64();
    eprintln!("2,000,000 messages in {seconds:.1} s, {:.0} a second", 2e6 / seconds);
    a_real_run_is_right(&redis, &server).await;
    let (received, dropped) =
        (server.metric("messages_received_total").await, server.metric("messages_dropped_total").await);
    eprintln!("{received} read, {dropped} dropped");
    stays_small(&server);
    if received + dropped < 2_000_000 {
        // Redis cuts off who reads too slowly: then that is shown.
        let mut socket = server.socket().await;
        socket.watch(&["board"], &Value::Null, 0).await;
        socket.until("board", 'g', |gap| gap["kind"] == "disconnected").await;
    }
}
