//! The market through the real process: the calendar within its bounds, and a status that is the calendar's.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::{Value, json};
use support::people::status;
use support::{Redis, Server};

async fn calendar(server: &Server, query: &str) -> (u16, Value) {
    let (head, body) = server.request(&format!("/api/processing/market/calendar{query}"), &[]).await;
    (status(&head), serde_json::from_str(&body).unwrap())
}

#[tokio::test]
async fn the_calendar_is_told_within_its_bounds() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let (answer, told) = calendar(&server, "?from=2026-11-25&to=2026-11-28").await;
    assert_eq!(answer, 200);
    let day = |date, open: Value, close: Value, early, holiday: Value| json!({ "date": date, "trading_day": open != Value::Null, "open": open, "close": close, "early_close": early, "holiday": holiday });
    assert_eq!(
        told["days"],
        json!([
            day("2026-11-25", json!("09:30"), json!("16:00"), false, json!(null)),
            day("2026-11-26", json!(null), json!(null), false, json!("Thanksgiving")),
            day("2026-11-27", json!("09:30"), json!("13:00"), true, json!(null)),
            day("2026-11-28", json!(null), json!(null), false, json!(null)),
        ])
    );
    assert_eq!(calendar(&server, "").await.1["days"].as_array().unwrap().len(), 31);
    assert_eq!(
        calendar(&server, "?from=2025-01-01&to=2026-02-04").await.1["days"].as_array().unwrap().len(),
        400
    );
    for (query, field) in [
        ("?from=2025-01-01&to=2026-02-05", "to"),
        ("?from=2026-02-31", "from"),
        ("?from=99999-01-01", "from"),
        ("?from=1989-12-31&to=1990-01-02", "from"),
        ("?from=2035-12-01&to=2036-01-01", "to"),
        ("?from=2026-11-25&to=2026-11-24", "to"),
        ("?from=yesterday", "from"),
        ("?form=2026-11-25", "form"),
    ] {
        let (answer, refused) = calendar(&server, query).await;
        assert_eq!((answer, &refused["field"]), (400, &json!(field)), "{query}: {refused}");
    }
    let told = server.json("/api/processing/market/status").await;
    // Whenever this runs, there is a next bell.
    let market = &told["market_status"];
    assert!(
        market["next_open_at"].is_string()
            && market["next_close_at"].is_string()
            && market["is_open"].is_boolean(),
        "{told}"
    );
}
