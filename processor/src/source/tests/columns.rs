//! Names of columns, and what stands in them.

use crate::bar::day_of;
use crate::source::SourceError;
use crate::source::columns::*;
use proptest::prelude::*;

fn layout(names: &[&str]) -> Result<Layout, SourceError> {
    Layout::of(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
}

#[test]
fn columns_are_recognised_whatever_their_case_and_order() {
    let found = layout(&["Ticker", "Date", "Open", "High", "Low", "Close", "Volume", "Adj Close"]).unwrap();
    assert_eq!(found.at(Column::Adjusted), Some(7));
    assert_eq!(found.at(Column::Symbol), Some(0));
    let found = layout(&["window_start", "volume", "LOW", "close", "high", "OPEN", "transactions"]).unwrap();
    assert_eq!((found.at(Column::Date), found.at(Column::Adjusted)), (Some(0), None));
}

#[test]
fn what_is_missing_or_there_twice_is_named() {
    let error = layout(&["date", "open", "high", "price"]).unwrap_err().to_string();
    assert!(
        error.ends_with("there is no column low, close, volume (but “date”, “open”, “high”, “price”)"),
        "{error}"
    );
    let error = layout(&["date", "Day", "open", "high", "low", "close", "volume"]).unwrap_err().to_string();
    assert!(error.ends_with("“date” and “Day” are both the date"), "{error}");
}

#[test]
fn a_day_is_told_in_many_ways() {
    let day_ = day_of(2013, 3, 1);
    for text in [
        "2013-03-01",
        "2013-03-01T00:00:00-05:00",
        "2013-03-01 16:00",
        "20130301",
        "15765",
        "1362096000",
        "1362114000",
        "1362114000000",
        "1362114000000000",
        "1362114000000000000",
    ] {
        assert_eq!(day(text.as_bytes()), Some(day_), "{text}");
    }
    for wrong in [
        "",
        "2013-02-30",
        "2013-03-01x",
        "01/03/2013",
        "20130230",
        "1e9",
        "99999999999999999999",
        "9999999",
        "2013-03-1",
    ] {
        assert_eq!(day(wrong.as_bytes()), None, "{wrong}");
    }
}

#[test]
fn nothing_is_nothing_and_nonsense_is_refused() {
    for text in ["", "null", "NaN", "-"] {
        assert!(number(text.as_bytes()).unwrap().is_nan(), "{text}");
    }
    for text in [".", "1.2.3", "12a", "inf", "1e999", "--1", "1,000", "٣"] {
        assert_eq!(number(text.as_bytes()), None, "{text}");
    }
    assert_eq!(number(b"-.5"), Some(-0.5));
    assert_eq!(number(b"1.5e3"), Some(1_500.0));
}

proptest! {
    #[test]
    fn numbers_are_read_as_the_library_does(text in "-?[0-9]{1,20}(\\.[0-9]{0,20})?") {
        let theirs: f64 = text.parse().unwrap();
        prop_assert_eq!(number(text.as_bytes()).unwrap().to_bits(), theirs.to_bits());
    }
}
