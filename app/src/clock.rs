//! The server's time, and the zones it is shown in.
//!
//! Until hydration the time is the snapshot's, to the digit; then it ticks once a second, corrected by what the server's
//! beats say. Two clocks: [`Clock::now`] counts real time and goes on in every state (a deadline is real); [`Clock::work`]
//! stands still at the last truth while the view is not vouched for, so that no figure about the work ages into a guess.

use domain::time::{Millis, Zone};
use domain::wire::Snapshot;
use leptos::prelude::*;

/// The clock, in context.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    now: RwSignal<Millis>,
    work: RwSignal<Millis>,
    exchange: StoredValue<Zone>,
    viewer: RwSignal<Option<Zone>>,
}

impl Clock {
    /// A clock that stands at the snapshot's moment.
    #[must_use]
    pub fn new(snapshot: &Snapshot) -> Self {
        Self {
            now: RwSignal::new(snapshot.now),
            work: RwSignal::new(snapshot.now),
            exchange: StoredValue::new(snapshot.exchange.clone()),
            viewer: RwSignal::new(snapshot.viewer.clone()),
        }
    }

    /// Real time by the server's clock.
    #[must_use]
    pub fn now(self) -> Signal<Millis> {
        self.now.into()
    }

    /// The moment up to which the work is known.
    #[must_use]
    pub fn work(self) -> Signal<Millis> {
        self.work.into()
    }

    /// The zone that times are shown in first: the viewer's, or the exchange's until the browser has told.
    #[must_use]
    pub fn zone(self) -> Zone {
        self.viewer.get().unwrap_or_else(|| self.exchange())
    }

    /// The exchange's zone.
    #[must_use]
    pub fn exchange(self) -> Zone {
        self.exchange.get_value()
    }

    /// Time goes on. `vouched`: the view is known to be complete, so the work's clock goes on too.
    pub fn tick(self, now: Millis, vouched: bool) {
        self.now.set(now);
        if vouched {
            self.work.set(now);
        }
    }

    /// The browser has told its zone.
    pub fn set_viewer(self, zone: Zone) {
        self.viewer.set(Some(zone));
    }

    /// The viewer's zone, without following its changes.
    #[must_use]
    pub fn viewer_untracked(self) -> Option<Zone> {
        self.viewer.get_untracked()
    }
}

/// The clock of this page.
#[must_use]
pub fn use_clock() -> Clock {
    expect_context::<Clock>()
}
