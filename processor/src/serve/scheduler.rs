//! The schedule: one run per trading day, at its time; a day without one is said to be without, and why.
//!
//! What a day came to is in the store, so a restart does not begin a day's run twice, and a night whose time passed while nobody ran is
//! caught up, up to twelve hours late. What was due before the schedule was first kept is nobody's.

use super::desk::Office;
use crate::publish::now;
use crate::run::tell::ended;
use crate::run::{End, Plan};
use crate::uuid::uuid;
use domain::calendar::XNYS;
use domain::schedule::{LATE, Occurrence, day_in};
use domain::time::{MINUTE, Millis};
use processor::source::Source;
use processor::store::{RunRow, StoreError};
use std::sync::Arc;
use std::time::Duration;

/// Longest wait between two looks at the clock: it may have been set.
const LOOK: Millis = 15_000;
/// Days of the past whose runs are looked through.
const BACK: Millis = 3 * 24 * 60 * MINUTE;

/// Watches the clock for ever.
pub async fn watch<S: Source>(desk: Arc<Office<S>>) {
    loop {
        if let Err(cause) = look(&desk, now()).await {
            eprintln!("processor: the schedule cannot be looked after: {cause}");
        }
        let next = next(&desk, now()).map_or(LOOK, |at| (at - now()).clamp(100, LOOK));
        tokio::time::sleep(Duration::from_millis(next.unsigned_abs())).await;
    }
}

/// Days that may be due: today's, and yesterday's where it is late.
fn occurrences<S: Source>(desk: &Office<S>, now: Millis) -> Vec<Occurrence> {
    let table = desk.timetable();
    let entry = table.entry();
    let Some(today) = day_in(&entry.zone, now).filter(|_| entry.enabled) else { return Vec::new() };
    (today - 1..=today + 1).filter_map(|day| entry.occurrence(&XNYS, day)).collect()
}

fn next<S: Source>(desk: &Office<S>, now: Millis) -> Option<Millis> {
    occurrences(desk, now).into_iter().map(|one| one.at).filter(|at| *at > now).min()
}

async fn look<S: Source>(desk: &Arc<Office<S>>, now: Millis) -> Result<(), StoreError> {
    let due: Vec<Occurrence> =
        occurrences(desk, now).into_iter().filter(|one| one.at <= now && one.at > desk.since).collect();
    if due.is_empty() {
        return Ok(());
    }
    let had = desk.store.runs(now - BACK, 1_000).await?;
    let had = |day: i64| had.iter().any(|row| Plan::read(&row.plan).and_then(|plan| plan.night) == Some(day));
    for one in due.into_iter().filter(|one| !had(one.day)) {
        match one.skip {
            Some(why) => skip(desk, one.day, &why).await?,
            None if now - one.at > i64::from(LATE) * MINUTE => {
                skip(desk, one.day, "its time passed while nobody could begin it").await?;
            }
            // While another run is in progress its turn has not come; that is looked at again.
            None => {
                let _ = desk.begin(&uuid(rand::random()), 1, desk.night(one.day)).await;
            }
        }
    }
    Ok(())
}

/// A day without a run: said, and remembered.
async fn skip<S: Source>(desk: &Office<S>, day: i64, why: &str) -> Result<(), StoreError> {
    let (plan, id, at) = (desk.night(day), uuid(rand::random()), now());
    let end = End::because("skipped", why);
    desk.say(ended("run_id", &id, &end, 0.0)).await;
    let text = plan.json().to_string();
    let who = plan.trigger().to_owned();
    let row = RunRow {
        id: id.clone(),
        attempt: 1,
        plan: text,
        who,
        began: at,
        ended: None,
        status: None,
        message: None,
    };
    desk.store.begin_run(&row).await?;
    desk.store.end_run(&id, 1, "skipped", at, Some(why)).await
}
