//! Bars out of CSV, by hand over bytes: a night of a large universe is thirty million lines.
//!
//! The first line names the columns ([`super::columns`]). Fields are separated by `,`, `;`, `|` or a tab, whichever the first line has
//! most of, and may be quoted; a separator within quotes is none. Lines end with or without a carriage return, the last one
//! with or without an end.
//!
//! Invariant: memory is one block, whatever the file is. Any bytes are read or refused.

use super::columns::{Column, Layout, QUOTED, bare, day, number, shown, volume};
use super::{SourceError, Take};
use crate::bar::Bar;
use memchr::{memchr, memchr_iter};
use std::io::{ErrorKind, Read};

/// Bytes that are read at a time; the first time fewer, since most files are asked for their columns only.
const BLOCK: usize = 256 * 1_024;
const FIRST: usize = 8 * 1_024;
/// Longest line.
const LONGEST: usize = 64 * 1_024;
/// Most columns.
const COLUMNS: usize = 64;

/// A file that is being read.
pub struct Csv<R> {
    lines: Lines<R>,
    separator: u8,
    names: Vec<String>,
}

impl<R: Read> Csv<R> {
    /// Reads the names of the columns.
    ///
    /// # Errors
    /// When there are none, or the file cannot be read.
    pub fn open(input: R) -> Result<Self, SourceError> {
        let mut lines = Lines { input, block: vec![0; FIRST], from: 0, to: 0, number: 0, plain: Vec::new() };
        let empty = || SourceError::Columns("the file is empty".to_owned());
        let separators = b",;|\t";
        let count = |line: &[u8], separator: u8| memchr_iter(separator, line).count();
        let (_, head) = lines.next(0)?.ok_or_else(empty)?;
        let most = separators.iter().rev().max_by_key(|separator| count(head, **separator));
        let separator = most.copied().unwrap_or(b',');
        // Quotes go only now that the separator is known.
        let head = plain(head, separator, &mut Vec::new())?.to_vec();
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
        let names: Vec<String> = head
            .split(|byte| *byte == separator)
            .map(|name| String::from_utf8_lossy(name.trim_ascii()).into_owned())
            .collect();
        if names.len() > COLUMNS {
            return Err(SourceError::Columns(format!("there are more than {COLUMNS} columns")));
        }
        Ok(Self { lines, separator, names })
    }

    /// The names of the columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Reads every row.
    ///
    /// # Errors
    /// When the columns are not those of bars, the file cannot be read to its end, or whoever takes the rows refuses one.
    pub fn each(mut self, take: &mut Take) -> Result<(), SourceError> {
        let layout = Layout::of(&self.names)?;
        let place = |column| layout.at(column);
        let [Some(date), Some(open), Some(high), Some(low), Some(close), Some(volume)] =
            [Column::Date, Column::Open, Column::High, Column::Low, Column::Close, Column::Volume].map(place)
        else {
            return Ok(());
        };
        let places = Places {
            date,
            prices: [open, high, low, close, place(Column::Adjusted).unwrap_or(close)],
            volume,
        };
        let symbol = place(Column::Symbol);
        self.lines.block.resize(BLOCK, 0);
        while let Some((number, line)) = self.lines.next(self.separator)? {
            let fields = Fields::of(line, self.separator);
            let row =
                places.bar(&fields).map_err(|what| SourceError::Corrupt(format!("line {number}, {what}")));
            let Some(at) = symbol else {
                take(None, row)?;
                continue;
            };
            let name = fields.get(at).filter(|name| !name.is_empty());
            let name = name
                .ok_or_else(|| SourceError::Corrupt(format!("line {number}, column symbol: it is empty")))?;
            take(Some(name), row)?;
        }
        Ok(())
    }
}

/// Where the numbers of a bar stand.
struct Places {
    date: usize,
    prices: [usize; 5],
    volume: usize,
}

impl Places {
    fn bar(&self, fields: &Fields) -> Result<Bar, String> {
        let wrong = |column: Column, field: Option<&[u8]>, what: &str| match field {
            None => format!("column {}: the line is too short", column.name()),
            Some(field) => format!("column {}: {} is no {what}", column.name(), shown(field)),
        };
        let date = fields.get(self.date);
        let day = date.and_then(day).ok_or_else(|| wrong(Column::Date, date, "date"))?;
        let columns = [Column::Open, Column::High, Column::Low, Column::Close, Column::Adjusted];
        let mut prices = [0.0; 5];
        for ((price, at), column) in prices.iter_mut().zip(self.prices).zip(columns) {
            let field = fields.get(at);
            *price = field.and_then(number).ok_or_else(|| wrong(column, field, "number"))?;
        }
        let [open, high, low, close, adjusted] = prices;
        let field = fields.get(self.volume);
        let volume = field
            .and_then(number)
            .and_then(volume)
            .ok_or_else(|| wrong(Column::Volume, field, "number of shares"))?;
        Ok(Bar { day, open, high, low, close, volume, adjusted })
    }
}

/// The fields of a line.
struct Fields<'a> {
    line: &'a [u8],
    ends: [u32; COLUMNS],
    count: usize,
}

impl<'a> Fields<'a> {
    fn of(line: &'a [u8], separator: u8) -> Self {
        let (mut ends, mut count) = ([0; COLUMNS], 0);
        #[expect(clippy::cast_possible_truncation, reason = "a line is short")]
        for end in memchr_iter(separator, line).chain([line.len()]).take(COLUMNS) {
            ends[count] = end as u32;
            count += 1;
        }
        Self { line, ends, count }
    }

    fn get(&self, at: usize) -> Option<&'a [u8]> {
        let from = if at == 0 { 0 } else { self.ends[at - 1] as usize + 1 };
        (at < self.count).then(|| self.line[from..self.ends[at] as usize].trim_ascii())
    }
}

/// Reads a small table: every row with its line and its cells, each with its column's bare name.
///
/// # Errors
/// When the text is no table, or whoever takes the rows refuses one.
pub fn table(
    text: &[u8],
    mut row: impl FnMut(usize, &[(String, Vec<u8>)]) -> Result<(), SourceError>,
) -> Result<(), SourceError> {
    let Csv { mut lines, separator, names } = Csv::open(text)?;
    let names: Vec<String> = names.iter().map(|name| bare(name)).collect();
    while let Some((number, line)) = lines.next(separator)? {
        let fields = Fields::of(line, separator);
        let cell = |(at, name): (usize, &String)| {
            let whole = |byte: &u8| if *byte == QUOTED { separator } else { *byte };
            Some((name.clone(), fields.get(at)?.iter().map(whole).collect()))
        };
        let cells: Vec<(String, Vec<u8>)> = names.iter().enumerate().filter_map(cell).collect();
        row(usize::try_from(number).unwrap_or(usize::MAX), &cells)?;
    }
    Ok(())
}

/// A line without its quotes. A separator that stood between them is [`QUOTED`].
fn plain<'a>(line: &'a [u8], separator: u8, scratch: &'a mut Vec<u8>) -> Result<&'a [u8], SourceError> {
    if memchr(b'"', line).is_none() {
        return Ok(line);
    }
    scratch.clear();
    let mut within = false;
    for byte in line {
        match byte {
            b'"' => within = !within,
            byte if within && *byte == separator => scratch.push(QUOTED),
            byte => scratch.push(*byte),
        }
    }
    if within {
        Err(SourceError::Corrupt("a quote is not closed in its line".to_owned()))
    } else {
        Ok(scratch)
    }
}

/// Lines out of blocks.
struct Lines<R> {
    input: R,
    block: Vec<u8>,
    from: usize,
    to: usize,
    number: u64,
    plain: Vec<u8>,
}

impl<R: Read> Lines<R> {
    /// The next line that is not empty, with its number, without quotes; separator 0 leaves them.
    fn next(&mut self, separator: u8) -> Result<Option<(u64, &[u8])>, SourceError> {
        loop {
            let Some((from, to)) = self.line()? else { return Ok(None) };
            self.number += 1;
            if self.block[from..to].trim_ascii().is_empty() {
                continue;
            }
            let number = self.number;
            let line = &self.block[from..to];
            return match separator {
                0 => Ok(Some((number, line))),
                separator => plain(line, separator, &mut self.plain)
                    .map(|line| Some((number, line)))
                    .map_err(|cause| cause.within(&format!("line {number}"))),
            };
        }
    }

    /// Where the next line stands in the block.
    fn line(&mut self) -> Result<Option<(usize, usize)>, SourceError> {
        let mut seen = self.from;
        loop {
            if let Some(end) = memchr(b'\n', &self.block[seen..self.to]) {
                let (from, to) = (self.from, seen + end);
                self.from = to + 1;
                return Ok(Some((from, to)));
            }
            if self.to - self.from > LONGEST {
                return Err(SourceError::Corrupt(format!("line {} is longer than 64 KiB", self.number + 1)));
            }
            self.block.copy_within(self.from..self.to, 0);
            (self.from, self.to) = (0, self.to - self.from);
            seen = self.to;
            if self.block.len() - self.to < FIRST / 2 {
                self.block.resize(self.block.len() + LONGEST, 0);
            }
            let read = match self.input.read(&mut self.block[self.to..]) {
                Err(cause) if cause.kind() == ErrorKind::Interrupted => continue,
                read => read.map_err(|cause| self.broken(&cause))?,
            };
            self.to += read;
            if read == 0 {
                let rest = (self.from, self.to);
                self.from = self.to;
                return Ok((rest.0 < rest.1).then_some(rest));
            }
        }
    }

    fn broken(&self, cause: &std::io::Error) -> SourceError {
        let line = self.number;
        SourceError::Corrupt(match cause.kind() {
            ErrorKind::UnexpectedEof => format!("it ends in the middle, after line {line}"),
            _ => format!("after line {line}: {cause}"),
        })
    }
}
