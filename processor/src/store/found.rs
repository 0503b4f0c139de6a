//! Patterns that were found: one row per symbol, frame and year.

use super::pack::Reader;
use super::{Shelf, Store, StoreError, packed, put_packed, spared, take_packed, year};
use crate::bar::{Day, Frame};
use crate::patterns::{Found, PATTERNS, RESISTANCE, SUPPORT};
use sqlx::{AnyConnection, Connection};
use std::collections::BTreeMap;

fn shelf(symbol: &str, frame: Frame) -> Shelf<'_> {
    Shelf { table: "found_patterns", symbol, frame: Some(frame.key()) }
}

impl Store {
    /// Stores what was found from a day on: all or none. What was found from that day on before is replaced, whatever the pattern.
    ///
    /// # Errors
    /// When the database does not do it; then nothing has changed.
    pub async fn put_found(
        &self,
        symbol: &str,
        frame: Frame,
        from: Day,
        found: &[Found],
    ) -> Result<(), StoreError> {
        let mut connection = self.writing().await?;
        let outcome = put(&mut connection, &shelf(symbol, frame), from, found).await;
        spared(connection, outcome)
    }

    /// What was found from a day on, ascending.
    ///
    /// # Errors
    /// When the database does not answer, or what is stored cannot be read.
    pub async fn found(&self, symbol: &str, frame: Frame, from: Day) -> Result<Vec<Found>, StoreError> {
        let shelf = shelf(symbol, frame);
        let mut connection = self.readers.acquire().await?;
        let mut all = Vec::new();
        for (year, bytes) in packed(&mut connection, &shelf, &(from..=Day::MAX)).await? {
            all.extend(unpack(&bytes).ok_or_else(|| shelf.corrupt(year))?);
        }
        all.retain(|found| found.day >= from);
        Ok(all)
    }
}

async fn put(
    connection: &mut AnyConnection,
    shelf: &Shelf<'_>,
    from: Day,
    found: &[Found],
) -> Result<(), StoreError> {
    let mut transaction = connection.begin().await?;
    let there = packed(&mut transaction, shelf, &(from..=Day::MAX)).await?;
    let mut years: BTreeMap<i64, Vec<&Found>> = BTreeMap::new();
    let old: Vec<(i64, Vec<Found>)> =
        there.into_iter().map(|(year, bytes)| (year, unpack(&bytes).unwrap_or_default())).collect();
    for (year, old) in &old {
        years.entry(*year).or_default().extend(old.iter().filter(|found| found.day < from));
    }
    for new in found.iter().filter(|found| found.day >= from) {
        years.entry(year(new.day)).or_default().push(new);
    }
    let (empty, full): (BTreeMap<_, _>, BTreeMap<_, _>) =
        years.into_iter().partition(|(_, found)| found.is_empty());
    take_packed(&mut transaction, shelf, empty.keys()).await?;
    let full = full.into_iter().map(|(year, mut found)| {
        found.sort_by_key(|found| found.day);
        (year, pack(&found))
    });
    put_packed(&mut transaction, shelf, &full.collect()).await?;
    transaction.commit().await?;
    Ok(())
}

fn pack(all: &[&Found]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let short = |number: usize| u8::try_from(number).unwrap_or(u8::MAX);
    for found in all {
        let pattern = PATTERNS.iter().position(|pattern| pattern.name == found.pattern).unwrap_or(usize::MAX);
        bytes.extend([short(pattern), found.direction.to_le_bytes()[0], short(found.levels.len())]);
        bytes.extend(found.day.to_le_bytes());
        bytes.extend(found.start.to_le_bytes());
        for number in [found.confidence, found.entry, found.stop, found.target] {
            bytes.extend(number.to_le_bytes());
        }
        for (kind, value) in &found.levels {
            bytes.push(u8::from(*kind == RESISTANCE));
            bytes.extend(value.to_le_bytes());
        }
    }
    bytes
}

fn unpack(bytes: &[u8]) -> Option<Vec<Found>> {
    let (mut reader, mut all) = (Reader(bytes), Vec::new());
    while !reader.0.is_empty() {
        let pattern = PATTERNS.get(usize::from(reader.byte()?))?.name;
        let direction = i8::from_le_bytes([reader.byte()?]);
        let count = reader.byte()?;
        let (day, start) = (reader.day()?, reader.day()?);
        let (confidence, entry, stop, target) =
            (reader.number()?, reader.number()?, reader.number()?, reader.number()?);
        let mut levels = Vec::new();
        for _ in 0..count {
            let kind = if reader.byte()? == 1 { RESISTANCE } else { SUPPORT };
            levels.push((kind, reader.number()?));
        }
        all.push(Found { pattern, day, start, confidence, direction, levels, entry, stop, target });
    }
    Some(all)
}
