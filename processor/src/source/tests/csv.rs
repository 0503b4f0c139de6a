//! CSV: any bytes, and what is said of those that are no bars.

use crate::bar::{Bar, day_of, iso};
use crate::source::SourceError;
use crate::source::csv::{Csv, table};
use proptest::prelude::*;
use std::io::{self, Read};

type Rows = Vec<(Option<String>, Result<Bar, SourceError>)>;

/// Gives so many bytes at a time, as a slow disk does.
struct Slow<'a>(&'a [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(self.1);
        self.0.read(&mut buffer[..most])
    }
}

fn read(text: &[u8], at_a_time: usize) -> Result<Rows, SourceError> {
    let mut rows = Vec::new();
    Csv::open(Slow(text, at_a_time))?.each(&mut |symbol, row| {
        rows.push((symbol.map(|symbol| String::from_utf8_lossy(symbol).into_owned()), row));
        Ok(())
    })?;
    Ok(rows)
}

fn said(text: &str) -> String {
    match read(text.as_bytes(), 1_000) {
        Err(cause) => cause.to_string(),
        Ok(rows) => rows
            .into_iter()
            .find_map(|(_, row)| row.err())
            .map_or("fine".to_owned(), |cause| cause.to_string()),
    }
}

const HEAD: &str = "date,open,high,low,close,volume";

#[test]
fn what_is_no_bar_is_told_with_its_line_and_column() {
    let row = |row: &str| said(&format!("{HEAD}\n2013-03-01,1,2,1,2,100\n\n{row}\n"));
    assert_eq!(row("2013-03-04,1,2,1,2,100"), "fine");
    let begin = "what came cannot be read: line 4, column ";
    for (line, what) in [
        ("yesterday,1,2,1,2,100", "date: “yesterday” is no date"),
        ("2013-03-04,1,2,1,2x,100", "close: “2x” is no number"),
        ("2013-03-04,1,2,1", "close: the line is too short"),
        ("2013-03-04,1,2,1,2,", "volume: “” is no number of shares"),
        ("2013-03-04,1,2,1,2,1e300", "volume: “1e300” is no number of shares"),
        ("2013-03-04,\u{7},2,1,2,1", "open: “\\u{7}” is no number"),
    ] {
        assert_eq!(row(line), format!("{begin}{what}"), "{line}");
    }
    assert_eq!(
        row("\"2013-03-04,1,2,1,2,1"),
        "what came cannot be read: line 4: a quote is not closed in its line"
    );
    assert!(said("").ends_with("the file is empty"));
    assert!(said(&format!("{HEAD}\n{}", "1".repeat(400_000))).ends_with("line 2 is longer than 64 KiB"));
    assert!(said("<html><body>Bad Gateway</body></html>").contains("there is no column date"));
    assert!(
        said(&format!("symbol,{HEAD}\n,2013-03-04,1,2,1,2,1"))
            .ends_with("line 2, column symbol: it is empty")
    );
}

#[test]
fn separators_quotes_and_ends_of_lines_are_a_matter_of_taste() {
    let bar = Bar {
        day: day_of(2013, 3, 1),
        open: 1.5,
        high: 1_234.5,
        low: 1.0,
        close: 2.0,
        volume: 1_234_567,
        adjusted: 2.0,
    };
    for text in [
        "Date,Open,High,Low,Close,Volume\r\n2013-03-01,1.5,1234.5,1,2,1234567\r\n",
        "\u{feff}Date;Open;High;Low;Close;Volume\n2013-03-01;1.5;1234.5;1;2;1234567",
        "\"Date\"\t\"Open\"\t\"High\"\t\"Low\"\t\"Close\"\t\"Volume\"\n20130301\t1.5\t1234.5\t1\t2\t1234567.0\n",
        "date,open,high,low,close,volume\n \"2013-03-01\", 1.5 ,\"1,234.5\",1,2,\"1,234,567\"\n",
    ] {
        assert_eq!(read(text.as_bytes(), 7), Ok(vec![(None, Ok(bar))]), "{text}");
    }
}

#[test]
fn a_price_that_is_missing_is_a_bad_bar_and_no_number_of_ours() {
    let rows = read(format!("{HEAD}\n2013-03-01,1,2,1,null,5\n").as_bytes(), 100).unwrap();
    let bar = rows[0].1.clone().unwrap();
    assert!(bar.close.is_nan() && bar.adjusted.is_nan());
    assert_eq!(crate::check::check(&[bar], None, bar.day).unwrap_err().code, "BAD_BAR");
}

#[test]
fn a_table_keeps_its_commas() {
    let mut found = Vec::new();
    let take = |line, cells: &[(String, Vec<u8>)]| {
        found.push((line, cells.to_vec()));
        Ok(())
    };
    table(b"Symbol,Company Name\nC,\"Citigroup, Inc.\"\nF\n", take).unwrap();
    let cell = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let second = vec![cell("symbol", "C"), cell("companyname", "Citigroup, Inc.")];
    assert_eq!(found, [(2, second), (3, vec![cell("symbol", "F")])]);
}

/// Bytes that are nearly bars: more is reached by them than by any.
fn nearly() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        3 => prop::sample::select(vec![
            "2013-03-01", "1.5", "100", ",", ",", ",", "\n", "\n", "\r\n", "\"", ";", "\t", "null", "1e400", "-", "AAPL", "\u{0}", "é",
        ]).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..20),
    ];
    let head = prop::sample::select(vec!["", HEAD, "symbol,date,open,high,low,close,volume,adj close\n"]);
    (head, prop::collection::vec(piece, 0..80))
        .prop_map(|(head, pieces)| [head.as_bytes(), &pieces.concat()].concat())
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(text in prop_oneof![nearly(), prop::collection::vec(any::<u8>(), 0..2_000)], at_a_time in 1_usize..100) {
        // How they come does not matter.
        let whole = format!("{:?}", read(&text, usize::MAX));
        prop_assert_eq!(format!("{:?}", read(&text, at_a_time)), whole);
        let _ = table(&text, |_, _| Ok(()));
    }

    #[test]
    fn what_was_written_is_what_is_read(
        bars in prop::collection::vec((0_i32..40_000, prop::array::uniform5(0.0001_f64..1e7), 0_i64..1_000_000_000_000), 0..200),
        at_a_time in 1_usize..5_000,
    ) {
        let mut text = "Date,Open,High,Low,Close,Volume,Adj Close\n".to_owned();
        let mut expected = Vec::new();
        for (day, [open, high, low, close, adjusted], volume) in bars {
            text.push_str(&format!("{},{open},{high},{low},{close},{volume},{adjusted}\n", iso(day)));
            expected.push((None, Ok(Bar { day, open, high, low, close, volume, adjusted })));
        }
        prop_assert_eq!(read(text.as_bytes(), at_a_time).unwrap(), expected);
    }
}
