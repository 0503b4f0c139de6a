//! How a day of each year is found: a date, the nth weekday of a month, a distance from Easter.

use crate::time::days_of;

/// Monday is 0. Days of the week as bits: bit 0 is Monday.
pub type Weekdays = u8;

/// A day that comes back.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// What it is called: "Thanksgiving".
    pub name: &'static str,
    /// The first and the last year in which it is kept.
    pub years: (i32, i32),
    /// Which day it is.
    pub on: On,
    /// What becomes of it on a weekend.
    pub moved: Moved,
    /// Only when it falls on one of these.
    pub only: Weekdays,
}

/// A day of a year.
#[derive(Clone, Copy, Debug)]
pub enum On {
    /// Month and day.
    Date(u8, u8),
    /// The nth (from 1) such weekday of a month, and so many days after it.
    Nth(u8, u8, u8, i64),
    /// The last such weekday of a month.
    Last(u8, u8),
    /// So many days after Easter Sunday.
    Easter(i64),
}

/// What becomes of a holiday that falls on a weekend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// It stays where it is.
    Never,
    /// From Saturday to Friday, from Sunday to Monday.
    Nearest,
    /// From Sunday to Monday; on a Saturday it is lost.
    SundayToMonday,
}

impl Rule {
    /// Every weekday.
    pub const ANY: Weekdays = 0b111_1111;

    /// The day on which it is kept in a year, as days since 1970-01-01. (A New Year's Day is never kept in the year before.)
    #[must_use]
    pub fn day(&self, year: i32) -> Option<i64> {
        if year < self.years.0 || year > self.years.1 {
            return None;
        }
        let day = self.on.day(year);
        if self.only >> weekday(day) & 1 == 0 {
            return None;
        }
        Some(match (self.moved, weekday(day)) {
            (Moved::Nearest, 5) => day - 1,
            (Moved::Nearest | Moved::SundayToMonday, 6) => day + 1,
            _ => day,
        })
    }
}

impl On {
    fn day(self, year: i32) -> i64 {
        match self {
            Self::Date(month, day) => days_of(year, month, day),
            Self::Nth(month, wanted, nth, after) => {
                let first = days_of(year, month, 1);
                let ahead = (i64::from(wanted) - weekday(first)).rem_euclid(7);
                first + ahead + 7 * (i64::from(nth) - 1) + after
            }
            Self::Last(month, wanted) => {
                let next = if month == 12 { days_of(year + 1, 1, 1) } else { days_of(year, month + 1, 1) };
                next - 1 - (weekday(next - 1) - i64::from(wanted)).rem_euclid(7)
            }
            Self::Easter(after) => easter(year) + after,
        }
    }
}

/// 0 = Monday … 6 = Sunday, of a count of days since 1970-01-01, a Thursday.
pub(super) fn weekday(days: i64) -> i64 {
    (days + 3).rem_euclid(7)
}

/// Easter Sunday by the Gregorian reckoning (the anonymous algorithm of 1876).
fn easter(year: i32) -> i64 {
    let (golden, century, of_century) = (year % 19, year / 100, year % 100);
    let corrected = century - (century + 8) / 25 + 1;
    let moon = (19 * golden + century - century / 4 - corrected / 3 + 15) % 30;
    let sunday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - moon - of_century % 4) % 7;
    let late = (golden + 11 * moon + 22 * sunday) / 451;
    let rest = moon + sunday - 7 * late + 114;
    let part = |number: i32| u8::try_from(number).unwrap_or(1);
    days_of(year, part(rest / 31), part(rest % 31 + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_is_when_it_was() {
        for (year, month, day) in [
            (1990, 4, 15),
            (2000, 4, 23),
            (2008, 3, 23),
            (2011, 4, 24),
            (2024, 3, 31),
            (2026, 4, 5),
            (2038, 4, 25),
        ] {
            assert_eq!(easter(year), days_of(year, month, day), "{year}");
        }
    }

    #[test]
    fn a_day_off_falls_where_it_is_kept() {
        let rule = |on, moved| Rule { name: "x", years: (2000, 2030), on, moved, only: Rule::ANY };
        let fourth = rule(On::Date(7, 4), Moved::Nearest);
        assert_eq!(fourth.day(2026), Some(days_of(2026, 7, 3)), "a Saturday");
        assert_eq!(fourth.day(2027), Some(days_of(2027, 7, 5)), "a Sunday");
        assert_eq!((fourth.day(1999), fourth.day(2031)), (None, None));
        assert_eq!(rule(On::Last(5, 0), Moved::Never).day(2026), Some(days_of(2026, 5, 25)));
        assert_eq!(rule(On::Last(12, 3), Moved::Never).day(2026), Some(days_of(2026, 12, 31)));
        assert_eq!(rule(On::Nth(11, 3, 4, 1), Moved::Never).day(2026), Some(days_of(2026, 11, 27)));
    }
}
