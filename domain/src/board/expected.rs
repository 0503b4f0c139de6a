//! Who is expected tonight, and who was not reported: silence is a failure too.
//!
//! A producer gives a number and no names. So the names are those of the last comparable night, put into the run's topic
//! before anything is heard of them. Who of them is still without a result when the producer was through is missing.
//!
//! Invariant: who is expected is decided once per run, with the first word of its size. What is missing follows from what is
//! known at that moment and is 0 while the phase that names symbols runs.

use super::Board;
use super::run::{PhaseState, RunState, SYMBOLS};
use crate::phase::Phase;
use crate::record::{PhaseStatus, Record, RunStatus, Symbol, Unit};
use serde::{Deserialize, Serialize};

/// Who the night before lets expect.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Expected {
    /// How many; 0: nobody, so that nobody is new either.
    pub(super) all: u32,
    /// How many of them neither this run nor a later one of its night has told of.
    pub(super) untold: u32,
}

impl PhaseState {
    /// Whether its producer tells of its symbols one by one: of half of those that it counts, or more.
    fn names_symbols(&self) -> bool {
        let named: u32 = self.results.iter().sum();
        self.record.unit == Unit::Symbols && named > 0 && named.saturating_mul(2) >= self.progress.processed()
    }
}

impl RunState {
    /// How many were expected and not reported: once the import is done, or the run has ended well.
    pub(super) fn missing(&self) -> u32 {
        let done = |state: &PhaseState| {
            let import = state.record.phase == Phase::Import && state.record.status == PhaseStatus::Done;
            import || self.record.status == RunStatus::Success
        };
        let over = self.phases.iter().any(|state| done(state) && state.names_symbols());
        // A phase that is being taken up again may still tell of them.
        let again = |state: &PhaseState| {
            state.record.phase == Phase::Import && state.record.status == PhaseStatus::Running
        };
        let untold = self.expected.map_or(0, |expected| expected.untold);
        if over && !self.phases.iter().any(again) { untold } else { 0 }
    }
}

impl Board {
    /// Decides who is expected, as soon as the run's size is known.
    pub(super) fn expect(&mut self, slot: u32) {
        let Some(run) = self.runs.get(&slot) else { return };
        if run.expected.is_some() || run.record.symbols == 0 {
            return;
        }
        let mut names = if run.running() { self.named_before(run) } else { Vec::new() };
        if run.topic.len() + names.len() > SYMBOLS {
            names.clear();
        }
        names.sort();
        let mut expected = Expected::default();
        for name in &names {
            let told = self.runs.get(&slot).is_some_and(|run| run.topic.get(name).is_some());
            if !told {
                if !self.room_for_symbol(slot) {
                    // Without all of them nobody can be called new.
                    expected.all = 0;
                    break;
                }
                self.put_in_run(slot, name, Record::Symbol(Symbol::default()));
                expected.untold += 1;
            }
            expected.all += 1;
        }
        if let Some(run) = self.runs.get_mut(&slot) {
            run.expected = Some(expected);
            run.record.expected = expected.all;
        }
    }
}
