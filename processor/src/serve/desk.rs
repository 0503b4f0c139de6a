//! The desk: commands become runs, one at a time.
//!
//! Invariants: the same id starts one run, also after a restart; a run is in the store before it begins and ends there when it ends.

use super::Options;
use super::answers;
use crate::listen::{Command, Desk, Done, Fault, Refusal, Timetable, refused};
use crate::outbox::Outbox;
use crate::publish::{Message, now};
use crate::run::tell::SCHEDULER;
use crate::run::{End, Plan, Run, Teller, run, today};
use crate::uuid::uuid;
use domain::time::Millis;
use processor::source::{Source, SourceError};
use processor::store::{RunRow, State, Store, StoreError};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// Under which name the schedule is kept.
const SCHEDULE: &str = "schedule";
/// A source that takes longer to say who is in a universe is asked by the run itself.
const PATIENCE: Duration = Duration::from_secs(1);

/// The run in progress.
pub struct Current {
    /// Its row.
    pub row: RunRow,
    /// What it does.
    pub plan: Plan,
    /// How far it is.
    pub teller: Arc<Teller>,
    cancel: watch::Sender<bool>,
}

/// Where commands are obeyed.
pub struct Office<S> {
    source: Arc<S>,
    /// What is kept.
    pub store: Store,
    /// What is said.
    pub outbox: Outbox,
    usual: Plan,
    concurrency: usize,
    scheduled: bool,
    current: Mutex<Option<Current>>,
    timetable: Mutex<Timetable>,
    /// Since when its schedule counts.
    pub since: Millis,
    /// Held by whoever begins a run.
    turn: tokio::sync::Mutex<()>,
}

impl<S: Source> Office<S> {
    /// A desk with the schedule that was kept.
    pub async fn open(
        source: Arc<S>,
        store: Store,
        outbox: Outbox,
        usual: Plan,
        options: &Options,
    ) -> Result<Arc<Self>, StoreError> {
        let kept = store.setting(SCHEDULE).await?;
        let kept: Option<Value> = kept.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let mut timetable = Timetable::of(usual.universes.clone());
        if let Some(change) = kept.as_ref().and_then(|kept| kept["change"].as_object()) {
            // What was kept was right then; a calendar that has learned since may think otherwise, and then it is the usual one.
            let _ = crate::listen::Change::read(change).and_then(|change| timetable.change(change, now()));
        } else {
            timetable = timetable.on();
        }
        let since = kept.as_ref().and_then(|kept| kept["since"].as_i64()).unwrap_or_else(now);
        let desk = Self {
            source,
            store,
            outbox,
            usual,
            concurrency: usize::from(options.concurrency),
            scheduled: !options.no_schedule,
            current: Mutex::default(),
            timetable: Mutex::new(timetable),
            since,
            turn: tokio::sync::Mutex::default(),
        };
        if kept.is_none() {
            desk.keep_schedule().await?;
        }
        Ok(Arc::new(desk))
    }

    /// The run in progress.
    pub fn current(&self) -> MutexGuard<'_, Option<Current>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When a night begins.
    pub fn timetable(&self) -> Timetable {
        self.timetable.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn keep_schedule(&self) -> Result<(), StoreError> {
        let kept = json!({ "since": self.since, "change": self.timetable().kept() });
        self.store.set(SCHEDULE, &kept.to_string()).await
    }

    /// Which run is in progress.
    pub fn busy(&self) -> Option<String> {
        self.current().as_ref().map(|current| current.row.id.clone())
    }

    /// A night of the schedule's.
    pub fn night(&self, day: i64) -> Plan {
        let universes = self.timetable().universes().to_vec();
        Plan { night: Some(day), automatic: true, universes, ..self.usual.clone() }
    }

    /// Begins a run, if none is in progress.
    ///
    /// # Errors
    /// When one is, or it cannot be written down.
    pub async fn begin(self: &Arc<Self>, id: &str, attempt: i64, plan: Plan) -> Result<(), Refusal> {
        let _turn = self.turn.lock().await;
        if let Some(current) = self.busy() {
            return Err(Refusal::AlreadyRunning(current));
        }
        self.start(id, attempt, plan).await
    }

    /// Whoever calls has the turn.
    async fn start(self: &Arc<Self>, id: &str, attempt: i64, plan: Plan) -> Result<(), Refusal> {
        let (text, who) = (plan.json().to_string(), plan.trigger().to_owned());
        let row = RunRow {
            id: id.to_owned(),
            attempt,
            plan: text,
            who,
            began: now(),
            ended: None,
            status: None,
            message: None,
        };
        self.store.begin_run(&row).await?;
        let (cancel, cancelled) = watch::channel(false);
        let teller = Arc::new(Teller::new(id, &plan, self.outbox.clone()));
        let work = Arc::new(Run {
            source: self.source.clone(),
            store: self.store.clone(),
            concurrency: self.concurrency,
            plan: plan.clone(),
            teller: teller.clone(),
            cancelled,
            today: today(),
        });
        *self.current() = Some(Current { row: row.clone(), plan, teller, cancel });
        let desk = self.clone();
        tokio::spawn(async move {
            crate::listen::tell(&format!("Run {} begins", row.id));
            let end = tokio::spawn(async move { run(&work).await }).await;
            let end = end.unwrap_or_else(|cause| End::because("failed", format!("the run broke: {cause}")));
            desk.ended(&row, &end).await;
        });
        Ok(())
    }

    async fn ended(&self, row: &RunRow, end: &End) {
        self.outbox.flush().await;
        let reason = end.reason.as_deref();
        if let Err(cause) = self.store.end_run(&row.id, row.attempt, end.status, now(), reason).await {
            eprintln!("processor: the end of run {} is not written down: {cause}", row.id);
        }
        crate::listen::tell(&format!("Run {} is over: {}", row.id, end.status));
        *self.current() = None;
    }

    async fn asked(self: &Arc<Self>, command: Command, id: Option<String>) -> Result<Done, Refusal> {
        match command {
            Command::Schedule(change) => {
                if !self.scheduled {
                    return Err(Refusal::field(
                        "enabled",
                        "it was started with --no-schedule: somebody else fires",
                    ));
                }
                let now = now();
                let message = {
                    let mut timetable = self.timetable.lock().unwrap_or_else(PoisonError::into_inner);
                    timetable.change(change, now)?;
                    timetable.updated(now, SCHEDULER)
                };
                self.keep_schedule().await?;
                self.outbox.say(message).await;
                Ok(Done::Scheduled(self.schedule()))
            }
            Command::Cancel => self.cancel(id),
            Command::Status => {
                let told = self.current().as_ref().map(answers::told);
                if let Some(message) = told.flatten() {
                    self.outbox.say(message).await;
                }
                Ok(Done::Told)
            }
            command => {
                let id = id.unwrap_or_else(|| uuid(rand::random()));
                let _turn = self.turn.lock().await;
                if self.store.run(&id).await?.is_some() {
                    return Ok(Done::Known(id));
                }
                if let Some(current) = self.busy() {
                    return Err(Refusal::AlreadyRunning(current));
                }
                let plan = self.plan(command).await?;
                self.start(&id, 1, plan).await?;
                Ok(Done::Started(id))
            }
        }
    }

    fn cancel(&self, id: Option<String>) -> Result<Done, Refusal> {
        let current = self.current();
        match (current.as_ref(), id) {
            (Some(current), id) if id.as_ref().is_none_or(|id| *id == current.row.id) => {
                current.cancel.send_replace(true);
                Ok(Done::Cancelled(current.row.id.clone()))
            }
            (Some(_), Some(id)) => Err(Refusal::NotThat(id)),
            _ => Err(Refusal::NothingRunning),
        }
    }

    async fn plan(&self, command: Command) -> Result<Plan, Refusal> {
        let field = if matches!(command, Command::Import { .. }) { "universes" } else { "universe" };
        let mut plan = Plan::of(command, self.usual.clone())?;
        if let Some(original) = plan.retry_of.clone()
            && plan.symbols.is_none()
        {
            plan.symbols = Some(self.failed(&original).await?);
        }
        if plan.symbols.is_none() {
            for name in &plan.universes {
                let asked = tokio::time::timeout(PATIENCE, self.source.universe(name)).await;
                if let Ok(Err(cause @ SourceError::UnknownUniverse(_))) = asked {
                    return Err(Refusal::field(field, cause.to_string()));
                }
            }
        }
        Ok(plan)
    }

    /// Who failed in a run.
    async fn failed(&self, original: &str) -> Result<Vec<String>, Refusal> {
        let row = self.store.run(original).await?;
        let plan = row.as_ref().and_then(|row| Plan::read(&row.plan));
        let unknown = || Refusal::field("original_run_id", "no such run is remembered; name the symbols");
        let mut failed = BTreeSet::new();
        for phase in &plan.ok_or_else(unknown)?.phases {
            let outcomes = self.store.outcomes(original, phase.key()).await?;
            failed
                .extend(outcomes.into_iter().filter(|one| one.state == State::Failed).map(|one| one.symbol));
        }
        if failed.is_empty() {
            return Err(Refusal::field("original_run_id", "nothing failed in that run"));
        }
        Ok(failed.into_iter().collect())
    }

    /// Says it.
    pub async fn say(&self, message: Message) {
        self.outbox.say(message).await;
    }
}

impl<S: Source> Desk for Arc<Office<S>> {
    async fn obey(&self, command: Command, id: Option<String>, _: Option<Fault>) -> Result<Done, Refusal> {
        self.asked(command, id).await
    }

    fn refuse(&self, command: &str, id: Option<&str>, refusal: &Refusal) {
        if !self.outbox.try_say(refused(SCHEDULER, command, id, refusal)) {
            eprintln!("processor: too much waits to be said; an answer to a command is lost");
        }
    }

    async fn status(&self) -> Result<Value, Refusal> {
        Ok(answers::status(self.current().as_ref()))
    }

    async fn history(&self, since: Millis) -> Result<Value, Refusal> {
        Ok(answers::history(&self.store, since).await?)
    }

    async fn job(&self, id: &str) -> Result<Option<Value>, Refusal> {
        let row = self.store.run(id).await?;
        Ok(row.and_then(|row| answers::job(&row)))
    }

    async fn jobs(&self, limit: usize, offset: usize) -> Result<Value, Refusal> {
        Ok(answers::jobs(&self.store, limit, offset).await?)
    }

    async fn stats(&self) -> Result<Value, Refusal> {
        Ok(answers::stats(&self.store, now()).await?)
    }

    fn schedule(&self) -> Value {
        let mut told = self.timetable().told(now());
        if !self.scheduled {
            (told["enabled"], told["next_run"]) = (false.into(), Value::Null);
        }
        told
    }

    fn health(&self, redis: bool) -> Value {
        answers::health(self.busy().is_some(), redis)
    }
}
