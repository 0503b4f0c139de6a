//! A provider that misbehaves: what is one symbol's is told as that, what may pass is asked again, and nothing waits for ever.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod provider;

use axum::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, body::Body};
use processor::sample::real;
use processor::source::rest::{Options, RestSource};
use processor::source::{Source, SourceError};
use provider::{Asked, KEY, LAST, Provider, aggregates, never, status, well};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// A provider that answers about bars like this.
async fn about_bars(answer: impl Fn(&Asked) -> Option<Response> + Clone + Send + Sync + 'static) -> Provider {
    Provider::start(move |asked| asked.bars_of().and_then(|_| answer(asked))).await
}

/// What comes of it, how often it was asked for raw bars.
async fn of(answer: fn() -> Response) -> (SourceError, usize) {
    let provider = about_bars(move |_| Some(answer())).await;
    let wrong = provider.bars("FB").await.unwrap_err();
    let said = format!("{wrong} {wrong:?}");
    assert!(!said.contains(KEY), "{said}");
    let raw =
        provider.asked().iter().filter(|asked| asked.uri.to_string().contains("adjusted=false")).count();
    (wrong, raw)
}

/// An answer that breaks off: much of it has come, and the connection ends.
fn broken() -> Response {
    let parts = [Ok(" ".repeat(2_000_000)), Err(std::io::Error::other("gone"))];
    Body::from_stream(futures_util::stream::iter(parts)).into_response()
}

fn text(body: &'static str) -> Response {
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

fn corrupt(what: &str) -> SourceError {
    SourceError::Corrupt(what.to_owned())
}

#[tokio::test]
async fn what_is_no_answer_is_told_and_asked_again_only_if_it_may_pass() {
    assert_eq!(of(never).await, (SourceError::Timeout, 5));
    assert_eq!(of(broken).await, (corrupt("the answer breaks off"), 5));
    assert_eq!(
        of(|| text(r#"{"status":"OK","results":[{"v":1"#)).await,
        (corrupt("the answer ends in the middle"), 5)
    );
    assert_eq!(of(|| status(500)).await, (corrupt("the provider answers with 500"), 5));
    assert_eq!(of(|| status(418)).await, (corrupt("the provider answers with 418"), 1));
    let html = of(|| text("<html><body>s3cret-k3y Bad Gateway</body></html>")).await;
    assert_eq!(html, (corrupt("the answer is HTML and not JSON (line 1, column 1)"), 1));
    let words = of(|| text("s3cret-k3y")).await.0;
    assert_eq!(words, corrupt("the answer is no JSON (line 1, column 1)"));
    for body in [
        r#"{"status":"OK","results":[{"v":1,"o":"s3cret-k3y","h":1,"l":1,"c":1,"t":1}]}"#,
        r#"{"status":"OK","results":{"v":1}}"#,
        r#"{"status":"OK","results":[{"v":1,"o":1,"h":1,"l":1,"c":1}]}"#,
        r#"{"status":"OK","results":[{"v":1,"o":1,"h":1,"l":1,"c":1,"t":1e30}]}"#,
        r#"[1,2,3]"#,
    ] {
        let body: &'static str = body;
        let provider = about_bars(move |_| Some(text(body))).await;
        let wrong = provider.bars("FB").await.unwrap_err().to_string();
        assert!(
            wrong.contains("JSON, but not what was asked for (line 1") && !wrong.contains(KEY),
            "{wrong}"
        );
    }
    let odd = of(|| text(r#"{"status":"s3cret-k3y","results":[]}"#)).await;
    assert_eq!(odd, (corrupt("the answer's status is neither OK nor DELAYED"), 1));
    let shares = of(|| {
        Json(json!({ "status": "OK", "results": [{ "v": 1e300, "o": 1, "h": 1, "l": 1, "c": 1, "t": 1_362_114_000_000_i64 }] })).into_response()
    });
    assert_eq!(shares.await.0, corrupt("of 2013-03-01 the volume is no number of shares"));
}

#[tokio::test]
async fn an_answer_is_as_large_as_it_may_be() {
    let large = corrupt("the answer is larger than 8 MiB");
    assert_eq!(of(|| text(" ").into_response()).await.0, corrupt("the answer ends in the middle"));
    let told = || Body::from(vec![b' '; 10_000_000]).into_response();
    assert_eq!(of(told).await, (large.clone(), 1));
    // Without its length it is noticed while it comes.
    let untold = || {
        let parts = (0..10_000_u32).map(|_| Ok::<_, std::io::Error>("  ".repeat(1_000)));
        Body::from_stream(futures_util::stream::iter(parts)).into_response()
    };
    assert_eq!(of(untold).await, (large, 1));
}

#[tokio::test]
async fn what_passes_is_not_noticed() {
    for trouble in
        [|| status(500), || status(503), broken, || text("{"), never, || status(429), || status(408)]
    {
        let provider = about_bars(move |asked| (asked.before < 3).then(trouble)).await;
        let source =
            RestSource::new(&Options { timeout: Duration::from_millis(200), ..provider.options() }).unwrap();
        let bars = source.bars("FB", 0, LAST, 1).await;
        assert!(bars.as_deref() == Ok(real::bars("FB").unwrap()), "{bars:?}");
    }
}

#[tokio::test]
async fn it_is_waited_as_long_as_the_provider_says_by_all_who_ask() {
    let dated = || {
        let mut headers = HeaderMap::new();
        let at = httpdate::fmt_http_date(SystemTime::now() + Duration::from_millis(2_000));
        headers.insert(RETRY_AFTER, HeaderValue::from_str(&at).unwrap());
        (StatusCode::TOO_MANY_REQUESTS, headers).into_response()
    };
    let counted = || (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, "1")]).into_response();
    for later in [counted, dated] {
        let provider =
            about_bars(move |asked| (asked.bars_of() == Some("FB") && asked.before == 0).then(later)).await;
        let source = Arc::new(RestSource::new(&provider.options()).unwrap());
        let begun = Instant::now();
        let first = tokio::spawn({
            let source = source.clone();
            async move { source.bars("FB", LAST, LAST, 1).await }
        });
        // Somebody else asks once it was said.
        while provider.asked().len() < 2 {
            tokio::task::yield_now().await;
        }
        first.await.unwrap().unwrap();
        let times: Vec<Duration> = provider.asked().iter().map(|asked| asked.at - begun).collect();
        assert!(times[2..].iter().all(|time| *time >= Duration::from_millis(900)), "{times:?}");
        assert!(times.iter().all(|time| *time < Duration::from_secs(4)), "{times:?}");
    }
    // Nobody waits for an hour: it is told, and when to come again.
    let provider =
        about_bars(|_| Some((StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, "3600")]).into_response())).await;
    let source =
        RestSource::new(&Options { patience: Duration::from_millis(300), ..provider.options() }).unwrap();
    let wrong = source.bars("FB", 0, LAST, 1).await.unwrap_err();
    assert_eq!(wrong, SourceError::RateLimited { after: Some(Duration::from_secs(3_600)) });
    assert!(wrong.is_of_symbol());
    assert!(provider.asked().len() <= 2);
    // And meanwhile nobody else asks.
    let (asked, begun) = (provider.asked().len(), Instant::now());
    source.bars("IBM", 0, LAST, 1).await.unwrap_err();
    assert!(begun.elapsed() >= Duration::from_millis(100) && provider.asked().len() > asked);
}

#[tokio::test]
async fn a_redirect_and_a_next_page_elsewhere_are_not_followed() {
    let elsewhere = Provider::start(|_| None).await;
    let address = elsewhere.address;
    let provider = about_bars(move |_| {
        let to = format!("http://{address}/v2/aggs/ticker/FB/range/1/day/1970-01-01/2013-03-01");
        Some((StatusCode::FOUND, [(LOCATION, to)]).into_response())
    })
    .await;
    let wrong = provider.bars("FB").await.unwrap_err();
    assert!(matches!(&wrong, SourceError::Unreachable(what) if what.contains("another address")), "{wrong}");
    for next in [
        format!("http://{address}/v2/more"),
        format!("//{address}/v2/more"),
        "https://127.0.0.1/v2/more".to_owned(),
        "http://user:word@HOST/v2/more".to_owned(),
        "file:///etc/passwd".to_owned(),
        "http://".to_owned(),
    ] {
        let provider = about_bars(move |asked| {
            let next = next.replace("HOST", &asked.host);
            Some(Json(json!({ "status": "OK", "results": [], "next_url": next })).into_response())
        })
        .await;
        let wrong = provider.bars("FB").await;
        assert_eq!(wrong, Err(corrupt("what follows is said to be at another host; it is not asked")));
        assert!(provider.asked().iter().all(|asked| asked.key.is_some() && asked.before == 0));
    }
    assert!(elsewhere.asked().is_empty(), "nobody was there, and no key");
}

#[tokio::test]
async fn a_key_that_is_not_good_is_everybodys_trouble() {
    for code in [401, 403] {
        let provider = Provider::start(move |_| Some(status(code))).await;
        let wrong = provider.bars("FB").await.unwrap_err();
        assert_eq!((wrong.code(), wrong.is_of_symbol()), ("API_KEY_INVALID", false));
        assert!(provider.asked().len() <= 2, "once, raw and adjusted");
    }
}

#[tokio::test]
async fn why_there_is_nothing_is_found_out() {
    let provider = Provider::start(|asked| {
        let ok = |results: Value| Some(Json(json!({ "status": "OK", "results": results })).into_response());
        match asked.parts()[..] {
            ["v2", _, _, "UNKNOWN" | "OLDNAME", ..] => Some(status(404)),
            ["v2", ..] => ok(json!([])),
            ["v3", _, _, "GONE"] => {
                ok(json!({ "ticker": "GONE", "active": false, "delisted_utc": "2012-01-01T05:00:00Z" }))
            }
            ["v3", _, _, "QUIET"] => ok(json!({ "ticker": "QUIET", "active": true })),
            ["v3", _, _, "DENIED"] => Some(status(403)),
            ["vX", _, _, "OLDNAME", "events"] => ok(json!({ "name": "A company", "events": [
                { "type": "ticker_change", "date": "2022-06-09", "ticker_change": { "ticker": "NEWNAME" } },
                { "type": "ticker_change", "date": "2012-05-18", "ticker_change": { "ticker": "OLDNAME" } },
            ] })),
            _ => Some(status(404)),
        }
    })
    .await;
    for (symbol, expected) in [
        ("UNKNOWN", Err(SourceError::NotFound)),
        ("EMPTY", Err(SourceError::NotFound)),
        ("GONE", Err(SourceError::Delisted)),
        ("OLDNAME", Err(SourceError::Renamed("NEWNAME".to_owned()))),
        ("DENIED", Err(SourceError::Unauthorised)),
        // It is there and has nothing: the check says so.
        ("QUIET", Ok(Vec::new())),
    ] {
        assert_eq!(provider.bars(symbol).await, expected, "{symbol}");
    }
    // On a Sunday nobody expects a bar.
    let asked = provider.asked().len();
    assert_eq!(provider.source().bars("GONE", LAST - 5, LAST - 5, 1).await, Ok(Vec::new()));
    assert_eq!(provider.asked().len(), asked + 2);
}

#[tokio::test]
async fn raw_and_adjusted_tell_of_the_same_days_or_of_none() {
    for (lost, sentence) in [(10, "2012-06-04"), (195, "2013-03-01")] {
        let provider = about_bars(move |asked| {
            let adjusted = asked.uri.query().unwrap().contains("adjusted=true");
            let mut bars = real::bars("FB").unwrap().to_vec();
            if adjusted {
                bars.remove(lost);
            }
            Some(aggregates(&bars, adjusted).into_response())
        })
        .await;
        let wrong = provider.bars("FB").await.unwrap_err();
        assert_eq!(wrong, corrupt(&format!("of {sentence} there is only a raw or only an adjusted bar")));
    }
}

#[tokio::test]
async fn what_happens_to_ten_in_a_row_is_no_symbols_trouble() {
    let provider =
        about_bars(|asked| (asked.bars_of() != Some("FB")).then(|| text("<html>maintenance</html>"))).await;
    let source = provider.source();
    let mut codes = Vec::new();
    for symbol in ["A", "B", "FB", "C", "D", "E", "F", "G", "H"] {
        codes.push(source.bars(symbol, 0, LAST, 1).await.err().map_or("fine", |wrong| wrong.code()));
    }
    // Two questions about each.
    let corrupt = "CORRUPT_DATA";
    let stopped = "SOURCE_UNREACHABLE";
    assert_eq!(codes, [corrupt, corrupt, "fine", corrupt, corrupt, corrupt, corrupt, codes[7], stopped]);
}

#[tokio::test]
async fn nobody_there_and_nobody_who_speaks_tls() {
    let provider = Provider::start(|asked| Some(well(asked))).await;
    let at = |base: String| RestSource::new(&Options { base, tries: 2, ..provider.options() }).unwrap();
    let nobody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for base in
        [format!("http://{nobody}"), format!("https://{nobody}"), format!("https://{}", provider.address)]
    {
        let wrong = at(base.clone()).bars("FB", 0, LAST, 1).await.unwrap_err();
        assert_eq!((wrong.code(), wrong.is_of_symbol()), ("SOURCE_UNREACHABLE", false), "{base}: {wrong}");
        assert!(!wrong.to_string().contains("scheme"), "{wrong}");
    }
}
