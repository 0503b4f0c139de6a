//! What pages, the API and a restart read.
//!
//! Lists are pages by key (`before`, `after`), never by offset: what is written meanwhile neither repeats a row nor hides one. Every
//! page is bounded, and so is what is looked at for it; an answer that stopped early says where to go on.
//!
//! Tests: `server/tests/store.rs`, on SQLite and PostgreSQL.

pub mod changes;
pub mod compare;
pub mod events;
mod log;
pub mod nights;
pub mod problems;
pub mod runs;
mod statement;
pub(in crate::store) use statement::Statement;
pub mod symbols;
pub mod syncs;
pub mod through;
pub mod trends;
pub mod values;

pub use log::{Logged, Seen};

/// How many, as the database counts.
fn count<T>(items: &[T]) -> i64 {
    i64::try_from(items.len()).unwrap_or(i64::MAX)
}
