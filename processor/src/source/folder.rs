//! A folder, an archive or a single file of bars, in CSV or Parquet.
//!
//! A file has the bars of the symbol that it is called after, or, where it has a column of symbols, of all that stand there. What has a
//! file of its own in a folder is read when it is asked for; everything else is sorted once ([`super::sorted`]) and again when it has
//! changed.
//!
//! Invariant: a name that is asked for never becomes a path; it is looked up among those that were found. What leads out of the folder
//! is not followed.

use super::archive::Limits;
use super::rows::{Rows, within};
use super::shelf::{Shelf, missing};
use super::sorted::MOST;
use super::universe::{FOLDER, is_name};
use super::{Listed, Source, SourceError, universe};
use crate::bar::{Bar, Day};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Universes that are all there is, where nobody lists them.
const ALL: [&str; 2] = ["all", "sp500"];
/// Within which time a change is noticed. (A universe is always looked up anew.)
const NOTICED: Duration = Duration::from_secs(1);

/// Files as a source.
#[derive(Clone, Debug)]
pub struct FolderSource(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    root: PathBuf,
    limits: Limits,
    shelf: Mutex<Option<(Arc<Shelf>, Instant)>>,
}

impl FolderSource {
    /// Files at a path. They need not be there yet: a disk that is away may come.
    ///
    /// # Errors
    /// When what is there can have no bars: a sentence.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, String> {
        Self::limited(root.into(), Limits::default())
    }

    pub(super) fn limited(root: PathBuf, limits: Limits) -> Result<Self, String> {
        if root.is_file() && !Shelf::can_be(&root) {
            return Err(format!(
                "{} is no folder, and none of .csv, .csv.gz, .parquet, .zip, .tar, .tar.gz",
                root.display()
            ));
        }
        Ok(Self(Arc::new(Inner { root, limits, shelf: Mutex::new(None) })))
    }

    /// Does work on files apart from everything that waits.
    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, SourceError> + Send + 'static,
    ) -> Result<T, SourceError> {
        let inner = self.0.clone();
        let done = tokio::task::spawn_blocking(move || work(&inner)).await;
        done.unwrap_or_else(|cause| Err(SourceError::Corrupt(cause.to_string())))
    }
}

impl Source for FolderSource {
    fn name(&self) -> &'static str {
        "files"
    }

    async fn universe(&self, name: &str) -> Result<Vec<Listed>, SourceError> {
        let name = name.to_owned();
        self.apart(move |inner| inner.universe(&name)).await
    }

    async fn bars(&self, symbol: &str, from: Day, to: Day, _: u32) -> Result<Vec<Bar>, SourceError> {
        let symbol = symbol.to_owned();
        self.apart(move |inner| inner.bars(&symbol, from, to)).await
    }
}

impl Inner {
    /// What is there now.
    fn shelf(&self, noticed: Duration) -> Result<Arc<Shelf>, SourceError> {
        // Whoever comes while it is read waits for it, and does not read it again.
        let mut kept = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((shelf, looked)) = kept.as_mut() {
            if looked.elapsed() < noticed {
                return Ok(shelf.clone());
            }
            if shelf.is_as_it_was() {
                *looked = Instant::now();
                return Ok(shelf.clone());
            }
        }
        *kept = None;
        let shelf = Arc::new(Shelf::read(&self.root, &self.limits)?);
        *kept = Some((shelf.clone(), Instant::now()));
        Ok(shelf)
    }

    fn universe(&self, name: &str) -> Result<Vec<Listed>, SourceError> {
        let unknown = || SourceError::UnknownUniverse(name.to_owned());
        if !is_name(name) {
            return Err(unknown());
        }
        let shelf = self.shelf(Duration::ZERO)?;
        if let Some(listed) = shelf.universe(name) {
            return listed;
        }
        // Beside an archive, too.
        let folder = if self.root.is_dir() { &self.root } else { self.root.parent().unwrap_or(&self.root) };
        if let Some(listed) = listed_in(folder, name) {
            return listed;
        }
        if !ALL.contains(&name) {
            return Err(unknown());
        }
        // A list that lacks somebody would be taken for a change.
        let symbols = shelf.symbols();
        match shelf.lacks() {
            Some(why) => Err(SourceError::Corrupt(format!(
                "{why}; put a whole copy in its place, since without it nobody knows who is there"
            ))),
            // A disk that is not mounted leaves an empty folder: nobody left a universe by that.
            None if symbols.is_empty() => Err(SourceError::Unreachable(format!(
                "there are no bars in {}; put files such as AAPL.csv there",
                self.root.display()
            ))),
            None => Ok(symbols.into_iter().map(Listed::new).collect()),
        }
    }

    fn bars(&self, symbol: &str, from: Day, to: Day) -> Result<Vec<Bar>, SourceError> {
        let shelf = self.shelf(NOTICED)?;
        let mut bars = match shelf.file(symbol) {
            Some(path) => self.own(path?, symbol)?,
            None => match (shelf.sorted(symbol), shelf.lacks()) {
                (Some(bars), _) => bars?,
                (None, Some(why)) => {
                    return Err(SourceError::Corrupt(format!("it is not in what could be read: {why}")));
                }
                (None, None) => return Err(SourceError::NotFound),
            },
        };
        // Many files have the newest first. Two of a day stay two.
        if !bars.is_sorted_by_key(|bar| bar.day) {
            bars.sort_by_key(|bar| bar.day);
        }
        bars.retain(|bar| (from..=to).contains(&bar.day));
        Ok(bars)
    }

    /// The bars of a file that is one symbol's.
    fn own(&self, path: &Path, symbol: &str) -> Result<Vec<Bar>, SourceError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut bars = Vec::new();
        let file = within(&self.root, path).map_err(|cause| match cause {
            // It went away since it was found: the next look says whether everything did.
            SourceError::NotFound if self.root.exists() => SourceError::NotFound,
            SourceError::NotFound => SourceError::Unreachable(missing(&self.root)),
            cause => cause.within(&name),
        })?;
        let mut take = |other: Option<&[u8]>, row: Result<Bar, SourceError>| {
            if other.is_some_and(|other| other != symbol.as_bytes()) {
                return Err(SourceError::Corrupt(
                    "it has changed while it was read: there are others in it".to_owned(),
                ));
            }
            if bars.len() == MOST {
                return Err(SourceError::Corrupt(format!("there are more than {MOST} bars")));
            }
            bars.push(row?);
            Ok(())
        };
        let read = Rows::of_file(&name, file, self.limits.file).and_then(|rows| rows.each(&mut take));
        read.map_err(|cause| cause.within(&name)).map(|()| bars)
    }
}

/// A universe by the list that is in a folder; `None`: there is none. The name is a universe's, not a path.
pub(super) fn listed_in(folder: &Path, name: &str) -> Option<Result<Vec<Listed>, SourceError>> {
    let read = |(ending, is_table): (&str, bool)| {
        let path = format!("{FOLDER}/{name}.{ending}");
        let file = within(folder, &folder.join(&path)).ok()?;
        Some(universe::read(file, is_table).map_err(|cause| cause.within(&path)))
    };
    is_name(name).then(|| [("txt", false), ("csv", true)].into_iter().find_map(read)).flatten()
}
