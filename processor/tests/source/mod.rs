//! Real bars as files, and what a source says of them.

#![allow(dead_code, reason = "each test file uses its part")]

use processor::bar::{Bar, Day, iso};
use processor::source::folder::FolderSource;
use processor::source::{Source, SourceError};
use std::fmt::Write as _;

/// The first line of what [`csv`] writes.
pub const HEAD: &str = "Date,Open,High,Low,Close,Volume,Adj Close\n";

/// Bars as CSV.
pub fn csv(bars: &[Bar]) -> String {
    let mut text = HEAD.to_owned();
    for Bar { day, open, high, low, close, volume, adjusted } in bars {
        writeln!(text, "{},{open},{high},{low},{close},{volume},{adjusted}", iso(*day)).unwrap();
    }
    text
}

/// All bars of a symbol.
pub async fn bars(source: &FolderSource, symbol: &str) -> Result<Vec<Bar>, SourceError> {
    source.bars(symbol, Day::MIN, Day::MAX, 1).await
}

/// Who is in a universe.
pub async fn names(source: &FolderSource, universe: &str) -> Vec<String> {
    source.universe(universe).await.unwrap().into_iter().map(|listed| listed.symbol).collect()
}

/// What is said of a symbol that has no bars.
pub async fn said(source: &FolderSource, symbol: &str) -> String {
    bars(source, symbol).await.unwrap_err().to_string()
}

/// Files in a tar archive.
pub fn tarred(files: &[(String, String)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_cksum();
        archive.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    archive.into_inner().unwrap()
}
