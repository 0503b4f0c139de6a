//! What the server answers over HTTP: pages that are right in their first paint, the status of the old system, health, and
//! requests that it must refuse.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::{Value, json};
use std::process::Stdio;
use support::{Redis, Server, within};
use tokio::process::Command;

/// A night in progress, known to have arrived.
async fn running(redis: &Redis, server: &Server) {
    let mut socket = server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    redis.run_started("7f3a", 505).await;
    redis.import_progress("7f3a", 251, 505).await;
    socket.until("board", 'q', |record| record[0] == 251).await;
}

#[tokio::test]
async fn the_first_paint_has_the_numbers_and_the_snapshot_they_came_from() {
    let redis = Redis::start().await;
    let server = Server::start_on(&redis, 0, &["--environment", "STAGING"]).await;
    running(&redis, &server).await;
    let (head, html) = server.request("/admin/daily-processing", &[]).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.to_lowercase().contains("cache-control: no-store"), "{head}");
    for text in ["Running", "Importing prices", "251 of 505", "STAGING", "id=\"snapshot\""] {
        assert!(html.contains(text), "{text} is missing");
    }
    assert!(!html.contains(" style="), "the policy forbids style attributes");
    let embedded = html.split_once("id=\"snapshot\">").unwrap().1.split_once("</script>").unwrap().0;
    let snapshot: Value = serde_json::from_str(embedded).unwrap();
    let held = snapshot["seq"].as_u64().unwrap();
    // Going live from that very number: not one event falls between page and socket.
    let mut socket = server.socket().await;
    socket.watch(&["board"], &snapshot["epoch"], held).await;
    redis.import_progress("7f3a", 300, 505).await;
    let (frame, _) = socket.until("board", 'q', |record| record[0] == 300).await;
    assert!(frame.get("full").is_none(), "{frame}");
}

#[tokio::test]
async fn names_from_outside_never_become_markup() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let mut socket = server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    let evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>";
    let payload = json!({ "run_id": "7f3a", "symbols_count": 3, "trigger_type": "manual", "phases": ["import", evil], "universes": [evil] });
    redis.event("tickstock:processing:status", "processing_started", payload).await;
    let payload =
        json!({ "run_id": "7f3a", "severity": "error", "component": evil, "message": evil, "symbol": evil });
    redis.event("tickstock:errors", "error_occurred", payload).await;
    redis.import_progress("7f3a", 1, 3).await;
    socket.until("board", 'q', |record| record[0] == 1).await;
    let (_, html) = server.request("/admin/daily-processing", &[]).await;
    assert!(html.contains("alert(1)"), "it is shown, as text");
    assert!(!html.contains("<script>alert") && !html.contains("<img"), "and never as markup");
}

#[tokio::test]
async fn pages_carry_a_policy_that_names_their_one_script() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let policy = |head: &str| {
        head.lines()
            .find(|line| line.to_lowercase().starts_with("content-security-policy"))
            .unwrap()
            .to_owned()
    };
    let (page, _) = server.request("/wall", &[]).await;
    let policy_of_page = policy(&page);
    assert!(
        policy_of_page.contains("script-src 'self' 'sha256-") && !policy_of_page.contains("unsafe-inline"),
        "{policy_of_page}"
    );
    let (api, _) = server.request("/healthz", &[]).await;
    assert!(policy(&api).contains("default-src 'none'"), "{api}");
}

#[tokio::test]
async fn the_status_of_the_old_system_keeps_its_fields() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let idle = server.json("/api/processing/daily/status").await;
    assert_eq!((&idle["success"], &idle["status"]["is_running"]), (&json!(true), &json!(false)), "{idle}");
    running(&redis, &server).await;
    let body = server.json("/api/processing/daily/status").await;
    let status = &body["status"];
    assert_eq!(status["is_running"], true);
    assert_eq!(status["run_id"], "7f3a");
    assert_eq!(status["phase"], "data_import");
    assert_eq!(status["symbols_total"], 505);
    assert_eq!(status["symbols_completed"], 251);
    assert_eq!(status["current_symbol"], "AAPL");
    assert_eq!(status["import_status"]["import_active"], true);
}

#[tokio::test]
async fn a_foreign_host_or_origin_is_refused() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    for host in ["evil.example", "evil.example:3000", "127.0.0.1:1"] {
        let (head, body) = server.request("/admin/daily-processing", &[("Host", host)]).await;
        assert!(head.starts_with("HTTP/1.1 4"), "{host}: {head}");
        assert!(body.contains("\"code\""), "{body}");
    }
    assert!(server.socket_from(Some("http://evil.example")).await.is_err());
    assert!(server.socket_from(Some("null")).await.is_err());
    assert!(server.socket_from(None).await.is_ok(), "a script on this machine is no page");
}

#[tokio::test]
async fn an_address_under_which_there_is_nothing() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let (head, html) = server.request("/nothing", &[("Accept", "text/html")]).await;
    assert!(
        head.starts_with("HTTP/1.1 404") && html.contains("There is nothing under this address"),
        "{head}"
    );
    let (head, body) = server.request("/api/nothing", &[]).await;
    assert!(head.starts_with("HTTP/1.1 404") && body.contains("\"success\":false"), "{head} {body}");
    let (head, _) = server.request("/", &[]).await;
    assert!(head.starts_with("HTTP/1.1 303") && head.contains("/admin/daily-processing"), "{head}");
    let (head, _) = server.request("/pkg/../../Cargo.toml", &[]).await;
    assert!(!head.starts_with("HTTP/1.1 200"), "{head}");
}

#[tokio::test]
async fn health_and_metrics() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    assert_eq!(server.json("/healthz").await["status"], "ok");
    assert_eq!(server.json("/readyz").await["status"], "ready");
    running(&redis, &server).await;
    assert!(server.metric("messages_received_total").await >= 2);
    assert_eq!(server.metric("redis_up").await, 1);
}

#[tokio::test]
async fn a_setting_that_will_not_do_is_refused_in_one_clear_line() {
    let redis = Redis::start().await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_closing-bell"));
    command.args(["--addr", "127.0.0.1:0", "--database-url", &redis.database_url()]);
    command.env("CLOSING_BELL_ADMIN_PASSWORD", "short");
    command.env("NO_COLOR", "1").stderr(Stdio::piped()).stdout(Stdio::piped());
    let output = within("it ends", command.output()).await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    let error = said.lines().find(|line| line.contains("ERROR")).unwrap();
    assert!(error.contains("CLOSING_BELL_ADMIN_PASSWORD must have at least 12 characters"), "{said}");
}

#[tokio::test]
async fn a_redis_that_is_away_at_the_start_is_said_and_waited_for() {
    let mut redis = Redis::start().await;
    redis.kill().await;
    let server = Server::start(&redis).await;
    let (_, html) = server.request("/admin/daily-processing", &[]).await;
    assert!(html.contains("does not answer"), "the page says what it waits for");
    let mut socket = server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    redis.again().await;
    socket.until("board", 'x', |record| record["up"] == true).await;
}
