//! The rules of Closing Bell: what a night's events mean, and nothing else.
//!
//! No function here knows that networks, clocks, databases or screens exist: time is an argument (`now`, `at`), input is
//! bytes, output is records. That is why the same code decides on the server and in the browser, and why every rule can
//! be tested by giving it values.
//!
//! Reading order: [`event`] (what can happen) → [`decode`] (bytes become events) → [`board`] (events become records) →
//! [`wire`] (records become frames) → [`verdict`] and [`forecast`] (records become an answer).
//!
//! Tests: beside each rule, and `domain/tests/` for the invariants that hold over any sequence of events.

pub mod backoff;
pub mod board;
pub mod bucket;
#[cfg(feature = "calendar")]
pub mod calendar;
pub mod command;
pub mod decode;
pub mod differences;
pub mod event;
pub mod forecast;
pub mod given;
pub mod nights;
pub mod outlook;
pub mod permission;
pub mod phase;
pub mod reconcile;
pub mod record;
pub mod retried;
#[cfg(feature = "calendar")]
pub mod schedule;
pub mod silence;
pub mod speaking;
pub mod time;
pub mod usual;
pub mod verdict;
pub mod wire;
pub mod words;
