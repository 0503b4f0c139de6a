//! The store on both engines: what is put is what is got, days are replaced and not doubled, and nothing is half-written.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod engines;

use engines::{Folder, on_both};
use processor::bar::{Bar, Day, Frame, day_of};
use processor::indicators::{Definition, Table, compute};
use processor::patterns::{Found, find, names};
use processor::sample::{Sample, real};
use processor::store::{Changes, Kept, Outcome, RunRow, State, Store, StoreError};

fn bits(table: &Table) -> Vec<u64> {
    table.columns.iter().flatten().map(|value| value.to_bits()).collect()
}

async fn all(store: &Store, symbol: &str) -> Vec<Bar> {
    store.bars(symbol, Day::MIN, Day::MAX).await.unwrap()
}

#[tokio::test]
async fn bars_come_back_and_a_day_is_there_once() {
    on_both(async |store, _| {
        let bars = real::bars("AAPL").unwrap();
        assert_eq!(store.last_bar("AAPL").await.unwrap(), None);
        // In parts, out of order, one of them twice: the whole.
        for part in [&bars[2_000..], &bars[..1_500], &bars[1_400..2_100], &bars[1_400..2_100], &bars[..0]] {
            store.put_bars("AAPL", part).await.unwrap();
        }
        assert_eq!(all(store, "AAPL").await, bars);
        assert_eq!(store.last_bar("AAPL").await.unwrap(), bars.last().copied());
        let (from, to) = (day_of(2005, 2, 25), day_of(2006, 1, 3));
        let part: Vec<Bar> = bars.iter().filter(|bar| (from..=to).contains(&bar.day)).copied().collect();
        assert_eq!(store.bars("AAPL", from, to).await.unwrap(), part);
        assert_eq!(store.bars("AAPL", to, from).await.unwrap(), []);
        // A correction replaces its day and nothing else.
        let corrected = Bar { volume: 7, ..bars[100] };
        store.put_bars("AAPL", &[corrected]).await.unwrap();
        let now = all(store, "AAPL").await;
        assert_eq!((now.len(), now[100], now[99], now[101]), (bars.len(), corrected, bars[99], bars[101]));
        assert_eq!(all(store, "FB").await, [], "nobody else's");
    })
    .await;
}

#[tokio::test]
async fn values_are_replaced_from_a_day_on_and_columns_that_were_not_computed_stay() {
    on_both(async |store, _| {
        let bars = real::bars("FB").unwrap();
        let whole = compute(bars, &Definition::all());
        let night =
            async |frame, table: &Table, from| store.put_values("FB", frame, table, from).await.unwrap();
        let stored = async |from| store.values("FB", Frame::Daily, from).await.unwrap();
        night(Frame::Daily, &compute(&bars[..180], &Definition::all()), Day::MIN).await;
        night(Frame::Weekly, &compute(&bars[..5], &Definition::all()), Day::MIN).await;
        for end in [181, 190, 196] {
            night(Frame::Daily, &compute(&bars[..end], &Definition::all()), bars[180].day).await;
            assert_eq!(stored(Day::MIN).await.days.len(), end);
        }
        assert_eq!(bits(&stored(Day::MIN).await), bits(&whole));
        assert_eq!(stored(bars[190].day).await.days, whole.days[190..]);
        // One indicator alone, over other prices: its column changes from that day on, no other does.
        let mut other = bars.to_vec();
        other.iter_mut().for_each(|bar| bar.adjusted *= 2.0);
        let rsi = Definition::of("sma_20").unwrap();
        night(Frame::Daily, &compute(&other, &[rsi]), bars[150].day).await;
        let now = stored(Day::MIN).await;
        for place in 0..whole.columns.len() {
            let from = if place == rsi.column { 150 } else { 196 };
            let same = now.column(place)[..from]
                .iter()
                .zip(whole.column(place))
                .all(|(a, b)| a.to_bits() == b.to_bits());
            assert!(same, "column {place}");
        }
        assert!((now.column(rsi.column)[150] / whole.column(rsi.column)[150] - 2.0).abs() < 1e-12);
        // Days that are no more (a corrected history that is shorter) are gone, also in later years.
        night(Frame::Daily, &compute(&bars[..100], &Definition::all()), Day::MIN).await;
        assert_eq!(stored(Day::MIN).await.days, whole.days[..100]);
        assert_eq!(store.values("FB", Frame::Weekly, Day::MIN).await.unwrap().days.len(), 5);
    })
    .await;
}

#[tokio::test]
async fn patterns_come_back_and_are_replaced_from_a_day_on() {
    on_both(async |store, _| {
        let bars = real::bars("IBM").unwrap();
        let found = find(bars, &compute(bars, &Definition::all()), &names(), Day::MIN);
        let put =
            async |from, found: &[Found]| store.put_found("IBM", Frame::Daily, from, found).await.unwrap();
        let stored = async |from| store.found("IBM", Frame::Daily, from).await.unwrap();
        put(Day::MIN, &found).await;
        assert_eq!(stored(Day::MIN).await, found);
        let day = day_of(2012, 6, 1);
        put(day, &found).await;
        assert_eq!(stored(Day::MIN).await, found, "again, the same");
        put(day, &[]).await;
        assert!(stored(day).await.is_empty());
        let before: Vec<Found> = found.into_iter().filter(|found| found.day < day).collect();
        assert_eq!(stored(Day::MIN).await, before);
        put(Day::MIN, &[]).await;
        assert!(stored(Day::MIN).await.is_empty() && !before.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_sync_says_who_came_and_who_went() {
    on_both(async |store, _| {
        let sample = Sample::new(7);
        let mut top = sample.universe("top_100").unwrap();
        let first = store.put_universe("top_100", &top, 5).await.unwrap();
        assert_eq!((first.added.len(), first.removed.len()), (100, 0));
        assert_eq!(store.universe("top_100").await.unwrap(), top);
        assert_eq!(store.put_universe("top_100", &top, 6).await.unwrap(), Changes::default());
        let gone = top.remove(0).symbol;
        let come = sample.universe("micro_cap").unwrap().remove(0);
        top.push(come.clone());
        let changes = store.put_universe("top_100", &top, 7).await.unwrap();
        assert_eq!(changes, Changes { added: vec![come.symbol.clone()], removed: vec![gone.clone()] });
        assert_eq!(store.universes().await.unwrap(), [("top_100".to_owned(), 100, 7)]);
        assert_eq!(store.listed(&come.symbol).await.unwrap(), Some(come.clone()));
        assert!(store.listed(&gone).await.unwrap().is_some(), "it is still known");
        assert_eq!(store.listed("NOPE").await.unwrap(), None);
        assert!(store.universe("nobody").await.unwrap().is_empty());
        // Delisted: what is known is renewed.
        let delisted = processor::listed::Listed { delisted: Some(20_000), ..come };
        store.put_symbols(std::slice::from_ref(&delisted)).await.unwrap();
        assert_eq!(store.listed(&delisted.symbol).await.unwrap(), Some(delisted));
        assert_eq!(store.symbols().await.unwrap().len(), 101);
    })
    .await;
}

#[tokio::test]
async fn a_run_that_did_not_end_is_found_with_what_it_had_done() {
    on_both(async |store, url| {
        let run = |id: &str, attempt, began| RunRow {
            id: id.to_owned(),
            attempt,
            plan: r#"{"phases":["import"]}"#.to_owned(),
            who: "automatic".to_owned(),
            began,
            ended: None,
            status: None,
            message: None,
        };
        let outcome = |symbol: &str, state, code: Option<&str>| Outcome {
            symbol: symbol.to_owned(),
            state,
            code: code.map(ToOwned::to_owned),
            message: code.map(|code| format!("{code} of {symbol}")),
            figure: 12,
        };
        store.begin_run(&run("a", 1, 100)).await.unwrap();
        store.end_run("a", 1, "success", 150, None).await.unwrap();
        store.begin_run(&run("b", 1, 200)).await.unwrap();
        let first = [outcome("AAPL", State::Done, None), outcome("FB", State::Failed, Some("BAD_BAR"))];
        store.put_outcomes("b", "import", &first).await.unwrap();
        // The process is gone, another comes.
        let again = Store::open(url).await.unwrap();
        assert_eq!(again.unfinished().await.unwrap(), Some(run("b", 1, 200)));
        assert_eq!(again.outcomes("b", "import").await.unwrap(), first);
        again.end_run("b", 1, "failed", 300, Some("the processor ended")).await.unwrap();
        again.end_run("b", 1, "success", 400, None).await.unwrap();
        again.begin_run(&run("b", 2, 301)).await.unwrap();
        again.put_outcomes("b", "import", &[outcome("FB", State::Skipped, None)]).await.unwrap();
        assert_eq!(again.outcomes("b", "import").await.unwrap()[1].state, State::Skipped);
        assert!(again.outcomes("b", "patterns").await.unwrap().is_empty());
        again.end_run("b", 2, "success", 350, None).await.unwrap();
        assert_eq!(again.unfinished().await.unwrap(), None);
        let ended = |row: &RunRow| (row.attempt, row.status.clone(), row.ended, row.message.clone());
        let rows = again.runs(150, 10).await.unwrap();
        let told = Some("the processor ended".to_owned());
        assert_eq!(
            rows.iter().map(ended).collect::<Vec<_>>(),
            [
                (2, Some("success".to_owned()), Some(350), None),
                (1, Some("failed".to_owned()), Some(300), told)
            ]
        );
        assert_eq!(again.run("b").await.unwrap().map(|row| row.attempt), Some(2));
        assert_eq!(again.runs(0, 1).await.unwrap().len(), 1);
        again.forget_runs(250).await.unwrap();
        let left: Vec<String> = again.runs(0, 10).await.unwrap().into_iter().map(|row| row.id).collect();
        assert_eq!(left, ["b", "b"], "a run is forgotten with its newest attempt");
        again.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_waits_to_be_said_waits_in_order_and_within_bounds() {
    on_both(async |store, _| {
        let message = |number: u8| ("tickstock:errors", [number; 3]);
        let said: Vec<_> = (1..=5).map(message).collect();
        let said: Vec<(&str, &[u8])> = said.iter().map(|(channel, bytes)| (*channel, &bytes[..])).collect();
        assert_eq!(store.keep_within(&said[..3], 4).await.unwrap(), 0);
        assert_eq!(store.keep_within(&said[3..], 4).await.unwrap(), 1, "the oldest went");
        let kept = store.kept(3).await.unwrap();
        assert_eq!(kept.iter().map(|kept| kept.message[0]).collect::<Vec<_>>(), [2, 3, 4]);
        let Kept { n, .. } = kept[1];
        store.sent(n).await.unwrap();
        assert_eq!(
            store.kept(10).await.unwrap().iter().map(|kept| kept.message[0]).collect::<Vec<_>>(),
            [4, 5]
        );
        assert_eq!(store.keep(&said).await.unwrap(), 0);
        assert_eq!(store.kept(10).await.unwrap().len(), 7);
    })
    .await;
}

/// What was read before a bad write is what is read after it.
#[tokio::test]
async fn nothing_is_half_written() {
    on_both(async |store, url| {
        let bars = real::bars("MSFT").unwrap();
        store.put_bars("MSFT", &bars[..1_000]).await.unwrap();
        // Another program sees to it that the last of the years cannot be written.
        let database = sqlx::AnyPool::connect(url).await.unwrap();
        let refuse = if url.starts_with("sqlite") {
            "CREATE TRIGGER no_room BEFORE INSERT ON bars WHEN NEW.year = 2013 BEGIN SELECT RAISE(ABORT, 'no room'); END"
        } else {
            "ALTER TABLE bars ADD CONSTRAINT no_room CHECK (year < 2013)"
        };
        sqlx::query(refuse).execute(&database).await.unwrap();
        let told = store.put_bars("MSFT", bars).await.unwrap_err();
        assert!(matches!(told, StoreError::Refused(_)) && told.code() == "STORAGE_FAILED", "{told}");
        assert_eq!(all(store, "MSFT").await, bars[..1_000], "not one of the years before it");
        // The connection that failed is no trap for who comes next.
        store.put_bars("MSFT", &bars[..2_000]).await.unwrap();
        assert_eq!(all(store, "MSFT").await.len(), 2_000);
        // What somebody else wrote into a row is refused, not guessed at.
        let broken = "UPDATE bars SET packed = (SELECT message FROM outbox LIMIT 1) WHERE year = 2001";
        store.keep(&[("x", &[1, 2, 3])]).await.unwrap();
        sqlx::query(broken).execute(&database).await.unwrap();
        let told = store.bars("MSFT", Day::MIN, Day::MAX).await.unwrap_err();
        assert_eq!(told.to_string(), "what is stored of MSFT in 2001 cannot be read; import it again");
        store.put_bars("MSFT", &bars[..2_000]).await.unwrap();
        assert_eq!(all(store, "MSFT").await, bars[..2_000], "importing again repairs it");
        database.close().await;
    })
    .await;
}

#[tokio::test]
async fn one_process_holds_a_store_and_whoever_lets_go_leaves_nothing_behind() {
    on_both(async |store, url| {
        let held = store.hold(url).await.unwrap();
        // Another process has connections of its own.
        let other = Store::open(url).await.unwrap();
        let told = other.hold(url).await.unwrap_err();
        assert!(matches!(told, StoreError::Held), "{told}");
        assert!(told.to_string().contains("another processor works on this database"), "{told}");
        drop(held);
        other.hold(url).await.unwrap();
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_with_what_would_be_one() {
    let told = Store::open("mysql://user:secret@host/x").await.unwrap_err().to_string();
    assert!(
        told.starts_with("mysql is no address of a database: sqlite://") && !told.contains("secret"),
        "{told}"
    );
    let folder = Folder::new();
    std::fs::write(folder.0.join("made"), "a file, where a folder should be").unwrap();
    assert!(matches!(Store::open(&folder.url()).await, Err(StoreError::Folder(_))));
    // A folder above that is not there is a slip: nothing is made of it.
    let nowhere = folder.0.join("nope");
    let url = format!("sqlite://{}/x/a.db", nowhere.display());
    let told = Store::open(&url).await.unwrap_err().to_string();
    assert!(told.contains(&format!("{} is not there; make it first", nowhere.display())), "{told}");
    assert!(!nowhere.exists());
}
