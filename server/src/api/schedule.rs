//! The schedule over the API (contract.md §5, rows 6 and 7): ours, or the producer's, by who fires.
//!
//! A form of the old system has one schedule; of our entries it is the first. What is changed of ours is written down and told; what is
//! to be changed of the producer's is asked of it like any command, and is changed when it says so.
//!
//! Tests: `server/tests/schedule_api.rs`.

use super::commands::{Asking, Refusals, bad};
use super::shapes::{Refusal, iso};
use crate::clock;
use crate::commands::CommandError;
use crate::error::ApiError;
use crate::schedule::{self, Outlook};
use crate::state::App;
use crate::store::accounts::audit::Entry as Line;
use crate::store::schedule::StoredEntry;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::calendar::XNYS;
use domain::command::{CommandKind, Order, ScheduleChange, Wanted, sentence};
use domain::record::Schedule;
use domain::schedule::{Entry, preview, read_change};
use domain::time::Millis;
use serde::Serialize;
use utoipa::ToSchema;

/// The next of an entry is looked for among so many.
const NEXT: usize = 30;

/// When a run is due.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScheduleOf {
    /// Whether it fires; null: the producer did not say.
    enabled: Option<bool>,
    /// When, `HH:MM` on the clock of its zone.
    trigger_time: Option<String>,
    /// Whether days without trading are left out, and what is before the close.
    market_check: Option<bool>,
    /// The next time; null: none is known, or nothing fires.
    next_run: Option<String>,
    /// Its zone.
    timezone: Option<String>,
    /// Over what; none: as the producer is set.
    universes: Vec<String>,
    /// server: this one fires. producer: it does, and this is what it reported.
    by: &'static str,
}

impl ScheduleOf {
    /// An entry of ours.
    fn ours(stored: &StoredEntry, outlook: &Outlook, now: Millis) -> Self {
        let entry = &stored.entry;
        // What somebody does not want has a row before it is due.
        let left = |day| outlook.days.iter().any(|known| known.entry == stored.id && known.day == day);
        let fires = outlook.settings.fires() && entry.enabled;
        let coming = if fires { preview(entry, &XNYS, now, NEXT) } else { Vec::new() };
        let next = coming.iter().find(|coming| coming.skip.is_none() && !left(coming.day));
        Self {
            enabled: Some(entry.enabled),
            trigger_time: Some(entry.time()),
            market_check: Some(entry.market_check),
            next_run: next.map(|next| iso(next.at)),
            timezone: Some(entry.zone.clone()),
            universes: entry.universe.iter().cloned().collect(),
            by: "server",
        }
    }
}

impl From<Schedule> for ScheduleOf {
    fn from(told: Schedule) -> Self {
        Self {
            enabled: told.enabled,
            trigger_time: told.time,
            market_check: told.market_check,
            next_run: told.next_run.map(iso),
            timezone: told.zone,
            universes: told.universes,
            by: "producer",
        }
    }
}

/// The schedule.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScheduleTold {
    success: bool,
    /// Null: there is none, or it is not known.
    schedule: Option<ScheduleOf>,
    /// Why not, or why nothing fires.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

async fn outlook(app: &App, now: Millis) -> Result<Outlook, ApiError> {
    schedule::outlook(app, now).await?.ok_or(ApiError::Stopping)
}

/// When a run is due: the first entry of ours, or the producer's schedule as it reported it.
#[utoipa::path(get, path = "/api/processing/daily/schedule", operation_id = "schedule", tag = "processing",
    responses((status = 200, body = ScheduleTold), (status = 503, body = Refusal)))]
pub async fn told(State(app): State<App>) -> Result<Json<ScheduleTold>, ApiError> {
    let now = clock::now();
    let outlook = outlook(&app, now).await?;
    let (schedule, message) = if outlook.settings.ours {
        let first = outlook.entries.first().map(|first| ScheduleOf::ours(first, &outlook, now));
        let paused = outlook.settings.paused.as_ref().map(|paused| format!("{} has paused it.", paused.who));
        let none = || "There is no entry. The page of the schedule makes one.".to_owned();
        let message = if first.is_none() { Some(none()) } else { paused };
        (first, message)
    } else {
        let none = outlook.told.is_none().then(|| "The producer has not reported its schedule.".to_owned());
        (outlook.told.map(ScheduleOf::from), none)
    };
    Ok(Json(ScheduleTold { success: true, schedule, message }))
}

/// A schedule that was changed, or is to be.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changed {
    success: bool,
    /// What became of it, in a sentence.
    message: String,
    /// done: it is so. sent: it was sent over Redis, and the producer has not confirmed it yet.
    status: &'static str,
    /// As it is now; absent where that is for the producer to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule: Option<ScheduleOf>,
    /// The command to the producer: `/api/commands/{id}`; absent where none was needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
}

/// Changes when a run is due: the first entry of ours, or the schedule of the producer, which is asked to.
#[utoipa::path(post, path = "/api/processing/daily/schedule", operation_id = "change_schedule", tag = "processing",
    params(("Idempotency-Key" = Option<String>, Header, max_length = 128, description = "a repetition with the same key is the same command, where the producer is asked")),
    request_body(content = Value, description = "At least one of `enabled`, `trigger_time` (`HH:MM` on its zone's clock), `market_check`, `universes` (of ours at most one; none: as the producer is set)"),
    responses((status = 200, description = "It is changed.", body = Changed), (status = 202, description = "It was sent, and is not confirmed yet.", body = Changed),
        (status = 404, description = "There is no entry that could be changed.", body = Refusal), Refusals))]
pub async fn change(asking: Asking) -> Result<(StatusCode, Json<Changed>), ApiError> {
    let change = read_change(&asking.fields).map_err(CommandError::from)?;
    let outlook = outlook(&asking.app, clock::now()).await?;
    if outlook.settings.ours {
        return ours(&asking, change, &outlook).await;
    }
    let given = asking.want(CommandKind::Schedule, Wanted::Order(Order::Schedule(change))).await?;
    let (message, status) = (sentence(&given.record), given.word());
    let command = Some(given.record.id);
    Ok((given.status, Json(Changed { success: true, message, status, schedule: None, command })))
}

/// Changes the first entry.
async fn ours(
    asking: &Asking,
    change: ScheduleChange,
    outlook: &Outlook,
) -> Result<(StatusCode, Json<Changed>), ApiError> {
    let now = clock::now();
    let first = outlook.entries.first().ok_or(ApiError::NotKept)?;
    let entry = changed(&first.entry, change, now)?;
    let done = |stored: &StoredEntry, message: &str| {
        let schedule = Some(ScheduleOf::ours(stored, outlook, now));
        let message = message.to_owned();
        Ok((
            StatusCode::OK,
            Json(Changed { success: true, message, status: "done", schedule, command: None }),
        ))
    };
    if entry == first.entry {
        return done(first, "It was so already.");
    }
    let caller = &asking.asker.caller;
    let stored = StoredEntry { entry, since: now, who: caller.who(), ..first.clone() };
    let line = Line {
        at: now,
        who: caller.who(),
        role: caller.grant.word().to_owned(),
        address: asking.asker.address.clone(),
        action: "schedule_change".to_owned(),
        subject: stored.entry.name.clone(),
        outcome: "done".to_owned(),
        before: serde_json::to_string(&first.entry).ok(),
        after: serde_json::to_string(&stored.entry).ok(),
        ..Line::default()
    };
    let written = asking.app.store.change_entry(&stored, &line).await;
    if !written.map_err(CommandError::from)? {
        return Err(ApiError::NotKept);
    }
    schedule::changed(&asking.app).await;
    done(&stored, "The schedule is changed.")
}

/// An entry with what is to be changed of it; never one that would not fire although it should.
fn changed(entry: &Entry, change: ScheduleChange, now: Millis) -> Result<Entry, ApiError> {
    let field = if change.minute.is_none() && change.market_check.is_some() {
        "market_check"
    } else {
        "trigger_time"
    };
    let universe = match change.universes {
        Some(names) if names.len() > 1 => {
            return Err(bad("universes", "must be one: the run takes one universe; make an entry for each"));
        }
        Some(names) => names.into_iter().next(),
        None => entry.universe.clone(),
    };
    let entry = Entry {
        enabled: change.enabled.unwrap_or(entry.enabled),
        minute: change.minute.unwrap_or(entry.minute),
        market_check: change.market_check.unwrap_or(entry.market_check),
        universe,
        ..entry.clone()
    };
    match entry.check(&XNYS, now) {
        Err(why) if entry.enabled => Err(bad(field, format!("makes it never fire: {why}"))),
        _ => Ok(entry),
    }
}
