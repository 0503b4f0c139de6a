//! The first scheme: `daily_processing_*`, one channel for the import, errors as records without a name, local time labelled Z.
//!
//! Invariant: what a message means stays as it is.

use crate::listen::ERROR;
use crate::publish::{Envelope, Message, Stamp};
use serde_json::{Map, Value, json};

/// A message as the first scheme has it.
pub fn legacy(mut message: Message) -> Message {
    message.stamp = Stamp::MislabelledLocal;
    let payload = message.payload.as_object().cloned().unwrap_or_default();
    let without = |names: &[&str]| -> Map<String, Value> {
        payload
            .iter()
            .filter(|(name, _)| !names.contains(&name.as_str()))
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect()
    };
    match &*message.event {
        "processing_started" => {
            message.event = "daily_processing_started".into();
            message.payload = Value::Object(without(&["run_date", "phases", "universe"]));
        }
        "processing_completed" => message.event = "daily_processing_completed".into(),
        "data_import_started"
        | "data_import_completed"
        | "import_progress"
        | "symbol_processing_complete"
            if message.channel.starts_with("tickstock:import:") =>
        {
            message.channel = "tickstock:data:import:status".into();
        }
        "job_progress_update" if payload.get("phase") == Some(&"indicators".into()) => {
            message.payload["phase"] = "indicator_calculation".into();
        }
        "cache_sync_completed" => {
            // The sync knows its own job and no run.
            let mut fields = without(&["run_id"]);
            if let Some(run) = payload.get("run_id").and_then(Value::as_str) {
                fields.insert("job_id".into(), format!("sync-{run}").into());
            }
            message.payload = Value::Object(fields);
        }
        "indicator_calculated" => {
            message.channel = "tickstock:indicators:daily".into();
            let mut fields = without(&["indicator", "values"]);
            fields.insert("indicator_type".into(), payload.get("indicator").cloned().unwrap_or_default());
            fields.insert("value".into(), payload.get("values").cloned().unwrap_or_default());
            message.payload = Value::Object(fields);
        }
        "pattern_detected" => {
            message.channel = "tickstock:patterns:daily".into();
            let mut fields = without(&["pattern", "pattern_data"]);
            fields.insert("pattern_type".into(), payload.get("pattern").cloned().unwrap_or_default());
            message.payload = Value::Object(fields);
            message.envelope = Envelope::Flat;
        }
        "critical_error" | ERROR => {
            message.payload = error_record(&payload);
            message.envelope = Envelope::Nameless;
        }
        _ => {}
    }
    message
}

/// An error without a name, as sprint 32 planned it (contract.md §3.6 E).
fn error_record(payload: &Map<String, Value>) -> Value {
    let of = |name: &str| payload.get(name).cloned().unwrap_or_default();
    let mut context = payload.get("context").and_then(Value::as_object).cloned().unwrap_or_default();
    // What it is about is in its id: an error of another symbol is another one.
    let about = ["run_id", "phase", "symbol", "timeframe", "command"].map(|name| context.get(name).cloned());
    let parts =
        [of("component"), of("error_code"), of("severity")].into_iter().chain(about.into_iter().flatten());
    let id: Vec<String> = parts.filter_map(|part| part.as_str().map(str::to_owned)).collect();
    context.insert("component".into(), of("component"));
    let mut record = json!({
        "error_id": id.join("_"), "error_type": of("error_code"), "error_message": of("message"), "error_traceback": null,
        "severity": of("severity"), "category": category(of("error_code").as_str().unwrap_or_default()), "context": context
    });
    if payload.contains_key("recovery_action") {
        record["recovery_action"] = of("recovery_action");
    }
    record
}

/// What kind of error a code is, in the contract's words.
fn category(code: &str) -> &'static str {
    match code {
        "API_RATE_LIMIT" | "RATE_LIMIT_EXCEEDED" | "NETWORK_TIMEOUT" | "SOURCE_UNREACHABLE" => "network",
        "API_KEY_INVALID" => "security",
        "STORAGE_FAILED" => "database",
        "BAD_BAR" | "BAD_ORDER" | "DUPLICATE_BAR" | "MISSING_BARS" | "NOT_A_SESSION" | "UNEXPLAINED_JUMP" => {
            "validation"
        }
        "UNFINISHED_BAR" | "NO_DATA" | "CORRUPT_DATA" | "WRONG_COLUMNS" | "UNKNOWN_UNIVERSE" => "validation",
        "SYMBOL_NOT_FOUND" | "SYMBOL_RENAMED" | "SYMBOL_DELISTED" | "COMMAND_REFUSED" => "validation",
        "INSUFFICIENT_DATA" | "CALCULATION_FAILED" => "indicator",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listen::ERRORS;

    fn record(code: &str, symbol: &str) -> Value {
        let payload = json!({
            "severity": "error", "component": "data_import", "error_code": code, "message": "m",
            "context": { "symbol": symbol, "run_id": "night", "phase": "import" }
        });
        legacy(Message::new(ERRORS, ERROR, "daily_import_job", payload)).payload
    }

    #[test]
    fn an_error_has_an_id_of_its_own_and_its_own_category() {
        let bad = record("BAD_BAR", "A");
        assert_eq!((&bad["category"], &bad["error_type"]), (&json!("validation"), &json!("BAD_BAR")));
        assert_eq!(bad["error_id"], "data_import_BAD_BAR_error_night_import_A");
        assert_ne!(bad["error_id"], record("BAD_BAR", "B")["error_id"]);
        assert_eq!(record("API_RATE_LIMIT", "A")["category"], "network");
        assert_eq!(record("STORAGE_FAILED", "A")["category"], "database");
        assert_eq!(record("NEVER_HEARD_OF", "A")["category"], "unknown");
    }
}
