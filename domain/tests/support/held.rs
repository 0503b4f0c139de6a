//! A browser that holds what it was sent.

use domain::board::Delta;
use domain::record::{Change, Key, Record, Seq};
use std::collections::HashMap;
use std::sync::Arc;

/// What a browser holds of one topic.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Held {
    /// Its records; a tombstone is kept with its number so that nothing older comes back.
    pub(crate) records: HashMap<Key, (Seq, Option<Arc<Record>>)>,
}

impl Held {
    /// Applies what it was sent.
    pub(crate) fn take(&mut self, delta: &Delta) {
        if delta.full {
            self.records.clear();
        }
        for Change { key, changed, record } in &delta.changes {
            let newer = self.records.get(key).is_none_or(|(known, _)| known < changed);
            if newer {
                self.records.insert(key.clone(), (*changed, record.clone()));
            }
        }
    }

    /// What can be seen.
    pub(crate) fn seen(&self) -> HashMap<Key, (Seq, Arc<Record>)> {
        self.records
            .iter()
            .filter_map(|(key, (seq, record))| Some((key.clone(), (*seq, record.clone()?))))
            .collect()
    }
}
