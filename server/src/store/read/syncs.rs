//! Cache syncs that are runs of their own: one, a page of them, and their figures. A sync inside a night is the night's.

use super::super::commands::StoredCommand;
use super::super::{Store, StoreError};
use super::runs::{COLUMNS, StoredRun};
use super::statement::Statement;
use domain::command::CommandKind;
use domain::record::RunStatus;
use domain::time::Millis;
use sqlx::Row;
use std::collections::HashMap;

/// Most of a page.
pub const MOST: i64 = 100;

/// A run with this phase and no other.
const OWN: &str = " WHERE EXISTS (SELECT 1 FROM phases WHERE phases.run = runs.run AND phases.phase = 'cache_sync') \
                   AND NOT EXISTS (SELECT 1 FROM phases WHERE phases.run = runs.run AND phases.phase <> 'cache_sync')";

/// How cache syncs went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyncCounts {
    /// All of them.
    pub total: i64,
    /// Those that ended well.
    pub successful: i64,
    /// Those that failed, or were cancelled.
    pub failed: i64,
    /// How long those that ended well took on average; `None`: none did.
    pub average: Option<Millis>,
}

impl Store {
    /// A page of them, newest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn syncs(&self, limit: i64, offset: i64) -> Result<Vec<StoredRun>, StoreError> {
        let mut statement = Statement::new(COLUMNS);
        statement.sql(OWN).sql(" ORDER BY night DESC, started DESC, run DESC LIMIT ");
        statement.whole(limit.clamp(1, MOST)).sql(" OFFSET ").whole(offset.max(0));
        let rows = statement.rows(&self.readers).await?;
        self.assembled(&rows).await
    }

    /// How those went that began at or after a moment.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sync_counts(&self, since: Millis) -> Result<SyncCounts, StoreError> {
        let mut statement = Statement::new(
            "SELECT status, CAST(COUNT(*) AS BIGINT), CAST(SUM(COALESCE(ended, started) - started) AS BIGINT) FROM runs",
        );
        statement.sql(OWN).sql(" AND started >= ").whole(since).sql(" GROUP BY status");
        let mut counts = SyncCounts::default();
        for row in statement.rows(&self.readers).await? {
            let (status, count, took): (String, i64, i64) = (row.get(0), row.get(1), row.get(2));
            counts.total += count;
            if status == RunStatus::Success.as_str() {
                (counts.successful, counts.average) = (count, Some(took / count.max(1)));
            } else if [RunStatus::Failed, RunStatus::Cancelled].iter().any(|bad| bad.as_str() == status) {
                counts.failed += count;
            }
        }
        Ok(counts)
    }

    /// Commands that led to these cache syncs, a page of them at most, by the ids of their runs.
    ///
    /// # Errors
    /// What the database says.
    pub async fn commands_of_syncs(
        &self,
        runs: &[&str],
    ) -> Result<HashMap<String, StoredCommand>, StoreError> {
        let mut found = HashMap::new();
        if !runs.is_empty() {
            let mut statement = Statement::new(super::super::commands::COLUMNS);
            statement.sql(" WHERE kind = ").text(CommandKind::CacheSync.word()).sql(" AND run IN (");
            for (number, run) in runs.iter().enumerate() {
                statement.sql(if number == 0 { "" } else { ", " }).text(run);
            }
            statement.sql(")");
            let commands = statement.rows(&self.readers).await?;
            for command in commands.iter().filter_map(super::super::commands::stored) {
                if let Some(run) = command.record.run.clone() {
                    found.insert(run, command);
                }
            }
        }
        Ok(found)
    }
}
