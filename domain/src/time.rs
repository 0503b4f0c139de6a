//! Instants, zones and civil time without a time zone database.
//!
//! Everything stored and sent is UTC milliseconds. A [`Zone`] carries its own offsets as a short table, made where a
//! database exists (server: `calendar`, browser: its own clock) and only *read* here, so that the WASM needs none and the
//! first client render shows exactly the server's digits.

use crate::wire::readable;
use serde::Serialize;

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Millis = i64;

/// One second in [`Millis`].
pub const SECOND: Millis = 1_000;
/// One minute in [`Millis`].
pub const MINUTE: Millis = 60 * SECOND;
/// One hour in [`Millis`].
pub const HOUR: Millis = 60 * MINUTE;
/// One day in [`Millis`].
pub const DAY: Millis = 24 * HOUR;

/// A zone as a table of its offsets: from each instant on, so many minutes east of UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Zone {
    /// IANA name, for example `America/New_York`.
    pub name: String,
    /// What a person reads behind a time: `ET`, or a city.
    pub label: String,
    /// Ascending (from, minutes east of UTC). Before the first entry the first offset holds.
    pub offsets: Vec<(Millis, i32)>,
}

readable!(Zone { name, label, offsets });

impl Zone {
    /// UTC, the zone of a server that was told nothing.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".into(), label: "UTC".into(), offsets: vec![(Millis::MIN, 0)] }
    }

    /// Minutes east of UTC at that instant.
    #[must_use]
    pub fn offset_at(&self, at: Millis) -> i32 {
        let after = self.offsets.partition_point(|(from, _)| *from <= at);
        self.offsets.get(after.saturating_sub(1)).map_or(0, |(_, minutes)| *minutes)
    }

    /// The wall clock of this zone at that instant.
    #[must_use]
    pub fn civil(&self, at: Millis) -> Civil {
        Civil::from_utc(at.saturating_add(i64::from(self.offset_at(at)) * MINUTE))
    }

    /// Whether both zones show the same wall clock at that instant: then it is written once.
    #[must_use]
    pub fn agrees_with(&self, other: &Self, at: Millis) -> bool {
        self.offset_at(at) == other.offset_at(at)
    }
}

/// A date and time of day on some wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Civil {
    /// Proleptic Gregorian year.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// Days since 1970-01-01 on this wall clock.
    pub days: i64,
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const LONG_WEEKDAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

impl Civil {
    /// Splits an instant that already is local milliseconds.
    #[must_use]
    pub fn from_utc(local: Millis) -> Self {
        let days = local.div_euclid(DAY);
        let rest = local.rem_euclid(DAY);
        let (year, month, day) = date_of(days);
        let part = |unit: Millis, modulo: i64| u8::try_from(rest / unit % modulo).unwrap_or(0);
        Self {
            year,
            month,
            day,
            hour: part(HOUR, 24),
            minute: part(MINUTE, 60),
            second: part(SECOND, 60),
            days,
        }
    }

    /// 0 = Monday … 6 = Sunday.
    #[must_use]
    pub fn weekday(&self) -> usize {
        usize::try_from((self.days + 3).rem_euclid(7)).unwrap_or(0)
    }

    /// `16:41`.
    #[must_use]
    pub fn hm(&self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
    }

    /// `16:41:07`.
    #[must_use]
    pub fn hms(&self) -> String {
        format!("{:02}:{:02}:{:02}", self.hour, self.minute, self.second)
    }

    /// `2026-11-20`.
    #[must_use]
    pub fn date(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// `Fri 20 Nov`.
    #[must_use]
    pub fn day_label(&self) -> String {
        format!(
            "{} {} {}",
            WEEKDAYS[self.weekday()],
            self.day,
            MONTHS[usize::from(self.month.clamp(1, 12)) - 1]
        )
    }

    /// `20 Nov`.
    #[must_use]
    pub fn short_date(&self) -> String {
        format!("{} {}", self.day, MONTHS[usize::from(self.month.clamp(1, 12)) - 1])
    }

    /// `Friday`.
    #[must_use]
    pub fn long_weekday(&self) -> &'static str {
        LONG_WEEKDAYS[self.weekday()]
    }
}

/// Year, month and day of a count of days since 1970-01-01 (400-year eras, valid for any day that fits).
fn date_of(days: i64) -> (i32, u8, u8) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (
        i32::try_from(year).unwrap_or(i32::MAX),
        u8::try_from(month).unwrap_or(1),
        u8::try_from(day).unwrap_or(1),
    )
}

/// A moment to the second: `2026-11-20T21:10:00Z`.
#[must_use]
pub fn iso(at: Millis) -> String {
    let civil = Civil::from_utc(at);
    format!("{}T{}Z", civil.date(), civil.hms())
}

/// A moment to the millisecond: `2026-11-20T21:10:00.214Z`.
#[must_use]
pub fn iso_exact(at: Millis) -> String {
    let civil = Civil::from_utc(at);
    format!("{}T{}.{:03}Z", civil.date(), civil.hms(), at.rem_euclid(1_000))
}

/// Days since 1970-01-01 of a calendar date.
#[must_use]
pub const fn days_of(year: i32, month: u8, day: u8) -> i64 {
    let year = year as i64 - (month <= 2) as i64;
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let shifted = (month as i64 + 9) % 12;
    let of_year = (153 * shifted + 2) / 5 + day as i64 - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The night a moment belongs to, as days since 1970-01-01 on the exchange's wall clock.
///
/// Until the trading calendar is known, a night begins at 09:00 in New York and is named by the date it began on: a run at
/// 02:00 on Saturday belongs to Friday.
#[must_use]
pub fn night_of(at: Millis, exchange: &Zone) -> i64 {
    let local = exchange.civil(at);
    if local.hour < NIGHT_HOUR { local.days - 1 } else { local.days }
}

/// When a night begins: the first moment that belongs to it.
#[must_use]
pub fn night_start(night: i64, exchange: &Zone) -> Millis {
    let local = night.saturating_mul(DAY).saturating_add(i64::from(NIGHT_HOUR) * HOUR);
    // No exchange changes its clock at nine in the morning, so the offset of that hour is the one that holds.
    let near = local.saturating_sub(i64::from(exchange.offset_at(local)) * MINUTE);
    local.saturating_sub(i64::from(exchange.offset_at(near)) * MINUTE)
}

/// The hour on the exchange's clock at which one night ends and the next begins.
const NIGHT_HOUR: u8 = 9;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_run_at_two_on_saturday_belongs_to_friday() {
        let ny = Zone { name: "n".into(), label: "ET".into(), offsets: vec![(Millis::MIN, -300)] };
        let saturday_two = days_of(2026, 11, 21) * DAY + 7 * HOUR;
        let night = Civil::from_utc(night_of(saturday_two, &ny) * DAY);
        assert_eq!(night.day_label(), "Fri 20 Nov");
    }

    #[test]
    fn the_offset_changes_at_its_instant() {
        let zone = Zone { name: "x".into(), label: "x".into(), offsets: vec![(0, 60), (1_000, 120)] };
        assert_eq!([-5, 0, 999, 1_000].map(|t| zone.offset_at(t)), [60, 60, 60, 120]);
    }

    proptest! {
        #[test]
        fn a_night_begins_where_the_one_before_ends(night in 18_000_i64..22_000, change in 18_000_i64..22_000) {
            // Clocks change at two in the morning of some day.
            let zone = Zone { name: "n".into(), label: "ET".into(), offsets: vec![(Millis::MIN, -300), (change * DAY + 7 * HOUR, -240)] };
            let start = night_start(night, &zone);
            prop_assert_eq!(night_of(start, &zone), night);
            prop_assert_eq!(night_of(start - 1, &zone), night - 1);
        }

        #[test]
        fn dates_and_days_are_inverse(days in -1_000_000_i64..3_000_000) {
            let (y, m, d) = date_of(days);
            prop_assert_eq!(days_of(y, m, d), days);
        }
    }
}
