//! How fresh a symbol's bars are said to be, and what is drawn where there is no value.

use super::*;

fn candles(closes: &[f64]) -> Candles {
    let bar = |(index, close): (usize, &f64)| Candle {
        day: 20_000 + i64::try_from(index).unwrap_or(0),
        open: close - 1.0,
        high: close + 2.0,
        low: close - 2.0,
        close: *close,
    };
    Candles {
        bars: closes.iter().enumerate().map(bar).collect(),
        last_trading_day: Some(20_001),
        ..Candles::default()
    }
}

#[test]
fn how_fresh_it_is_is_said() {
    let mut two = candles(&[10.0, 11.0]);
    assert_eq!(two.sentence(), "The newest bar is of Sat 5 Oct 2024, the last trading day.");
    two.last_trading_day = Some(20_003);
    two.generated = true;
    assert_eq!(
        two.sentence(),
        "Generated, of no market. The newest bar is of Sat 5 Oct 2024; the last trading day was Mon 7 Oct 2024."
    );
    (two.generated, two.name) = (false, Some("Apple Inc.".to_owned()));
    assert!(two.sentence().starts_with("Apple Inc. The newest"), "one full stop: {}", two.sentence());
}

#[test]
fn a_line_is_broken_where_there_is_no_value() {
    assert_eq!(trace(&[None, Some(1.0), Some(2.0), None, Some(3.0)], |value| value), "M15 1.0L25 2.0M45 3.0");
    let flat = candles(&[5.0]);
    assert_eq!(flat.range(), (3.0, 7.0));
    assert!(flat.stretched().contains("h6v"), "{}", flat.stretched());
}
