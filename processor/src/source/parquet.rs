//! Bars out of Parquet: flat columns of numbers, dates and tickers, read some thousand rows at a time.
//!
//! Prices are floating point, whole numbers or decimals; a day is a date, a moment in any unit, or what it can be in CSV
//! ([`super::columns`]).
//!
//! Invariant: memory is a batch of rows and a page of each column.

use super::columns::{Column, Layout, day, day_of_number, shown, volume};
use super::{SourceError, Take};
use crate::bar::{Bar, Day};
use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader, RowGroupReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Rows that are read at a time.
const BATCH: usize = 8_192;
/// Bytes of a column in a group of rows: more is no file of bars.
const LARGEST: i64 = 1 << 30;

/// A file that is being read.
pub struct Parquet {
    file: Box<dyn FileReader>,
    names: Vec<String>,
}

impl Parquet {
    /// Reads the names of the columns.
    ///
    /// # Errors
    /// When it is no Parquet file.
    pub fn open<R: ChunkReader + 'static>(input: R) -> Result<Self, SourceError> {
        guarded(|| Self::columns(input))
    }

    fn columns<R: ChunkReader + 'static>(input: R) -> Result<Self, SourceError> {
        let file = SerializedFileReader::new(input).map_err(|cause| broken(&cause))?;
        let schema = file.metadata().file_metadata().schema_descr_ptr();
        // What is nested or repeated is no column of bars.
        let name = |column: &ColumnDescriptor| match column.path().parts() {
            [name] if column.max_rep_level() == 0 => name.clone(),
            _ => String::new(),
        };
        let names = schema.columns().iter().map(|column| name(column)).collect();
        Ok(Self { file: Box::new(file), names })
    }

    /// The names of the columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Reads every row.
    ///
    /// # Errors
    /// When the columns are not those of bars, the file cannot be read to its end, or whoever takes the rows refuses one.
    pub fn each(&self, take: &mut Take) -> Result<(), SourceError> {
        guarded(|| self.rows(take))
    }

    fn rows(&self, take: &mut Take) -> Result<(), SourceError> {
        let layout = Layout::of(&self.names)?;
        let mut row = 0;
        for number in 0..self.file.num_row_groups() {
            let group = self.file.get_row_group(number).map_err(|cause| broken(&cause))?;
            let mut cells: Vec<Option<Cells>> = Vec::new();
            for column in Column::ALL {
                cells.push(layout.at(column).map(|at| Cells::of(group.as_ref(), column, at)).transpose()?);
            }
            loop {
                let mut rows = None;
                for cells in cells.iter_mut().flatten() {
                    let read = cells.read()?;
                    if *rows.get_or_insert(read) != read {
                        let what = format!("column {} has other rows than the first", cells.column.name());
                        return Err(SourceError::Corrupt(what));
                    }
                }
                let rows = rows.unwrap_or(0);
                if rows == 0 {
                    break;
                }
                (0..rows).try_for_each(|at| take_row(&cells, at, row + at, take))?;
                row += rows;
            }
        }
        Ok(())
    }
}

/// A library that breaks over a file breaks the reading of that file, and nothing else.
fn guarded<T>(read: impl FnOnce() -> Result<T, SourceError>) -> Result<T, SourceError> {
    let broken = |_| Err(SourceError::Corrupt("it makes its reader break".to_owned()));
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(broken)
}

fn take_row(cells: &[Option<Cells>], at: usize, row: usize, take: &mut Take) -> Result<(), SourceError> {
    let [Some(date), Some(open), Some(high), Some(low), Some(close), Some(shares), adjusted, symbol] = cells
    else {
        return Ok(());
    };
    let wrong = |column: Column, what: &str| {
        SourceError::Corrupt(format!("row {}, column {}: {what}", row + 1, column.name()))
    };
    let price = |cells: &Cells| cells.numbers[at];
    let bar = match (date.days.get(at).copied().flatten(), volume(price(shares))) {
        (None, _) => Err(wrong(Column::Date, "there is no date")),
        (_, None) => Err(wrong(Column::Volume, "there is no number of shares")),
        (Some(day), Some(volume)) => Ok(Bar {
            day,
            open: price(open),
            high: price(high),
            low: price(low),
            close: price(close),
            volume,
            adjusted: price(adjusted.as_ref().unwrap_or(close)),
        }),
    };
    let Some(symbol) = symbol else { return take(None, bar) };
    let name = symbol.texts[at].as_ref().map(|name| name.data().trim_ascii()).filter(|name| !name.is_empty());
    take(Some(name.ok_or_else(|| wrong(Column::Symbol, "it is empty"))?), bar)
}

/// A column of a group of rows, and what of it was read last: numbers, days or texts.
struct Cells {
    column: Column,
    reader: ColumnReader,
    /// Whether a cell can be empty.
    optional: bool,
    meaning: Meaning,
    numbers: Vec<f64>,
    days: Vec<Option<Day>>,
    texts: Vec<Option<ByteArray>>,
}

/// How a cell is to be understood.
#[derive(Clone, Copy)]
enum Meaning {
    /// A number, divided by this.
    Number(f64),
    /// Days since 1970.
    Days,
    /// So many of a moment's units are a day.
    Moment(i64),
    /// A day as it can be in text.
    AnyDay,
    /// A ticker.
    Text,
}

impl Cells {
    fn of(group: &dyn RowGroupReader, column: Column, at: usize) -> Result<Self, SourceError> {
        let reader = group.get_column_reader(at).map_err(|cause| broken(&cause))?;
        let chunk = group.metadata().column(at);
        if chunk.uncompressed_size() > LARGEST {
            return Err(SourceError::Corrupt(format!("column {} is larger than 1 GiB", column.name())));
        }
        let description = chunk.column_descr();
        let meaning = meaning(column, description, &reader).ok_or_else(|| {
            let kind = format!("{:?}", description.physical_type());
            SourceError::Columns(format!("column {}: {kind} cannot be one", column.name()))
        })?;
        let optional = description.max_def_level() > 0;
        let (numbers, days, texts) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { column, reader, optional, meaning, numbers, days, texts })
    }

    /// Reads the next rows; how many there were.
    fn read(&mut self) -> Result<usize, SourceError> {
        self.numbers.clear();
        self.days.clear();
        self.texts.clear();
        let (meaning, numbers, days, optional) =
            (self.meaning, &mut self.numbers, &mut self.days, self.optional);
        #[expect(clippy::cast_precision_loss, reason = "prices and volumes are far below 2^53")]
        let mut whole = |value: Option<i64>| match meaning {
            Meaning::Number(scale) => numbers.push(value.map_or(f64::NAN, |value| value as f64 / scale)),
            meaning => days.push(value.and_then(|value| meaning.day(value))),
        };
        let read = match &mut self.reader {
            ColumnReader::Int32ColumnReader(reader) => {
                spread(reader, optional, |value| whole(value.map(|value| i64::from(*value))))
            }
            ColumnReader::Int64ColumnReader(reader) => {
                spread(reader, optional, |value| whole(value.copied()))
            }
            ColumnReader::Int96ColumnReader(reader) => {
                spread(reader, optional, |value| whole(value.map(|value| value.to_millis())))
            }
            ColumnReader::FloatColumnReader(reader) => spread(reader, optional, |value| {
                self.numbers.push(value.map_or(f64::NAN, |value| shortest(*value)))
            }),
            ColumnReader::DoubleColumnReader(reader) => {
                spread(reader, optional, |value| self.numbers.push(value.copied().unwrap_or(f64::NAN)))
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                spread(reader, optional, |value| whole(value.and_then(|value| big_endian(value.data()))))
            }
            ColumnReader::ByteArrayColumnReader(reader) => spread(reader, optional, |value| match meaning {
                Meaning::Text => self.texts.push(value.cloned()),
                _ => self.days.push(value.and_then(|value| day(value.data().trim_ascii()))),
            }),
            _ => {
                return Err(SourceError::Columns(format!(
                    "column {} is of a type that bars do not have",
                    self.column.name()
                )));
            }
        };
        read.map_err(|cause| broken(&cause).within(&format!("column {}", self.column.name())))
    }
}

impl Meaning {
    fn day(self, value: i64) -> Option<Day> {
        match self {
            Self::Days => Day::try_from(value).ok(),
            Self::Moment(units) => Day::try_from(value.div_euclid(units)).ok(),
            _ => day_of_number(value),
        }
    }
}

/// What a column's cells mean; `None`: they cannot be what its name says.
fn meaning(column: Column, description: &ColumnDescriptor, reader: &ColumnReader) -> Option<Meaning> {
    use ColumnReader::{
        ByteArrayColumnReader, DoubleColumnReader, FixedLenByteArrayColumnReader, FloatColumnReader,
        Int32ColumnReader, Int64ColumnReader, Int96ColumnReader,
    };
    const SECOND: i64 = 86_400;
    let (logical, converted) = (description.logical_type_ref(), description.converted_type());
    let decimal = converted == ConvertedType::DECIMAL || matches!(logical, Some(LogicalType::Decimal(_)));
    let scale = if decimal { 10_f64.powi(description.type_scale()) } else { 1.0 };
    match (column, reader) {
        (Column::Symbol, ByteArrayColumnReader(_)) => Some(Meaning::Text),
        (Column::Date, Int96ColumnReader(_)) => Some(Meaning::Moment(SECOND * 1_000)),
        (Column::Date, ByteArrayColumnReader(_)) => Some(Meaning::AnyDay),
        (Column::Date, Int32ColumnReader(_) | Int64ColumnReader(_)) => Some(match (logical, converted) {
            (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => Meaning::Days,
            (Some(LogicalType::Timestamp(moment)), _) => Meaning::Moment(match moment.unit {
                TimeUnit::MILLIS => SECOND * 1_000,
                TimeUnit::MICROS => SECOND * 1_000_000,
                TimeUnit::NANOS => SECOND * 1_000_000_000,
            }),
            (None, ConvertedType::TIMESTAMP_MILLIS) => Meaning::Moment(SECOND * 1_000),
            (None, ConvertedType::TIMESTAMP_MICROS) => Meaning::Moment(SECOND * 1_000_000),
            _ => Meaning::AnyDay,
        }),
        (Column::Symbol | Column::Date, _) => None,
        (_, DoubleColumnReader(_) | FloatColumnReader(_)) => Some(Meaning::Number(1.0)),
        (_, Int32ColumnReader(_) | Int64ColumnReader(_)) => Some(Meaning::Number(scale)),
        (_, FixedLenByteArrayColumnReader(_)) if decimal => Some(Meaning::Number(scale)),
        _ => None,
    }
}

/// The next rows of a column, empty cells among them.
fn spread<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    optional: bool,
    mut put: impl FnMut(Option<&T::T>),
) -> Result<usize, ParquetError> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    let (rows, ..) = reader.read_records(BATCH, optional.then_some(&mut levels), None, &mut values)?;
    if !optional {
        values.iter().for_each(|value| put(Some(value)));
        return Ok(values.len());
    }
    let mut values = values.iter();
    for level in levels {
        put(if level > 0 { values.next() } else { None });
    }
    Ok(rows)
}

/// A whole number of any length; `None`: it is larger than any price.
fn big_endian(bytes: &[u8]) -> Option<i64> {
    let sign = if bytes.first()? & 0x80 == 0 { 0 } else { 0xff };
    let (filling, number) = bytes.split_at(bytes.len().saturating_sub(8));
    let mut whole = [sign; 8];
    whole[8 - number.len()..].copy_from_slice(number);
    let value = i64::from_be_bytes(whole);
    (filling.iter().all(|byte| *byte == sign) && (value < 0) == (sign != 0)).then_some(value)
}

/// A number of single precision as it is written down: 0.1, and not what is nearest to it.
fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}

fn broken(cause: &ParquetError) -> SourceError {
    SourceError::Corrupt(shown(cause.to_string().as_bytes()))
}
