//! What the store answers about the log, the records of a run, values and two nights beside each other: the same suite on SQLite
//! and on a PostgreSQL of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use domain::differences::Names;
use domain::phase::Phase;
use domain::record::OutcomeStatus::{Done, Failed};
use domain::record::{ARCHIVED, Record, RunStatus, key};
use domain::time::HOUR;
use server::store::Store;
use server::store::read::events::{EventFilter, EventPlace, LOOKED_AT};
use server::store::rows::{Batch, ValueRow};
use support::stored::{NIGHT, NOW, Stage, Told, evening, event, on_both, sizes, told};

on_both! {
    a_run_that_left_the_board_is_told_whole
    the_log_is_paged_and_searched
    a_search_says_how_far_it_came
    values_are_counted_and_found
    two_nights_are_compared
    retries_count_when_nights_are_compared
}

async fn a_run_that_left_the_board_is_told_whole(stage: Stage) {
    let run = told(41, "r", NIGHT, 2).symbol("AAPL", Failed, 5).symbol("ABC", Done, 1);
    let view = run.view.clone();
    let mut rows = run.rows();
    rows.run.sync = Some(r#"{"changes":3}"#.to_owned());
    stage.write_runs(vec![rows]).await;
    let changes = stage.store.run_changes("r", 1).await.unwrap().unwrap();
    let keys: Vec<&str> = changes.iter().map(|change| &*change.key).collect();
    let import = Phase::Import;
    let expected = [
        key::run(ARCHIVED),
        key::phase(ARCHIVED, &import),
        key::progress(ARCHIVED, &import),
        key::marks(ARCHIVED, &import),
        key::code(ARCHIVED, "RATE_LIMIT"),
        key::problem(ARCHIVED, "SLOW"),
        key::sync(ARCHIVED),
        key::symbol("AAPL"),
        key::symbol("ABC"),
    ];
    assert_eq!(keys, expected.each_ref().map(|key| &**key));
    assert_eq!(changes[0].record.as_deref(), Some(&Record::Run(view.run)));
    assert_eq!(changes[1].record.as_deref(), Some(&Record::Phase(view.phases[0].0.clone())));
    assert_eq!(stage.store.run_changes("none", 1).await.unwrap(), None);
}

async fn walked(store: &Store, filter: &EventFilter, mut place: EventPlace, size: Option<i64>) -> Vec<i64> {
    let mut found = Vec::new();
    for random in sizes() {
        let page = store.events(filter, place, size.unwrap_or(random * 20)).await.unwrap();
        found.extend(page.events.iter().map(|event| event.n));
        let Some(reached) = page.searched_to else { break };
        place = match place {
            EventPlace::Before(_) => EventPlace::Before(reached),
            EventPlace::After(_) => EventPlace::After(reached),
        };
    }
    found
}

async fn the_log_is_paged_and_searched(stage: Stage) {
    let raw = |n: i64| if n % 50 == 0 { &b"{\"symbol\":\"NVDA\"}\xff"[..] } else { b"{}" };
    let events = (1..=900).map(|n| event(n, (n <= 300).then_some("r"), raw(n)));
    stage.write(Batch { events: events.collect(), ..Batch::default() }).await;
    let newest = EventPlace::Before(i64::MAX);
    let any = EventFilter::default;
    let text = |text: &str| Some(text.to_owned());
    let all = walked(&stage.store, &any(), newest, None).await;
    assert_eq!(all, (1..=900).rev().collect::<Vec<_>>());
    assert_eq!(
        walked(&stage.store, &any(), EventPlace::After(890), None).await,
        (891..=900).collect::<Vec<_>>()
    );
    let run = EventFilter { run: text("r"), channel: text("tickstock:odd"), ..any() };
    assert_eq!(
        walked(&stage.store, &run, newest, None).await,
        (1..=300).rev().filter(|n| n % 2 == 1).collect::<Vec<_>>()
    );
    let nvda = EventFilter { text: text("nvda"), ..any() };
    assert_eq!(
        walked(&stage.store, &nvda, newest, None).await,
        (1..=18).rev().map(|n| n * 50).collect::<Vec<_>>()
    );
    assert_eq!(
        walked(&stage.store, &EventFilter { name: text("none"), ..any() }, newest, None).await,
        [0_i64; 0]
    );
    // From the 100th second up to, not including, the 110th.
    let time =
        EventFilter { from: Some(evening(NIGHT) + 100_000), to: Some(evening(NIGHT) + 110_000), ..any() };
    assert_eq!(walked(&stage.store, &time, newest, None).await, (100..110).rev().collect::<Vec<_>>());
    assert_eq!(walked(&stage.store, &time, EventPlace::After(0), None).await, (100..110).collect::<Vec<_>>());
    let never = EventFilter { from: Some(NOW), ..any() };
    assert_eq!(stage.store.events(&never, newest, 10).await.unwrap(), Default::default());
}

async fn a_search_says_how_far_it_came(stage: Stage) {
    let last = LOOKED_AT + 500;
    let raw = |n: i64| if n == 3 { &b"needle"[..] } else { b"{}" };
    let events = (1..=last).map(|n| event(n, None, raw(n)));
    stage.write(Batch { events: events.collect(), ..Batch::default() }).await;
    let needle = EventFilter { text: Some("needle".to_owned()), ..EventFilter::default() };
    let page = stage.store.events(&needle, EventPlace::Before(i64::MAX), 10).await.unwrap();
    assert_eq!((page.events.len(), page.searched_to), (0, Some(501)));
    let page = stage.store.events(&needle, EventPlace::Before(501), 10).await.unwrap();
    assert_eq!((page.events.iter().map(|event| event.n).collect(), page.searched_to), (vec![3], None));
    // Also where the database itself finds it: a channel that is hardly used.
    let rare = EventFilter { channel: Some("none".to_owned()), ..EventFilter::default() };
    assert_eq!(walked(&stage.store, &rare, EventPlace::After(0), Some(5)).await, [0_i64; 0]);
}

async fn values_are_counted_and_found(stage: Stage) {
    let value = |symbol: &str, name: &str, frame: &str, at: i64, confidence| ValueRow {
        symbol: symbol.to_owned(),
        name: name.to_owned(),
        frame: frame.to_owned(),
        at,
        confidence,
        run: Some("r".to_owned()),
        body: "{}".to_owned(),
    };
    let indicators = vec![
        value("A", "RSI", "daily", 10, None),
        value("A", "RSI", "weekly", 20, None),
        value("B", "RSI", "daily", 30, None),
        value("B", "SMA", "daily", 5, None),
    ];
    let patterns = vec![value("A", "Hammer", "daily", 10, Some(0.9)), value("B", "Doji", "daily", 20, None)];
    stage.write(Batch { indicators, patterns, ..Batch::default() }).await;
    let counts = stage.store.indicator_counts(10, 100).await.unwrap();
    assert_eq!((counts.types.len(), counts.symbols), (1, 2));
    let rsi = &counts.types[0];
    assert_eq!((&*rsi.name, rsi.symbols, rsi.calculations, rsi.last), ("RSI", 2, 3, 30));
    assert_eq!(stage.store.indicators_of("B", 10, 100).await.unwrap().len(), 1);
    let found = stage.store.patterns(&Default::default(), 10).await.unwrap();
    assert_eq!(
        found.iter().map(|found| (&*found.name, found.confidence)).collect::<Vec<_>>(),
        [("Doji", None), ("Hammer", Some(0.9))]
    );
    let sure = server::store::read::values::PatternFilter { confidence: Some(0.5), ..Default::default() };
    assert_eq!(stage.store.patterns(&sure, 10).await.unwrap().len(), 1);
}

async fn two_nights_are_compared(stage: Stage) {
    let before = told(1, "x", NIGHT, 3).symbol("A", Failed, 1).symbol("B", Done, 1).symbol("GONE", Done, 1);
    let after = told(2, "y", NIGHT + 1, 3).symbol("A", Done, 1).symbol("B", Failed, 1).symbol("NEW", Done, 1);
    stage.write_runs(vec![before.rows(), after.rows()]).await;
    let night = async |night| stage.store.night(night, NOW).await.unwrap();
    let (b, a) = (night(NIGHT).await.unwrap(), night(NIGHT + 1).await.unwrap());
    assert_eq!((&*b.main().unwrap().view.run.id, &*a.main().unwrap().view.run.id), ("x", "y"));
    let found = stage.store.differences(&a, &b, 9).await.unwrap().unwrap();
    assert_eq!((found.newly.names, found.recovered.names), (vec!["B".to_owned()], vec!["A".to_owned()]));
    assert_eq!(
        (found.appeared.names, found.disappeared.names),
        (vec!["NEW".to_owned()], vec!["GONE".to_owned()])
    );
    // Of a run without symbols nothing is known, which is not that all are gone.
    stage.write_runs(vec![told(3, "z", NIGHT + 2, 3).rows()]).await;
    let none = night(NIGHT + 2).await.unwrap();
    assert_eq!(stage.store.differences(&none, &b, 9).await.unwrap(), None);
    assert_eq!(night(NIGHT + 3).await, None);
}

/// A night is its run and the later ones that made up for it; what else was done beside it is no part of it.
async fn retries_count_when_nights_are_compared(stage: Stage) {
    let later = |told: Told| told.with(|view| view.run.started += HOUR);
    let before = told(1, "x", NIGHT, 8).symbol("A", Done, 1).symbol("B", Done, 1).symbol("C", Failed, 1);
    let night = told(2, "y", NIGHT + 1, 8).symbol("A", Failed, 1).symbol("B", Failed, 1);
    let retry = later(told(3, "again", NIGHT + 1, 2)).symbol("A", Done, 1).symbol("B", Failed, 1);
    // C was missing; ETF is another matter, and failed in no night's work.
    let more = later(told(4, "more", NIGHT + 1, 3)).symbol("C", Done, 1).symbol("ETF", Failed, 1);
    let simulated = later(told(5, "sim", NIGHT + 1, 1)).with(|view| view.run.simulated = true);
    let runs = [before, night, retry, more.symbol("BOND", Done, 1), simulated.symbol("B", Done, 1)];
    stage.write_runs(runs.into_iter().map(Told::rows).collect()).await;
    let of = async |night| stage.store.night(night, NOW).await.unwrap().unwrap();
    let (b, a) = (of(NIGHT).await, of(NIGHT + 1).await);
    assert_eq!(a.later().map(|run| &*run.view.run.id).collect::<Vec<_>>(), ["more", "again"]);
    let found = stage.store.differences(&a, &b, 9).await.unwrap().unwrap();
    let names = |names: &Names| names.names.join(" ");
    assert_eq!([&found.failed_a, &found.newly, &found.recovered].map(names), ["B", "B", "C"]);
    assert_eq!([&found.still, &found.appeared, &found.disappeared].map(names), ["", "", ""]);
    // While a later run goes on it has the verdict, and the night is compared by its own run all the same.
    let goes_on = later(told(6, "now", NIGHT + 1, 2)).with(|view| {
        (view.run.status, view.run.ended) = (RunStatus::Running, None);
        view.run.started += HOUR;
    });
    let at = evening(NIGHT + 1) + 2 * HOUR + 1;
    stage.write_runs(vec![goes_on.symbol("B", Done, 1).rows()]).await;
    let night = stage.store.night(NIGHT + 1, at).await.unwrap().unwrap();
    assert_eq!((&*night.speaking().unwrap().view.run.id, &*night.main().unwrap().view.run.id), ("now", "y"));
    let found = stage.store.differences(&night, &b, 9).await.unwrap().unwrap();
    assert_eq!([&found.failed_a, &found.recovered].map(names), ["", "C"]);
}
