//! Strings from outside: trimmed, bounded, and free of what can mislead an eye or a terminal.

/// The string without control and direction-changing characters, trimmed, at most `longest` characters.
#[must_use]
pub fn clean(raw: &str, longest: usize) -> String {
    let kept: String =
        raw.chars().filter(|letter| !misleads(*letter)).take(longest.saturating_mul(2)).collect();
    kept.trim().chars().take(longest).collect::<String>().trim_end().to_owned()
}

/// Control characters, direction marks and overrides, and characters without width.
fn misleads(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_misleads_is_taken_out() {
        assert_eq!(clean(" AA\u{202e}PL\u{0}\n ", 32), "AAPL");
        assert_eq!(clean("ééééé", 3), "ééé");
    }
}
