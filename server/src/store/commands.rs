//! Commands as they are kept: written down before they are sent, so that a server that dies sends none twice.
//!
//! Invariants: one row per idempotency key; at most one row holds a lane; a command leaves here only from `asked` ([`Store::begin_sending`]).
//! That one was asked and its line in the audit log are one transaction.

use super::accounts::audit::Entry;
use super::read::Statement;
use super::{Store, StoreError};
use domain::command::{CommandKind, CommandRecord, CommandState, CommandWay};
use domain::time::Millis;
use sqlx::Row;
use sqlx::any::AnyRow;

/// Most commands of a page. One more is given, so that it can be told whether there is another.
pub const MOST: u32 = 500;

/// A command with what only the store keeps.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredCommand {
    /// As it is shown.
    pub record: CommandRecord,
    /// By what right it was asked.
    pub role: String,
    /// From where.
    pub address: String,
    /// What was asked, as JSON.
    pub parameters: String,
}

/// What makes a command the only one.
#[derive(Clone, Debug)]
pub struct Only<'a> {
    /// Whose repetition is the same command.
    pub key: &'a str,
    /// What it holds while it waits; `None`: nothing.
    pub lane: Option<&'a str>,
    /// Until when at most.
    pub until: Millis,
}

/// Which commands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommandFilter {
    /// Only of this kind.
    pub kind: Option<CommandKind>,
    /// Only those that led to this run, or are about it.
    pub run: Option<String>,
    /// Only older ones than this: the next page.
    pub before: Option<(Millis, String)>,
}

pub(super) const COLUMNS: &str = "SELECT id, kind, what, who, asked, way, state, since, run, of_run, reason, count, role, address, \
                       parameters FROM commands";

pub(super) fn stored(row: &AnyRow) -> Option<StoredCommand> {
    let count: i64 = row.get(11);
    let record = CommandRecord {
        id: row.get(0),
        kind: CommandKind::of(row.get(1))?,
        what: row.get(2),
        who: row.get(3),
        asked: row.get(4),
        way: CommandWay::of(row.get(5))?,
        state: CommandState::of(row.get(6))?,
        since: row.get(7),
        run: row.get(8),
        of: row.get(9),
        reason: row.get(10),
        count: u32::try_from(count).unwrap_or(u32::MAX),
    };
    Some(StoredCommand { record, role: row.get(12), address: row.get(13), parameters: row.get(14) })
}

impl Store {
    /// Writes a command down. `false`: there is one of this key, or one that holds the lane; nothing was written.
    ///
    /// # Errors
    /// What the database says.
    pub async fn add_command(
        &self,
        command: &StoredCommand,
        only: &Only<'_>,
        entry: &Entry,
    ) -> Result<bool, StoreError> {
        // Whoever died holding a lane holds it no longer.
        if let Some(lane) = only.lane {
            sqlx::query("UPDATE commands SET lane = NULL WHERE lane = $1 AND lane_until < $2")
                .bind(lane)
                .bind(command.record.asked)
                .execute(&self.writer)
                .await?;
        }
        let record = &command.record;
        let insert = sqlx::query(
            "INSERT INTO commands (id, idem, lane, lane_until, kind, what, who, role, address, parameters, asked, way, state, \
             since, run, of_run, reason, count) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
             $17, $18) ON CONFLICT DO NOTHING",
        )
        .bind(&record.id)
        .bind(only.key)
        .bind(only.lane)
        .bind(only.until)
        .bind(record.kind.word())
        .bind(&record.what)
        .bind(&record.who)
        .bind(&command.role)
        .bind(&command.address)
        .bind(&command.parameters)
        .bind(record.asked)
        .bind(record.way.word())
        .bind(record.state.word())
        .bind(record.since)
        .bind(record.run.as_deref())
        .bind(record.of.as_deref())
        .bind(record.reason.as_deref())
        .bind(i64::from(record.count));
        self.audited(vec![insert], entry).await
    }

    /// Takes a command to send it. `false`: it is on its way already, or no longer wanted.
    ///
    /// # Errors
    /// What the database says.
    pub async fn begin_sending(&self, id: &str, now: Millis) -> Result<bool, StoreError> {
        let taken = sqlx::query("UPDATE commands SET state = $1, since = $2 WHERE id = $3 AND state = $4")
            .bind(CommandState::Sending.word())
            .bind(now)
            .bind(id)
            .bind(CommandState::Asked.word())
            .execute(&self.writer)
            .await?;
        Ok(taken.rows_affected() > 0)
    }

    /// Writes down what became of a command. One that waits no longer gives its lane back.
    ///
    /// # Errors
    /// What the database says.
    pub async fn command_became(&self, record: &CommandRecord) -> Result<(), StoreError> {
        let lane = if record.state.open() { "lane" } else { "NULL" };
        let statement = format!(
            "UPDATE commands SET state = $1, since = $2, run = $3, reason = $4, lane = {lane} WHERE id = $5"
        );
        sqlx::query(&statement)
            .bind(record.state.word())
            .bind(record.since)
            .bind(record.run.as_deref())
            .bind(record.reason.as_deref())
            .bind(&record.id)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// A command.
    ///
    /// # Errors
    /// What the database says.
    pub async fn command(&self, id: &str) -> Result<Option<StoredCommand>, StoreError> {
        self.one(" WHERE id = ", id).await
    }

    /// The command of this key.
    ///
    /// # Errors
    /// What the database says.
    pub async fn command_of_key(&self, key: &str) -> Result<Option<StoredCommand>, StoreError> {
        self.one(" WHERE idem = ", key).await
    }

    /// The command that holds a lane.
    ///
    /// # Errors
    /// What the database says.
    pub async fn command_in(&self, lane: &str) -> Result<Option<StoredCommand>, StoreError> {
        self.one(" WHERE lane = ", lane).await
    }

    async fn one(&self, which: &str, value: &str) -> Result<Option<StoredCommand>, StoreError> {
        let mut statement = Statement::new(COLUMNS);
        statement.sql(which).text(value);
        Ok(statement.rows(&self.readers).await?.first().and_then(stored))
    }

    /// Commands, newest first; the next page begins before the last of them.
    ///
    /// # Errors
    /// What the database says.
    pub async fn commands(
        &self,
        filter: &CommandFilter,
        limit: u32,
    ) -> Result<Vec<StoredCommand>, StoreError> {
        let mut statement = Statement::new(COLUMNS);
        statement.sql(" WHERE 1 = 1");
        if let Some(kind) = filter.kind {
            statement.sql(" AND kind = ").text(kind.word());
        }
        if let Some(run) = &filter.run {
            statement.sql(" AND (run = ").text(run).sql(" OR of_run = ").text(run).sql(")");
        }
        if let Some((asked, id)) = &filter.before {
            statement.sql(" AND (asked, id) < (").whole(*asked).sql(", ").text(id).sql(")");
        }
        statement.sql(" ORDER BY asked DESC, id DESC LIMIT ").whole(i64::from(limit.clamp(1, MOST + 1)));
        Ok(statement.rows(&self.readers).await?.iter().filter_map(stored).collect())
    }
}
