//! How long to wait before the next try: exponential, capped, with jitter.
//!
//! A pure function, because reconnecting is where good programs go wrong (a `max` for a `min`, a counter that is never
//! reset). The random number is an argument; who calls it owns the dice. Used for Redis on the server and for the
//! socket in the browser.

use crate::time::Millis;

/// A policy of waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// Longest wait before the first retry.
    pub base: Millis,
    /// No wait is longer than this.
    pub cap: Millis,
}

impl Backoff {
    /// For a link on this machine or in this rack: quick at first, at most 10 s.
    pub const LINK: Self = Self { base: 200, cap: 10_000 };
    /// For a browser that lost its server: at most 15 s, so that a laptop that wakes is live soon.
    pub const BROWSER: Self = Self { base: 500, cap: 15_000 };

    /// Milliseconds to wait before try number `attempt` (0 = the first retry). `random` in 0..1 takes off up to half, so
    /// that a thousand browsers do not come back in the same instant.
    #[must_use]
    pub fn delay(&self, attempt: u32, random: f64) -> Millis {
        let doubled = self.base.saturating_mul(1_i64.checked_shl(attempt.min(40)).unwrap_or(i64::MAX));
        let full = doubled.clamp(self.base, self.cap);
        let keep = 1.0 - 0.5 * random.clamp(0.0, 1.0);
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            reason = "at most cap, far below 2^52"
        )]
        let wait = (full as f64 * keep) as Millis;
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn never_above_the_cap_and_never_below_half_the_base(attempt in 0_u32..u32::MAX, random in 0.0_f64..=1.0) {
            let wait = Backoff::LINK.delay(attempt, random);
            prop_assert!(wait <= Backoff::LINK.cap);
            prop_assert!(wait >= Backoff::LINK.base / 2);
        }

        #[test]
        fn waits_grow_until_the_cap(attempt in 0_u32..60) {
            prop_assert!(Backoff::BROWSER.delay(attempt + 1, 0.0) >= Backoff::BROWSER.delay(attempt, 0.0));
        }
    }
}
