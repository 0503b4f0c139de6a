//! An exchange: when it trades, by rule, and what was different once.

use super::rules::{Rule, Weekdays, weekday};
use crate::nights::Nights;
use crate::time::{Civil, DAY, MINUTE, Millis, Zone};
use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

/// An exchange, as data.
#[derive(Clone, Copy, Debug)]
pub struct Exchange {
    /// What it is called.
    pub name: &'static str,
    /// IANA name of its zone.
    pub zone: &'static str,
    /// When it opens, in minutes of its day.
    pub open: u16,
    /// When it closes.
    pub close: u16,
    /// Days of the week on which it trades.
    pub trades: Weekdays,
    /// Days on which it is closed.
    pub holidays: &'static [Rule],
    /// Days on which it closes early, and when.
    pub early: &'static [(u16, Rule)],
    /// Days on which it was closed once, and for what.
    pub closures: &'static [(i64, &'static str)],
    /// Days on which it closed early once: when, and what day that was.
    pub early_once: &'static [(i64, u16, &'static str)],
}

/// A day of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Days since 1970-01-01.
    pub days: i64,
    /// When it trades; `None`: not at all.
    pub hours: Option<Hours>,
    /// For what it is closed, or which day closes early; `None` on every other day, and on weekends.
    pub name: Option<&'static str>,
}

/// Hours of a trading day, in minutes of the exchange's day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// The first bell.
    pub open: u16,
    /// The closing bell.
    pub close: u16,
    /// Whether that is earlier than usual.
    pub early: bool,
}

/// A trading day in instants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Which day, since 1970-01-01.
    pub days: i64,
    /// The first bell.
    pub open: Millis,
    /// The closing bell.
    pub close: Millis,
    /// Whether that is earlier than usual.
    pub early: bool,
}

impl Exchange {
    /// What a day is.
    #[must_use]
    pub fn day(&self, days: i64) -> Day {
        let closed = |name| Day { days, hours: None, name };
        if self.trades >> weekday(days) & 1 == 0 {
            return closed(None);
        }
        let year = Civil::from_utc(days.saturating_mul(DAY)).year;
        if let Some((_, name)) = self.closures.iter().find(|(day, _)| *day == days) {
            return closed(Some(name));
        }
        if let Some(holiday) = self.holidays.iter().find(|rule| rule.day(year) == Some(days)) {
            return closed(Some(holiday.name));
        }
        let once = self.early_once.iter().find(|(day, ..)| *day == days).map(|(_, at, name)| (*at, *name));
        let ruled = || {
            let found = self.early.iter().find(|(_, rule)| rule.day(year) == Some(days));
            found.map(|(at, rule)| (*at, rule.name))
        };
        let early = once.or_else(ruled);
        let close = early.map_or(self.close, |(at, _)| at);
        let hours = Hours { open: self.open, close, early: early.is_some() };
        Day { days, hours: Some(hours), name: early.map(|(_, name)| name) }
    }

    /// A trading day in instants; `None` when it is none.
    #[must_use]
    pub fn session(&self, days: i64) -> Option<Session> {
        let hours = self.day(days).hours?;
        let at = |minute| wall(self.zone, days, minute).map(|moment| moment.at);
        Some(Session { days, open: at(hours.open)?, close: at(hours.close)?, early: hours.early })
    }

    /// Its nights, for about two years before and after a moment.
    #[must_use]
    pub fn nights(&self, around: Millis) -> Nights {
        let zone = super::zone(self.zone, around).unwrap_or_else(Zone::utc);
        let middle = around.div_euclid(DAY);
        let days = (middle - 800..=middle + 800).filter(|days| self.day(*days).hours.is_some()).collect();
        Nights::new(zone, days)
    }
}

/// A minute of a wall clock as an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wall {
    /// The instant.
    pub at: Millis,
    /// What the clock does there.
    pub clock: WallClock,
}

/// What a wall clock does at a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WallClock {
    /// It shows that minute once.
    Once,
    /// It skips it (the clock goes forward): the instant is as much later as it goes forward.
    Skipped,
    /// It shows it twice (the clock goes back): the instant is the first.
    Twice,
}

/// When the clock of a zone shows a minute of a day; `None`: there is no such zone or day.
#[must_use]
pub fn wall(zone: &str, days: i64, minute: u16) -> Option<Wall> {
    let zone = TimeZone::get(zone).ok()?;
    let local = days.checked_mul(DAY)?.checked_add(i64::from(minute) * MINUTE)?;
    // The wall clock's own digits, taken as if they were UTC.
    let civil = Offset::UTC.to_datetime(Timestamp::from_millisecond(local).ok()?);
    let found = zone.to_ambiguous_timestamp(civil);
    let clock = match found.offset() {
        AmbiguousOffset::Unambiguous { .. } => WallClock::Once,
        AmbiguousOffset::Gap { .. } => WallClock::Skipped,
        AmbiguousOffset::Fold { .. } => WallClock::Twice,
    };
    let at = found.compatible().ok()?.as_millisecond();
    Some(Wall { at, clock })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::XNYS;
    use crate::time::{HOUR, days_of};

    #[test]
    fn the_week_of_thanksgiving() {
        let day = |day| XNYS.day(days_of(2026, 11, day));
        assert_eq!(day(26), Day { days: day(26).days, hours: None, name: Some("Thanksgiving") });
        assert_eq!(day(27).hours, Some(Hours { open: 570, close: 780, early: true }));
        assert_eq!(day(27).name, Some("the day after Thanksgiving"));
        assert_eq!((day(28).hours, day(28).name), (None, None));
        let friday = XNYS.session(days_of(2026, 11, 27));
        let noon = days_of(2026, 11, 27) * DAY + 12 * HOUR;
        assert_eq!(
            friday.map(|session| (session.open, session.close)),
            Some((noon + 150 * MINUTE, noon + 6 * HOUR))
        );
    }

    #[test]
    fn a_clock_that_is_changed_skips_and_repeats() {
        let at = |month, day, minute| wall("America/New_York", days_of(2026, month, day), minute);
        let half_past_two = at(3, 8, 150);
        let three = days_of(2026, 3, 8) * DAY + 7 * HOUR;
        assert_eq!(half_past_two, Some(Wall { at: three + 30 * MINUTE, clock: WallClock::Skipped }));
        let one = days_of(2026, 11, 1) * DAY + 5 * HOUR;
        assert_eq!(at(11, 1, 60), Some(Wall { at: one, clock: WallClock::Twice }));
        assert_eq!(at(11, 1, 970).map(|wall| wall.clock), Some(WallClock::Once));
        assert_eq!(wall("Mars/Olympus", 0, 0), None);
        assert_eq!(wall("America/New_York", i64::MAX, 0), None);
    }
}
