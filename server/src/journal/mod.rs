//! The journal: writes behind the screen what the hub has applied.
//!
//! One task takes what waits at the hub ([`Pending`]), makes rows of it (`rows.rs`) and writes them in one transaction with the place
//! up to which the stream has been taken. While the database is away it keeps what it took and tries again; the hub keeps the
//! rest, bounded, and the page says what waits. It writes while it holds the lease; else it follows: it keeps what the
//! holder may not have written yet, so that nothing is missing and nothing is there twice when it takes over.
//!
//! Invariant: ingestion and screens never wait for it.
//!
//! Tests: `server/tests/store.rs`, `server/tests/kept.rs`.

pub mod own;
mod past;
mod pending;
mod rebuild;
mod rows;
mod takeover;
mod writer;

pub use past::Past;
pub use pending::{Backlog, Entry, Harvest, Pending, RunDelta, Wanted};
pub use rebuild::{Rebuilt, rebuild, remember};

use crate::ingest::{REMEMBERED, Resume, Twins, Way};
use crate::state::App;
use crate::store::{Store, StoreError};
use domain::time::{MINUTE, Millis};
use writer::Writer;

/// The channel under which our own entries stand in the log.
pub const OWN: &str = "closing-bell:server";

/// Where ingestion goes on: the stream's cursor, and what was heard in the last minutes. Messages since `listening` may also be
/// heard by ourselves.
///
/// # Errors
/// What the database says.
pub async fn resume(store: &Store, listening: Millis) -> Result<Resume, StoreError> {
    let mut twins = Twins::default();
    let most = i64::try_from(REMEMBERED).unwrap_or(i64::MAX);
    for seen in store.seen_since(listening - 10 * MINUTE, most).await? {
        let (fingerprint, way) = (seen.fingerprint.cast_unsigned(), seen.way);
        if way == Way::Own {
            continue;
        }
        if seen.at >= listening {
            twins.remember_any(fingerprint, seen.at);
        } else {
            twins.is_twin(fingerprint, way, seen.at);
        }
    }
    Ok(Resume { cursor: store.cursor().await?, twins })
}

/// Starts the journal's task. `n`: the last message that the board was rebuilt from.
pub fn start(app: &App, n: i64) -> tokio::task::JoinHandle<()> {
    tokio::spawn(Writer::new(app.clone(), n).run())
}
