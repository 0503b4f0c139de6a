//! The moments of the next days: bells, nights, runs that are due. What a browser counts down to.

use super::{Days, Entry, Missed, day_in, minute_of};
use crate::calendar::{EXCHANGE, Exchange, zone};
use crate::nights::Nights;
use crate::record::{Moment, MomentKind, Schedule};
use crate::time::{DAY, Millis};

/// Days ahead.
const AHEAD: i64 = 10;
/// Days back: the longest that an exchange was ever closed, and the night before.
const BACK: i64 = 8;

/// An entry, and since when it counts.
#[derive(Clone, Debug)]
pub struct Scheduled {
    /// Its id.
    pub id: String,
    /// What it says.
    pub entry: Entry,
    /// What was due before is nobody's.
    pub since: Millis,
}

/// What became of a day of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Of which entry.
    pub entry: String,
    /// Which day.
    pub day: i64,
    /// When it was due: its entry may have another time since.
    pub due: Millis,
    /// What it is to be shown as.
    pub kind: MomentKind,
    /// Why.
    pub words: Option<String>,
}

/// The moments around now, ascending: from the night before the last on.
#[must_use]
pub fn moments(
    exchange: &Exchange,
    nights: &Nights,
    entries: &[Scheduled],
    outcomes: &[Outcome],
    now: Millis,
) -> Vec<Moment> {
    let today = day_in(exchange.zone, now).unwrap_or_else(|| now.div_euclid(DAY));
    let first = nights.of(nights.start(nights.of(now)) - 1);
    let days = first.max(today - BACK)..=today + AHEAD;
    let mut moments = Vec::new();
    for day in days.clone() {
        let known = exchange.day(day);
        let at = |at, kind, words: Option<String>| Moment { at, kind, day, words };
        match exchange.session(day) {
            Some(session) => {
                let close = if session.early { MomentKind::Early } else { MomentKind::Close };
                moments.push(at(nights.start(day), MomentKind::Night, None));
                moments.push(at(session.open, MomentKind::Open, None));
                moments.push(at(session.close, close, known.name.map(str::to_owned)));
            }
            None if known.name.is_some() => {
                moments.push(at(nights.start(day), MomentKind::Closed, known.name.map(str::to_owned)));
            }
            None => {}
        }
    }
    // A day's run may be due on the next one, by the exchange's clock.
    for scheduled in entries.iter().filter(|scheduled| scheduled.entry.enabled) {
        let coming =
            (days.start() - 1..=days.end() + 1).filter_map(|day| scheduled.entry.occurrence(exchange, day));
        for occurrence in coming {
            let outcome =
                outcomes.iter().find(|known| known.entry == scheduled.id && known.day == occurrence.day);
            let (kind, words) = match (outcome, &occurrence.skip) {
                (Some(outcome), _) => (outcome.kind, outcome.words.clone()),
                (None, Some(why)) => (MomentKind::Skip, Some(why.clone())),
                (None, None) => (MomentKind::Due, None),
            };
            let due = outcome.map_or(occurrence.at, |outcome| outcome.due);
            let nobodys = outcome.is_none() && due <= scheduled.since;
            let trades = exchange.day(occurrence.day).hours.is_some();
            // That nothing is due while the exchange is closed goes without saying.
            if !nobodys && (trades || occurrence.skip.is_none() || kind != MomentKind::Skip) {
                moments.push(Moment { at: due, kind, day: nights.of(due), words });
            }
        }
    }
    moments.sort_by_key(|moment| moment.at);
    moments
}

/// The producer's own schedule as an entry; `None`: it says too little, or does not fire.
#[must_use]
pub fn adopted(schedule: &Schedule) -> Option<Entry> {
    let minute = schedule.time.as_deref().and_then(minute_of)?;
    let known = schedule.zone.clone().filter(|name| zone(name, schedule.at).is_some());
    Some(Entry {
        name: "The producer’s".to_owned(),
        enabled: schedule.enabled.unwrap_or(true),
        minute,
        zone: known.unwrap_or_else(|| EXCHANGE.to_owned()),
        days: Days::Trading,
        market_check: schedule.market_check.unwrap_or(true),
        universe: Some(schedule.universes.join(", ")).filter(|names| !names.is_empty()),
        missed: Missed::Skip,
        ..Entry::nightly()
    })
}
