//! What stands in an address: names, and what its query says.
//!
//! Invariant: what is written reads back the same; what is longer than anything of ours is not read.

use std::sync::OnceLock;

/// What a proxy puts before every address: `/bell`, or nothing.
static BASE: OnceLock<String> = OnceLock::new();

/// Says so, once, before anything is rendered.
pub fn set_base(base: String) {
    // Told twice is told.
    let _ = BASE.set(base);
}

/// What stands before every address.
#[must_use]
pub fn base() -> &'static str {
    BASE.get().map_or("", String::as_str)
}

/// An address of ours, as a browser has it.
#[must_use]
pub fn at(path: &str) -> String {
    base().to_owned() + path
}

/// The address without its query.
pub(crate) fn without_query(path: &str) -> &str {
    path.split('?').next().unwrap_or_default()
}

/// What stands behind a name in the query of an address.
pub(crate) fn asked(path: &str, name: &str) -> Option<String> {
    let (_, query) = path.split_once('?')?;
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
        .and_then(|text| decoded(text, VALUE))
}

/// The address with another value behind a name; with none of it where that is empty.
#[must_use]
pub(crate) fn asking(path: &str, name: &str, value: &str) -> String {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let other = |pair: &&str| !pair.is_empty() && pair.split('=').next() != Some(name);
    let mut pairs: Vec<String> = query.split('&').filter(other).map(ToOwned::to_owned).collect();
    if !value.is_empty() {
        pairs.push(format!("{name}={}", encoded(value)));
    }
    let mark = if pairs.is_empty() { "" } else { "?" };
    format!("{}{mark}{}", without_query(path), pairs.join("&"))
}

/// Longest value in a query: the names of some hundred symbols.
const VALUE: usize = 4_000;
/// Longest name.
pub(crate) const NAME: usize = 64;

/// A text from an address; `None` where it is empty or too long.
pub(crate) fn decoded(asked: &str, longest: usize) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = asked.bytes();
    while let Some(byte) = rest.next() {
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        bytes.push(match byte {
            b'%' => u8::try_from(digit(rest.next())? * 16 + digit(rest.next())?).ok()?,
            other => other,
        });
    }
    let name = String::from_utf8(bytes).ok()?;
    (!name.is_empty() && name.chars().count() <= longest).then_some(name)
}

/// A name as it stands in an address.
#[must_use]
pub fn encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b":._-".contains(&byte);
    let mut text = String::new();
    for byte in name.bytes() {
        if plain(byte) { text.push(char::from(byte)) } else { text.push_str(&format!("%{byte:02X}")) }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_was_asked_and_no_more() {
        let path = asking(&asking("/admin/runs/7f3a?at=5&q=old", "q", "A&B =%"), "state", "failed");
        assert_eq!(path, "/admin/runs/7f3a?at=5&q=A%26B%20%3D%25&state=failed");
        assert_eq!([asked(&path, "q"), asked(&path, "a")], [Some("A&B =%".to_owned()), None]);
        assert_eq!(asking(&asking(&path, "q", ""), "at", ""), "/admin/runs/7f3a?state=failed");
        assert_eq!(asking("/wall?", "x", ""), "/wall");
    }
}
