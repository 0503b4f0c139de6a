//! Rows as bytes: what belongs to one symbol and year is one value of the database, little-endian.
//!
//! Invariant: what is packed is unpacked bit by bit, or it is refused whole; a length that does not fit is never guessed at.

use crate::bar::{Bar, Day};
use crate::indicators::{COLUMNS, Table};

/// Bytes of a bar.
const BAR: usize = 4 + 5 * 8 + 8;

/// Bars, one after the other.
pub fn bars(bars: &[Bar]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(bars.len() * BAR);
    for bar in bars {
        bytes.extend(bar.day.to_le_bytes());
        for price in [bar.open, bar.high, bar.low, bar.close, bar.adjusted] {
            bytes.extend(price.to_le_bytes());
        }
        bytes.extend(bar.volume.to_le_bytes());
    }
    bytes
}

/// Adds the bars in these bytes.
pub fn unpack_bars(bytes: &[u8], into: &mut Vec<Bar>) -> Option<()> {
    let (bars, []) = bytes.as_chunks::<BAR>() else {
        return None;
    };
    into.reserve(bars.len());
    for bar in bars {
        let mut reader = Reader(bar);
        into.push(Bar {
            day: reader.day()?,
            open: reader.number()?,
            high: reader.number()?,
            low: reader.number()?,
            close: reader.number()?,
            adjusted: reader.number()?,
            volume: i64::from_le_bytes(reader.take()?),
        });
    }
    Some(())
}

/// Some rows of a table: which columns, how many rows, the days, then column by column.
pub fn table(table: &Table, rows: std::ops::Range<usize>) -> Vec<u8> {
    let present = |place: &usize| !table.column(*place).is_empty();
    let places: Vec<usize> = (0..COLUMNS.len()).filter(present).collect();
    let mut bytes = Vec::with_capacity(8 + rows.len() * (4 + 8 * places.len()));
    bytes.extend(places.iter().fold(0_u32, |set, place| set | 1 << place).to_le_bytes());
    bytes.extend(u32::try_from(rows.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend(table.days[rows.clone()].iter().flat_map(|day| day.to_le_bytes()));
    for place in places {
        bytes.extend(table.column(place)[rows.clone()].iter().flat_map(|value| value.to_le_bytes()));
    }
    bytes
}

/// The rows in these bytes.
pub fn unpack_table(bytes: &[u8]) -> Option<Table> {
    let mut reader = Reader(bytes);
    let set = u32::from_le_bytes(reader.take()?);
    let rows = usize::try_from(u32::from_le_bytes(reader.take()?)).ok()?;
    let each = 4 + 8 * usize::try_from(set.count_ones()).ok()?;
    if set >> COLUMNS.len() != 0 || reader.0.len() != rows.checked_mul(each)? {
        return None;
    }
    let mut table = Table::of((0..rows).map(|_| reader.day()).collect::<Option<_>>()?);
    for place in (0..COLUMNS.len()).filter(|place| set >> place & 1 == 1) {
        table.columns[place] = (0..rows).map(|_| reader.number()).collect::<Option<_>>()?;
    }
    Some(table)
}

/// Bytes, read from the front.
pub struct Reader<'a>(pub &'a [u8]);

impl Reader<'_> {
    /// So many bytes.
    pub fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (front, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*front)
    }

    /// One byte.
    pub fn byte(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    /// A day.
    pub fn day(&mut self) -> Option<Day> {
        self.take().map(Day::from_le_bytes)
    }

    /// A number.
    pub fn number(&mut self) -> Option<f64> {
        self.take().map(f64::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_bar() -> impl Strategy<Value = Bar> {
        (any::<Day>(), any::<[f64; 5]>(), any::<i64>()).prop_map(
            |(day, [open, high, low, close, adjusted], volume)| Bar {
                day,
                open,
                high,
                low,
                close,
                volume,
                adjusted,
            },
        )
    }

    proptest! {
        #[test]
        fn bars_come_back_bit_by_bit(some in prop::collection::vec(any_bar(), 0..20), cut in 1..BAR) {
            let bytes = bars(&some);
            let mut back = Vec::new();
            prop_assert_eq!(unpack_bars(&bytes, &mut back), Some(()));
            prop_assert_eq!(bars(&back), bytes.clone());
            prop_assert_eq!(unpack_bars(&bytes[..bytes.len().saturating_sub(cut)], &mut back).is_some(), some.is_empty());
        }

        #[test]
        fn tables_come_back_bit_by_bit(rows in 0_usize..20, set in 0_u32..1 << COLUMNS.len(), seed: u64, cut in 1_usize..8) {
            let mut some = Table::of((0..).take(rows).collect());
            for place in (0..COLUMNS.len()).filter(|place| set >> place & 1 == 1) {
                let bits = |row: usize| f64::from_bits(seed.wrapping_mul((row + place) as u64 + 1));
                some.columns[place] = (0..rows).map(bits).collect();
            }
            let bytes = table(&some, 0..rows);
            let back = unpack_table(&bytes).unwrap();
            prop_assert_eq!(table(&back, 0..rows), bytes.clone());
            prop_assert_eq!(unpack_table(&bytes[..bytes.len() - cut]), None);
        }

        #[test]
        fn any_bytes_are_read_or_refused_without_breaking(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = unpack_table(&bytes);
            let _ = unpack_bars(&bytes, &mut Vec::new());
        }
    }
}
