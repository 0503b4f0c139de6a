//! Commands are obeyed here, whichever way they came: one place decides what begins, what is refused and what is known already.

use super::book::Book;
use super::command::Command;
use super::fault::{Fault, Faults};
use super::refusal::Refusal;
use super::timetable::Timetable;
use crate::night::uuid;
use crate::publish::{Message, now};
use crate::simulate::script::{Asked, ERRORS, MONITORING, SOURCE, Task};
use domain::phase::Phase;
use serde_json::{Value, json};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// The one universe there is, by the name it has unless another is asked for.
const UNIVERSE: &str = "sp500";

/// A run to play.
pub struct Play {
    /// What.
    pub asked: Asked,
    /// Which of all that were asked for: two nights are not alike.
    pub number: u64,
    /// Becomes true when it is cancelled.
    pub cancelled: watch::Receiver<bool>,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq)]
pub enum Done {
    /// This run has begun.
    Started(String),
    /// This run was asked for under the same id before: nothing begins.
    Known(String),
    /// This run is cancelled.
    Cancelled(String),
    /// The schedule is this from now on.
    Scheduled(Value),
    /// It was answered on the channels.
    Told,
}

/// Where commands are obeyed.
pub struct Desk {
    book: Mutex<Book>,
    faults: Mutex<Faults>,
    timetable: Mutex<Timetable>,
    plays: mpsc::Sender<Play>,
    voice: mpsc::Sender<Message>,
    /// How many symbols there are.
    pub symbols: u32,
    /// How slow the fault `slow` is.
    pub slow: Duration,
}

impl Desk {
    /// A desk from which runs go to whoever plays them, and what else is to be said to whoever says it.
    pub fn new(
        faults: Faults,
        symbols: u32,
        slow: Duration,
        plays: mpsc::Sender<Play>,
        voice: mpsc::Sender<Message>,
    ) -> Self {
        let timetable = Mutex::new(Timetable::new(UNIVERSE));
        Self { book: Mutex::default(), faults: Mutex::new(faults), timetable, plays, voice, symbols, slow }
    }

    /// What is remembered.
    pub fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What goes wrong.
    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When a night would begin.
    pub fn timetable(&self) -> MutexGuard<'_, Timetable> {
        self.timetable.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Obeys. `id`: of the run that is to begin, or to be cancelled.
    ///
    /// # Errors
    /// When it cannot be done now, or not at all.
    pub fn obey(&self, command: Command, id: Option<String>, fault: Option<Fault>) -> Result<Done, Refusal> {
        if fault == Some(Fault::Refuses) {
            return Err(Refusal::AlreadyRunning(uuid(rand::random())));
        }
        let mut book = self.book();
        match command {
            Command::Schedule(change) => {
                let (mut timetable, now) = (self.timetable(), now());
                timetable.change(change, now)?;
                self.say(Some(timetable.updated(now)));
                Ok(Done::Scheduled(timetable.told(now)))
            }
            Command::Cancel => cancel(&book, id, fault),
            Command::Status => {
                self.say(told(&book, self.symbols));
                Ok(Done::Told)
            }
            command => {
                let id = id.unwrap_or_else(|| uuid(rand::random()));
                if book.knows(&id) {
                    return Ok(Done::Known(id));
                }
                if let Some(current) = &book.current {
                    return Err(Refusal::AlreadyRunning(current.run.id.clone()));
                }
                let task = task(command, &book, fault)?;
                self.begin(&mut book, &id, task, fault)?;
                Ok(Done::Started(id))
            }
        }
    }

    /// It is time for a night: one begins, unless something is in progress.
    pub fn by_schedule(&self) {
        let mut book = self.book();
        if book.current.is_none() {
            let universe = UNIVERSE.to_owned();
            let task = Task::Night { phases: Phase::NIGHT.to_vec(), universe, automatic: true };
            // Where there is no room now there is the next time.
            let _ = self.begin(&mut book, &uuid(rand::random()), task, None);
        }
    }

    fn begin(&self, book: &mut Book, id: &str, task: Task, fault: Option<Fault>) -> Result<(), Refusal> {
        let room = self.plays.try_reserve().map_err(|_| Refusal::Busy)?;
        let number = book.accept(id);
        if fault == Some(Fault::NeverStarts) {
            return Ok(());
        }
        let other = fault == Some(Fault::OtherRunId);
        let run_id = if other { uuid(rand::random()) } else { id.to_owned() };
        let asked = Asked { run_id, task };
        let cancelled = book.begin(&asked);
        room.send(Play { asked, number, cancelled });
        Ok(())
    }

    /// Whoever asked over Redis hears that it is not done, and why.
    pub fn refuse(&self, command: &str, id: Option<&str>, refusal: &Refusal) {
        let payload = json!({
            "severity": "warning", "component": "command_listener", "error_code": "COMMAND_REFUSED",
            "message": refusal.to_string(), "context": { "command": command, "run_id": id, "reason": refusal.code() }
        });
        self.say(Some(Message::new(ERRORS, "error", SOURCE, payload)));
    }

    fn say(&self, message: Option<Message>) {
        if let Some(message) = message
            && self.voice.try_send(message).is_err()
        {
            eprintln!("processor: too much waits to be said; an answer to a command is lost");
        }
    }
}

fn cancel(book: &Book, id: Option<String>, fault: Option<Fault>) -> Result<Done, Refusal> {
    let current = book.current.as_ref();
    match (current.filter(|current| id.as_ref().is_none_or(|id| *id == current.run.id)), id) {
        (Some(current), _) => {
            if fault != Some(Fault::IgnoresCancel) {
                current.cancel();
            }
            Ok(Done::Cancelled(current.run.id.clone()))
        }
        (None, Some(id)) if current.is_some() => Err(Refusal::NotThat(id)),
        (None, _) => Err(Refusal::NothingRunning),
    }
}

fn task(command: Command, book: &Book, fault: Option<Fault>) -> Result<Task, Refusal> {
    Ok(match command {
        Command::Night { phases, universe, automatic } => {
            Task::Night { phases, universe: universe.unwrap_or_else(|| UNIVERSE.into()), automatic }
        }
        Command::Import { universes, timeframes, lookback_days } => {
            Task::Import { universes, timeframes, lookback_days }
        }
        Command::Indicators { timeframe, symbols, indicators: kinds } => {
            Task::Values { phase: Phase::Indicators, timeframe, symbols, kinds }
        }
        Command::Patterns { timeframe, symbols, patterns: kinds } => {
            Task::Values { phase: Phase::Patterns, timeframe, symbols, kinds }
        }
        Command::Retry { original, symbols } => {
            let symbols = symbols.map_or_else(|| failed(book, &original), Ok)?;
            Task::Retry { original, symbols, fails_again: fault == Some(Fault::FailsAgain) }
        }
        Command::Sync { mode, force } => Task::Sync { mode, force },
        // None of them begins a run.
        Command::Schedule(_) | Command::Cancel | Command::Status => return Err(Refusal::NothingRunning),
    })
}

/// Who failed in a run.
fn failed(book: &Book, original: &str) -> Result<Vec<String>, Refusal> {
    let run = book.runs.iter().find(|run| run.id == original);
    let unknown = || Refusal::field("original_run_id", "is none of the last 20 runs; name the symbols");
    let failing: Vec<String> = run.ok_or_else(unknown)?.tally.failing.iter().cloned().collect();
    if failing.is_empty() {
        return Err(Refusal::field("original_run_id", "nothing failed in that run"));
    }
    Ok(failing)
}

/// How far the run in progress is, as its producer tells it unasked.
fn told(book: &Book, symbols: u32) -> Option<Message> {
    let current = book.current.as_ref()?;
    let tally = &current.run.tally;
    let phase = tally.phase.as_ref().or(current.phases.first())?;
    #[expect(clippy::cast_precision_loss, reason = "counts of symbols")]
    let percent = if tally.total == 0 { 0.0 } else { tally.processed as f64 * 100.0 / tally.total as f64 };
    let mut payload = if *phase == Phase::CacheSync {
        json!({ "total_items": tally.total.max(1), "completed": tally.processed, "current_task": tally.current })
    } else {
        let total = if tally.total == 0 { u64::from(symbols) } else { tally.total };
        json!({
            "total_symbols": total, "completed": tally.processed - tally.failed, "failed": tally.failed,
            "processed": tally.processed, "remaining": total - tally.processed, "current_symbol": tally.current
        })
    };
    let id = if matches!(current.run.task, Task::Sync { .. }) { "job_id" } else { "run_id" };
    payload[id] = current.run.id.clone().into();
    payload["phase"] = phase.key().into();
    payload["percentage"] = percent.into();
    Some(Message::new(MONITORING, "job_progress_update", SOURCE, payload))
}
