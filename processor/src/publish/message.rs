//! A message in any of the envelopes of contract.md §2.2. Our own producer uses the standard one; the others are the simulator's.

use super::stamp::{Stamp, stamp_as};
use domain::time::Millis;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// Where a message keeps its name and its body.
#[derive(Clone, Debug, PartialEq)]
pub enum Envelope {
    /// E1: `event`, `timestamp`, `source`, `version`, `payload`.
    Standard,
    /// E2: all at the top level, no version.
    Flat,
    /// E4: `event_type`, all at the top level.
    Typed,
    /// E6: the body in `data`.
    Data,
    /// E7: `service` and `event_type`, all at the top level.
    Service,
    /// E8: a record without a name.
    Nameless,
    /// These bytes and nothing else.
    Raw(Vec<u8>),
}

/// A message and where it goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The channel.
    pub channel: Cow<'static, str>,
    /// The event's name.
    pub event: Cow<'static, str>,
    /// Who says it (contract.md §2.4).
    pub source: &'static str,
    /// What it says.
    pub payload: Value,
    /// How it is wrapped.
    pub envelope: Envelope,
    /// How its time is written.
    pub stamp: Stamp,
}

impl Message {
    /// A message in the standard envelope.
    #[must_use]
    pub fn new(
        channel: impl Into<Cow<'static, str>>,
        event: impl Into<Cow<'static, str>>,
        source: &'static str,
        payload: Value,
    ) -> Self {
        let (channel, event) = (channel.into(), event.into());
        Self { channel, event, source, payload, envelope: Envelope::Standard, stamp: Stamp::Utc }
    }

    /// Bytes as they are.
    #[must_use]
    pub fn raw(channel: impl Into<Cow<'static, str>>, bytes: Vec<u8>) -> Self {
        Self { envelope: Envelope::Raw(bytes), ..Self::new(channel, "", "", Value::Null) }
    }

    /// What is published when it is sent at that moment.
    #[must_use]
    pub fn bytes(&self, at: Millis) -> Vec<u8> {
        let time = stamp_as(self.stamp, at);
        let (event, source, payload) = (&self.event, self.source, &self.payload);
        let flat = |head: Value| {
            let mut all = head.as_object().cloned().unwrap_or_default();
            all.extend(payload.as_object().cloned().unwrap_or_else(Map::new));
            Value::Object(all)
        };
        let value = match &self.envelope {
            Envelope::Raw(bytes) => return bytes.clone(),
            Envelope::Standard => {
                json!({ "event": event, "timestamp": time, "source": source, "version": "1.0", "payload": payload })
            }
            Envelope::Flat => flat(json!({ "event": event, "timestamp": time, "source": source })),
            Envelope::Typed => flat(json!({ "event_type": event, "timestamp": time, "source": source })),
            Envelope::Data => json!({ "event": event, "timestamp": time, "source": source, "data": payload }),
            Envelope::Service => flat(json!({ "timestamp": time, "service": source, "event_type": event })),
            Envelope::Nameless => flat(json!({ "timestamp": time, "source": source })),
        };
        value.to_string().into_bytes()
    }
}
