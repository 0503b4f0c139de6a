//! How a provider is asked, and the key.

use crate::bar::Day;
use domain::backoff::Backoff;
use domain::time::Millis;
use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The provider's address, if none is told.
pub const MASSIVE: &str = "https://api.massive.com";

/// Hosts of which it is known that they answer nobody without a key.
const KEYED: [&str; 2] = ["massive.com", "polygon.io"];

/// Whether a provider is known to answer nobody without a key.
#[must_use]
pub fn wants_key(base: &str) -> bool {
    let host = reqwest::Url::parse(base).ok().and_then(|url| url.host_str().map(str::to_owned));
    let of = |domain: &&str| {
        host.as_ref().is_some_and(|host| *host == **domain || host.ends_with(&format!(".{domain}")))
    };
    KEYED.iter().any(of)
}

/// A key. It is not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// The key that the environment has: `MASSIVE_API_KEY`, or `POLYGON_API_KEY`.
    #[must_use]
    pub fn of_environment() -> Option<Self> {
        let found =
            ["MASSIVE_API_KEY", "POLYGON_API_KEY"].into_iter().find_map(|name| std::env::var(name).ok());
        found.filter(|key| !key.is_empty()).map(Self)
    }

    /// This key.
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    pub(super) fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        to.write_str("Key(…)")
    }
}

/// How a provider is asked.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its address.
    pub base: String,
    /// The key, if it wants one.
    pub key: Option<Key>,
    /// Requests at a time.
    pub at_a_time: usize,
    /// Requests a minute.
    pub per_minute: u32,
    /// How long a request may take, from its first byte to the last of its answer.
    pub timeout: Duration,
    /// How often a question is asked.
    pub tries: u32,
    /// How long is waited between, where the provider does not say.
    pub waits: Backoff,
    /// The longest wait that is waited; who is told to wait longer fails.
    pub patience: Duration,
    /// How long after the closing bell a day is final.
    pub settles: Duration,
    /// The first day that is asked for: plans have a limit, and say no to what is older.
    pub oldest: Day,
    /// A folder with lists of universes; `all` is every stock and fund that the provider lists.
    pub universes: Option<PathBuf>,
    /// What time it is.
    pub clock: fn() -> Millis,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            base: MASSIVE.to_owned(),
            key: None,
            at_a_time: 8,
            per_minute: 3_000,
            timeout: Duration::from_secs(30),
            tries: 5,
            waits: Backoff { base: 500, cap: 30_000 },
            patience: Duration::from_secs(60),
            settles: Duration::from_secs(5 * 60),
            oldest: Day::MIN,
            universes: None,
            clock: || {
                SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .map_or(0, |since| since.as_millis().try_into().unwrap_or(0))
            },
        }
    }
}
