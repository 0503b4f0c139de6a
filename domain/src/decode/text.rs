//! Strings from outside: trimmed, bounded, and free of what can mislead an eye or a terminal.

/// The string without control and direction-changing characters, trimmed, at most `longest` characters.
#[must_use]
pub fn clean(raw: &str, longest: usize) -> String {
    if raw.len() <= longest && is_plain(raw.as_bytes()) {
        return raw.trim().to_owned();
    }
    let kept: String =
        raw.chars().filter(|letter| !misleads(*letter)).take(longest.saturating_mul(2)).collect();
    kept.trim().chars().take(longest).collect::<String>().trim_end().to_owned()
}

/// Bytes as a person may look at them: what is no text or would mislead the eye is written out (`\u{202e}`), and no more than
/// `longest` characters are shown.
#[must_use]
pub fn shown(bytes: &[u8], longest: usize) -> String {
    let most = longest.saturating_mul(4);
    let part = bytes.get(..most).unwrap_or(bytes);
    let begin = part.get(..longest).unwrap_or(part);
    if let (true, Ok(text)) = (is_plain(begin), std::str::from_utf8(begin)) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(part.len().min(longest));
    let mut left = longest;
    for chunk in part.utf8_chunks() {
        for letter in chunk.valid().chars() {
            let written = misleads(letter).then(|| letter.escape_unicode());
            let Some(rest) = left.checked_sub(written.as_ref().map_or(1, ExactSizeIterator::len)) else {
                return out;
            };
            left = rest;
            match written {
                Some(written) => out.extend(written),
                None => out.push(letter),
            }
        }
        for byte in chunk.invalid() {
            let Some(rest) = left.checked_sub(r"\xff".len()) else { return out };
            left = rest;
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

/// Nothing to look for letter by letter: what almost all messages are.
fn is_plain(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| (b' '..=b'~').contains(byte))
}

/// Control characters, direction marks and overrides, and characters that are not seen.
fn misleads(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_misleads_is_taken_out() {
        assert_eq!(clean(" AA\u{202e}PL\u{0}\n ", 32), "AAPL");
        assert_eq!(clean("ééééé", 3), "ééé");
        assert_eq!((clean(" A B ", 5), clean(" A  B", 4)), ("A B".to_owned(), "A  B".to_owned()));
    }

    #[test]
    fn what_misleads_is_written_out_where_it_is_looked_at() {
        assert_eq!(shown(b"AA\xe2\x80\xaePL\0\xff", 32), "AA\\u{202e}PL\\u{0}\\xff");
        assert_eq!(shown("ééééé".as_bytes(), 3), "ééé");
        assert_eq!(shown(b" plain ", 3), " pl");
        assert_eq!(shown(&[0; 64], 12), "\\u{0}\\u{0}", "no longer than asked for, also written out");
    }
}
