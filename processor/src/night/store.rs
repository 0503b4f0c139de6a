//! The processor's own store: bars and indicator values in one SQLite file, written a thousand rows at a time.

use super::bars::Bar;
use crate::error::Error;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions};
use sqlx::{QueryBuilder, Row, Sqlite};
use std::path::Path;

/// Rows of one statement.
const ROWS: usize = 1_000;

/// The store.
pub struct Store(SqlitePool);

impl Store {
    /// Opens the file, made if it is not there.
    pub async fn open(path: &Path) -> Result<Self, Error> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|cause| Error::Data(format!("{}: {cause}", folder.display())))?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        // A symbol's day is one row: a second night writes over the first.
        let tables = [
            "CREATE TABLE IF NOT EXISTS bars (symbol TEXT NOT NULL, day TEXT NOT NULL, open REAL NOT NULL, high REAL NOT NULL, \
             low REAL NOT NULL, close REAL NOT NULL, volume INTEGER NOT NULL, adjusted REAL NOT NULL, PRIMARY KEY (symbol, day)) WITHOUT ROWID",
            "CREATE TABLE IF NOT EXISTS indicators (symbol TEXT NOT NULL, indicator TEXT NOT NULL, day TEXT NOT NULL, value REAL NOT NULL, \
             PRIMARY KEY (symbol, indicator, day)) WITHOUT ROWID",
        ];
        for table in tables {
            sqlx::query(table).execute(&pool).await?;
        }
        Ok(Self(pool))
    }

    /// Stores a symbol's bars, all or none.
    pub async fn put_bars(&self, symbol: &str, bars: &[Bar]) -> Result<(), Error> {
        let mut transaction = self.0.begin().await?;
        for part in bars.chunks(ROWS) {
            let mut query = QueryBuilder::<Sqlite>::new(
                "INSERT OR REPLACE INTO bars (symbol, day, open, high, low, close, volume, adjusted) ",
            );
            query.push_values(part, |mut row, bar| {
                row.push_bind(symbol).push_bind(&bar.day).push_bind(bar.open).push_bind(bar.high);
                row.push_bind(bar.low).push_bind(bar.close).push_bind(bar.volume).push_bind(bar.adjusted);
            });
            query.build().execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// A symbol's adjusted closes, oldest first.
    pub async fn closes(&self, symbol: &str) -> Result<Vec<f64>, Error> {
        let rows = sqlx::query("SELECT adjusted FROM bars WHERE symbol = ? ORDER BY day")
            .bind(symbol)
            .fetch_all(&self.0)
            .await?;
        rows.iter().map(|row| row.try_get(0).map_err(Error::from)).collect()
    }

    /// Stores an indicator's values: they belong to the newest days.
    pub async fn put_indicator(&self, symbol: &str, indicator: &str, values: &[f64]) -> Result<(), Error> {
        let days = sqlx::query("SELECT day FROM bars WHERE symbol = ? ORDER BY day")
            .bind(symbol)
            .fetch_all(&self.0)
            .await?;
        let days: Vec<String> = days.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        let first = days.len().saturating_sub(values.len());
        let pairs: Vec<(&String, &f64)> = days[first..].iter().zip(values).collect();
        let mut transaction = self.0.begin().await?;
        for part in pairs.chunks(ROWS) {
            let mut query = QueryBuilder::<Sqlite>::new(
                "INSERT OR REPLACE INTO indicators (symbol, indicator, day, value) ",
            );
            query.push_values(part, |mut row, (day, value)| {
                row.push_bind(symbol).push_bind(indicator).push_bind(*day).push_bind(**value);
            });
            query.build().execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}
