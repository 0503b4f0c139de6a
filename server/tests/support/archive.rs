//! A small night that was published, heard and kept: what the tests of the archive ask about.

use super::{Redis, Server, within};
use serde_json::{Value, json};

/// The id of its run.
pub const RUN: &str = "7f3a";

impl Server {
    /// Asks until the answer is as expected: what was published is kept a moment later.
    pub async fn until(&self, path: &str, expected: impl Fn(&Value) -> bool) -> Value {
        let asked = async {
            loop {
                let answer = self.json(path).await;
                if expected(&answer) {
                    return answer;
                }
                tokio::task::yield_now().await;
            }
        };
        within(&format!("{path} answers as expected"), asked).await
    }

    /// Status and body of an answer.
    pub async fn answer(&self, path: &str) -> (u16, Value) {
        let (head, body) = self.request(path, &[]).await;
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(&body).unwrap_or(Value::Null))
    }
}

/// Publishes a night of six symbols of which one fails, and waits until it is kept.
pub async fn a_night(redis: &Redis, server: &Server) {
    let mut socket = server.socket().await;
    socket.watch(&["board"], &Value::Null, 0).await;
    redis.run_started(RUN, 6).await;
    for (symbol, millis) in [("AAPL", 120), ("=SUM", 80), ("GE", 300), ("BRK.B", 40), ("KO", 50), ("V", 60)] {
        let payload = json!({ "run_id": RUN, "symbol": symbol, "success": symbol != "BRK.B", "records_imported": 250, "processing_time_ms": millis, "error_code": (symbol == "BRK.B").then_some("RATE_LIMIT") });
        redis.event("tickstock:import:progress", "symbol_processing_complete", payload).await;
    }
    for (indicator, value) in [("RSI", json!({ "rsi": 65.4 })), ("SMA", json!(7.5))] {
        let payload = json!({ "run_id": RUN, "symbol": "AAPL", "indicator": indicator, "timeframe": "daily", "values": value, "metadata": { "period": 14 } });
        redis.event("tickstock:indicators:calculated", "indicator_calculated", payload).await;
    }
    let payload = json!({ "run_id": RUN, "severity": "error", "component": "fetcher", "error_code": "SLOW", "message": "asked to wait" });
    redis.event("tickstock:errors", "error", payload).await;
    redis.publish("tickstock:monitoring", b"no JSON at all").await;
    let payload = json!({ "run_id": RUN, "total_symbols": 6, "successful_symbols": 5, "failed_symbols": 1, "total_records_imported": 1500, "duration_seconds": 60 });
    redis.event("tickstock:import:completed", "data_import_completed", payload).await;
    let payload = json!({ "run_id": RUN, "status": "success", "duration_seconds": 61, "symbols_processed": 5, "symbols_failed": 1 });
    redis.event("tickstock:processing:status", "processing_completed", payload).await;
    socket.until("board", 'r', |record| record["status"] == "success").await;
    server.until(&format!("/api/runs/{RUN}"), |answer| answer["run"]["status"] == "success").await;
    server.until("/api/events?limit=1", |answer| answer["events"][0]["name"] == "processing_completed").await;
}
