//! Timestamps as a well-behaved producer writes them: true UTC, microseconds, `Z`.

use domain::time::{Civil, Millis};
use std::time::{SystemTime, UNIX_EPOCH};

/// Now, in UTC milliseconds.
#[must_use]
pub fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}

/// `2026-11-20T21:10:00.214000Z`.
#[must_use]
pub fn stamp(at: Millis) -> String {
    format!("{}T{}.{:03}000Z", date(at), Civil::from_utc(at).hms(), at.rem_euclid(1_000))
}

/// `2026-11-20`.
#[must_use]
pub fn date(at: Millis) -> String {
    let civil = Civil::from_utc(at);
    format!("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_read_back_as_the_same_moment() {
        let at = 1_759_435_800_214;
        let message = format!(r#"{{"event":"test","timestamp":"{}"}}"#, stamp(at));
        let event = domain::decode::decode("c", message.as_bytes(), at).expect("it is JSON");
        assert_eq!(event.reported, Some(at));
    }
}
