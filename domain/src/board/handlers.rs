//! Which event does what. One match over all kinds; the work is in the files beside.

use super::Board;
use super::run::RunState;
use crate::event::{Event, EventKind, RunStarted};
use crate::record::{Line, LineKind, Record, RunRecord, RunStatus, Trigger, key};
use crate::time::{self, MINUTE, Millis};
use crate::words::{plural, thousands};
use std::collections::{HashMap, HashSet};

impl Board {
    /// Applies what an event says and gives the line it deserves, if any.
    pub(super) fn handle(&mut self, event: &Event) -> Option<Line> {
        match &event.kind {
            EventKind::RunStarted(started) => self.run_started(event, started),
            EventKind::RunProgress { phase, progress } => self.run_progress(event, phase.as_ref(), progress),
            EventKind::RunEnded(ended) => self.run_ended(event, ended),
            EventKind::PhaseStarted { phase, total, universes } => {
                self.phase_started(event, phase, *total, universes)
            }
            EventKind::PhaseProgress { phase, progress } => self.phase_progress(event, phase, progress),
            EventKind::PhaseEnded(ended) => self.phase_ended(event, ended),
            EventKind::SymbolResult(result) => self.symbol_result(event, result),
            EventKind::Value { phase, symbol, name } => self.value(event, phase, symbol, name),
            EventKind::Problem(problem) => self.problem(event, problem),
            EventKind::Schedule(schedule) => {
                let newer = match self.topic.get("dproducer").map(AsRef::as_ref) {
                    Some(Record::Schedule(known)) => known.at < event.at,
                    _ => true,
                };
                newer.then(|| {
                    self.put_board(&"dproducer".into(), Record::Schedule(schedule.clone()));
                    Self::line(event, LineKind::Server, None, "The producer reported its schedule".into())
                })
            }
            EventKind::Health(_) | EventKind::Neighbour { .. } | EventKind::Unknown { .. } => None,
        }
    }

    fn run_started(&mut self, event: &Event, started: &RunStarted) -> Option<Line> {
        let Some(id) = event.run.as_deref() else {
            self.homeless += 1;
            return None;
        };
        let slot = match self.by_id.get(id) {
            Some(slot) => *slot,
            None => self.open_run(id, event, false),
        };
        let run = self.runs.get_mut(&slot)?;
        let news = !run.announced;
        run.announced = true;
        // A late start fills in what is not known; it never reopens, renames or restarts anything.
        if run.running() {
            run.record.adopted = false;
        }
        let record = &mut run.record;
        record.trigger = record.trigger.or(started.trigger);
        if record.universes.is_empty() {
            record.universes.clone_from(&started.universes);
        }
        if record.plan.is_empty() {
            record.plan = started.phases.iter().take(super::PHASES).cloned().collect();
        }
        record.symbols = record.symbols.max(started.symbols.unwrap_or(0));
        run.heard = run.heard.max(event.at);
        let plan = record.plan.clone();
        for phase in plan {
            self.ensure_phase(slot, &phase);
        }
        self.publish_run(slot);
        let record = &self.runs.get(&slot)?.record;
        news.then(|| Self::line(event, LineKind::Run, Some(record), start_sentence(record)))
    }

    /// Opens a run under a new slot. `adopted`: its start was not heard.
    pub(super) fn open_run(&mut self, id: &str, event: &Event, adopted: bool) -> u32 {
        let slot = self.next_slot;
        self.next_slot += 1;
        let reported_start = event.reported.filter(|reported| (reported - event.at).abs() > 5 * MINUTE);
        let record = RunRecord {
            id: id.to_owned(),
            night: time::night_of(event.at, &self.exchange),
            status: RunStatus::Running,
            trigger: None,
            universes: Vec::new(),
            plan: Vec::new(),
            symbols: 0,
            started: event.at,
            heard: 0,
            reported_start: if adopted { None } else { reported_start },
            ended: None,
            adopted,
            simulated: event.simulated,
            processed: None,
            failed: None,
            failing: 0,
            newly: None,
            records: 0,
            indicators: 0,
            patterns: 0,
            percent: None,
            reason: None,
        };
        let run = RunState {
            slot,
            record,
            phases: Vec::new(),
            topic: super::TopicState::default(),
            failing: HashMap::new(),
            known: None,
            blamed: HashMap::new(),
            counted: HashSet::new(),
            concluded: false,
            announced: false,
            problems: 0,
            heard: event.at,
        };
        self.runs.insert(slot, run);
        self.by_id.insert(id.to_owned(), slot);
        self.arrivals.push_back(slot);
        self.make_room(slot);
        self.publish_run(slot);
        slot
    }

    /// The run an event belongs to: the one it names (opened if unknown), or the only one in progress. An event without a home
    /// is counted, and the sources show it.
    pub(super) fn home_of(&mut self, event: &Event, adopted: bool) -> Option<u32> {
        let home = self.run_of(event, adopted);
        self.homeless += u64::from(home.is_none());
        home
    }

    /// The same, without counting: a problem that belongs to no run is told all the same.
    pub(super) fn run_of(&mut self, event: &Event, adopted: bool) -> Option<u32> {
        if let Some(id) = event.run.as_deref() {
            return match self.by_id.get(id) {
                Some(slot) => Some(*slot),
                None => Some(self.open_run(id, event, adopted)),
            };
        }
        let mut running = self.runs.values().filter(|run| run.running());
        match (running.next(), running.next()) {
            (Some(only), None) => Some(only.slot),
            _ => None,
        }
    }

    /// Notes that a run was heard.
    pub(super) fn hear_run(&mut self, slot: u32, at: Millis) {
        if let Some(run) = self.runs.get_mut(&slot) {
            run.heard = run.heard.max(at);
        }
    }

    /// Keeps the board within its bounds: the oldest ended run leaves, or the running one heard longest ago.
    pub(super) fn make_room(&mut self, newest: u32) {
        let ended: Vec<u32> = self
            .arrivals
            .iter()
            .copied()
            .filter(|slot| self.runs.get(slot).is_some_and(|r| !r.running()))
            .collect();
        if ended.len() > super::ENDED_RUNS {
            for slot in &ended[..ended.len() - super::ENDED_RUNS] {
                self.forget(*slot);
            }
        }
        let running = self.runs.values().filter(|run| run.running());
        if running.clone().count() > super::RUNNING_RUNS {
            // An adopted run is the weakest claim: a stray message may have opened it.
            let weakest =
                running.filter(|run| run.slot != newest).min_by_key(|run| (!run.record.adopted, run.heard));
            if let Some(slot) = weakest.map(|run| run.slot) {
                self.forget(slot);
            }
        }
    }

    fn forget(&mut self, slot: u32) {
        let Some(run) = self.runs.remove(&slot) else { return };
        self.by_id.remove(&run.record.id);
        self.arrivals.retain(|arrived| *arrived != slot);
        let keys: Vec<_> = run.topic.iter().map(|(key, _)| key.clone()).collect();
        for key in keys.iter().filter(|key| key::slot_of(key) == Some(slot)) {
            self.remove_board(key);
        }
    }
}

/// "Run started by the schedule: sp500, 505 symbols, 4 phases".
fn start_sentence(record: &RunRecord) -> String {
    let by = match record.trigger {
        Some(Trigger::Schedule) => "Run started by the schedule",
        Some(Trigger::Manual) => "Run started by hand",
        None => "Run started",
    };
    let mut parts = record.universes.clone();
    if record.symbols > 0 {
        parts.push(format!("{} {}", thousands(u64::from(record.symbols)), plural(record.symbols, "symbol")));
    }
    if !record.plan.is_empty() {
        let phases = u32::try_from(record.plan.len()).unwrap_or(u32::MAX);
        parts.push(format!("{phases} {}", plural(phases, "phase")));
    }
    if parts.is_empty() { by.to_owned() } else { format!("{by}: {}", parts.join(", ")) }
}
