//! Codes in words: what a person reads for `API_RATE_LIMIT`.

/// A code's words; an unknown code is read aloud as it is spelled (`DISK_QUOTA` → "disk quota").
#[must_use]
pub fn code_in_words(code: &str) -> String {
    match code {
        "API_RATE_LIMIT" | "RATE_LIMIT_EXCEEDED" => "rate limited".into(),
        "API_KEY_INVALID" => "key refused".into(),
        "SYMBOL_NOT_FOUND" => "not found".into(),
        "STORAGE_FAILED" => "could not write".into(),
        "NETWORK_TIMEOUT" => "timed out".into(),
        "INSUFFICIENT_DATA" => "not enough history".into(),
        "BAD_BAR" => "bad value from the source".into(),
        UNKNOWN_CODE => "no reason given".into(),
        other => other.replace('_', " ").to_ascii_lowercase(),
    }
}

/// The code of a failure whose producer gave none.
pub const UNKNOWN_CODE: &str = "UNKNOWN";

/// Thousands set apart by thin spaces: `183 204`.
#[must_use]
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('\u{2009}');
        }
        out.push(digit);
    }
    out
}

/// The noun for that many: "1 symbol", "2 symbols".
#[must_use]
pub fn plural(count: u32, noun: &str) -> String {
    if count == 1 { noun.to_owned() } else { format!("{noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 999, 1_000, 183_204].map(thousands), ["0", "999", "1\u{2009}000", "183\u{2009}204"]);
    }

    #[test]
    fn unknown_codes_are_read_aloud() {
        assert_eq!(code_in_words("DISK_QUOTA"), "disk quota");
    }
}
