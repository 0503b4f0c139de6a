//! One day of one symbol (or one week, or one month), and the frames there are.
//!
//! Raw and adjusted prices are kept apart: open, high, low, close and volume are as they were traded; `adjusted` is the close after
//! every later split and dividend. What is computed is computed over adjusted prices; what is checked and drawn has both.

use domain::time::{Civil, DAY, days_of};

/// Days since 1970-01-01.
pub type Day = i32;

/// One day of one symbol.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// Which day; of a week or month: its last trading day that was traded.
    pub day: Day,
    /// First price.
    pub open: f64,
    /// Highest price.
    pub high: f64,
    /// Lowest price.
    pub low: f64,
    /// Last price.
    pub close: f64,
    /// Shares traded.
    pub volume: i64,
    /// Last price, adjusted for splits and dividends.
    pub adjusted: f64,
}

impl Bar {
    /// What a raw price of this day is multiplied with to be an adjusted one.
    #[must_use]
    pub fn factor(&self) -> f64 {
        self.adjusted / self.close
    }

    /// Open, high, low and close, adjusted. The close is exactly the adjusted close that was told, and a price that was the close is
    /// it also afterwards: a bar that opened where it closed still does.
    #[must_use]
    pub fn adjusted_prices(&self) -> [f64; 4] {
        let factor = self.factor();
        #[expect(clippy::float_cmp, reason = "the same price, to the last bit")]
        let scaled = |price: f64| if price == self.close { self.adjusted } else { price * factor };
        [scaled(self.open), scaled(self.high), scaled(self.low), self.adjusted]
    }

    /// Money that changed hands, about: the same before and after a split.
    #[must_use]
    pub fn turnover(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "volumes are far below 2^53")]
        let volume = self.volume as f64;
        self.close * volume
    }
}

/// How much time one bar covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Frame {
    /// A trading day.
    Daily,
    /// An ISO week.
    Weekly,
    /// A month.
    Monthly,
}

impl Frame {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Daily, Self::Weekly, Self::Monthly];

    /// `daily`, as messages, commands and the store spell it.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
        }
    }

    /// The frame of that key.
    #[must_use]
    pub fn of(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|frame| frame.key() == key)
    }
}

/// A price that was computed, as it would be written: multiplying and dividing leave 96.60999999999999 of 96.61. (One that was read is
/// told as it was read.)
#[must_use]
pub fn plain(price: f64) -> f64 {
    format!("{price:.12e}").parse().unwrap_or(price)
}

/// Year, month and day of the month.
#[must_use]
pub fn date_of(day: Day) -> (i32, u8, u8) {
    let civil = Civil::from_utc(i64::from(day) * DAY);
    (civil.year, civil.month, civil.day)
}

/// The day of a date.
#[must_use]
pub fn day_of(year: i32, month: u8, day: u8) -> Day {
    Day::try_from(days_of(year, month, day)).unwrap_or(Day::MAX)
}

/// `2013-03-01`.
#[must_use]
pub fn iso(day: Day) -> String {
    Civil::from_utc(i64::from(day) * DAY).date()
}

/// The day that `2013-03-01` names; `None`: it is no date.
#[must_use]
pub fn parse(text: &str) -> Option<Day> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let number = |from: usize, to: usize| {
        bytes[from..to]
            .iter()
            .try_fold(0_i32, |all, byte| byte.is_ascii_digit().then(|| all * 10 + i32::from(byte - b'0')))
    };
    let (year, month, date) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (month, date) = (u8::try_from(month).ok()?, u8::try_from(date).ok()?);
    let fits = (1..=12).contains(&month) && (1..=31).contains(&date);
    let day = day_of(year, month.max(1), date.max(1));
    // 30 February is a day of March: no date.
    (fits && date_of(day) == (year, month, date)).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_date_is_one_or_it_is_not() {
        assert_eq!(parse("1970-01-02"), Some(1));
        for wrong in
            ["2013-02-29", "2013-13-01", "2013-00-10", "2013-1-1", "yesterday!", "2013/01/01", "２013-1"]
        {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_computing_left_of_a_price_is_not_told() {
        assert_eq!(plain(96.609_999_999_999_99), 96.61);
        assert_eq!([plain(289.83 / 3.0), plain(0.1 + 0.2), plain(1_234_567.89)], [96.61, 0.3, 1_234_567.89]);
    }

    proptest! {
        #[test]
        fn a_day_and_its_date_are_inverse(day in 0_i32..60_000) {
            prop_assert_eq!(parse(&iso(day)), Some(day));
        }
    }
}
