//! Forgetting: what is older than a setting says goes, in small batches, so that nobody waits for it.

use super::keyframes::{IS_BOARD, PART_AGE};
use super::lease::Lease;
use super::{Store, StoreError, spared};
use domain::time::{DAY, Millis};
use sqlx::{AnyConnection, Connection};

/// Rows of one batch.
const BATCH: i64 = 500;

/// How long things are kept, in days. Runs are kept for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Messages of the log, and with them the keyframes for looking back.
    pub events_days: u32,
    /// Results of single symbols, patterns and values.
    pub symbols_days: u32,
    /// Whether messages about single values stay in the log once a keyframe has counted them.
    pub keep_values: bool,
}

impl Store {
    /// Forgets one small batch. Returns whether there may be more.
    ///
    /// # Errors
    /// What the database says.
    pub async fn forget(&self, lease: &Lease, retention: Retention, now: Millis) -> Result<bool, StoreError> {
        let mut connection = self.writer.acquire().await?;
        let forgotten = self.forget_in(&mut connection, lease, retention, now).await;
        spared(connection, &forgotten);
        forgotten
    }

    async fn forget_in(
        &self,
        connection: &mut AnyConnection,
        lease: &Lease,
        retention: Retention,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let old = |days: u32| now - i64::from(days) * DAY;
        let (events, symbols) = (old(retention.events_days), old(retention.symbols_days));
        let mut transaction = connection.begin().await?;
        if !self.check(&mut transaction, lease).await? {
            return Err(StoreError::NotHolder);
        }
        let mut gone = 0;
        let night = symbols.div_euclid(DAY);
        let bounded = [
            (
                "DELETE FROM events WHERE n IN (SELECT n FROM events WHERE at < $1 ORDER BY at LIMIT $2)",
                events,
            ),
            (
                "DELETE FROM twins WHERE at IN (SELECT at FROM twins WHERE at < $1 ORDER BY at LIMIT $2)",
                now - DAY,
            ),
            (
                "DELETE FROM keyframes WHERE n IN (SELECT n FROM keyframes WHERE at < $1 ORDER BY at LIMIT $2)",
                // The oldest that are kept stand on parts of runs that are older.
                events - PART_AGE,
            ),
            (
                "DELETE FROM symbols WHERE run IN (SELECT run FROM runs WHERE night < $1 \
                AND EXISTS (SELECT 1 FROM symbols s WHERE s.run = runs.run) ORDER BY night LIMIT 1) AND $2 > 0",
                night,
            ),
            ("DELETE FROM patterns WHERE at IN (SELECT at FROM patterns WHERE at < $1 LIMIT $2)", symbols),
            (
                "DELETE FROM indicators WHERE at IN (SELECT at FROM indicators WHERE at < $1 LIMIT $2)",
                symbols,
            ),
        ];
        for (statement, before) in bounded {
            gone += sqlx::query(statement)
                .bind(before)
                .bind(BATCH)
                .execute(&mut *transaction)
                .await?
                .rows_affected();
        }
        if !retention.keep_values {
            let counted = format!(
                "DELETE FROM events WHERE n IN (SELECT n FROM events WHERE kind = 'value' \
                AND n <= (SELECT COALESCE(MAX(n), 0) FROM keyframes WHERE {IS_BOARD}) LIMIT $1)"
            );
            gone += sqlx::query(&counted).bind(BATCH).execute(&mut *transaction).await?.rows_affected();
        }
        transaction.commit().await?;
        Ok(gone > 0)
    }
}
