//! One look at the schedule: what is due is taken, once, and what is to be asked for is told.
//!
//! A clock that jumps, a server that was down and a second server are the same case: a day that is due and that nobody has taken. Whoever
//! writes its row decides what becomes of it, by how late it is.

use super::settings::Settings;
use crate::store::schedule::{DayState, StoredDay, StoredEntry};
use crate::store::{Store, StoreError};
use app::format::duration as span;
use domain::calendar::Exchange;
use domain::schedule::{Missed, Occurrence, day_in};
use domain::time::{DAY, MINUTE, Millis, SECOND};

/// What was due longer ago is no longer looked at.
const BACK: i64 = 7;
/// The next one that is due is looked for so far ahead.
const AHEAD: i64 = 14;
/// So late is on time.
const ON_TIME: Millis = MINUTE;
/// Whoever took a day and has not asked for it within this has died.
const DIED: Millis = 30 * SECOND;

/// What a look found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Days that were taken and are to be asked for, oldest first.
    pub fire: Vec<(StoredEntry, StoredDay)>,
    /// When the next one is due.
    pub next: Option<Millis>,
}

/// Looks at the schedule at a moment.
///
/// # Errors
/// What the database says; what was taken before that is looked at again.
pub async fn turn(store: &Store, exchange: &Exchange, now: Millis) -> Result<Found, StoreError> {
    let settings = Settings::read(store).await?;
    let mut found = Found::default();
    if !settings.ours {
        return Ok(found);
    }
    let entries = store.schedule().await?;
    let days = store.schedule_days(now - (BACK + 2) * DAY).await?;
    for entry in entries.into_iter().filter(|entry| entry.entry.enabled) {
        let Some(today) = day_in(&entry.entry.zone, now) else { continue };
        // What was due before somebody switched it on was not missed.
        let since = entry.since.max(settings.since);
        for day in today - BACK..=today + AHEAD {
            let Some(due) = entry.entry.occurrence(exchange, day) else { continue };
            if due.at > now {
                found.next = Some(found.next.map_or(due.at, |next| next.min(due.at)));
                continue;
            }
            let known = days.iter().find(|known| known.entry == entry.id && known.day == day);
            let waits =
                known.filter(|known| known.state == DayState::Taken).map(|taken| taken.at + DIED + SECOND);
            if let Some(again) = waits.filter(|again| *again > now) {
                found.next = Some(found.next.map_or(again, |next| next.min(again)));
            }
            if let Some(paused) = &settings.paused {
                if known.is_none() && due.at > since {
                    leave_out(store, &entry, &due, &paused.who, now).await?;
                }
                continue;
            }
            if let Some(day) = take(store, &entry, &due, known, (since, now)).await? {
                found.fire.push((entry.clone(), day));
            }
        }
    }
    found.fire.sort_by_key(|(_, day)| day.due);
    Ok(found)
}

/// Takes a day that is due; returned when it is to be asked for.
async fn take(
    store: &Store,
    entry: &StoredEntry,
    due: &Occurrence,
    known: Option<&StoredDay>,
    (since, now): (Millis, Millis),
) -> Result<Option<StoredDay>, StoreError> {
    let late = now - due.at;
    let fits = late <= allowed(entry.entry.missed);
    match known {
        Some(day) if day.state == DayState::Skip => {
            let reason = day.reason.clone();
            let skipped = StoredDay { state: DayState::Skipped, at: now, reason, ..day.clone() };
            store.day_became(&skipped, DayState::Skip).await?;
            return Ok(None);
        }
        // Its server died before it had asked. (Asked for twice, it is one command.)
        Some(day) if day.state == DayState::Taken && (now - day.at).abs() > DIED => {
            if fits {
                return Ok(Some(day.clone()));
            }
            let reason = Some("the server stopped before it could ask for it".to_owned());
            store
                .day_became(
                    &StoredDay { state: DayState::Missed, at: now, reason, ..day.clone() },
                    DayState::Taken,
                )
                .await?;
            return Ok(None);
        }
        Some(_) => return Ok(None),
        None if due.at <= since => return Ok(None),
        None => {}
    }
    let (state, reason) = match &due.skip {
        Some(why) => (DayState::Skipped, Some(why.clone())),
        None if !fits => {
            (DayState::Missed, Some(format!("{} late: no server was there to fire it", span(late))))
        }
        None => (
            DayState::Taken,
            (late > ON_TIME).then(|| format!("{} late: no server was there before", span(late))),
        ),
    };
    let day = StoredDay { state, reason, ..became(entry, due, now) };
    Ok((store.take_day(&day).await? && state == DayState::Taken).then_some(day))
}

/// A day that was due while all paused; it is not made up for, and the history says so.
async fn leave_out(
    store: &Store,
    entry: &StoredEntry,
    due: &Occurrence,
    who: &str,
    now: Millis,
) -> Result<(), StoreError> {
    let reason = due.skip.clone().unwrap_or_else(|| format!("paused by {who}"));
    let day = StoredDay { reason: Some(reason), ..became(entry, due, now) };
    store.take_day(&day).await.map(drop)
}

/// A day that nobody had written down, left out without a reason.
fn became(entry: &StoredEntry, due: &Occurrence, now: Millis) -> StoredDay {
    StoredDay {
        entry: entry.id.clone(),
        day: due.day,
        name: entry.entry.name.clone(),
        due: due.at,
        state: DayState::Skipped,
        at: now,
        who: None,
        reason: None,
        command: None,
    }
}

fn allowed(missed: Missed) -> Millis {
    match missed {
        Missed::Skip => ON_TIME,
        Missed::Late(minutes) => i64::from(minutes).saturating_mul(MINUTE).max(ON_TIME),
    }
}
