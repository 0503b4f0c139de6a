//! What the page can say about itself: whether it can vouch for what it shows, and since when not.

use domain::time::Millis;

/// What the page says about itself. Moments are the server's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewState {
    /// As the server rendered it; nothing is known of later.
    Snapshot {
        /// When it was rendered.
        at: Millis,
    },
    /// A board as it was; nothing comes after it.
    Replay {
        /// The moment that is shown.
        at: Millis,
    },
    /// Complete, and messages come.
    Live,
    /// Connected, and what was missed is on its way.
    CatchingUp {
        /// How many changes are missing.
        changes: u64,
    },
    /// Complete; the server has restarted and sent everything anew.
    Restarted {
        /// When.
        at: Millis,
    },
    /// Complete as far as the server knows, but the server hears nothing.
    RedisDown {
        /// Since when.
        since: Millis,
    },
    /// The link is lost; what is shown is true as of then.
    Lost {
        /// The last truth.
        since: Millis,
        /// When it is tried again.
        next_try: Millis,
    },
    /// The device is offline; what is shown is true as of then.
    Offline {
        /// The last truth.
        since: Millis,
    },
    /// Nobody is signed in any more; what is shown is true as of then.
    SignedOut {
        /// The last truth.
        since: Millis,
        /// Minutes without a request after which it ended; 0: for another reason.
        idle: u32,
    },
    /// The page came, but its socket never opened.
    Blocked {
        /// The last truth.
        since: Millis,
        /// How often it was tried.
        tries: u32,
    },
}

impl ViewState {
    /// Whether what is shown is complete, as far as this server can know.
    #[must_use]
    pub fn vouched(&self) -> bool {
        // A snapshot is what the server vouched for a moment ago; it says so in words, and is not hatched.
        matches!(
            self,
            Self::Snapshot { .. }
                | Self::Replay { .. }
                | Self::Live
                | Self::CatchingUp { .. }
                | Self::Restarted { .. }
        )
    }

    /// The moment of the last truth, where it is not now.
    #[must_use]
    pub fn as_of(&self) -> Option<Millis> {
        match self {
            Self::Lost { since, .. }
            | Self::SignedOut { since, .. }
            | Self::Offline { since }
            | Self::Blocked { since, .. }
            | Self::RedisDown { since } => Some(*since),
            _ => None,
        }
    }
}
