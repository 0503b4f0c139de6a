//! What is in a folder, an archive or a file: who has a file of their own, and everyone else's bars, sorted.

use super::archive::{Limits, each, is_archive};
use super::columns::is_symbol;
use super::rows::{Kind, Rows, within};
use super::sorted::{Sorted, Sorter};
use super::universe::{self, FOLDER};
use super::{Listed, SourceError};
use crate::bar::Bar;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A change that follows another within this time may have the same stamp.
const RACY: Duration = Duration::from_millis(100);

/// What is there.
#[derive(Debug)]
pub struct Shelf {
    /// A change of any of these is a change of what is there.
    looked: Vec<(PathBuf, Option<Stamp>)>,
    files: BTreeMap<String, Result<PathBuf, SourceError>>,
    sorted: Sorted,
    universes: BTreeMap<String, Result<Vec<Listed>, SourceError>>,
    lacks: Option<String>,
}

type Stamp = (SystemTime, u64);

fn stamp(path: &Path) -> Option<Stamp> {
    let found = fs::metadata(path).ok()?;
    Some((found.modified().ok()?, found.len()))
}

/// A stamp that tells whether it has changed since; `None`: it has just been changed, and may be again.
fn settled(path: &Path) -> Option<Stamp> {
    stamp(path).filter(|(modified, _)| modified.elapsed().map_or(true, |since| since > RACY))
}

impl Shelf {
    /// Whether a file can have bars, by its name.
    pub fn can_be(path: &Path) -> bool {
        let name = name_of(path);
        is_archive(&name) || Kind::of(&name).is_some()
    }

    /// Looks at what is there.
    pub fn read(root: &Path, limits: &Limits) -> Result<Self, SourceError> {
        let found = fs::metadata(root).map_err(|cause| gone(root, &cause))?;
        let mut reading = Reading {
            limits,
            looked: vec![(root.to_owned(), settled(root))],
            files: BTreeMap::new(),
            sorter: Sorter::new(limits.bars)?,
            universes: BTreeMap::new(),
            lacks: None,
        };
        if found.is_dir() {
            reading.folder(root)?;
        } else if is_archive(&name_of(root)) {
            let name = name_of(root);
            let lacks = match each(root, limits, &mut |name, file| reading.entry(name, file)) {
                Err(cause @ SourceError::Unreachable(_)) => return Err(cause),
                Err(cause) => Some(cause.within(&name).what()),
                Ok(cut) => cut.map(|cut| format!("{name}: {cut}")),
            };
            reading.lacks = lacks.or(reading.lacks);
        } else {
            reading.file(root, root)?;
        }
        let Reading { looked, files, sorter, universes, lacks, .. } = reading;
        Ok(Self { looked, files, sorted: sorter.finish()?, universes, lacks })
    }

    /// Whether nothing has changed since.
    pub fn is_as_it_was(&self) -> bool {
        self.looked.iter().all(|(path, then)| then.is_some() && stamp(path) == *then)
    }

    /// Everyone who is there, A to Z.
    pub fn symbols(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.files.keys().map(String::as_str).chain(self.sorted.symbols()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Why not everyone is known who is there.
    pub fn lacks(&self) -> Option<&str> {
        self.lacks.as_deref()
    }

    /// The file of a symbol that has its own.
    pub fn file(&self, symbol: &str) -> Option<Result<&Path, SourceError>> {
        let file = self.files.get(symbol)?;
        match file {
            Ok(path) if self.sorted.has(symbol) => {
                let what = format!("{} is about {symbol}, and so is a file of many symbols", name_of(path));
                Some(Err(SourceError::Corrupt(what)))
            }
            file => Some(file.as_deref().map_err(SourceError::clone)),
        }
    }

    /// The bars of a symbol that has none of its own.
    pub fn sorted(&self, symbol: &str) -> Option<Result<Vec<Bar>, SourceError>> {
        self.sorted.bars(symbol)
    }

    /// A list that is in the archive.
    pub fn universe(&self, name: &str) -> Option<Result<Vec<Listed>, SourceError>> {
        self.universes.get(name).cloned()
    }
}

/// What was found so far.
struct Reading<'l> {
    limits: &'l Limits,
    looked: Vec<(PathBuf, Option<Stamp>)>,
    files: BTreeMap<String, Result<PathBuf, SourceError>>,
    sorter: Sorter,
    universes: BTreeMap<String, Result<Vec<Listed>, SourceError>>,
    lacks: Option<String>,
}

impl Reading<'_> {
    fn folder(&mut self, root: &Path) -> Result<(), SourceError> {
        let entries = fs::read_dir(root).map_err(|cause| gone(root, &cause))?;
        let mut paths = Vec::new();
        for entry in entries {
            let path = entry.map_err(|cause| gone(root, &cause))?.path();
            if Kind::of(&name_of(&path)).is_some() {
                paths.push(path);
            }
            if paths.len() > self.limits.files {
                let what = format!("there are more than {} files in {}", self.limits.files, root.display());
                return Err(SourceError::Unreachable(what));
            }
        }
        paths.sort_unstable();
        paths.iter().try_for_each(|path| self.file(root, path))
    }

    /// A file: it is one symbol's, and read when that is asked for, or it is read now.
    fn file(&mut self, root: &Path, path: &Path) -> Result<(), SourceError> {
        let (name, limit) = (name_of(path), self.limits.file);
        let Some((_, stem)) = Kind::of(&name) else { return Ok(()) };
        let opened = within(root, path).and_then(|file| Rows::of_file(&name, file, limit));
        // What is wrong with a file is told to who asks for its symbol.
        let many = opened.as_ref().is_ok_and(Rows::has_symbols);
        if let (true, Ok(rows)) = (many, opened) {
            self.looked.push((path.to_owned(), settled(path)));
            let read = self.sorter.file(&name, None, |take| rows.each(take));
            return self.read(read);
        }
        if is_symbol(stem) {
            match self.files.entry(stem.to_owned()) {
                Entry::Vacant(place) => drop(place.insert(Ok(path.to_owned()))),
                Entry::Occupied(mut place) => {
                    let what = format!("{name} and another file are both about {stem}");
                    *place.get_mut() = Err(SourceError::Corrupt(what));
                }
            }
        }
        Ok(())
    }

    /// A file of an archive.
    fn entry(&mut self, path: &str, file: Result<&mut dyn Read, String>) -> Result<(), SourceError> {
        let mut parts = path.rsplit(['/', '\\']);
        let (name, folder) = (parts.next().unwrap_or_default(), parts.next());
        if folder == Some(FOLDER) {
            if let Some((universe, is_table)) = universe::of_file(name) {
                let list = file.map_err(SourceError::Corrupt).and_then(|file| universe::read(file, is_table));
                self.universes.insert(universe.to_owned(), list.map_err(|cause| cause.within(path)));
            }
            return Ok(());
        }
        let Some((_, stem)) = Kind::of(name) else { return Ok(()) };
        let rows =
            file.map_err(SourceError::Corrupt).and_then(|file| Rows::of_stream(name, file, self.limits));
        let owner = if rows.as_ref().is_ok_and(Rows::has_symbols) { None } else { Some(stem) };
        let read = self.sorter.file(name, owner, |take| rows.and_then(|rows| rows.each(take)));
        // One symbol's file is that symbol's matter.
        if owner.is_some() && !matches!(read, Err(SourceError::Unreachable(_))) {
            Ok(())
        } else {
            self.read(read)
        }
    }

    /// What becomes of a file of many symbols.
    fn read(&mut self, read: Result<(), SourceError>) -> Result<(), SourceError> {
        match read {
            Err(cause @ SourceError::Unreachable(_)) => return Err(cause),
            Err(cause) => drop(self.lacks.get_or_insert(cause.what())),
            Ok(()) => {}
        }
        Ok(())
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// That nothing is where bars were.
pub fn missing(root: &Path) -> String {
    format!("there is nothing at {}; bring it back, or name another path with --source", root.display())
}

/// Why what has bars cannot be opened.
pub fn gone(root: &Path, cause: &std::io::Error) -> SourceError {
    SourceError::Unreachable(match cause.kind() {
        std::io::ErrorKind::NotFound => missing(root),
        kind => format!("{} cannot be opened: {kind}", root.display()),
    })
}
