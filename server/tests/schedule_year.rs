//! The schedule through a year, on both engines and with clocks that jump: every trading day fires once, and no other day does.
//!
//! The clock is an argument of the look that takes what is due; the database is real.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use domain::calendar::XNYS;
use domain::schedule::{Days, EarlyClose, Entry, Missed};
use domain::time::{Civil, DAY, HOUR, MINUTE, Millis, days_of};
use server::schedule::{BY, PAUSED, turn};
use server::store::Store;
use server::store::accounts::audit::Entry as Line;
use server::store::schedule::{DayState, StoredDay, StoredEntry};
use server::store::settings::Setting;
use std::collections::{BTreeMap, BTreeSet};
use support::stored::{Stage, on_both};

on_both! {
    a_year_of_trading_days
    two_servers_and_a_clock_that_jumps
    what_was_missed_is_late_or_left_out
    whoever_died_with_a_day_is_followed_by_another
    what_nobody_wants_does_not_fire
    what_is_paused_was_not_missed
}

/// 2026-01-01T05:00:00Z, midnight in New York.
const NEW_YEAR: Millis = days_of(2026, 1, 1) * DAY + 5 * HOUR;

fn line(at: Millis) -> Line {
    Line { at, who: "ann".into(), ..Line::default() }
}

async fn set(store: &Store, name: &str, value: &str, at: Millis) {
    let setting = Setting { value: value.to_owned(), changed: at, who: "ann".to_owned() };
    store.set_setting(name, &setting, &line(at)).await.unwrap();
}

async fn add(store: &Store, id: &str, entry: Entry, since: Millis) {
    let entry = StoredEntry { id: id.to_owned(), entry, since, made: since, who: "ann".to_owned() };
    assert!(store.add_entry(&entry, &line(since)).await.unwrap());
}

/// An entry of ours, since New Year.
async fn nightly(stage: &Stage, entry: Entry) {
    set(&stage.store, BY, "server", NEW_YEAR).await;
    add(&stage.store, "nightly", entry, NEW_YEAR).await;
}

/// What a look takes is asked for, as the keeper does.
async fn look(store: &Store, now: Millis) -> (Vec<i64>, Option<Millis>) {
    let found = turn(store, &XNYS, now).await.unwrap();
    let mut fired = Vec::new();
    for (_, day) in found.fire {
        fired.push(day.day);
        let asked = StoredDay { state: DayState::Fired, at: now, ..day };
        assert!(store.day_became(&asked, DayState::Taken).await.unwrap());
    }
    (fired, found.next)
}

async fn days(store: &Store) -> BTreeMap<i64, StoredDay> {
    let days = store.schedule_days(NEW_YEAR - DAY).await.unwrap();
    days.into_iter().map(|day| (day.day, day)).collect()
}

async fn a_year_of_trading_days(stage: Stage) {
    let entry = Entry { early: EarlyClose::After(10), ..Entry::nightly() };
    nightly(&stage, entry).await;
    // On fifty random days the server is stopped before the run is due, and comes back after it, within what may be late.
    let seed: u64 = rand::random();
    println!("seed {seed}");
    let mut state = seed | 1;
    let mut restarts = BTreeSet::new();
    while restarts.len() < 50 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        restarts.insert(days_of(2026, 1, 1) + i64::try_from(state >> 33).unwrap() % 365);
    }
    let mut store = stage.store.clone();
    let (mut now, mut fired) = (NEW_YEAR, BTreeMap::new());
    let end = days_of(2027, 1, 1) * DAY + 5 * HOUR;
    let mut opened = 0;
    while now < end {
        let (days, next) = look(&store, now).await;
        for day in days {
            assert!(
                fired.insert(day, now).is_none(),
                "fired twice: {}",
                Civil::from_utc(day * DAY).day_label()
            );
        }
        let next = next.unwrap();
        let local = (next - 4 * HOUR).div_euclid(DAY);
        now = next;
        if restarts.remove(&local) {
            opened += 1;
            store = Store::open(&stage.url).await.unwrap();
            now += 40 * MINUTE;
        }
    }
    assert!(opened >= 30, "weekdays among the fifty: {opened}");
    let mut expected = BTreeMap::new();
    for day in days_of(2026, 1, 1)..days_of(2027, 1, 1) {
        if let Some(session) = XNYS.session(day) {
            // By the clock of New York, in winter and in summer; ten minutes after an early close.
            expected.insert(day, session.close + 10 * MINUTE);
        }
    }
    assert_eq!(expected.len(), 251);
    assert_eq!(fired.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (day, at) in &fired {
        let late = at - expected[day];
        assert!(late == 0 || late == 40 * MINUTE, "{}: {late}", Civil::from_utc(day * DAY).day_label());
    }
    let skipped = days_left(&store, DayState::Skipped).await;
    assert_eq!(skipped.len(), 261 - 251, "holidays are written down, with their names");
    assert_eq!(skipped[&days_of(2026, 11, 26)].reason.as_deref(), Some("closed for Thanksgiving"));
}

async fn days_left(store: &Store, state: DayState) -> BTreeMap<i64, StoredDay> {
    days(store).await.into_iter().filter(|(_, day)| day.state == state).collect()
}

async fn two_servers_and_a_clock_that_jumps(stage: Stage) {
    nightly(&stage, Entry { missed: Missed::Late(720), ..Entry::nightly() }).await;
    let other = Store::open(&stage.url).await.unwrap();
    let mut fired: BTreeMap<i64, u32> = BTreeMap::new();
    let mut now = NEW_YEAR;
    for step in 0..400_i64 {
        // Forwards by hours, now and then a day and a half back, and the two clocks differ by seconds.
        now += if step % 40 == 39 { -36 * HOUR } else { 3 * HOUR + step * 777 };
        let (one, two) = tokio::join!(look(&stage.store, now), look(&other, now + 1_500));
        for day in one.0.into_iter().chain(two.0) {
            *fired.entry(day).or_default() += 1;
        }
    }
    assert!(fired.len() > 15, "{}", fired.len());
    for (day, times) in fired {
        assert_eq!(times, 1, "{}", Civil::from_utc(day * DAY).day_label());
        assert!(XNYS.day(day).hours.is_some());
    }
}

async fn what_was_missed_is_late_or_left_out(stage: Stage) {
    nightly(&stage, Entry { missed: Missed::Late(30), ..Entry::nightly() }).await;
    add(
        &stage.store,
        "strict",
        Entry { missed: Missed::Skip, minute: 17 * 60, ..Entry::nightly() },
        NEW_YEAR,
    )
    .await;
    // Friday 2 January, 16:10 and 17:00 in New York.
    let due = days_of(2026, 1, 2) * DAY + 21 * HOUR + 10 * MINUTE;
    let (fired, next) = look(&stage.store, due - MINUTE).await;
    assert_eq!((fired.len(), next), (0, Some(due)));
    let (fired, _) = look(&stage.store, due + 29 * MINUTE).await;
    assert_eq!(fired, [days_of(2026, 1, 2)]);
    // Nobody was there at five, nor on Monday until an hour after.
    let (fired, _) = look(&stage.store, due + 3 * DAY + 70 * MINUTE).await;
    assert_eq!(fired, [] as [i64; 0]);
    let all = stage.store.schedule_days(NEW_YEAR).await.unwrap();
    let told = |entry: &str, day| {
        let found =
            all.iter().find(|found| found.entry == entry && found.day == days_of(2026, 1, day)).unwrap();
        (found.state, found.reason.clone().unwrap_or_default())
    };
    assert_eq!(told("nightly", 2), (DayState::Fired, "29 min late: no server was there before".to_owned()));
    assert_eq!(
        told("nightly", 5),
        (DayState::Missed, "1 h 10 min late: no server was there to fire it".to_owned())
    );
    assert_eq!(told("strict", 2).0, DayState::Missed);
    assert_eq!(
        told("strict", 5),
        (DayState::Missed, "20 min late: no server was there to fire it".to_owned())
    );
}

async fn whoever_died_with_a_day_is_followed_by_another(stage: Stage) {
    nightly(&stage, Entry::nightly()).await;
    let due = days_of(2026, 1, 2) * DAY + 21 * HOUR + 10 * MINUTE;
    let taken = turn(&stage.store, &XNYS, due).await.unwrap();
    assert_eq!(taken.fire.len(), 1);
    let early = turn(&stage.store, &XNYS, due + 20_000).await.unwrap();
    assert_eq!(early.fire.len(), 0, "it may still be on its way");
    assert!(early.next.unwrap() <= due + 31_000, "and is looked at again soon");
    let (fired, _) = look(&stage.store, due + 31_000).await;
    assert_eq!(fired, [days_of(2026, 1, 2)]);
    let (fired, _) = look(&stage.store, due + 90_000).await;
    assert_eq!(fired.len(), 0);
}

async fn what_nobody_wants_does_not_fire(stage: Stage) {
    nightly(&stage, Entry { days: Days::Trading, ..Entry::nightly() }).await;
    let due = days_of(2026, 1, 2) * DAY + 21 * HOUR + 10 * MINUTE;
    let day = |day, due| StoredDay {
        entry: "nightly".into(),
        day,
        name: "Nightly".into(),
        due,
        state: DayState::Skip,
        at: NEW_YEAR,
        who: Some("ann".into()),
        reason: Some("maintenance".into()),
        command: None,
    };
    let (friday, monday) = (day(days_of(2026, 1, 2), due), day(days_of(2026, 1, 5), due + 3 * DAY));
    assert!(stage.store.skip_day(&friday, &line(NEW_YEAR)).await.unwrap());
    assert!(!stage.store.skip_day(&friday, &line(NEW_YEAR)).await.unwrap(), "once is enough");
    assert!(stage.store.skip_day(&monday, &line(NEW_YEAR)).await.unwrap());
    assert!(stage.store.unskip_day("nightly", monday.day, &line(due)).await.unwrap());
    assert_eq!(look(&stage.store, due + 1).await.0.len(), 0);
    assert!(!stage.store.unskip_day("nightly", friday.day, &line(due + 2)).await.unwrap(), "it is over");
    assert_eq!(look(&stage.store, due + 3 * DAY).await.0, [monday.day]);
    let kept = days(&stage.store).await;
    assert_eq!((kept[&friday.day].state, kept[&friday.day].who.as_deref()), (DayState::Skipped, Some("ann")));
}

async fn what_is_paused_was_not_missed(stage: Stage) {
    nightly(&stage, Entry::nightly()).await;
    let due = days_of(2026, 1, 2) * DAY + 21 * HOUR + 10 * MINUTE;
    set(&stage.store, PAUSED, "yes", due - HOUR).await;
    assert_eq!(look(&stage.store, due + 1).await, (Vec::new(), Some(due + 3 * DAY)));
    set(&stage.store, PAUSED, "", due + 5 * MINUTE).await;
    let (fired, next) = look(&stage.store, due + 6 * MINUTE).await;
    assert_eq!((fired.len(), next), (0, Some(due + 3 * DAY)));
    // The history says why nothing began then.
    let kept = days(&stage.store).await;
    let left_out = &kept[&days_of(2026, 1, 2)];
    assert_eq!((kept.len(), left_out.state), (1, DayState::Skipped));
    assert_eq!(left_out.because().as_deref(), Some("paused by ann"));
    set(&stage.store, BY, "producer", due + DAY).await;
    assert_eq!(look(&stage.store, due + 3 * DAY + 1).await, (Vec::new(), None), "the producer fires");
}
