//! When a run counts as silent.
//!
//! A heartbeat is not progress, but it tells dead from slow; so silence is measured over everything heard about the run.

use crate::phase::Phase;
use crate::time::{MINUTE, Millis, SECOND};

/// A silence this long is red: the producer has probably died.
pub const DEAD: Millis = 15 * MINUTE;

/// How long the phase is normally quiet at most: `longest` is the longest silence seen in it when it went well, if any night
/// has been seen. Without history cache sync gets 15 minutes (it works through whole universes without a word).
#[must_use]
pub fn patience(phase: Option<&Phase>, longest: Option<Millis>) -> Millis {
    match (longest, phase) {
        (Some(longest), _) => longest.saturating_mul(3).max(120 * SECOND),
        (None, Some(Phase::CacheSync)) => 15 * MINUTE,
        (None, _) => 120 * SECOND,
    }
}

/// How long a run has been silent beyond its patience, or `None` while it is not.
#[must_use]
pub fn silent_for(
    heard: Millis,
    now: Millis,
    phase: Option<&Phase>,
    longest: Option<Millis>,
) -> Option<Millis> {
    let quiet = now.saturating_sub(heard);
    (quiet > patience(phase, longest)).then_some(quiet)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_minutes_without_history_and_a_quarter_of_an_hour_in_cache_sync() {
        assert_eq!(silent_for(0, 120_000, Some(&Phase::Import), None), None);
        assert_eq!(silent_for(0, 120_001, Some(&Phase::Import), None), Some(120_001));
        assert_eq!(silent_for(0, 14 * MINUTE, Some(&Phase::CacheSync), None), None);
    }

    #[test]
    fn history_stretches_it_threefold_but_never_below_two_minutes() {
        assert_eq!(patience(None, Some(100 * SECOND)), 300 * SECOND);
        assert_eq!(patience(None, Some(SECOND)), 120 * SECOND);
    }
}
