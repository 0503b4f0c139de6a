//! The desk: runs, one at a time. (What a command comes to: `orders.rs`.)
//!
//! Invariants: the same id starts one run, also after a restart; a run is in the store before it begins and ends there when it ends.

use super::Options;
use super::answers;
use crate::listen::{Change, Command, Desk, Done, Fault, Refusal, Timetable, refused, tell};
use crate::outbox::Outbox;
use crate::publish::{Message, now};
use crate::run::tell::SCHEDULER;
use crate::run::{End, Plan, Run, Teller, run, today};
use domain::time::Millis;
use processor::source::Source;
use processor::store::{RunRow, Store, StoreError};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use tokio::sync::watch;

/// Under which name the schedule is kept.
const SCHEDULE: &str = "schedule";

/// The run in progress.
pub struct Current {
    /// Its row.
    pub row: RunRow,
    /// What it does.
    pub plan: Plan,
    /// How far it is.
    pub teller: Arc<Teller>,
    pub(super) cancel: watch::Sender<bool>,
}

/// Where commands are obeyed.
pub struct Office<S> {
    /// A run tells the desk of its end.
    me: Weak<Self>,
    pub(super) source: Arc<S>,
    /// What is kept.
    pub store: Store,
    /// What is said.
    pub outbox: Outbox,
    pub(super) usual: Plan,
    concurrency: usize,
    pub(super) scheduled: bool,
    current: Mutex<Option<Current>>,
    pub(super) timetable: Mutex<Timetable>,
    /// Why nights can have nobody.
    pub(super) nobody: Mutex<Option<String>>,
    /// Since when its schedule counts.
    pub since: Millis,
    /// Held by whoever begins a run.
    pub(super) turn: tokio::sync::Mutex<()>,
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
            let _ = Change::read(change).and_then(|change| timetable.change(change, now()));
        } else {
            timetable = timetable.on();
        }
        let since = kept.as_ref().and_then(|kept| kept["since"].as_i64()).unwrap_or_else(now);
        let desk = Arc::new_cyclic(|me| Self {
            me: me.clone(),
            source,
            store,
            outbox,
            usual,
            concurrency: usize::from(options.concurrency),
            scheduled: !options.no_schedule,
            current: Mutex::default(),
            timetable: Mutex::new(timetable),
            nobody: Mutex::default(),
            since,
            turn: tokio::sync::Mutex::default(),
        });
        if kept.is_none() {
            desk.keep_schedule().await?;
        }
        Ok(desk)
    }

    /// The run in progress.
    pub fn current(&self) -> MutexGuard<'_, Option<Current>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When a night begins.
    pub fn timetable(&self) -> Timetable {
        self.timetable.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) async fn keep_schedule(&self) -> Result<(), StoreError> {
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
    pub async fn begin(&self, id: &str, attempt: i64, plan: Plan) -> Result<(), Refusal> {
        let _turn = self.turn.lock().await;
        if let Some(current) = self.busy() {
            return Err(Refusal::AlreadyRunning(current));
        }
        self.start(id, attempt, plan).await
    }

    /// Begins a run. Whoever calls has the turn, and nothing is in progress.
    pub(super) async fn start(&self, id: &str, attempt: i64, plan: Plan) -> Result<(), Refusal> {
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
            gone: OnceLock::new(),
        });
        *self.current() = Some(Current { row: row.clone(), plan, teller, cancel });
        // Who calls holds the desk.
        let desk = self.me.upgrade().ok_or(Refusal::Internal)?;
        tokio::spawn(async move {
            tell(&format!("Run {} begins", row.id));
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
        tell(&format!("Run {} is over: {}", row.id, end.status));
        *self.current() = None;
        self.look_again().await;
    }

    /// Says it.
    pub async fn say(&self, message: Message) {
        self.outbox.say(message).await;
    }
}

impl<S: Source> Desk for Office<S> {
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
        answers::health(self.busy().is_some(), redis, self.fires(), self.nobody())
    }
}
