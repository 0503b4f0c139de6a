//! After a crash: the run that was interrupted is reported as failed, and what is left of it is done as the next attempt.
//!
//! The next attempt is a run of its own (`retry_of` names the one before), so that nobody takes its messages for those of a run that is
//! over. What the attempts before have done is not done again.

use super::desk::Office;
use crate::publish::now;
use crate::run::tell::{ended, seconds};
use crate::run::{Account, End, Plan};
use crate::uuid::uuid;
use domain::time::DAY;
use processor::source::Source;
use processor::store::StoreError;
use std::sync::Arc;

/// A run that was interrupted so often is not taken up again: it may be what interrupts.
const ATTEMPTS: i64 = 5;
/// Runs that are looked through; more cannot be unfinished, since one is begun at a time.
const MOST: usize = 100;

/// Runs older than this are forgotten, with what became of their symbols.
const REMEMBERED: i64 = 400 * DAY;

/// Reports what was interrupted, and goes on with it.
pub async fn recover<S: Source>(desk: &Arc<Office<S>>, resume: bool) -> Result<(), StoreError> {
    desk.store.forget_runs(now() - REMEMBERED).await?;
    let mut newest = None;
    for _ in 0..MOST {
        let Some(row) = desk.store.unfinished().await? else { break };
        let plan = Plan::read(&row.plan);
        let mut reason = "the processor was stopped in the midst of it".to_owned();
        let next = plan.clone().filter(|_| resume && newest.is_none() && row.attempt < ATTEMPTS);
        let next = next.map(|plan| (uuid(rand::random()), row.attempt + 1, plan.resumed(&row.id)));
        if let Some((id, attempt, _)) = &next {
            reason = format!("{reason}; it goes on as run {id} (attempt {attempt})");
        }
        let account = Account::of(plan.as_ref(), &desk.store.tally(&row.id).await?);
        let end = End { account, ..End::because("failed", reason) };
        let id_field = plan.as_ref().map_or("run_id", Plan::id_field);
        desk.say(ended(id_field, &row.id, &end, seconds(row.began))).await;
        desk.outbox.flush().await;
        desk.store.end_run(&row.id, row.attempt, "failed", now(), end.reason.as_deref()).await?;
        newest = newest.or(next);
    }
    if let Some((id, attempt, plan)) = newest
        && let Err(cause) = desk.begin(&id, attempt, plan).await
    {
        eprintln!("processor: the interrupted run does not go on: {cause}");
    }
    Ok(())
}
