//! A process that is killed while it writes leaves each symbol whole or as it was.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod engines;

use engines::Folder;
use processor::bar::{Bar, Day, Frame};
use processor::indicators::{Definition, compute};
use processor::sample::Sample;
use processor::store::Store;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Says the child which database to write into.
const CHILD: &str = "CLOSING_BELL_TEST_WRITES_INTO";
const NIGHT: Day = 20_784;

/// Some symbols and their bars, always the same.
fn symbols() -> Vec<(String, Vec<Bar>)> {
    let sample = Sample::well(7);
    let some = sample.listed().iter().filter(|listed| listed.generated).take(12);
    some.map(|listed| (listed.symbol.clone(), sample.bars(&listed.symbol, Day::MIN, NIGHT, 1).unwrap()))
        .collect()
}

/// What the child does. Without its parent it does nothing.
#[tokio::test]
async fn child() {
    let Ok(url) = std::env::var(CHILD) else { return };
    let store = Store::open(&url).await.unwrap();
    for (symbol, bars) in symbols() {
        println!("\nbars {symbol}");
        store.put_bars(&symbol, &bars).await.unwrap();
        let table = compute(&bars, &Definition::all());
        println!("\nvalues {symbol}");
        store.put_values(&symbol, Frame::Daily, &table, Day::MIN).await.unwrap();
    }
    println!("\nend");
}

/// Starts the child and kills it as soon as it says that.
fn killed_at(url: &str, wanted: &str) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture"])
        .env(CHILD, url)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said = lines.map_while(Result::ok).any(|line| line == wanted);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(said, "it ended before it said {wanted}");
}

#[tokio::test]
async fn each_symbol_is_whole_or_not_there() {
    let folder = Folder::new();
    let all = symbols();
    for (at, (symbol, _)) in all.iter().enumerate().step_by(3) {
        for what in ["bars", "values"] {
            killed_at(&folder.url(), &format!("{what} {symbol}"));
            let store = Store::open(&folder.url()).await.unwrap();
            for (number, (symbol, bars)) in all.iter().enumerate() {
                let stored = store.bars(symbol, Day::MIN, NIGHT).await.unwrap();
                let values = store.values(symbol, Frame::Daily, Day::MIN).await.unwrap();
                assert!(stored.is_empty() || stored == *bars, "{symbol}: {} bars", stored.len());
                let whole = values.columns.iter().all(|column| column.len() == values.days.len());
                assert!(values.days.is_empty() || (values.days.len() == bars.len() && whole), "{symbol}");
                // What it was done with before it was killed is there.
                assert!(number >= at || (!stored.is_empty() && !values.days.is_empty()), "{symbol} is gone");
            }
            store.close().await;
        }
    }
}
