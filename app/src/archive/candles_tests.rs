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
    (two.last_trading_day, two.behind) = (Some(20_003), 1);
    two.generated = true;
    assert_eq!(
        two.sentence(),
        "Generated, of no market. The newest bar is of Sat 5 Oct 2024, 1 trading day behind: the last one was Mon 7 Oct 2024."
    );
    (two.generated, two.name) = (false, Some("Apple Inc.".to_owned()));
    assert!(two.sentence().starts_with("Apple Inc. The newest"), "one full stop: {}", two.sentence());
}

#[test]
fn what_is_marked_is_explained_and_listed() {
    let mut two = candles(&[10.0, 11.0]);
    let html = |candles: &Candles| crate::archive::written(section(Ok(candles))).0.to_string();
    assert!(!html(&two).contains("as a list") && !html(&two).contains("pattern, "));
    let mark = |pattern: &str, direction| Marked {
        day: 20_001,
        pattern: pattern.to_owned(),
        confidence: 0.5,
        direction,
    };
    two.marks = vec![mark("Hammer", 1), mark("<Doji>", 0)];
    let html = html(&two);
    for words in [
        "2 patterns as a list",
        "rising",
        "neither",
        "Hammer, Sat 5 Oct 2024, confidence 0.50",
        "&lt;Doji&gt;",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(!html.contains("falling") && !html.contains("<Doji>"), "{html}");
}

#[test]
fn a_line_is_broken_where_there_is_no_value() {
    assert_eq!(trace(&[None, Some(1.0), Some(2.0), None, Some(3.0)], |value| value), "M15 1.0L25 2.0M45 3.0");
    let flat = candles(&[5.0]);
    assert_eq!(flat.range(), (3.0, 7.0));
    assert!(flat.stretched().contains("h6v"), "{}", flat.stretched());
}
