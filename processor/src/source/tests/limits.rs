//! No file and no archive takes more than it may, however small it looks.

use crate::source::archive::Limits;
use crate::source::folder::FolderSource;
use crate::source::{Source, SourceError};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs::File;
use std::io::Write;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const HEAD: &str = "date,open,high,low,close,volume\n";
const SMALL: Limits = Limits { file: 10_000, held: 1_000, all: 50_000, files: 10, bars: 1_000 };

fn row(number: usize) -> String {
    format!("{},1,1,1,1,1\n", 10_000 + number)
}

async fn bars(source: &FolderSource, symbol: &str) -> Result<usize, SourceError> {
    source.bars(symbol, 0, 30_000, 1).await.map(|bars| bars.len())
}

fn is_too_much(answer: Result<usize, SourceError>) -> bool {
    matches!(answer, Err(SourceError::Corrupt(what)) if what.contains("more than"))
}

#[tokio::test]
async fn a_file_that_is_a_thousand_times_larger_unpacked_is_its_symbols_trouble_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("bars.zip");
    let mut zip = ZipWriter::new(File::create(&path).unwrap());
    let options = SimpleFileOptions::default();
    for (name, lines) in [("GOOD.csv", 3), ("BOMB.csv", 100_000), ("FINE.csv", 4)] {
        zip.start_file(name, options).unwrap();
        zip.write_all(HEAD.as_bytes()).unwrap();
        (0..lines).for_each(|_| zip.write_all(b"                    \n").unwrap());
        zip.write_all(row(1).as_bytes()).unwrap();
    }
    zip.start_file("HELD.parquet", options).unwrap();
    zip.write_all(&[0; 5_000]).unwrap();
    zip.finish().unwrap();
    let source = FolderSource::limited(path, SMALL).unwrap();
    assert_eq!(bars(&source, "GOOD").await, Ok(1));
    assert_eq!(bars(&source, "FINE").await, Ok(1));
    assert!(is_too_much(bars(&source, "BOMB").await));
    assert!(is_too_much(bars(&source, "HELD").await));

    let path = folder.path().join("ZERO.csv.gz");
    let mut file = GzEncoder::new(File::create(&path).unwrap(), Compression::best());
    file.write_all(HEAD.as_bytes()).unwrap();
    file.write_all(&vec![b'\n'; 1_000_000]).unwrap();
    file.finish().unwrap();
    assert!(is_too_much(bars(&FolderSource::limited(path, SMALL).unwrap(), "ZERO").await));
}

#[tokio::test]
async fn an_archive_without_end_is_left_where_it_becomes_too_much() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("bars.tar.gz");
    let mut tar = tar::Builder::new(GzEncoder::new(File::create(&path).unwrap(), Compression::fast()));
    for number in 0..100 {
        let text = format!("{HEAD}{}", row(number));
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_cksum();
        tar.append_data(&mut header, format!("S{number}.csv"), text.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap();
    for limits in [SMALL, Limits { files: 1_000, ..SMALL }] {
        let source = FolderSource::limited(path.clone(), limits).unwrap();
        assert_eq!(bars(&source, "S3").await, Ok(1), "{limits:?}");
        assert!(is_too_much(bars(&source, "S99").await), "{limits:?}");
        assert!(matches!(source.universe("all").await, Err(SourceError::Corrupt(_))), "{limits:?}");
    }
    let few = FolderSource::limited(path, Limits { bars: 50, files: 1_000, all: 1 << 20, ..SMALL }).unwrap();
    assert!(matches!(bars(&few, "S3").await, Err(SourceError::Unreachable(_))), "the disk is not filled");
}
