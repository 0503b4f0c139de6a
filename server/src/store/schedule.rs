//! The schedule as it is kept: entries, and what became of their days.
//!
//! Invariant: a day of an entry is one row, written by whoever takes it first, and a row leaves a state only from that state. So of any
//! number of servers one fires, also after a restart and whatever their clocks say.

use super::accounts::audit::Entry as Line;
use super::read::Statement;
use super::{Store, StoreError};
use domain::schedule::{ENTRIES, Entry};
use domain::time::Millis;
use sqlx::Row;
use sqlx::any::AnyRow;

/// Most days that are given at once.
pub const MOST: u32 = 1_000;

/// An entry with what only the store keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    /// Ours.
    pub id: String,
    /// What was filled in.
    pub entry: Entry,
    /// Since when it counts: what was due before is not missed.
    pub since: Millis,
    /// When it was made: their order.
    pub made: Millis,
    /// Who changed it last.
    pub who: String,
}

/// What became of a day of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayState {
    /// Somebody does not want it; it is not due yet.
    Skip,
    /// Taken, and on its way to be asked for.
    Taken,
    /// Asked for.
    Fired,
    /// Refused, by what goes on or by the producer.
    Refused,
    /// Not fired: somebody did not want it, or the exchange was closed.
    Skipped,
    /// Not fired: nobody could.
    Missed,
}

impl DayState {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Taken => "taken",
            Self::Fired => "fired",
            Self::Refused => "refused",
            Self::Skipped => "skipped",
            Self::Missed => "missed",
        }
    }

    fn of(word: &str) -> Option<Self> {
        [Self::Skip, Self::Taken, Self::Fired, Self::Refused, Self::Skipped, Self::Missed]
            .into_iter()
            .find(|state| state.word() == word)
    }
}

/// A day of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDay {
    /// Of which entry.
    pub entry: String,
    /// Which day, on the entry's clock, since 1970-01-01.
    pub day: i64,
    /// What the entry was called.
    pub name: String,
    /// When it was due.
    pub due: Millis,
    /// What became of it.
    pub state: DayState,
    /// When that was.
    pub at: Millis,
    /// Who did not want it.
    pub who: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The command that it led to.
    pub command: Option<String>,
}

impl StoredDay {
    /// "by ann: the vendor is down", or why alone.
    #[must_use]
    pub fn because(&self) -> Option<String> {
        let by = self.who.as_ref().map(|who| format!("by {who}"));
        let parts: Vec<String> = [by, self.reason.clone()].into_iter().flatten().collect();
        Some(parts.join(": ")).filter(|words| !words.is_empty())
    }
}

fn stored_entry(row: &AnyRow) -> Option<StoredEntry> {
    let text: String = row.get(1);
    let entry = serde_json::from_str(&text).ok()?;
    Some(StoredEntry { id: row.get(0), entry, since: row.get(2), made: row.get(3), who: row.get(4) })
}

const DAYS: &str = "SELECT entry, day, name, due, state, at, who, reason, command FROM schedule_days";

fn stored_day(row: &AnyRow) -> Option<StoredDay> {
    Some(StoredDay {
        entry: row.get(0),
        day: row.get(1),
        name: row.get(2),
        due: row.get(3),
        state: DayState::of(row.get(4))?,
        at: row.get(5),
        who: row.get(6),
        reason: row.get(7),
        command: row.get(8),
    })
}

impl Store {
    /// The entries, in the order in which they were made.
    ///
    /// # Errors
    /// What the database says.
    pub async fn schedule(&self) -> Result<Vec<StoredEntry>, StoreError> {
        let mut statement = Statement::new(
            "SELECT id, entry, since, made, who FROM schedule_entries ORDER BY made, id LIMIT ",
        );
        statement.whole(i64::try_from(ENTRIES).unwrap_or(i64::MAX));
        Ok(statement.rows(&self.readers).await?.iter().filter_map(stored_entry).collect())
    }

    /// Adds an entry. `false`: there are as many as there can be.
    ///
    /// # Errors
    /// What the database says.
    pub async fn add_entry(&self, entry: &StoredEntry, line: &Line) -> Result<bool, StoreError> {
        let text = serde_json::to_string(&entry.entry).unwrap_or_default();
        let insert = sqlx::query(
            "INSERT INTO schedule_entries (id, entry, since, made, changed, who) SELECT $1, $2, $3, $4, $5, $6 \
             WHERE (SELECT COUNT(*) FROM schedule_entries) < $7",
        )
        .bind(&entry.id)
        .bind(text)
        .bind(entry.since)
        .bind(entry.made)
        .bind(entry.since)
        .bind(&entry.who)
        .bind(i64::try_from(ENTRIES).unwrap_or(i64::MAX));
        self.audited(vec![insert], line).await
    }

    /// Changes an entry. `false`: there is none of this id.
    ///
    /// # Errors
    /// What the database says.
    pub async fn change_entry(&self, entry: &StoredEntry, line: &Line) -> Result<bool, StoreError> {
        let text = serde_json::to_string(&entry.entry).unwrap_or_default();
        let change = sqlx::query(
            "UPDATE schedule_entries SET entry = $1, since = $2, changed = $3, who = $4 WHERE id = $5",
        )
        .bind(text)
        .bind(entry.since)
        .bind(line.at)
        .bind(&entry.who)
        .bind(&entry.id);
        self.audited(vec![change], line).await
    }

    /// Takes an entry away; what became of its days stays. `false`: there is none of this id.
    ///
    /// # Errors
    /// What the database says.
    pub async fn remove_entry(&self, id: &str, line: &Line) -> Result<bool, StoreError> {
        let remove = sqlx::query("DELETE FROM schedule_entries WHERE id = $1").bind(id);
        let ahead = sqlx::query("DELETE FROM schedule_days WHERE entry = $1 AND state = $2")
            .bind(id)
            .bind(DayState::Skip.word());
        self.audited(vec![remove, ahead], line).await
    }

    /// Makes the first entry, if there never was one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn first_entry(&self, entry: &StoredEntry) -> Result<(), StoreError> {
        let text = serde_json::to_string(&entry.entry).unwrap_or_default();
        sqlx::query(
            "INSERT INTO schedule_entries (id, entry, since, made, changed, who) SELECT $1, $2, $3, $4, $5, $6 \
             WHERE NOT EXISTS (SELECT 1 FROM settings WHERE name = 'schedule.begun') ON CONFLICT DO NOTHING",
        )
        .bind(&entry.id)
        .bind(text)
        .bind(entry.since)
        .bind(entry.made)
        .bind(entry.since)
        .bind(&entry.who)
        .execute(&self.writer)
        .await?;
        sqlx::query("INSERT INTO settings (name, value, changed, who) VALUES ('schedule.begun', '', $1, $2) ON CONFLICT DO NOTHING")
            .bind(entry.made)
            .bind(&entry.who)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Days that were or are due after a moment, newest first, at most [`MOST`].
    ///
    /// # Errors
    /// What the database says.
    pub async fn schedule_days(&self, after: Millis) -> Result<Vec<StoredDay>, StoreError> {
        let mut statement = Statement::new(DAYS);
        statement
            .sql(" WHERE due > ")
            .whole(after)
            .sql(" ORDER BY due DESC, entry LIMIT ")
            .whole(i64::from(MOST));
        Ok(statement.rows(&self.readers).await?.iter().filter_map(stored_day).collect())
    }

    /// Takes a day. `false`: somebody has.
    ///
    /// # Errors
    /// What the database says.
    pub async fn take_day(&self, day: &StoredDay) -> Result<bool, StoreError> {
        Ok(insert(day).execute(&self.writer).await?.rows_affected() > 0)
    }

    /// Takes a day before it is due, so that it will not fire. `false`: it was taken.
    ///
    /// # Errors
    /// What the database says.
    pub async fn skip_day(&self, day: &StoredDay, line: &Line) -> Result<bool, StoreError> {
        self.audited(vec![insert(day)], line).await
    }

    /// Gives a day back that somebody did not want. `false`: it is too late, or nobody did.
    ///
    /// # Errors
    /// What the database says.
    pub async fn unskip_day(&self, entry: &str, day: i64, line: &Line) -> Result<bool, StoreError> {
        let give = sqlx::query(
            "DELETE FROM schedule_days WHERE entry = $1 AND day = $2 AND state = $3 AND due > $4",
        )
        .bind(entry)
        .bind(day)
        .bind(DayState::Skip.word())
        .bind(line.at);
        self.audited(vec![give], line).await
    }

    /// Writes down what became of a day that was in a state. `false`: it no longer was.
    ///
    /// # Errors
    /// What the database says.
    pub async fn day_became(&self, day: &StoredDay, before: DayState) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE schedule_days SET state = $1, at = $2, reason = $3, command = $4 WHERE entry = $5 AND day = $6 AND state = $7",
        )
        .bind(day.state.word())
        .bind(day.at)
        .bind(day.reason.as_deref())
        .bind(day.command.as_deref())
        .bind(&day.entry)
        .bind(day.day)
        .bind(before.word())
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() > 0)
    }
}

fn insert(day: &StoredDay) -> sqlx::query::Query<'_, sqlx::Any, sqlx::any::AnyArguments<'_>> {
    sqlx::query(
        "INSERT INTO schedule_days (entry, day, name, due, state, at, who, reason, command) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
    )
    .bind(&day.entry)
    .bind(day.day)
    .bind(&day.name)
    .bind(day.due)
    .bind(day.state.word())
    .bind(day.at)
    .bind(day.who.as_deref())
    .bind(day.reason.as_deref())
    .bind(day.command.as_deref())
}
