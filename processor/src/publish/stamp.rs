//! Timestamps: as a well-behaved producer writes them (true UTC, microseconds, `Z`), and as the real ones do.

use domain::time::{Civil, HOUR, Millis, iso_exact};
use serde_json::Value;
use std::time::{SystemTime, UNIX_EPOCH};

/// How a moment is written (contract.md §2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// True UTC, `Z`.
    Utc,
    /// New York's wall clock, labelled `Z`.
    MislabelledLocal,
    /// UTC without any label.
    Bare,
    /// `+00:00`.
    Offset,
    /// Unix seconds as a float.
    Epoch,
    /// RFC 1123.
    Rfc1123,
}

impl Stamp {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Utc, Self::MislabelledLocal, Self::Bare, Self::Offset, Self::Epoch, Self::Rfc1123];
}

/// Now, in UTC milliseconds.
#[must_use]
pub fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}

/// `2026-11-20T21:10:00.214000`.
fn bare(at: Millis) -> String {
    format!("{}000", iso_exact(at).trim_end_matches('Z'))
}

/// `2026-11-20`.
#[must_use]
pub fn date(at: Millis) -> String {
    Civil::from_utc(at).date()
}

/// The moment as that producer writes it.
#[must_use]
pub fn stamp_as(stamp: Stamp, at: Millis) -> Value {
    match stamp {
        Stamp::Utc => format!("{}Z", bare(at)).into(),
        Stamp::MislabelledLocal => format!("{}Z", bare(at - 5 * HOUR)).into(),
        Stamp::Bare => bare(at).into(),
        Stamp::Offset => format!("{}+00:00", bare(at)).into(),
        Stamp::Epoch => {
            #[expect(clippy::cast_precision_loss, reason = "milliseconds of this century are exact")]
            let seconds = at as f64 / 1_000.0;
            seconds.into()
        }
        Stamp::Rfc1123 => {
            let civil = Civil::from_utc(at);
            // "Fri 20 Nov"
            let label = civil.day_label();
            let (weekday, rest) = label.split_once(' ').unwrap_or((&label, ""));
            let (day, month) = rest.split_once(' ').unwrap_or((rest, ""));
            format!("{weekday}, {day:0>2} {month} {} {} GMT", civil.year, civil.hms()).into()
        }
    }
}

/// The moment as a well-behaved producer writes it, where there is one.
#[must_use]
pub fn stamp_or_null(at: Option<Millis>) -> Value {
    at.map_or(Value::Null, |at| stamp_as(Stamp::Utc, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stamp_is_read_back_as_the_same_moment() {
        let at = 1_759_435_800_214;
        for stamp in Stamp::ALL {
            let message = format!(r#"{{"event":"test","timestamp":{}}}"#, stamp_as(stamp, at));
            let event = domain::decode::decode("c", message.as_bytes(), at).expect("it is JSON");
            let exact = if stamp == Stamp::Rfc1123 { at - 214 } else { at };
            assert_eq!(event.reported, Some(exact), "{message}");
        }
    }
}
