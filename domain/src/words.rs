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

/// Four characters by which a run is called: the first of an id of hexadecimal digits, the last of one that begins with a word.
#[must_use]
pub fn short_id(id: &str) -> String {
    let first: String = id.chars().take(4).collect();
    if first.chars().all(|letter| letter.is_ascii_hexdigit()) {
        return first;
    }
    let length = id.chars().count();
    id.chars().skip(length.saturating_sub(4)).collect()
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
    fn runs_are_called_by_what_tells_them_apart() {
        assert_eq!(short_id("7f3a9c2e-41d0-4b7e-8d7c-0d6c7e7b1a55"), "7f3a");
        assert_eq!(["import-20251125-1130", "test-2", "é"].map(short_id), ["1130", "st-2", "é"]);
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 999, 1_000, 183_204].map(thousands), ["0", "999", "1\u{2009}000", "183\u{2009}204"]);
    }

    #[test]
    fn unknown_codes_are_read_aloud() {
        assert_eq!(code_in_words("DISK_QUOTA"), "disk quota");
    }
}
