//! By which way a message came. The same message may come by more than one; its bytes are then the same.

use std::hash::{DefaultHasher, Hash, Hasher};

/// A way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// Published on a channel: at most once.
    Channel,
    /// Read from the stream: at least once, exactly once in effect.
    Stream,
    /// Posted.
    Http,
    /// Ours: a gap, the state of the link.
    Own,
}

impl Way {
    /// As it is written in the log.
    #[must_use]
    pub fn letter(self) -> &'static str {
        match self {
            Self::Channel => "c",
            Self::Stream => "s",
            Self::Http => "h",
            Self::Own => "o",
        }
    }

    /// From the log.
    #[must_use]
    pub fn of(letter: &str) -> Self {
        match letter {
            "s" => Self::Stream,
            "h" => Self::Http,
            "o" => Self::Own,
            _ => Self::Channel,
        }
    }

    /// For people.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Channel => "channel",
            Self::Stream => "stream",
            Self::Http => "HTTP",
            Self::Own => "server",
        }
    }
}

/// A hash of a message's bytes, by which it is known again when it comes by another way. The channel is no part of it: over HTTP
/// there is none.
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}
