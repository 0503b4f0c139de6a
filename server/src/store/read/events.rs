//! The log, searched: newest first or from a number on, by run, channel, name, text and time.
//!
//! One call looks at no more than [`LOOKED_AT`] messages and 32 MiB of them, however rare what is looked for: the window of numbers is
//! found first, over an index, and searched then. The answer says up to where, so that the next call goes on.

use super::super::{Store, StoreError};
use super::count;
use super::statement::Statement;
use crate::ingest::Way;
use domain::time::Millis;
use sqlx::Row;
use sqlx::any::AnyRow;

/// Most messages of a page.
pub const MOST: i64 = 1_000;
/// Messages that are looked at for one page.
pub const LOOKED_AT: i64 = 20_000;
/// Bytes that are looked at for one page.
const BYTES: usize = 32 << 20;
/// What is searched, and shown in lists, of one message. The whole of it has an answer of its own.
pub const BEGINNING: usize = 16 << 10;
/// Messages that are read at a time.
const CHUNK: i64 = 500;
/// The log is in the order in which messages were taken, which is not quite that of the moments at which they were received: where a
/// moment is looked up, so many to both sides of it are looked at.
pub(super) const DISORDER: i64 = 1_000;

/// A message of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its number.
    pub n: i64,
    /// When it was received.
    pub at: Millis,
    /// By which way.
    pub way: Way,
    /// Its id on the stream.
    pub stream_id: Option<String>,
    /// On which channel.
    pub channel: String,
    /// What it was understood as.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The run it belongs to.
    pub run: Option<String>,
    /// The symbol it is about.
    pub symbol: Option<String>,
    /// How long it was.
    pub length: i64,
    /// Its bytes; in a list no more than [`BEGINNING`].
    pub raw: Vec<u8>,
}

/// Where a page of the log begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventPlace {
    /// Newest first, from before this number on; `i64::MAX`: the newest.
    Before(i64),
    /// Oldest first, from behind this number on.
    After(i64),
}

/// Which messages. Everything that is `None` is any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Of one run.
    pub run: Option<String>,
    /// On one channel.
    pub channel: Option<String>,
    /// Of one name.
    pub name: Option<String>,
    /// Whose bytes hold this text, whatever the case of ASCII letters.
    pub text: Option<String>,
    /// Received at or after this moment.
    pub from: Option<Millis>,
    /// Received before this moment.
    pub to: Option<Millis>,
}

/// A page of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventPage {
    /// In the order asked for.
    pub events: Vec<StoredEvent>,
    /// The number up to which was searched, where the next page begins; `None`: everything was.
    pub searched_to: Option<i64>,
}

/// Newest messages whose channels can be asked for.
const NEWEST: i64 = 5_000;

const COLUMNS: &str = "SELECT n, at, source, stream_id, channel, kind, name, run, symbol, length";

impl Store {
    /// A page of the log.
    ///
    /// # Errors
    /// What the database says.
    pub async fn events(
        &self,
        filter: &EventFilter,
        place: EventPlace,
        limit: i64,
    ) -> Result<EventPage, StoreError> {
        let limit = limit.clamp(1, MOST);
        let Some(mut window) = self.window(filter, place).await? else { return Ok(EventPage::default()) };
        let chunk = if filter.text.is_some() { CHUNK } else { CHUNK.min(limit + 1) };
        let mut page = EventPage { events: Vec::new(), searched_to: window.more.then_some(window.end) };
        let mut bytes = 0;
        loop {
            let rows = window.statement(filter, chunk).rows(&self.readers).await?;
            for row in &rows {
                if count(&page.events) == limit || bytes > BYTES {
                    page.searched_to = Some(window.reached);
                    return Ok(page);
                }
                let event = event_of(row);
                bytes += event.raw.len();
                window.reached = event.n;
                if filter.fits(&event) {
                    page.events.push(event);
                }
            }
            if count(&rows) < chunk {
                return Ok(page);
            }
        }
    }

    /// One message, whole.
    ///
    /// # Errors
    /// What the database says.
    pub async fn event(&self, n: i64) -> Result<Option<StoredEvent>, StoreError> {
        let mut statement = Statement::new(COLUMNS);
        statement.sql(", raw FROM events WHERE n = ").whole(n);
        let rows = statement.rows(&self.readers).await?;
        Ok(rows.first().map(event_of))
    }

    /// When a message was received; `None`: it is not kept any more.
    ///
    /// # Errors
    /// What the database says.
    pub async fn received(&self, n: i64) -> Result<Option<Millis>, StoreError> {
        let mut statement = Statement::new("SELECT at FROM events WHERE n = ");
        statement.whole(n);
        let rows = statement.rows(&self.readers).await?;
        Ok(rows.first().map(|row| row.get(0)))
    }

    /// The channels of the newest messages, by name; at most so many.
    ///
    /// # Errors
    /// What the database says.
    pub async fn channels(&self, most: i64) -> Result<Vec<String>, StoreError> {
        let mut statement =
            Statement::new("SELECT DISTINCT channel FROM (SELECT channel FROM events ORDER BY n DESC LIMIT ");
        statement.whole(NEWEST).sql(") AS newest ORDER BY channel LIMIT ").whole(most);
        let rows = statement.rows(&self.readers).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// The numbers that one call may look at; `None`: none can be of the time asked for.
    async fn window(&self, filter: &EventFilter, place: EventPlace) -> Result<Option<Window>, StoreError> {
        let (mut newest, mut oldest) = (i64::MAX, i64::MIN);
        if let Some(to) = filter.to {
            let Some(n) = self.near(to, "MAX", "<", "DESC").await? else { return Ok(None) };
            newest = n;
        }
        if let Some(from) = filter.from {
            let Some(n) = self.near(from, "MIN", ">=", "ASC").await? else { return Ok(None) };
            oldest = n;
        }
        let (backwards, reached) = match place {
            EventPlace::Before(n) => (true, n.min(newest.saturating_add(1))),
            EventPlace::After(n) => (false, n.max(oldest.saturating_sub(1))),
        };
        // The number at the far end of the window, found over the key or the index of the run alone.
        let (edge, than, order) = if backwards { ("MIN", "<", "DESC") } else { ("MAX", ">", "ASC") };
        let mut statement =
            Statement::new(&format!("SELECT {edge}(n), COUNT(*) FROM (SELECT n FROM events WHERE n {than} "));
        statement.whole(reached);
        if let Some(run) = &filter.run {
            statement.sql(" AND run = ").text(run);
        }
        statement.sql(&format!(" ORDER BY n {order} LIMIT ")).whole(LOOKED_AT).sql(") AS near");
        let rows = statement.rows(&self.readers).await?;
        let full = rows.first().filter(|row| row.get::<i64, _>(1) == LOOKED_AT);
        let end: Option<i64> = full.map(|row| row.get(0));
        let stop = if backwards { oldest } else { newest };
        let more = end.is_some_and(|end| if backwards { end > stop } else { end < stop });
        Ok(Some(Window { backwards, reached, end: end.filter(|_| more).unwrap_or(stop), more }))
    }

    /// The number up to which, or from which on, everything before or after a moment is met.
    async fn near(
        &self,
        moment: Millis,
        edge: &str,
        than: &str,
        order: &str,
    ) -> Result<Option<i64>, StoreError> {
        let mut statement =
            Statement::new(&format!("SELECT {edge}(n) FROM (SELECT n FROM events WHERE at {than} "));
        statement.whole(moment).sql(&format!(" ORDER BY at {order} LIMIT ")).whole(DISORDER).sql(") AS near");
        let rows = statement.rows(&self.readers).await?;
        Ok(rows.first().and_then(|row| row.get(0)))
    }
}

/// What is left to look at.
#[derive(Debug)]
struct Window {
    backwards: bool,
    /// The number that was looked at last.
    reached: i64,
    /// The last that may be.
    end: i64,
    /// Whether others lie behind it.
    more: bool,
}

impl Window {
    fn statement(&self, filter: &EventFilter, limit: i64) -> Statement {
        let mut statement = Statement::new(COLUMNS);
        statement.sql(&format!(", SUBSTR(raw, 1, {BEGINNING}) FROM events WHERE n "));
        let (than, to, order) = if self.backwards { ("< ", ">= ", "DESC") } else { ("> ", "<= ", "ASC") };
        statement.sql(than).whole(self.reached);
        statement.sql(" AND n ").sql(to).whole(self.end);
        for (column, wanted) in [("run", &filter.run), ("channel", &filter.channel), ("name", &filter.name)] {
            if let Some(wanted) = wanted {
                statement.sql(&format!(" AND {column} = ")).text(wanted);
            }
        }
        if let Some(from) = filter.from {
            statement.sql(" AND at >= ").whole(from);
        }
        if let Some(to) = filter.to {
            statement.sql(" AND at < ").whole(to);
        }
        statement.sql(&format!(" ORDER BY n {order} LIMIT ")).whole(limit);
        statement
    }
}

impl EventFilter {
    fn fits(&self, event: &StoredEvent) -> bool {
        self.text.as_ref().is_none_or(|text| holds(&event.raw, text.as_bytes()))
    }
}

/// Whether bytes hold others, whatever the case of ASCII letters.
fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    wanted.is_empty() || bytes.windows(wanted.len()).any(|part| part.eq_ignore_ascii_case(wanted))
}

fn event_of(row: &AnyRow) -> StoredEvent {
    StoredEvent {
        n: row.get(0),
        at: row.get(1),
        way: Way::of(row.get(2)),
        stream_id: row.get(3),
        channel: row.get(4),
        kind: row.get(5),
        name: row.get(6),
        run: row.get(7),
        symbol: row.get(8),
        length: row.get(9),
        raw: row.get(10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_may_have_any_case_and_bytes_need_be_no_text() {
        assert!(holds(b"\xff{\"symbol\":\"AAPL\"}", b"aapl"));
        assert!(!holds(b"AAP", b"AAPL") && holds(b"", b""));
    }
}
