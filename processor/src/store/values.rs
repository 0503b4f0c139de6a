//! Values of indicators: one row per symbol, frame and year, a column of numbers for each column of the table.

use super::{Shelf, Store, StoreError, pack, packed, put_packed, spared, take_packed, year};
use crate::bar::{Day, Frame};
use crate::indicators::{COLUMNS, Table};
use sqlx::{AnyConnection, Connection};
use std::collections::BTreeMap;
use std::ops::Range;

fn shelf(symbol: &str, frame: Frame) -> Shelf<'_> {
    Shelf { table: "indicator_values", symbol, frame: Some(frame.key()) }
}

impl Store {
    /// Stores the rows of a table from a day on: all or none. Rows before that day stay as they are, rows from it on are those of
    /// the table; columns that the table does not have keep the values they had.
    ///
    /// # Errors
    /// When the database does not do it; then nothing has changed.
    pub async fn put_values(
        &self,
        symbol: &str,
        frame: Frame,
        table: &Table,
        from: Day,
    ) -> Result<(), StoreError> {
        if table.from(from) == table.days.len() {
            return Ok(());
        }
        let mut connection = self.writing().await?;
        let outcome = put(&mut connection, &shelf(symbol, frame), table, from).await;
        spared(connection, outcome)
    }

    /// A symbol's rows from a day on.
    ///
    /// # Errors
    /// When the database does not answer, or what is stored cannot be read.
    pub async fn values(&self, symbol: &str, frame: Frame, from: Day) -> Result<Table, StoreError> {
        let shelf = shelf(symbol, frame);
        let mut connection = self.readers.acquire().await?;
        let mut all = Table::of(Vec::new());
        for (year, bytes) in packed(&mut connection, &shelf, &(from..=Day::MAX)).await? {
            let one = pack::unpack_table(&bytes).ok_or_else(|| shelf.corrupt(year))?;
            append(&mut all, &one, one.from(from)..one.days.len());
        }
        Ok(all)
    }
}

async fn put(
    connection: &mut AnyConnection,
    shelf: &Shelf<'_>,
    table: &Table,
    from: Day,
) -> Result<(), StoreError> {
    let mut transaction = connection.begin().await?;
    let mut there: BTreeMap<i64, Vec<u8>> =
        packed(&mut transaction, shelf, &(from..=Day::MAX)).await?.into_iter().collect();
    let mut years = BTreeMap::new();
    let mut row = table.from(from);
    while let Some(day) = table.days.get(row) {
        let year = year(*day);
        let end = row + table.days[row..].partition_point(|day| self::year(*day) == year);
        let bytes = match there.remove(&year).and_then(|bytes| pack::unpack_table(&bytes)) {
            Some(old) => {
                let whole = joined(&old, table, row..end, from);
                pack::table(&whole, 0..whole.days.len())
            }
            None => pack::table(table, row..end),
        };
        years.insert(year, bytes);
        row = end;
    }
    put_packed(&mut transaction, shelf, &years).await?;
    // Years after the table's last: they were of days that are no more.
    take_packed(&mut transaction, shelf, there.keys()).await?;
    transaction.commit().await?;
    Ok(())
}

/// A year: the old rows before a day, and rows of a table. Of a column that the table does not have, the old values stay.
fn joined(old: &Table, table: &Table, rows: Range<usize>, from: Day) -> Table {
    let kept = old.from(from);
    let (before, days) = (&old.days[..kept], &table.days[rows.clone()]);
    let mut whole = Table::of(before.iter().chain(days).copied().collect());
    for place in 0..COLUMNS.len() {
        let (there, new) = (old.column(place), table.column(place));
        let of = |day: &Day| old.days.binary_search(day).ok().and_then(|row| there.get(row)).copied();
        let lasting = |day: &Day| of(day).unwrap_or(f64::NAN);
        let column = &mut whole.columns[place];
        match (there.is_empty(), new.is_empty()) {
            (true, true) => {}
            (false, true) => column.extend(before.iter().chain(days).map(lasting)),
            (_, false) => {
                column.extend(before.iter().map(lasting));
                column.extend(&new[rows.clone()]);
            }
        }
    }
    whole
}

/// Adds rows to a table. Where one of both lacks a column, it has no values (NaN).
fn append(whole: &mut Table, part: &Table, rows: Range<usize>) {
    let (before, after) = (whole.days.len(), whole.days.len() + rows.len());
    for (place, column) in whole.columns.iter_mut().enumerate() {
        let values = part.column(place);
        if values.is_empty() && column.is_empty() {
            continue;
        }
        column.resize(before, f64::NAN);
        column.extend(values.get(rows.clone()).unwrap_or_default());
        column.resize(after, f64::NAN);
    }
    whole.days.extend(&part.days[rows]);
}
