//! Whether the page can vouch for what it shows: a small machine fed by what the socket and the browser say.
//! Pure: time is an argument, so every state is tested without a browser. The rule: *live* is said only while messages come.

use super::ViewState;
use domain::backoff::Backoff;
use domain::time::{Millis, SECOND};
use domain::wire::BEAT_PATIENCE;

/// A catch-up is mentioned only when it takes longer than this.
const MENTION: Millis = 300;
/// A socket that has not said hello after this long never will.
const HELLO_PATIENCE: Millis = 10 * SECOND;
/// How long "all data sent again" is said after a server restart.
const RESTARTED: Millis = 10 * SECOND;
/// After so many tries without ever a connection, something between us and the server blocks it.
const BLOCKED: u32 = 3;

/// The machine.
#[derive(Clone, Debug)]
pub struct Link {
    rendered: Millis,
    connected: bool,
    ever: bool,
    offline: bool,
    /// Since when a socket is being opened; `None` once the hello came.
    opening: Option<Millis>,
    /// When anything was last heard.
    heard: Millis,
    /// Change that must be held to be complete, and since when it is waited for.
    wanted: Option<(u64, Millis)>,
    restarted: Option<Millis>,
    /// Nobody is signed in any more: after so many idle minutes, or 0.
    signed_out: Option<u32>,
    tries: u32,
    next_try: Millis,
}

impl Link {
    /// A link that has not been opened yet, for a page rendered at that moment.
    #[must_use]
    pub fn new(rendered: Millis) -> Self {
        Self {
            rendered,
            connected: false,
            ever: false,
            offline: false,
            opening: None,
            heard: rendered,
            wanted: None,
            restarted: None,
            signed_out: None,
            tries: 0,
            next_try: rendered,
        }
    }

    /// A socket is being opened.
    pub fn opening(&mut self, now: Millis) {
        self.opening = Some(now);
    }

    /// The hello came: connected, and complete when `seq` is held.
    pub fn opened(&mut self, now: Millis, seq: u64, other_epoch: bool) {
        self.connected = true;
        self.ever = true;
        self.offline = false;
        self.opening = None;
        self.heard = now;
        self.wanted = Some((seq, now));
        if other_epoch {
            self.restarted = Some(now);
        }
    }

    /// Anything came.
    pub fn heard(&mut self, now: Millis) {
        self.heard = now;
    }

    /// So much is held now.
    pub fn holds(&mut self, seq: u64) {
        if self.wanted.is_some_and(|(wanted, _)| seq >= wanted) {
            self.wanted = None;
            // Only a whole catch-up ends the series: a hello followed by a close is one more try.
            self.tries = 0;
        }
    }

    /// Whether everything up to the hello is held, so that the present is known.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.connected && self.wanted.is_none()
    }

    /// The socket closed, or could not be opened. `random` in 0..1.
    pub fn closed(&mut self, now: Millis, random: f64) {
        self.connected = false;
        self.opening = None;
        self.next_try = now + Backoff::BROWSER.delay(self.tries, random);
        self.tries = self.tries.saturating_add(1);
    }

    /// The server has said that nobody is signed in: nothing is tried until the page is loaded again or shown again.
    pub fn signed_out(&mut self, idle: u32) {
        self.signed_out = Some(idle);
    }

    /// The device says that it is offline, or online again. Online: try at once.
    pub fn device(&mut self, offline: bool, now: Millis) {
        self.offline = offline;
        if !offline {
            self.next_try = now;
            self.signed_out = None;
        }
    }

    /// Whether to open a socket now.
    #[must_use]
    pub fn wants_socket(&self, now: Millis) -> bool {
        !self.connected && !self.offline && self.signed_out.is_none() && now >= self.next_try
    }

    /// Whether the socket has been quiet for too long to be believed, or said no hello in time.
    #[must_use]
    pub fn is_dead(&self, now: Millis) -> bool {
        let stuck = self.opening.is_some_and(|since| now - since > HELLO_PATIENCE);
        stuck || (self.connected && now - self.heard > BEAT_PATIENCE)
    }

    /// Whether a socket has been waited for so long that another try is worth it; one just asked for is not given up.
    pub fn is_opening_slowly(&self, now: Millis) -> bool {
        self.opening.is_some_and(|since| now - since > SECOND)
    }

    /// What the page says at `now`. `redis_down`: since when the server says it hears nothing, if it does.
    #[must_use]
    pub fn state(&self, now: Millis, redis_down: Option<Millis>, held: u64) -> ViewState {
        if self.offline {
            return ViewState::Offline { since: self.heard };
        }
        if let Some(idle) = self.signed_out {
            return ViewState::SignedOut { since: self.heard, idle };
        }
        if !self.connected {
            if !self.ever {
                return if self.tries >= BLOCKED {
                    ViewState::Blocked { since: self.rendered, tries: self.tries }
                } else {
                    ViewState::Snapshot { at: self.rendered }
                };
            }
            return ViewState::Lost { since: self.heard, next_try: self.next_try };
        }
        if let Some(since) = redis_down {
            return ViewState::RedisDown { since };
        }
        if let Some((wanted, since)) = self.wanted
            && now - since > MENTION
        {
            return ViewState::CatchingUp { changes: wanted.saturating_sub(held) };
        }
        match self.restarted {
            Some(at) if now - at < RESTARTED => ViewState::Restarted { at },
            _ => ViewState::Live,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: Millis = 1_000_000;

    #[test]
    fn a_snapshot_goes_live_and_says_so_only_while_it_hears() {
        let mut link = Link::new(T);
        assert_eq!(link.state(T, None, 0), ViewState::Snapshot { at: T });
        assert!(link.wants_socket(T));
        link.opened(T + 100, 5, false);
        assert_eq!(link.state(T + 500, None, 2), ViewState::CatchingUp { changes: 3 });
        link.holds(5);
        assert_eq!(link.state(T + 500, None, 5), ViewState::Live);
        assert!(!link.is_dead(T + 100 + BEAT_PATIENCE));
        assert!(link.is_dead(T + 101 + BEAT_PATIENCE));
    }

    #[test]
    fn a_lost_link_says_since_when_and_tries_again() {
        let mut link = Link::new(T);
        link.opened(T, 0, false);
        link.heard(T + 50);
        link.closed(T + 60, 0.0);
        let ViewState::Lost { since, next_try } = link.state(T + 61, None, 0) else { panic!("not lost") };
        assert_eq!((since, next_try), (T + 50, T + 60 + Backoff::BROWSER.base));
        assert!(!link.wants_socket(next_try - 1));
        assert!(link.wants_socket(next_try));
        link.opened(next_try, 0, true);
        link.holds(0);
        assert_eq!(link.state(next_try + 1, None, 0), ViewState::Restarted { at: next_try });
        assert_eq!(link.state(next_try + RESTARTED, None, 0), ViewState::Live);
    }

    #[test]
    fn a_socket_without_a_hello_is_given_up_and_a_hello_alone_ends_no_series_of_tries() {
        let mut link = Link::new(T);
        link.opening(T);
        assert!(!link.is_opening_slowly(T + SECOND) && !link.is_dead(T + HELLO_PATIENCE));
        assert!(link.is_opening_slowly(T + SECOND + 1));
        assert!(link.is_dead(T + HELLO_PATIENCE + 1));
        link.closed(T, 0.0);
        link.opened(T + 1, 7, false);
        assert!(!link.complete(), "what happened meanwhile is not known yet");
        link.closed(T + 2, 0.0);
        let ViewState::Lost { next_try, .. } = link.state(T + 2, None, 0) else { panic!("not lost") };
        assert_eq!(next_try, T + 2 + 2 * Backoff::BROWSER.base, "the second wait is longer");
        link.opened(T + 9, 7, false);
        link.holds(7);
        assert!(link.complete());
    }

    #[test]
    fn offline_waits_for_the_device_and_not_for_a_clock() {
        let mut link = Link::new(T);
        link.opened(T, 0, false);
        link.device(true, T + 10);
        link.closed(T + 10, 0.0);
        assert_eq!(link.state(T + 1_000_000, None, 0), ViewState::Offline { since: T });
        assert!(!link.wants_socket(T + 1_000_000));
        link.device(false, T + 1_000_001);
        assert!(link.wants_socket(T + 1_000_001));
    }

    #[test]
    fn whoever_is_signed_out_is_told_so_and_nothing_is_tried_until_the_page_is_shown_again() {
        let mut link = Link::new(T);
        link.opened(T, 0, false);
        link.holds(0);
        link.signed_out(480);
        link.closed(T + 10, 0.0);
        assert_eq!(link.state(T + 99, None, 0), ViewState::SignedOut { since: T, idle: 480 });
        assert!(!link.wants_socket(T + 1_000_000));
        link.device(false, T + 1_000_001);
        assert!(link.wants_socket(T + 1_000_001), "somebody may have signed in elsewhere");
    }

    #[test]
    fn a_socket_that_never_opens_is_blocked_and_redis_down_is_the_servers_word() {
        let mut link = Link::new(T);
        for tries in 0..3 {
            assert_eq!(link.state(T, None, 0), ViewState::Snapshot { at: T }, "after {tries}");
            link.closed(T, 0.5);
        }
        assert_eq!(link.state(T, None, 0), ViewState::Blocked { since: T, tries: 3 });
        link.opened(T + 5, 0, false);
        link.holds(0);
        assert_eq!(link.state(T + 6, Some(T + 1), 0), ViewState::RedisDown { since: T + 1 });
    }
}
