//! Bytes become events. All the spellings of contract.md end here and go no further.
//!
//! Lenient on purpose: a missing or misshapen field is unknown, never a reason to refuse the message; a name or a field we do
//! not know is kept with an example. Refused is only what is no JSON object at all. Three tables say it all: which fields mean
//! the same ([`FIELDS`]), which name means which event ([`EVENTS`]), what each channel is for ([`CHANNELS`]). What is kept is
//! cleaned and bounded.
//!
//! Tests: `domain/tests/decode.rs` (every sample of the contract, arbitrary bytes and JSON), `domain/tests/fuzz.rs` (a million
//! mutations of the samples), and beside the parts.

mod answers;
mod catalog;
mod channels;
mod envelope;
mod fields;
mod json;
mod readers;
mod text;
mod timeframe;
mod timestamp;
mod values;

pub use answers::{NoAnswer, Past, Status, history, schedule, status};
pub use catalog::{EVENTS, EVERYWHERE, EventRow, event};
pub use channels::{CHANNELS, Channel, Traffic, channel, watched};
pub use fields::{FIELDS, Field, Shape};
pub use text::{clean, shown};
pub use timeframe::TIMEFRAMES;

use crate::event::{Event, EventKind, ValueReport};
use crate::time::Millis;
use std::hash::{DefaultHasher, Hash, Hasher};
use thiserror::Error;

/// Messages above this are not read: nothing a producer reports is that large.
pub const MAX_BYTES: usize = 1 << 20;

/// Why a message could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum Refused {
    /// Not UTF-8.
    #[error("The message is not UTF-8 text.")]
    NotUtf8,
    /// Not JSON.
    #[error("The message is not JSON.")]
    NotJson,
    /// Nested deeper than 128.
    #[error("The message is nested deeper than 128 levels.")]
    TooDeep,
    /// JSON, but no object.
    #[error("The message is JSON, but not an object.")]
    NotAnObject,
    /// Larger than [`MAX_BYTES`].
    #[error("The message is larger than 1 MiB.")]
    TooLarge,
}

impl Refused {
    /// A stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotUtf8 => "not_utf8",
            Self::NotJson => "not_json",
            Self::TooDeep => "too_deep",
            Self::NotAnObject => "not_an_object",
            Self::TooLarge => "too_large",
        }
    }
}

/// Unknown fields that are noted of one message.
const STRANGE: usize = 8;

/// A message, understood as far as it can be.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What it says.
    pub event: Event,
    /// Its name; where it has none, that of the event its id or its channel tells; empty where nothing does.
    pub name: String,
    /// Fields that its event does not have, each with its value as text.
    pub strange: Vec<(String, String)>,
}

/// Reads one message, received at `at` on `channel`.
///
/// # Errors
/// When it is no JSON object of at most [`MAX_BYTES`]. The message is then counted, and ingestion goes on.
///
/// ```
/// use domain::decode::read;
/// use domain::event::EventKind;
/// let message = br#"{"event":"processing_started","payload":{"run_id":"7c1f","symbols_count":"503","colour":"red"}}"#;
/// let reading = read("tickstock:processing:status", message, 0).expect("it is JSON");
/// assert_eq!(reading.event.run.as_deref(), Some("7c1f"));
/// assert_eq!(reading.strange, [("colour".to_owned(), "red".to_owned())]);
/// assert!(matches!(reading.event.kind, EventKind::RunStarted(started) if started.symbols == Some(503)));
/// ```
pub fn read(channel: &str, bytes: &[u8], at: Millis) -> Result<Reading, Refused> {
    if bytes.len() > MAX_BYTES {
        return Err(Refused::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Refused::NotUtf8)?;
    let serde_json::Value::Object(top) = json::read(text)? else { return Err(Refused::NotAnObject) };
    let message = envelope::open(channel, &top, at);
    let (kind, row) = readers::kind_of(&message);
    let strange = match row {
        Some(row) if row.apart().is_none() && !matches!(kind, EventKind::Unknown { .. }) => {
            strange(&message, row)
        }
        _ => Vec::new(),
    };
    let event = Event {
        at,
        reported: message.reported,
        simulated: message.simulated(),
        fingerprint: fingerprint(channel, bytes, at),
        run: message.run,
        job: message.job,
        kind,
    };
    let told = row.and_then(|row| row.names.first().copied()).unwrap_or_default();
    let name = if message.name.is_empty() { told.to_owned() } else { message.name };
    Ok(Reading { event, name, strange })
}

/// A message's value, and its body as JSON: what is kept of a value besides its being counted. `None`: it tells of none, or its
/// body is larger than 8 KiB.
#[must_use]
pub fn value_with_body(channel: &str, bytes: &[u8], at: Millis) -> Option<(ValueReport, String)> {
    let serde_json::Value::Object(top) = json::read(std::str::from_utf8(bytes).ok()?).ok()? else {
        return None;
    };
    let message = envelope::open(channel, &top, at);
    let EventKind::Value(value) = readers::kind_of(&message).0 else { return None };
    let body = serde_json::to_string(message.body).ok()?;
    (body.len() <= 8 << 10).then_some((value, body))
}

/// The event alone, see [`read`].
///
/// # Errors
/// As [`read`].
pub fn decode(channel: &str, bytes: &[u8], at: Millis) -> Result<Event, Refused> {
    read(channel, bytes, at).map(|reading| reading.event)
}

/// Fields that the row does not have. Of an envelope with a body both are looked at.
fn strange(message: &envelope::Message, row: &EventRow) -> Vec<(String, String)> {
    let outside = if std::ptr::eq(message.body, message.top) { None } else { Some(message.top) };
    let all = message.body.iter().chain(outside.into_iter().flatten());
    let unknown = all.filter(|(name, _)| !row.knows(name));
    unknown.take(STRANGE).map(|(name, value)| (clean(name, 48), example(value))).collect()
}

fn example(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => shown(text.as_bytes(), 80),
        other => shown(other.to_string().as_bytes(), 80),
    }
}

/// A hash of channel, bytes and the moment of reception: the same delivery again has the same number, in this process.
#[must_use]
pub fn fingerprint(channel: &str, bytes: &[u8], at: Millis) -> u64 {
    let mut hasher = DefaultHasher::new();
    (channel, bytes, at).hash(&mut hasher);
    hasher.finish()
}
