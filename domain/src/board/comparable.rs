//! Which night a run is compared with, and who failed in it.
//!
//! The rule is here once: an ended night before ours that speaks for itself, simulated as ours is, of the same universes where
//! both are known, and about as large. Another run of the same night is no night before, and a retry beside a night is none.
//!
//! Invariant: each answer is looked up once per run and kept, so that what the board forgets later changes nothing.

use super::Board;
use super::run::RunState;
use crate::record::{Key, Record, RunRecord, RunStatus, key};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

/// Who failed in the night before, each with the number of nights in a row.
pub(super) type Known = HashMap<Arc<str>, u8>;

/// Whether two counts differ by no more than a tenth of the greater.
pub(super) fn close(one: u64, other: u64) -> bool {
    one.abs_diff(other) * 10 <= one.max(other)
}

fn same_universes(one: &RunRecord, other: &RunRecord) -> bool {
    let (one, other) = (&one.universes, &other.universes);
    let same = one.len() == other.len() && one.iter().all(|universe| other.contains(universe));
    one.is_empty() || other.is_empty() || same
}

impl Board {
    /// Nights that this run can be compared with, the newest first.
    fn comparable(&self, run: &RunState) -> Vec<&RunState> {
        let comparable = |other: &&RunState| {
            let (ours, theirs) = (run.record.symbols, other.record.symbols);
            matches!(other.record.status, RunStatus::Success | RunStatus::Failed)
                && other.record.simulated == run.record.simulated
                && other.record.night < run.record.night
                && (ours == 0 || close(u64::from(ours), u64::from(theirs)))
                && same_universes(&run.record, &other.record)
                && !self.beside(other)
        };
        let mut nights: Vec<&RunState> = self.runs.values().filter(comparable).collect();
        nights.sort_by_key(|other| Reverse((other.record.night, other.record.started, other.slot)));
        nights
    }

    /// Whether it is a retry, or another run of its night is more than twice as large: then it is a part of it.
    fn beside(&self, run: &RunState) -> bool {
        if run.record.retry_of.as_ref().is_some_and(|of| self.run(of).is_some()) {
            return true;
        }
        let twice = u64::from(run.record.symbols) * 2;
        let larger = |other: &RunState| {
            other.record.night == run.record.night && u64::from(other.record.symbols) > twice
        };
        self.runs.values().any(larger)
    }

    /// Who failed in the night before this one that can be compared with it, if it is on the board.
    pub(super) fn known_before(&mut self, slot: u32) -> Option<Arc<Known>> {
        let run = self.runs.get(&slot)?;
        if let Some(known) = &run.known {
            return known.clone();
        }
        let before = self.comparable(run).into_iter().next();
        let known = before.map(|other| {
            let nights = |name: &Arc<str>| match other.topic.get(&key::symbol(name)).map(AsRef::as_ref) {
                Some(Record::Symbol(symbol)) => symbol.nights.max(1),
                _ => 1,
            };
            Arc::new(other.failing.keys().map(|name| (name.clone(), nights(name))).collect::<Known>())
        });
        self.runs.get_mut(&slot)?.known = Some(known.clone());
        known
    }

    /// Keys of the symbols of the last comparable night that told of about as many as this run has. A night that broke off, or
    /// that named its failures only, says nothing about who is expected. A part of a night expects nobody.
    pub(super) fn named_before(&self, run: &RunState) -> Vec<Key> {
        if self.beside(run) {
            return Vec::new();
        }
        let ours = u64::from(run.record.symbols);
        let told = |other: &RunState| {
            let told = other.topic.iter().filter(|(_, record)| match &***record {
                Record::Symbol(symbol) => !symbol.outcomes.is_empty(),
                _ => false,
            });
            told.map(|(key, _)| key.clone()).collect::<Vec<Key>>()
        };
        let nights = self.comparable(run).into_iter().map(told);
        nights.into_iter().find(|named| close(named.len() as u64, ours)).unwrap_or_default()
    }
}
