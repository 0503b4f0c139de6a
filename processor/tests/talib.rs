//! What the processor has stored of the real bars is what Python's TA-Lib says of them: every symbol, every day, every column, and
//! every candlestick. `tests/talib/make.py` makes the table that this is held against.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod engines;

use engines::{Folder, on_both};
use flate2::read::GzDecoder;
use processor::bar::{Bar, Day, Frame};
use processor::indicators::{COLUMNS, Definition, Prices, Table, compute};
use processor::patterns::candles::signals;
use processor::patterns::{PATTERNS, find, names};
use processor::sample::real;
use processor::store::Store;
use std::collections::BTreeMap;
use std::io::Read;

/// Largest relative error.
const NEAR: f64 = 1e-9;

/// Symbol and column (or pattern) to what stands beside it.
fn expected() -> BTreeMap<(String, String), Vec<String>> {
    let mut text = String::new();
    let packed: &[u8] = include_bytes!("talib/expected.txt.gz");
    GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let split = |line: &str| {
        let mut words = line.split(' ').map(ToOwned::to_owned);
        ((words.next().unwrap(), words.next().unwrap()), words.collect())
    };
    lines.map(split).collect()
}

/// Compares every value; says how many there were, and the largest error.
fn compare(symbol: &str, table: &Table, expected: &BTreeMap<(String, String), Vec<String>>) -> (usize, f64) {
    let (mut count, mut worst) = (0, 0.0_f64);
    for (place, name) in COLUMNS.iter().enumerate() {
        let wanted = &expected[&(symbol.to_owned(), (*name).to_owned())];
        let column = table.column(place);
        assert_eq!((column.len(), table.days.len()), (wanted.len(), wanted.len()), "{symbol} {name}");
        for ((value, wanted), day) in column.iter().zip(wanted).zip(&table.days) {
            let Ok(wanted) = wanted.parse::<f64>() else {
                assert!(value.is_nan(), "{symbol} {name} on {day}: {value}, and it warms up");
                continue;
            };
            let error = (value - wanted).abs() / wanted.abs().max(f64::MIN_POSITIVE);
            assert!(error <= NEAR, "{symbol} {name} on {day}: {value}, not {wanted}");
            (count, worst) = (count + 1, worst.max(error));
        }
    }
    (count, worst)
}

/// What a run does with a symbol: its bars are stored, read back, computed over, and the values stored.
async fn night(store: &Store, symbol: &str, new: &[Bar]) {
    store.put_bars(symbol, new).await.unwrap();
    let bars = store.bars(symbol, Day::MIN, Day::MAX).await.unwrap();
    let table = compute(&bars, &Definition::all());
    store.put_values(symbol, Frame::Daily, &table, new[0].day).await.unwrap();
}

#[tokio::test]
async fn what_is_stored_is_what_talib_says() {
    let expected = expected();
    on_both(async |store, url| {
        let (mut count, mut worst) = (0, 0.0_f64);
        for (symbol, bars) in real::all() {
            night(store, symbol, bars).await;
            let stored = store.values(symbol, Frame::Daily, Day::MIN).await.unwrap();
            assert_eq!(
                stored.days,
                bars.iter().map(|bar| bar.day).collect::<Vec<_>>(),
                "{symbol}: a row per bar"
            );
            let (more, error) = compare(symbol, &stored, &expected);
            (count, worst) = (count + more, worst.max(error));
        }
        println!("{url}: {count} values, largest relative error {worst:.1e}");
        assert_eq!(count, 274_553);
    })
    .await;
}

/// Night after night, one bar each: the same values, to the last bit, as all at once.
#[tokio::test]
async fn nights_one_by_one_store_what_all_at_once_stores() {
    let (expected, folder) = (expected(), Folder::new());
    let store = Store::open(&folder.url()).await.unwrap();
    for (symbol, last) in [("FB", 150), ("AAPL", 30)] {
        let bars = real::bars(symbol).unwrap();
        let (before, nights) = bars.split_at(bars.len() - last);
        night(&store, symbol, before).await;
        for bar in nights {
            night(&store, symbol, std::slice::from_ref(bar)).await;
        }
        let stored = store.values(symbol, Frame::Daily, Day::MIN).await.unwrap();
        compare(symbol, &stored, &expected);
        let bits =
            |table: &Table| table.columns.iter().flatten().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&stored), bits(&compute(bars, &Definition::all())), "{symbol}");
    }
}

#[test]
fn every_candlestick_is_where_talib_sees_it() {
    let expected = expected();
    let mut count = 0;
    for (symbol, bars) in real::all() {
        let (prices, found) = (Prices::of(bars), find(bars, &Table::default(), &names(), Day::MIN));
        for name in [
            "Doji",
            "Hammer",
            "HangingMan",
            "ShootingStar",
            "Engulfing",
            "Harami",
            "MorningStar",
            "EveningStar",
        ] {
            let wanted: Vec<(usize, i32)> = expected[&(symbol.clone(), name.to_owned())]
                .iter()
                .map(|pair| pair.split_once(':').unwrap())
                .map(|(at, signal)| (at.parse().unwrap(), signal.parse().unwrap()))
                .collect();
            let ours = if name == "Engulfing" { "BullishEngulfing" } else { name };
            let signals = signals(&prices, ours).unwrap();
            let seen: Vec<(usize, i32)> =
                signals.into_iter().enumerate().filter(|(_, signal)| *signal != 0).collect();
            assert_eq!(seen, wanted, "{symbol} {name}");
            // And what is found is that.
            let days: Vec<Day> = wanted.iter().map(|(at, _)| bars[*at].day).collect();
            let of = |found: &&processor::patterns::Found| found.pattern.ends_with(name);
            assert_eq!(
                found.iter().filter(of).map(|found| found.day).collect::<Vec<_>>(),
                days,
                "{symbol} {name}"
            );
            count += wanted.len();
        }
    }
    assert!(count > 3_000 && PATTERNS.len() == 13, "{count} candlesticks");
}
