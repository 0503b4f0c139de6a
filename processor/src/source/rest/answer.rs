//! What a provider answers, read strictly: anything else is no answer.

use crate::bar::Day;
use crate::source::SourceError;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A page of bars.
#[derive(Debug, Deserialize)]
pub struct Aggregates {
    #[serde(default)]
    status: String,
    #[serde(default)]
    results: Option<Vec<Aggregate>>,
    /// Where the next one is.
    #[serde(default)]
    pub next_url: Option<String>,
}

/// A bar as it is told. What else stands there (trades, average price) is passed over.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Aggregate {
    /// When it began, in milliseconds: midnight in New York.
    t: i64,
    /// First price.
    pub o: f64,
    /// Highest price.
    pub h: f64,
    /// Lowest price.
    pub l: f64,
    /// Last price.
    pub c: f64,
    /// Shares traded; of a part of a share there may be a part.
    pub v: f64,
}

impl Aggregate {
    /// Which day. Midnight in New York is on the same day in UTC.
    pub fn day(&self) -> Option<Day> {
        Day::try_from(self.t.div_euclid(86_400_000)).ok()
    }
}

impl Aggregates {
    /// The bars, and whether they come late: by fifteen minutes, the status says.
    pub fn bars(self) -> Result<(Vec<Aggregate>, bool), SourceError> {
        let late = match self.status.as_str() {
            "OK" => false,
            "DELAYED" => true,
            "NOT_AUTHORIZED" | "AUTH_ERROR" => return Err(SourceError::Unauthorised),
            _ => {
                return Err(SourceError::Corrupt("the answer's status is neither OK nor DELAYED".to_owned()));
            }
        };
        Ok((self.results.unwrap_or_default(), late))
    }
}

/// A page of tickers.
#[derive(Debug, Deserialize)]
pub struct Tickers {
    /// Those on this page.
    #[serde(default)]
    pub results: Vec<Ticker>,
    /// Where the next page is.
    #[serde(default)]
    pub next_url: Option<String>,
}

/// One ticker.
#[derive(Debug, Deserialize)]
pub struct TickerOnly {
    /// The ticker.
    pub results: Ticker,
}

/// What is known of a ticker.
#[derive(Debug, Deserialize)]
pub struct Ticker {
    /// Its name on the exchange.
    pub ticker: String,
    /// What it is called.
    #[serde(default)]
    pub name: Option<String>,
    /// `CS`, `ETF`, …
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// Whether it is traded.
    #[serde(default)]
    pub active: Option<bool>,
    /// When it ceased to be.
    #[serde(default)]
    pub delisted_utc: Option<String>,
    /// First day on the exchange.
    #[serde(default)]
    pub list_date: Option<String>,
    /// What it is worth.
    #[serde(default)]
    pub market_cap: Option<f64>,
}

/// What became of a ticker.
#[derive(Debug, Deserialize)]
pub struct Events {
    /// Of a company.
    pub results: EventsOf,
}

/// Its events.
#[derive(Debug, Deserialize)]
pub struct EventsOf {
    /// In any order.
    #[serde(default)]
    pub events: Vec<Event>,
}

/// An event.
#[derive(Debug, Deserialize)]
pub struct Event {
    /// When, as a date.
    #[serde(default)]
    pub date: String,
    /// A new ticker.
    #[serde(default)]
    pub ticker_change: Option<Change>,
}

/// A new ticker.
#[derive(Debug, Deserialize)]
pub struct Change {
    /// Which.
    pub ticker: String,
}

/// Reads an answer. Nothing of it is repeated in an error: it is somebody else's, and may hold a key.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Unread> {
    serde_json::from_slice(body).map_err(|cause| match cause.classify() {
        serde_json::error::Category::Eof => Unread::Cut,
        category => {
            let what = match (category, body.trim_ascii_start().first()) {
                (serde_json::error::Category::Data, _) => "JSON, but not what was asked for",
                (_, Some(b'<')) => "HTML and not JSON",
                _ => "no JSON",
            };
            let (line, column) = (cause.line(), cause.column());
            Unread::Wrong(format!("the answer is {what} (line {line}, column {column})"))
        }
    })
}

/// Why an answer is none.
#[derive(Debug)]
pub enum Unread {
    /// It ends in the middle: it may come whole another time.
    Cut,
    /// It is something else.
    Wrong(String),
}
