//! The processor's own store, in SQLite or PostgreSQL by one set of statements: bars, values, patterns, universes, runs, and what
//! could not be said yet.
//!
//! Bars, values and patterns are one packed row per symbol, frame and year. A symbol's chart is read in a dozen rows, a night's new
//! bar rewrites one; and a symbol's year is whole or not there.
//!
//! Invariant: everything that one call writes is written in one transaction, by the one connection that writes.

mod bars;
mod dialect;
mod error;
mod found;
mod hold;
mod outbox;
mod pack;
mod runs;
mod settings;
mod tally;
mod universes;
mod values;

pub use dialect::Dialect;
pub use error::StoreError;
pub use hold::Hold;
pub use outbox::{KEPT, Kept};
pub use runs::{Outcome, RunRow, State};
pub use tally::Tally;
pub use universes::Changes;

use crate::bar::{Day, date_of};
use sqlx::any::AnyRow;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Executor, Row};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::ops::RangeInclusive;
use std::path::Path;

/// Connections for reading.
const READERS: u32 = 4;

/// The store.
#[derive(Clone, Debug)]
pub struct Store {
    writer: AnyPool,
    readers: AnyPool,
    dialect: Dialect,
}

impl Store {
    /// Opens it; a file, its folder and a table that are not there are made.
    ///
    /// # Errors
    /// When the address cannot be read or nobody answers.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let dialect = Dialect::of(url)?;
        if dialect == Dialect::Sqlite
            && let Some(folder) = dialect.folder(url)
        {
            made(&folder)?;
        }
        let store = Self { writer: dialect.pool(url, 1)?, readers: dialect.pool(url, READERS)?, dialect };
        let mut connection = store.writing().await?;
        (*connection).execute(&*dialect.tables()).await?;
        drop(connection);
        Ok(store)
    }

    /// Which engine.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Lets go of its connections.
    pub async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }

    async fn writing(&self) -> Result<PoolConnection<Any>, StoreError> {
        Ok(self.writer.acquire().await?)
    }
}

/// Makes a folder, and none above it: one that is not there is more likely a slip.
fn made(folder: &Path) -> Result<(), StoreError> {
    let failed = |cause: String| StoreError::Folder(format!("{}: {cause}", folder.display()));
    match std::fs::create_dir(folder) {
        Err(_) if folder.is_dir() => Ok(()),
        Err(cause) if cause.kind() == ErrorKind::NotFound => {
            let above = folder.parent().unwrap_or(folder).display();
            Err(failed(format!("{above} is not there; make it first, or name another file")))
        }
        done => done.map_err(|cause| failed(cause.kind().to_string())),
    }
}

/// A connection on which something failed is not used again: a database that rolled back by itself and a library that does not know
/// it disagree about which transaction is open, and what is then written is never committed.
fn spared<T>(mut connection: PoolConnection<Any>, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
    if outcome.is_err() {
        connection.close_on_drop();
    }
    outcome
}

/// The year that a day's row is stored under.
fn year(day: Day) -> i64 {
    i64::from(date_of(day).0)
}

/// The packed years of a symbol (and frame), ascending, that may hold days of a range.
async fn packed(
    connection: &mut AnyConnection,
    shelf: &Shelf<'_>,
    days: &RangeInclusive<Day>,
) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    let text = format!(
        "SELECT year, packed FROM {} WHERE symbol = $1 AND year BETWEEN $2 AND $3{} ORDER BY year",
        shelf.table,
        shelf.frame.map_or("", |_| " AND frame = $4")
    );
    let mut query = sqlx::query(&text).bind(shelf.symbol).bind(year(*days.start())).bind(year(*days.end()));
    if let Some(frame) = shelf.frame {
        query = query.bind(frame);
    }
    let rows = query.fetch_all(connection).await?;
    rows.iter().map(|row: &AnyRow| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// Replaces packed years.
async fn put_packed(
    connection: &mut AnyConnection,
    shelf: &Shelf<'_>,
    years: &BTreeMap<i64, Vec<u8>>,
) -> Result<(), StoreError> {
    let (columns, places, key) = match shelf.frame {
        None => ("symbol, year, packed", "$1, $2, $3", "symbol, year"),
        Some(_) => ("symbol, year, packed, frame", "$1, $2, $3, $4", "symbol, frame, year"),
    };
    let text = format!(
        "INSERT INTO {} ({columns}) VALUES ({places}) ON CONFLICT ({key}) DO UPDATE SET packed = excluded.packed",
        shelf.table
    );
    for (year, bytes) in years {
        let mut query = sqlx::query(&text).bind(shelf.symbol).bind(*year).bind(bytes.as_slice());
        if let Some(frame) = shelf.frame {
            query = query.bind(frame);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Takes packed years away.
async fn take_packed(
    connection: &mut AnyConnection,
    shelf: &Shelf<'_>,
    years: impl Iterator<Item = &i64> + Send,
) -> Result<(), StoreError> {
    let text = format!("DELETE FROM {} WHERE symbol = $1 AND frame = $2 AND year = $3", shelf.table);
    for year in years {
        let query = sqlx::query(&text).bind(shelf.symbol).bind(shelf.frame).bind(*year);
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Where packed years of a symbol stand.
struct Shelf<'a> {
    table: &'static str,
    symbol: &'a str,
    frame: Option<&'static str>,
}

impl Shelf<'_> {
    fn corrupt(&self, year: i64) -> StoreError {
        StoreError::Corrupt { symbol: self.symbol.to_owned(), year }
    }
}
