//! When a run is due.
#![cfg(feature = "calendar")]

use domain::calendar::{WallClock, XNYS};
use domain::schedule::{
    Changed, Clash, Days, EarlyClose, Entry, Missed, Occurrence, clashes, coming, preview, read, read_change,
};
use domain::time::{Civil, DAY, HOUR, MINUTE, Millis, days_of};
use proptest::prelude::*;
use serde_json::{Value, json};

/// 2026-11-24T12:00:00Z, a Tuesday.
const NOW: Millis = days_of(2026, 11, 24) * DAY + 12 * HOUR;

fn entry(given: &Value) -> Result<Entry, String> {
    let given = given.as_object().ok_or("an object")?;
    read(given, NOW).map_err(|wrong| wrong.field)
}

fn told(occurrence: &Occurrence) -> String {
    let when = Civil::from_utc(occurrence.at);
    let skip = occurrence.skip.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
    format!("{} {}Z{skip}", when.day_label(), when.hm())
}

#[test]
fn the_week_of_thanksgiving_is_shown_as_it_will_be() {
    let shown: Vec<String> = preview(&Entry::nightly(), &XNYS, NOW, 4).iter().map(told).collect();
    assert_eq!(
        shown,
        [
            "Tue 24 Nov 21:10Z",
            "Wed 25 Nov 21:10Z",
            "Thu 26 Nov 21:10Z: closed for Thanksgiving",
            "Fri 27 Nov 21:10Z",
            "Mon 30 Nov 21:10Z"
        ]
    );
    let after = Entry { early: EarlyClose::After(10), ..Entry::nightly() };
    assert_eq!(told(&after.occurrence(&XNYS, days_of(2026, 11, 27)).unwrap()), "Fri 27 Nov 18:10Z");
    assert_eq!(told(&after.occurrence(&XNYS, days_of(2026, 11, 30)).unwrap()), "Mon 30 Nov 21:10Z");
}

#[test]
fn half_past_two_on_the_days_on_which_the_clock_changes() {
    let entry =
        entry(&json!({ "name": "x", "trigger_time": "02:30", "days": "weekdays", "weekdays": "sun" }))
            .unwrap();
    let on = |month, day| entry.occurrence(&XNYS, days_of(2026, month, day)).unwrap();
    assert_eq!((told(&on(3, 8)), on(3, 8).clock), ("Sun 8 Mar 07:30Z".to_owned(), WallClock::Skipped));
    assert_eq!((told(&on(3, 15)), on(3, 15).clock), ("Sun 15 Mar 06:30Z".to_owned(), WallClock::Once));
    let twice = Entry { minute: 90, ..entry.clone() };
    let on = twice.occurrence(&XNYS, days_of(2026, 11, 1)).unwrap();
    assert_eq!((told(&on), on.clock), ("Sun 1 Nov 05:30Z".to_owned(), WallClock::Twice));
}

#[test]
fn what_comes_of_two_is_told_together_and_the_change_of_the_clock_once() {
    let before = days_of(2026, 10, 29) * DAY + 12 * HOUR;
    let late =
        Entry { minute: 18 * 60, zone: "Europe/Berlin".to_owned(), market_check: false, ..Entry::nightly() };
    let shown = coming(&[&Entry::nightly(), &late], &XNYS, before, 6);
    let days = |of: usize| {
        let changes = shown.iter().filter(move |coming| coming.entry == of);
        changes
            .map(|coming| (coming.occurrence.day - days_of(2026, 10, 29), coming.changed))
            .collect::<Vec<_>>()
    };
    let back = Some(Changed { day: days_of(2026, 11, 1), minutes: -60 });
    assert_eq!(days(0), [(0, None), (1, None), (4, back)]);
    assert_eq!(days(1), [(0, None), (1, None), (4, None)], "Berlin went back a week before");
    // From before that week on it is told with the first that comes after it.
    let shown = coming(&[&late], &XNYS, days_of(2026, 10, 23) * DAY + 20 * HOUR, 2);
    let back = Changed { day: days_of(2026, 10, 25), minutes: -60 };
    assert_eq!(shown.iter().map(|coming| coming.changed).collect::<Vec<_>>(), [Some(back), None]);
}

#[test]
fn two_that_come_into_each_others_way_are_told_once() {
    let fires = [(0, 0), (1, 20 * MINUTE), (2, 60 * MINUTE), (0, DAY), (1, DAY + 20 * MINUTE)];
    let clash = Clash { first: (0, 0), second: (1, 20 * MINUTE) };
    assert_eq!(clashes(&fires, &[48 * MINUTE, 40 * MINUTE, HOUR]), [clash]);
    assert_eq!(clashes(&fires, &[20 * MINUTE, 40 * MINUTE, HOUR]), []);
}

#[test]
fn what_never_fires_says_why() {
    let never = |entry: Entry| entry.check(&XNYS, NOW).err().unwrap_or_default();
    let saturdays = Entry { days: Days::Weekdays(0b010_0000), ..Entry::nightly() };
    assert_eq!(never(saturdays.clone()), "no trading on Saturday");
    assert_eq!(never(Entry { market_check: false, ..saturdays }), "");
    assert_eq!(never(Entry { minute: 12 * 60, ..Entry::nightly() }), "before the close");
    // On the days of an early close a quarter past one is late enough.
    assert_eq!(never(Entry { minute: 13 * 60 + 15, ..Entry::nightly() }), "");
    assert_eq!(never(Entry { days: Days::Weekdays(0), ..Entry::nightly() }), "no day is chosen");
    assert_eq!(
        never(Entry { zone: "Mars/Olympus".into(), ..Entry::nightly() }),
        "there is no zone Mars/Olympus"
    );
}

#[test]
fn what_was_filled_in_is_read_or_its_field_named() {
    let whole = json!({ "name": "Early", "enabled": "on", "trigger_time": "16:05", "zone": "Europe/Berlin", "days": "weekdays",
        "weekdays": ["Monday", "fri"], "market_check": true, "universe": "sp500", "phases": "indicators,patterns",
        "early_close": "after", "early_minutes": "20", "missed": "skip", "late_minutes": "" });
    let read = entry(&whole).unwrap();
    assert_eq!(
        (read.minute, read.days, read.early, read.missed),
        (965, Days::Weekdays(0b001_0001), EarlyClose::After(20), Missed::Skip)
    );
    assert_eq!(
        (read.phases.as_slice(), read.universe.as_deref()),
        (["indicators".to_owned(), "patterns".to_owned()].as_slice(), Some("sp500"))
    );
    let with = |field: &str, value: Value| {
        let mut given = whole.clone();
        given[field] = value;
        entry(&given).err()
    };
    for (field, wrong) in [
        ("name", json!("")),
        ("name", json!("x".repeat(41))),
        ("trigger_time", json!("24:00")),
        ("trigger_time", json!("7:30")),
        ("trigger_time", json!("+7:30")),
        ("trigger_time", json!(null)),
        ("zone", json!("New York")),
        ("zone", json!("x".repeat(65))),
        ("days", json!("some")),
        ("weekdays", json!("")),
        ("weekdays", json!("mon, someday")),
        ("market_check", json!("maybe")),
        ("universe", json!("sp500, dow30")),
        ("phases", json!("imports")),
        ("early_minutes", json!(0)),
        ("early_minutes", json!("721")),
        ("missed", json!("never")),
        ("surplus", json!(1)),
    ] {
        assert_eq!(with(field, wrong.clone()), Some(field.to_owned()), "{wrong}");
    }
}

#[test]
fn the_form_of_the_old_system_changes_what_it_says_and_no_more() {
    let change = |given: Value| read_change(given.as_object().unwrap()).map_err(|wrong| wrong.field);
    let read = change(json!({ "enabled": false, "trigger_time": "21:10" })).unwrap();
    assert_eq!(
        (read.enabled, read.minute, read.market_check, read.universes),
        (Some(false), Some(1_270), None, None)
    );
    for (field, wrong) in [
        ("enabled", json!({})),
        ("enabled", json!({ "enabled": 7 })),
        ("trigger_time", json!({ "trigger_time": "21h" })),
        ("universes", json!({ "universes": [3] })),
        ("next_run", json!({ "next_run": "now" })),
    ] {
        assert_eq!(change(wrong.clone()), Err(field.to_owned()), "{wrong}");
    }
}

proptest! {
    /// Whatever an entry says, a day has one occurrence, near that day, and a year of them ascends.
    #[test]
    fn a_year_of_occurrences_ascends(minute in 0_u16..1_440, days in 0_u8..128, check: bool, trading: bool, zone in prop::sample::select(vec!["America/New_York", "Europe/Berlin", "Asia/Tokyo", "Pacific/Apia", "UTC"])) {
        let entry = Entry {
            minute,
            zone: zone.to_owned(),
            market_check: check,
            days: if trading { Days::Trading } else { Days::Weekdays(days) },
            ..Entry::nightly()
        };
        let mut last = Millis::MIN;
        for day in days_of(2026, 1, 1)..days_of(2027, 1, 1) {
            let Some(occurrence) = entry.occurrence(&XNYS, day) else { continue };
            prop_assert!(occurrence.at > last);
            prop_assert!((occurrence.at - day * DAY - i64::from(minute) * MINUTE).abs() <= 14 * HOUR);
            last = occurrence.at;
        }
        let shown = preview(&entry, &XNYS, NOW, 10);
        prop_assert!(shown.len() <= 40 && shown.iter().filter(|one| one.skip.is_none()).count() <= 10);
        prop_assert_eq!(shown.is_empty(), entry.check(&XNYS, NOW).is_err());
    }
}
