//! Timestamps as they are really sent (contract.md §2.3): ISO with or without fraction and offset, RFC 1123, epoch numbers.
//!
//! They lie: local time is labelled `Z`. So they are kept beside the time of reception and never order anything.

use crate::time::{DAY, HOUR, MINUTE, Millis, SECOND, days_of};
use serde_json::Value;

const EARLIEST: Millis = 0;
/// 2200-01-01: what lies behind is a fault, not a date.
const LATEST: Millis = 7_258_118_400_000;

/// Reads a timestamp, and pulls one that is a whole number of hours off back to `at`: it was local time labelled `Z`.
pub(super) fn read(value: &Value, at: Millis) -> Option<Millis> {
    let read = match value {
        Value::Number(number) => epoch(number.as_f64()?),
        Value::String(text) => iso(text).or_else(|| rfc1123(text)),
        _ => None,
    }?;
    let plausible = (EARLIEST..LATEST).contains(&read);
    plausible.then(|| unlabelled(read, at))
}

/// The instant within 10 s of `at`, when the difference is otherwise a whole number of hours up to 14.
fn unlabelled(read: Millis, at: Millis) -> Millis {
    let off = at - read;
    let hours = (off + off.signum() * HOUR / 2) / HOUR;
    let rest = off - hours * HOUR;
    if hours != 0 && hours.abs() <= 14 && rest.abs() <= 10 * SECOND { read + hours * HOUR } else { read }
}

fn epoch(number: f64) -> Option<Millis> {
    let millis = if number.abs() > 1e11 { number } else { number * 1_000.0 };
    #[expect(clippy::cast_possible_truncation, reason = "within ±2^53")]
    let whole = millis as Millis;
    (millis.is_finite() && millis.abs() < 9e15).then_some(whole)
}

/// `2025-10-02T16:10:00.214377Z`, `…+00:00`, `…` without anything, a blank instead of the `T`.
fn iso(text: &str) -> Option<Millis> {
    let bytes = text.trim().as_bytes();
    let digits = |from: usize, to: usize| -> Option<i64> {
        let part = bytes.get(from..to)?;
        part.iter()
            .all(u8::is_ascii_digit)
            .then(|| part.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
    };
    if *bytes.get(4)? != b'-' || *bytes.get(7)? != b'-' || !matches!(bytes.get(10), Some(b'T' | b' ')) {
        return None;
    }
    let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
    let (hour, minute, second) = (digits(11, 13)?, digits(14, 16)?, digits(17, 19)?);
    let valid =
        (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    if !valid {
        return None;
    }
    let mut index = 19;
    let mut millis = 0;
    if bytes.get(index) == Some(&b'.') {
        index += 1;
        let mut unit = 100;
        while let Some(digit) = bytes.get(index).filter(|byte| byte.is_ascii_digit()) {
            millis += i64::from(digit - b'0') * unit;
            unit /= 10;
            index += 1;
        }
    }
    let offset = match bytes.get(index) {
        None | Some(b'Z' | b'z') => 0,
        Some(sign @ (b'+' | b'-')) => {
            let minutes = if bytes.get(index + 3) == Some(&b':') { index + 4 } else { index + 3 };
            let east =
                digits(index + 1, index + 3)? * HOUR + digits(minutes, minutes + 2).unwrap_or(0) * MINUTE;
            if *sign == b'-' { -east } else { east }
        }
        Some(_) => return None,
    };
    let days = days_of(i32::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?);
    Some(days * DAY + hour * HOUR + minute * MINUTE + second * SECOND + millis - offset)
}

/// `Thu, 02 Oct 2025 14:07:31 GMT`.
fn rfc1123(text: &str) -> Option<Millis> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let (_, rest) = text.split_once(", ")?;
    let mut parts = rest.split_ascii_whitespace();
    let day: u8 = parts.next()?.parse().ok()?;
    let name = parts.next()?.to_ascii_lowercase();
    let month = MONTHS.iter().position(|month| *month == name)? + 1;
    let year: i32 = parts.next()?.parse().ok()?;
    let mut clock = parts.next()?.split(':').map(str::parse::<i64>);
    let (hour, minute, second) = (clock.next()?.ok()?, clock.next()?.ok()?, clock.next()?.ok()?);
    let date = (1..=31).contains(&day) && (0..10_000).contains(&year);
    let time = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second);
    if !(date && time) {
        return None;
    }
    let days = days_of(year, u8::try_from(month).ok()?, day);
    Some(days * DAY + hour * HOUR + minute * MINUTE + second * SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOON: Millis = 1_759_435_800_000; // 2025-10-02T20:10:00Z

    #[test]
    fn every_spelling_of_the_same_moment() {
        for spelling in [
            json!("2025-10-02T20:10:00Z"),
            json!("2025-10-02T20:10:00.000Z"),
            json!("2025-10-02T20:10:00+00:00"),
            json!("2025-10-02T16:10:00-04:00"),
            json!("2025-10-02 20:10:00"),
            json!("Thu, 02 Oct 2025 20:10:00 GMT"),
            json!(1_759_435_800),
            json!(1_759_435_800_000_i64),
            json!(1_759_435_800.0),
        ] {
            assert_eq!(read(&spelling, NOON), Some(NOON), "{spelling}");
        }
    }

    #[test]
    fn figures_beyond_any_clock_are_refused() {
        for spelling in [
            json!("Thu, 02 Oct 2025 9999999999999999:00:00 GMT"),
            json!("Thu, 02 Oct 2025 -1:00:00 GMT"),
            json!("Thu, 02 Oct 2147483647 20:10:00 GMT"),
        ] {
            assert_eq!(read(&spelling, NOON), None, "{spelling}");
        }
    }

    #[test]
    fn local_time_labelled_z_is_pulled_back() {
        assert_eq!(read(&json!("2025-10-02T16:10:02Z"), NOON + 2_000), Some(NOON + 2_000));
        assert_eq!(read(&json!("2025-10-02T16:40:00Z"), NOON), Some(NOON - 3 * HOUR - 30 * MINUTE));
    }

    #[test]
    fn nonsense_is_no_time() {
        for nonsense in [
            json!("yesterday"),
            json!("0000-00-00T00:00:00Z"),
            json!(1e300),
            json!(null),
            json!("2025-10-02T"),
        ] {
            assert_eq!(read(&nonsense, NOON), None, "{nonsense}");
        }
    }
}
