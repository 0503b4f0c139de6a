//! Reading the log forward, for rebuilding a board: what was heard after an event, and what was heard lately.

use super::super::keyframes::IS_BOARD;
use super::super::{Store, StoreError};
use super::events::DISORDER;
use crate::ingest::Way;
use domain::time::Millis;
use sqlx::Row;
use sqlx::any::AnyRow;

/// Rows read at a time while a board is rebuilt.
const CHUNK: i64 = 2_000;

/// A message of the log, as far as a board needs it.
#[derive(Clone, Debug)]
pub struct Logged {
    /// Its number.
    pub n: i64,
    /// When it was received.
    pub at: Millis,
    /// By which way.
    pub source: String,
    /// On which channel.
    pub channel: String,
    /// How long it was.
    pub length: i64,
    /// What was kept of it.
    pub raw: Vec<u8>,
}

/// That a message was seen: enough to know it again.
#[derive(Clone, Debug)]
pub struct Seen {
    /// When.
    pub at: Millis,
    /// A hash of its bytes.
    pub fingerprint: i64,
    /// By which way.
    pub way: Way,
    /// True: it was the same message by another way.
    pub twin: bool,
}

impl Seen {
    fn read(text: &str, twin: bool) -> Option<Self> {
        let mut words = text.split(' ');
        let (at, fingerprint) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        Some(Self { at, fingerprint, way: Way::of(words.next()?), twin })
    }
}

impl Store {
    /// The number behind which no message was received by a moment. Without it a search for the last of them would go on through
    /// everything that came later.
    ///
    /// # Errors
    /// What the database says.
    pub async fn newest_by(&self, until: Millis) -> Result<i64, StoreError> {
        let row = sqlx::query(
            "SELECT COALESCE(MAX(n), 0) FROM (SELECT n FROM events WHERE at <= $1 ORDER BY at DESC LIMIT $2) AS near",
        )
        .bind(until)
        .bind(DISORDER)
        .fetch_one(&self.readers)
        .await?;
        Ok(row.get(0))
    }

    /// The first moment of which a board can be rebuilt; `None`: nothing is kept. Where the beginning of the log is forgotten, that is
    /// the first keyframe behind which nothing is missing.
    ///
    /// # Errors
    /// What the database says.
    pub async fn first_moment(&self) -> Result<Option<Millis>, StoreError> {
        let oldest = sqlx::query("SELECT n, at FROM events ORDER BY n LIMIT 1");
        let Some(row) = oldest.fetch_optional(&self.readers).await? else { return Ok(None) };
        let (n, at): (i64, Millis) = (row.get(0), row.get(1));
        if n <= 1 {
            return Ok(Some(at));
        }
        let first = format!("SELECT at FROM keyframes WHERE {IS_BOARD} AND n >= $1 ORDER BY n LIMIT 1");
        let row = sqlx::query(&first).bind(n - 1).fetch_optional(&self.readers).await?;
        Ok(Some(row.map_or(at, |row| row.get(0))))
    }

    /// The next messages behind a number, up to another; at most two thousand.
    ///
    /// # Errors
    /// What the database says.
    pub async fn log_after(&self, n: i64, newest: i64) -> Result<Vec<Logged>, StoreError> {
        let rows = sqlx::query(
            "SELECT n, at, source, channel, length, raw FROM events WHERE n > $1 AND n <= $2 ORDER BY n LIMIT $3",
        )
        .bind(n)
        .bind(newest)
        .bind(CHUNK)
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.iter().map(logged).collect())
    }

    /// The number of the newest message; 0: none.
    ///
    /// # Errors
    /// What the database says.
    pub async fn newest_event(&self) -> Result<i64, StoreError> {
        let row = sqlx::query("SELECT COALESCE(MAX(n), 0) FROM events").fetch_one(&self.readers).await?;
        Ok(row.get(0))
    }

    /// The last message that was received before a moment; 0: none.
    ///
    /// # Errors
    /// What the database says.
    pub async fn event_before(&self, at: Millis) -> Result<i64, StoreError> {
        let row = sqlx::query("SELECT n FROM events WHERE at < $1 ORDER BY at DESC, n DESC LIMIT 1")
            .bind(at)
            .fetch_optional(&self.readers)
            .await?;
        Ok(row.map_or(0, |row| row.get(0)))
    }

    /// When the newest message was received.
    ///
    /// # Errors
    /// What the database says.
    pub async fn newest_moment(&self) -> Result<Option<Millis>, StoreError> {
        let row = sqlx::query("SELECT at FROM events ORDER BY n DESC LIMIT 1")
            .fetch_optional(&self.readers)
            .await?;
        Ok(row.map(|row| row.get(0)))
    }

    /// Messages seen since a moment, oldest first, those that came twice at their own place; at most so many. They come as one text,
    /// because two hundred thousand rows cost a second.
    ///
    /// # Errors
    /// What the database says.
    pub async fn seen_since(&self, since: Millis, most: i64) -> Result<Vec<Seen>, StoreError> {
        let mut seen = Vec::new();
        for (table, twin) in [("events", false), ("twins", true)] {
            let statement = format!(
                "SELECT COALESCE(STRING_AGG(CAST(at AS TEXT) || ' ' || CAST(fingerprint AS TEXT) || ' ' || source, ','), '') \
                 FROM (SELECT at, fingerprint, source FROM {table} WHERE at >= $1 ORDER BY at DESC LIMIT $2) AS lately"
            );
            let row = sqlx::query(&statement).bind(since).bind(most).fetch_one(&self.readers).await?;
            let text: String = row.get(0);
            seen.extend(text.split(',').filter_map(|one| Seen::read(one, twin)));
        }
        seen.sort_by_key(|seen| (seen.at, seen.twin));
        Ok(seen)
    }

    /// Stream entries and messages of channels logged after a number: (fingerprint, moment, stream id).
    ///
    /// # Errors
    /// What the database says.
    pub async fn logged_since(&self, n: i64) -> Result<Vec<(i64, Millis, Option<String>)>, StoreError> {
        let rows =
            sqlx::query("SELECT fingerprint, at, stream_id FROM events WHERE n > $1 ORDER BY n LIMIT 200000")
                .bind(n)
                .fetch_all(&self.readers)
                .await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect())
    }

    /// Up to which entry the stream has been taken.
    ///
    /// # Errors
    /// What the database says.
    pub async fn cursor(&self) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("SELECT position FROM cursors WHERE name = 'stream'")
            .fetch_optional(&self.readers)
            .await?;
        Ok(row.map(|row| row.get(0)))
    }

    /// The numbers that runs have in the store, of those that began at or after a moment: (id, start, number).
    ///
    /// # Errors
    /// What the database says.
    pub async fn run_numbers(&self, since: Millis) -> Result<Vec<(String, Millis, i64)>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, started, run FROM runs WHERE started >= $1 ORDER BY run DESC LIMIT 10000",
        )
        .bind(since)
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect())
    }

    /// The largest number of a run; 0: none.
    ///
    /// # Errors
    /// What the database says.
    pub async fn newest_run(&self) -> Result<i64, StoreError> {
        let row = sqlx::query("SELECT COALESCE(MAX(run), 0) FROM runs").fetch_one(&self.readers).await?;
        Ok(row.get(0))
    }
}

fn logged(row: &AnyRow) -> Logged {
    Logged {
        n: row.get(0),
        at: row.get(1),
        source: row.get(2),
        channel: row.get(3),
        length: row.get(4),
        raw: row.get(5),
    }
}
