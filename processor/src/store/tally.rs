//! Sums: what came of a run, and how much waits to be said.

use super::{State, Store, StoreError};
use sqlx::Row;

/// Outcomes of one kind in one phase of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Which phase.
    pub phase: String,
    /// What became of them.
    pub state: State,
    /// Of how many symbols.
    pub symbols: i64,
    /// Their figures together.
    pub figure: i64,
}

impl Store {
    /// What came of a run, phase by phase.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn tally(&self, run: &str) -> Result<Vec<Tally>, StoreError> {
        let text = "SELECT phase, state, CAST(COUNT(*) AS BIGINT), CAST(SUM(figure) AS BIGINT) FROM outcomes WHERE run = $1 GROUP BY phase, state";
        let rows = sqlx::query(text).bind(run).fetch_all(&self.readers).await?;
        let read = |row: &sqlx::any::AnyRow| {
            let state: String = row.try_get(1)?;
            let (phase, symbols, figure) = (row.try_get(0)?, row.try_get(2)?, row.try_get(3)?);
            Ok(Tally { phase, state: State::of(&state), symbols, figure })
        };
        rows.iter().map(read).collect()
    }

    /// How many messages wait to be said.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn waiting(&self) -> Result<i64, StoreError> {
        let row = sqlx::query("SELECT CAST(COUNT(*) AS BIGINT) FROM outbox").fetch_one(&self.readers).await?;
        Ok(row.try_get(0)?)
    }
}
