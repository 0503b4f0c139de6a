//! What somebody filled in, in a form or as JSON, read alike: a list may be a list, or names between commas; yes may be `true` or a
//! ticked box. A field that will not do is named, and a misspelt one never means more than was asked.

use serde_json::{Map, Value};
use thiserror::Error;

/// A field that will not do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{field}` {message}")]
pub struct Invalid {
    /// Which.
    pub field: String,
    /// What is wrong with it: "must be …".
    pub message: String,
}

/// A field, and what is wrong with it.
pub(crate) fn invalid(field: &str, message: impl Into<String>) -> Invalid {
    Invalid { field: crate::decode::clean(field, 48), message: message.into() }
}

/// What was filled in.
pub(crate) struct Fields<'a>(pub(crate) &'a Map<String, Value>);

impl Fields<'_> {
    /// No field but these.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Invalid> {
        match self.0.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(invalid(name, format!("is not known here; these are: {}", known.join(", ")))),
            None => Ok(()),
        }
    }

    /// A field that says something.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        let said =
            |value: &&Value| !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty());
        self.0.get(name).filter(said)
    }

    /// Yes or no; nothing said is no.
    pub(crate) fn yes(&self, name: &str) -> Result<bool, Invalid> {
        match self.get(name) {
            None => Ok(false),
            Some(Value::Bool(yes)) => Ok(*yes),
            Some(Value::String(word)) if matches!(word.trim(), "on" | "true" | "1" | "yes") => Ok(true),
            Some(Value::String(word)) if matches!(word.trim(), "off" | "false" | "0" | "no") => Ok(false),
            Some(_) => Err(invalid(name, "must be true or false")),
        }
    }

    /// Text of at most so many characters.
    pub(crate) fn text(&self, name: &str, longest: usize) -> Result<Option<String>, Invalid> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let fits = |text: &&str| {
            text.chars().count() <= longest
                && !text.chars().any(|letter| letter.is_control() && letter != '\n')
        };
        let text = value.as_str().map(str::trim).filter(fits);
        let wrong = || invalid(name, format!("must be at most {longest} characters of text"));
        let text = text.ok_or_else(wrong)?;
        Ok(Some(crate::decode::clean(text, longest)))
    }

    /// A name without spaces.
    pub(crate) fn name(&self, name: &str) -> Result<Option<String>, Invalid> {
        let text = self.text(name, crate::command::NAME)?;
        if text.as_deref().is_some_and(|text| text.contains([' ', ',', '<', '>', '"'])) {
            return Err(invalid(name, "must be one name"));
        }
        Ok(text)
    }

    /// At most so many names, each at most so long, each once.
    pub(crate) fn names(&self, name: &str, most: usize, longest: usize) -> Result<Vec<String>, Invalid> {
        let wrong = || {
            invalid(
                name,
                format!(
                    "must be names of letters, digits and . _ : / ^ = -, at most {longest} characters each"
                ),
            )
        };
        let listed: Vec<&str> = match self.get(name) {
            None => return Ok(Vec::new()),
            Some(Value::String(text)) => text.split([',', ' ', '\n', '\t', '\r', ';']).collect(),
            Some(Value::Array(list)) => {
                list.iter().map(Value::as_str).collect::<Option<_>>().ok_or_else(wrong)?
            }
            Some(_) => return Err(wrong()),
        };
        let mut names: Vec<String> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for listed in listed.into_iter().map(str::trim).filter(|listed| !listed.is_empty()) {
            let plain = |letter: char| letter.is_alphanumeric() || "._:/^=-".contains(letter);
            if listed.chars().count() > longest || !listed.chars().all(plain) {
                return Err(wrong());
            }
            if seen.insert(listed) {
                names.push(listed.to_owned());
            }
            if names.len() > most {
                return Err(invalid(name, format!("must be at most {most} names")));
            }
        }
        Ok(names)
    }
    /// A whole number in a range, `usual` where nothing is said.
    pub(crate) fn number(
        &self,
        name: &str,
        usual: u32,
        range: std::ops::RangeInclusive<u32>,
    ) -> Result<u32, Invalid> {
        let number = match self.get(name) {
            None => return Ok(usual),
            Some(Value::Number(number)) => number.as_u64(),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        let number =
            number.and_then(|number| u32::try_from(number).ok()).filter(|number| range.contains(number));
        let wrong =
            || invalid(name, format!("must be a whole number from {} to {}", range.start(), range.end()));
        number.ok_or_else(wrong)
    }
}
