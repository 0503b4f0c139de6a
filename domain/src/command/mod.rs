//! Commands: what a person may ask of the producer, how that is said to it, what its answer means, and what becomes of it.
//!
//! [`read()`] makes a [`Wanted`] of what somebody filled in, or names the field that will not do. [`Order`] is what goes to the producer,
//! in the spellings of contract.md §4, which end here. [`Reply`] is what its answer means. A [`CommandRecord`] waits for its answer
//! so long and no longer ([`waits_until`]); what events mean to it is the board's (`board/commands.rs`).
//!
//! Invariant: nothing is called accepted, started or done that the producer has not said or shown. An answer that cannot be
//! understood is no refusal: whether it began is not known, and that is what is said.

mod fate;
pub mod left;
mod order;
mod read;
mod reply;
mod spelled;
mod words;

pub use crate::given::Invalid;
pub use crate::record::{By, CommandKind, CommandRecord, CommandState, CommandWay};
pub use fate::{CANCELS, lapsed, waits_until};
pub(crate) use fate::{may_be, rank};
pub use left::{Left, NOT_PROCESSED, NOT_REPORTED};
pub use order::{Order, ScheduleChange, SyncMode, Wanted, earliest, in_progress};
pub use read::read;
pub use reply::{Reply, reply};
pub use spelled::{Call, Family, REFUSED, SOURCE};
pub use words::{became, sentence};

/// Who asks for what is due. No user may be called so.
pub const THE_SCHEDULE: &str = "the schedule";
/// Most symbols of a command.
pub const SYMBOLS: usize = 10_000;
/// Most universes.
pub const UNIVERSES: usize = 20;
/// Most indicators, or patterns.
pub const TYPES: usize = 200;
/// Most days that are looked back over.
pub const LOOKBACK: u32 = 3_650;
/// Longest name of a symbol.
pub const SYMBOL: usize = 32;
/// Longest name of a universe, an indicator, a run, a code.
pub const NAME: usize = 64;
/// Longest note of an acceptance.
pub const NOTE: usize = 300;
