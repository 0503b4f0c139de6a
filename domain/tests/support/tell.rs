//! Whole runs told in a few words, for tests about one night beside another.

use domain::board::Board;
use domain::event::{
    Counts, Ending, Event, EventKind, PhaseEnded, PhaseStarted, RunEnded, RunStarted, SymbolResult,
};
use domain::phase::Phase;
use domain::record::{Record, RunRecord, Symbol, key};
use domain::time::{DAY, MINUTE, Millis, SECOND, Zone};
use domain::verdict::{Verdict, judge};
use domain::wire::Topic;
use std::sync::Arc;

/// 2026-11-16T21:10:00Z, a Monday.
const MONDAY: Millis = 1_794_863_400_000;

/// A board, the clock of its story, and the run that the story is about.
pub(crate) struct Story {
    pub(crate) board: Board,
    pub(crate) at: Millis,
    run: String,
}

/// Names A to Z: `S000`, `S001` …
pub(crate) fn names(of: std::ops::Range<usize>) -> Vec<String> {
    of.map(|number| format!("S{number:03}")).collect()
}

impl Story {
    pub(crate) fn new() -> Self {
        Self { board: Board::new(Zone::utc()), at: MONDAY, run: String::new() }
    }

    pub(crate) fn tell(&mut self, kind: EventKind) -> &mut Self {
        self.at += SECOND;
        let run = Some(self.run.clone());
        self.board.apply(&Event {
            at: self.at,
            reported: Some(self.at),
            run,
            job: None,
            simulated: self.run.starts_with("sim"),
            fingerprint: 0,
            kind,
        });
        self
    }

    /// A run of so many symbols begins, on a night counted from Monday, after what was told of it already.
    pub(crate) fn begin(&mut self, night: i64, run: &str, symbols: u32, universe: &str) -> &mut Self {
        self.at = self.at.max(MONDAY + night * DAY) + MINUTE;
        self.of(run);
        let universes = if universe.is_empty() { vec![] } else { vec![universe.to_owned()] };
        self.tell(EventKind::RunStarted(RunStarted {
            symbols: Some(symbols),
            universes,
            ..RunStarted::default()
        }))
    }

    /// What is told next is told of this run, which has begun.
    pub(crate) fn of(&mut self, run: &str) -> &mut Self {
        run.clone_into(&mut self.run);
        self
    }

    pub(crate) fn phase(&mut self, phase: &Phase, total: u32) -> &mut Self {
        self.tell(EventKind::PhaseStarted(PhaseStarted::of(phase.clone(), Some(total))))
    }

    pub(crate) fn one(&mut self, phase: &Phase, symbol: &str, success: bool) -> &mut Self {
        self.tell(EventKind::SymbolResult(SymbolResult {
            phase: phase.clone(),
            symbol: symbol.to_owned(),
            success,
            made: Some(5),
            millis: None,
            code: None,
            frames: vec![],
        }))
    }

    /// Results of symbols; who is in `failing` failed.
    pub(crate) fn results(&mut self, phase: &Phase, names: &[String], failing: &[&str]) -> &mut Self {
        for name in names {
            self.one(phase, name, !failing.contains(&name.as_str()));
        }
        self
    }

    pub(crate) fn phase_end(&mut self, phase: &Phase) -> &mut Self {
        self.tell(EventKind::PhaseEnded(PhaseEnded {
            phase: phase.clone(),
            ending: Ending::Success,
            progress: Counts::default(),
            failed_symbols: vec![],
            made: None,
            frame: None,
            universes: vec![],
            tasks: vec![],
            reason: None,
        }))
    }

    pub(crate) fn end(&mut self, ending: Ending) -> &mut Self {
        self.tell(EventKind::RunEnded(RunEnded { ending, processed: None, failed: None, reason: None }))
    }

    /// A whole import of these symbols and its end.
    pub(crate) fn import(&mut self, night: i64, run: &str, names: &[String], failing: &[&str]) -> &mut Self {
        let total = u32::try_from(names.len()).expect("few");
        self.begin(night, run, total, "sp500").phase(&Phase::Import, total);
        self.results(&Phase::Import, names, failing).phase_end(&Phase::Import).end(Ending::Success)
    }

    pub(crate) fn record(&self, run: &str) -> RunRecord {
        self.board.run_view(run).expect("the run").run
    }

    pub(crate) fn verdict(&self, run: &str) -> Verdict {
        judge(self.board.run_view(run).as_ref(), self.at)
    }

    pub(crate) fn symbol(&self, run: &str, name: &str) -> Option<Symbol> {
        let held = self.board.changed_since(&Topic::Run(run.into()), 0)?.changes;
        let found = held.into_iter().find(|change| change.key == key::symbol(name))?.record?;
        match Arc::unwrap_or_clone(found) {
            Record::Symbol(symbol) => Some(symbol),
            _ => None,
        }
    }
}
