//! Which event does what. One match over all kinds; the work is in the files beside.

use super::Board;
use super::run::{RunState, SMALL};
use crate::event::{Event, EventKind, RunStarted};
use crate::phase::Phase;
use crate::record::{Line, LineKind, RunRecord, RunStatus, Trigger, key};
use crate::time::MINUTE;
use crate::verdict;
use crate::wire::Topic;
use crate::words::{plural, thousands};
use std::collections::{HashMap, HashSet};

impl Board {
    /// Applies what an event says and gives the line it deserves, if any.
    pub(super) fn handle(&mut self, event: &Event) -> Option<Line> {
        match &event.kind {
            EventKind::RunStarted(started) => self.run_started(event, started),
            EventKind::RunProgress { phase, progress } => self.run_progress(event, phase.as_ref(), progress),
            EventKind::RunEnded(ended) => self.run_ended(event, ended),
            EventKind::PhaseStarted(started) => self.phase_started(event, started),
            EventKind::PhaseProgress { phase, progress } => self.phase_progress(event, phase, progress),
            EventKind::PhaseEnded(ended) => self.phase_ended(event, ended),
            EventKind::SymbolResult(result) => self.symbol_result(event, result),
            EventKind::Value(value) => self.value(event, value),
            EventKind::Problem(problem) => self.problem(event, problem),
            EventKind::Schedule(schedule) => self.schedule(event, schedule),
            EventKind::Alert(alert) => self.alert(event, alert),
            EventKind::Universe(change) => self.universe(event, change),
            EventKind::Apart(apart) => Self::apart(event, apart),
            EventKind::Health(_) | EventKind::Unknown { .. } => None,
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
        if record.retry_of.is_none() {
            record.retry_of = started.retry_of.clone().filter(|of| *of != record.id);
        }
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
            night: self.nights.of(event.at),
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
            expected: 0,
            missing: 0,
            repaired: 0,
            repaired_new: 0,
            cancel: None,
            accepted: None,
            retry_of: None,
            left: None,
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
            repaired: HashSet::new(),
            known: None,
            expected: None,
            blamed: HashMap::new(),
            counted: HashSet::new(),
            told: [0; 3],
            of_job: false,
            concluded: false,
            announced: false,
            problems: 0,
            heard: event.at,
            jobs: Vec::new(),
            events: 0,
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
        if let Some(job) = event.job.as_deref() {
            return self.run_of_job(job, event, adopted);
        }
        self.only_run()
    }

    /// A job's run. A cache sync has an id of its own, also inside a night: while exactly one night waits for its sync it is that
    /// night's. Started by hand, or while nobody waits, it is a run by itself.
    fn run_of_job(&mut self, job: &str, event: &Event, adopted: bool) -> Option<u32> {
        if let Some(slot) = self.by_id.get(job) {
            return Some(*slot);
        }
        let (phase, by_hand) = match &event.kind {
            EventKind::PhaseStarted(started) => (&started.phase, started.trigger == Some(Trigger::Manual)),
            EventKind::PhaseProgress { phase, .. } => (phase, false),
            EventKind::PhaseEnded(ended) => (&ended.phase, false),
            // An error or a value of a job we never heard of opens nothing.
            _ => return self.only_run(),
        };
        let waits = |run: &RunState| {
            let sync = run.phase_index(&Phase::CacheSync).and_then(|index| run.phases.get(index));
            let open = sync.map_or(run.record.plan.is_empty(), |sync| sync.record.ended.is_none());
            run.running() && open && run.jobs.len() < super::run::JOBS
        };
        let night = self.only_run().filter(|slot| self.runs.get(slot).is_some_and(waits));
        match night.filter(|_| *phase == Phase::CacheSync && !by_hand) {
            Some(slot) => {
                self.by_id.insert(job.to_owned(), slot);
                if let Some(run) = self.runs.get_mut(&slot) {
                    run.jobs.push(job.to_owned());
                }
                Some(slot)
            }
            None => {
                // Whoever hears a job begin hears all of it: it is no part of a night that began earlier.
                let began = matches!(event.kind, EventKind::PhaseStarted(_));
                let slot = self.open_run(job, event, adopted && !began);
                if let Some(run) = self.runs.get_mut(&slot) {
                    run.of_job = true;
                }
                Some(slot)
            }
        }
    }

    /// The run in progress, if there is exactly one.
    pub(super) fn only_run(&self) -> Option<u32> {
        let mut running = self.runs.values().filter(|run| run.running());
        match (running.next(), running.next()) {
            (Some(only), None) => Some(only.slot),
            _ => None,
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
        let leave = ended.len().saturating_sub(super::ENDED_RUNS);
        // However many small runs come in one night: the one that speaks for it stays.
        let speaking = (leave > 0).then(|| verdict::speaking(&self.views())).flatten();
        for slot in ended.into_iter().filter(|slot| Some(*slot) != speaking).take(leave) {
            self.forget(slot);
        }
        let running = self.runs.values().filter(|run| run.running());
        if running.clone().count() > super::RUNNING_RUNS {
            // What little was heard of is the weakest claim: a flood of ids opens runs of one message each.
            let weakest =
                running.filter(|run| run.slot != newest).min_by_key(|run| (run.events.min(20), run.heard));
            if let Some(slot) = weakest.map(|run| run.slot) {
                self.forget(slot);
            }
        }
    }

    /// Whether one more symbol of this run can be kept. Symbols of all runs are bounded together: the run that ended first, or
    /// else the one heard longest ago, keeps its figures and gives up its symbols.
    pub(super) fn room_for_symbol(&mut self, slot: u32) -> bool {
        if self.runs.get(&slot).is_none_or(|run| run.topic.len() >= super::SYMBOLS) {
            return false;
        }
        if self.runs.values().map(|run| run.topic.len()).sum::<usize>() < super::SYMBOLS_IN_ALL {
            return true;
        }
        let seq = self.pending();
        let large = self.runs.values().filter(|run| run.slot != slot && run.topic.len() > SMALL);
        let leaver = large.min_by_key(|run| (run.running(), run.record.ended, run.heard)).map(|run| run.slot);
        let Some(run) = leaver.and_then(|slot| self.runs.get_mut(&slot)) else { return false };
        run.topic.drop_kind('s', seq);
        // Who comes to it now is not new, only forgotten.
        if let Some(expected) = &mut run.expected {
            expected.all = 0;
        }
        let topic = Topic::Run(run.record.id.clone());
        self.mark(true, topic);
        true
    }

    fn forget(&mut self, slot: u32) {
        self.leave(slot);
        let Some(run) = self.runs.remove(&slot) else { return };
        self.by_id.remove(&run.record.id);
        for job in &run.jobs {
            self.by_id.remove(job);
        }
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
