//! What an entry comes to on a day.

use super::{AHEAD, Days, EarlyClose, Entry};
use crate::calendar::{Day, Exchange, WallClock, wall};
use crate::time::{Civil, DAY, MINUTE, Millis};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A day of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// Which day, on the entry's clock, since 1970-01-01.
    pub day: i64,
    /// When it is due.
    pub at: Millis,
    /// What the entry's clock does at that minute.
    pub clock: WallClock,
    /// Minutes east of UTC on that clock then.
    pub offset: i64,
    /// The exchange closes early on that day.
    pub early: bool,
    /// Why it will not fire: "closed for Thanksgiving".
    pub skip: Option<String>,
}

impl Entry {
    /// What a day comes to; `None`: it is none of the entry's days, or its zone is unknown.
    #[must_use]
    pub fn occurrence(&self, exchange: &Exchange, day: i64) -> Option<Occurrence> {
        let known = exchange.day(day);
        let weekdays = match self.days {
            Days::Trading => exchange.trades,
            Days::Weekdays(weekdays) => weekdays,
        };
        if weekdays >> Civil::from_utc(day.saturating_mul(DAY)).weekday() & 1 == 0 {
            return None;
        }
        let usual = wall(&self.zone, day, self.minute)?;
        let early = known.hours.is_some_and(|hours| hours.early);
        let (at, clock) = match self.early {
            EarlyClose::After(minutes) if early => {
                (exchange.session(day)?.close + i64::from(minutes) * MINUTE, WallClock::Once)
            }
            _ => (usual.at, usual.clock),
        };
        let skip = match self.days {
            Days::Trading if known.hours.is_none() => Some(closed(&known)),
            _ if self.market_check => market_check(exchange, at),
            _ => None,
        };
        let offset = (day * DAY + i64::from(self.minute) * MINUTE - usual.at) / MINUTE;
        Some(Occurrence { day, at, clock, offset, early, skip })
    }

    /// Whether it fires at all, on a day not too far from a moment.
    ///
    /// # Errors
    /// With the reason for which it never does.
    pub fn check(&self, exchange: &Exchange, now: Millis) -> Result<(), String> {
        let today = day_in(&self.zone, now).ok_or_else(|| format!("there is no zone {}", self.zone))?;
        let mut why = None;
        for occurrence in (today..today + AHEAD).filter_map(|day| self.occurrence(exchange, day)) {
            let Some(skip) = occurrence.skip else { return Ok(()) };
            // The reason of an ordinary day says more than that of a holiday.
            if why.is_none() || exchange.day(occurrence.day).hours.is_some() {
                why = Some(skip);
            }
        }
        Err(why.unwrap_or_else(|| "no day is chosen".to_owned()))
    }
}

/// What comes after a moment: so many occurrences that will fire, with those between that will not (the first of them, at most
/// three times as many).
#[must_use]
pub fn preview(entry: &Entry, exchange: &Exchange, after: Millis, fires: usize) -> Vec<Occurrence> {
    let Some(today) = day_in(&entry.zone, after) else { return Vec::new() };
    let mut all: Vec<Occurrence> = Vec::new();
    let (mut fired, mut skipped) = (0, 0);
    let coming = (today..today + AHEAD).filter_map(|day| entry.occurrence(exchange, day));
    for occurrence in coming.filter(|occurrence| occurrence.at > after) {
        let skip = occurrence.skip.is_some();
        skipped += usize::from(skip);
        fired += usize::from(!skip);
        if !skip || skipped <= fires * 3 {
            all.push(occurrence);
        }
        if fired >= fires {
            break;
        }
    }
    // What will not be is only worth saying before something that will.
    while all.last().is_some_and(|last| last.skip.is_some()) {
        all.pop();
    }
    all
}

/// The date on the clock of a zone, as days since 1970-01-01; `None`: there is no such zone.
#[must_use]
pub fn day_in(zone: &str, at: Millis) -> Option<i64> {
    let zone = TimeZone::get(zone).ok()?;
    let moment = Timestamp::from_millisecond(at).ok()?;
    let local = at.checked_add(i64::from(zone.to_offset(moment).seconds()) * 1_000)?;
    Some(local.div_euclid(DAY))
}

/// Not on days without trading, and not before the close.
fn market_check(exchange: &Exchange, at: Millis) -> Option<String> {
    let day = day_in(exchange.zone, at)?;
    match exchange.session(day) {
        None => Some(closed(&exchange.day(day))),
        Some(session) if at < session.close => Some("before the close".to_owned()),
        Some(_) => None,
    }
}

/// "closed for Thanksgiving".
fn closed(day: &Day) -> String {
    match day.name {
        Some(name) => format!("closed for {name}"),
        None => format!("no trading on {}", Civil::from_utc(day.days.saturating_mul(DAY)).long_weekday()),
    }
}
