//! The store is written and read: the same suite on SQLite and on a PostgreSQL of its own.
//!
//! Writing: batches, upserts, the lease, the cursor, forgetting. Reading is in `store_reads.rs`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use domain::record::OutcomeStatus::{Done, Failed};
use domain::record::RunStatus;
use domain::time::DAY;
use server::store::read::events::{EventFilter, EventPlace};
use server::store::read::symbols::{SymbolFilter, SymbolOrder};
use server::store::retention::Retention;
use server::store::rows::{Batch, KeyframeRow, TwinRow, ValueRow};
use server::store::{Store, StoreError};
use support::stored::{NIGHT, Stage, evening, event, on_both, told};

on_both! {
    a_batch_is_there_as_it_was_written
    a_row_that_comes_again_replaces
    the_lease_goes_to_another_when_it_has_ended
    the_cursor_is_the_batchs
    what_is_old_is_forgotten_and_runs_are_not
    tables_that_are_there_are_kept
}

fn value(symbol: &str, name: &str, at: i64, confidence: Option<f64>) -> ValueRow {
    ValueRow {
        symbol: symbol.to_owned(),
        name: name.to_owned(),
        frame: "daily".to_owned(),
        at,
        confidence,
        run: None,
        body: format!("{{\"at\":{at}}}"),
    }
}

async fn symbols_of(store: &Store, run: i64) -> Vec<String> {
    let page = store.symbols(run, &SymbolFilter::default(), SymbolOrder::Name, None, 100).await.unwrap();
    page.symbols.into_iter().map(|symbol| symbol.symbol).collect()
}

async fn logged(store: &Store) -> Vec<i64> {
    let page = store.events(&EventFilter::default(), EventPlace::After(0), 1_000).await.unwrap();
    page.events.into_iter().map(|event| event.n).collect()
}

async fn a_batch_is_there_as_it_was_written(stage: Stage) {
    let run = told(1, "7f3a", NIGHT, 3).symbol("AAPL", Done, 20).symbol("MSFT", Failed, 30);
    let view = run.view.clone();
    // Every size of statement: 1,000, 100, 10 and single rows.
    let events: Vec<_> = (1..=1_234).map(|n| event(n, Some("7f3a"), &[0, 255, b'{', n as u8])).collect();
    stage.write(Batch { events: events.clone(), runs: vec![run.rows()], ..Batch::default() }).await;
    assert_eq!(logged(&stage.store).await.len(), 1_000, "a page");
    assert_eq!(stage.store.newest_event().await.unwrap(), 1_234);
    let found = stage.store.event(1_234).await.unwrap().unwrap();
    assert_eq!((found.raw, found.at, found.stream_id), (events[1_233].raw.clone(), events[1_233].at, None));
    let stored = stage.store.run("7f3a").await.unwrap().unwrap();
    assert_eq!((stored.view.run, stored.view.phases), (view.run, view.phases));
    assert_eq!(symbols_of(&stage.store, 1).await, ["AAPL", "MSFT"]);
    assert_eq!(stage.store.run("7f3b").await.unwrap(), None);
}

async fn a_row_that_comes_again_replaces(stage: Stage) {
    let begun = told(1, "7f3a", NIGHT, 3).with(|view| {
        view.run.status = RunStatus::Running;
        view.run.ended = None;
    });
    stage.write_runs(vec![begun.symbol("AAPL", Failed, 20).rows()]).await;
    assert_eq!(stage.store.problems(1).await.unwrap().causes.len(), 1);
    stage.write_runs(vec![told(1, "7f3a", NIGHT, 5).symbol("AAPL", Done, 50).rows()]).await;
    let stored = stage.store.run("7f3a").await.unwrap().unwrap();
    assert_eq!((stored.view.run.status, stored.view.symbols()), (RunStatus::Success, 5));
    let symbol = stage.store.symbol(1, "AAPL").await.unwrap().unwrap();
    assert_eq!((symbol.millis, symbol.record.failure()), (50, None));
    assert_eq!(stage.store.problems(1).await.unwrap().causes.len(), 0, "what has gone is gone");

    let at = evening(NIGHT);
    let write = async |value| stage.write(Batch { indicators: vec![value], ..Batch::default() }).await;
    write(value("AAPL", "RSI", at, None)).await;
    write(value("AAPL", "RSI", at + 5, None)).await;
    write(value("AAPL", "RSI", at + 1, None)).await;
    let values = stage.store.indicators_of("AAPL", 0, i64::MAX).await.unwrap();
    assert_eq!(values.len(), 1);
    assert_eq!(values[0].at, at + 5, "an older value does not replace a newer one");
}

async fn the_lease_goes_to_another_when_it_has_ended(stage: Stage) {
    let store = &stage.store;
    assert_eq!(store.take_lease("another").await.unwrap(), None, "it is held");
    assert!(store.renew_lease(&stage.lease).await.unwrap());
    stage.behind_its_back("UPDATE lease SET until = 1").await;
    let (other, until) = store.take_lease("another").await.unwrap().unwrap();
    assert!(until.unwrap() < evening(NIGHT));
    // Who was paused for too long finds out when it writes, and nothing of it is written.
    let batch =
        Batch { events: vec![event(1, None, b"{}")], cursor: Some("9-9".to_owned()), ..Batch::default() };
    assert_eq!(store.write(&stage.lease, &batch).await, Err(StoreError::NotHolder));
    assert!(!store.renew_lease(&stage.lease).await.unwrap());
    let retention = Retention { events_days: 7, symbols_days: 30, keep_values: true };
    assert_eq!(store.forget(&stage.lease, retention, evening(NIGHT)).await, Err(StoreError::NotHolder));
    assert_eq!((logged(store).await, store.cursor().await.unwrap()), (vec![], None));
    store.write(&other, &batch).await.unwrap();
    assert_eq!(logged(store).await, [1]);
    // Given back, it is anybody's at once; giving back what is not held does nothing.
    store.release_lease(&stage.lease).await.unwrap();
    assert!(store.renew_lease(&other).await.unwrap());
    store.release_lease(&other).await.unwrap();
    assert!(store.take_lease("a third").await.unwrap().is_some());
}

async fn the_cursor_is_the_batchs(stage: Stage) {
    assert_eq!(stage.store.cursor().await.unwrap(), None);
    let at = |position: &str, n| Batch {
        cursor: Some(position.to_owned()),
        events: vec![event(n, None, b"{}")],
        ..Batch::default()
    };
    stage.write(at("1-0", 1)).await;
    stage.write(at("2-0", 2)).await;
    stage.write(Batch::default()).await;
    assert_eq!(stage.store.cursor().await.unwrap().as_deref(), Some("2-0"));
    // A batch that cannot be written whole moves nothing.
    let refused = Batch { runs: vec![told(1, "r", NIGHT, 1).rows()], ..at("3-0", 2) };
    assert_eq!(stage.store.write(&stage.lease, &refused).await, Err(StoreError::Refused));
    assert_eq!(stage.store.cursor().await.unwrap().as_deref(), Some("2-0"));
    assert_eq!(stage.store.run("r").await.unwrap(), None);
}

async fn what_is_old_is_forgotten_and_runs_are_not(stage: Stage) {
    let retention = Retention { events_days: 7, symbols_days: 30, keep_values: true };
    let now = evening(NIGHT) + 40 * DAY;
    let mut events: Vec<_> = (1..=1_200).map(|n| event(n, None, b"{}")).collect();
    events.push(EventRowAt::at(event(1_201, None, b"{}"), now));
    let runs = vec![
        told(1, "old", NIGHT, 1).symbol("AAPL", Done, 1).rows(),
        told(2, "new", NIGHT + 40, 1).symbol("AAPL", Done, 1).rows(),
    ];
    let keyframe = Some((1, evening(NIGHT), vec![KeyframeRow { part: "board".to_owned(), body: vec![1] }]));
    stage
        .write(Batch {
            events,
            runs,
            keyframe,
            twins: vec![TwinRow { at: evening(NIGHT), fingerprint: 1, source: "s" }],
            indicators: vec![value("AAPL", "RSI", evening(NIGHT), None), value("MSFT", "RSI", now, None)],
            patterns: vec![value("AAPL", "Hammer", evening(NIGHT), Some(0.9))],
            ..Batch::default()
        })
        .await;
    let mut batches = 0;
    while stage.store.forget(&stage.lease, retention, now).await.unwrap() {
        batches += 1;
        assert!(batches < 20, "it comes to an end");
    }
    assert!(batches >= 3, "in small batches");
    assert_eq!(logged(&stage.store).await, [1_201]);
    assert_eq!((symbols_of(&stage.store, 1).await, symbols_of(&stage.store, 2).await.len()), (vec![], 1));
    assert!(stage.store.run("old").await.unwrap().is_some(), "runs are kept for ever");
    assert_eq!(stage.store.indicators_of("AAPL", 0, i64::MAX).await.unwrap(), []);
    assert_eq!(stage.store.indicators_of("MSFT", 0, i64::MAX).await.unwrap().len(), 1);
    assert_eq!(stage.store.patterns(&Default::default(), 10).await.unwrap(), []);
    assert_eq!(stage.store.seen_since(0, 5_000).await.unwrap().len(), 1, "the twin is forgotten too");
}

trait EventRowAt {
    fn at(self, at: i64) -> Self;
}

impl EventRowAt for server::store::rows::EventRow {
    fn at(self, at: i64) -> Self {
        Self { at, ..self }
    }
}

async fn tables_that_are_there_are_kept(stage: Stage) {
    stage.write_runs(vec![told(1, "7f3a", NIGHT, 3).rows()]).await;
    let again = Store::open(&stage.url).await.unwrap();
    assert!(again.run("7f3a").await.unwrap().is_some());
    assert_eq!(again.newest_run().await.unwrap(), 1);
    again.close().await;
}
