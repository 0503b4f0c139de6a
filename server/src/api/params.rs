//! Parameters of requests: each is read within its bounds or refused by name. Nothing of a refused one is used.

use crate::clock;
use crate::error::ApiError;
use app::archive::{self, Wanted, trigger_of, trigger_word};
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use domain::record::Trigger;
use domain::time::{Civil, DAY, Millis, Zone, days_of};
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Most characters of a text that is searched for.
pub const TEXT: usize = 200;
/// Most characters of a name or a word that is searched for, as the pages take them.
pub const LONGEST_NAME: usize = app::archive::query::LONGEST;
/// Most characters of an id of a run.
const ID: usize = 64;
/// Most parameters of a request.
const PARAMETERS: usize = 32;

/// The parameters behind the `?`.
#[derive(Debug)]
pub struct Params(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let Ok(Query(pairs)) = pairs else { return Err(bad("query", "cannot be read")) };
        if pairs.len() > PARAMETERS { Err(bad("query", "has too many parameters")) } else { Ok(Self(pairs)) }
    }
}

/// What stands in the path: an id, a symbol, a number.
#[derive(Debug)]
pub struct Named(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let name = Path::<String>::from_request_parts(parts, state).await;
        // What cannot be kept is not there.
        let kept = |name: &String| name.chars().count() <= ID && !name.chars().any(char::is_control);
        name.ok().map(|Path(name)| name).filter(kept).map(Self).ok_or(ApiError::NotKept)
    }
}

/// A parameter, and what is wrong with it.
pub fn bad(field: &str, message: &str) -> ApiError {
    ApiError::BadParameter { field: domain::decode::clean(field, 48), message: message.to_owned() }
}

impl Params {
    /// Refuses every parameter that is not among these: a misspelt filter must not show more than was asked for.
    ///
    /// # Errors
    /// When there is one.
    pub fn only(&self, known: &[&str]) -> Result<&Self, ApiError> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => {
                Err(bad(name, &format!("is not a parameter here; these are: {}", known.join(", "))))
            }
            None => Ok(self),
        }
    }

    /// Refuses every parameter that is neither of a list's filter nor among these: a list's pages take other ones besides than its files.
    ///
    /// # Errors
    /// When there is one.
    pub fn filter_and(&self, filter: &[&str], besides: &[&str]) -> Result<&Self, ApiError> {
        self.only(&[filter, besides].concat())
    }

    /// The first of this name.
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn parsed<T>(
        &self,
        name: &str,
        expected: impl FnOnce() -> String,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, ApiError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        parse(value).map(Some).ok_or_else(|| bad(name, &format!("must be {}", expected())))
    }

    /// A whole number.
    ///
    /// # Errors
    /// When it is none, or out of bounds.
    pub fn whole(&self, name: &str, bounds: RangeInclusive<i64>) -> Result<Option<i64>, ApiError> {
        let expected = || format!("a whole number from {} to {}", bounds.start(), bounds.end());
        self.parsed(name, expected, |value| digits(value).filter(|number| bounds.contains(number)))
    }

    /// A text without control characters; an empty one is none.
    ///
    /// # Errors
    /// When it is too long, or has control characters.
    pub fn text(&self, name: &str, longest: usize) -> Result<Option<String>, ApiError> {
        let expected = || format!("at most {longest} characters, without control characters");
        let plain = |value: &str| value.chars().count() <= longest && !value.chars().any(char::is_control);
        let text = self.parsed(name, expected, |value| plain(value).then(|| value.to_owned()))?;
        Ok(text.filter(|text| !text.is_empty()))
    }

    /// One of some words, whatever the case of letters.
    ///
    /// # Errors
    /// When it is another.
    pub fn word<'a>(&self, name: &str, words: &[&'a str]) -> Result<Option<&'a str>, ApiError> {
        self.meant(name, words, |value| words.iter().find(|word| word.eq_ignore_ascii_case(value)).copied())
    }

    /// What a word means; these are named when it means nothing.
    ///
    /// # Errors
    /// When it means nothing.
    pub fn meant<T>(
        &self,
        name: &str,
        words: &[&str],
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, ApiError> {
        self.parsed(name, || format!("one of: {}", words.join(", ")), parse)
    }

    /// The verdict that is wanted, in the words of the page History.
    ///
    /// # Errors
    /// When it is none.
    pub fn verdict(&self) -> Result<Option<Wanted>, ApiError> {
        self.meant("verdict", &Wanted::ALL.map(Wanted::as_str), Wanted::parse)
    }

    /// Who is wanted to have started it, in the words of the page History.
    ///
    /// # Errors
    /// When it is nobody.
    pub fn trigger(&self) -> Result<Option<Trigger>, ApiError> {
        self.meant("trigger", &[Trigger::Schedule, Trigger::Manual].map(trigger_word), trigger_of)
    }

    /// A night, by its date.
    ///
    /// # Errors
    /// When it is none.
    pub fn night(&self, name: &str) -> Result<Option<i64>, ApiError> {
        self.parsed(name, || "a date like 2026-11-20".to_owned(), night_of)
    }

    /// The same, where it is needed.
    ///
    /// # Errors
    /// When it is none, or missing.
    pub fn needed_night(&self, name: &str) -> Result<i64, ApiError> {
        self.night(name)?.ok_or_else(|| bad(name, "is needed: a date like 2026-11-20"))
    }

    /// The moment from which on something is wanted.
    ///
    /// # Errors
    /// When it is none.
    pub fn since(&self, name: &str) -> Result<Option<Millis>, ApiError> {
        self.moment(name, |wall, exchange| {
            archive::EventFilter { from: Some(wall), ..Default::default() }.since(exchange)
        })
    }

    /// The moment before which something is wanted: an instant, or the end of a second or a day on the exchange's clock.
    ///
    /// # Errors
    /// When it is none.
    pub fn until(&self, name: &str) -> Result<Option<Millis>, ApiError> {
        self.moment(name, |wall, exchange| {
            let filter = archive::EventFilter { to: Some(wall), ..Default::default() };
            filter.until(exchange).map(|last| last.saturating_add(1))
        })
    }

    fn moment(
        &self,
        name: &str,
        told: impl Fn(i64, &Zone) -> Option<Millis>,
    ) -> Result<Option<Millis>, ApiError> {
        let expected =
            || "a moment like 2026-11-20T21:10:00Z, or 2026-11-20T16:10 on the exchange's clock".to_owned();
        let wall = |text: &str| {
            let wall = archive::query::moment(text, name == "to")?;
            told(wall, &domain::calendar::exchange(clock::now()))
        };
        self.parsed(name, expected, |text| domain::calendar::instant(text).or_else(|| wall(text)))
    }

    /// Where a page goes on: what an answer gave as `next`.
    ///
    /// # Errors
    /// When it is nothing that an answer gave.
    pub fn place<T: FromStr>(&self, name: &str) -> Result<Option<T>, ApiError> {
        self.parsed(name, || "what an answer gave as `next`".to_owned(), |value| value.parse().ok())
    }

    /// Refuses two that exclude each other.
    ///
    /// # Errors
    /// When both are there.
    pub fn not_both(&self, one: &str, other: &str) -> Result<(), ApiError> {
        let both = self.get(one).is_some() && self.get(other).is_some();
        if both { Err(bad(other, &format!("cannot be combined with `{one}`"))) } else { Ok(()) }
    }
}

/// Digits and nothing else, at most eighteen; a number may be negative.
pub(super) fn digits(text: &str) -> Option<i64> {
    let bare = text.strip_prefix('-').unwrap_or(text);
    let plain = !bare.is_empty() && bare.len() <= 18 && bare.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// A night from its date: `2026-11-20`.
/// The day of a date, since 1970-01-01.
pub fn night_of(text: &str) -> Option<i64> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return None;
    }
    let part = |text: &str| digits(text).and_then(|number| u8::try_from(number).ok());
    let night = days_of(i32::try_from(digits(year)?).ok()?, part(month)?, part(day)?);
    // A day that there is, is written back as it was.
    (date(night) == text).then_some(night)
}

/// The date of a night.
#[must_use]
pub fn date(night: i64) -> String {
    let civil = Civil::from_utc(night.saturating_mul(DAY));
    format!("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&str, &str)]) -> Params {
        Params(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_number_is_within_its_bounds_or_refused_by_name() {
        for wrong in ["0", "501", "abc", "", "1.5", " 7", "+7", "99999999999999999999"] {
            let refused = params(&[("limit", wrong)]).whole("limit", 1..=500);
            assert!(
                matches!(refused, Err(ApiError::BadParameter { field, .. }) if field == "limit"),
                "{wrong}"
            );
        }
        assert_eq!(params(&[("limit", "500")]).whole("limit", 1..=500).ok(), Some(Some(500)));
        assert_eq!(params(&[]).whole("limit", 1..=500).ok(), Some(None));
    }

    #[test]
    fn a_night_is_a_day_that_there_is() {
        assert_eq!(night_of("2024-02-29").map(date).as_deref(), Some("2024-02-29"));
        for wrong in ["2026-02-29", "2026-13-01", "2026-1-01", "20261101", "", "2026-11-20x", "-026-11-20"] {
            assert_eq!(night_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_misspelt_is_refused() {
        let refused = params(&[("univers", "sp500")]);
        assert!(
            matches!(refused.only(&["universe"]), Err(ApiError::BadParameter { field, .. }) if field == "univers")
        );
        assert_eq!(params(&[("state", "FAILED")]).word("state", &["failed"]).ok(), Some(Some("failed")));
        for verdict in ["To retry", "to-retry", "TO_RETRY"] {
            assert_eq!(params(&[("verdict", verdict)]).verdict().ok(), Some(Some(Wanted::ToRetry)));
        }
        for trigger in ["schedule", "Automatic"] {
            assert_eq!(params(&[("trigger", trigger)]).trigger().ok(), Some(Some(Trigger::Schedule)));
        }
        assert!(params(&[("text", "a\0b")]).text("text", TEXT).is_err());
        assert!(params(&[("text", &"x".repeat(TEXT + 1))]).text("text", TEXT).is_err());
        assert_eq!(params(&[("text", "")]).text("text", TEXT).ok(), Some(None));
    }
}
