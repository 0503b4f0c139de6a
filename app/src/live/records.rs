//! The records of one topic, one signal each: one change repaints one place.
//!
//! Of two values of a record the one with the higher number stays, and a record that left stays away unless a higher number
//! brings it back. A `full` frame replaces all.

use super::sorted;
use domain::record::{Record, Seq};
use domain::wire::Frame;
use leptos::prelude::*;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A signal, and what it will hold once the locks are released.
type Write = (ArcRwSignal<Option<Arc<Record>>>, Option<Arc<Record>>);

#[derive(Debug)]
struct Entry {
    changed: Seq,
    signal: ArcRwSignal<Option<Arc<Record>>>,
}

/// The records of a topic by key.
#[derive(Debug)]
pub struct Records {
    entries: Mutex<HashMap<Arc<str>, Entry>>,
    /// Changes when keys come or go, and only then.
    index: ArcRwSignal<u64>,
}

impl Records {
    pub(super) fn new() -> Self {
        Self { entries: Mutex::default(), index: ArcRwSignal::new(0) }
    }

    /// The signal of a record, made empty if nobody has sent it yet.
    #[must_use]
    pub fn signal(&self, key: &str) -> ArcRwSignal<Option<Arc<Record>>> {
        let mut entries = lock(&self.entries);
        if let Some(entry) = entries.get(key) {
            return entry.signal.clone();
        }
        let signal = ArcRwSignal::new(None);
        entries.insert(key.into(), Entry { changed: 0, signal: signal.clone() });
        signal
    }

    /// Keys of records of a kind that are there, sorted; follows their coming and going.
    #[must_use]
    pub fn keys(&self, kind: char) -> Vec<Arc<str>> {
        self.index.track();
        let entries = lock(&self.entries);
        let keys: Vec<Arc<str>> = entries
            .iter()
            .filter(|(key, entry)| key.starts_with(kind) && entry.signal.with_untracked(Option::is_some))
            .map(|(key, _)| key.clone())
            .collect();
        sorted(keys, Ord::cmp)
    }

    /// Numbers of another epoch begin: what comes now is newer than anything held.
    pub(super) fn begin_epoch(&self) {
        for entry in lock(&self.entries).values_mut() {
            entry.changed = 0;
        }
    }

    pub(super) fn apply(&self, frame: &Frame) {
        let mut writes: Vec<Write> = Vec::new();
        let mut moved = false;
        {
            let mut entries = lock(&self.entries);
            if frame.full {
                let kept: HashSet<&str> = frame.changes.iter().map(|change| &*change.key).collect();
                for (_, entry) in entries.iter_mut().filter(|(key, _)| !kept.contains(&***key)) {
                    if entry.changed <= frame.to && entry.signal.with_untracked(Option::is_some) {
                        entry.changed = frame.to;
                        writes.push((entry.signal.clone(), None));
                        moved = true;
                    }
                }
            }
            for change in &frame.changes {
                let entry = entries
                    .entry(change.key.clone())
                    .or_insert_with(|| Entry { changed: 0, signal: ArcRwSignal::new(None) });
                if change.changed <= entry.changed {
                    continue;
                }
                entry.changed = change.changed;
                moved |= entry.signal.with_untracked(Option::is_some) != change.record.is_some();
                writes.push((entry.signal.clone(), change.record.clone()));
            }
        }
        // Written after the lock is released: a signal may be read at once by what follows it.
        for (signal, record) in writes {
            signal.set(record);
        }
        if moved {
            self.index.update(|version| *version += 1);
        }
    }
}

/// Nothing panics while holding one of these; and if it did, every step is complete in itself.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
