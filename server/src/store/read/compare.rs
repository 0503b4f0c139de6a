//! Two nights beside each other: the run that speaks for each, and which symbols came out differently.
//!
//! Only the symbols' names and whether they failed are held, of two runs at most.

use super::super::{Store, StoreError};
use super::runs::StoredRun;
use super::statement::Statement;
use domain::board::SYMBOLS;
use domain::differences::Differences;
use sqlx::Row;
use std::collections::BTreeMap;

impl Store {
    /// The run that speaks for a night.
    ///
    /// # Errors
    /// What the database says.
    pub async fn speaking_of(&self, night: i64) -> Result<Option<StoredRun>, StoreError> {
        let nights = self.nights_alone(Some(night.saturating_add(1)), 1).await?;
        Ok(nights.first().filter(|found| found.night == night).and_then(|found| found.speaking().cloned()))
    }

    /// The symbols of a run against those of another; `None`: of one of them none is known.
    ///
    /// # Errors
    /// What the database says.
    pub async fn differences(&self, a: &StoredRun, b: &StoredRun) -> Result<Option<Differences>, StoreError> {
        let (a, b) = (self.failed_of(a.number).await?, self.failed_of(b.number).await?);
        let known = !a.is_empty() && !b.is_empty();
        Ok(known.then(|| Differences::between(&a, &b)))
    }

    async fn failed_of(&self, run: i64) -> Result<BTreeMap<String, bool>, StoreError> {
        let mut statement = Statement::new("SELECT symbol, failed FROM symbols WHERE run = ");
        let most = i64::try_from(SYMBOLS).unwrap_or(i64::MAX);
        statement.whole(run).sql(" ORDER BY symbol LIMIT ").whole(most);
        let rows = statement.rows(&self.readers).await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get::<i64, _>(1) != 0)).collect())
    }
}
