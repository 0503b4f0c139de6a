//! What a board needs to be the same board again: after a restart, and at any moment of a past night.
//!
//! A keyframe is text in parts: one part for the board itself, one for each run. A run that has not changed needs no new part,
//! so a keyframe costs what happened since the last one. Records are written as they are on the wire and read by the wire's
//! reader; what a board remembers besides them is in [`KeptRun`] and [`KeptBoard`]. How the link, the server and the ledger
//! are is of this process and not kept.
//!
//! A part is three lines: what is remembered, records, and what is longest: lines of the feed, or a run's symbols. So who does
//! not look at a run's symbols reads no further than its second line ([`Extent`]). In parts that earlier builds wrote, symbols
//! stand among the records; they are read all the same.
//!
//! Invariant: a board restored from a keyframe and told the rest is the board that was told everything
//! (`domain/tests/keep.rs`). What it forgets: numbers of changes and tombstones, which mean nothing in another epoch.

use super::comparable::Known;
use super::expected::Expected;
use super::made::KeptMade;
use super::run::{KeptPhase, PhaseState, RunState};
use super::topic::TopicState;
use super::window::Window;
use super::{Board, KEPT};
use crate::nights::Nights;
use crate::phase::Phase;
use crate::record::{Change, Key, Progress, Record, Seq, key};
use crate::time::Millis;
use crate::wire::{self, Read};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Where a run was when it was kept: while this is the same, its part need not be written again.
pub type Mark = (Seq, Millis, u32);

/// How much of a run's part is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All but the symbols: its first two lines.
    Head,
    /// All of it.
    Whole,
}

/// A part of a keyframe, not yet text: making it costs the hub no more than counting references.
#[derive(Debug)]
pub struct Part<S> {
    state: S,
    changes: Vec<Change>,
    /// What is longest: lines of the feed, or symbols.
    last: Vec<Change>,
}

impl<S: Serialize> Part<S> {
    /// The part as text, without a line break at its end.
    ///
    /// # Errors
    /// Never in practice: there is nothing in it that JSON cannot say.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        let (state, changes) = (serde_json::to_string(&self.state)?, serde_json::to_string(&self.changes)?);
        Ok(format!("{state}\n{changes}\n{}", serde_json::to_string(&self.last)?))
    }
}

/// A keyframe: the board, every run that it knows, and those of them that have changed since they were kept last.
#[derive(Debug)]
pub struct Keyframe {
    /// The board itself.
    pub board: Part<KeptBoard>,
    /// Slots of all its runs.
    pub runs: Vec<u32>,
    /// The changed ones: slot, where it was, and its part.
    pub changed: Vec<(u32, Mark, Part<KeptRun>)>,
}

/// What a board remembers besides its records.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeptBoard {
    next_slot: u32,
    next_gap: u64,
    gaps: Vec<u64>,
    arrivals: Vec<u32>,
    nameless: Vec<u64>,
    producer_at: Millis,
    health_at: Millis,
    listening: Millis,
    homeless: u64,
    strays: HashMap<String, Millis>,
    alerts: Vec<String>,
    lines: u64,
    made: KeptMade,
}

/// What a board remembers of a run besides its records.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeptRun {
    slot: u32,
    phases: Vec<KeptPhase>,
    failing: HashMap<Arc<str>, String>,
    repaired: HashSet<Arc<str>>,
    /// In brackets, because JSON has one null for "not looked up" and "there is none".
    known: Option<(Option<Known>,)>,
    expected: Option<Expected>,
    blamed: Vec<(String, Arc<str>, String)>,
    told: [u64; 3],
    counted: HashSet<u64>,
    of_job: bool,
    concluded: bool,
    announced: bool,
    problems: usize,
    heard: Millis,
    jobs: Vec<String>,
    events: u32,
}

/// Records of this process: another one has its own.
const OURS: [&str; 5] = ["xredis", "xserver", "xingest", "xsaving", "xapi"];

impl Board {
    /// A keyframe of this board. `known` says where each run was when it was kept last.
    #[must_use]
    pub fn keyframe(&self, known: &HashMap<u32, Mark>) -> Keyframe {
        let of_no_run = |key: &Key| {
            let slot =
                if key.starts_with(['r', 'p', 'q', 'm', 'c', 'e', 'y']) { key::slot_of(key) } else { None };
            !slot.is_some_and(|slot| self.runs.contains_key(&slot)) && !OURS.contains(&&**key)
        };
        let all = self.topic.since(0, self.seq).changes;
        let changes = all.into_iter().filter(|change| of_no_run(&change.key)).collect();
        let state = KeptBoard {
            next_slot: self.next_slot,
            next_gap: self.next_gap,
            gaps: self.gaps.iter().copied().collect(),
            arrivals: self.arrivals.iter().copied().collect(),
            nameless: self.nameless_order.iter().copied().collect(),
            producer_at: self.producer_at,
            health_at: self.health_at,
            listening: self.listening,
            homeless: self.homeless,
            strays: self.strays.clone(),
            alerts: self.alerts.ids(),
            lines: self.feed.added(),
            made: self.made.kept(),
        };
        let lines = self.feed.all();
        let changed = self.runs.values().filter_map(|run| {
            let mark = (run.topic.newest(), run.heard, run.events);
            (known.get(&run.slot) != Some(&mark)).then(|| (run.slot, mark, part_of(run, self.seq)))
        });
        Keyframe {
            board: Part { state, changes, last: lines },
            runs: self.runs.keys().copied().collect(),
            changed: changed.collect(),
        }
    }

    /// A board from the texts of a keyframe's parts. `None`: one of them is no such text.
    #[must_use]
    pub fn restored(nights: impl Into<Nights>, board: &str, runs: &[String]) -> Option<Self> {
        let mut restored = Self::without_runs(nights, board)?;
        for text in runs {
            restored.take_run::<Change>(text)?;
        }
        Some(restored.arranged())
    }

    pub(super) fn arranged(mut self) -> Self {
        self.arrivals.retain(|slot| self.runs.contains_key(slot));
        self
    }

    pub(super) fn without_runs(nights: impl Into<Nights>, board: &str) -> Option<Self> {
        let (state, changes, lines): (KeptBoard, Vec<Change>, Option<Vec<Change>>) = parts_of(board)?;
        let mut restored = Self::new(nights);
        restored.seq = 1;
        for change in changes {
            restored.topic.put(1, &change.key, &change.record?);
        }
        restored.feed = Window::restored('l', KEPT, lines?, state.lines);
        restored.next_slot = state.next_slot;
        restored.next_gap = state.next_gap;
        restored.gaps = state.gaps.into();
        restored.nameless = state.nameless.iter().copied().collect();
        restored.nameless_order = state.nameless.into();
        restored.producer_at = state.producer_at;
        restored.health_at = state.health_at;
        restored.listening = state.listening;
        restored.homeless = state.homeless;
        restored.strays = state.strays;
        restored.alerts.restore(state.alerts);
        restored.made.restore(state.made, &restored.topic);
        restored.arrivals = state.arrivals.into();
        restored.restore_commands();
        Some(restored)
    }

    /// A run from its part. Returns its slot.
    pub(super) fn take_run<C: Read + Into<Option<Change>>>(&mut self, text: &str) -> Option<u32> {
        let (state, changes, symbols): (KeptRun, Vec<C>, Option<Vec<Change>>) = parts_of(text)?;
        let mut topic = TopicState::default();
        for change in changes.into_iter().filter_map(Into::into).chain(symbols.into_iter().flatten()) {
            let record = change.record?;
            topic.put(1, &change.key, &record);
            if !change.key.starts_with('s') {
                self.topic.put(1, &change.key, &record);
            }
        }
        let run = run_of(state, topic)?;
        self.by_id.insert(run.record.id.clone(), run.slot);
        for job in &run.jobs {
            self.by_id.insert(job.clone(), run.slot);
        }
        let slot = run.slot;
        self.runs.insert(slot, run);
        Some(slot)
    }
}

fn part_of(run: &RunState, newest: Seq) -> Part<KeptRun> {
    let blamed = run.blamed.iter();
    let state = KeptRun {
        slot: run.slot,
        phases: run.phases.iter().map(PhaseState::kept).collect(),
        failing: run.failing.clone(),
        repaired: run.repaired.clone(),
        known: run.known.as_ref().map(|known| (known.as_deref().cloned(),)),
        expected: run.expected,
        blamed: blamed
            .map(|((phase, symbol), code)| (phase.key().to_owned(), symbol.clone(), code.clone()))
            .collect(),
        told: run.told,
        counted: run.counted.clone(),
        of_job: run.of_job,
        concluded: run.concluded,
        announced: run.announced,
        problems: run.problems,
        heard: run.heard,
        jobs: run.jobs.clone(),
        events: run.events,
    };
    let all = run.topic.since(0, newest).changes;
    let (last, changes) = all.into_iter().partition(|change| change.key.starts_with('s'));
    Part { state, changes, last }
}

fn run_of(kept: KeptRun, topic: TopicState) -> Option<RunState> {
    let slot = kept.slot;
    let Record::Run(record) = &**topic.get(&key::run(slot))? else { return None };
    let record = record.clone();
    let phase = |kept: KeptPhase| {
        let name = Phase::parse(kept.phase());
        let Record::Phase(record) = &**topic.get(&key::phase(slot, &name))? else { return None };
        let progress = match topic.get(&key::progress(slot, &name)).map(AsRef::as_ref) {
            Some(Record::Progress(progress)) => progress.clone(),
            _ => Progress::default(),
        };
        let marks = match topic.get(&key::marks(slot, &name)).map(AsRef::as_ref) {
            Some(Record::Marks(marks)) => marks.clone(),
            _ => crate::record::Marks::default(),
        };
        Some(kept.restored(record.clone(), progress, marks))
    };
    let phases = kept.phases.into_iter().map(phase).collect::<Option<Vec<_>>>()?;
    Some(RunState {
        slot,
        record,
        phases,
        topic,
        failing: kept.failing,
        repaired: kept.repaired,
        known: kept.known.map(|(known,)| known.map(Arc::new)),
        expected: kept.expected,
        blamed: kept
            .blamed
            .into_iter()
            .map(|(phase, symbol, code)| ((Phase::parse(&phase), symbol), code))
            .collect(),
        told: kept.told,
        counted: kept.counted,
        of_job: kept.of_job,
        concluded: kept.concluded,
        announced: kept.announced,
        problems: kept.problems,
        heard: kept.heard,
        jobs: kept.jobs,
        events: kept.events,
    })
}

/// The lines of a part; of a head the last is not there.
fn parts_of<S: for<'a> Deserialize<'a>, C: Read>(text: &str) -> Option<(S, Vec<C>, Option<Vec<Change>>)> {
    let mut lines = text.split('\n');
    let state = serde_json::from_str(lines.next()?).ok()?;
    let changes = wire::read(lines.next()?)?;
    let last = lines.next().map(|line| wire::read(line).ok_or(())).transpose().ok()?;
    Some((state, changes, last))
}
