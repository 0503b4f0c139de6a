//! From Redis to a socket, through the real process: frames, catch-up, lag, gaps, and messages that are none.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::{Value, json};
use support::{Redis, Server, within};
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn a_published_event_arrives_as_a_frame_with_absolute_values() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let mut socket = server.socket().await;
    socket.watch(&["board", "feed"], &Value::Null, 0).await;
    let first = socket.frame("board").await;
    assert_eq!(first["full"], true, "who holds nothing gets all");
    redis.run_started("7f3a", 505).await;
    redis.import_progress("7f3a", 12, 505).await;
    redis.import_progress("7f3a", 251, 505).await;
    let (frame, progress) = socket.until("board", 'q', |record| record[0] == 251).await;
    assert!(frame["a"].as_u64() < frame["z"].as_u64(), "{frame}");
    assert_eq!(progress[5], "AAPL");
    assert_eq!(frame["e"], socket.hello["epoch"]);
}

#[tokio::test]
async fn who_says_nothing_watches_the_board() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let mut socket = server.socket().await;
    assert_eq!(socket.frame("board").await["full"], true);
}

#[tokio::test]
async fn a_reconnect_gets_what_changed_after_its_number_and_nothing_else() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let mut socket = server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    redis.run_started("7f3a", 505).await;
    redis.import_progress("7f3a", 12, 505).await;
    let (frame, _) = socket.until("board", 'q', |record| record[0] == 12).await;
    let (epoch, held) = (socket.hello["epoch"].clone(), frame["z"].as_u64().unwrap());
    drop(socket);
    redis.import_progress("7f3a", 300, 505).await;
    let mut watcher = server.socket().await;
    watcher.watch(&["board"], &Value::Null, 0).await;
    watcher.until("board", 'q', |record| record[0] == 300).await;
    // Connected again, after an hour for all it knows.
    let mut back = server.socket().await;
    back.watch(&["board"], &epoch, held).await;
    let frame = back.frame("board").await;
    assert_eq!((frame["a"].as_u64(), frame.get("full")), (Some(held), None), "{frame}");
    let keys: Vec<&str> =
        frame["s"].as_array().unwrap().iter().map(|change| change[0].as_str().unwrap()).collect();
    assert!(
        keys.iter().any(|key| key.starts_with('q')) && !keys.contains(&"xserver"),
        "only what changed: {keys:?}"
    );
    assert!(frame["s"].as_array().unwrap().iter().all(|change| change[1].as_u64().unwrap() > held));
}

#[tokio::test]
async fn another_epoch_is_sent_everything() {
    let redis = Redis::start().await;
    let mut server = Server::start(&redis).await;
    let socket = server.socket().await;
    let epoch = socket.hello["epoch"].clone();
    drop(socket);
    let port = server.port;
    server.stop().await;
    let server = Server::start_on(&redis, port, &[]).await;
    let mut socket = server.socket().await;
    assert_ne!(socket.hello["epoch"], epoch);
    socket.watch(&["board"], &epoch, 1_000_000).await;
    assert_eq!(socket.frame("board").await["full"], true);
}

#[tokio::test]
async fn a_run_that_goes_on_across_a_restart_is_known_to_the_new_server() {
    let redis = Redis::start().await;
    let mut server = Server::start(&redis).await;
    redis.run_started("7f3a", 505).await;
    let mut socket = server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    let (_, before) = socket.until("board", 'r', |record| record["id"] == "7f3a").await;
    let port = server.port;
    server.stop().await;
    let server = Server::start_on(&redis, port, &[]).await;
    let mut socket = server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    redis.import_progress("7f3a", 300, 505).await;
    let (_, run) = socket.until("board", 'r', |record| record["id"] == "7f3a").await;
    assert_eq!(
        (&run["started"], run.get("adopted")),
        (&before["started"], None),
        "its start was heard: {run}"
    );
    // And what was missed meanwhile is said.
    let mut again = server.socket().await;
    again.watch(&["board"], &Value::Null, 0).await;
    again.until("board", 'g', |record| record["kind"] == "restart").await;
}

#[tokio::test]
async fn a_slow_reader_is_caught_up_and_ends_with_the_final_numbers() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let mut slow = server.socket().await;
    slow.watch(&["board", "feed"], &Value::Null, 0).await;
    redis.run_started("7f3a", 60_000).await;
    // It reads nothing while so much happens that neither the ring nor the socket's buffers can hold it.
    let client = redis::Client::open(redis.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    for step in 0..60 {
        let mut batch = redis::pipe();
        for done in step * 500 + 1..=(step + 1) * 500 {
            let payload = json!({ "run_id": "7f3a", "symbol": format!("S{done}"), "success": true, "records_imported": 5 });
            let message = json!({ "event": "symbol_processing_complete", "timestamp": "2026-11-20T21:10:00Z", "source": "tests", "payload": payload });
            batch.cmd("PUBLISH").arg("tickstock:import:progress").arg(message.to_string()).ignore();
        }
        batch.query_async::<()>(&mut connection).await.unwrap();
    }
    let payload =
        json!({ "run_id": "7f3a", "status": "success", "symbols_processed": 30_000, "symbols_failed": 0 });
    redis.event("tickstock:processing:status", "processing_completed", payload).await;
    let (_, run) = slow.until("board", 'r', |record| record["status"] == "success").await;
    assert_eq!(run["processed"], 30_000, "the last frame has the final numbers");
    // Whoever joins now is told the same.
    let mut late = server.socket().await;
    late.watch(&["board"], &Value::Null, 0).await;
    let (_, same) = late.until("board", 'r', |record| record["id"] == "7f3a").await;
    assert_eq!(same, run);
    assert_eq!(server.metric("messages_dropped_total").await, 0);
}

#[tokio::test]
async fn a_stretch_without_redis_is_a_gap_with_start_and_end() {
    let mut redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let mut socket = server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    socket.until("board", 'x', |record| record["up"] == true).await;
    redis.kill().await;
    socket.until("board", 'x', |record| record["up"] == false).await;
    let (status, _) = server.request("/readyz", &[]).await;
    assert!(status.starts_with("HTTP/1.1 503"), "{status}");
    redis.again().await;
    let (_, gap) = socket.until("board", 'g', |record| record["to"].is_i64()).await;
    assert_eq!(gap["kind"], "disconnected");
    assert!(gap["from"].as_i64() <= gap["to"].as_i64(), "{gap}");
    redis.run_started("8b11", 5).await;
    socket.until("board", 'r', |record| record["id"] == "8b11").await;
    let (status, _) = server.request("/readyz", &[]).await;
    assert!(status.starts_with("HTTP/1.1 200"), "{status}");
}

#[tokio::test]
async fn messages_that_are_none_are_counted_shown_and_stop_nothing() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let mut socket = server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    let deep = "[".repeat(100_000);
    let large = vec![b'x'; 2 << 20];
    let hostile: [&[u8]; 6] = [b"", b"not json", b"{", b"\xff\xfe\x00", deep.as_bytes(), &large];
    for message in hostile {
        redis.publish("tickstock:processing:status", message).await;
    }
    let (_, ingest) = socket.until("board", 'x', |record| record["refused"].as_u64() >= Some(6)).await;
    assert_eq!(ingest["messages"], 6);
    redis.run_started("7f3a", 505).await;
    socket.until("board", 'r', |record| record["id"] == "7f3a").await;
}

#[tokio::test]
async fn what_a_script_sends_wrongly_is_answered_and_the_socket_goes_on() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let mut socket = server.socket().await;
    for (wrong, code) in [("nonsense", "not_understood"), (r#"{"watch":["everything"]}"#, "not_understood")] {
        socket.send(wrong).await;
        assert_eq!(socket.next().await["error"], code, "{wrong}");
    }
    let many: Vec<String> = (0..17).map(|number| format!("run/{number}")).collect();
    socket.send(&json!({ "watch": many }).to_string()).await;
    assert_eq!(socket.next().await["error"], "too_many_topics");
    socket.send_raw(Message::binary(vec![1, 2, 3])).await;
    assert_eq!(socket.next().await["error"], "not_text");
    socket.watch(&["board"], &Value::Null, 0).await;
    assert_eq!(socket.frame("board").await["full"], true);
}

#[tokio::test]
async fn a_flood_from_a_browser_ends_its_own_socket_only() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let mut calm = server.socket().await;
    let mut flood = server.socket().await;
    for _ in 0..200 {
        // It may be ended before the flood is over.
        if !flood.try_send(r#"{"watch":["board"]}"#).await {
            break;
        }
    }
    let end = within("the flood is ended", async {
        loop {
            let message = flood.next().await;
            if message.get("closed").is_some() || message.get("broken").is_some() {
                return message;
            }
        }
    })
    .await;
    assert!(end["closed"] == 1008 || end.get("broken").is_some(), "{end}");
    calm.watch(&["board"], &Value::Null, 0).await;
    calm.frame("board").await;
}

#[tokio::test]
async fn sockets_are_told_when_the_server_stops() {
    let redis = Redis::start().await;
    let mut server = Server::start(&redis).await;
    let mut socket = server.socket().await;
    socket.watch(&["feed"], &Value::Null, 0).await;
    socket.frame("feed").await;
    let status = server.stop().await;
    assert!(status.success(), "{status}");
    let end = loop {
        let message = socket.next().await;
        if message.get("closed").is_some() || message.get("broken").is_some() {
            break message;
        }
    };
    assert_eq!(end["closed"], 1001, "{end}");
}

#[tokio::test]
async fn a_run_has_a_topic_with_its_symbols() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let mut socket = server.socket().await;
    redis.run_started("7f3a", 505).await;
    let payload =
        json!({ "run_id": "7f3a", "symbol": "AAPL", "success": false, "error_code": "API_RATE_LIMIT" });
    redis.event("tickstock:import:progress", "symbol_processing_complete", payload).await;
    socket.watch(&["run/7f3a"], &Value::Null, 0).await;
    let (_, symbol) = socket.until("run/7f3a", 's', |record| record["a"].is_array()).await;
    assert!(symbol.to_string().contains("API_RATE_LIMIT"), "{symbol}");
    socket.watch(&["run/nobody"], &Value::Null, 0).await;
    assert_eq!(socket.frame("run/nobody").await["full"], true, "an unknown run is an empty topic");
}
