//! A day that is not to fire, and one that is after all.

use super::post::{Done, Post};
use crate::error::ApiError;
use crate::schedule::outlook;
use crate::store::accounts::audit::Entry as Line;
use crate::store::schedule::{DayState, StoredDay, StoredEntry};
use ::app::schedule::{Day, Schedules, Skip};
use axum::http::StatusCode;
use axum::response::Response;
use domain::calendar::XNYS;
use domain::command::{Invalid, NOTE};
use domain::schedule::{Entry, Occurrence, preview};
use domain::time::{Civil, DAY, Millis};

/// Days that are looked through for one that fires.
const AHEAD: usize = 40;

/// Asks which day, and why. Without a day it is the next one that is due.
pub async fn ask(post: Post) -> Response {
    let done = match target(&post).await {
        Ok(what) => Ok(shown(&post, StatusCode::OK, what, None)),
        Err(refusal) => Err(refusal),
    };
    post.answer(done).await
}

/// Skips it, or takes that back.
pub async fn submit(post: Post) -> Response {
    let done = match post.form.get("do") {
        "unskip" => unskipped(&post).await,
        _ => skipped(&post).await,
    };
    post.answer(done).await
}

fn shown(post: &Post, status: StatusCode, what: Result<Target, String>, wrong: Option<Invalid>) -> Done {
    let page = Skip { what: what.map(|target| target.day), given: post.form.given(&["do"]), wrong };
    Done::Page(status, Box::new(Schedules::Skip(Box::new(page))))
}

/// A day that can be skipped.
struct Target {
    day: Day,
    due: Occurrence,
}

/// Which day is meant, or why there is none.
async fn target(post: &Post) -> Result<Result<Target, String>, ApiError> {
    let seen = outlook(&post.app, post.now).await?.ok_or(ApiError::Stopping)?;
    if !seen.settings.ours {
        let why =
            "The producer fires by its own schedule: what it does on one day alone it takes no orders for.";
        return Ok(Err(why.to_owned()));
    }
    let (id, day) = (post.form.get("entry"), post.form.get("day"));
    let open = |entry: &StoredEntry, due: &Occurrence| {
        let known = seen.days.iter().any(|known| known.entry == entry.id && known.day == due.day);
        due.at > post.now && due.skip.is_none() && !known
    };
    let on = seen.entries.iter().filter(|stored| stored.entry.enabled);
    let found = if id.is_empty() && day.is_empty() {
        let next = |stored: &StoredEntry| {
            let mut ahead = preview(&stored.entry, &XNYS, post.now, AHEAD).into_iter();
            ahead.find(|due| open(stored, due)).map(|due| (stored.clone(), due))
        };
        on.filter_map(next).min_by_key(|(_, due)| due.at)
    } else {
        let stored = seen.entries.iter().find(|stored| stored.id == id && stored.entry.enabled);
        // A number that is no day near here is one of a form that is not ours.
        let day = day.parse::<i64>().ok().filter(|day| (day - post.now / DAY).abs() < 800);
        let due = stored.zip(day).and_then(|(stored, day)| stored.entry.occurrence(&XNYS, day));
        stored.cloned().zip(due).filter(|(stored, due)| open(stored, due))
    };
    Ok(found.map_or_else(
        || {
            let named = !id.is_empty() || !day.is_empty();
            let why =
                if named { "That day is over, taken, or none of that entry’s." } else { "Nothing is due." };
            Err(why.to_owned())
        },
        |(stored, due)| Ok(Target { day: day_of(&stored, &due, post.now), due }),
    ))
}

fn day_of(stored: &StoredEntry, due: &Occurrence, now: Millis) -> Day {
    let after = |entry: &Entry| preview(entry, &XNYS, due.at.max(now), 1).last().map(|next| next.at);
    Day {
        entry: stored.id.clone(),
        name: stored.entry.name.clone(),
        day: due.day,
        due: due.at,
        next: after(&stored.entry),
    }
}

async fn skipped(post: &Post) -> Result<Done, ApiError> {
    let target = match target(post).await? {
        Ok(target) => target,
        Err(why) => {
            // Pressed twice: the first press was taken.
            let code = if is_skipped(post).await? { Some("skipped") } else { None };
            return Ok(code.map_or_else(|| shown(post, StatusCode::CONFLICT, Err(why), None), Done::To));
        }
    };
    let wrong = |message: String| Some(Invalid { field: "reason".to_owned(), message });
    let reason = domain::decode::clean(post.form.get("reason").trim(), NOTE + 1);
    if reason.is_empty() {
        let wrong = wrong("is needed: whoever looks for the night wants to know".to_owned());
        return Ok(shown(post, StatusCode::UNPROCESSABLE_ENTITY, Ok(target), wrong));
    }
    if reason.chars().count() > NOTE {
        let wrong = wrong(format!("must be at most {NOTE} characters of text"));
        return Ok(shown(post, StatusCode::UNPROCESSABLE_ENTITY, Ok(target), wrong));
    }
    let Target { day, due } = target;
    let line =
        Line { after: Some(reason.clone()), ..post.line("schedule_skip", &subject(&day.name, day.day)) };
    let skip = StoredDay {
        entry: day.entry,
        day: day.day,
        name: day.name,
        due: due.at,
        state: DayState::Skip,
        at: post.now,
        who: Some(post.caller.who()),
        reason: Some(reason),
        command: None,
    };
    if post.app.store.skip_day(&skip, &line).await? {
        return Ok(Done::Changed("skipped"));
    }
    let why = "It was taken in the meantime.".to_owned();
    Ok(shown(post, StatusCode::CONFLICT, Err(why), None))
}

/// Whether the day that is named is skipped already.
async fn is_skipped(post: &Post) -> Result<bool, ApiError> {
    let days = post.app.store.schedule_days(post.now).await?;
    Ok(named(post, &days).is_some())
}

fn named<'a>(post: &Post, days: &'a [StoredDay]) -> Option<&'a StoredDay> {
    let (id, day) = (post.form.get("entry"), post.form.get("day").parse::<i64>().ok()?);
    days.iter().find(|known| known.entry == id && known.day == day && known.state == DayState::Skip)
}

async fn unskipped(post: &Post) -> Result<Done, ApiError> {
    let days = post.app.store.schedule_days(post.now).await?;
    let Some(skipped) = named(post, &days) else {
        let why = "That day is not skipped, or it is over.".to_owned();
        return Ok(shown(post, StatusCode::CONFLICT, Err(why), None));
    };
    let line = post.line("schedule_resume", &subject(&skipped.name, skipped.day));
    let line = Line { before: skipped.reason.clone(), ..line };
    if post.app.store.unskip_day(&skipped.entry, skipped.day, &line).await? {
        return Ok(Done::Changed("unskipped"));
    }
    let why = "That day is over.".to_owned();
    Ok(shown(post, StatusCode::CONFLICT, Err(why), None))
}

/// "Nightly, Fri 27 Nov 2026".
fn subject(name: &str, day: i64) -> String {
    let civil = Civil::from_utc(day.saturating_mul(DAY));
    format!("{name}, {} {}", civil.day_label(), civil.year)
}
