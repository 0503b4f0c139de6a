//! What stands behind the `?` of an address: read leniently and bounded, written so that it reads back the same.
//!
//! A page shows what it can of a wrong address. So reading gives both: what was understood, and for each field that was not an
//! error in words with what was given, to be shown beside the field.
//!
//! Tests: round trips in `app/tests/filters.rs`.

use domain::time::{Civil, DAY, days_of};

/// Longest text that a field takes, in characters.
pub const LONGEST: usize = 64;
/// Longest id of a run.
pub const LONGEST_ID: usize = 128;
/// Of a longer query only this much is read, in bytes: more than any form of ours writes.
const MOST: usize = 4_096;
/// Fields that are read at most.
const FIELDS: usize = 32;

/// A field that could not be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// Name of the field in the address.
    pub field: &'static str,
    /// What is wrong with it, in words.
    pub message: String,
    /// What was given, cut to [`LONGEST`] characters: it stays in the field to be mended.
    pub given: String,
}

impl FilterError {
    fn new(field: &'static str, message: impl Into<String>, given: &str) -> Self {
        Self { field, message: message.into(), given: given.chars().take(LONGEST).collect() }
    }
}

/// A query that is being read, field by field.
#[derive(Clone, Debug)]
pub struct Fields {
    pairs: Vec<(String, String)>,
    /// What was not understood so far.
    pub errors: Vec<FilterError>,
}

impl Fields {
    /// Takes a query apart; with or without its `?`.
    #[must_use]
    pub fn read(query: &str) -> Self {
        let query = query.strip_prefix('?').unwrap_or(query);
        let mut end = query.len().min(MOST);
        while !query.is_char_boundary(end) {
            end -= 1;
        }
        let pair = |part: &str| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decoded(name), decoded(value))
        };
        let parts = query[..end].split('&').filter(|part| !part.is_empty());
        Self { pairs: parts.take(FIELDS).map(pair).collect(), errors: Vec::new() }
    }

    /// The field's value without spaces around it; `None` where it is empty or missing. Of equal names the first counts.
    fn value(&self, field: &str) -> Option<String> {
        let found = self.pairs.iter().find(|(name, _)| name == field)?;
        let value = found.1.trim();
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// Notes that a field is wrong.
    pub fn wrong(&mut self, field: &'static str, message: impl Into<String>, given: &str) {
        self.errors.push(FilterError::new(field, message, given));
    }

    /// A value that `understand` understands, or else `message` holds.
    pub fn one<T>(
        &mut self,
        field: &'static str,
        message: &str,
        understand: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = self.value(field)?;
        let understood = understand(&value);
        if understood.is_none() {
            self.wrong(field, message, &value);
        }
        understood
    }

    /// A text of at most `most` characters, none of them a control character.
    pub fn text(&mut self, field: &'static str, most: usize) -> Option<String> {
        let message = format!("At most {most} characters");
        let plain = |text: &str| text.chars().count() <= most && !text.chars().any(char::is_control);
        self.one(field, &message, |text| plain(text).then(|| text.to_owned()))
    }

    /// A date, as days since 1970-01-01.
    pub fn date(&mut self, field: &'static str) -> Option<i64> {
        self.one(field, "Not a date; write it as 2026-11-20", date)
    }

    /// A moment on a wall clock, in seconds since 1970-01-01T00:00:00 there. A bare date is its first second, or its last.
    pub fn moment(&mut self, field: &'static str, last: bool) -> Option<i64> {
        self.one(field, "Not a time; write it as 2026-11-20T16:10", |text| moment(text, last))
    }

    /// A number of an event.
    pub fn number(&mut self, field: &'static str) -> Option<u64> {
        self.one(field, "Not a number", |text| {
            text.parse().ok().filter(|number| i64::try_from(*number).is_ok())
        })
    }

    /// Ends the reading: the first error, or what was read.
    ///
    /// # Errors
    /// When any field was wrong.
    pub fn strictly<T>(self, read: T) -> Result<T, FilterError> {
        self.errors.into_iter().next().map_or(Ok(read), Err)
    }
}

/// The fields that have a value, as a query without its `?`.
#[must_use]
pub fn written(pairs: &[(&str, Option<String>)]) -> String {
    let given = pairs.iter().filter_map(|(name, value)| value.as_ref().map(|value| (name, value)));
    given.map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

/// The address with this query, if there is any.
#[must_use]
pub fn address(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Text as it may stand in any part of an address.
#[must_use]
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b":._-~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// As forms write it: `+` is a space, `%41` a byte. What is no such pair stands for itself.
#[must_use]
pub fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let pair = if *byte == b'%' { digit(at + 1).zip(digit(at + 2)) } else { None };
        match pair.and_then(|(high, low)| u8::try_from(high * 16 + low).ok()) {
            Some(read) => {
                out.push(read);
                at += 3;
            }
            None => {
                out.push(if *byte == b'+' { b' ' } else { *byte });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// `2026-11-20` as days since 1970-01-01; `None` when the calendar has no such day, or it lies outside 1970 to 2199.
#[must_use]
pub fn date(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let mut part = |digits: usize| {
        let part = parts.next().filter(|part| part.len() == digits)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u16>().ok())?
    };
    let (year, month, day) = (part(4)?, u8::try_from(part(2)?).ok()?, u8::try_from(part(2)?).ok()?);
    let real = (1970..2200).contains(&year) && (1..=12).contains(&month) && parts.next().is_none();
    let days = real.then(|| days_of(i32::from(year), month, day))?;
    let civil = Civil::from_utc(days * DAY);
    (civil.month == month && civil.day == day).then_some(days)
}

/// A day as `2026-11-20`.
#[must_use]
pub fn iso(days: i64) -> String {
    Civil::from_utc(days.saturating_mul(DAY)).date()
}

/// `2026-11-20`, `2026-11-20T16:10` or `2026-11-20T16:10:07` in seconds on a wall clock; of a bare date the first, or the last.
#[must_use]
pub fn moment(text: &str, last: bool) -> Option<i64> {
    let (day, time) = text.split_once('T').map_or((text, None), |(day, time)| (day, Some(time)));
    let start = date(day)? * (DAY / 1_000);
    let Some(time) = time else { return Some(if last { start + 86_399 } else { start }) };
    let mut parts = time.split(':');
    let mut part = |below: i64| {
        let part = parts.next().filter(|part| part.len() == 2)?;
        let digits = part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<i64>().ok().filter(|number| digits && *number < below)
    };
    let (hour, minute) = (part(24)?, part(60)?);
    let second = if time.len() > 5 { part(60)? } else { 0 };
    parts.next().is_none().then_some(start + hour * 3_600 + minute * 60 + second)
}

/// Seconds on a wall clock as a form writes them: `2026-11-20T16:10:07`, without `:00` at the end.
#[must_use]
pub fn iso_moment(seconds: i64) -> String {
    let civil = Civil::from_utc(seconds.saturating_mul(1_000));
    let time = if civil.second == 0 { civil.hm() } else { civil.hms() };
    format!("{}T{time}", iso(civil.days))
}
