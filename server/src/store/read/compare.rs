//! Two nights beside each other: which symbols fail in one and not in the other.
//!
//! Of each night the run that speaks for it is taken. Only its symbols' names and whether they failed are held, of two runs at most.

use super::super::{Store, StoreError};
use super::runs::StoredRun;
use super::statement::Statement;
use domain::board::SYMBOLS;
use sqlx::Row;
use std::collections::BTreeMap;

/// Most symbols that are named of a list. Its count is of all.
pub const NAMED: usize = 200;

/// Symbols that have something in common: how many, and the first of them by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// How many.
    pub count: usize,
    /// At most [`NAMED`] of them.
    pub symbols: Vec<String>,
}

impl Named {
    fn add(&mut self, symbol: &str) {
        self.count += 1;
        if self.symbols.len() < NAMED {
            self.symbols.push(symbol.to_owned());
        }
    }
}

/// What differs between an earlier and a later night.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Fail in the earlier.
    pub failed_before: Named,
    /// Fail in the later.
    pub failed_after: Named,
    /// Fail in the later, and came through in the earlier.
    pub newly_failing: Named,
    /// Failed in the earlier, and came through in the later.
    pub recovered: Named,
    /// Fail in both.
    pub still_failing: Named,
    /// Are in the later only.
    pub appeared: Named,
    /// Are in the earlier only.
    pub disappeared: Named,
}

/// Two nights.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The run that speaks for the earlier.
    pub before: StoredRun,
    /// The run that speaks for the later.
    pub after: StoredRun,
    /// What differs.
    pub differences: Differences,
}

impl Store {
    /// Compares two nights; `None`: there is nothing of one of them.
    ///
    /// # Errors
    /// What the database says.
    pub async fn compare(&self, before: i64, after: i64) -> Result<Option<Comparison>, StoreError> {
        let (before, after) = (self.speaking_of(before).await?, self.speaking_of(after).await?);
        let (Some(before), Some(after)) = (before, after) else { return Ok(None) };
        let earlier = self.failed_of(before.number).await?;
        let later = self.failed_of(after.number).await?;
        Ok(Some(Comparison { before, after, differences: differences(&earlier, &later) }))
    }

    /// The run that speaks for a night.
    ///
    /// # Errors
    /// What the database says.
    pub async fn speaking_of(&self, night: i64) -> Result<Option<StoredRun>, StoreError> {
        let nights = self.nights_alone(Some(night.saturating_add(1)), 1).await?;
        Ok(nights.first().filter(|found| found.night == night).and_then(|found| found.speaking().cloned()))
    }

    async fn failed_of(&self, run: i64) -> Result<BTreeMap<String, bool>, StoreError> {
        let mut statement = Statement::new("SELECT symbol, failed FROM symbols WHERE run = ");
        let most = i64::try_from(SYMBOLS).unwrap_or(i64::MAX);
        statement.whole(run).sql(" ORDER BY symbol LIMIT ").whole(most);
        let rows = statement.rows(&self.readers).await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get::<i64, _>(1) != 0)).collect())
    }
}

fn differences(before: &BTreeMap<String, bool>, after: &BTreeMap<String, bool>) -> Differences {
    let mut found = Differences::default();
    for (symbol, failed) in before {
        if *failed {
            found.failed_before.add(symbol);
        }
        match (failed, after.get(symbol)) {
            (_, None) => found.disappeared.add(symbol),
            (true, Some(false)) => found.recovered.add(symbol),
            (true, Some(true)) => found.still_failing.add(symbol),
            (false, Some(true)) => found.newly_failing.add(symbol),
            (false, Some(false)) => {}
        }
    }
    for (symbol, failed) in after {
        if *failed {
            found.failed_after.add(symbol);
        }
        if !before.contains_key(symbol) {
            found.appeared.add(symbol);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn night(symbols: &[(&str, bool)]) -> BTreeMap<String, bool> {
        symbols.iter().map(|(symbol, failed)| ((*symbol).to_owned(), *failed)).collect()
    }

    #[test]
    fn every_symbol_is_where_it_belongs() {
        let before = night(&[("A", true), ("B", true), ("C", false), ("D", false), ("GONE", true)]);
        let after = night(&[("A", true), ("B", false), ("C", true), ("D", false), ("NEW", true)]);
        let found = differences(&before, &after);
        let names = |named: &Named| named.symbols.join(" ");
        assert_eq!(names(&found.still_failing), "A");
        assert_eq!(names(&found.recovered), "B");
        assert_eq!(names(&found.newly_failing), "C");
        assert_eq!(names(&found.appeared), "NEW");
        assert_eq!(names(&found.disappeared), "GONE");
        assert_eq!(
            (names(&found.failed_before), names(&found.failed_after)),
            ("A B GONE".into(), "A C NEW".into())
        );
    }

    #[test]
    fn a_long_list_is_counted_in_full() {
        let before: BTreeMap<_, _> = (0..500).map(|n| (format!("S{n:04}"), true)).collect();
        let found = differences(&before, &BTreeMap::new());
        assert_eq!((found.disappeared.count, found.disappeared.symbols.len()), (500, NAMED));
    }
}
