//! The producer's HTTP API (contract.md §4.2): asked by `reconcile`, told by `commands`. What comes back is bytes, or one of a few
//! reasons why not.
//!
//! Bounded in time and size, follows no redirect and uses no proxy: the key goes to the address that was set and to no other.

use crate::config::Secret;
use crate::error::StartError;
use domain::command::Call;
use domain::decode::NoAnswer;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Url, redirect};
use std::time::Duration;
use thiserror::Error;

/// What is asked is answered within this, or not at all.
const PATIENCE: Duration = Duration::from_secs(2);
/// What is told is: beginning something may take longer than saying how it goes.
const TOLD_PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer that is read.
const LARGEST: usize = 1 << 20;
/// Where the producer wants its key.
const KEY: &str = "x-api-key";

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AskError {
    /// Nobody listens there.
    #[error("nobody answers")]
    Unreachable,
    /// It took too long.
    #[error("no answer within {} s", .0.as_secs())]
    Slow(Duration),
    /// It wants another key, or one at all.
    #[error("it refuses our key ({0})")]
    Key(u16),
    /// Another status than 200.
    #[error("it answers {0}")]
    Status(u16),
    /// The answer is larger than 1 MiB.
    #[error("its answer is larger than 1 MiB")]
    TooLarge,
    /// The answer broke off.
    #[error("its answer broke off")]
    Cut,
    /// The answer says nothing.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
}

impl AskError {
    /// A stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Slow(_) => "slow",
            Self::Key(_) => "key_refused",
            Self::Status(_) => "status",
            Self::TooLarge => "too_large",
            Self::Cut => "cut",
            Self::NoAnswer(cause) => cause.code(),
        }
    }
}

/// The producer's API.
#[derive(Clone, Debug)]
pub struct Client {
    base: Url,
    http: reqwest::Client,
}

impl Client {
    /// The API under an address.
    ///
    /// # Errors
    /// When the address is none of `http://…`, or the key is none that a header can carry.
    pub fn new(url: &str, key: Option<&Secret>) -> Result<Self, StartError> {
        let base = Url::parse(url).map_err(|_| StartError::ProcessorUrl)?;
        if base.scheme() != "http" || base.cannot_be_a_base() {
            return Err(StartError::ProcessorUrl);
        }
        let mut headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
        if let Some(key) = key.map(Secret::reveal).map(str::trim).filter(|key| !key.is_empty()) {
            let mut key = HeaderValue::from_str(key).map_err(|_| StartError::ProcessorKey)?;
            key.set_sensitive(true);
            headers.insert(KEY, key);
        }
        let http = reqwest::Client::builder()
            .default_headers(headers)
            .redirect(redirect::Policy::none())
            .no_proxy()
            // Asked rarely: a connection that is kept would be a dead one.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|_| StartError::ProcessorUrl)?;
        Ok(Self { base, http })
    }

    /// Host and port without credentials, for people.
    #[must_use]
    pub fn address(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        self.base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The body of `GET /api/processing/<what>`.
    ///
    /// # Errors
    /// See [`AskError`].
    pub async fn get(&self, what: &str, query: Option<&str>) -> Result<Vec<u8>, AskError> {
        let asked = tokio::time::timeout(PATIENCE, self.ask(self.place(what, query))).await;
        asked.unwrap_or(Err(AskError::Slow(PATIENCE)))
    }

    /// Tells the producer something, under a key by which it may know a repetition: status and body of its answer.
    ///
    /// # Errors
    /// See [`AskError`]. [`AskError::Unreachable`]: it was not told. All others: it may have been.
    pub async fn tell(&self, call: &Call, key: &str) -> Result<(u16, Vec<u8>), AskError> {
        let url = self.place(call.path, None);
        let request = match &call.body {
            Some(body) => {
                let json = HeaderValue::from_static("application/json");
                self.http.post(url).header(CONTENT_TYPE, json).body(body.to_string())
            }
            None => self.http.delete(url),
        };
        let told = async {
            let response =
                request.header("idempotency-key", key).send().await.map_err(|cause| broken(&cause))?;
            let status = response.status().as_u16();
            Ok((status, body_of(response).await?))
        };
        tokio::time::timeout(TOLD_PATIENCE, told).await.unwrap_or(Err(AskError::Slow(TOLD_PATIENCE)))
    }

    fn place(&self, what: &str, query: Option<&str>) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["api", "processing"]).extend(what.split('/'));
        }
        url.set_query(query);
        url.set_fragment(None);
        url
    }

    async fn ask(&self, url: Url) -> Result<Vec<u8>, AskError> {
        let response = self.http.get(url).send().await.map_err(|cause| broken(&cause))?;
        match response.status().as_u16() {
            200 => body_of(response).await,
            refused @ (401 | 403) => Err(AskError::Key(refused)),
            other => Err(AskError::Status(other)),
        }
    }
}

fn broken(cause: &reqwest::Error) -> AskError {
    if cause.is_connect() { AskError::Unreachable } else { AskError::Cut }
}

async fn body_of(mut response: reqwest::Response) -> Result<Vec<u8>, AskError> {
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|cause| broken(&cause))? {
        if body.len() + part.len() > LARGEST {
            return Err(AskError::TooLarge);
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_http_and_is_shown_without_credentials() {
        let client = Client::new("http://u:secret@127.0.0.1:8080/pl/?x=1#y", None).expect("an address");
        assert_eq!(client.address(), "127.0.0.1:8080");
        let place = client.place("history", Some("days=7"));
        assert_eq!((place.path(), place.query()), ("/pl/api/processing/history", Some("days=7")));
        assert_eq!(
            client.place("status", None).as_str(),
            "http://u:secret@127.0.0.1:8080/pl/api/processing/status"
        );
        for other in ["", "127.0.0.1:8080", "https://127.0.0.1", "mailto:x@y", "redis://127.0.0.1"] {
            assert_eq!(
                Client::new(other, None).map_err(|error| error.code()).err(),
                Some("processor_url"),
                "{other}"
            );
        }
    }

    #[test]
    fn a_key_is_sent_and_not_shown() {
        let key = Secret::from("geheim".to_owned());
        let client = Client::new("http://127.0.0.1", Some(&key)).expect("an address");
        assert!(!format!("{client:?}{key:?}").contains("geheim"));
        let bad = Secret::from("a\nb".to_owned());
        assert_eq!(
            Client::new("http://127.0.0.1", Some(&bad)).map_err(|error| error.code()).err(),
            Some("processor_api_key")
        );
    }
}
