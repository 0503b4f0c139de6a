//! Symbols of a run. (One symbol through the nights: `through.rs`.)

use super::super::{Store, StoreError};
use super::count;
use super::statement::Statement;
use domain::record::{Outcome, OutcomeStatus, Symbol};
use domain::wire::read;
use sqlx::Row;
use sqlx::any::AnyRow;

/// Most symbols of a page.
pub const MOST: i64 = 1_000;
/// Rows that are looked at for one page. More than a run has.
const LOOKED_AT: i64 = 50_000;

const COLUMNS: &str = "SELECT symbol, newly, millis, made, record FROM symbols WHERE run = ";

/// A symbol of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredSymbol {
    /// Which.
    pub symbol: String,
    /// What became of it, phase by phase.
    pub record: Symbol,
    /// Whether it fails, and did not in the night before.
    pub newly: bool,
    /// Milliseconds it took in all, as far as told.
    pub millis: i64,
    /// Records it brought in its first phase.
    pub made: i64,
}

impl StoredSymbol {
    /// What is told of it: its failure, or else its last outcome.
    #[must_use]
    pub fn told(&self) -> Option<&Outcome> {
        self.record.failure().or_else(|| self.record.outcomes.last())
    }
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SymbolOrder {
    /// By name.
    #[default]
    Name,
    /// The slowest first.
    Duration,
}

/// Which symbols. Everything that is `None` is any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SymbolFilter {
    /// How it came through.
    pub state: Option<OutcomeStatus>,
    /// The phase of its failure, or of its last outcome, by its key.
    pub phase: Option<String>,
    /// The cause's code.
    pub code: Option<String>,
    /// How its name begins, whatever the case.
    pub prefix: Option<String>,
}

/// A place in a run's symbols: behind which one, and how long that took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SymbolPlace {
    /// Its name.
    pub symbol: String,
    /// How long it took.
    pub millis: i64,
}

/// A page of symbols.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SymbolPage {
    /// In the order asked for.
    pub symbols: Vec<StoredSymbol>,
    /// Where the next page begins; `None`: there is none.
    pub next: Option<SymbolPlace>,
}

impl Store {
    /// A page of a run's symbols.
    ///
    /// # Errors
    /// What the database says.
    pub async fn symbols(
        &self,
        run: i64,
        filter: &SymbolFilter,
        order: SymbolOrder,
        mut after: Option<SymbolPlace>,
        limit: i64,
    ) -> Result<SymbolPage, StoreError> {
        let limit = limit.clamp(1, MOST);
        let chunk = if filter.state.is_some() { MOST } else { limit + 1 };
        let mut page = SymbolPage::default();
        let mut looked_at = 0;
        loop {
            let rows = filter.statement(run, order, after.as_ref(), chunk).rows(&self.readers).await?;
            for symbol in rows.iter().filter_map(|row| symbol_of(row, 0)) {
                if !filter.fits(&symbol) {
                    continue;
                }
                if count(&page.symbols) == limit {
                    let last = page.symbols.last();
                    page.next =
                        last.map(|last| SymbolPlace { symbol: last.symbol.clone(), millis: last.millis });
                    return Ok(page);
                }
                page.symbols.push(symbol);
            }
            looked_at += count(&rows);
            let last = rows.last().filter(|_| count(&rows) == chunk);
            let last = last.map(|row| SymbolPlace { symbol: row.get(0), millis: row.get(2) });
            if last.is_none() || looked_at >= LOOKED_AT {
                page.next = last;
                return Ok(page);
            }
            after = last;
        }
    }

    /// One symbol of a run.
    ///
    /// # Errors
    /// What the database says.
    pub async fn symbol(&self, run: i64, symbol: &str) -> Result<Option<StoredSymbol>, StoreError> {
        let mut statement = Statement::new(COLUMNS);
        statement.whole(run).sql(" AND symbol = ").text(symbol);
        let rows = statement.rows(&self.readers).await?;
        Ok(rows.first().and_then(|row| symbol_of(row, 0)))
    }

    /// The last night in which anything was told of a symbol.
    ///
    /// # Errors
    /// What the database says.
    pub async fn last_told(&self, symbol: &str) -> Result<Option<i64>, StoreError> {
        let mut statement = Statement::new("SELECT night FROM symbols WHERE symbol = ");
        statement.text(symbol).sql(" ORDER BY night DESC LIMIT 1");
        let rows = statement.rows(&self.readers).await?;
        Ok(rows.first().map(|row| row.get(0)))
    }
}

impl SymbolFilter {
    fn statement(&self, run: i64, order: SymbolOrder, after: Option<&SymbolPlace>, limit: i64) -> Statement {
        let mut statement = Statement::new(COLUMNS);
        statement.whole(run);
        match self.state {
            Some(OutcomeStatus::Failed) => statement.sql(" AND failed = 1"),
            Some(_) => statement.sql(" AND failed = 0"),
            None => &mut statement,
        };
        if let Some(phase) = &self.phase {
            statement.sql(" AND phase = ").text(phase);
        }
        if let Some(code) = &self.code {
            statement.sql(" AND code = ").text(code);
        }
        if let Some(prefix) = &self.prefix {
            // The length is a number of ours: PostgreSQL takes it as INTEGER only, and values are BIGINT.
            let length = prefix.chars().count();
            statement.sql(&format!(" AND UPPER(SUBSTR(symbol, 1, {length})) = "));
            statement.text(&prefix.to_ascii_uppercase());
        }
        match (order, after) {
            (SymbolOrder::Name, Some(place)) => statement.sql(" AND symbol > ").text(&place.symbol),
            (SymbolOrder::Duration, Some(place)) => {
                statement
                    .sql(" AND (millis < ")
                    .whole(place.millis)
                    .sql(" OR (millis = ")
                    .whole(place.millis);
                statement.sql(" AND symbol > ").text(&place.symbol).sql("))")
            }
            (_, None) => &mut statement,
        };
        let order = match order {
            SymbolOrder::Name => " ORDER BY symbol LIMIT ",
            SymbolOrder::Duration => " ORDER BY millis DESC, symbol LIMIT ",
        };
        statement.sql(order).whole(limit);
        statement
    }

    fn fits(&self, symbol: &StoredSymbol) -> bool {
        self.state.is_none_or(|wanted| symbol.told().is_some_and(|told| told.status == wanted))
    }
}

/// A symbol from its five columns, which begin at some place of the row.
pub(super) fn symbol_of(row: &AnyRow, first: usize) -> Option<StoredSymbol> {
    let newly: i64 = row.get(first + 1);
    Some(StoredSymbol {
        symbol: row.get(first),
        record: read(row.get(first + 4))?,
        newly: newly != 0,
        millis: row.get(first + 2),
        made: row.get(first + 3),
    })
}
