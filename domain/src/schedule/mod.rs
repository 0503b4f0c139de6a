//! The schedule: when a run is due, on which days, and why it will not be.
//!
//! An [`Entry`] says when; [`Occurrence`] is what that comes to on a day, by the exchange's calendar and the entry's own clock. Nothing
//! here fires: the server does, once per entry and day (`server/src/schedule/`).
//!
//! Invariant: a day has at most one occurrence of an entry, and it depends on nothing but the entry, the calendar and that day.
//!
//! Tests: `domain/tests/schedule.rs`.

mod coming;
mod entry;
mod occurrence;
mod plan;
mod read;

pub use coming::{Changed, Clash, Coming, clashes, coming};
pub use entry::{Days, EarlyClose, Entry, Missed, clock_of};
pub use occurrence::{Occurrence, day_in, preview};
pub use plan::{Outcome, Scheduled, adopted, moments};
pub use read::{WEEKDAYS, minute_of, read, read_change};

/// Most entries there can be.
pub const ENTRIES: usize = 20;
/// Days that are looked ahead for an entry that may never fire.
pub const AHEAD: i64 = 400;
/// Longest an entry may come late, in minutes.
pub const LATE: u32 = 12 * 60;
/// Longest an early close may be followed, in minutes.
pub const AFTER_CLOSE: u32 = 12 * 60;
