//! What the page shows, from the outlook of the keeper and from the store.

use crate::auth::{Caller, secret};
use crate::commands::{known, usual_of};
use crate::error::ApiError;
use crate::hub::Command;
use crate::schedule::{Outlook, failed, outlook};
use crate::state::App;
use crate::store::commands::CommandFilter;
use crate::store::schedule::{DayState, StoredDay, StoredEntry};
use ::app::commands::Usual;
use ::app::schedule::{Became, Fire, Overview, Past, Producer, Row, clash, in_the_way};
use domain::calendar::{XNYS, zone};
use domain::command::{CommandKind, CommandRecord, Order, became, in_progress};
use domain::permission::Permission;
use domain::schedule::{Entry, adopted, clashes, coming};
use domain::time::{DAY, MINUTE, Millis};
use domain::verdict::RunView;
use domain::words::short_id;

/// What comes: so many that fire.
pub(super) const FIRES: usize = 10;
/// Where entries come into each other's way is looked for among so many.
const LOOKED_AT: usize = 60;
/// What was: so far back.
const BACK: Millis = 30 * DAY;
/// A run of which nothing is known is taken to last so long.
const LASTS: Millis = 60 * MINUTE;

/// The page.
pub(super) async fn overview(app: &App, caller: &Caller, now: Millis) -> Result<Overview, ApiError> {
    let seen = outlook(app, now).await?.ok_or(ApiError::Stopping)?;
    let commands = app.hub.ask(Command::Commands).await.ok_or(ApiError::Stopping)?;
    let days = app.store.schedule_days(now - BACK).await?;
    let past: Vec<Past> = days.iter().filter_map(|day| past(day, &commands, now)).collect();
    let fires = fires_of(&seen, now);
    let warnings = if seen.settings.fires() { warnings(app, &seen, &fires, now).await? } else { Vec::new() };
    let filter = CommandFilter { kind: Some(CommandKind::Schedule), ..CommandFilter::default() };
    let last = known(app, &filter, 1).await?.pop().map(|stored| stored.record);
    Ok(Overview {
        ours: seen.settings.ours,
        paused: seen.settings.paused.as_ref().map(|paused| (paused.who.clone(), paused.changed)),
        note: seen.plan.note.clone(),
        entries: seen.entries.iter().map(|entry| row(&seen, entry, &past, now)).collect(),
        coming: fires,
        warnings,
        past,
        producer: Producer { told: seen.told.clone(), key: secret::id(), last, ..Producer::default() },
        may: caller.may(Permission::Administer),
        done: None,
    })
}

fn row(seen: &Outlook, stored: &StoredEntry, past: &[Past], now: Millis) -> Row {
    let StoredEntry { id, entry, .. } = stored;
    Row {
        id: id.clone(),
        entry: entry.clone(),
        clock: clock(entry, now),
        next: seen.next_of(stored, now).map(|next| next.at),
        last: past.iter().find(|past| past.entry == *id).cloned(),
    }
}

/// What an entry's clock is called.
fn clock(entry: &Entry, now: Millis) -> String {
    zone(&entry.zone, now).map_or_else(|| entry.zone.clone(), |zone| zone.label)
}

/// What comes of those that are on: ours, or the producer's by our calendar.
fn fires_of(seen: &Outlook, now: Millis) -> Vec<Fire> {
    let theirs = seen.told.as_ref().and_then(adopted).filter(|_| !seen.settings.ours);
    let entries: Vec<(&str, &Entry)> = match &theirs {
        Some(entry) => vec![("", entry)],
        None if seen.settings.ours => {
            seen.entries.iter().map(|stored| (stored.id.as_str(), &stored.entry)).collect()
        }
        None => Vec::new(),
    };
    let on: Vec<(&str, &Entry)> = entries.into_iter().filter(|(_, entry)| entry.enabled).collect();
    fires(&on, &seen.days, now)
}

/// What comes of these: ten that fire, with those between that will not.
pub(super) fn fires(entries: &[(&str, &Entry)], days: &[StoredDay], now: Millis) -> Vec<Fire> {
    // They come newest first; the next ones count.
    let ahead = days.iter().rev().filter(|day| day.state == DayState::Skip && day.due > now);
    let unwanted: Vec<&StoredDay> = ahead.take(FIRES * 2).collect();
    let alone: Vec<&Entry> = entries.iter().map(|(_, entry)| *entry).collect();
    let mut left = FIRES;
    // A day fires once, also when its entry is moved to later on it.
    let over = |id: &str, of: i64| {
        days.iter().any(|day| day.entry == id && day.day == of && day.state != DayState::Skip)
    };
    let named = |coming: domain::schedule::Coming| {
        let (id, entry) = entries.get(coming.entry).filter(|(id, _)| !over(id, coming.occurrence.day))?;
        let day = unwanted.iter().find(|day| day.entry == *id && day.day == coming.occurrence.day);
        let unwanted = day.map(|day| day.because().unwrap_or_default());
        Some(Fire { id: (*id).to_owned(), entry: (*entry).clone(), coming, unwanted })
    };
    coming(&alone, &XNYS, now, FIRES + unwanted.len() + entries.len())
        .into_iter()
        .filter_map(named)
        .take_while(|fire| {
            let shown = left > 0;
            left = left.saturating_sub(usize::from(fire.will()));
            shown
        })
        .collect()
}

/// What would come into something's way.
async fn warnings(app: &App, seen: &Outlook, fires: &[Fire], now: Millis) -> Result<Vec<String>, ApiError> {
    let on: Vec<&Entry> =
        seen.entries.iter().map(|stored| &stored.entry).filter(|entry| entry.enabled).collect();
    let views = app.hub.ask(Command::Runs).await.ok_or(ApiError::Stopping)?;
    let going = in_progress(&views, now);
    // One alone comes into nobody's way.
    if on.len() < 2 && going.is_none() {
        return Ok(Vec::new());
    }
    // Entries that run the same take as long: it is looked up once.
    let mut known: Vec<(Order, Option<Millis>)> = Vec::new();
    let mut takes = Vec::new();
    for entry in &on {
        let order = entry.order();
        let found = known.iter().find(|(other, _)| *other == order).map(|(_, span)| *span);
        let span = match found {
            Some(span) => span,
            None => {
                let usual = usual_of(app, &order).await?;
                let span = usual.map(|(usual, _)| match usual {
                    Usual::Of(span, ..) | Usual::Last(span) | Usual::Pace(span) => span,
                });
                known.push((order, span));
                span
            }
        };
        takes.push(span);
    }
    let spans: Vec<Millis> = takes.iter().map(|span| span.unwrap_or(LASTS)).collect();
    let ahead =
        coming(&on, &XNYS, now, LOOKED_AT).into_iter().filter(|coming| coming.occurrence.skip.is_none());
    let ahead: Vec<(usize, Millis)> = ahead.map(|coming| (coming.entry, coming.occurrence.at)).collect();
    let said = |found: domain::schedule::Clash| {
        let (first, second) = (on.get(found.first.0)?, on.get(found.second.0)?);
        let (takes, known) = (*spans.get(found.first.0)?, takes.get(found.first.0)?.is_some());
        Some(clash(&first.name, &second.name, found.second.1 - found.first.1, takes, known))
    };
    let mut all: Vec<String> =
        going.and_then(|going| until_it_ends(going, fires, &on, &spans, now)).into_iter().collect();
    all.extend(clashes(&ahead, &spans).into_iter().filter_map(said));
    Ok(all)
}

/// A run that is likely to go on when the next one is due.
fn until_it_ends(
    going: &RunView,
    fires: &[Fire],
    on: &[&Entry],
    spans: &[Millis],
    now: Millis,
) -> Option<String> {
    let next = fires.iter().find(|fire| fire.will())?;
    let takes = on.iter().position(|entry| **entry == next.entry).and_then(|at| spans.get(at)).copied();
    let started = going.run.started;
    // One that takes longer than usual may as well go on for as long again.
    let until = (started + takes.unwrap_or(LASTS)).max(now + (now - started).clamp(MINUTE, LASTS));
    let due = next.coming.occurrence.at;
    (due < until).then(|| in_the_way(&short_id(&going.run.id), &next.entry.name, due - now))
}

/// What became of a day that was due.
fn past(day: &StoredDay, commands: &[CommandRecord], now: Millis) -> Option<Past> {
    let failed = failed(day, commands);
    let state = match day.state {
        DayState::Skip => return None,
        DayState::Taken => Became::Taken,
        DayState::Fired if failed.is_none() => Became::Fired,
        DayState::Fired | DayState::Refused => Became::Refused,
        DayState::Skipped => Became::Skipped,
        DayState::Missed => Became::Missed,
    };
    let why = failed.map(became).or_else(|| day.because()).unwrap_or_default();
    let (entry, name, command) = (day.entry.clone(), day.name.clone(), day.command.clone());
    (day.due <= now).then_some(Past { entry, name, due: day.due, became: state, why, command })
}
