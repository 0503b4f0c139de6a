//! Five real symbols, 12 154 real bars, 2000-03-01 to 2013-03-01: inside the program.
//!
//! Source: Quandl WIKI prices, which their publisher declared public domain. Raw prices with one adjusted close; three splits, a real
//! fall by half, the closures of 2001 and 2012 are in them.

use crate::bar::{Bar, Day, day_of, parse};
use crate::listed::{Kind, Listed};
use flate2::read::GzDecoder;
use std::io::Read;
use std::sync::LazyLock;

static REAL: LazyLock<Vec<(String, Vec<Bar>)>> = LazyLock::new(read);

/// The real symbols and their bars.
#[must_use]
pub fn all() -> &'static [(String, Vec<Bar>)] {
    &REAL
}

/// All bars of a real symbol.
#[must_use]
pub fn bars(symbol: &str) -> Option<&'static [Bar]> {
    REAL.iter().find(|(name, _)| name == symbol).map(|(_, bars)| bars.as_slice())
}

/// What they are. Worth is that of March 2013, when the bars end.
#[must_use]
pub fn listed() -> Vec<Listed> {
    let one = |symbol: &str, name: &str, billions: f64, listed: Option<Day>| Listed {
        symbol: symbol.to_owned(),
        generated: false,
        name: Some(name.to_owned()),
        kind: Kind::Stock,
        market_cap: Some(billions * 1e9),
        sector: Some("Technology".to_owned()),
        listed,
        delisted: None,
    };
    vec![
        one("AAPL", "Apple Inc.", 404.0, Some(day_of(1980, 12, 12))),
        one("FB", "Facebook Inc.", 66.0, Some(day_of(2012, 5, 18))),
        one("GOOG", "Google Inc.", 266.0, Some(day_of(2004, 8, 19))),
        one("IBM", "International Business Machines", 226.0, None),
        one("MSFT", "Microsoft Corporation", 234.0, Some(day_of(1986, 3, 13))),
    ]
}

/// `Ticker,Date,Open,High,Low,Close,Volume,Adj Close`. The file is part of the program: a test reads every line of it.
fn read() -> Vec<(String, Vec<Bar>)> {
    let mut text = String::new();
    let packed: &[u8] = include_bytes!("../../data/ohlcv.csv.gz");
    if GzDecoder::new(packed).read_to_string(&mut text).is_err() {
        return Vec::new();
    }
    let mut all: Vec<(String, Vec<Bar>)> = Vec::new();
    for (symbol, bar) in text.lines().filter_map(line) {
        match all.last_mut() {
            Some((name, bars)) if name == symbol => bars.push(bar),
            _ => all.push((symbol.to_owned(), vec![bar])),
        }
    }
    all
}

fn line(line: &str) -> Option<(&str, Bar)> {
    let mut fields = line.split(',');
    let symbol = fields.next()?;
    let day = parse(fields.next()?)?;
    let mut number = || fields.next()?.trim().parse::<f64>().ok();
    let (open, high, low, close, volume) = (number()?, number()?, number()?, number()?, number()?);
    #[expect(clippy::cast_possible_truncation, reason = "volumes are whole and far below 2^53")]
    let volume = volume as i64;
    Some((symbol, Bar { day, open, high, low, close, volume, adjusted: number()? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_file_is_a_bar() {
        let counts: Vec<(&str, usize)> =
            all().iter().map(|(name, bars)| (name.as_str(), bars.len())).collect();
        assert_eq!(counts, [("AAPL", 3_270), ("FB", 196), ("GOOG", 2_148), ("IBM", 3_270), ("MSFT", 3_270)]);
        assert!(listed().iter().all(|listed| bars(&listed.symbol).is_some() && !listed.generated));
        assert_eq!(bars("ENRN"), None);
    }
}
