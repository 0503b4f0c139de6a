//! Bars of many symbols in one file, or in an archive, sorted by symbol: read once, written to a file without a name that goes with the
//! process, found from there.
//!
//! Invariant: memory is [`WAITING`] bars and the places of what was written, whatever is read. What is wrong with one symbol's row is
//! that symbol's; when a file breaks off, every symbol that was in it is refused, because nobody knows what more it had.

use super::SourceError;
use super::columns::{is_symbol, shown};
use crate::bar::{Bar, Day};
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// Bars that wait to be written.
const WAITING: usize = 512 * 1_024;
/// Most bars of a symbol: four hundred years.
pub const MOST: usize = 100_000;
/// Most symbols.
const SYMBOLS: usize = 200_000;
/// Bytes of a bar.
const BYTES: usize = 52;

/// Where so many bars of a symbol stand.
type Place = (u64, u32);

/// Takes bars in any order.
pub struct Sorter {
    file: BufWriter<File>,
    numbers: HashMap<Box<[u8]>, usize>,
    symbols: Vec<Symbol>,
    waiting: usize,
    written: u64,
    most: u64,
    /// Number of the file that is read, and who is in it.
    round: u32,
    touched: Vec<usize>,
    last: usize,
}

struct Symbol {
    name: String,
    round: u32,
    bars: usize,
    waiting: Vec<Bar>,
    places: Vec<Place>,
    wrong: Option<SourceError>,
}

impl Sorter {
    /// For at most so many bars.
    pub fn new(most: u64) -> Result<Self, SourceError> {
        Ok(Self {
            file: BufWriter::with_capacity(1 << 20, tempfile::tempfile().map_err(|cause| full(&cause))?),
            numbers: HashMap::new(),
            symbols: Vec::new(),
            waiting: 0,
            written: 0,
            most,
            round: 0,
            touched: Vec::new(),
            last: 0,
        })
    }

    /// Reads a file that says of each row whose it is, or, where it does not, that is `owner`'s. When it breaks off, whoever was in it
    /// is refused; that is also the answer, and others can be read after it.
    pub fn file(
        &mut self,
        name: &str,
        owner: Option<&str>,
        read: impl FnOnce(&mut super::Take) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        self.round += 1;
        self.touched.clear();
        // Whoever has a file of their own is there, also when there is nothing in it.
        if let Some(owner) = owner {
            self.number(owner.as_bytes())?;
        }
        let outcome = read(&mut |symbol, row| {
            let symbol = symbol.or(owner.map(str::as_bytes));
            let symbol =
                symbol.ok_or_else(|| SourceError::Columns("there is no column symbol".to_owned()))?;
            self.row(symbol, row.map_err(|cause| cause.within(name)))
        });
        let outcome = outcome.map_err(|cause| cause.within(name));
        if let Err(cause) = &outcome {
            let mut touched = std::mem::take(&mut self.touched);
            touched.extend(owner.and_then(|owner| self.number(owner.as_bytes()).ok().flatten()));
            for number in touched {
                self.symbols[number].refuse(cause.clone());
            }
        }
        outcome
    }

    pub(super) fn row(&mut self, name: &[u8], row: Result<Bar, SourceError>) -> Result<(), SourceError> {
        let Some(number) = self.number(name)? else { return Ok(()) };
        let round = self.round;
        let symbol = &mut self.symbols[number];
        if symbol.round != round {
            symbol.round = round;
            self.touched.push(number);
        }
        match row {
            Err(cause) => symbol.refuse(cause),
            Ok(_) if symbol.wrong.is_some() => {}
            Ok(_) if symbol.bars == MOST => {
                symbol.refuse(SourceError::Corrupt(format!("there are more than {MOST} bars")))
            }
            Ok(bar) => {
                symbol.waiting.push(bar);
                symbol.bars += 1;
                self.waiting += 1;
            }
        }
        if self.waiting >= WAITING { self.write() } else { Ok(()) }
    }

    /// The number of a symbol; `None`: nothing can be called so.
    fn number(&mut self, name: &[u8]) -> Result<Option<usize>, SourceError> {
        // Most rows are about whom the row before was about.
        if self.symbols.get(self.last).is_some_and(|symbol| symbol.name.as_bytes() == name) {
            return Ok(Some(self.last));
        }
        if let Some(number) = self.numbers.get(name) {
            self.last = *number;
            return Ok(Some(*number));
        }
        let Some(text) = str::from_utf8(name).ok().filter(|name| is_symbol(name)) else { return Ok(None) };
        if self.symbols.len() == SYMBOLS {
            return Err(SourceError::Corrupt(format!(
                "there are more than {SYMBOLS} symbols, {} the last",
                shown(name)
            )));
        }
        self.last = self.symbols.len();
        self.numbers.insert(name.into(), self.last);
        let (waiting, places) = (Vec::new(), Vec::new());
        self.symbols.push(Symbol { name: text.to_owned(), round: 0, bars: 0, waiting, places, wrong: None });
        Ok(Some(self.last))
    }

    pub(super) fn write(&mut self) -> Result<(), SourceError> {
        self.waiting = 0;
        for symbol in &mut self.symbols {
            if symbol.waiting.is_empty() {
                continue;
            }
            let place =
                (self.written * BYTES as u64, u32::try_from(symbol.waiting.len()).unwrap_or(u32::MAX));
            self.written += u64::from(place.1);
            if self.written > self.most {
                return Err(SourceError::Unreachable(format!(
                    "there are more than {} bars in it",
                    self.most
                )));
            }
            for bar in symbol.waiting.drain(..) {
                self.file.write_all(&packed(&bar)).map_err(|cause| full(&cause))?;
            }
            symbol.places.push(place);
            // What was large once need not stay so.
            symbol.waiting.shrink_to(64);
        }
        Ok(())
    }

    /// Everything is read.
    pub fn finish(mut self) -> Result<Sorted, SourceError> {
        self.write()?;
        let file = self.file.into_inner().map_err(|cause| full(cause.error()))?;
        let of = |symbol: Symbol| (symbol.name, symbol.wrong.map_or(Ok(symbol.places), Err));
        Ok(Sorted { file: Arc::new(Mutex::new(file)), symbols: self.symbols.into_iter().map(of).collect() })
    }
}

impl Symbol {
    /// The first thing that is wrong is the one that is told.
    fn refuse(&mut self, cause: SourceError) {
        self.wrong.get_or_insert(cause);
        self.waiting = Vec::new();
        self.places = Vec::new();
    }
}

/// Bars by symbol.
#[derive(Debug)]
pub struct Sorted {
    file: Arc<Mutex<File>>,
    symbols: BTreeMap<String, Result<Vec<Place>, SourceError>>,
}

impl Sorted {
    /// Who there is.
    pub fn symbols(&self) -> impl Iterator<Item = &str> {
        self.symbols.keys().map(String::as_str)
    }

    /// Whether somebody is there.
    pub fn has(&self, symbol: &str) -> bool {
        self.symbols.contains_key(symbol)
    }

    /// A symbol's bars in the order in which they were read; `None`: it is not there.
    pub fn bars(&self, symbol: &str) -> Option<Result<Vec<Bar>, SourceError>> {
        let places = self.symbols.get(symbol)?;
        Some(places.clone().and_then(|places| self.read(&places).map_err(|cause| full(&cause))))
    }

    fn read(&self, places: &[Place]) -> io::Result<Vec<Bar>> {
        let mut bars = Vec::with_capacity(places.iter().map(|(_, count)| *count as usize).sum());
        let mut bytes = Vec::new();
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        for (at, count) in places {
            bytes.resize(*count as usize * BYTES, 0);
            file.seek(SeekFrom::Start(*at))?;
            file.read_exact(&mut bytes)?;
            bars.extend(bytes.as_chunks::<BYTES>().0.iter().map(unpacked));
        }
        Ok(bars)
    }
}

fn full(cause: &io::Error) -> SourceError {
    SourceError::Unreachable(format!("the folder for temporary files does not serve: {cause}"))
}

fn packed(bar: &Bar) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    bytes[..4].copy_from_slice(&bar.day.to_le_bytes());
    let words = [bar.open, bar.high, bar.low, bar.close, bar.adjusted].map(f64::to_le_bytes);
    for (place, word) in
        bytes[4..].as_chunks_mut::<8>().0.iter_mut().zip(words.into_iter().chain([bar.volume.to_le_bytes()]))
    {
        *place = word;
    }
    bytes
}

fn unpacked(bytes: &[u8; BYTES]) -> Bar {
    let day = Day::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    let mut words = bytes[4..].as_chunks::<8>().0.iter().copied();
    let mut next = || words.next().unwrap_or_default();
    let [open, high, low, close, adjusted] = std::array::from_fn(|_| f64::from_le_bytes(next()));
    Bar { day, open, high, low, close, volume: i64::from_le_bytes(next()), adjusted }
}
