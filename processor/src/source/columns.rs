//! Columns of bars, recognised by their names, and what stands in them, whatever the file.
//!
//! A date is ISO (`2013-03-01`, with or without a time behind it), eight digits (`20130301`), or a moment since 1970 in days, seconds,
//! milli-, micro- or nanoseconds, told apart by its size. The day of a moment is its day in UTC: whether a provider names a day by
//! midnight in London or in New York, that is the day it means.
//!
//! Invariant: what is missing is `NaN` and fails the check of its bar; what is there and cannot be read is an error, never a guess.

use super::SourceError;
use crate::bar::{Day, day_of, parse};

/// How much of a file's text is repeated in an error.
const REPEATED: usize = 24;
/// How many columns are named in an error.
const NAMED: usize = 16;
/// Days that are believed: 1900 to 2100.
const DAYS: std::ops::Range<i64> = -25_567..47_847;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Which day.
    Date,
    /// First price.
    Open,
    /// Highest price.
    High,
    /// Lowest price.
    Low,
    /// Last price.
    Close,
    /// Shares traded.
    Volume,
    /// Last price, adjusted. Where there is none, the close is taken for adjusted.
    Adjusted,
    /// Whose bar it is. Where there is none, the file's name says it.
    Symbol,
}

impl Column {
    /// All of them, in the order of [`Layout`].
    pub const ALL: [Self; 8] = [
        Self::Date,
        Self::Open,
        Self::High,
        Self::Low,
        Self::Close,
        Self::Volume,
        Self::Adjusted,
        Self::Symbol,
    ];

    /// What it is called in errors.
    pub fn name(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Open => "open",
            Self::High => "high",
            Self::Low => "low",
            Self::Close => "close",
            Self::Volume => "volume",
            Self::Adjusted => "adj close",
            Self::Symbol => "symbol",
        }
    }

    /// What a column of that name holds: case, spaces and signs do not matter.
    fn of(name: &str) -> Option<Self> {
        Some(match bare(name).as_str() {
            "date" | "day" | "datetime" | "timestamp" | "time" | "windowstart" => Self::Date,
            "open" => Self::Open,
            "high" => Self::High,
            "low" => Self::Low,
            "close" => Self::Close,
            "volume" | "vol" => Self::Volume,
            "adjclose" | "adjustedclose" | "closeadj" | "closeadjusted" | "adjusted" => Self::Adjusted,
            "ticker" | "symbol" => Self::Symbol,
            _ => return None,
        })
    }
}

/// A name without case, spaces and signs.
pub fn bare(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Which column stands where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout([Option<usize>; 8]);

impl Layout {
    /// The layout of a file with these columns; others are passed over.
    pub fn of(names: &[String]) -> Result<Self, SourceError> {
        let mut layout = Self([None; 8]);
        for (at, name) in names.iter().enumerate() {
            let Some(column) = Column::of(name) else { continue };
            let place = &mut layout.0[column as usize];
            if let Some(other) = place.replace(at) {
                let (what, first, second) =
                    (column.name(), shown(names[other].as_bytes()), shown(name.as_bytes()));
                return Err(SourceError::Columns(format!("{first} and {second} are both the {what}")));
            }
        }
        let needed = &Column::ALL[..Column::Adjusted as usize];
        let missing: Vec<&str> = needed
            .iter()
            .filter(|column| layout.at(**column).is_none())
            .map(|column| column.name())
            .collect();
        if missing.is_empty() {
            return Ok(layout);
        }
        let mut there: Vec<String> = names.iter().take(NAMED).map(|name| shown(name.as_bytes())).collect();
        if names.len() > NAMED {
            there.push("…".to_owned());
        }
        Err(SourceError::Columns(format!(
            "there is no column {} (but {})",
            missing.join(", "),
            there.join(", ")
        )))
    }

    /// Where a column stands.
    pub fn at(&self, column: Column) -> Option<usize> {
        self.0[column as usize]
    }
}

/// Whether a column of symbols is among them.
pub fn has_symbols(names: &[String]) -> bool {
    names.iter().any(|name| Column::of(name) == Some(Column::Symbol))
}

/// Stands for a separator between quotes: it separates nothing, and in a number it groups digits.
pub const QUOTED: u8 = 0x1f;

/// Text of a file, short and without control characters, for an error.
pub fn shown(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let mut shown: String = text.chars().take(REPEATED).collect::<String>().escape_debug().to_string();
    if text.chars().nth(REPEATED).is_some() {
        shown.push('…');
    }
    format!("“{shown}”")
}

/// Whether it can be a ticker. No other name is asked for, so others are left out.
pub fn is_symbol(text: &str) -> bool {
    let fits = |letter: u8| letter.is_ascii_alphanumeric() || b".-:/^=_+$".contains(&letter);
    let begins = |letter: &u8| letter.is_ascii_alphanumeric() || b"^$".contains(letter);
    text.len() <= 32 && text.as_bytes().first().is_some_and(begins) && text.bytes().all(fits)
}

/// The day that text names.
pub fn day(text: &[u8]) -> Option<Day> {
    if let Some((date, rest)) = text.split_at_checked(10)
        && date[4] == b'-'
    {
        return matches!(rest.first(), None | Some(b'T' | b' '))
            .then(|| parse(str::from_utf8(date).ok()?))
            .flatten();
    }
    str::from_utf8(text).ok()?.parse().ok().and_then(day_of_number)
}

/// The day that a whole number names.
pub fn day_of_number(number: i64) -> Option<Day> {
    let days = match number.unsigned_abs() {
        0..100_000 => number,
        10_000_000..100_000_000 => {
            let part = |by: i64, of: i64| u8::try_from(number / by % of).ok();
            let (year, month, date) = (i32::try_from(number / 10_000).ok()?, part(100, 100)?, part(1, 100)?);
            let day = day_of(year, month.max(1), date.max(1));
            return (crate::bar::date_of(day) == (year, month, date)).then_some(day);
        }
        100_000_000..100_000_000_000 => number.div_euclid(86_400),
        100_000_000_000..100_000_000_000_000 => number.div_euclid(86_400_000),
        100_000_000_000_000..100_000_000_000_000_000 => number.div_euclid(86_400_000_000),
        100_000_000_000_000_000.. => number.div_euclid(86_400_000_000_000),
        _ => return None,
    };
    DAYS.contains(&days).then(|| Day::try_from(days).ok()).flatten()
}

/// The number that text is; `NaN`: it is missing. `None`: it is none.
pub fn number(text: &[u8]) -> Option<f64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    // At most 18 digits: no overflow, and each power of ten is exact.
    if digits.len() > 18 {
        return odd(text);
    }
    let (mut whole, mut places, mut point) = (0_u64, 0, false);
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                whole = whole * 10 + u64::from(byte - b'0');
                places += usize::from(point);
            }
            b'.' if !point => point = true,
            _ => return odd(text),
        }
    }
    // Both are exact and divided once: it is rounded as the library would.
    if digits.len() == usize::from(point) || whole > 1 << 53 {
        return odd(text);
    }
    #[expect(clippy::cast_precision_loss, reason = "at most 2^53")]
    let value = whole as f64 / TENS[places];
    Some(if negative { -value } else { value })
}

const TENS: [f64; 19] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18];

/// What is not just a few digits: exponents, many digits, and the ways of saying nothing.
#[cold]
fn odd(text: &[u8]) -> Option<f64> {
    let text: Vec<u8> = text.iter().copied().filter(|byte| *byte != QUOTED).collect();
    let text = str::from_utf8(&text).ok()?;
    if ["", "-", "null", "nan", "na", "n/a", "none"].iter().any(|nothing| text.eq_ignore_ascii_case(nothing))
    {
        return Some(f64::NAN);
    }
    let of_digits = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    of_digits.then(|| text.parse().ok()).flatten().filter(|value: &f64| value.is_finite())
}

/// The volume that a number is.
pub fn volume(number: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and below 2^53")]
    let volume = number.round() as i64;
    (number.abs() < 9e15).then_some(volume)
}
