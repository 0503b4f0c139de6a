//! Indicator values and patterns: the latest of a symbol, how many there were, which were found lately.
//!
//! Only the latest value of each symbol, indicator and timeframe is kept, so one that was computed twice counts once.

use super::super::{Store, StoreError};
use super::statement::Statement;
use domain::time::Millis;
use sqlx::Row;
use sqlx::any::AnyRow;

/// Most values of a symbol, and most types of indicator.
const MOST: i64 = 500;
/// Most patterns of a page.
pub const MOST_PATTERNS: i64 = 500;

/// A value or a pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredValue {
    /// Of which symbol.
    pub symbol: String,
    /// Name of the indicator or pattern.
    pub name: String,
    /// Its timeframe.
    pub frame: String,
    /// When it was received.
    pub at: Millis,
    /// Of a pattern: how sure, 0 to 1.
    pub confidence: Option<f64>,
    /// In which run.
    pub run: Option<String>,
    /// The body of its message.
    pub body: String,
}

/// A type of indicator in some stretch of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndicatorCount {
    /// Its name.
    pub name: String,
    /// Symbols that have it.
    pub symbols: i64,
    /// Values, over all timeframes.
    pub calculations: i64,
    /// When the last was received.
    pub last: Millis,
}

/// All types of indicator in some stretch of time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndicatorCounts {
    /// By name.
    pub types: Vec<IndicatorCount>,
    /// Symbols that have any.
    pub symbols: i64,
}

/// Which patterns. Everything that is `None` is any.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PatternFilter {
    /// Of one symbol.
    pub symbol: Option<String>,
    /// Of one name.
    pub name: Option<String>,
    /// At least so sure.
    pub confidence: Option<f64>,
    /// Received before this moment.
    pub before: Option<Millis>,
}

impl Store {
    /// The latest values of a symbol that were received in `from..to`, newest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn indicators_of(
        &self,
        symbol: &str,
        from: Millis,
        to: Millis,
    ) -> Result<Vec<StoredValue>, StoreError> {
        let mut statement =
            Statement::new("SELECT symbol, name, frame, at, run, body FROM indicators WHERE symbol = ");
        statement.text(symbol).sql(" AND at >= ").whole(from).sql(" AND at < ").whole(to);
        statement.sql(" ORDER BY at DESC, name, frame LIMIT ").whole(MOST);
        let rows = statement.rows(&self.readers).await?;
        Ok(rows.iter().map(|row| value_of(row, None)).collect())
    }

    /// How many values were received in `from..to`, by type.
    ///
    /// # Errors
    /// What the database says.
    pub async fn indicator_counts(&self, from: Millis, to: Millis) -> Result<IndicatorCounts, StoreError> {
        let mut statement = Statement::new(
            "SELECT name, COUNT(DISTINCT symbol), COUNT(*), MAX(at) FROM indicators WHERE at >= ",
        );
        statement
            .whole(from)
            .sql(" AND at < ")
            .whole(to)
            .sql(" GROUP BY name ORDER BY name LIMIT ")
            .whole(MOST);
        let types = statement.rows(&self.readers).await?;
        let types = types.iter().map(|row| IndicatorCount {
            name: row.get(0),
            symbols: row.get(1),
            calculations: row.get(2),
            last: row.get(3),
        });
        let mut all = Statement::new("SELECT COUNT(DISTINCT symbol) FROM indicators WHERE at >= ");
        all.whole(from).sql(" AND at < ").whole(to);
        let all = all.rows(&self.readers).await?;
        Ok(IndicatorCounts { types: types.collect(), symbols: all.first().map_or(0, |row| row.get(0)) })
    }

    /// The patterns that were found last, newest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn patterns(&self, filter: &PatternFilter, limit: i64) -> Result<Vec<StoredValue>, StoreError> {
        let mut statement =
            Statement::new("SELECT symbol, name, frame, at, run, body, confidence FROM patterns WHERE at < ");
        statement.whole(filter.before.unwrap_or(Millis::MAX));
        if let Some(symbol) = &filter.symbol {
            statement.sql(" AND symbol = ").text(symbol);
        }
        if let Some(name) = &filter.name {
            statement.sql(" AND name = ").text(name);
        }
        if let Some(confidence) = filter.confidence {
            statement.sql(" AND confidence >= ").number(confidence);
        }
        statement.sql(" ORDER BY at DESC, symbol, name, frame LIMIT ").whole(limit.clamp(1, MOST_PATTERNS));
        let rows = statement.rows(&self.readers).await?;
        Ok(rows.iter().map(|row| value_of(row, row.get(6))).collect())
    }
}

fn value_of(row: &AnyRow, confidence: Option<f64>) -> StoredValue {
    StoredValue {
        symbol: row.get(0),
        name: row.get(1),
        frame: row.get(2),
        at: row.get(3),
        confidence,
        run: row.get(4),
        body: row.get(5),
    }
}
