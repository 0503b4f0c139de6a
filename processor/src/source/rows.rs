//! A file of bars that is open, whatever it is.

use super::archive::{Limited, Limits};
use super::columns::has_symbols;
use super::csv::Csv;
use super::parquet::Parquet;
use super::{SourceError, Take};
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// How a file is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Csv,
    /// Text, compressed.
    Packed,
    /// Parquet.
    Parquet,
}

impl Kind {
    /// By its name: what it is, and what it is called without its ending.
    pub fn of(name: &str) -> Option<(Self, &str)> {
        let endings = [(".csv", Self::Csv), (".csv.gz", Self::Packed), (".parquet", Self::Parquet)];
        endings.into_iter().find_map(|(ending, kind)| {
            let (stem, found) = name.split_at_checked(name.len().checked_sub(ending.len())?)?;
            (found.eq_ignore_ascii_case(ending) && !stem.starts_with('.')).then_some((kind, stem))
        })
    }
}

/// A file of bars, its columns read.
pub enum Rows<'f> {
    /// CSV.
    Csv(Csv<Box<dyn Read + 'f>>),
    /// Parquet.
    Parquet(Parquet),
}

impl<'f> Rows<'f> {
    /// A file. Of what is compressed no more than `limit` bytes are taken.
    pub fn of_file(name: &str, file: File, limit: u64) -> Result<Self, SourceError> {
        match Kind::of(name) {
            Some((Kind::Parquet, _)) => Parquet::open(file).map(Self::Parquet),
            Some((kind, _)) => Self::csv(kind, file, limit),
            None => Err(SourceError::NotFound),
        }
    }

    /// A file that comes as a stream.
    pub fn of_stream(name: &str, file: &'f mut dyn Read, limits: &Limits) -> Result<Self, SourceError> {
        match Kind::of(name) {
            Some((Kind::Parquet, _)) => {
                let mut bytes = Vec::new();
                let read = Limited::new(file, limits.held).read_to_end(&mut bytes);
                read.map_err(|cause| SourceError::Corrupt(cause.to_string()))?;
                Parquet::open(Bytes::from(bytes)).map(Self::Parquet)
            }
            Some((kind, _)) => Self::csv(kind, file, limits.file),
            None => Err(SourceError::NotFound),
        }
    }

    fn csv(kind: Kind, file: impl Read + 'f, limit: u64) -> Result<Self, SourceError> {
        let input: Box<dyn Read + 'f> = match kind {
            Kind::Packed => Box::new(Limited::new(MultiGzDecoder::new(file), limit)),
            _ => Box::new(Limited::new(file, limit)),
        };
        Csv::open(input).map(Self::Csv)
    }

    /// Whether it says of each row whose it is.
    pub fn has_symbols(&self) -> bool {
        match self {
            Self::Csv(csv) => has_symbols(csv.names()),
            Self::Parquet(parquet) => has_symbols(parquet.names()),
        }
    }

    /// Reads every row.
    pub fn each(self, take: &mut Take) -> Result<(), SourceError> {
        match self {
            Self::Csv(csv) => csv.each(take),
            Self::Parquet(parquet) => parquet.each(take),
        }
    }
}

/// Opens a file that is within a folder, also after every link on the way.
pub fn within(root: &Path, path: &Path) -> Result<File, SourceError> {
    let real = |path: &Path| path.canonicalize().map_err(|_| SourceError::NotFound);
    let (inside, path) = (real(root)?, real(path)?);
    if !path.starts_with(&inside) {
        return Err(SourceError::Corrupt("it leads out of the folder".to_owned()));
    }
    if !path.is_file() {
        return Err(SourceError::NotFound);
    }
    File::open(&path).map_err(|cause| SourceError::Corrupt(cause.to_string()))
}
