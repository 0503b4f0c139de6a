//! The addresses of the archive: what a filter writes it reads back the same, and nothing that stands in an address can do more
//! than be wrong.

use app::archive::query::{decoded, encoded};
use app::archive::{Asked, EventFilter, Filter, Pair, Place, Span, Wanted};
use app::location::Page;
use domain::record::Trigger;
use domain::time::days_of;
use proptest::prelude::*;

/// Texts as a field gives them: without spaces around and without control characters.
fn text(most: usize) -> impl Strategy<Value = Option<String>> {
    let chars = proptest::collection::vec(any::<char>(), 1..=most);
    let text = chars.prop_filter_map("a field's text", |chars| {
        let text: String = chars.into_iter().filter(|letter| !letter.is_control()).collect();
        let text = text.trim().to_owned();
        (!text.is_empty()).then_some(text)
    });
    proptest::option::of(text)
}

fn night() -> impl Strategy<Value = Option<i64>> {
    proptest::option::of(0..days_of(2199, 12, 31))
}

/// Two that are in order where both are there.
fn ordered(
    strategy: impl Strategy<Value = Option<i64>> + Clone,
) -> impl Strategy<Value = (Option<i64>, Option<i64>)> {
    (strategy.clone(), strategy).prop_map(|pair| match pair {
        (Some(from), Some(to)) if to < from => (Some(to), Some(from)),
        other => other,
    })
}

prop_compose! {
    fn filters()(
        verdict in proptest::option::of(proptest::sample::select(Wanted::ALL.to_vec())),
        trigger in proptest::option::of(proptest::sample::select(vec![Trigger::Schedule, Trigger::Manual])),
        (from, to) in ordered(proptest::option::of(0..days_of(2199, 12, 31))),
        universe in text(64),
        q in text(64),
        before in night(),
    ) -> Filter {
        Filter { verdict, trigger, from, to, universe, q, before }
    }
}

prop_compose! {
    fn event_filters()(
        run in text(128),
        (channel, name, q) in (text(64), text(64), text(64)),
        (from, to) in ordered(proptest::option::of(0..days_of(2199, 12, 31) * 86_400)),
        (way, number) in (0..3_u8, 0..u64::try_from(i64::MAX).unwrap_or(0)),
    ) -> EventFilter {
        let place = [Place::Newest, Place::Before(number), Place::After(number)][usize::from(way)];
        EventFilter { run, channel, name, q, from, to, place }
    }
}

proptest! {
    #[test]
    fn a_filter_reads_back_what_it_wrote(filter in filters()) {
        let query = filter.to_query();
        prop_assert_eq!(Filter::parse(&query), Ok(filter.clone()), "{}", query);
        prop_assert!(query.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'<>#".contains(&byte)), "{}", query);
        prop_assert_eq!(query.is_empty(), filter == Filter::default());
    }

    #[test]
    fn a_filter_of_events_reads_back_what_it_wrote(filter in event_filters()) {
        let query = filter.to_query();
        prop_assert_eq!(EventFilter::parse(&query), Ok(filter), "{}", query);
    }

    #[test]
    fn whatever_is_asked_what_is_understood_can_be_asked_again(query in "\\PC{0,300}") {
        let (filter, errors) = Filter::read(&query);
        prop_assert_eq!(Filter::parse(&filter.to_query()), Ok(filter.clone()));
        prop_assert_eq!(Filter::parse(&query).is_ok(), errors.is_empty());
        prop_assert!(errors.iter().all(|error| error.given.chars().count() <= 64));
        let (filter, _) = EventFilter::read(&query);
        prop_assert_eq!(EventFilter::parse(&filter.to_query()), Ok(filter));
        let (pair, _) = Pair::read(&query);
        prop_assert_eq!(Pair::read(&pair.to_query()).0, pair);
        prop_assert!((2..=Span::MOST).contains(&Span::read(&query).0.nights));
    }

    #[test]
    fn near_misses_of_every_field(value in "[-0-9TZ:%a-f]{0,24}") {
        for field in ["verdict", "trigger", "from", "to", "universe", "q", "before"] {
            let (filter, errors) = Filter::read(&format!("{field}={value}"));
            prop_assert_eq!(Filter::parse(&filter.to_query()), Ok(filter));
            prop_assert!(errors.iter().all(|error| error.field == field));
        }
        for field in ["run", "channel", "name", "q", "from", "to", "before", "after"] {
            let (filter, _) = EventFilter::read(&format!("{field}={value}"));
            prop_assert_eq!(EventFilter::parse(&filter.to_query()), Ok(filter));
        }
    }

    #[test]
    fn any_symbol_has_an_address(symbol in "[^\\pC]{1,64}") {
        let address = format!("/admin/symbols/{}", encoded(&symbol));
        prop_assert_eq!(Page::of(&address), Page::Archive);
        prop_assert_eq!(Asked::of(&address), Some(Asked::Symbol(symbol)));
    }

    #[test]
    fn any_text_survives_an_address(text in any::<String>()) {
        prop_assert_eq!(decoded(&encoded(&text)), text);
    }
}

#[test]
fn the_first_wrong_field_is_told_and_the_others_are_understood() {
    let query = "?verdict=good&trigger=manual&from=2026-02-30&to=2026-11-20&q=a+b%26c";
    let (filter, errors) = Filter::read(query);
    assert_eq!(errors.iter().map(|error| error.field).collect::<Vec<_>>(), ["verdict", "from"]);
    assert_eq!(errors[1].given, "2026-02-30");
    assert_eq!((filter.trigger, filter.to), (Some(Trigger::Manual), Some(days_of(2026, 11, 20))));
    assert_eq!(filter.q.as_deref(), Some("a b&c"));
    assert_eq!(Filter::parse(query).map_err(|error| error.field), Err("verdict"));
}

#[test]
fn what_is_empty_was_not_asked() {
    assert_eq!(Filter::parse("verdict=&trigger=&from=&to=&universe=&q=+&before="), Ok(Filter::default()));
    assert!(Filter::read("before=2026-11-20").0.is_all(), "a later part of all nights");
}

#[test]
fn an_address_asks_for_a_page() {
    assert_eq!(Asked::of("/admin/symbols/BRK.B?x=1"), Some(Asked::Symbol("BRK.B".into())));
    assert_eq!(Asked::of("/admin/symbols/A+B%2fC"), Some(Asked::Symbol("A+B/C".into())));
    for none in
        ["/admin/symbols/", "/admin/symbols/A/B", "/admin/symbols/%0A", "/admin/channels", "/admin/history/x"]
    {
        assert_eq!(Asked::of(none), None, "{none}");
    }
    let (filter, errors) = Filter::read("verdict=failed&from=x");
    assert_eq!(Asked::of("/admin/history?verdict=failed&from=x"), Some(Asked::History(filter, errors)));
    assert_eq!(Asked::of("/admin/trends"), Some(Asked::Trends(Span::default(), Vec::new())));
    assert_eq!(Asked::of("/admin/compare"), Some(Asked::Compare(Pair::default(), Vec::new())));
    let after = EventFilter { place: Place::After(7), ..EventFilter::default() };
    assert_eq!(Asked::of("/admin/events?after=7"), Some(Asked::Events(after, Vec::new())));
}

#[test]
fn every_bound_holds() {
    assert!(Filter::parse(&format!("q={}", "x".repeat(65))).is_err());
    assert!(Filter::parse("q=a%00b").is_err());
    for wrong in ["1969-12-31", "2200-01-01", "2026-13-01", "2026-1-1", "2026-11-20T10:00", "+026-11-20"] {
        assert!(Filter::parse(&format!("from={}", encoded(wrong))).is_err(), "{wrong}");
    }
    for wrong in ["2026-11-20T24:00", "2026-11-20T1:00", "2026-11-20T10:00:", "2026-11-20T10:00:60", "T10:00"]
    {
        assert!(EventFilter::parse(&format!("to={}", encoded(wrong))).is_err(), "{wrong}");
    }
    assert_eq!(Filter::read("from=2026-11-20&to=2026-11-19").1.len(), 1);
    assert_eq!(Span::read("nights=91").0.nights, 90);
    assert!(!Span::read("nights=1").1.is_empty());
}
