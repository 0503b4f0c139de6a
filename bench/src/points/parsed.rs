//! How fast bars are read out of CSV: a file for each of 500 symbols, and one file with all of them.
//!
//! One core reads, as one of the tasks of a run does; the files have just been written, so that no disk is measured.

use crate::process::Folder;
use crate::stats::spread;
use crate::table::Table;
use crate::{Options, Outcome};
use processor::bar::{Bar, Day, iso};
use processor::sample::Sample;
use processor::source::Source;
use processor::source::folder::FolderSource;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::Instant;

/// A night: Friday, 2026-11-27.
const NIGHT: Day = 20_784;

/// Measures both.
pub async fn measure(options: &Options, table: &mut Table) -> Outcome {
    let folder = Folder::new()?;
    let beside = folder.database();
    let (own, all) = (beside.with_file_name("own"), beside.with_file_name("all.csv"));
    let symbols =
        write(&own, &all, if options.quick { 100 } else { 500 }).map_err(|cause| cause.to_string())?;
    let rounds = if options.quick { 1 } else { 5 };
    let (mut separate, mut together) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        separate.push(read(&own, &symbols).await?);
        together.push(read(&all, &symbols).await?);
    }
    let name = format!("{} symbols × 3,000 bars of CSV", symbols.len());
    table.goal(&name, "a file each, bars a second", spread(&separate).median, "≥ 1,500,000");
    table.goal(&name, "one file, sorted and read, bars a second", spread(&together).median, "≥ 1,500,000");
    Ok(())
}

/// Reads everybody's bars. Returns how many a second.
async fn read(path: &Path, symbols: &[String]) -> Outcome<f64> {
    let source = FolderSource::open(path)?;
    let (begun, mut count) = (Instant::now(), 0);
    for symbol in symbols {
        let bars = source.bars(symbol, Day::MIN, NIGHT, 1).await.map_err(|cause| cause.to_string())?;
        // The figures mean nothing if something is missing.
        if bars.last().is_none_or(|bar| bar.day != NIGHT) {
            return Err(format!("of {symbol} there are {} bars", bars.len()));
        }
        count += bars.len();
    }
    #[expect(clippy::cast_precision_loss, reason = "a million and a half")]
    let count = count as f64;
    Ok(count / begun.elapsed().as_secs_f64())
}

fn write(own: &Path, all: &Path, count: usize) -> std::io::Result<Vec<String>> {
    fs::create_dir(own)?;
    let mut every = BufWriter::new(fs::File::create(all)?);
    writeln!(every, "Ticker,Date,Open,High,Low,Close,Volume,Adj Close")?;
    let sample = Sample::well(1);
    let mut symbols = Vec::new();
    for listed in sample.listed().iter().filter(|listed| listed.generated).take(count) {
        let symbol = &listed.symbol;
        let mut text = "Date,Open,High,Low,Close,Volume,Adj Close\n".to_owned();
        for bar in sample.bars(symbol, Day::MIN, NIGHT, 1).unwrap_or_default() {
            let Bar { day, open, high, low, close, volume, adjusted } = bar;
            let from = text.len();
            let _ = writeln!(text, "{},{open},{high},{low},{close},{volume},{adjusted}", iso(day));
            write!(every, "{symbol},{}", &text[from..])?;
        }
        fs::write(own.join(format!("{symbol}.csv")), text)?;
        symbols.push(symbol.clone());
    }
    every.flush()?;
    Ok(symbols)
}
