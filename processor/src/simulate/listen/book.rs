//! What the simulator plays and has played. Bounded: twenty runs with who failed in them, a hundred cache syncs.
//!
//! Invariant: one run at a time.

use super::tally::Tally;
use crate::listen::Mode;
use crate::publish::now;
use crate::simulate::script::{Asked, Step, Task};
use domain::phase::Phase;
use domain::time::Millis;
use std::collections::VecDeque;
use tokio::sync::watch;

/// Runs that are remembered.
const RUNS: usize = 20;
/// Cache syncs that are remembered.
const JOBS: usize = 100;

/// A run.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its id.
    pub id: String,
    /// What it is.
    pub task: Task,
    /// When it began.
    pub started: Millis,
    /// When it was over.
    pub ended: Option<Millis>,
    /// How: in words of the contract; `unknown` when nobody said.
    pub status: &'static str,
    /// What it said.
    pub tally: Tally,
}

/// A cache sync.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// What it does.
    pub mode: Mode,
    /// When it began.
    pub started: Millis,
    /// When it was over.
    pub ended: Option<Millis>,
    /// How it is.
    pub status: &'static str,
}

/// The run in progress.
pub struct Current {
    /// The run.
    pub run: Run,
    /// Its phases.
    pub phases: Vec<Phase>,
    /// Which part of it has been told, 0 to 1.
    pub share: f64,
    /// When it will be over.
    pub until: Option<Millis>,
    cancel: watch::Sender<bool>,
}

/// What is remembered.
#[derive(Default)]
pub struct Book {
    /// In progress.
    pub current: Option<Current>,
    /// Newest first.
    pub runs: VecDeque<Run>,
    /// Newest first.
    pub jobs: VecDeque<Job>,
    /// Ids under which a command was accepted: the same one again starts nothing.
    accepted: VecDeque<String>,
    number: u64,
}

impl Book {
    /// Whether a command was accepted under this id, or a run has it.
    pub fn knows(&self, id: &str) -> bool {
        self.accepted.iter().any(|known| known == id)
            || self.current.as_ref().is_some_and(|current| current.run.id == id)
            || self.runs.iter().any(|run| run.id == id)
    }

    /// A command was accepted under this id. Returns how many were before.
    pub fn accept(&mut self, id: &str) -> u64 {
        push(&mut self.accepted, id.to_owned(), RUNS + JOBS);
        self.number += 1;
        self.number - 1
    }

    /// A run begins. Returns what says that it is cancelled.
    pub fn begin(&mut self, asked: &Asked) -> watch::Receiver<bool> {
        let (cancel, cancelled) = watch::channel(false);
        let (id, task, started) = (asked.run_id.clone(), asked.task.clone(), now());
        if let Task::Sync { mode, .. } = &task {
            let job = Job { id: id.clone(), mode: *mode, started, ended: None, status: "running" };
            push(&mut self.jobs, job, JOBS);
        }
        let phases = match &task {
            Task::Night { phases, .. } => phases.clone(),
            Task::Import { .. } => vec![Phase::Import],
            Task::Values { phase, .. } => vec![phase.clone()],
            Task::Retry { .. } => vec![Phase::Import, Phase::Indicators, Phase::Patterns],
            Task::Sync { .. } => vec![Phase::CacheSync],
        };
        let run = Run { id, task, started, ended: None, status: "running", tally: Tally::default() };
        self.current = Some(Current { run, phases, share: 0.0, until: None, cancel });
        cancelled
    }

    /// The run in progress says this.
    pub fn hear(&mut self, step: &Step, share: f64, until: Millis) {
        if let Some(current) = &mut self.current {
            current.run.tally.hear(&current.run.id, step);
            (current.share, current.until) = (share, Some(until));
        }
    }

    /// The run in progress is over.
    pub fn end(&mut self, cancelled: bool) {
        let Some(Current { mut run, .. }) = self.current.take() else { return };
        let over = run.tally.total > 0 && run.tally.processed == run.tally.total;
        // Imports and syncs of their own have no other end than that of their one phase.
        let alone = matches!(run.task, Task::Import { .. } | Task::Sync { .. }) && over;
        let otherwise = if alone { "completed" } else { "unknown" };
        run.status = if cancelled { "cancelled" } else { run.tally.status.unwrap_or(otherwise) };
        run.ended = Some(now());
        if let Some(job) = self.jobs.iter_mut().find(|job| job.id == run.id) {
            job.ended = run.ended;
            // The contract has no cancelled job.
            job.status = if run.status == "completed" { "completed" } else { "failed" };
        }
        push(&mut self.runs, run, RUNS);
    }
}

impl Current {
    /// Cancels it.
    pub fn cancel(&self) {
        self.cancel.send_replace(true);
    }
}

fn push<T>(queue: &mut VecDeque<T>, item: T, most: usize) {
    queue.push_front(item);
    queue.truncate(most);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_much_is_remembered_and_no_more() {
        let mut book = Book::default();
        for number in 0..150 {
            let run_id = format!("job-{number}");
            assert_eq!(book.accept(&run_id), number);
            book.begin(&Asked { run_id, task: Task::Sync { mode: Mode::Full, force: false } });
            book.end(false);
        }
        assert_eq!((book.runs.len(), book.jobs.len(), book.accepted.len()), (20, 100, 120));
        assert_eq!(book.jobs[0].id, "job-149");
        assert!(book.knows("job-30") && !book.knows("job-29"));
        // Nobody said that it was done.
        assert_eq!((book.runs[0].status, book.jobs[0].status), ("unknown", "failed"));
    }
}
