//! A frame that is encoded once, by whoever sends it first, and shared by all.

use axum::extract::ws::Utf8Bytes;
use domain::record::Seq;
use domain::wire::{Frame, Topic};
use std::sync::{Arc, OnceLock};

/// The frames of one turn of the hub, one per watched topic that changed: they travel together, so a socket wakes once.
pub type Turn = Arc<[SharedFrame]>;

/// A frame and, once somebody needed it, its text.
#[derive(Debug)]
pub struct SharedFrame {
    frame: Frame,
    text: OnceLock<Utf8Bytes>,
}

impl SharedFrame {
    /// Wraps a frame.
    #[must_use]
    pub fn new(frame: Frame) -> Self {
        Self { frame, text: OnceLock::new() }
    }

    /// Which topic it is about.
    #[must_use]
    pub fn topic(&self) -> &Topic {
        &self.frame.topic
    }

    /// The last change in it.
    #[must_use]
    pub fn to(&self) -> Seq {
        self.frame.to
    }

    /// Its JSON. The first caller encodes it, outside the hub; `true` when this call did.
    #[must_use]
    pub fn text(&self) -> (Utf8Bytes, bool) {
        let mut first = false;
        let text = self.text.get_or_init(|| {
            first = true;
            // Our own records always encode; an empty object would make the browser ask again.
            serde_json::to_string(&self.frame).unwrap_or_else(|_| "{}".to_owned()).into()
        });
        (text.clone(), first)
    }
}
