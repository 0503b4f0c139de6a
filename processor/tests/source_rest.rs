//! Bars of a provider's API: raw and adjusted, page by page, final ones only, and no faster than it may be asked.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod provider;

use axum::Json;
use axum::response::IntoResponse;
use domain::time::{DAY, HOUR, MINUTE, Millis};
use processor::bar::{day_of, iso};
use processor::sample::real;
use processor::source::rest::{Key, Options, RestSource};
use processor::source::{Source, SourceError};
use provider::{Asked, KEY, LAST, Provider, evening, results, status, well};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

#[tokio::test]
async fn every_real_bar_comes_raw_with_its_adjusted_close_and_the_key_is_in_a_header_only() {
    let provider = Provider::start(|_| None).await;
    for symbol in ["AAPL", "FB"] {
        assert!(provider.bars(symbol).await.as_deref() == Ok(real::bars(symbol).unwrap()), "{symbol}");
    }
    let some = provider.source().bars("AAPL", LAST - 1, LAST, 1).await.unwrap();
    assert_eq!(some, real::bars("AAPL").unwrap()[3_268..]);
    let asked = provider.asked();
    assert_eq!(asked.len(), 6, "raw and adjusted");
    assert!(asked.iter().all(|asked| asked.before == 0), "no question twice");
    let uris: Vec<String> = asked.iter().map(|asked| asked.uri.to_string()).collect();
    for adjusted in [false, true] {
        let path = "/v2/aggs/ticker/AAPL/range/1/day/1970-01-01/2013-03-01";
        let uri = format!("{path}?adjusted={adjusted}&sort=asc&limit=50000");
        assert!(uris.contains(&uri), "{uri} in {uris:?}");
    }
    assert!(uris.iter().all(|uri| !uri.contains(KEY)));
    assert!(asked.iter().all(|asked| asked.key.as_deref() == Some(&format!("Bearer {KEY}"))));
}

#[tokio::test]
async fn pages_are_followed_at_the_same_host() {
    let paged = |asked: &Asked| {
        let adjusted = asked.uri.query().unwrap().contains("adjusted=true");
        let at: usize =
            asked.uri.query().unwrap().split("cursor=").nth(1).map_or(0, |at| at.parse().unwrap());
        let all = real::bars("FB").unwrap();
        let mut answer =
            json!({ "status": "OK", "results": results(&all[at..(at + 50).min(all.len())], adjusted) });
        if at + 50 < all.len() {
            // It may be told whole, or by its path.
            let whole = if at == 0 { format!("http://{}", asked.host) } else { String::new() };
            let next = format!("{whole}/v2/more?adjusted={adjusted}&cursor={}", at + 50);
            answer["next_url"] = next.into();
        }
        Some(Json(answer).into_response())
    };
    let provider = Provider::start(paged).await;
    assert!(provider.bars("FB").await.as_deref() == Ok(real::bars("FB").unwrap()));
    assert_eq!(provider.asked().len(), 8, "four pages of each");
    assert!(provider.asked().iter().all(|asked| asked.key.is_some()));

    let endless = |_: &Asked| Some(Json(json!({ "status": "OK", "next_url": "/v2/more" })).into_response());
    let wrong = Provider::start(endless).await.bars("FB").await.unwrap_err();
    assert!(wrong.to_string().ends_with("more than 50 pages"), "{wrong}");
}

/// The closing bell of the last day: nine in the evening, UTC.
const BELL: Millis = LAST as Millis * DAY + 21 * HOUR;

async fn last_day(clock: fn() -> Millis, late: bool) -> (String, String) {
    let provider = Provider::start(move |asked| {
        let mut answer = asked.bars_of().map(|_| well(asked))?;
        if late {
            let bars = real::bars("FB").unwrap();
            let adjusted = asked.uri.query().unwrap().contains("adjusted=true");
            answer = Json(json!({ "status": "DELAYED", "results": results(bars, adjusted) })).into_response();
        }
        Some(answer)
    })
    .await;
    let source = RestSource::new(&Options { clock, ..provider.options() }).unwrap();
    let bars = source.bars("FB", LAST - 10, LAST + 10, 1).await.unwrap();
    let asked = provider.asked()[0].parts()[8].to_owned();
    (asked, iso(bars.last().unwrap().day))
}

#[tokio::test]
async fn a_day_is_told_when_it_is_final() {
    let pair = |asked: &str, told: &str| (asked.to_owned(), told.to_owned());
    let today = pair("2013-03-01", "2013-03-01");
    let before = pair("2013-02-28", "2013-02-28");
    assert_eq!(last_day(|| BELL + 5 * MINUTE - 1, false).await, before);
    assert_eq!(last_day(|| BELL + 5 * MINUTE, false).await, today);
    // Who is fifteen minutes late may have told a bar that is not whole.
    assert_eq!(last_day(|| BELL + 20 * MINUTE - 1, true).await, pair("2013-03-01", "2013-02-28"));
    assert_eq!(last_day(|| BELL + 20 * MINUTE, true).await, today);
}

#[tokio::test]
async fn nothing_is_asked_about_days_that_are_not_over_or_too_old() {
    let provider = Provider::start(|_| None).await;
    let source = RestSource::new(&Options { oldest: day_of(2012, 10, 1), ..provider.options() }).unwrap();
    assert_eq!(source.bars("FB", LAST + 1, LAST + 30, 1).await, Ok(Vec::new()));
    assert!(provider.asked().is_empty());
    let bars = source.bars("FB", 0, LAST, 1).await.unwrap();
    assert_eq!((bars[0].day, provider.asked()[0].parts()[7]), (day_of(2012, 10, 1), "2012-10-01"));
}

#[tokio::test]
async fn no_more_at_a_time_and_no_closer_together_than_allowed() {
    let provider = Provider::start(|_| None).await;
    let options = Options { at_a_time: 2, per_minute: 3_000, ..provider.options() };
    let source = Arc::new(RestSource::new(&options).unwrap());
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let source = source.clone();
            tokio::spawn(async move { source.bars("FB", LAST, LAST, 1).await.unwrap() })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let mut moments: Vec<_> = provider.asked().iter().map(|asked| asked.at).collect();
    moments.sort();
    assert_eq!(moments.len(), 20);
    // Twenty milliseconds apart, but for one that a timer was late.
    let took = moments[19] - moments[0];
    assert!(took >= Duration::from_millis(18 * 20), "{took:?}");

    // Nobody is answered: the next ones are asked when the first two are given up.
    let provider = Provider::start(|_| Some(([("x-never", "1")], "").into_response())).await;
    let timeout = Duration::from_millis(200);
    let source = RestSource::new(&Options { at_a_time: 2, tries: 1, timeout, ..provider.options() }).unwrap();
    let answers = tokio::join!(
        source.bars("FB", LAST, LAST, 1),
        source.bars("IBM", LAST, LAST, 1),
        source.bars("MSFT", LAST, LAST, 1)
    );
    assert_eq!(answers.0, Err(SourceError::Timeout));
    let asked = provider.asked();
    assert_eq!(asked.len(), 6);
    assert!(asked[2].at - asked[0].at >= timeout / 2 && asked[4].at - asked[2].at >= timeout / 2);
}

#[tokio::test]
async fn universes_are_those_of_a_folder_and_all_that_the_provider_lists() {
    let provider = Provider::start(|asked| {
        let of = |from: usize| -> Vec<_> {
            let kind = |number: usize| ["CS", "ETF", "WARRANT"][number % 3];
            let one = |number| json!({ "ticker": format!("S{number:04}"), "name": "A name", "type": kind(number), "list_date": "2012-05-18" });
            (from..from + 3).map(one).collect()
        };
        let more = asked.uri.query()?.contains("cursor=1");
        let next = (!more).then_some("/v3/reference/tickers?cursor=1");
        Some(Json(json!({ "status": "OK", "results": of(if more { 3 } else { 0 }), "next_url": next })).into_response())
    })
    .await;
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::create_dir(folder.path().join("universes")).unwrap();
    std::fs::write(folder.path().join("universes/top.txt"), "MSFT\nAAPL\n").unwrap();
    let options = Options { universes: Some(folder.path().to_owned()), ..provider.options() };
    let source = RestSource::new(&options).unwrap();
    let names = async |name: &str| -> Vec<String> {
        source.universe(name).await.unwrap().into_iter().map(|listed| listed.symbol).collect()
    };
    assert_eq!(names("top").await, ["AAPL", "MSFT"]);
    assert_eq!(names("all").await, ["S0000", "S0001", "S0003", "S0004"], "no warrants");
    for unknown in ["sp500", "../top", "/etc/passwd"] {
        let wrong = source.universe(unknown).await.unwrap_err();
        assert_eq!(wrong, SourceError::UnknownUniverse(unknown.to_owned()));
    }
}

#[tokio::test]
async fn a_symbol_is_one_part_of_the_address() {
    let provider = Provider::start(|_| Some(status(404))).await;
    for symbol in ["BRK.B", "A/B", "I:SPX", "..", "A?b=c", "A B", ""] {
        assert_eq!(provider.bars(symbol).await, Err(SourceError::NotFound), "{symbol}");
    }
    let paths: Vec<String> = provider.asked().iter().map(|asked| asked.uri.path().to_owned()).collect();
    assert!(
        paths.iter().any(|path| path == "/v2/aggs/ticker/A%2FB/range/1/day/1970-01-01/2013-03-01"),
        "{paths:?}"
    );
    assert!(
        paths.iter().all(|path| !path.contains("..") && !path.contains('?') && !path.contains("b=c")),
        "{paths:?}"
    );
}

#[test]
fn an_address_or_a_key_that_cannot_be_one_is_refused_at_once() {
    let said = |base: &str, key: &str| {
        let options =
            Options { base: base.to_owned(), key: Some(Key::new(key)), clock: evening, ..Options::default() };
        let said = RestSource::new(&options).map(|_| ()).unwrap_err();
        assert!(!said.contains(KEY), "{said}");
        said
    };
    assert!(said("api.massive.com", KEY).starts_with("the address of the provider"));
    assert!(said("ftp://api.massive.com", KEY).contains("begins with http:// or https://"));
    assert!(said(&format!("https://api.massive.com?apiKey={KEY}"), KEY).contains("MASSIVE_API_KEY"));
    assert_eq!(said("http://api.massive.com", KEY), "a key goes over https only");
    assert!(said("https://api.massive.com", "two\nlines").contains("no key has"));
    let options = Options { key: Some(Key::new(KEY)), ..Options::default() };
    let shown = format!("{options:?} {:?}", RestSource::new(&options).unwrap());
    assert!(!shown.contains(KEY), "{shown}");
}
