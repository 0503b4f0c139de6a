//! What is asked for behind the question mark of an address: read strictly. What cannot be used is refused by its name.

use super::refusal::Refusal;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// What stands behind the question mark of an address.
pub type Asked = BTreeMap<String, String>;

/// A number in the address.
///
/// # Errors
/// When it is none, or too low or too high.
pub fn number(
    asked: &Asked,
    field: &'static str,
    otherwise: usize,
    range: RangeInclusive<usize>,
) -> Result<usize, Refusal> {
    let Some(text) = asked.get(field) else { return Ok(otherwise) };
    let number = text.parse().ok().filter(|number| range.contains(number));
    let why = || format!("is a whole number from {} to {}", range.start(), range.end());
    number.ok_or_else(|| Refusal::field(field, why()))
}

/// Nothing else is asked for in the address.
///
/// # Errors
/// When something is: it would have no effect.
pub fn only(asked: &Asked, known: &[&str]) -> Result<(), Refusal> {
    let Some(name) = asked.keys().find(|name| !known.contains(&name.as_str())) else { return Ok(()) };
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Err(Refusal::UnknownParameter { name: name.chars().take(32).collect(), known })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_effect_is_refused_by_its_name_and_a_number_by_its_bounds() {
        let asked: Asked =
            [("limit".to_owned(), "0".to_owned()), ("colour".to_owned(), "red".to_owned())].into();
        assert_eq!(number(&asked, "limit", 5, 0..=9), Ok(0));
        assert_eq!(number(&asked, "offset", 5, 1..=9), Ok(5));
        let refused = number(&asked, "limit", 5, 1..=9);
        assert_eq!(refused, Err(Refusal::field("limit", "is a whole number from 1 to 9")));
        assert_eq!(only(&asked, &["colour", "limit"]), Ok(()));
        let refused = only(&asked, &["limit"]).expect_err("it has no colour").answer().1;
        assert_eq!((&refused["field"], &refused["code"]), (&"colour".into(), &"bad_request".into()));
    }
}
