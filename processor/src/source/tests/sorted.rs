//! Bars of many symbols, sorted.

use crate::bar::{Bar, Day};
use crate::source::SourceError;
use crate::source::sorted::Sorter;
use proptest::prelude::*;

fn bar(day: Day) -> Bar {
    let price = f64::from(day);
    Bar {
        day,
        open: price,
        high: price + 0.5,
        low: price,
        close: price,
        volume: i64::from(day),
        adjusted: price / 3.0,
    }
}

proptest! {
    /// Also when it was written in many parts.
    #[test]
    fn each_symbol_has_its_bars_in_their_order(rows in prop::collection::vec((0_u8..5, 0_i32..30_000), 0..300), every in 1_usize..50) {
        let mut sorter = Sorter::new(1_000).unwrap();
        sorter.file("x.csv", None, |take| {
            rows.iter().try_for_each(|(symbol, day)| take(Some(&[b'A' + symbol]), Ok(bar(*day))))
        }).unwrap();
        for (at, (symbol, day)) in rows.iter().enumerate() {
            sorter.row(&[b'A' + symbol], Ok(bar(*day))).unwrap();
            if at % every == 0 {
                sorter.write().unwrap();
            }
        }
        let sorted = sorter.finish().unwrap();
        for symbol in 0..5_u8 {
            let name = char::from(b'A' + symbol).to_string();
            let theirs = rows.iter().chain(&rows).filter(|row| row.0 == symbol);
            let expected: Vec<Bar> = theirs.map(|(_, day)| bar(*day)).collect();
            prop_assert_eq!(sorted.bars(&name).map_or_else(Vec::new, Result::unwrap), expected);
        }
    }
}

#[test]
fn what_is_wrong_is_its_symbols_and_a_file_that_breaks_off_takes_all_that_were_in_it() {
    let mut sorter = Sorter::new(10).unwrap();
    let wrong = || SourceError::Corrupt("no number".to_owned());
    sorter
        .file("x.csv", None, |take| {
            take(Some(b"A"), Ok(bar(1)))?;
            take(Some(b"B"), Err(wrong()))?;
            take(Some(b"no symbol"), Ok(bar(1)))
        })
        .unwrap();
    let cut = SourceError::Corrupt("cut".to_owned());
    let named = |name: &str, what: &str| SourceError::Corrupt(format!("{name}: {what}"));
    let broken = sorter.file("x.csv", None, |take| take(Some(b"C"), Ok(bar(1))).and(Err(cut.clone())));
    assert_eq!(broken, Err(named("x.csv", "cut")));
    sorter.file("D.csv", Some("D"), |_| Err(cut.clone())).unwrap_err();
    let sorted = sorter.finish().unwrap();
    assert_eq!(sorted.symbols().collect::<Vec<_>>(), ["A", "B", "C", "D"]);
    let found = ["A", "B", "C", "D", "E"].map(|symbol| sorted.bars(symbol));
    let refused = |name: &str, what: &str| Some(Err(named(name, what)));
    let no_number = refused("x.csv", "no number");
    assert_eq!(
        found,
        [Some(Ok(vec![bar(1)])), no_number, refused("x.csv", "cut"), refused("D.csv", "cut"), None]
    );
}

#[test]
fn no_more_than_was_allowed_is_written() {
    let mut sorter = Sorter::new(10).unwrap();
    sorter.file("x.csv", None, |take| (0..11).try_for_each(|day| take(Some(b"A"), Ok(bar(day))))).unwrap();
    assert!(matches!(sorter.finish(), Err(SourceError::Unreachable(_))));
}
