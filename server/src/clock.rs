//! Where the server reads the clock, so that everything else can be given a time.

use domain::time::Millis;
use std::time::{SystemTime, UNIX_EPOCH};

/// Now, in UTC milliseconds.
#[must_use]
pub fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}
