//! Windows over what happened: the feed, and the raw messages of a channel. They are no state: who was away does not get it all,
//! but a count.

use super::topic::Delta;
use crate::record::{Change, Record, Seq};
use std::collections::VecDeque;
use std::sync::Arc;

/// Lines of the feed that the server keeps.
pub const KEPT: usize = 500;
/// Most lines that one frame carries.
pub const CARRIED: usize = 200;

/// The last records of a kind, oldest first.
#[derive(Debug)]
pub(super) struct Window {
    /// First letter of the keys.
    letter: char,
    kept: usize,
    records: VecDeque<Change>,
    /// Records ever added; the number in the newest key.
    added: u64,
}

impl Window {
    /// A window of so many records.
    pub(super) fn new(letter: char, kept: usize) -> Self {
        Self { letter, kept, records: VecDeque::new(), added: 0 }
    }

    /// One that held these.
    pub(super) fn restored(letter: char, kept: usize, mut records: Vec<Change>, added: u64) -> Self {
        for record in &mut records {
            record.changed = 1;
        }
        Self { letter, kept, records: records.into(), added }
    }

    /// All that it holds.
    pub(super) fn all(&self) -> Vec<Change> {
        self.records.iter().cloned().collect()
    }

    /// How many were ever added.
    pub(super) fn added(&self) -> u64 {
        self.added
    }

    pub(super) fn add(&mut self, seq: Seq, record: Record) {
        self.added += 1;
        let key = format!("{}{}", self.letter, self.added).into();
        self.records.push_back(Change { key, changed: seq, record: Some(Arc::new(record)) });
        if self.records.len() > self.kept {
            self.records.pop_front();
        }
    }

    /// What was added after `after`: the newest that fit in a frame, and how many did not.
    pub(super) fn since(&self, after: Seq, newest: Seq) -> Delta {
        let full = after == 0 || after > newest;
        let start = if full { 0 } else { self.records.partition_point(|line| line.changed <= after) };
        // Before the window began, nobody knows how much the asker has missed; only what is still here is counted.
        let wanted = self.records.len() - start;
        let left_out = if full { 0 } else { wanted.saturating_sub(CARRIED) };
        let first = start + wanted.saturating_sub(CARRIED);
        let changes = self.records.range(first..).cloned().collect();
        Delta { full, changes, skipped: u64::try_from(left_out).unwrap_or(u64::MAX) }
    }
}
