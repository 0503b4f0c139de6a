//! One symbol through the nights: what became of it in the run that did a night's work, and which later run made up for that.

use super::super::{Store, StoreError};
use super::nights::StoredNight;
use super::runs::StoredRun;
use super::statement::Statement;
use super::symbols::{StoredSymbol, symbol_of};
use domain::retried::word_of;
use domain::time::Millis;
use sqlx::Row;
use std::collections::HashMap;

/// Most nights of a page.
pub const MOST: i64 = 366;
/// Most runs in which a symbol is looked at for one page.
const RUNS: i64 = 5_000;

/// A symbol in a night.
#[derive(Clone, Debug, PartialEq)]
pub struct SymbolNight {
    /// The night.
    pub night: i64,
    /// The run that tells of it: the one that did the night's work, where that says nothing of it the newest that does.
    pub run: StoredRun,
    /// What became of it there; `None`: it was not reported in any.
    pub symbol: Option<StoredSymbol>,
    /// The later run that brought it through, if one did.
    pub retry: Option<StoredRun>,
}

/// A page of nights.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SymbolNights {
    /// Newest first, each night that is kept.
    pub nights: Vec<SymbolNight>,
    /// The next page has the nights before this one; `None`: there are none.
    pub older: Option<i64>,
}

impl Store {
    /// A symbol in the nights before one, newest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn symbol_nights(
        &self,
        symbol: &str,
        before: Option<i64>,
        limit: i64,
        now: Millis,
    ) -> Result<SymbolNights, StoreError> {
        let nights = self.nights_alone(before, limit.clamp(1, MOST), now).await?;
        let (Some(newest), Some(oldest)) = (nights.first(), nights.last()) else {
            return Ok(SymbolNights::default());
        };
        let behind = self.nights_alone(Some(oldest.night), 1, now).await?;
        let older = behind.first().map(|_| oldest.night);
        let mut statement =
            Statement::new("SELECT run, symbol, newly, millis, made, record FROM symbols WHERE symbol = ");
        statement.text(symbol).sql(" AND night >= ").whole(oldest.night).sql(" AND night <= ");
        statement.whole(newest.night).sql(" ORDER BY night DESC, run DESC LIMIT ").whole(RUNS);
        let rows = statement.rows(&self.readers).await?;
        let of_runs = rows.iter().filter_map(|row| Some((row.get(0), symbol_of(row, 1)?)));
        let mut of_runs: HashMap<i64, StoredSymbol> = of_runs.collect();
        let nights = nights.iter().filter_map(|night| in_night(night, &mut of_runs)).collect();
        Ok(SymbolNights { nights, older })
    }
}

fn in_night(night: &StoredNight, of_runs: &mut HashMap<i64, StoredSymbol>) -> Option<SymbolNight> {
    let main = night.main()?;
    let own = of_runs.get(&main.number);
    let outcomes = own.map_or(&[][..], |own| &own.record.outcomes);
    let lacking = own.is_none_or(|own| own.record.failure().is_some());
    let words = night.later().filter(|_| lacking).filter_map(|run| {
        let later = of_runs.get(&run.number)?;
        word_of(outcomes, &later.record).map(|word| (word, run))
    });
    let last = words.max_by_key(|((at, _), run)| (*at, run.number));
    let retry = last.filter(|((_, through), _)| *through).map(|(_, run)| run.clone());
    let told = |run: &&StoredRun| of_runs.contains_key(&run.number);
    let run = match (own, &retry) {
        (None, None) => night.runs.iter().find(told).unwrap_or(main),
        _ => main,
    };
    let symbol = of_runs.remove(&run.number);
    Some(SymbolNight { night: night.night, run: run.clone(), symbol, retry })
}
