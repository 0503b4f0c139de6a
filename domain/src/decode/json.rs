//! JSON as producers really write it: Python's `NaN` and `Infinity`, and numbers that no float holds, are unknown values.
//!
//! Python's `json.dumps` writes `NaN` where a mean had no values; strict JSON has no such word. Refusing the message would lose
//! all its other fields. So a text that is no JSON is read a second time, with those words as `null`.

use super::Refused;
use serde_json::Value;

/// Reads a text.
pub(super) fn read(text: &str) -> Result<Value, Refused> {
    let error = match serde_json::from_str(text) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if error.to_string().starts_with("recursion limit") {
        return Err(Refused::TooDeep);
    }
    let mended = without_wild_numbers(text).ok_or(Refused::NotJson)?;
    serde_json::from_str(&mended).map_err(|_| Refused::NotJson)
}

/// The text with `NaN`, `Infinity` and numbers beyond a float as `null`; `None` when there are none.
fn without_wild_numbers(text: &str) -> Option<String> {
    let mut mended = String::with_capacity(text.len());
    let (mut rest, mut changed) = (text, false);
    while let Some(next) = rest.chars().next() {
        if next == '"' {
            let end = string_end(rest);
            mended.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if next.is_ascii_alphanumeric() || next == '-' {
            let word = |letter: char| letter.is_ascii_alphanumeric() || "+-.".contains(letter);
            let end = rest.find(|letter| !word(letter)).unwrap_or(rest.len());
            let (token, behind) = rest.split_at(end);
            let wild = is_wild(token);
            mended.push_str(if wild { "null" } else { token });
            changed |= wild;
            rest = behind;
        } else {
            mended.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    changed.then_some(mended)
}

fn is_wild(token: &str) -> bool {
    let number = token.starts_with(|letter: char| letter == '-' || letter.is_ascii_digit());
    matches!(token, "NaN" | "-NaN" | "nan" | "Infinity" | "-Infinity" | "inf" | "-inf")
        || (number && token.parse::<f64>().is_ok_and(f64::is_infinite))
}

/// The place behind a string that begins here.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_python_writes_is_read_and_unknown() {
        let text = r#"{"a":NaN,"b":[-Infinity,1e309,-1e999,2.5e-3],"NaN":"Infinity \" NaN","c":Infinity}"#;
        let expected =
            json!({ "a": null, "b": [null, null, null, 0.0025], "NaN": "Infinity \" NaN", "c": null });
        assert_eq!(read(text), Ok(expected));
    }

    #[test]
    fn the_rest_stays_no_json() {
        for text in ["", "{", "NaN]", "{\"a\":NaNa}", "\"", "\"\\", "{'a':1}", "-"] {
            assert_eq!(read(text), Err(Refused::NotJson), "{text}");
        }
        assert_eq!(read(&"[".repeat(20_000)), Err(Refused::TooDeep));
    }
}
