//! A provider on this machine, in the manner of Massive: it has the real bars, and misbehaves as a test wants it to.

#![allow(dead_code, reason = "each test file uses its part")]

use axum::Router;
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, HOST};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use domain::backoff::Backoff;
use domain::time::{DAY, HOUR, Millis};
use processor::bar::{Bar, Day, parse};
use processor::sample::real;
use processor::source::rest::{Key, Options, RestSource};
use processor::source::{Source, SourceError};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The key that every test has.
pub const KEY: &str = "s3cret-k3y";
/// The last day of the real bars: 2013-03-01.
pub const LAST: Day = 15_765;

/// A request.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Path and query.
    pub uri: Uri,
    /// What stood in `Authorization`.
    pub key: Option<String>,
    /// At which host it was asked.
    pub host: String,
    /// When it came.
    pub at: Instant,
    /// How many of the same path came before.
    pub before: usize,
}

impl Asked {
    /// The parts of the path.
    pub fn parts(&self) -> Vec<&str> {
        self.uri.path().trim_matches('/').split('/').collect()
    }

    /// Whether it is about bars: of whom.
    pub fn bars_of(&self) -> Option<&str> {
        let parts = self.parts();
        (parts.first() == Some(&"v2")).then(|| parts[3])
    }

    fn is_adjusted(&self) -> bool {
        self.uri.query().unwrap_or_default().contains("adjusted=true")
    }
}

/// The provider.
pub struct Provider {
    /// Where it is.
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Provider {
    /// One that answers so; `None`: as a good one does.
    pub async fn start(answer: impl Fn(&Asked) -> Option<Response> + Clone + Send + Sync + 'static) -> Self {
        Self::at(SocketAddr::from(([127, 0, 0, 1], 0)), answer).await
    }

    /// The same at an address.
    pub async fn at(
        address: SocketAddr,
        answer: impl Fn(&Asked) -> Option<Response> + Clone + Send + Sync + 'static,
    ) -> Self {
        let asked = Arc::new(Mutex::new(Vec::<Asked>::new()));
        let kept = asked.clone();
        let handler = move |request: Request| {
            let mut kept = kept.lock().unwrap();
            let uri = request.uri().clone();
            let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
            let (key, host) = (header(AUTHORIZATION), header(HOST).unwrap());
            let before = kept.iter().filter(|other| other.uri == uri).count();
            let asked = Asked { uri, key, host, at: Instant::now(), before };
            kept.push(asked.clone());
            let response = answer(&asked).unwrap_or_else(|| well(&asked));
            async move {
                // A header of the tests' own: it never answers.
                if response.headers().contains_key("x-never") {
                    std::future::pending::<()>().await;
                }
                response
            }
        };
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await });
        Self { address, asked }
    }

    /// Everything that was asked.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Options with which it is asked quickly, on the evening of the last day.
    pub fn options(&self) -> Options {
        Options {
            base: format!("http://{}", self.address),
            key: Some(Key::new(KEY)),
            per_minute: 600_000,
            timeout: Duration::from_millis(500),
            waits: Backoff { base: 2, cap: 10 },
            clock: evening,
            ..Options::default()
        }
    }

    /// It as a source.
    pub fn source(&self) -> RestSource {
        RestSource::new(&self.options()).unwrap()
    }

    /// What it has of a symbol.
    pub async fn bars(&self, symbol: &str) -> Result<Vec<Bar>, SourceError> {
        self.source().bars(symbol, 0, LAST, 1).await
    }
}

/// Five in the afternoon in New York.
pub fn evening() -> Millis {
    i64::from(LAST) * DAY + 22 * HOUR
}

/// What a good provider answers.
pub fn well(asked: &Asked) -> Response {
    match asked.parts()[..] {
        ["v2", "aggs", "ticker", symbol, "range", "1", "day", from, to] => {
            let (from, to) = (parse(from).unwrap(), parse(to).unwrap());
            let bars = real::bars(symbol).unwrap_or_default();
            let some: Vec<Bar> = bars.iter().filter(|bar| (from..=to).contains(&bar.day)).copied().collect();
            aggregates(&some, asked.is_adjusted()).into_response()
        }
        ["v3", "reference", "tickers", symbol] if real::bars(symbol).is_some() => {
            axum::Json(json!({ "status": "OK", "results": { "ticker": symbol, "active": true } }))
                .into_response()
        }
        _ => (StatusCode::NOT_FOUND, axum::Json(json!({ "status": "NOT_FOUND" }))).into_response(),
    }
}

/// Bars as they are answered.
pub fn results(bars: &[Bar], adjusted: bool) -> Value {
    let one = |bar: &Bar| {
        let [open, high, low, close] =
            if adjusted { bar.adjusted_prices() } else { [bar.open, bar.high, bar.low, bar.close] };
        // Midnight in New York, which is four or five hours after that of UTC.
        let t = i64::from(bar.day) * DAY + if bar.day % 2 == 0 { 4 } else { 5 } * HOUR;
        json!({ "v": bar.volume as f64, "vw": 1.5, "o": open, "c": close, "h": high, "l": low, "t": t, "n": 3 })
    };
    bars.iter().map(one).collect()
}

/// An answer with bars.
pub fn aggregates(bars: &[Bar], adjusted: bool) -> axum::Json<Value> {
    let count = bars.len();
    axum::Json(json!({
        "ticker": "X", "queryCount": count, "resultsCount": count, "adjusted": adjusted, "status": "OK",
        "request_id": "1", "count": count, "results": results(bars, adjusted),
    }))
}

/// An answer of this status.
pub fn status(code: u16) -> Response {
    // What a provider says may repeat what it was sent.
    let body = json!({ "status": "ERROR", "error": format!("{KEY} is not liked") });
    (StatusCode::from_u16(code).unwrap(), axum::Json(body)).into_response()
}

/// An answer that never comes.
pub fn never() -> Response {
    ([("x-never", "1")], "").into_response()
}
