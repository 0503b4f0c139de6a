//! What each command comes to: a run, a cancel, another schedule, an answer on the channels.

use super::desk::Office;
use crate::listen::{Command, Desk, Done, Refusal};
use crate::publish::now;
use crate::run::Plan;
use crate::run::tell::SCHEDULER;
use crate::uuid::uuid;
use processor::source::{Source, SourceError};
use processor::store::State;
use std::collections::BTreeSet;
use std::sync::PoisonError;
use std::time::Duration;

/// A source that takes longer to say who is in a universe is asked by the run itself.
const PATIENCE: Duration = Duration::from_secs(1);

impl<S: Source> Office<S> {
    /// Obeys. `id`: of the run that is to begin, or to be cancelled.
    pub async fn asked(&self, command: Command, id: Option<String>) -> Result<Done, Refusal> {
        match command {
            Command::Schedule(change) => {
                if !self.scheduled {
                    return Err(Refusal::field(
                        "enabled",
                        "it was started with --no-schedule: somebody else fires",
                    ));
                }
                self.known("universes", change.universes()).await?;
                let now = now();
                let message = {
                    let mut timetable = self.timetable.lock().unwrap_or_else(PoisonError::into_inner);
                    timetable.change(change, now)?;
                    timetable.updated(now, SCHEDULER)
                };
                self.keep_schedule().await?;
                self.outbox.say(message).await;
                self.look_again().await;
                Ok(Done::Scheduled(self.schedule()))
            }
            Command::Cancel => self.cancel(id),
            Command::Status => {
                let told = self.current().as_ref().map(|current| current.teller.tracked());
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
            self.known(field, &plan.universes).await?;
        }
        Ok(plan)
    }

    /// Refuses universes that the source does not know. While it is away, or takes its time, that is found out by the run itself.
    async fn known(&self, field: &'static str, universes: &[String]) -> Result<(), Refusal> {
        for name in universes {
            let asked = tokio::time::timeout(PATIENCE, self.source.universe(name)).await;
            if let Ok(Err(cause @ SourceError::UnknownUniverse(_))) = asked {
                return Err(Refusal::field(field, cause.to_string()));
            }
        }
        Ok(())
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
}
