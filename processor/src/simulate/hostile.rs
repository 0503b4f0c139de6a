//! Messages that are none, or that lie: what a consumer must survive. One of each kind.

use super::script::SOURCE;
use crate::publish::Message;
use serde_json::json;

const STATUS: &str = "tickstock:processing:status";
const MONITORING: &str = "tickstock:monitoring";
const IMPORT: &str = "tickstock:import:progress";
const ERRORS: &str = "tickstock:errors";

/// What an eye or a browser could be misled by: markup, scripts, and characters that turn the direction of reading.
pub const MARKUP: &str =
    "<img src=x onerror=alert(1)>\u{202e}</script><script>alert(2)</script>\u{2066}'\"&amp;\u{0}\u{7}";

/// All of them, in an order that mixes the refused with the accepted.
pub fn messages() -> Vec<Message> {
    let mut all: Vec<Message> = bytes().into_iter().map(|bytes| Message::raw(STATUS, bytes)).collect();
    all.extend(lies());
    all.extend((0..200).map(|number| {
        let payload =
            json!({ "run_id": format!("hostile-{number}"), "completed_symbols": 1, "total_symbols": 2 });
        Message::new(IMPORT, "import_progress", SOURCE, payload)
    }));
    all
}

/// Bytes that are no event.
fn bytes() -> Vec<Vec<u8>> {
    let deep = |count: usize| format!("{{\"payload\":{}1{}}}", "[".repeat(count), "]".repeat(count));
    let mut invalid = br#"{"event":"processing_started","payload":{"run_id":""#.to_vec();
    invalid.extend([0xff, 0xfe, 0xc3, 0x28]);
    invalid.extend(br#""}}"#);
    vec![
        Vec::new(),
        b"not json".to_vec(),
        b"{".to_vec(),
        b"[1,2,3]".to_vec(),
        b"null".to_vec(),
        b"42".to_vec(),
        b"\"processing_started\"".to_vec(),
        b"{\"event\":\"processing_started\"}\0".to_vec(),
        vec![0; 64],
        invalid,
        deep(20_000).into_bytes(),
        vec![b'x'; 10 << 20],
    ]
}

/// Events whose values can't be.
fn lies() -> Vec<Message> {
    let raw = |channel: &'static str, text: &str| Message::raw(channel, text.as_bytes().to_vec());
    let long = "X".repeat(100_000);
    let event =
        |channel: &'static str, event: &'static str, payload| Message::new(channel, event, SOURCE, payload);
    let percent = |text: &str| {
        let head = r#"{"event":"daily_processing_progress","payload":{"run_id":"hostile-percent","phase":"import","percent_complete":"#;
        raw(STATUS, &format!("{head}{text}}}}}"))
    };
    vec![
        percent("-5"),
        percent("NaN"),
        percent("1e309"),
        percent("\"fifty\""),
        event(STATUS, "processing_started", json!({ "run_id": ["a"], "phases": 7, "universe": { "a": 1 }, "symbols_count": "many" })),
        event(STATUS, "processing_started", json!(["not", "an", "object"])),
        event(MONITORING, "job_progress_update", json!({ "run_id": "hostile-types", "phase": 3, "completed": -1, "total_symbols": 1e300 })),
        event(IMPORT, "symbol_processing_complete", json!({ "run_id": "hostile-long", "symbol": long, "success": "perhaps" })),
        event(IMPORT, "symbol_processing_complete", json!({ "run_id": "hostile-markup", "symbol": MARKUP, "error_code": MARKUP, "success": false })),
        event(ERRORS, "critical_error", json!({ "severity": MARKUP, "component": MARKUP, "error_code": MARKUP, "message": MARKUP, "context": { "symbol": MARKUP, "phase": MARKUP } })),
        event(STATUS, "processing_started", json!({ "run_id": MARKUP, "universe": MARKUP, "phases": [MARKUP, "import"], "trigger_type": MARKUP })),
        event(MONITORING, "job_progress_update", json!({ "run_id": "hostile-markup", "phase": MARKUP, "current_symbol": MARKUP, MARKUP: MARKUP })),
        event("tickstock:universe:updated", "universe_updated", json!({ "universe": MARKUP, "action": MARKUP, "reason": MARKUP })),
        event(MONITORING, MARKUP, json!({ "a": MARKUP })),
        raw(MONITORING, &json!({ "event_type": "ALERT_TRIGGERED", "alert": { "id": MARKUP, "level": MARKUP, "component": MARKUP, "message": MARKUP } }).to_string()),
        raw(STATUS, r#"{"event":"processing_started","timestamp":"0000-01-01T00:00:00Z","payload":{"run_id":"hostile-year-0"}}"#),
        raw(STATUS, r#"{"event":"processing_started","timestamp":"+275760-09-13T00:00:00Z","payload":{"run_id":"hostile-year-275760"}}"#),
        raw(STATUS, r#"{"event":"processing_started","timestamp":8640000000000001,"payload":{"run_id":"hostile-epoch"}}"#),
        event("tickstock:processing:schedule", "schedule_updated", json!({ "schedule": { "enabled": "maybe", "trigger_time": "99:99", "next_run": "0000-00-00", "universes": [MARKUP, 1, null] } })),
    ]
}
