//! The envelopes (contract.md §2.2): where a message keeps its name, its body, its time and its run.

use super::fields::{JOB, RUN};
use super::timestamp;
use crate::time::Millis;
use serde_json::{Map, Value};

/// A message with its envelope taken off.
pub(super) struct Message<'a> {
    pub(super) channel: &'a str,
    /// Its name in lower case; empty when it has none and the channel must tell.
    pub(super) name: String,
    pub(super) body: &'a Map<String, Value>,
    pub(super) top: &'a Map<String, Value>,
    pub(super) at: Millis,
    pub(super) reported: Option<Millis>,
    pub(super) run: Option<String>,
    pub(super) job: Option<String>,
    pub(super) source: String,
}

/// Bodies under a name of their own, besides `payload` and `data`.
const TYPED: [&str; 5] = ["detection", "session", "health", "calculation", "alert"];

pub(super) fn open<'a>(channel: &'a str, top: &'a Map<String, Value>, at: Millis) -> Message<'a> {
    let name = ["event", "event_type", "type", "command"]
        .iter()
        .find_map(|field| top.get(*field).and_then(Value::as_str).filter(|name| !name.trim().is_empty()))
        .map(|name| super::clean(name, 64).to_lowercase())
        .unwrap_or_default();
    let body = body_of(top);
    let context = body.get("context").and_then(Value::as_object);
    let id = |field: &super::Field| {
        let found = field.text(body, 64).or_else(|| field.text(top, 64));
        found.or_else(|| context.and_then(|context| field.text(context, 64)))
    };
    let run = id(&RUN);
    let stamp = top.get("timestamp").or_else(|| body.get("timestamp"));
    let job = if run.is_none() { id(&JOB) } else { None };
    let source = top.get("source").or_else(|| top.get("service")).and_then(Value::as_str).unwrap_or_default();
    Message {
        channel,
        name,
        body,
        top,
        at,
        reported: stamp.and_then(|stamp| timestamp::read(stamp, at)),
        run,
        job,
        source: super::clean(source, 64),
    }
}

/// `payload` → `data` (once more if doubly nested) → a typed object → the message itself.
fn body_of(top: &Map<String, Value>) -> &Map<String, Value> {
    let object = |name: &str| top.get(name).and_then(Value::as_object);
    if let Some(payload) = object("payload") {
        return payload;
    }
    if let Some(data) = object("data") {
        return data.get("data").and_then(Value::as_object).unwrap_or(data);
    }
    TYPED.iter().find_map(|name| object(name)).unwrap_or(top)
}

/// Fields of the envelopes themselves.
pub(super) const ENVELOPE: [&str; 10] = [
    "event",
    "event_type",
    "type",
    "command",
    "timestamp",
    "source",
    "service",
    "version",
    "payload",
    "data",
];

impl Message<'_> {
    /// Whether its source says that it is simulated.
    pub(super) fn simulated(&self) -> bool {
        self.source.to_ascii_lowercase().contains("simulat")
    }
}
