//! Daily bars: raw and adjusted, one row per symbol and year.

use super::{Shelf, Store, StoreError, pack, packed, put_packed, spared, year};
use crate::bar::{Bar, Day};
use sqlx::{AnyConnection, Connection, Row};
use std::collections::BTreeMap;

fn shelf(symbol: &str) -> Shelf<'_> {
    Shelf { table: "bars", symbol, frame: None }
}

impl Store {
    /// Stores a symbol's bars, which ascend: all or none. A day that is there already is replaced.
    ///
    /// # Errors
    /// When the database does not do it; then nothing has changed.
    pub async fn put_bars(&self, symbol: &str, bars: &[Bar]) -> Result<(), StoreError> {
        let mut connection = self.writing().await?;
        let outcome = put(&mut connection, symbol, bars).await;
        spared(connection, outcome)
    }

    /// A symbol's bars from one day to another, both included, ascending.
    ///
    /// # Errors
    /// When the database does not answer, or what is stored cannot be read.
    pub async fn bars(&self, symbol: &str, from: Day, to: Day) -> Result<Vec<Bar>, StoreError> {
        let mut connection = self.readers.acquire().await?;
        let mut bars = Vec::new();
        for (year, bytes) in packed(&mut connection, &shelf(symbol), &(from..=to)).await? {
            pack::unpack_bars(&bytes, &mut bars).ok_or_else(|| shelf(symbol).corrupt(year))?;
        }
        bars.truncate(bars.partition_point(|bar| bar.day <= to));
        bars.drain(..bars.partition_point(|bar| bar.day < from));
        Ok(bars)
    }

    /// A symbol's newest bar.
    ///
    /// # Errors
    /// When the database does not answer, or what is stored cannot be read.
    pub async fn last_bar(&self, symbol: &str) -> Result<Option<Bar>, StoreError> {
        let text = "SELECT year, packed FROM bars WHERE symbol = $1 ORDER BY year DESC LIMIT 1";
        let Some(row) = sqlx::query(text).bind(symbol).fetch_optional(&self.readers).await? else {
            return Ok(None);
        };
        let (year, bytes): (i64, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
        let mut bars = Vec::new();
        pack::unpack_bars(&bytes, &mut bars).ok_or_else(|| shelf(symbol).corrupt(year))?;
        Ok(bars.pop())
    }
}

async fn put(connection: &mut AnyConnection, symbol: &str, bars: &[Bar]) -> Result<(), StoreError> {
    let ([first, ..], [.., last]) = (bars, bars) else {
        return Ok(());
    };
    let mut transaction = connection.begin().await?;
    let mut years = BTreeMap::new();
    let mut there: BTreeMap<i64, Vec<u8>> =
        packed(&mut transaction, &shelf(symbol), &(first.day..=last.day)).await?.into_iter().collect();
    for new in bars.chunk_by(|a, b| year(a.day) == year(b.day)) {
        let year = year(new[0].day);
        let mut old = Vec::new();
        // A year that cannot be read any more is replaced by what comes.
        let _ = pack::unpack_bars(&there.remove(&year).unwrap_or_default(), &mut old);
        years.insert(year, pack::bars(&merged(old, new)));
    }
    put_packed(&mut transaction, &shelf(symbol), &years).await?;
    transaction.commit().await?;
    Ok(())
}

/// Old and new bars of a year, ascending; of a day that both have, the new one.
fn merged(mut old: Vec<Bar>, new: &[Bar]) -> Vec<Bar> {
    old.retain(|bar| new.binary_search_by_key(&bar.day, |new| new.day).is_err());
    old.extend(new);
    old.sort_by_key(|bar| bar.day);
    old
}
