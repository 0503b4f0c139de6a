//! What the board remembers of one run besides its records: who failed, what was counted, what was applied.

use super::comparable::Known;
use super::expected::Expected;
use super::topic::TopicState;
use crate::phase::Phase;
use crate::record::{Marks, PhaseRecord, PhaseStatus, Progress, RunRecord, RunStatus, Unit};
use crate::time::{MINUTE, Millis};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

/// Most phases of a run that get a row; more are a fault of the producer and are not shown.
pub const PHASES: usize = 16;
/// Most symbols of a run that are kept one by one; beyond, only counts.
pub const SYMBOLS: usize = 20_000;
/// Most symbols of all runs together that are kept one by one.
pub const SYMBOLS_IN_ALL: usize = 60_000;
/// A run with so few records has none worth giving up.
pub(super) const SMALL: usize = 100;
/// Most codes of a run that get a line of their own; the rest is added up as `OTHER`.
pub const CODES: usize = 40;
/// Most deliveries of problems and universe changes that a run remembers, to tell repeats from news.
pub(super) const REMEMBERED: usize = 50_000;
/// Most codes of error messages that wait for their symbol's result.
pub(super) const BLAMED: usize = 12_000;
/// Most jobs that are taken for a part of one run.
pub(super) const JOBS: usize = 8;
/// Most timeframes of a phase.
pub(super) const FRAMES: usize = 16;

/// One run.
#[derive(Debug)]
pub(super) struct RunState {
    pub(super) slot: u32,
    pub(super) record: RunRecord,
    pub(super) phases: Vec<PhaseState>,
    /// Topic `run/<id>`.
    pub(super) topic: TopicState,
    /// Failing symbols with the code under which each is counted.
    pub(super) failing: HashMap<Arc<str>, String>,
    /// Failing symbols, and some that were not reported, that a later run of the same night brought through.
    pub(super) repaired: HashSet<Arc<str>>,
    /// Who failed in the night before. Outer `None`: not looked up yet; inner: there is no night to compare with.
    pub(super) known: Option<Option<Arc<Known>>>,
    /// Who is expected. `None`: not decided yet.
    pub(super) expected: Option<Expected>,
    /// Codes that error messages gave for a symbol in a phase, waiting for the result that needs them.
    pub(super) blamed: HashMap<(Phase, Arc<str>), String>,
    /// Records, values and patterns that single results told of. What a phase says at its end includes them, and the larger
    /// figure stands.
    pub(super) told: [u64; 3],
    /// Problems and universe changes already counted.
    pub(super) counted: HashSet<u64>,
    /// True when a job of its own is this run: it has one phase.
    pub(super) of_job: bool,
    /// True when the end was not said but concluded, because a run that began with a phase ended with it.
    pub(super) concluded: bool,
    /// True when the producer announced the run, so that only the producer can end it.
    pub(super) announced: bool,
    /// How many codes of problems have a record.
    pub(super) problems: usize,
    /// When anything was last heard about it.
    pub(super) heard: Millis,
    /// Ids of jobs that are a part of it.
    pub(super) jobs: Vec<String>,
    /// Events that named it, as far as it matters: who has few is the first to leave when room is short.
    pub(super) events: u32,
}

impl RunState {
    pub(super) fn running(&self) -> bool {
        self.record.status == RunStatus::Running
    }

    /// The codes under which symbols are counted.
    pub(super) fn codes(&self) -> HashSet<&str> {
        self.failing.values().map(String::as_str).collect()
    }

    pub(super) fn phase_index(&self, phase: &Phase) -> Option<usize> {
        self.phases.iter().position(|state| state.record.phase == *phase)
    }
}

/// One phase of a run.
#[derive(Debug)]
pub(super) struct PhaseState {
    pub(super) record: PhaseRecord,
    pub(super) progress: Progress,
    pub(super) marks: Marks,
    /// Symbols done, failed and skipped, by their own results.
    pub(super) results: [u32; 3],
    /// When its start was reported, by the producer's clock: tells a resume from a repeated start.
    pub(super) reported_start: Option<Millis>,
    /// When the symbol or step named last was named.
    current_at: Millis,
    /// True when its end was not said, but concluded because the next phase began.
    pub(super) concluded: bool,
    /// When this attempt began: results from before it belong to an earlier one.
    pub(super) attempt_began: Millis,
    /// Timeframes that have ended by themselves, with their records.
    pub(super) frames_ended: Vec<(String, u64)>,
    /// (when, processed) over the last minute.
    pace: VecDeque<(Millis, u32)>,
}

/// What is remembered of a phase besides its records.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct KeptPhase {
    phase: String,
    results: [u32; 3],
    reported_start: Option<Millis>,
    current_at: Millis,
    concluded: bool,
    attempt_began: Millis,
    frames_ended: Vec<(String, u64)>,
    pace: VecDeque<(Millis, u32)>,
}

impl KeptPhase {
    pub(super) fn phase(&self) -> &str {
        &self.phase
    }

    pub(super) fn restored(self, record: PhaseRecord, progress: Progress, marks: Marks) -> PhaseState {
        let Self {
            results, reported_start, current_at, concluded, attempt_began, frames_ended, pace, ..
        } = self;
        PhaseState {
            record,
            progress,
            marks,
            results,
            reported_start,
            current_at,
            concluded,
            attempt_began,
            frames_ended,
            pace,
        }
    }
}

impl PhaseState {
    pub(super) fn kept(&self) -> KeptPhase {
        KeptPhase {
            phase: self.record.phase.key().to_owned(),
            results: self.results,
            reported_start: self.reported_start,
            current_at: self.current_at,
            concluded: self.concluded,
            attempt_began: self.attempt_began,
            frames_ended: self.frames_ended.clone(),
            pace: self.pace.clone(),
        }
    }

    pub(super) fn new(phase: Phase) -> Self {
        let record = PhaseRecord {
            phase,
            status: PhaseStatus::Waiting,
            unit: Unit::Symbols,
            total: 0,
            started: None,
            ended: None,
            attempt: 1,
            frames: Vec::new(),
        };
        Self {
            record,
            progress: Progress::default(),
            marks: Marks::default(),
            results: [0; 3],
            reported_start: None,
            current_at: Millis::MIN,
            concluded: false,
            attempt_began: Millis::MIN,
            frames_ended: Vec::new(),
            pace: VecDeque::new(),
        }
    }

    /// Timeframes that are named; each once.
    pub(super) fn add_frames(&mut self, frames: &[String]) {
        for frame in frames {
            if self.record.frames.len() < FRAMES && !self.record.frames.contains(frame) {
                self.record.frames.push(frame.clone());
            }
        }
    }

    /// A timeframe has ended. Returns whether it was the last of those that were announced; its records are added to the others'.
    pub(super) fn end_frame(&mut self, frame: &str, records: u64) -> bool {
        if let Some((_, known)) = self.frames_ended.iter_mut().find(|(known, _)| known == frame) {
            *known = (*known).max(records);
        } else if self.frames_ended.len() < FRAMES {
            self.frames_ended.push((frame.to_owned(), records));
        }
        let ended = |wanted: &String| self.frames_ended.iter().any(|(known, _)| known == wanted);
        self.record.frames.iter().all(ended)
    }

    /// Takes the name of the symbol or step in hand, while the phase goes on. Within a millisecond the first word stands, so
    /// that a repeated message never brings an earlier name back.
    pub(super) fn name_current(&mut self, at: Millis, current: Option<&str>) {
        let Some(current) = current else { return };
        if at <= self.current_at || self.record.status != PhaseStatus::Running {
            return;
        }
        self.current_at = at;
        if self.record.unit == Unit::Steps && self.progress.5 != current {
            let known = self.marks.steps.iter().any(|(_, name)| name == current);
            if !known && self.marks.steps.len() < Marks::MAX {
                self.marks.steps.push((at, current.to_owned()));
            }
        }
        current.clone_into(&mut self.progress.5);
    }

    /// Raises the counts to what is now known; they never fall within an attempt. Failures mark their moment.
    pub(super) fn raise(&mut self, at: Millis, processed: u32, failed: u32) {
        if at <= self.attempt_began {
            // News of an earlier attempt says nothing about this one.
            return;
        }
        let skipped = self.progress.skipped().max(self.results[2]);
        let failed = failed.max(self.progress.failed()).max(self.results[1]);
        let counted = self.results.iter().sum();
        let processed = processed.max(self.progress.processed()).max(counted).max(failed + skipped);
        for _ in self.progress.failed()..failed {
            if self.marks.failed.len() < Marks::MAX {
                self.marks.failed.push(at);
            } else {
                break;
            }
        }
        if processed > self.progress.processed() {
            self.progress.4 = self.rate(at, processed);
        }
        self.progress.1 = failed;
        self.progress.2 = skipped;
        self.progress.0 = processed.saturating_sub(failed + skipped);
    }

    /// Per minute over the last 60 s; 0 while less than 15 s of it are known.
    fn rate(&mut self, at: Millis, processed: u32) -> u32 {
        if self.pace.is_empty() {
            self.pace.push_back((self.record.started.unwrap_or(at), self.progress.processed()));
        }
        // One sample a second is enough, and bounds the queue.
        let samples = self.pace.len();
        match self.pace.back_mut() {
            Some(last) if at - last.0 < 1_000 && samples > 1 => last.1 = processed,
            _ => self.pace.push_back((at, processed)),
        }
        while self.pace.len() > 2 && self.pace.get(1).is_some_and(|(when, _)| at - when >= MINUTE) {
            self.pace.pop_front();
        }
        let (since, before) = self.pace.front().copied().unwrap_or((at, processed));
        let span = at - since;
        if span < 15_000 {
            return 0;
        }
        let grown = i64::from(processed.saturating_sub(before));
        u32::try_from(grown.saturating_mul(MINUTE) / span).unwrap_or(u32::MAX)
    }

    /// Begins the next attempt: counts start again, because the producer works on it again.
    pub(super) fn resume(&mut self, at: Millis) {
        if let (Some(from), Some(to)) = (self.record.started, self.record.ended)
            && self.marks.earlier.len() < Marks::ATTEMPTS
        {
            self.marks.earlier.push((from, to));
        }
        self.record.attempt += 1;
        self.record.started = Some(at);
        self.record.status = PhaseStatus::Running;
        self.record.ended = None;
        self.progress = Progress::default();
        self.progress.3 = at;
        self.attempt_began = at;
        self.current_at = at;
        self.results = [0; 3];
        self.frames_ended.clear();
        self.pace.clear();
    }
}
