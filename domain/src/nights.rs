//! Nights: which trading day a moment belongs to.
//!
//! A night begins at nine on the exchange's clock on a trading day, half an hour before the bell, and lasts until the next one
//! begins: a run at 02:00 on Saturday belongs to Friday, and so does one on Sunday.

use crate::time::{self, Millis, Zone};

/// The exchange's clock and its trading days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nights {
    zone: Zone,
    /// Trading days as days since 1970-01-01, ascending and without a gap: before the first and after the last every day is one.
    days: Vec<i64>,
}

impl Nights {
    /// The nights of these trading days, which are ascending.
    #[must_use]
    pub fn new(zone: Zone, days: Vec<i64>) -> Self {
        Self { zone, days }
    }

    /// The exchange's clock.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The night that a moment belongs to: its trading day.
    #[must_use]
    pub fn of(&self, at: Millis) -> i64 {
        let day = time::night_of(at, &self.zone);
        match (self.days.partition_point(|trading| *trading <= day), self.days.last()) {
            (0, _) => day,
            (_, Some(last)) if day > *last => day,
            (after, _) => self.days.get(after - 1).copied().unwrap_or(day),
        }
    }

    /// The night after one.
    #[must_use]
    pub fn after(&self, night: i64) -> i64 {
        let after = self.days.partition_point(|trading| *trading <= night);
        self.days.get(after).copied().filter(|_| after > 0).unwrap_or(night + 1)
    }

    /// When a night begins: the first moment that belongs to it.
    #[must_use]
    pub fn start(&self, night: i64) -> Millis {
        time::night_start(night, &self.zone)
    }
}

/// Where no trading day is known, every day is one.
impl From<Zone> for Nights {
    fn from(zone: Zone) -> Self {
        Self::new(zone, Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{DAY, HOUR, days_of};

    fn ny() -> Zone {
        Zone { name: "n".into(), label: "ET".into(), offsets: vec![(Millis::MIN, -300)] }
    }

    #[test]
    fn a_weekend_and_a_holiday_belong_to_the_trading_day_before() {
        let day = |day| days_of(2026, 11, day);
        let nights = Nights::new(ny(), vec![day(24), day(25), day(27), day(30)]);
        let at = |on, hour: i64| day(on) * DAY + (hour + 5) * HOUR;
        assert_eq!(nights.of(at(26, 16)), day(25), "Thanksgiving");
        assert_eq!(nights.of(at(29, 14)), day(27), "a Sunday");
        assert_eq!(nights.of(at(30, 8)), day(27), "Monday, before nine");
        assert_eq!(nights.of(at(30, 9)), day(30));
        assert_eq!(nights.after(day(25)), day(27));
        assert_eq!(nights.of(nights.start(nights.after(day(27))) - 1), day(27));
    }

    #[test]
    fn outside_what_is_known_every_day_is_one() {
        let known = Nights::new(ny(), vec![days_of(2026, 11, 24), days_of(2026, 11, 25)]);
        for nights in [known, Nights::from(ny())] {
            for night in [days_of(2020, 2, 29), days_of(2030, 1, 5)] {
                assert_eq!(nights.of(night * DAY + 22 * HOUR), night);
                assert_eq!(nights.after(night), night + 1);
            }
        }
    }
}
