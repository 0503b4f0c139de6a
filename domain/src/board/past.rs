//! The last nights: of a run that left the board its own record stays, told without phases.
//!
//! Invariant: such a record has the verdict and the figures that the run had, a run stands on the board once, and what is kept is
//! bounded: a run of each of the last [`PAST_NIGHTS`], and of the newest [`LISTED`] up to [`BESIDE`] others. Tests: `domain/tests/past.rs`.

use super::Board;
use crate::record::{Key, PAST, Record, RunRecord, RunStatus, key};
use crate::time::DAY;
use crate::verdict::{RunView, Verdict, judge, weight};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Nights of which a run is kept.
pub const PAST_NIGHTS: usize = 30;
/// Nights of which others are kept besides.
pub const LISTED: usize = 7;
/// How many others.
pub const BESIDE: usize = 3;

impl RunView {
    /// The run in one record, which has the same verdict and figures without any phase.
    #[must_use]
    pub fn alone(&self) -> RunRecord {
        let run = &self.run;
        let verdict = judge(Some(self), self.heard().saturating_add(DAY));
        let status = match (run.status, verdict) {
            (RunStatus::Running | RunStatus::Success, Verdict::Failed { .. }) => RunStatus::Failed,
            (RunStatus::Running, Verdict::Silent { .. } | Verdict::Running { .. }) => RunStatus::Running,
            (RunStatus::Running, _) => RunStatus::Success,
            (ended, _) => ended,
        };
        RunRecord {
            status,
            symbols: self.symbols(),
            failed: Some(self.failed()),
            universes: Vec::new(),
            plan: Vec::new(),
            reported_start: None,
            processed: None,
            expected: 0,
            percent: None,
            reason: None,
            ..run.clone()
        }
    }
}

impl Board {
    /// Runs of nights before this board's time: those of them that it does not know.
    pub fn remember(&mut self, runs: impl IntoIterator<Item = RunView>) {
        let of = |run: &RunRecord| (run.id.clone(), run.started);
        let known = self.runs.values().map(|run| &run.record);
        let mut known: BTreeSet<_> = known.chain(self.past().iter().map(|view| &view.run)).map(of).collect();
        for view in runs {
            if known.insert(of(&view.run)) {
                let slot = self.next_slot;
                self.next_slot += 1;
                self.put_past(slot, &view);
            }
        }
        self.bound_past();
        self.commit();
    }

    /// A run is about to leave: if it is over, it stays in the list of the last nights.
    pub(super) fn leave(&mut self, slot: u32) {
        let view = self.runs.get(&slot).map(|run| self.view(run));
        if let Some(view) = view.filter(|view| view.run.status.ended()) {
            self.put_past(slot, &view);
            self.bound_past();
        }
    }

    fn put_past(&mut self, slot: u32, view: &RunView) {
        self.put_board(&key::run(PAST.saturating_add(slot)), Record::Run(view.alone()));
    }

    fn past(&self) -> Vec<RunView> {
        let of = |(key, record): (&Key, &Arc<Record>)| {
            let slot = key::slot_of(key).filter(|slot| *slot >= PAST)?;
            let Record::Run(run) = &**record else { return None };
            Some(RunView { slot, run: run.clone(), phases: Vec::new(), listening: 0 })
        };
        self.topic.iter().filter_map(of).collect()
    }

    fn bound_past(&mut self) {
        let mut past = self.past();
        let nights = past.iter().map(|view| view.run.night);
        let mut nights: Vec<i64> = nights.chain(self.runs.values().map(|run| run.record.night)).collect();
        nights.sort_unstable_by_key(|night| Reverse(*night));
        nights.dedup();
        let all = past.clone();
        past.sort_by_key(|view| Reverse(weight(view, &all)));
        let (mut night, mut others) = (None, 0);
        for view in past {
            let age = nights.iter().position(|night| *night == view.run.night).unwrap_or(usize::MAX);
            others = if night.replace(view.run.night) == Some(view.run.night) { others + 1 } else { 0 };
            if age >= PAST_NIGHTS || others > if age < LISTED { BESIDE } else { 0 } {
                self.remove_board(&key::run(view.slot));
            }
        }
    }
}
