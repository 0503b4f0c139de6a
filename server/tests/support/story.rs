//! A night told to the stream in pieces, and what a server shows of it: for comparing servers that lived differently.

use crate::support::redis::STREAM;
use crate::support::{Redis, Server, within};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Messages of a night of so many symbols, in order: channel and bytes.
pub fn night(run: &str, symbols: usize) -> Vec<(&'static str, Vec<u8>)> {
    let mut told = Vec::new();
    let mut tell = |channel: &'static str, event: &str, payload: Value| {
        let message = json!({ "event": event, "source": "tests", "payload": payload });
        told.push((channel, message.to_string().into_bytes()));
    };
    let status = "tickstock:processing:status";
    let phases = json!(["data_import", "indicator_processing", "pattern_detection"]);
    tell(
        status,
        "processing_started",
        json!({ "run_id": run, "symbols_count": symbols, "trigger_type": "automatic", "phases": phases, "universes": ["sp500"] }),
    );
    tell("tickstock:import:started", "import_started", json!({ "run_id": run, "total_symbols": symbols }));
    for number in 0..symbols {
        let failed = number % 50 == 7;
        if failed {
            let context = json!({ "symbol": format!("S{number}"), "run_id": run });
            tell(
                "tickstock:errors",
                "error",
                json!({ "run_id": run, "severity": "error", "component": "fetcher", "error_code": "API_RATE_LIMIT", "message": "slow down", "context": context }),
            );
        }
        let payload = json!({ "run_id": run, "symbol": format!("S{number}"), "success": !failed, "records_imported": 5, "processing_time_ms": 20 + number });
        tell("tickstock:import:progress", "symbol_processing_complete", payload);
        if number % 20 == 0 {
            // Without run or time: rightly the same many times.
            tell("tickstock:monitoring", "heartbeat", json!({ "status": "healthy" }));
        }
    }
    tell(
        "tickstock:import:completed",
        "import_completed",
        json!({ "run_id": run, "total_symbols": symbols, "successful_symbols": symbols - symbols / 50, "failed_symbols": symbols / 50, "records_imported": symbols * 5 }),
    );
    tell(
        "tickstock:indicators:started",
        "indicator_processing_started",
        json!({ "run_id": run, "total_symbols": symbols }),
    );
    for number in 0..symbols {
        for name in ["RSI", "SMA"] {
            let payload = json!({ "run_id": run, "symbol": format!("S{number}"), "indicator": name, "timeframe": "daily", "values": { "value": number } });
            tell("tickstock:indicators:calculated", "indicator_calculated", payload);
        }
        if number % 25 == 24 {
            tell(
                "tickstock:indicators:progress",
                "indicator_progress",
                json!({ "run_id": run, "completed_symbols": number + 1, "total_symbols": symbols, "current_symbol": format!("S{number}") }),
            );
        }
    }
    tell(
        "tickstock:indicators:completed",
        "indicator_processing_completed",
        json!({ "run_id": run, "total_symbols": symbols, "successful_symbols": symbols, "failed_symbols": 0 }),
    );
    tell(
        status,
        "processing_completed",
        json!({ "run_id": run, "status": "success", "symbols_processed": symbols, "symbols_failed": symbols / 50 }),
    );
    told
}

impl Redis {
    /// Adds messages to the stream, in one go.
    pub async fn add_all(&self, messages: &[(&'static str, Vec<u8>)]) {
        let client = redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let mut batch = redis::pipe();
        for (channel, message) in messages {
            batch.cmd("XADD").arg(STREAM).arg("*").arg("channel").arg(*channel).arg("message").arg(message);
        }
        let _: Vec<String> = batch.query_async(&mut connection).await.unwrap();
    }
}

impl Server {
    /// Waits until a run has ended here.
    pub async fn ended(&self, run: &str) {
        let mut socket = self.socket().await;
        socket.watch(&["board"], &Value::Null, 0).await;
        socket.until("board", 'r', |record| record["id"] == run && record.get("ended").is_some()).await;
    }

    /// What it shows of the work: every record of the board that is not about itself, and every one of the run.
    pub async fn shown(&self, run: &str) -> BTreeMap<String, Value> {
        let mut socket = self.socket().await;
        let topic = format!("run/{run}");
        socket.watch(&["board", &topic], &Value::Null, 0).await;
        let mut shown = BTreeMap::new();
        for topic in ["board", &topic] {
            loop {
                let frame = socket.frame(topic).await;
                for change in frame["s"].as_array().unwrap() {
                    let key = change[0].as_str().unwrap();
                    // The link, this process, and its gaps are its own.
                    if !["xredis", "xserver", "xingest", "xsaving"].contains(&key) && !key.starts_with('g') {
                        shown.insert(key.to_owned(), change[2].clone());
                    }
                }
                if frame.get("more").is_none() {
                    break;
                }
            }
        }
        shown
    }

    /// Waits until so many messages have been written since it started.
    pub async fn saved(&self, count: u64) {
        within(&format!("{count} messages are saved"), async {
            while self.metric("messages_saved_total").await < count {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
}
