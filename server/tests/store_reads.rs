//! What the store answers about runs, nights and symbols (the log and the rest: `store_log.rs`): the same suite on SQLite and on a PostgreSQL of its own. Pages are walked with random sizes: whatever
//! the size, nothing is missing and nothing comes twice.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use domain::record::OutcomeStatus::{Done, Failed, Skipped};
use domain::record::{RunStatus, Trigger};
use domain::time::{HOUR, MINUTE};
use domain::verdict::{RunView, tonight};
use server::store::Store;
use server::store::read::nights::{NightPage, Stretch};
use server::store::read::runs::{RunFilter, RunPlace, StoredRun};
use server::store::read::symbols::{SymbolFilter, SymbolOrder};
use server::store::read::through::SymbolNights;
use support::stored::{NIGHT, NOW, Stage, Told, evening, on_both, sizes, told};

on_both! {
    runs_are_paged_without_gaps_or_repeats
    runs_are_filtered
    nights_have_their_runs_and_what_is_usual
    symbols_are_paged_in_both_orders
    symbols_are_filtered_and_followed_through_the_nights
    a_symbol_that_a_retry_brought_through_is_repaired
    a_night_has_the_verdict_of_the_page_tonight
}

async fn all_runs(store: &Store, filter: &RunFilter) -> Vec<(RunPlace, String)> {
    let (mut found, mut before) = (Vec::new(), None);
    for size in sizes() {
        let page = store.runs(filter, before, size, NOW).await.unwrap();
        assert!(page.runs.len() as i64 <= size);
        found.extend(page.runs.iter().map(|run| (run.place(), run.view.run.id.clone())));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    found
}

async fn runs_are_paged_without_gaps_or_repeats(stage: Stage) {
    // Three a night, two of them begun in the same millisecond.
    let runs = (0..60_i64).map(|n| {
        let told = told(n + 1, &format!("run-{n}"), NIGHT + n / 3, 10);
        told.with(|view| view.run.started += if n % 3 == 2 { MINUTE } else { 0 }).rows()
    });
    stage.write_runs(runs.collect()).await;
    for filter in [RunFilter::default(), RunFilter { text: Some("RUN-".to_owned()), ..RunFilter::default() }]
    {
        let found = all_runs(&stage.store, &filter).await;
        assert_eq!(found.len(), 60);
        assert!(found.is_sorted_by(|a, b| a.0 > b.0), "newest first, each once");
    }
}

async fn runs_are_filtered(stage: Stage) {
    let ended = |number, id: &str, night| told(number, id, night, 10);
    let silent = told(4, "silent", NIGHT + 3, 10).with(|view| {
        view.run.status = RunStatus::Running;
        view.run.ended = None;
        view.phases.clear();
    });
    stage
        .write_runs(vec![
            ended(1, "a", NIGHT).rows(),
            ended(2, "b", NIGHT + 1).with(|view| view.run.trigger = Some(Trigger::Manual)).rows(),
            ended(3, "c", NIGHT + 2)
                .with(|view| {
                    view.run.status = RunStatus::Failed;
                    view.run.reason = Some("The disk is FULL".to_owned());
                    view.run.universes = vec!["dow30-x".to_owned()];
                    view.run.trigger = None;
                })
                .rows(),
            silent.rows(),
        ])
        .await;
    let ids = async |filter: RunFilter| -> String {
        all_runs(&stage.store, &filter).await.into_iter().map(|(_, id)| id).collect::<Vec<_>>().join(" ")
    };
    let any = RunFilter::default;
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(ids(any()).await, "silent c b a");
    assert_eq!(ids(RunFilter { from: Some(NIGHT + 1), to: Some(NIGHT + 2), ..any() }).await, "c b");
    assert_eq!(ids(RunFilter { since: Some(evening(NIGHT + 2)), ..any() }).await, "silent c");
    assert_eq!(ids(RunFilter { trigger: Some(Trigger::Manual), ..any() }).await, "b");
    assert_eq!(ids(RunFilter { universe: text("dow30"), ..any() }).await, "silent b a", "a word, not a part");
    assert_eq!(ids(RunFilter { text: text("disk is full"), ..any() }).await, "c");
    assert_eq!(ids(RunFilter { text: text("100%_"), ..any() }).await, "");
    assert_eq!(ids(RunFilter { verdicts: &["Failed"], ..any() }).await, "c");
    assert_eq!(ids(RunFilter { verdicts: &["Silent"], ..any() }).await, "silent", "judged now, not then");
    assert_eq!(ids(RunFilter { verdicts: &["Running"], ..any() }).await, "");
    assert_eq!(ids(RunFilter { verdicts: &["Running", "Silent", "Failed"], ..any() }).await, "silent c");
}

async fn nights_have_their_runs_and_what_is_usual(stage: Stage) {
    let minutes = |told: Told, minutes: i64| {
        told.with(|view| view.run.ended = Some(view.run.started + minutes * MINUTE)).rows()
    };
    let mut runs: Vec<_> =
        (0..8).map(|n| minutes(told(n + 1, &format!("n{n}"), NIGHT + n, 500), 40 + n)).collect();
    // A retry later in the newest night: beside it, because it is small.
    runs.push(told(9, "retry", NIGHT + 7, 7).with(|view| view.run.started += HOUR).rows());
    stage.write_runs(runs).await;
    let every = |before, limit| stage.store.nights(Stretch { from: None, before }, limit, NOW, |_| true);
    let NightPage { nights, older } = every(None, 4).await.unwrap();
    assert_eq!(older, Some(NIGHT + 4));
    assert_eq!((nights[0].before, nights[3].before), (Some(NIGHT + 6), Some(NIGHT + 3)));
    assert_eq!(nights.iter().map(|night| night.night).collect::<Vec<_>>(), [7, 6, 5, 4].map(|n| NIGHT + n));
    assert_eq!(nights[0].runs.len(), 2);
    assert_eq!(nights[0].speaking().unwrap().view.run.id, "n7");
    assert_eq!(nights[0].usual, Some(43 * MINUTE), "the median of 40 to 46");
    assert_eq!((nights[2].usual, nights[3].usual), (Some(42 * MINUTE), None), "four nights are too few");
    let last = every(Some(NIGHT + 4), 4).await.unwrap();
    assert_eq!((last.nights.len(), last.nights[0].night, last.older), (4, NIGHT + 3, None));
    assert_eq!(every(Some(NIGHT), 10).await.unwrap(), NightPage::default());
    // Of every second night; what is usual is told by all of them.
    let stretch = Stretch { from: Some(NIGHT + 3), before: None };
    let odd = stage.store.nights(stretch, 2, NOW, |night| (night.night - NIGHT) % 2 == 1).await.unwrap();
    assert_eq!(odd.nights.iter().map(|night| night.night - NIGHT).collect::<Vec<_>>(), [7, 5]);
    assert_eq!((odd.older, odd.nights[1].usual), (Some(NIGHT + 5), Some(42 * MINUTE)));
    let rest = Stretch { before: odd.older, ..stretch };
    let rest = stage.store.nights(rest, 2, NOW, |night| (night.night - NIGHT) % 2 == 1).await.unwrap();
    assert_eq!((rest.nights[0].night, rest.nights[0].before, rest.older), (NIGHT + 3, Some(NIGHT + 2), None));
    assert_eq!(stage.store.universes(10).await.unwrap(), ["dow30", "sp500"]);

    let trends = stage.store.trends(3, NOW).await.unwrap();
    assert_eq!(trends.len(), 3);
    assert_eq!(
        (&*trends[0].id, &*trends[0].verdict, trends[0].duration),
        ("n7", "Complete", Some(47 * MINUTE))
    );
    assert_eq!((trends[0].symbols, trends[0].failed, trends[0].records), (500, 0, 1_000));
}

async fn all_symbols(store: &Store, filter: &SymbolFilter, order: SymbolOrder) -> Vec<(i64, String)> {
    let (mut found, mut after) = (Vec::new(), None);
    for size in sizes() {
        let page = store.symbols(1, filter, order, after, size).await.unwrap();
        found.extend(page.symbols.into_iter().map(|symbol| (symbol.millis, symbol.symbol)));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    found
}

async fn symbols_are_paged_in_both_orders(stage: Stage) {
    let mut run = told(1, "r", NIGHT, 100);
    for n in 0..100_u32 {
        let status = if n % 10 == 0 { Failed } else { Done };
        run = run.symbol(&format!("S{n:03}"), status, n % 7);
    }
    stage.write_runs(vec![run.rows()]).await;
    let any = SymbolFilter::default();
    let by_name = all_symbols(&stage.store, &any, SymbolOrder::Name).await;
    assert_eq!(by_name.len(), 100);
    assert!(by_name.is_sorted_by(|a, b| a.1 < b.1));
    let by_duration = all_symbols(&stage.store, &any, SymbolOrder::Duration).await;
    assert_eq!(by_duration.len(), 100);
    assert!(by_duration.is_sorted_by(|a, b| (-a.0, &a.1) < (-b.0, &b.1)), "the slowest first, each once");
    let failed = SymbolFilter { state: Some(Failed), ..any };
    assert_eq!(all_symbols(&stage.store, &failed, SymbolOrder::Duration).await.len(), 10);
}

async fn symbols_are_filtered_and_followed_through_the_nights(stage: Stage) {
    let night = |number, offset, status| {
        let run = told(number, &format!("n{offset}"), NIGHT + offset, 4).symbol("AAPL", status, 5);
        run.symbol("ABC", Done, 1).symbol("BRK.B", Failed, 2).symbol("OLD_", Skipped, 3).rows()
    };
    stage.write_runs(vec![night(1, 0, Done), night(2, 1, Failed), night(3, 2, Failed)]).await;
    let names = async |filter: SymbolFilter| -> String {
        let page = stage.store.symbols(2, &filter, SymbolOrder::Name, None, 100).await.unwrap();
        page.symbols.into_iter().map(|symbol| symbol.symbol).collect::<Vec<_>>().join(" ")
    };
    let any = SymbolFilter::default;
    assert_eq!(names(SymbolFilter { state: Some(Failed), ..any() }).await, "AAPL BRK.B");
    assert_eq!(names(SymbolFilter { state: Some(Done), ..any() }).await, "ABC");
    assert_eq!(names(SymbolFilter { state: Some(Skipped), ..any() }).await, "OLD_");
    assert_eq!(names(SymbolFilter { prefix: Some("a".to_owned()), ..any() }).await, "AAPL ABC");
    assert_eq!(names(SymbolFilter { prefix: Some("%".to_owned()), ..any() }).await, "");
    assert_eq!(names(SymbolFilter { code: Some("RATE_LIMIT".to_owned()), ..any() }).await, "AAPL BRK.B");
    assert_eq!(names(SymbolFilter { phase: Some("patterns".to_owned()), ..any() }).await, "");
    let nights = stage.store.symbol_nights("AAPL", None, 2, NOW).await.unwrap();
    let ids = |found: &SymbolNights| -> Vec<String> {
        found.nights.iter().map(|night| night.run.view.run.id.clone()).collect()
    };
    assert_eq!((ids(&nights), nights.older), (vec!["n2".to_owned(), "n1".to_owned()], Some(NIGHT + 1)));
    let older = stage.store.symbol_nights("AAPL", nights.older, 9, NOW).await.unwrap();
    let symbol = older.nights[0].symbol.as_ref().unwrap();
    assert_eq!((ids(&older), older.older, symbol.record.failure()), (vec!["n0".to_owned()], None, None));
    let absent = stage.store.symbol_nights("NEVER", None, 9, NOW).await.unwrap().nights;
    assert!(
        absent.len() == 3 && absent.iter().all(|night| night.symbol.is_none()),
        "each night stands there"
    );
    assert_eq!(stage.store.last_told("AAPL").await.unwrap(), Some(NIGHT + 2));
    assert_eq!(stage.store.last_told("NEVER").await.unwrap(), None);
}

async fn a_symbol_that_a_retry_brought_through_is_repaired(stage: Stage) {
    let later = |told: Told, hours| told.with(|view| view.run.started += hours * HOUR);
    let night = told(1, "night", NIGHT, 9).symbol("A", Failed, 1).symbol("B", Failed, 1).symbol("C", Done, 1);
    let retry = later(told(2, "retry", NIGHT, 3), 1).symbol("A", Done, 1).symbol("B", Done, 1);
    // The last word stands.
    let again = later(told(3, "again", NIGHT, 2), 2).symbol("B", Failed, 1).symbol("C", Failed, 1);
    let runs = [night, retry.symbol("MISSED", Done, 1), again, told(4, "next", NIGHT + 1, 9)];
    stage.write_runs(runs.into_iter().map(Told::rows).collect()).await;
    let of = async |symbol| {
        let found =
            stage.store.symbol_nights(symbol, Some(NIGHT + 1), 1, NOW).await.unwrap().nights.remove(0);
        let id = |run: &StoredRun| run.view.run.id.clone();
        (id(&found.run), found.symbol.is_some(), found.retry.as_ref().map(id))
    };
    let run = |id: &str, told, retry: Option<&str>| (id.to_owned(), told, retry.map(ToOwned::to_owned));
    assert_eq!(of("A").await, run("night", true, Some("retry")));
    assert_eq!(of("B").await, run("night", true, None));
    assert_eq!(of("C").await, run("night", true, None));
    assert_eq!(of("MISSED").await, run("night", false, Some("retry")));
}

/// History and Tonight: the same runs, the same word.
async fn a_night_has_the_verdict_of_the_page_tonight(stage: Stage) {
    let large = || told(1, "large", NIGHT, 10_000);
    let small = |started, status: RunStatus| {
        told(2, "small", NIGHT, 505).with(|view| {
            view.run.started = started;
            view.run.status = status;
            view.run.ended = Some(started + MINUTE).filter(|_| status.ended());
            view.phases.clear();
        })
    };
    let at = evening(NIGHT);
    for (started, status, speaks) in [
        (at - HOUR, RunStatus::Success, "large"),
        (at + HOUR, RunStatus::Failed, "large"),
        (at + HOUR, RunStatus::Running, "small"),
    ] {
        let views =
            [(1, large()), (2, small(started, status))].map(|(slot, told)| RunView { slot, ..told.view });
        stage.write_runs(vec![large().rows(), small(started, status).rows()]).await;
        for now in [at + HOUR + 1_000, NOW] {
            let night = stage.store.night(NIGHT, now).await.unwrap().unwrap();
            let speaking = &night.speaking().unwrap().view;
            assert_eq!(Some(speaking.slot), tonight(&views, now), "{status:?}");
            assert_eq!(speaking.run.id, if now == NOW { "large" } else { speaks }, "{status:?}");
        }
    }
}
