//! The exchange's trading days as a list: looked up for every bar, so that they are counted out once.
//!
//! Invariant: what is in the list is what [`domain::calendar::XNYS`] says, for the days it is known to be right for; nothing is said
//! about other days.

use crate::bar::Day;
use domain::calendar::{FIRST, LAST, XNYS};
use std::ops::RangeInclusive;
use std::sync::LazyLock;

static SESSIONS: LazyLock<Vec<Day>> = LazyLock::new(|| {
    let days = (FIRST..=LAST).filter(|day| XNYS.day(*day).hours.is_some());
    days.filter_map(|day| Day::try_from(day).ok()).collect()
});

/// Whether the calendar is known for that day.
#[must_use]
pub fn known(day: Day) -> bool {
    (FIRST..=LAST).contains(&i64::from(day))
}

/// Whether the exchange trades on that day.
#[must_use]
pub fn is_session(day: Day) -> bool {
    SESSIONS.binary_search(&day).is_ok()
}

/// Its trading days from one day to another, both included.
#[must_use]
pub fn between(days: RangeInclusive<Day>) -> &'static [Day] {
    let from = SESSIONS.partition_point(|day| day < days.start());
    let to = SESSIONS.partition_point(|day| day <= days.end());
    SESSIONS.get(from..to).unwrap_or_default()
}

/// The first trading day after that day; `None`: the calendar ends.
#[must_use]
pub fn after(day: Day) -> Option<Day> {
    SESSIONS.get(SESSIONS.partition_point(|session| *session <= day)).copied()
}

/// So many trading days up to that day, ascending; fewer where the calendar begins.
#[must_use]
pub fn last(count: usize, to: Day) -> &'static [Day] {
    let all = between(Day::MIN..=to);
    &all[all.len().saturating_sub(count)..]
}

/// The last trading day that is over at an instant (UTC milliseconds).
#[must_use]
pub fn finished(at: domain::time::Millis) -> Option<Day> {
    let today = Day::try_from(at.div_euclid(domain::time::DAY)).ok()?;
    let over = |day: &&Day| XNYS.session(i64::from(**day)).is_some_and(|session| session.close <= at);
    last(5, today).iter().rev().find(over).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bar::day_of;
    use domain::time::{DAY, HOUR};

    #[test]
    fn thanksgiving_and_the_day_after() {
        let (wednesday, friday) = (day_of(2026, 11, 25), day_of(2026, 11, 27));
        assert_eq!(between(wednesday..=friday), [wednesday, friday]);
        assert_eq!(after(wednesday), Some(friday));
        assert!(!is_session(friday - 1) && is_session(friday) && known(friday));
        assert_eq!(last(2, friday + 2), [wednesday, friday]);
        // It closes at one in the afternoon: 18:00 UTC.
        let one = i64::from(friday) * DAY + 18 * HOUR;
        assert_eq!((finished(one - 1), finished(one)), (Some(wednesday), Some(friday)));
        assert_eq!(finished(one + 2 * DAY), Some(friday));
    }

    #[test]
    fn a_session_after_the_last_one_is_not_made_up() {
        assert_eq!(after(Day::MAX), None);
        assert_eq!(between(1..=2), [0; 0], "before the calendar begins");
        assert!(!known(0) && !is_session(0));
    }
}
