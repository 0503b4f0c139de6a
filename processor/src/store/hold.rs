//! One processor works on a store: who holds it, and who is told that somebody does.
//!
//! Another one would take the run in progress for one that was interrupted, and do it a second time. So whoever works holds a lock that
//! goes with the process, however it ends: a lock on a file beside that of SQLite, a session's lock in PostgreSQL.
//!
//! Invariant: nothing has to be cleared away by hand. What is left behind, a file without a lock, holds nobody up.

use super::{Dialect, Store, StoreError};
use sqlx::{AnyConnection, Row};
use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::Instant;

/// Whoever was killed a moment ago may still be on its way out.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often it is tried within that time.
const EVERY: Duration = Duration::from_millis(50);
/// `bars` in ASCII: other programs of the database have other locks.
const LOCK: i32 = 0x6261_7273;

/// The lock, while it is kept.
#[derive(Debug)]
pub enum Hold {
    /// A file's.
    File(File),
    /// A session's.
    Session(AnyConnection),
    /// What is in memory is nobody else's.
    Own,
}

impl Store {
    /// Takes the store for this process. `url`: the address that it was opened with.
    ///
    /// # Errors
    /// When another process has it, or the lock cannot be had at all.
    pub async fn hold(&self, url: &str) -> Result<Hold, StoreError> {
        let asked = Instant::now();
        loop {
            match self.try_hold(url).await {
                Err(StoreError::Held) if asked.elapsed() < PATIENCE => tokio::time::sleep(EVERY).await,
                tried => return tried,
            }
        }
    }

    async fn try_hold(&self, url: &str) -> Result<Hold, StoreError> {
        match self.dialect {
            Dialect::Sqlite => match self.dialect.file(url) {
                Some(path) => file(path),
                None => Ok(Hold::Own),
            },
            Dialect::Postgres => {
                // It is the schema that is held: the tables of another one are another store.
                let text = "SELECT pg_try_advisory_lock($1, hashtext(current_schema()))";
                let mut session = self.writer.acquire().await?.detach();
                let row = sqlx::query(text).bind(LOCK).fetch_one(&mut session).await?;
                if row.try_get(0)? { Ok(Hold::Session(session)) } else { Err(StoreError::Held) }
            }
        }
    }
}

fn file(path: PathBuf) -> Result<Hold, StoreError> {
    // By whatever way it is named, it is one file.
    let mut name = path.canonicalize().unwrap_or(path).into_os_string();
    name.push(".lock");
    let file = File::options().create(true).truncate(false).write(true).open(name);
    let file = file.map_err(StoreError::Lock)?;
    match file.try_lock() {
        Ok(()) => Ok(Hold::File(file)),
        Err(TryLockError::WouldBlock) => Err(StoreError::Held),
        Err(TryLockError::Error(cause)) => Err(StoreError::Lock(cause)),
    }
}
