//! The server: Redis messages become truth, and truth becomes frames, pages and JSON.
//!
//! One message's way: [`ingest`] (bytes and when) → `domain::decode` → [`hub`] (the only writer of the board) → [`live`]
//! (a frame on every socket that watches) and [`pages`] (the same board as HTML). No event or state rule lives here, and no
//! HTML outside crate `app`.
//!
//! Tests: `server/tests/`, all against the real process and a real Redis.

pub mod api;
pub mod asked;
pub mod assets;
pub mod auth;
pub mod clock;
pub mod commands;
pub mod config;
pub mod error;
pub mod hub;
pub mod ingest;
pub mod journal;
pub mod live;
pub mod manage;
pub mod metrics;
pub mod pages;
pub mod producer;
pub mod reconcile;
pub mod record;
pub mod router;
pub mod schedule;
pub mod security;
pub mod serve;
pub mod shutdown;
pub mod state;
pub mod store;
pub mod telemetry;
