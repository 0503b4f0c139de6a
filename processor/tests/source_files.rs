//! A folder, an archive, a file: the same real bars whatever they come in.
//!
//! `source/make.py` wrote the Parquet files with pandas, Polars and pyarrow.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod source;

use flate2::Compression;
use flate2::write::GzEncoder;
use processor::bar::{Bar, day_of, iso};
use processor::sample::real;
use processor::source::folder::FolderSource;
use processor::source::{Source, SourceError};
use source::{HEAD, bars, csv, names, said, tarred};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn ways(folder: &Path) -> Vec<PathBuf> {
    let own: Vec<(String, String)> =
        real::all().iter().map(|(symbol, bars)| (format!("{symbol}.csv"), csv(bars))).collect();
    let (plain, packed) = (folder.join("plain"), folder.join("packed"));
    fs::create_dir(&plain).unwrap();
    fs::create_dir(&packed).unwrap();
    for (name, text) in &own {
        fs::write(plain.join(name), text).unwrap();
        let file = File::create(packed.join(format!("{name}.gz"))).unwrap();
        let mut file = GzEncoder::new(file, Compression::fast());
        file.write_all(text.as_bytes()).unwrap();
        file.finish().unwrap();
    }
    // A file a day with all symbols, as providers deliver them.
    let days = folder.join("days");
    fs::create_dir(&days).unwrap();
    for year in 2000..=2013 {
        let mut text = "ticker,volume,open,close,high,low,window_start,adj_close\n".to_owned();
        let span = day_of(year, 1, 1)..day_of(year + 1, 1, 1);
        for (symbol, bars) in real::all() {
            for Bar { day, open, high, low, close, volume, adjusted } in
                bars.iter().filter(|bar| span.contains(&bar.day))
            {
                let start = (i64::from(*day) * 24 + 5) * 3_600_000_000_000;
                writeln!(text, "{symbol},{volume},{open},{close},{high},{low},{start},{adjusted}").unwrap();
            }
        }
        fs::write(days.join(format!("{year}.csv")), text).unwrap();
    }
    let (zip, tar, tgz) = (folder.join("bars.zip"), folder.join("bars.tar"), folder.join("bars.tar.gz"));
    let mut archive = ZipWriter::new(File::create(&zip).unwrap());
    for (name, text) in &own {
        archive.start_file(format!("daily/{name}"), SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap();
    fs::write(&tar, tarred(&own)).unwrap();
    let mut file = GzEncoder::new(File::create(&tgz).unwrap(), Compression::fast());
    file.write_all(&tarred(&own)).unwrap();
    file.finish().unwrap();
    let one = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/ohlcv.csv.gz");
    vec![plain, packed, days, zip, tar, tgz, one]
}

#[tokio::test]
async fn the_same_real_bars_come_out_of_each_way() {
    let folder = TempDir::new().unwrap();
    for path in ways(folder.path()) {
        let source = FolderSource::open(&path).unwrap();
        assert_eq!(names(&source, "sp500").await, ["AAPL", "FB", "GOOG", "IBM", "MSFT"], "{path:?}");
        for (symbol, expected) in real::all() {
            assert!(bars(&source, symbol).await.as_ref() == Ok(expected), "{symbol} of {path:?}");
        }
        let (from, to) = (day_of(2012, 10, 26), day_of(2012, 11, 1));
        let some = source.bars("AAPL", from, to, 1).await.unwrap();
        let days: Vec<String> = some.iter().map(|bar| iso(bar.day)).collect();
        assert_eq!(days, ["2012-10-26", "2012-10-31", "2012-11-01"], "{path:?}");
        assert_eq!(bars(&source, "ENRN").await, Err(SourceError::NotFound), "{path:?}");
        assert!(matches!(source.universe("dow30").await, Err(SourceError::UnknownUniverse(_))), "{path:?}");
    }
}

#[tokio::test]
async fn parquet_of_others_is_read_to_the_last_bit() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/source");
    let source = FolderSource::open(&fixtures).unwrap();
    let fb = real::bars("FB").unwrap();
    for name in ["pandas", "polars", "spark", "decimals"] {
        assert!(bars(&source, name).await.as_deref() == Ok(fb), "{name}");
    }
    assert!(bars(&source, "FB").await.as_deref() == Ok(fb));
    let apple = real::bars("AAPL").unwrap();
    assert!(bars(&source, "AAPL").await.as_deref() == Ok(&apple[apple.len() - 100..]));
    assert_eq!(names(&source, "all").await, ["AAPL", "FB", "decimals", "pandas", "polars", "spark"]);
}

/// Its reader must not take the process with it. (A price that became another one shows only where a sum was written, or in the check.)
#[tokio::test]
async fn a_parquet_file_with_a_wrong_byte_is_read_or_refused() {
    let folder = TempDir::new().unwrap();
    let whole = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/source/polars.parquet")).unwrap();
    let path = folder.path().join("FB.parquet");
    fs::write(&path, &whole).unwrap();
    let source = FolderSource::open(folder.path()).unwrap();
    let mut refused = 0;
    for at in (0..whole.len()).step_by(41).chain(whole.len() - 600..whole.len()) {
        let mut broken = whole.clone();
        broken[at] ^= 0x55;
        fs::write(&path, &broken).unwrap();
        refused += u32::from(bars(&source, "FB").await.is_err());
    }
    assert!(refused > 50, "{refused}");
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert!(said(&source, "FB").await.starts_with("what came cannot be read: FB.parquet: "));
}

#[tokio::test]
async fn universes_are_listed_in_files_and_what_is_new_is_noticed() {
    let folder = TempDir::new().unwrap();
    let lists = folder.path().join("universes");
    fs::create_dir(&lists).unwrap();
    fs::write(folder.path().join("AAPL.csv"), HEAD).unwrap();
    fs::write(lists.join("top.txt"), "# mine\nMSFT\n\n AAPL # an apple\nMSFT\n").unwrap();
    fs::write(lists.join("bad.txt"), "AAPL\nno symbol\n").unwrap();
    let source = FolderSource::open(folder.path()).unwrap();
    assert_eq!(names(&source, "top").await, ["AAPL", "MSFT"]);
    assert_eq!(names(&source, "all").await, ["AAPL"]);
    let wrong = source.universe("bad").await.unwrap_err().to_string();
    assert!(wrong.ends_with("universes/bad.txt: line 2: “no symbol” is no symbol"), "{wrong}");
    fs::write(folder.path().join("IBM.csv"), HEAD).unwrap();
    assert_eq!(names(&source, "all").await, ["AAPL", "IBM"]);
    fs::write(lists.join("all.txt"), "IBM\n").unwrap();
    assert_eq!(names(&source, "all").await, ["IBM"], "who lists it decides");
}

#[tokio::test]
async fn what_can_have_no_bars_is_refused_at_once_and_what_is_away_is_waited_for() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("bars.doc");
    fs::write(&path, "x").unwrap();
    assert!(FolderSource::open(&path).unwrap_err().contains("bars.doc is no folder, and none of .csv"));
    let path = folder.path().join("FB.csv");
    let source = FolderSource::open(&path).unwrap();
    assert_eq!(bars(&source, "FB").await.unwrap_err().code(), "SOURCE_UNREACHABLE");
    fs::write(&path, csv(&real::bars("FB").unwrap()[..3])).unwrap();
    assert_eq!(bars(&source, "FB").await.unwrap().len(), 3);
}
