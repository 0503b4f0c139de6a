//! A topic: its records, the number of each one's last change, and what left it.
//!
//! This is the one operation of the whole design: [`TopicState::since`] answers "what changed after N" for first paints,
//! reconnects, slow browsers and scripts alike. What left a topic is remembered as tombstones; who asks for a time before
//! the oldest of them gets everything (`full`).

use crate::record::{Change, Key, Record, Seq};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

/// Most tombstones that a topic keeps.
pub const TOMBSTONES: usize = 10_000;

/// What changed in a topic after some number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Delta {
    /// True when this is all there is, and replaces what the asker holds.
    pub full: bool,
    /// Oldest change first.
    pub changes: Vec<Change>,
    /// Lines of the feed that were left out.
    pub skipped: u64,
}

/// The records of one topic.
#[derive(Debug, Default)]
pub(super) struct TopicState {
    records: HashMap<Key, (Seq, Arc<Record>)>,
    /// The same keys by their last change, so that "after N" costs what changed, not what exists.
    order: BTreeSet<(Seq, Key)>,
    gone: VecDeque<(Seq, Key)>,
    /// Who holds less than this may hold records whose tombstones were forgotten.
    floor: Seq,
}

impl TopicState {
    pub(super) fn get(&self, key: &str) -> Option<&Arc<Record>> {
        self.records.get(key).map(|(_, record)| record)
    }

    /// Stores a value; false when it already was so.
    pub(super) fn put(&mut self, seq: Seq, key: &Key, record: &Arc<Record>) -> bool {
        if let Some((changed, old)) = self.records.get_mut(key) {
            if old == record {
                return false;
            }
            self.order.remove(&(*changed, key.clone()));
            *changed = seq;
            *old = record.clone();
        } else {
            self.records.insert(key.clone(), (seq, record.clone()));
        }
        self.order.insert((seq, key.clone()));
        true
    }

    /// Takes a record out and remembers that it left.
    pub(super) fn remove(&mut self, seq: Seq, key: &str) -> bool {
        let Some((key, (changed, _))) = self.records.remove_entry(key) else { return false };
        self.order.remove(&(changed, key.clone()));
        self.gone.push_back((seq, key));
        while self.gone.len() > TOMBSTONES {
            if let Some((forgotten, _)) = self.gone.pop_front() {
                self.floor = self.floor.max(forgotten);
            }
        }
        true
    }

    /// Takes out every record of a kind at once; who holds less than `seq` is sent everything.
    pub(super) fn drop_kind(&mut self, letter: char, seq: Seq) {
        self.records.retain(|key, _| !key.starts_with(letter));
        self.order.retain(|(_, key)| !key.starts_with(letter));
        self.gone.clear();
        self.floor = seq;
    }

    /// Every change after `after`. Zero, a number below the floor, or one from the future gets everything.
    pub(super) fn since(&self, after: Seq, newest: Seq) -> Delta {
        if after == 0 || after < self.floor || after > newest {
            let changes = self.order.iter().filter_map(|(seq, key)| self.change(*seq, key)).collect();
            return Delta { full: true, changes, skipped: 0 };
        }
        let from = (after + 1, Key::from(""));
        let changed = self.order.range(from..).filter_map(|(seq, key)| self.change(*seq, key));
        let start = self.gone.partition_point(|(seq, _)| *seq <= after);
        let gone = self
            .gone
            .range(start..)
            .filter(|(_, key)| !self.records.contains_key(key))
            .map(|(seq, key)| Change { key: key.clone(), changed: *seq, record: None });
        let mut changes: Vec<Change> = changed.chain(gone).collect();
        changes.sort_by_key(|change| change.changed);
        Delta { full: false, changes, skipped: 0 }
    }

    fn change(&self, seq: Seq, key: &Key) -> Option<Change> {
        let (_, record) = self.records.get(key)?;
        Some(Change { key: key.clone(), changed: seq, record: Some(record.clone()) })
    }

    /// Every record, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Key, &Arc<Record>)> {
        self.records.iter().map(|(key, (_, record))| (key, record))
    }

    /// The number of the newest change.
    pub(super) fn newest(&self) -> Seq {
        let gone = self.gone.back().map_or(0, |(seq, _)| *seq);
        self.order.last().map_or(0, |(seq, _)| *seq).max(gone).max(self.floor)
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }
}
