//! Lines of a table as RFC 4180 has them, safe to open in a spreadsheet: what would be taken for a formula begins with a `'`.

use serde_json::Value;

/// A value as a cell. Numbers stay numbers; a list of words is one cell.
pub(super) fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => harmless(text),
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
            let words: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            harmless(&words.join("; "))
        }
        Some(other @ (Value::Bool(_) | Value::Number(_))) => other.to_string(),
        Some(other) => harmless(&other.to_string()),
    }
}

/// A text that no spreadsheet computes.
fn harmless(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula { format!("'{text}") } else { text.to_owned() }
}

/// Cells as a line.
pub(super) fn line(cells: impl Iterator<Item = String>) -> String {
    let mut line = String::new();
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            line.push(',');
        }
        if cell.contains([',', '"', '\n', '\r']) {
            line.push('"');
            line.push_str(&cell.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(&cell);
        }
    }
    line.push_str("\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_has_a_comma_a_quote_or_a_line_break_is_quoted() {
        let cells = ["plain", "a,b", "say \"no\"", "two\nlines"].map(ToOwned::to_owned);
        assert_eq!(line(cells.into_iter()), "plain,\"a,b\",\"say \"\"no\"\"\",\"two\nlines\"\r\n");
    }

    #[test]
    fn no_text_is_a_formula_and_every_number_is_one() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(cell(Some(&json!(text))), format!("'{text}"));
        }
        assert_eq!(cell(Some(&json!(-1))), "-1");
        assert_eq!(cell(Some(&json!(["=a", "b"]))), "'=a; b");
        assert_eq!((cell(None), cell(Some(&json!(true)))), (String::new(), "true".to_owned()));
    }
}
