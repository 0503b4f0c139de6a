//! Commands are obeyed here, whichever way they came: one place decides what begins, what is refused and what is known already.

use super::answers;
use super::book::Book;
use crate::listen::{Command, Desk, Done, Fault, Faults, Refusal, Timetable, refused};
use crate::publish::{Message, now};
use crate::simulate::script::{Asked, MONITORING, SOURCE, Task};
use crate::uuid::uuid;
use domain::phase::Phase;
use domain::time::Millis;
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

/// Where commands are obeyed that a run is played for.
pub struct Played {
    book: Mutex<Book>,
    faults: Mutex<Faults>,
    timetable: Mutex<Timetable>,
    plays: mpsc::Sender<Play>,
    voice: mpsc::Sender<Message>,
    /// How many symbols there are.
    symbols: u32,
    slow: Duration,
}

impl Played {
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

    fn done(&self, command: Command, id: Option<String>, fault: Option<Fault>) -> Result<Done, Refusal> {
        if fault == Some(Fault::Refuses) {
            return Err(Refusal::AlreadyRunning(uuid(rand::random())));
        }
        let mut book = self.book();
        match command {
            Command::Schedule(change) => {
                let (mut timetable, now) = (self.timetable(), now());
                timetable.change(change, now)?;
                self.say(Some(timetable.updated(now, SOURCE)));
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

    fn say(&self, message: Option<Message>) {
        if let Some(message) = message
            && self.voice.try_send(message).is_err()
        {
            eprintln!("processor: too much waits to be said; an answer to a command is lost");
        }
    }
}

impl Desk for Played {
    async fn obey(
        &self,
        command: Command,
        id: Option<String>,
        fault: Option<Fault>,
    ) -> Result<Done, Refusal> {
        self.done(command, id, fault)
    }

    fn refuse(&self, command: &str, id: Option<&str>, refusal: &Refusal) {
        self.say(Some(refused(SOURCE, command, id, refusal)));
    }

    async fn status(&self) -> Result<Value, Refusal> {
        Ok(answers::status(&self.book()))
    }

    async fn history(&self, since: Millis) -> Result<Value, Refusal> {
        Ok(answers::history(&self.book(), since))
    }

    async fn job(&self, id: &str) -> Result<Option<Value>, Refusal> {
        let book = self.book();
        Ok(book.jobs.iter().find(|job| job.id == id).map(|job| answers::job(job, &book)))
    }

    async fn jobs(&self, limit: usize, offset: usize) -> Result<Value, Refusal> {
        Ok(answers::jobs(&self.book(), limit, offset))
    }

    async fn stats(&self) -> Result<Value, Refusal> {
        Ok(answers::stats(&self.book(), self.symbols, now()))
    }

    fn schedule(&self) -> Value {
        self.timetable().told(now())
    }

    fn health(&self, redis: bool) -> Value {
        answers::health(&self.book(), redis)
    }

    fn fault(&self, command: &Command) -> Option<Fault> {
        self.faults().take(command)
    }

    fn slow(&self) -> Duration {
        self.slow
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
