//! Commands over HTTP where nobody obeys them: what is refused, by what name, with what status; the list; and a night that is accepted.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::{Value, json};
use support::people::{Asker, status};
use support::producer::{asks, heard, over};
use support::{Redis, Server};

const TRIGGER: &str = "/api/processing/daily/trigger";

#[tokio::test]
async fn a_body_or_a_key_that_cannot_be_understood_is_named_and_nothing_is_kept() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let who = server.token("operator", "operate").await;
    for body in ["[]", "null", "{", "7", "phases=import", "\u{0}", "{}{}", "\"{}\""] {
        let (head, told) = server.post(TRIGGER, &[who.header()], body.as_bytes()).await;
        let told: Value = serde_json::from_str(&told).unwrap();
        assert_eq!((status(&head), &told["code"]), (400, &json!("bad_parameter")), "{body}: {told}");
        assert_eq!(told["field"], "body", "{body}: {told}");
    }
    let many: Vec<String> = (0..=10_000).map(|number| format!("S{number}")).collect();
    for (path, body, field) in [
        ("daily/trigger", json!({ "phases": ["dinner"] }), "phases"),
        ("daily/trigger", json!({ "phase": "import" }), "phase"),
        ("daily/trigger", json!({ "skip_market_check": "perhaps" }), "skip_market_check"),
        ("daily/trigger", json!({ "universe": "two names" }), "universe"),
        ("daily/cancel", json!({ "run_id": 7 }), "run_id"),
        ("import/trigger", json!({ "lookback_days": 0 }), "lookback_days"),
        ("import/trigger", json!({ "timeframes": ["fortnightly"] }), "timeframes"),
        ("import/retry", json!({ "run_id": "never" }), "run_id"),
        ("import/retry", json!({}), "run_id"),
        ("indicators/trigger", json!({ "symbols": many }), "symbols"),
        ("indicators/trigger", json!({ "patterns": ["Hammer"] }), "patterns"),
        ("patterns/trigger", json!({ "symbols": ["X".repeat(33)] }), "symbols"),
        ("cache-sync/trigger", json!({ "mode": "half" }), "mode"),
    ] {
        let (status, told) = asks(&server, &who, &format!("/api/processing/{path}"), &body, None).await;
        assert_eq!(
            (status, &told["code"], &told["field"]),
            (400, &json!("bad_parameter"), &json!(field)),
            "{told}"
        );
    }
    for key in ["", "two words", "ä", &"x".repeat(129)] {
        let (status, told) = asks(&server, &who, TRIGGER, &Value::Null, Some(key)).await;
        assert_eq!((status, &told["field"]), (400, &json!("Idempotency-Key")), "{key}: {told}");
    }
    let (head, _) = server.post(TRIGGER, &[who.header()], &vec![b' '; (64 << 10) + 1]).await;
    assert_eq!(status(&head), 413);
    assert_eq!(server.json("/api/commands").await["commands"], json!([]), "none of it is a command");
}

#[tokio::test]
async fn whoever_may_not_run_anything_runs_nothing() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let askers = [
        (Asker::anonymous(), 401),
        (server.token("reads", "read").await, 403),
        (server.token("tells", "ingest").await, 403),
        (server.person("viewer", "viewer").await, 403),
    ];
    for what in ["daily/trigger", "daily/cancel", "import/trigger", "import/retry", "cache-sync/trigger"] {
        for (who, expected) in &askers {
            let (status, told) =
                asks(&server, who, &format!("/api/processing/{what}"), &json!({}), None).await;
            assert_eq!(status, *expected, "{what} by {}: {told}", who.name);
        }
    }
    assert_eq!(asks(&server, &askers[3].0, "/api/runs/r/accept", &json!({ "note": "x" }), None).await.0, 403);
    assert_eq!(server.json("/api/commands").await["commands"], json!([]));
}

#[tokio::test]
async fn a_right_that_was_taken_away_since_the_dialog_was_opened_is_gone_when_it_is_pressed() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let ann = server.person("ann", "operator").await;
    let (status, told) = asks(&server, &ann, TRIGGER, &Value::Null, None).await;
    assert_eq!((status, &told["code"]), (409, &json!("refused")), "nobody listens, but she may: {told}");
    let admin = server.admin().await;
    let pool = support::database::database(&server.database).await;
    let id: String =
        sqlx::query_scalar("SELECT id FROM users WHERE key = 'ann'").fetch_one(&pool).await.unwrap();
    pool.close().await;
    let fields = [("do", "role"), ("role", "viewer")];
    let (head, _) = server.submit(&format!("/admin/users/{id}"), &admin, &fields).await;
    assert_eq!(support::people::header_of(&head, "location"), Some("/admin/users?done=role"), "{head}");
    let (status, told) = asks(&server, &ann, TRIGGER, &Value::Null, None).await;
    assert_eq!((status, &told["code"]), (403, &json!("forbidden")), "{told}");
    assert_eq!(server.json("/api/commands").await["commands"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_asked_is_listed_page_by_page_and_its_address_is_for_admins() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let who = server.token("operator", "operate").await;
    for what in ["daily/trigger", "import/trigger", "daily/trigger", "cache-sync/trigger", "daily/trigger"] {
        let (status, told) = asks(&server, &who, &format!("/api/processing/{what}"), &json!({}), None).await;
        assert_eq!(status, 409, "{told}");
    }
    let (mut walked, mut next) = (Vec::new(), String::new());
    loop {
        let page = server.json(&format!("/api/commands?limit=2{next}")).await;
        let commands = page["commands"].as_array().unwrap();
        assert!((1..=2).contains(&commands.len()), "{page}");
        walked.extend(commands.iter().map(|one| one["kind"].as_str().unwrap().to_owned()));
        let Some(place) = page["next"].as_str() else { break };
        next = format!("&before={place}");
    }
    assert_eq!(walked, ["run", "cache_sync", "run", "import", "run"]);
    let runs = server.json("/api/commands?kind=run").await;
    assert_eq!(runs["commands"].as_array().unwrap().len(), 3);
    for (query, field) in [
        ("kind=dinner", "kind"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("before=yesterday", "before"),
        ("state=done", "state"),
    ] {
        let refused = server.json(&format!("/api/commands?{query}")).await;
        assert_eq!(refused["field"], field, "{refused}");
    }
    for (query, field) in [("limit=101", "limit"), ("offset=10001", "offset"), ("mode=full", "mode")] {
        let refused = server.json(&format!("/api/processing/cache-sync/history?{query}")).await;
        assert_eq!(refused["field"], field, "{refused}");
    }
    let id = runs["commands"][0]["id"].as_str().unwrap();
    let admin = server.admin().await;
    for (who, expected) in [(&admin, json!("127.0.0.1")), (&who, Value::Null)] {
        let (_, body) = server.request(&format!("/api/commands/{id}"), &[who.header()]).await;
        let told: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(told["command"]["address"], expected, "{told}");
        assert_eq!(told["command"]["reason"], "nobody listens on tickstock:commands:trigger", "{told}");
    }
    let (head, _) = server.request("/api/commands/none", &[]).await;
    assert_eq!(status(&head), 404);
    // Each stands in the audit log, with what was asked.
    let (_, body) = server.request("/api/audit?action=command_cache_sync", &[admin.header()]).await;
    let told: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(told["audit"][0]["who"], "token operator", "{told}");
    assert!(told["audit"][0]["after"].as_str().unwrap().contains("full"), "{told}");
}

#[tokio::test]
async fn a_night_is_accepted_as_it_is_with_a_reason() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let who = server.token("operator", "operate").await;
    redis.run_started("7f3a", 100).await;
    for number in 0..100 {
        let result = json!({ "run_id": "7f3a", "symbol": format!("S{number}"), "success": number > 5 });
        redis.event("tickstock:import:progress", "symbol_processing_complete", result).await;
    }
    let over_now = json!({ "run_id": "7f3a", "status": "completed" });
    redis.event("tickstock:processing:status", "processing_completed", over_now).await;
    assert_eq!(over(&server, "7f3a").await["failing"], 6);
    let path = "/api/runs/7f3a/accept";
    for (body, field) in [
        (Value::Null, "note"),
        (json!({ "note": " " }), "note"),
        (json!({ "note": "x".repeat(301) }), "note"),
        (json!({ "note": "x", "run_id": "7f3a" }), "run_id"),
    ] {
        let (status, told) = asks(&server, &who, path, &body, None).await;
        assert_eq!((status, &told["field"]), (400, &json!(field)), "{told}");
    }
    let note = json!({ "note": "a holiday in London" });
    let (status, told) = asks(&server, &who, path, &note, None).await;
    assert_eq!((status, &told["status"]), (200, &json!("done")), "{told}");
    let run = heard(&server, |run| run["accepted"].is_object()).await;
    assert_eq!((&run["accepted"]["who"], &run["accepted"]["count"]), (&json!("token operator"), &json!(6)));
    let (status, told) = asks(&server, &who, path, &note, None).await;
    assert_eq!(
        (status, &told["message"]),
        (409, &json!("Refused: run 7f3a has nothing that could be accepted.")),
        "{told}"
    );
    let (status, told) = asks(&server, &who, "/api/runs/none/accept", &note, None).await;
    assert_eq!((status, &told["field"]), (400, &json!("run_id")), "{told}");
}
