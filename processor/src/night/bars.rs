//! Bars: read from CSV, and checked one by one.

use crate::error::Error;
use flate2::read::GzDecoder;
use std::io::Read;

/// One day of one symbol.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// First price.
    pub open: f64,
    /// Highest price.
    pub high: f64,
    /// Lowest price.
    pub low: f64,
    /// Last price.
    pub close: f64,
    /// Shares traded.
    pub volume: i64,
    /// Last price, adjusted for splits and dividends.
    pub adjusted: f64,
}

/// All bars of one symbol, as they stand in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its ticker.
    pub symbol: String,
    /// Its bars.
    pub bars: Vec<Bar>,
}

/// The bars inside the program.
pub fn built_in() -> Result<Vec<Series>, Error> {
    let mut text = String::new();
    let packed: &[u8] = include_bytes!("../../data/ohlcv.csv.gz");
    GzDecoder::new(packed).read_to_string(&mut text).map_err(|cause| Error::Data(cause.to_string()))?;
    read(&text)
}

/// Reads `Ticker,Date,Open,High,Low,Close,Volume,Adj Close`. A line that is no bar becomes one that no check passes, so that
/// its symbol fails with a reason instead of losing a day in silence.
pub fn read(text: &str) -> Result<Vec<Series>, Error> {
    let mut lines = text.lines();
    let head = lines.next().unwrap_or_default();
    if !head.starts_with("Ticker,Date,Open,High,Low,Close,Volume,Adj Close") {
        return Err(Error::Data(format!("unknown columns: {head}")));
    }
    let mut all: Vec<Series> = Vec::new();
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |index: usize| {
            fields.get(index).and_then(|field| field.trim().parse::<f64>().ok()).unwrap_or(f64::NAN)
        };
        let symbol = fields.first().copied().unwrap_or_default().trim().to_owned();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "volumes are whole and far below 2^53; NaN becomes 0"
        )]
        let volume = number(6) as i64;
        let bar = Bar {
            day: fields.get(1).copied().unwrap_or_default().trim().to_owned(),
            open: number(2),
            high: number(3),
            low: number(4),
            close: number(5),
            volume,
            adjusted: number(7),
        };
        match all.iter_mut().find(|series| series.symbol == symbol) {
            Some(series) => series.bars.push(bar),
            None => all.push(Series { symbol, bars: vec![bar] }),
        }
    }
    if all.is_empty() { Err(Error::Data("no bars".to_owned())) } else { Ok(all) }
}

/// Checks every bar. The reason names the first bad one.
pub fn check(bars: &[Bar]) -> Result<(), String> {
    let mut before = "";
    for bar in bars {
        check_one(bar).map_err(|what| format!("{}: {what}", bar.day))?;
        if bar.day.as_str() <= before {
            return Err(format!("{}: comes after {before}", bar.day));
        }
        before = &bar.day;
    }
    if bars.is_empty() { Err("no bars".to_owned()) } else { Ok(()) }
}

fn check_one(bar: &Bar) -> Result<(), &'static str> {
    let prices = [bar.open, bar.high, bar.low, bar.close, bar.adjusted];
    if !prices.iter().all(|price| price.is_finite() && *price > 0.0) {
        return Err("a price is missing or not above zero");
    }
    if bar.day.len() != 10 || !bar.day.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return Err("the day is no date");
    }
    if bar.high < bar.open.max(bar.close).max(bar.low) {
        return Err("the high is below another price");
    }
    if bar.low > bar.open.min(bar.close) {
        return Err("the low is above another price");
    }
    if bar.volume < 0 { Err("the volume is negative") } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bar(day: &str) -> Bar {
        Bar { day: day.into(), open: 10.0, high: 12.0, low: 9.0, close: 11.0, volume: 5, adjusted: 11.0 }
    }

    #[test]
    fn the_real_bars_are_all_there_and_all_good() {
        let all = built_in().expect("they are in the program");
        let counts: Vec<(&str, usize)> =
            all.iter().map(|series| (series.symbol.as_str(), series.bars.len())).collect();
        assert_eq!(all.iter().map(|series| series.bars.len()).sum::<usize>(), 12_154);
        assert!(counts.contains(&("FB", 196)), "{counts:?}");
        for series in &all {
            assert_eq!(check(&series.bars), Ok(()), "{}", series.symbol);
        }
    }

    #[test]
    fn each_fault_is_found_and_named() {
        let faulty = |change: fn(&mut Bar)| {
            let mut bar = bar("2013-01-02");
            change(&mut bar);
            check(&[bar]).expect_err("it is bad")
        };
        assert!(faulty(|bar| bar.high = 10.5).contains("high"));
        assert!(faulty(|bar| bar.low = 10.5).contains("low"));
        assert!(faulty(|bar| bar.close = f64::NAN).contains("price"));
        assert!(faulty(|bar| bar.open = -1.0).contains("price"));
        assert!(faulty(|bar| bar.volume = -1).contains("volume"));
        assert!(faulty(|bar| bar.day = "yesterday".into()).contains("date"));
        assert!(check(&[bar("2013-01-03"), bar("2013-01-02")]).is_err());
        assert!(check(&[bar("2013-01-02"), bar("2013-01-02")]).is_err());
        assert!(check(&[]).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_breaking(text in ".{0,300}") {
            let series = read(&format!("Ticker,Date,Open,High,Low,Close,Volume,Adj Close\n{text}"));
            for one in series.iter().flatten() {
                let _ = check(&one.bars);
            }
        }
    }
}
