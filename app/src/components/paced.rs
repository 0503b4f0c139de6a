//! Signals that change no faster than the eye: a value that the producer names sixty times a second is shown twice.
//!
//! The clock is followed as well, so that the last value of a burst is shown within a second and none is lost.

use crate::browser;
use crate::clock::use_clock;
use crate::view::text;
use domain::time::Millis;
use leptos::prelude::*;
use std::sync::Arc;

/// At most twice a second.
const PACE: Millis = 500;

/// Follows `source`, at most twice a second.
pub(super) fn paced(source: impl Fn() -> String + Send + Sync + 'static) -> Signal<String> {
    held(Arc::new(source))
}

fn held(source: Arc<dyn Fn() -> String + Send + Sync>) -> Signal<String> {
    let clock = use_clock();
    let held = Memo::new(move |before: Option<&(Millis, String)>| {
        clock.now().track();
        let (now, value) = (browser::now(), source());
        match before {
            Some(before) if before.1 == value || now - before.0 < PACE => before.clone(),
            _ => (now, value),
        }
    });
    text(move || held.get().1)
}

/// "odd" and nothing in turn as `source` changes, at most twice a second: the class of a mark that blinks.
pub(super) fn turning(source: impl Fn() -> u64 + Send + Sync + 'static) -> Signal<bool> {
    let last = paced(move || source().to_string());
    // Counts in a memo of the kind that is there already.
    let turns = Memo::new(move |before: Option<&(Millis, String)>| {
        last.track();
        (before.map_or(0, |(turns, _)| turns + 1), String::new())
    });
    crate::view::flag(move || turns.get().0 % 2 == 1)
}
