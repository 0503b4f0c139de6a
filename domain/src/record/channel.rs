//! What came over each channel, and what of it was not understood: the records of the topic `channels`.

use crate::time::Millis;
use crate::wire::{readable, readable_words};
use serde::Serialize;

/// A channel on which something was heard.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ChannelState {
    /// Its name.
    pub name: String,
    /// When the last message came.
    pub last: Millis,
    /// Messages understood as the night's.
    pub decoded: u64,
    /// Messages understood as another component's.
    #[serde(skip_serializing_if = "is_zero")]
    pub apart: u64,
    /// Messages whose name we do not know.
    #[serde(skip_serializing_if = "is_zero")]
    pub unknown: u64,
    /// Messages that could not be read.
    #[serde(skip_serializing_if = "is_zero")]
    pub refused: u64,
    /// What the last message was.
    pub what: String,
}

impl ChannelState {
    /// Every message of it.
    #[must_use]
    pub fn messages(&self) -> u64 {
        [self.apart, self.unknown, self.refused].into_iter().fold(self.decoded, u64::saturating_add)
    }
}

/// What is subscribed to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Watched {
    /// Channels and patterns.
    pub names: Vec<String>,
}

/// A name, or a field of an event, that no table of ours has; or an event that is not the night's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stranger {
    /// The event's name.
    pub name: String,
    /// The field; empty: the event itself.
    pub field: String,
    /// The channel on which it came last.
    pub channel: String,
    /// A value of the field, or the message.
    pub example: String,
    /// How often.
    pub count: u64,
    /// When first.
    pub first: Millis,
    /// When last.
    pub last: Millis,
}

/// A message that could not be read.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RefusedMessage {
    /// When it came.
    pub at: Millis,
    /// On which channel.
    pub channel: String,
    /// Why it was refused: a stable code.
    pub code: String,
    /// How long it was, in bytes.
    pub bytes: u64,
    /// How it began, for people to look at.
    pub begins: String,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Understood as the night's.
    Decoded,
    /// Understood as another component's.
    Apart,
    /// Its name is unknown.
    Unknown,
    /// It could not be read.
    Refused,
}

/// A message as it came, for the raw view of its channel.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RawMessage {
    /// When.
    pub at: Millis,
    /// What became of it.
    pub fate: Fate,
    /// How long it was, in bytes.
    pub bytes: u64,
    /// Its beginning, for people to look at.
    pub text: String,
}

fn is_zero(value: &u64) -> bool {
    *value == 0
}

readable!(ChannelState { name, last, decoded, apart, unknown, refused, what });
readable!(Watched { names });
readable!(Stranger { name, field, channel, example, count, first, last });
readable!(RefusedMessage { at, channel, code, bytes, begins });
readable!(RawMessage { at, fate, bytes, text });
readable_words!(Fate { "decoded" => Decoded, "apart" => Apart, "unknown" => Unknown, "refused" => Refused });
