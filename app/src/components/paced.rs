//! Signals that change no faster than the eye: a value that the producer names sixty times a second is shown twice.
//!
//! The clock is followed as well, so that the last value of a burst is shown within a second and none is lost.

use crate::browser;
use crate::clock::use_clock;
use domain::time::Millis;
use leptos::prelude::*;

/// At most twice a second.
const PACE: Millis = 500;

/// Follows `source`, at most twice a second.
pub(super) fn paced<T: Clone + PartialEq + Send + Sync + 'static>(source: impl Fn() -> T + Send + Sync + 'static) -> Signal<T> {
    let clock = use_clock();
    let held = Memo::new(move |before: Option<&(Millis, T)>| {
        clock.now().track();
        let (now, value) = (browser::now(), source());
        match before {
            Some(before) if before.1 == value || now - before.0 < PACE => before.clone(),
            _ => (now, value),
        }
    });
    Signal::derive(move || held.get().1)
}

/// Turns over when `source` changes, at most twice a second: for a mark that blinks.
pub(super) fn turning<T: PartialEq + Send + Sync + 'static>(source: impl Fn() -> T + Send + Sync + 'static) -> Signal<bool> {
    let source = Memo::new(move |_| source());
    let held = Memo::new(move |before: Option<&(Millis, bool)>| {
        source.track();
        let now = browser::now();
        match before {
            None => (now, false),
            Some(before) if now - before.0 < PACE => *before,
            Some((_, odd)) => (now, !odd),
        }
    });
    Signal::derive(move || held.get().1)
}
