//! What the store answers about runs, nights and symbols (the log and the rest: `store_log.rs`): the same suite on SQLite and on a PostgreSQL of its own. Pages are walked with random sizes: whatever
//! the size, nothing is missing and nothing comes twice.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use domain::record::OutcomeStatus::{Done, Failed, Skipped};
use domain::record::{RunStatus, Trigger};
use domain::time::{HOUR, MINUTE};
use server::store::Store;
use server::store::read::nights::{NightPage, Stretch};
use server::store::read::runs::{RunFilter, RunPlace};
use server::store::read::symbols::{SymbolFilter, SymbolOrder};
use support::stored::{NIGHT, NOW, Stage, Told, evening, on_both, sizes, told};

on_both! {
    runs_are_paged_without_gaps_or_repeats
    runs_are_filtered
    nights_have_their_runs_and_what_is_usual
    symbols_are_paged_in_both_orders
    symbols_are_filtered_and_followed_through_the_nights
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
    assert_eq!(ids(RunFilter { trigger: text("manual"), ..any() }).await, "b");
    assert_eq!(ids(RunFilter { universe: text("dow30"), ..any() }).await, "silent b a", "a word, not a part");
    assert_eq!(ids(RunFilter { text: text("disk is full"), ..any() }).await, "c");
    assert_eq!(ids(RunFilter { text: text("100%_"), ..any() }).await, "");
    assert_eq!(ids(RunFilter { verdict: text("Failed"), ..any() }).await, "c");
    assert_eq!(ids(RunFilter { verdict: text("Silent"), ..any() }).await, "silent", "judged now, not then");
    assert_eq!(ids(RunFilter { verdict: text("Running"), ..any() }).await, "");
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
    let every = |before, limit| stage.store.nights(Stretch { from: None, before }, limit, |_| true);
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
    let odd = stage.store.nights(stretch, 2, |night| (night.night - NIGHT) % 2 == 1).await.unwrap();
    assert_eq!(odd.nights.iter().map(|night| night.night - NIGHT).collect::<Vec<_>>(), [7, 5]);
    assert_eq!((odd.older, odd.nights[1].usual), (Some(NIGHT + 5), Some(42 * MINUTE)));
    let rest = Stretch { before: odd.older, ..stretch };
    let rest = stage.store.nights(rest, 2, |night| (night.night - NIGHT) % 2 == 1).await.unwrap();
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
    let nights = stage.store.symbol_nights("AAPL", None, 2).await.unwrap();
    assert_eq!(nights.iter().map(|night| &*night.id).collect::<Vec<_>>(), ["n2", "n1"]);
    let older = stage.store.symbol_nights("AAPL", Some(nights[1].place), 9).await.unwrap();
    assert_eq!((older.len(), &*older[0].id, older[0].symbol.record.failure()), (1, "n0", None));
    assert_eq!(stage.store.last_success("AAPL").await.unwrap(), Some(NIGHT));
    assert_eq!(stage.store.last_success("BRK.B").await.unwrap(), None);
}
