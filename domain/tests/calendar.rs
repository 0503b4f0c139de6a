//! The calendar against its reference: every day from 1990 to 2035.
#![cfg(feature = "calendar")]

use domain::calendar::{FIRST, Hours, LAST, XNYS};
use domain::time::{Civil, DAY, days_of};
use std::collections::HashMap;

/// The reference says how days differ from this.
const USUAL: Hours = Hours { open: 570, close: 960, early: false };

fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    Some(hours.parse::<u16>().ok()? * 60 + minutes.parse::<u16>().ok()?)
}

fn days(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let mut part = || parts.next()?.parse::<u16>().ok();
    let (year, month, day) = (part()?, part()?, part()?);
    Some(days_of(i32::from(year), u8::try_from(month).ok()?, u8::try_from(day).ok()?))
}

#[test]
fn no_day_differs_from_the_reference() {
    let mut reference = HashMap::new();
    for line in include_str!("xnys/xnys.txt").lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split(' ').collect();
        let hours = match words.as_slice() {
            [_, "closed"] => None,
            [_, open, close] => {
                let (open, close) = (minute(open).unwrap(), minute(close).unwrap());
                Some(Hours { open, close, early: close < USUAL.close })
            }
            _ => panic!("{line}"),
        };
        assert!(reference.insert(days(words[0]).unwrap(), hours).is_none(), "{line}");
    }
    assert_eq!(reference.len(), 522);
    let (mut sessions, mut early) = (0, 0);
    for day in FIRST..=LAST {
        let weekend = Civil::from_utc(day * DAY).weekday() > 4;
        let wanted = reference.get(&day).copied().unwrap_or((!weekend).then_some(USUAL));
        let found = XNYS.day(day);
        assert_eq!(found.hours, wanted, "{}", Civil::from_utc(day * DAY).day_label());
        // A name for every day that is not like the others, and for no other.
        let special = !weekend && wanted != Some(USUAL);
        assert_eq!(found.name.is_some(), special, "{}", Civil::from_utc(day * DAY).day_label());
        sessions += u32::from(wanted.is_some());
        early += u32::from(wanted.is_some_and(|hours| hours.early));
    }
    assert_eq!((sessions, early), (11_577, 98));
}

#[test]
fn bells_are_instants_on_both_sides_of_a_change_of_the_clock() {
    for (month, day, hour) in [(3, 6, 14), (3, 9, 13), (10, 30, 13), (11, 2, 14)] {
        let session = XNYS.session(days_of(2026, month, day)).unwrap();
        let noon = days_of(2026, month, day) * DAY + (hour * 60 + 30) * 60_000;
        assert_eq!((session.open, session.close), (noon, noon + 390 * 60_000), "{month} {day}");
    }
}
