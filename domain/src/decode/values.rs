//! How a value of any shape is read. Whatever is there is never a reason to refuse: it is understood, or unknown.

use super::fields::{COMPLETED, CURRENT, FAILED, Field, PERCENT, PROCESSED, SUCCESSFUL, TOTAL};
use super::text::clean;
use crate::event::Counts;
use crate::record::Unit;
use serde_json::{Map, Value};

/// Most items of a list that are kept.
const LIST: usize = 20_000;

impl Field {
    /// The first spelling that is there and not null.
    pub(super) fn of<'a>(&self, body: &'a Map<String, Value>) -> Option<&'a Value> {
        self.spellings.iter().find_map(|name| body.get(*name).filter(|value| !value.is_null()))
    }

    /// A count: a number, a number in a string, or the length of a list.
    pub(super) fn count(&self, body: &Map<String, Value>) -> Option<u32> {
        self.of(body).and_then(count)
    }

    /// A string, cleaned.
    pub(super) fn text(&self, body: &Map<String, Value>, longest: usize) -> Option<String> {
        self.of(body).and_then(|value| text(value, longest))
    }

    /// A list of strings; a single string is a list of one.
    pub(super) fn list(&self, body: &Map<String, Value>, longest: usize) -> Vec<String> {
        match self.of(body) {
            Some(Value::Array(items)) => {
                items.iter().take(LIST).filter_map(|item| text(item, longest)).collect()
            }
            Some(single @ Value::String(_)) => text(single, longest).into_iter().collect(),
            _ => Vec::new(),
        }
    }
}

/// A number of things, or the length of a list of them.
pub(super) fn count(value: &Value) -> Option<u32> {
    match value {
        Value::Array(items) => u32::try_from(items.len()).ok(),
        _ => whole(value).and_then(|number| u32::try_from(number).ok()),
    }
}

/// A whole number that is not negative.
pub(super) fn whole(value: &Value) -> Option<u64> {
    let number = number(value)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: 0 to 2^53")]
    let whole = number as u64;
    (0.0..9e15).contains(&number).then_some(whole)
}

/// A finite number, also one in a string.
pub(super) fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) if text.len() <= 32 => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

/// A string, or a number as one.
pub(super) fn text(value: &Value, longest: usize) -> Option<String> {
    let text = match value {
        Value::String(text) => clean(text, longest),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// True or false, also as a word or number.
pub(super) fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => None,
        },
        Value::Number(number) => number.as_f64().map(|number| number != 0.0),
        _ => None,
    }
}

/// How far something is, in whatever spelling.
///
/// `completed` means two things: beside a count of failures it is the successes, alone it is the position. So a message
/// without any count of failures fills `processed`.
pub(super) fn counts(body: &Map<String, Value>) -> Counts {
    let failed = FAILED.count(body).or_else(|| stats(body).and_then(|stats| FAILED.count(stats)));
    let completed = COMPLETED.count(body);
    let successful = SUCCESSFUL.count(body);
    let (done, position) = match (successful, failed) {
        (Some(done), _) => (Some(done), completed),
        (None, Some(_)) => (completed, None),
        (None, None) => (None, completed),
    };
    let percent = PERCENT.of(body).and_then(|value| match value {
        Value::Object(nested) => nested.get("percentage").and_then(number),
        other => number(other),
    });
    Counts {
        total: TOTAL.count(body),
        done,
        failed,
        processed: PROCESSED.count(body).or(position),
        percent: percent.map(|percent| percent.clamp(0.0, 100.0)),
        current: CURRENT.text(body, 64),
        unit: if STEPS.iter().any(|name| body.contains_key(*name)) { Unit::Steps } else { Unit::Symbols },
    }
}

/// Spellings that only producers of steps use.
const STEPS: [&str; 3] = ["total_items", "total_steps", "current_task"];

pub(super) fn stats(body: &Map<String, Value>) -> Option<&Map<String, Value>> {
    body.get("stats").and_then(Value::as_object)
}
