//! Events that are posted: through the real process to a socket, once with their twin on a channel, and never without a token for it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::{Value, json};
use support::people::Asker;
use support::{Redis, Server};

const PATH: &str = "/api/admin/processing/store-event";

/// An event as the old forwarder sends it.
fn event(name: &str, payload: &Value) -> Vec<u8> {
    let message = json!({ "event": name, "timestamp": "2026-11-20T21:10:00Z", "source": "daily_scheduler", "version": "1.0", "payload": payload });
    message.to_string().into_bytes()
}

fn started(run: &str) -> Vec<u8> {
    event(
        "processing_started",
        &json!({ "run_id": run, "symbols_count": 505, "trigger_type": "manual", "phases": ["import"] }),
    )
}

/// Status and code of a refusal.
fn refusal((head, body): &(String, String)) -> (u16, String) {
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let answer: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("no JSON: {head}\n{body}"));
    assert_eq!(answer["success"], false, "{answer}");
    assert!(answer["message"].as_str().unwrap().ends_with('.'), "{answer}");
    (status, answer["code"].as_str().unwrap().to_owned())
}

/// How many messages stand in the log, and how many twins beside it.
async fn logged(redis: &Redis) -> (i64, i64) {
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&redis.database_url()).await.unwrap();
    let count = |table: &'static str, among: &'static str| {
        let query = format!("SELECT COUNT(*) FROM {table} WHERE {among}");
        let pool = pool.clone();
        async move { sqlx::query_scalar::<_, i64>(&query).fetch_one(&pool).await.unwrap() }
    };
    let counts = (count("events", "kind = 'night'").await, count("twins", "1 = 1").await);
    pool.close().await;
    counts
}

#[tokio::test]
async fn a_posted_event_reaches_a_socket() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let ingest = server.token("ingest", "ingest").await;
    let mut socket = server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    // Whatever type it is said to have.
    for (run, kind) in
        [("7f3a", "application/json"), ("8c1b", "text/plain"), ("9d2e", "application/x-www-form-urlencoded")]
    {
        let (head, body) = server.post(PATH, &[("Content-Type", kind), ingest.header()], &started(run)).await;
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), json!({ "success": true }));
        socket.until("board", 'r', |record| record["id"] == run && record["symbols"] == 505).await;
    }
    // As large as a message on a channel may be.
    let symbols: Vec<String> = (0..20_000).map(|number| format!("SYM{number}")).collect();
    let failed = event(
        "data_import_completed",
        &json!({ "run_id": "7f3a", "total_symbols": 20_000, "failed_symbols": symbols }),
    );
    assert!(failed.len() > 200_000);
    assert!(server.post(PATH, &[ingest.header()], &failed).await.0.starts_with("HTTP/1.1 200"));
    socket.until("board", 'q', |record| record[1] == 20_000).await;
}

#[tokio::test]
async fn what_is_published_and_posted_counts_once() {
    let redis = Redis::start().await;
    let mut server = Server::start(&redis).await;
    let ingest = server.token("ingest", "ingest").await;
    let mut socket = server.socket().await;
    socket.watch(&["board", "feed"], &Value::Null, 0).await;
    redis.publish("tickstock:processing:status", &started("7f3a")).await;
    socket.until("board", 'r', |record| record["id"] == "7f3a").await;
    assert!(server.post(PATH, &[ingest.header()], &started("7f3a")).await.0.starts_with("HTTP/1.1 200"));
    // The other way round too.
    assert!(server.post(PATH, &[ingest.header()], &started("8c1b")).await.0.starts_with("HTTP/1.1 200"));
    redis.publish("tickstock:processing:status", &started("8c1b")).await;
    redis.import_progress("8c1b", 12, 505).await;
    socket.until("board", 'q', |record| record[0] == 12).await;
    server.saves().await;
    assert!(server.stop().await.success());
    assert_eq!(logged(&redis).await, (3, 2), "two starts and a progress; each start's twin beside");
}

#[tokio::test]
async fn what_is_no_event_is_refused_with_a_reason() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let ingest = server.token("ingest", "ingest").await;
    let cases: [(&[u8], u16, &str); 8] = [
        (b"", 400, "empty_body"),
        (b" \r\n", 400, "empty_body"),
        (b"event=processing_started", 400, "not_json"),
        (b"{\"event\":", 400, "not_json"),
        (b"[1]", 400, "not_an_object"),
        (b"\xff\xfe", 400, "not_utf8"),
        (b"null", 400, "not_an_object"),
        (&[b'['; 300], 400, "too_deep"),
    ];
    for (body, status, code) in cases {
        let answer = server.post(PATH, &[("Content-Type", "application/json"), ingest.header()], body).await;
        assert_eq!(refusal(&answer), (status, code.to_owned()), "{}", String::from_utf8_lossy(body));
    }
    // Too large by its own word: not a byte of it is waited for.
    let answer = server.post(PATH, &[("Content-Length", "1048577"), ingest.header()], b"{").await;
    assert_eq!(refusal(&answer), (413, "too_large".to_owned()));
    let (head, _) = server.request(PATH, &[ingest.header()]).await;
    assert!(head.starts_with("HTTP/1.1 405"), "{head}");
    // The server lives on.
    assert!(server.post(PATH, &[ingest.header()], &started("7f3a")).await.0.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn only_a_token_that_was_made_for_it_posts() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let own = format!("http://127.0.0.1:{}", server.port);
    let (admin, ingest) = (server.admin().await, server.token("ingest", "ingest").await);
    let ours = [("Origin", own.as_str()), ("Sec-Fetch-Site", "same-origin")];
    let as_admin = [&ours[..], &[admin.header()]].concat();
    assert_eq!(refusal(&server.post(PATH, &as_admin, &started("evil")).await), (403, "forbidden".to_owned()));
    // The page of another server cannot know a token; what the browser adds by itself is not enough.
    let elsewhere = [("Origin", "http://evil.example"), admin.header()];
    assert_eq!(
        refusal(&server.post(PATH, &elsewhere, &started("evil")).await),
        (403, "cross_site".to_owned())
    );
    for (asker, status, code) in [
        (server.token("read", "read").await, 403, "forbidden"),
        (server.token("operate", "operate").await, 403, "forbidden"),
        (Asker::bearer("none", "cb_none"), 401, "bad_token"),
    ] {
        let answer = server.post(PATH, &[asker.header()], &started("evil")).await;
        assert_eq!(refusal(&answer), (status, code.to_owned()), "{}", asker.name);
    }
    let named = [("Host", "evil.example"), ingest.header()];
    assert_eq!(refusal(&server.post(PATH, &named, &started("evil")).await), (403, "wrong_host".to_owned()));
    assert_eq!(server.metric("messages_received_total").await, 0);
    // And as often as a night has events.
    for number in 0..100 {
        let (head, _) = server.post(PATH, &[ingest.header()], &started(&format!("run-{number}"))).await;
        assert!(head.starts_with("HTTP/1.1 200"), "{number}: {head}");
    }
}
