//! Files in an archive: zip, tar, tar.gz. They are read in their order, as they come; nothing is unpacked into a folder, so that no name
//! leads anywhere.
//!
//! Invariant: of a file no more than [`Limits::file`] bytes are taken, of all together no more than [`Limits::all`], however small the
//! archive. A file that is broken is told, and those after it are read; when the archive breaks off, that is told, too.

use super::SourceError;
use super::shelf::gone;
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use tar::EntryType;
use zip::ZipArchive;
use zip::result::ZipError;

/// How much is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a file, unpacked.
    pub file: u64,
    /// Bytes of a Parquet file in an archive: it is held in memory.
    pub held: u64,
    /// Bytes of all files of an archive, unpacked.
    pub all: u64,
    /// Files.
    pub files: usize,
    /// Bars of files of many symbols, and of archives.
    pub bars: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file: 8 << 30, held: 256 << 20, all: 32 << 30, files: 200_000, bars: 200_000_000 }
    }
}

/// Bytes of something, and an error when there are more than there may be.
pub struct Limited<R> {
    input: R,
    left: u64,
    limit: u64,
}

impl<R> Limited<R> {
    /// So many bytes of it.
    pub fn new(input: R, limit: u64) -> Self {
        Self { input, left: limit, limit }
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(io::Error::other(format!("it has more than {} bytes", self.limit))),
        }
        Ok(read)
    }
}

/// Takes a file: its name in the archive, and its bytes or why there are none. Its error ends the reading of the archive.
pub type TakeFile<'a> = dyn FnMut(&str, Result<&mut dyn Read, String>) -> Result<(), SourceError> + 'a;

/// Whether a file is an archive, by its name.
pub fn is_archive(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".zip", ".tar", ".tar.gz", ".tgz"].iter().any(|ending| name.ends_with(ending))
}

/// Reads all files of an archive. `Ok(Some(_))`: it breaks off, and so; what came before was taken.
pub fn each(path: &Path, limits: &Limits, take: &mut TakeFile) -> Result<Option<String>, SourceError> {
    let name = path.to_string_lossy().to_ascii_lowercase();
    let file = File::open(path).map_err(|cause| gone(path, &cause))?;
    if name.ends_with(".zip") {
        return zip(file, limits, take).map(|()| None);
    }
    let packed = !name.ends_with(".tar");
    let mut end = (!packed).then(|| file.try_clone()).transpose().map_err(|cause| corrupt(&cause))?;
    let input: Box<dyn Read> =
        if packed { Box::new(MultiGzDecoder::new(BufReader::new(file))) } else { Box::new(file) };
    let mut archive = tar::Archive::new(Limited::new(input, limits.all));
    if let Err(cause) = tar(&mut archive, limits, take)? {
        return Ok(Some(ended(&cause)));
    }
    // One that was cut between two files looks like one that ends there, but for its last blocks and its sum.
    let rest = io::copy(&mut archive.into_inner(), &mut io::sink());
    let whole = match (rest, &mut end) {
        (Err(cause), _) => Err(cause),
        (Ok(_), Some(file)) => ends_in_zeros(file),
        (Ok(_), None) => Ok(()),
    };
    Ok(whole.err().map(|cause| ended(&cause)))
}

fn zip(file: File, limits: &Limits, take: &mut TakeFile) -> Result<(), SourceError> {
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|cause| match cause {
        // The list of its files is at its end.
        ZipError::InvalidArchive(_) => SourceError::Corrupt("it is cut off, or no zip archive".to_owned()),
        cause => SourceError::Corrupt(cause.to_string()),
    })?;
    too_many(archive.len(), limits)?;
    let mut left = limits.all;
    for number in 0..archive.len() {
        let name = archive.name_for_index(number).and_then(Result::ok).unwrap_or_default().into_owned();
        match archive.by_index(number) {
            Err(cause) => take(&name, Err(cause.to_string()))?,
            Ok(file) if !file.is_file() => {}
            Ok(file) => {
                let mut file = Limited::new(file, limits.file.min(left));
                take(&name, Ok(&mut file))?;
                left = left.saturating_sub(file.limit - file.left);
            }
        }
    }
    Ok(())
}

/// The inner error: the archive breaks off.
fn tar<R: Read>(
    archive: &mut tar::Archive<R>,
    limits: &Limits,
    take: &mut TakeFile,
) -> Result<io::Result<()>, SourceError> {
    let entries = match archive.entries() {
        Ok(entries) => entries,
        Err(cause) => return Ok(Err(cause)),
    };
    for (number, entry) in entries.enumerate() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(cause) => return Ok(Err(cause)),
        };
        too_many(number, limits)?;
        if !matches!(entry.header().entry_type(), EntryType::Regular | EntryType::Continuous) {
            continue;
        }
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        take(&name, Ok(&mut Limited::new(entry, limits.file)))?;
    }
    Ok(Ok(()))
}

fn too_many(files: usize, limits: &Limits) -> Result<(), SourceError> {
    if files > limits.files {
        return Err(SourceError::Corrupt(format!("there are more than {} files in it", limits.files)));
    }
    Ok(())
}

fn ends_in_zeros(file: &mut File) -> io::Result<()> {
    let mut last = [0; 512];
    file.seek(SeekFrom::End(-512))?;
    file.read_exact(&mut last)?;
    let whole = last.iter().all(|byte| *byte == 0);
    if whole { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

fn ended(cause: &io::Error) -> String {
    let cause = match cause.kind() {
        io::ErrorKind::UnexpectedEof => return "it ends in the middle".to_owned(),
        _ => cause.to_string(),
    };
    // So the library says it when it was passing over a file.
    if cause.contains("unexpected EOF") {
        "it ends in the middle".to_owned()
    } else {
        format!("it breaks off: {cause}")
    }
}

fn corrupt(cause: &io::Error) -> SourceError {
    SourceError::Corrupt(cause.to_string())
}
