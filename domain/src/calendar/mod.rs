//! The exchange's calendar: zones, trading days, early closes. On the server only (it needs the time zone database); pages and
//! the WASM get what follows from it as records.
//!
//! Invariant: [`XNYS`] is, day by day from [`FIRST`] to [`LAST`], what `exchange_calendars` publishes
//! (`domain/tests/calendar.rs`). Another exchange is another [`Exchange`] of the same kind: data, not code.

mod exchange;
mod rules;
mod xnys;
mod zones;

pub use exchange::{Day, Exchange, Hours, Session, Wall, WallClock, wall};
pub use rules::{Moved, On, Rule, Weekdays};
pub use xnys::{FIRST, LAST, XNYS};
pub use zones::{EXCHANGE, exchange, instant, zone};
