//! Complete after retry: a later run of the same night brings through who failed, or was missing, in an earlier one.
//!
//! The later run's word stands, also when it is taken back: a symbol that came through and then fails in it is not repaired.
//!
//! Invariant: who is repaired did not come through in the run itself, and is taken off as soon as that run tells anything new of
//! it. So [`RunRecord::repaired`](crate::record::RunRecord::repaired) is never more than failed. (What makes up for what:
//! [`crate::retried`].) Tests: `domain/tests/repaired.rs`.

use super::Board;
use super::run::RunState;
use crate::record::{Outcome, Record, key};
use crate::retried::{follows, makes_up};
use std::sync::Arc;

impl Board {
    /// A run has told of a symbol: earlier runs of its night may be better, or worse, for it.
    pub(super) fn repair_earlier(&mut self, slot: u32, symbol: &Arc<str>) {
        let Some(run) = self.runs.get(&slot) else { return };
        let Some(Record::Symbol(record)) = run.topic.get(&key::symbol(symbol)).map(AsRef::as_ref) else {
            return;
        };
        let earlier = |other: &&RunState| follows((&run.record, slot), (&other.record, other.slot));
        let change = |other: &RunState| {
            // Only a failure takes it back: a run that has not come that far says nothing against what another has brought.
            let through = match record.failure() {
                None => other.brought_by(symbol, &record.outcomes).then_some(true),
                Some(_) => Some(false),
            };
            let news = |through: &bool| *through != other.repaired.contains(symbol);
            through.filter(news).map(|through| (other.slot, through))
        };
        let changes: Vec<(u32, bool)> = self.runs.values().filter(earlier).filter_map(change).collect();
        for (other, through) in changes {
            self.set_repaired(other, symbol, through);
        }
    }

    /// What a run says itself of a symbol goes before what a later one said.
    pub(super) fn unrepair(&mut self, slot: u32, symbol: &Arc<str>) {
        if self.runs.get(&slot).is_some_and(|run| run.repaired.contains(symbol)) {
            self.set_repaired(slot, symbol, false);
        }
    }

    fn set_repaired(&mut self, slot: u32, symbol: &Arc<str>, through: bool) {
        let known = self.runs.get(&slot).and_then(|run| run.known.clone().flatten());
        let Some(run) = self.runs.get_mut(&slot) else { return };
        // It is not where it was when it was kept last, whatever of this can be seen.
        run.events = run.events.saturating_add(1);
        if through {
            run.repaired.insert(symbol.clone());
        } else {
            run.repaired.remove(symbol);
        }
        if run.failing.contains_key(symbol) {
            let new = known.is_some_and(|known| !known.contains_key(symbol));
            for (figure, counts) in [(&mut run.record.repaired, true), (&mut run.record.repaired_new, new)] {
                let by = u32::from(counts);
                *figure = if through { *figure + by } else { figure.saturating_sub(by) };
            }
        } else if let Some(expected) = &mut run.expected {
            let untold = expected.untold;
            expected.untold = if through { untold.saturating_sub(1) } else { untold + 1 };
        }
        self.publish_run(slot);
    }
}

impl RunState {
    /// Whether a later run's outcomes make up for what this one lacks of a symbol, which failed, or was expected and is missing.
    fn brought_by(&self, symbol: &Arc<str>, later: &[Outcome]) -> bool {
        let told = match self.topic.get(&key::symbol(symbol)).map(AsRef::as_ref) {
            Some(Record::Symbol(record)) => Some(record.outcomes.as_slice()),
            _ => None,
        };
        let missing = || {
            let expected = told.is_some_and(<[Outcome]>::is_empty);
            expected && (self.missing() > 0 || self.repaired.contains(symbol))
        };
        (self.failing.contains_key(symbol) || missing()) && makes_up(told.unwrap_or_default(), later)
    }
}
