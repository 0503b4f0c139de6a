//! A list of who belongs to a universe: a symbol a line, or CSV with a column of symbols and what else is known of them.

use super::SourceError;
use super::columns::{is_symbol, number, shown};
use super::csv::table;
use crate::bar::parse;
use crate::listed::{Kind, Listed};
use std::collections::BTreeSet;
use std::io::Read;

/// Largest list, in bytes.
pub const LARGEST: u64 = 16 << 20;
/// The folder in which lists are.
pub const FOLDER: &str = "universes";

/// Whether a universe can be called so: what else could be a path.
pub fn is_name(name: &str) -> bool {
    let fits = |letter: u8| letter.is_ascii_alphanumeric() || b"-_.:".contains(&letter);
    (1..=64).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(fits)
}

/// The universe of which a file is the list: `universes/sp500.txt`.
pub fn of_file(name: &str) -> Option<(&str, bool)> {
    let (name, table) = match (name.strip_suffix(".txt"), name.strip_suffix(".csv")) {
        (Some(name), _) => (name, false),
        (None, Some(name)) => (name, true),
        _ => return None,
    };
    is_name(name).then_some((name, table))
}

/// Reads a list; A to Z, each once.
pub fn read(input: impl Read, is_table: bool) -> Result<Vec<Listed>, SourceError> {
    let mut text = Vec::new();
    input
        .take(LARGEST + 1)
        .read_to_end(&mut text)
        .map_err(|cause| SourceError::Corrupt(cause.to_string()))?;
    if text.len() as u64 > LARGEST {
        return Err(SourceError::Corrupt("the list is larger than 16 MiB".to_owned()));
    }
    let mut all = if is_table { rows(&text)? } else { lines(&text)? };
    all.sort_by(|a, b| a.symbol.cmp(&b.symbol));
    let mut seen = BTreeSet::new();
    all.retain(|listed| seen.insert(listed.symbol.clone()));
    Ok(all)
}

fn lines(text: &[u8]) -> Result<Vec<Listed>, SourceError> {
    let line = |(number, line): (usize, &[u8])| {
        let line = line.split(|byte| *byte == b'#').next().unwrap_or_default().trim_ascii();
        (!line.is_empty()).then(|| symbol(line, number + 1).map(|symbol| Listed::new(&symbol)))
    };
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    text.split(|byte| *byte == b'\n').enumerate().filter_map(line).collect()
}

fn rows(text: &[u8]) -> Result<Vec<Listed>, SourceError> {
    let mut all = Vec::new();
    table(text, |line, cells| {
        let cell = |names: &[&str]| {
            let at = cells.iter().find(|(name, value)| !value.is_empty() && names.contains(&name.as_str()));
            at.map(|(_, value)| value.as_slice())
        };
        let text = |value: &[u8]| String::from_utf8_lossy(value).chars().take(200).collect::<String>();
        let day = |value: &[u8]| parse(str::from_utf8(value).ok()?);
        if !cells.iter().any(|(name, _)| matches!(name.as_str(), "symbol" | "ticker")) {
            return Err(SourceError::Columns("there is no column symbol".to_owned()));
        }
        all.push(Listed {
            symbol: symbol(cell(&["symbol", "ticker"]).unwrap_or_default(), line)?,
            generated: false,
            name: cell(&["name", "security", "company"]).map(text),
            kind: cell(&["kind", "type"])
                .map_or(Kind::Stock, |kind| Kind::of(&text(kind).to_ascii_lowercase())),
            market_cap: cell(&["marketcap"]).and_then(number).filter(|worth| worth.is_finite()),
            sector: cell(&["sector", "gicssector"]).map(text),
            listed: cell(&["listed"]).and_then(day),
            delisted: cell(&["delisted"]).and_then(day),
        });
        Ok(())
    })?;
    Ok(all)
}

fn symbol(text: &[u8], line: usize) -> Result<String, SourceError> {
    let symbol = str::from_utf8(text).ok().filter(|text| is_symbol(text));
    symbol
        .map(str::to_owned)
        .ok_or_else(|| SourceError::Corrupt(format!("line {line}: {} is no symbol", shown(text))))
}
