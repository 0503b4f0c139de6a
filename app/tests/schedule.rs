//! The pages of the schedule: full, empty, hostile; what they say of days that are different.

use app::archive::Facts;
use app::schedule::{
    Became, Edit, Fire, Overview, Past, Preview, Producer, Row, Schedules, clash, given, html, in_the_way,
    never,
};
use domain::calendar::{XNYS, exchange};
use domain::command::Invalid;
use domain::schedule::{Days, EarlyClose, Entry, Missed, coming, read};
use domain::time::{DAY, HOUR, MINUTE, Millis, days_of};
use proptest::prelude::*;
use serde_json::{Map, Value};

const HOSTILE: &str = "<script>alert(1)</script>\" onload=x";
/// Tue 24 Nov 2026, 17:00 in New York.
const NOW: Millis = days_of(2026, 11, 24) * DAY + 22 * HOUR;

fn facts(now: Millis) -> Facts {
    Facts { now, exchange: exchange(now), viewer: None }
}

fn fires(entries: &[Entry], now: Millis) -> Vec<Fire> {
    let all: Vec<&Entry> = entries.iter().collect();
    let fire = |coming: domain::schedule::Coming| Fire {
        id: format!("e{}", coming.entry),
        entry: entries[coming.entry].clone(),
        coming,
        unwanted: None,
    };
    coming(&all, &XNYS, now, 10).into_iter().map(fire).collect()
}

fn overview(entries: &[Entry], now: Millis) -> Overview {
    let row = |(at, entry): (usize, &Entry)| Row {
        id: format!("e{at}"),
        entry: entry.clone(),
        clock: "ET".into(),
        next: Some(now + HOUR),
        last: None,
    };
    Overview {
        ours: true,
        paused: None,
        note: None,
        entries: entries.iter().enumerate().map(row).collect(),
        coming: fires(entries, now),
        warnings: Vec::new(),
        past: Vec::new(),
        producer: Producer::default(),
        may: true,
        done: None,
    }
}

fn shown(page: Overview, now: Millis) -> String {
    html(&Schedules::Overview(Box::new(page)), &facts(now)).0.to_string()
}

#[test]
fn the_week_of_thanksgiving_names_its_days() {
    let after = Entry { early: EarlyClose::After(20), ..Entry::nightly() };
    let page = shown(overview(&[after], NOW), NOW);
    assert!(page.contains("Wed 25 Nov 16:10 ET") && page.contains("in 23 h 10 min"), "{page}");
    assert!(page.contains(">Thu 26 Nov</th>") && page.contains("closed for Thanksgiving"), "{page}");
    assert!(page.contains("Fri 27 Nov 13:20 ET") && page.contains(">early close<"), "{page}");
    assert!(page.contains("early close: 20 min after it; missed: fired up to 2 h 00 min late"), "{page}");
    assert_eq!(page.matches("data-ask").count(), 10, "a closed day need not be skipped");
    let looks = shown(Overview { may: false, ..overview(&[Entry::nightly()], NOW) }, NOW);
    assert!(!looks.contains("<form") && !looks.contains("data-ask"), "{looks}");
}

#[test]
fn what_the_clocks_do_is_said_where_it_is_so() {
    // Fri 30 Oct 2026; clocks go back in the night to Sunday.
    let october = days_of(2026, 10, 30) * DAY + 12 * HOUR;
    let page = shown(overview(&[Entry::nightly()], october), october);
    assert_eq!(page.matches("clocks go back on Sun 1 Nov: an hour later by UTC").count(), 1, "{page}");
    let sundays = Entry { days: Days::Weekdays(1 << 6), market_check: false, minute: 90, ..Entry::nightly() };
    let page = shown(overview(&[sundays], october), october);
    assert!(page.contains("the clock shows 01:30 twice on this day: it fires the first time"), "{page}");
    let march = days_of(2026, 3, 6) * DAY;
    let sundays =
        Entry { days: Days::Weekdays(1 << 6), market_check: false, minute: 150, ..Entry::nightly() };
    let page = shown(overview(&[sundays], march), march);
    assert!(page.contains("the clock skips 02:30 on this day: it fires at 03:30"), "{page}");
}

#[test]
fn what_was_says_how_and_why() {
    let past = |became, why: &str| Past {
        entry: "e0".into(),
        name: "Nightly".into(),
        due: NOW - HOUR,
        became,
        why: why.into(),
        command: Some("c1".into()),
    };
    let all = vec![
        past(Became::Fired, ""),
        past(Became::Fired, "12 min late: no server was there before"),
        past(Became::Refused, "a run is in progress: 7f3a"),
        past(Became::Skipped, "by ann: the provider moves house"),
        past(Became::Missed, "3 h 00 min late: no server was there to fire it"),
    ];
    let page = shown(Overview { past: all, ..overview(&[], NOW) }, NOW);
    for words in [
        ">fired<",
        "fired, 12 min late: no server was there before",
        "refused: a run is in progress: 7f3a",
        "skipped: by ann: the provider moves house",
        "missed: 3 h 00 min late",
        "/admin/commands/c1",
        "There is no entry: nothing will fire.",
        "Nothing comes: no entry is on.",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[test]
fn what_comes_into_the_way_is_a_sentence() {
    assert_eq!(
        clash("Nightly", "Early", 20 * MINUTE, 48 * MINUTE, true),
        "Early fires 20 min after Nightly, whose runs take 48 min: it would be refused."
    );
    assert!(
        clash("A", "B", 0, HOUR, false)
            .starts_with("B fires at the same time as A, whose runs are taken to last")
    );
    assert!(
        in_the_way("7f3a", "Nightly", 10 * MINUTE)
            .starts_with("A run is in progress: 7f3a. Nightly fires in 10 min")
    );
}

#[test]
fn a_form_keeps_what_was_filled_in_and_says_what_is_wrong_beside_it() {
    let wrong = Invalid { field: "trigger_time".into(), message: never("before the close") };
    let entry = Entry { name: HOSTILE.into(), minute: 540, ..Entry::nightly() };
    let edit = Edit {
        id: Some("e 1".into()),
        name: HOSTILE.into(),
        given: given(&entry),
        wrong: Some(wrong),
        failed: None,
        preview: Preview::Nothing("It would never fire: before the close.".into()),
        script: "/pkg/x.js".into(),
    };
    let page = html(&Schedules::Edit(Box::new(edit)), &facts(NOW)).0;
    assert!(page.contains("id=\"wrong-trigger_time\"") && page.contains("value=\"09:00\""), "{page}");
    assert!(page.contains("aria-live=\"polite\"") && page.contains("formnovalidate"), "{page}");
    assert!(!page.contains(HOSTILE) && !page.contains("<script>"), "{page}");
    assert!(page.contains("/admin/schedule/entries/e%201"), "{page}");
}

#[test]
fn nothing_of_an_entry_leads_out_of_the_page() {
    let hostile = Entry { name: HOSTILE.into(), universe: Some(HOSTILE.into()), ..Entry::nightly() };
    let mut page = overview(&[hostile], NOW);
    for fire in &mut page.coming {
        fire.unwanted = Some(HOSTILE.into());
    }
    page.warnings = vec![HOSTILE.into()];
    page.note = Some(HOSTILE.into());
    page.paused = Some((HOSTILE.into(), NOW));
    let page = shown(page, NOW);
    assert!(!page.contains("<script"), "{page}");
    let spoken = page.matches("aria-label=\"Fire ").count();
    assert_eq!(
        (spoken, page.matches("&quot; onload=x").count()),
        (10, 10),
        "in attributes quotes are no ends: {page}"
    );
}

fn entries() -> impl Strategy<Value = Entry> {
    let days = prop_oneof![Just(Days::Trading), (1_u8..128).prop_map(Days::Weekdays)];
    let early = prop_oneof![Just(EarlyClose::Same), (1_u16..=720).prop_map(EarlyClose::After)];
    let missed = prop_oneof![Just(Missed::Skip), (1_u16..=720).prop_map(Missed::Late)];
    // All of them are none that are named.
    let phases = prop::sample::subsequence(vec!["import", "cache_sync", "indicators", "patterns"], 0..=3);
    let flags = (any::<bool>(), any::<bool>());
    (0_u16..1440, days, early, missed, phases, flags, prop::option::of("[a-z0-9]{1,20}")).prop_map(
        |(minute, days, early, missed, phases, (enabled, market_check), universe)| Entry {
            name: "An entry".to_owned(),
            enabled,
            minute,
            zone: "Europe/Berlin".to_owned(),
            days,
            market_check,
            universe,
            phases: phases.into_iter().map(str::to_owned).collect(),
            early,
            missed,
        },
    )
}

proptest! {
    /// Whoever opens the form and saves it changes nothing.
    #[test]
    fn an_entry_comes_through_its_form_unchanged(entry in entries()) {
        let mut fields: Map<String, Value> = Map::new();
        for (name, value) in given(&entry) {
            let known = fields.get(&name).and_then(Value::as_str).map(|known| format!("{known},{value}"));
            fields.insert(name, Value::String(known.unwrap_or(value)));
        }
        prop_assert_eq!(read(&fields, NOW).ok(), Some(entry));
    }
}
