//! Zones, from the time zone database, and wall clocks told in them.
//!
//! The WASM has no database: it gets the tables made here.

use crate::time::{DAY, Millis, Zone};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The exchange's zone.
pub const EXCHANGE: &str = super::XNYS.zone;

/// The table of a zone's offsets for about 400 days before and after `around`; `None` when there is no such zone.
#[must_use]
pub fn zone(name: &str, around: Millis) -> Option<Zone> {
    if name.len() > 64 {
        return None;
    }
    let zone = TimeZone::get(name).ok()?;
    let start = Timestamp::from_millisecond(around.saturating_sub(400 * DAY)).ok()?;
    let end = around.saturating_add(400 * DAY);
    let minutes = |at: Timestamp| zone.to_offset(at).seconds() / 60;
    let mut offsets = vec![(start.as_millisecond(), minutes(start))];
    for change in zone.following(start).take(16) {
        let at = change.timestamp();
        if at.as_millisecond() > end {
            break;
        }
        offsets.push((at.as_millisecond(), minutes(at)));
    }
    Some(Zone { name: name.to_owned(), label: label(name), offsets })
}

/// The exchange's zone as a table; UTC only if the database itself were missing.
#[must_use]
pub fn exchange(around: Millis) -> Zone {
    zone(EXCHANGE, around).unwrap_or_else(Zone::utc)
}

/// An instant that a person or program wrote, as RFC 3339 has it: `2026-11-20T21:10:00Z`, or with an offset.
#[must_use]
pub fn instant(text: &str) -> Option<Millis> {
    if text.len() > 40 {
        return None;
    }
    text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

/// `ET` for the exchange, else the city.
fn label(name: &str) -> String {
    match name {
        EXCHANGE => "ET".into(),
        _ => name.rsplit('/').next().unwrap_or(name).replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::days_of;

    #[test]
    fn new_york_changes_its_clock_in_november() {
        let before = days_of(2026, 10, 31) * DAY + DAY / 2;
        let zone = exchange(before);
        assert_eq!(zone.offset_at(before), -240);
        assert_eq!(zone.offset_at(before + 2 * DAY), -300);
        assert_eq!(zone.label, "ET");
    }

    #[test]
    fn an_instant_has_an_offset() {
        let noon = days_of(2026, 11, 20) * DAY + DAY / 2;
        assert_eq!(instant("2026-11-20T12:00:00Z"), Some(noon));
        assert_eq!(instant("2026-11-20T07:00:00.000-05:00"), Some(noon));
        assert_eq!([instant("2026-11-20T12:00:00"), instant("yesterday"), instant("")], [None; 3]);
    }

    #[test]
    fn nonsense_is_no_zone() {
        assert_eq!(zone("Mars/Olympus", 0), None);
        assert_eq!(zone(&"x".repeat(100), 0), None);
    }
}
