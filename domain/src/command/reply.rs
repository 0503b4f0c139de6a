//! What the producer's answer to a command means (contract.md §4.2).

use crate::decode::clean;
use serde_json::{Map, Value};

/// Longest sentence of the producer that is shown.
const SENTENCE: usize = 200;

/// What an answer means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Yes; with the id of the run that it leads to, where it leads to one.
    Accepted(Option<String>),
    /// No, and why.
    Refused(String),
    /// Neither: whether it began is not known, and why.
    Unclear(String),
}

/// Reads an answer by its status and body.
#[must_use]
pub fn reply(status: u16, body: &[u8]) -> Reply {
    let said = std::str::from_utf8(body).ok().and_then(|text| serde_json::from_str::<Value>(text).ok());
    let said = said.as_ref().and_then(Value::as_object);
    let sentence = said.and_then(sentence);
    match status {
        200..=299 => match said {
            None => Reply::Unclear("its answer cannot be read: whether it began is not known".to_owned()),
            Some(said) if refuses(said) => {
                Reply::Refused(sentence.unwrap_or_else(|| "without a reason".to_owned()))
            }
            Some(said) => Reply::Accepted(run_of(said)),
        },
        401 | 403 => Reply::Refused(format!("the producer refuses our key ({status})")),
        400..=499 => Reply::Refused(sentence.unwrap_or_else(|| format!("the producer answered {status}"))),
        _ => Reply::Unclear(format!("the producer answered {status}: whether it began is not known")),
    }
}

fn refuses(said: &Map<String, Value>) -> bool {
    let word = |name: &str| said.get(name).and_then(Value::as_str).unwrap_or_default();
    said.get("success") == Some(&Value::Bool(false))
        || matches!(word("status"), "error" | "failed" | "refused")
}

fn text<'a>(said: &'a Map<String, Value>, names: &[&str]) -> Option<&'a str> {
    let found = names.iter().find_map(|name| said.get(*name).and_then(Value::as_str));
    found.filter(|text| !text.trim().is_empty())
}

fn sentence(said: &Map<String, Value>) -> Option<String> {
    text(said, &["message", "error", "error_message", "detail"]).map(|text| clean(text, SENTENCE))
}

fn run_of(said: &Map<String, Value>) -> Option<String> {
    text(said, &["run_id", "job_id"]).map(|id| clean(id, super::NAME)).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_is_yes_and_no_is_no() {
        let accepted = |body: &str| reply(200, body.as_bytes());
        assert_eq!(accepted(r#"{"run_id":"7f3a","status":"started"}"#), Reply::Accepted(Some("7f3a".into())));
        assert_eq!(
            accepted(r#"{"success":true,"job_id":"j","mode":"full"}"#),
            Reply::Accepted(Some("j".into()))
        );
        assert_eq!(accepted(r#"{"message":"stopping"}"#), Reply::Accepted(None));
        assert_eq!(
            accepted(r#"{"success":false,"message":"a run is in progress"}"#),
            Reply::Refused("a run is in progress".into())
        );
        assert_eq!(reply(409, br#"{"error":"busy"}"#), Reply::Refused("busy".into()));
        assert_eq!(reply(404, b"<html>"), Reply::Refused("the producer answered 404".into()));
    }

    #[test]
    fn what_cannot_be_understood_is_no_refusal() {
        let unclear: [(u16, &[u8]); 6] = [
            (200, b"<html>"),
            (200, br#"{"run_id":"7f"#),
            (200, b""),
            (200, b"[]"),
            (500, br#"{"message":"oops"}"#),
            (302, b""),
        ];
        for (status, body) in unclear {
            assert!(matches!(reply(status, body), Reply::Unclear(_)), "{status} {body:?}");
        }
    }
}
