//! One question to a provider, asked again while that makes sense.
//!
//! Invariant: the key is in a header and nowhere else; it goes to the host that was configured and to no other. An answer is bounded in
//! size and time, and so are the tries.

use super::Options;
use super::answer::{Unread, read};
use super::pace::Pace;
use crate::source::SourceError;
use domain::backoff::Backoff;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use serde::de::DeserializeOwned;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

/// Largest answer. A page of fifty thousand bars has six million bytes.
const LARGEST: usize = 8 << 20;
/// Symbols in a row whose questions came to nothing: then it is not the symbols.
const IN_A_ROW: u32 = 10;

/// Asks.
#[derive(Debug)]
pub struct Asker {
    client: Client,
    base: Url,
    pace: Pace,
    tries: u32,
    waits: Backoff,
    longest: Duration,
    /// Questions in a row that came to nothing.
    nothing: AtomicU32,
}

/// What came of a try.
enum Tried {
    Good(Vec<u8>),
    /// Asked again it will be the same.
    Bad(SourceError),
    /// It may be well another time, perhaps not before then.
    Again(SourceError, Option<Duration>),
}

impl Asker {
    /// By options.
    pub fn new(options: &Options) -> Result<Self, String> {
        let base =
            Url::parse(&options.base).map_err(|cause| format!("the address of the provider: {cause}"))?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err("the address of the provider begins with http:// or https://".to_owned());
        }
        if !base.username().is_empty() || base.password().is_some() || base.query().is_some() {
            return Err(
                "the address of the provider is its host and path; the key is MASSIVE_API_KEY".to_owned()
            );
        }
        let local = matches!(base.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        if options.key.is_some() && base.scheme() == "http" && !local {
            return Err("a key goes over https only".to_owned());
        }
        let mut headers = HeaderMap::new();
        if let Some(key) = &options.key {
            let key = HeaderValue::from_str(&format!("Bearer {}", key.secret()));
            let mut key = key.map_err(|_| "the key has characters that no key has".to_owned())?;
            key.set_sensitive(true);
            headers.insert(AUTHORIZATION, key);
        }
        let builder = Client::builder();
        // A proxy of the environment sees what is not encrypted.
        let client = if base.scheme() == "http" { builder.no_proxy() } else { builder };
        let client = client
            .default_headers(headers)
            .redirect(Policy::none())
            .connect_timeout(options.timeout.min(Duration::from_secs(10)))
            .timeout(options.timeout)
            .user_agent(concat!("closing-bell-processor/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|cause| cause.to_string())?;
        let apart = Duration::from_secs(60) / options.per_minute.max(1);
        Ok(Self {
            client,
            base,
            pace: Pace::new(options.at_a_time.max(1), apart),
            tries: options.tries.max(1),
            waits: options.waits,
            longest: options.patience,
            nothing: AtomicU32::new(0),
        })
    }

    /// The address of something, below that of the provider; each part is escaped.
    pub fn address(&self, parts: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(parts);
        }
        url
    }

    /// The address that an answer names for what follows; none but the provider's own.
    pub fn following(&self, named: &str) -> Result<Url, SourceError> {
        let url = self.base.join(named).ok();
        url.filter(|url| {
            url.origin() == self.base.origin() && url.username().is_empty() && url.password().is_none()
        })
        .ok_or_else(|| {
            SourceError::Corrupt("what follows is said to be at another host; it is not asked".to_owned())
        })
    }

    /// Asks until there is an answer, or it makes no sense any more.
    pub async fn ask<T: DeserializeOwned>(&self, url: &Url) -> Result<T, SourceError> {
        let mut attempt = 0;
        loop {
            let tried = match self.once(url).await {
                Tried::Good(body) => match read(&body) {
                    Ok(answer) => {
                        self.nothing.store(0, Ordering::Relaxed);
                        return Ok(answer);
                    }
                    Err(Unread::Wrong(what)) => Tried::Bad(SourceError::Corrupt(what)),
                    Err(Unread::Cut) => {
                        Tried::Again(SourceError::Corrupt("the answer ends in the middle".to_owned()), None)
                    }
                },
                tried => tried,
            };
            attempt += 1;
            let (cause, after) = match tried {
                Tried::Good(_) => continue,
                Tried::Bad(cause) => return Err(self.judged(cause)),
                Tried::Again(cause, after) => (cause, after),
            };
            let wait = self.wait(attempt - 1, after);
            if let SourceError::RateLimited { .. } = cause {
                // Whoever else asks is asked to wait, too.
                self.pace.later(wait.min(self.longest));
            }
            if attempt >= self.tries || wait > self.longest {
                return Err(self.judged(cause));
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// How long to wait: as long as was said, or longer from time to time.
    fn wait(&self, attempt: u32, after: Option<Duration>) -> Duration {
        after.unwrap_or_else(|| {
            let wait = self.waits.delay(attempt, rand::random::<f64>());
            Duration::from_millis(wait.unsigned_abs())
        })
    }

    /// What happens to many symbols in a row is no symbol's own trouble.
    fn judged(&self, cause: SourceError) -> SourceError {
        match cause {
            SourceError::Timeout | SourceError::Corrupt(_) | SourceError::RateLimited { .. } => {
                let before = self.nothing.fetch_add(1, Ordering::Relaxed);
                if before + 1 < IN_A_ROW {
                    return cause;
                }
                SourceError::Unreachable(format!(
                    "the provider is not reachable: {IN_A_ROW} questions in a row came to nothing, the last because {cause}"
                ))
            }
            cause => {
                self.nothing.store(0, Ordering::Relaxed);
                cause
            }
        }
    }

    async fn once(&self, url: &Url) -> Tried {
        let _turn = self.pace.turn().await;
        let response = match self.client.get(url.clone()).send().await {
            Ok(response) => response,
            Err(cause) => return Tried::Again(failed(&cause), None),
        };
        let status = response.status();
        match status {
            StatusCode::OK => self.body(response).await,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Tried::Bad(SourceError::Unauthorised),
            StatusCode::NOT_FOUND => Tried::Bad(SourceError::NotFound),
            StatusCode::TOO_MANY_REQUESTS => {
                let after = retry_after(&response);
                Tried::Again(SourceError::RateLimited { after }, after)
            }
            StatusCode::REQUEST_TIMEOUT => Tried::Again(SourceError::Timeout, None),
            status if status.is_redirection() => Tried::Bad(SourceError::Unreachable(
                "the provider sends us to another address, which is not followed; is the provider's address right?"
                    .to_owned(),
            )),
            status if status.is_server_error() => Tried::Again(
                SourceError::Corrupt(format!("the provider answers with {}", status.as_u16())),
                retry_after(&response),
            ),
            status => {
                Tried::Bad(SourceError::Corrupt(format!("the provider answers with {}", status.as_u16())))
            }
        }
    }

    async fn body(&self, mut response: Response) -> Tried {
        let large = || {
            let what = format!("the answer is larger than {} MiB", LARGEST >> 20);
            Tried::Bad(SourceError::Corrupt(what))
        };
        if response.content_length().is_some_and(|length| length > LARGEST as u64) {
            return large();
        }
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > LARGEST => return large(),
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => return Tried::Good(body),
                Err(cause) if cause.is_timeout() => return Tried::Again(SourceError::Timeout, None),
                Err(_) => {
                    return Tried::Again(SourceError::Corrupt("the answer breaks off".to_owned()), None);
                }
            }
        }
    }
}

fn failed(cause: &reqwest::Error) -> SourceError {
    if cause.is_timeout() {
        return SourceError::Timeout;
    }
    if cause.is_connect() {
        // The innermost cause says it: refused, no such name, a certificate that is not good.
        let mut inner: &dyn std::error::Error = cause;
        while let Some(source) = inner.source() {
            inner = source;
        }
        return SourceError::Unreachable(format!("the provider is not reachable: {inner}"));
    }
    SourceError::Corrupt("the connection breaks off before there is an answer".to_owned())
}

/// `Retry-After`, in seconds or as a date.
fn retry_after(response: &Response) -> Option<Duration> {
    let told = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = told.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(told).ok()?;
    // A date that is over asks for no wait, and one of less than a second for one.
    let wait = date.duration_since(SystemTime::now()).unwrap_or_default();
    Some(wait.max(Duration::from_millis(100)))
}
