//! Bytes become events. All the spellings of contract.md end here and go no further.
//!
//! Lenient on purpose: a missing or misshapen field is unknown, never a reason to refuse the message; a name we do not know
//! is kept as such. Refused is only what is no JSON object at all. One table says which fields mean the same ([`fields`]),
//! one says which name means which event ([`names`]), and everything kept is cleaned and bounded ([`text`]).
//!
//! Tests: `domain/tests/decode.rs` (every sample of the contract, arbitrary bytes and JSON) and beside the parts.

mod channels;
mod envelope;
mod events;
mod fields;
mod names;
mod text;
mod timestamp;

pub use channels::{CHANNELS, PATTERNS};
pub use text::clean;

use crate::event::Event;
use crate::time::Millis;
use thiserror::Error;

/// Messages above this are not read: nothing a producer reports is that large.
pub const MAX_BYTES: usize = 1 << 20;

/// Why a message could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum Refused {
    /// Not UTF-8.
    #[error("The message is not UTF-8 text.")]
    NotUtf8,
    /// Not JSON, or nested deeper than 128.
    #[error("The message is not JSON, or is nested too deep.")]
    NotJson,
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
            Self::NotAnObject => "not_an_object",
            Self::TooLarge => "too_large",
        }
    }
}

/// Reads one message, received at `at` on `channel`.
///
/// # Errors
/// When it is no JSON object of at most [`MAX_BYTES`]. The message is then counted, and ingestion goes on.
///
/// ```
/// use domain::decode::decode;
/// use domain::event::EventKind;
/// let message = br#"{"event":"processing_started","payload":{"run_id":"7c1f","symbols_count":"503"}}"#;
/// let event = decode("tickstock:processing:status", message, 0).expect("it is JSON");
/// assert_eq!(event.run.as_deref(), Some("7c1f"));
/// assert!(matches!(event.kind, EventKind::RunStarted(started) if started.symbols == Some(503)));
/// ```
pub fn decode(channel: &str, bytes: &[u8], at: Millis) -> Result<Event, Refused> {
    if bytes.len() > MAX_BYTES {
        return Err(Refused::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Refused::NotUtf8)?;
    let value: serde_json::Value = serde_json::from_str(text).map_err(|_| Refused::NotJson)?;
    let serde_json::Value::Object(top) = value else { return Err(Refused::NotAnObject) };
    let message = envelope::open(channel, &top, at);
    let kind = names::kind_of(&message);
    Ok(Event {
        at,
        reported: message.reported,
        run: message.run.clone(),
        simulated: message.simulated,
        fingerprint: fingerprint(channel, bytes, at),
        kind,
    })
}

/// FNV-1a over channel, bytes and the moment of reception: the same delivery again has the same number.
#[must_use]
pub fn fingerprint(channel: &str, bytes: &[u8], at: Millis) -> u64 {
    let stamp = at.to_le_bytes();
    let parts = channel.as_bytes().iter().chain(&[0]).chain(&stamp).chain(bytes);
    parts.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
