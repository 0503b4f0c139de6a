//! Two nights beside each other: how each symbol came through in the end, retries of the same night included.
//!
//! Of each night the symbols' names and whether they failed are held, and the outcomes of those that failed. Later runs are read one
//! after the other, and at most [`RETRIES`] of them.

use super::super::{Store, StoreError};
use super::nights::StoredNight;
use super::statement::Statement;
use domain::board::SYMBOLS;
use domain::differences::Differences;
use domain::record::Symbol;
use domain::retried::word_of;
use domain::time::Millis;
use domain::wire::read;
use sqlx::Row;
use std::collections::{BTreeMap, BTreeSet};

/// Most later runs of a night that are looked at, the newest: more than a board keeps.
pub const RETRIES: usize = 50;

/// The symbols of a night.
#[derive(Debug, Default)]
struct Outcomes {
    /// Those of its main run, each with whether it fails in the end.
    failed: BTreeMap<String, bool>,
    /// Of those that failed in it: how, and the newest word of the later runs.
    open: BTreeMap<String, (Symbol, Option<(Millis, bool)>)>,
    /// Those that only later runs told of, and brought through.
    brought: BTreeSet<String>,
}

impl Outcomes {
    fn hear(&mut self, name: String, later: &Symbol) {
        if let Some((own, last)) = self.open.get_mut(&name) {
            *last = word_of(&own.outcomes, later).max(*last);
        } else if !self.failed.contains_key(&name) && word_of(&[], later).is_some_and(|(_, through)| through)
        {
            self.brought.insert(name);
        }
    }

    /// Who came through in a later run fails no longer. One that only a later run brought is there where it was missed: what
    /// else was done beside the night is no part of it.
    fn settled(mut self, other: &BTreeMap<String, bool>) -> BTreeMap<String, bool> {
        for (name, (_, last)) in self.open {
            if let (Some((_, true)), Some(failed)) = (last, self.failed.get_mut(&name)) {
                *failed = false;
            }
        }
        let missed = self.brought.into_iter().filter(|name| other.contains_key(name));
        self.failed.extend(missed.map(|name| (name, false)));
        self.failed
    }
}

impl Store {
    /// A night with its runs; which of them speaks for it is told at `now`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn night(&self, night: i64, now: Millis) -> Result<Option<StoredNight>, StoreError> {
        let nights = self.nights_alone(Some(night.saturating_add(1)), 1, now).await?;
        Ok(nights.into_iter().find(|found| found.night == night))
    }

    /// The symbols of a night against those of another, each list with at most so many names; `None`: of one of them none is known.
    ///
    /// # Errors
    /// What the database says.
    pub async fn differences(
        &self,
        a: &StoredNight,
        b: &StoredNight,
        most: usize,
    ) -> Result<Option<Differences>, StoreError> {
        let (a, b) = (self.outcomes(a).await?, self.outcomes(b).await?);
        if a.failed.is_empty() || b.failed.is_empty() {
            return Ok(None);
        }
        let of_a = a.failed.clone();
        let (a, b) = (a.settled(&b.failed), b.settled(&of_a));
        Ok(Some(Differences::between(&a, &b, most)))
    }

    async fn outcomes(&self, night: &StoredNight) -> Result<Outcomes, StoreError> {
        let mut outcomes = Outcomes::default();
        let Some(main) = night.main() else { return Ok(outcomes) };
        let most = i64::try_from(SYMBOLS).unwrap_or(i64::MAX);
        let mut statement = Statement::new("SELECT symbol, failed FROM symbols WHERE run = ");
        statement.whole(main.number).sql(" ORDER BY symbol LIMIT ").whole(most);
        let rows = statement.rows(&self.readers).await?;
        outcomes.failed = rows.iter().map(|row| (row.get(0), row.get::<i64, _>(1) != 0)).collect();
        let later: Vec<i64> = night.later().take(RETRIES).map(|run| run.number).collect();
        if later.is_empty() {
            return Ok(outcomes);
        }
        let own = self.records(main.number, true).await?.into_iter();
        outcomes.open = own.map(|(name, symbol)| (name, (symbol, None))).collect();
        for run in later {
            for (name, symbol) in self.records(run, false).await? {
                outcomes.hear(name, &symbol);
            }
        }
        Ok(outcomes)
    }

    /// The symbols of a run with their outcomes, or those of them that failed.
    ///
    /// # Errors
    /// What the database says.
    pub async fn records(&self, run: i64, failed: bool) -> Result<Vec<(String, Symbol)>, StoreError> {
        let most = i64::try_from(SYMBOLS).unwrap_or(i64::MAX);
        let mut statement = Statement::new("SELECT symbol, record FROM symbols WHERE run = ");
        statement.whole(run).sql(if failed { " AND failed = 1" } else { "" });
        statement.sql(" ORDER BY symbol LIMIT ").whole(most);
        let rows = statement.rows(&self.readers).await?;
        Ok(rows.iter().filter_map(|row| Some((row.get(0), read(row.get(1))?))).collect())
    }
}
