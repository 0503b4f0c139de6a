//! The audit log: who did what, when, from where, and what it was before and after.
//!
//! Invariant: a line is written once. There is no statement here that changes or deletes one, and triggers of the database
//! (`dialect.rs`) refuse those of others.

use super::super::read::Statement;
use super::super::{Store, StoreError};
use domain::time::Millis;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

/// Lines that a search for a text looks at.
const SEARCHED: u32 = 20_000;
/// Numbers within a millisecond.
const WITHIN: i64 = 1_000_000;
/// A text of a line is cut to this many characters.
const LONGEST: usize = 1_000;

/// A line of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its number; grows with time. Given when it is written.
    pub n: i64,
    /// When.
    pub at: Millis,
    /// The user's name, `token NAME`, or `command line`; `(unknown)` where nobody has the name that was typed.
    pub who: String,
    /// By which role or scope.
    pub role: String,
    /// From which address.
    pub address: String,
    /// What: `sign_in`, `user_add` …
    pub action: String,
    /// On whom or what.
    pub subject: String,
    /// `done`, `refused`, or why not.
    pub outcome: String,
    /// What it was.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}

/// Which lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only of this one.
    pub who: Option<String>,
    /// Only this action.
    pub action: Option<String>,
    /// From then on.
    pub from: Option<Millis>,
    /// Before then.
    pub to: Option<Millis>,
    /// Only lines with this text in who, subject, address or outcome.
    pub text: Option<String>,
    /// Only lines with a smaller number: the next page.
    pub before: Option<i64>,
}

/// A part of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Lines, newest first.
    pub entries: Vec<Entry>,
    /// Where it goes on (`before`): there may be more, or a search has looked at as much as it may.
    pub next: Option<i64>,
}

impl Entry {
    /// Whether a text in small letters stands in it.
    fn holds(&self, text: &str) -> bool {
        let said = [&self.who, &self.subject, &self.address, &self.outcome].into_iter();
        let said = said.chain(self.before.iter()).chain(self.after.iter());
        said.map(|part| part.to_lowercase()).any(|part| part.contains(text))
    }
}

impl Store {
    /// Writes a line that stands for itself.
    ///
    /// # Errors
    /// What the database says.
    pub async fn audit(&self, entry: &Entry) -> Result<(), StoreError> {
        self.audited(Vec::new(), entry).await.map(|_| ())
    }

    /// Lines, newest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn audit_log(&self, filter: &AuditFilter, limit: u32) -> Result<Found, StoreError> {
        let mut statement = Statement::new(
            "SELECT n, at, who, role, address, action, subject, outcome, before, after FROM audit WHERE 1 = 1",
        );
        if let Some(who) = &filter.who {
            statement.sql(" AND who = ").text(who);
        }
        if let Some(action) = &filter.action {
            statement.sql(" AND action = ").text(action);
        }
        if let Some(from) = filter.from {
            // Numbers are moments: one index has both.
            statement.sql(" AND n >= ").whole(from.saturating_mul(WITHIN));
        }
        if let Some(to) = filter.to {
            statement.sql(" AND n < ").whole(to.saturating_mul(WITHIN));
        }
        if let Some(before) = filter.before {
            statement.sql(" AND n < ").whole(before);
        }
        // A text is sought here: what LIKE means by case is not the same in both engines. A search looks at so many lines.
        // One more than is wanted tells whether there are others.
        let looked_at = if filter.text.is_some() { SEARCHED } else { limit.saturating_add(1) };
        statement.sql(" ORDER BY n DESC LIMIT ").whole(i64::from(looked_at));
        let rows = statement.rows(&self.readers).await?;
        let sought = filter.text.as_ref().map(|text| text.to_lowercase());
        let (mut found, mut last) = (Found::default(), None);
        for entry in rows.iter().map(entry) {
            if found.entries.len() >= limit as usize {
                found.next = last;
                return Ok(found);
            }
            last = Some(entry.n);
            if sought.as_ref().is_none_or(|text| entry.holds(text)) {
                found.entries.push(entry);
            }
        }
        found.next = last.filter(|_| rows.len() >= looked_at as usize);
        Ok(found)
    }
}

fn entry(row: &AnyRow) -> Entry {
    Entry {
        n: row.get(0),
        at: row.get(1),
        who: row.get(2),
        role: row.get(3),
        address: row.get(4),
        action: row.get(5),
        subject: row.get(6),
        outcome: row.get(7),
        before: row.get(8),
        after: row.get(9),
    }
}

/// Writes a line within a transaction.
pub(super) async fn insert(connection: &mut AnyConnection, entry: &Entry) -> Result<(), sqlx::Error> {
    // Several servers write: a number is a moment and a little chance.
    let n = entry.at.saturating_mul(WITHIN).saturating_add(rand::random_range(0..WITHIN));
    let cut = |text: &str| domain::decode::clean(text, LONGEST);
    sqlx::query(
        "INSERT INTO audit (n, at, who, role, address, action, subject, outcome, before, after) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(n)
    .bind(entry.at)
    .bind(cut(&entry.who))
    .bind(cut(&entry.role))
    .bind(cut(&entry.address))
    .bind(cut(&entry.action))
    .bind(cut(&entry.subject))
    .bind(cut(&entry.outcome))
    .bind(entry.before.as_deref().map(cut))
    .bind(entry.after.as_deref().map(cut))
    .execute(connection)
    .await
    .map(|_| ())
}
