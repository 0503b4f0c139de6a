//! Files that are wrong, cut or malicious: it is told of whom something is wrong, and the others go on.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod source;

use flate2::Compression;
use flate2::write::GzEncoder;
use processor::bar::{Day, day_of};
use processor::sample::real;
use processor::source::folder::FolderSource;
use processor::source::{Source, SourceError};
use source::{HEAD, bars, csv, names, said, tarred};
use std::fs::{self, File};
use std::io::Write;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

#[tokio::test]
async fn what_is_wrong_with_a_file_is_its_symbols_and_the_others_go_on() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).unwrap();
    let good = csv(&real::bars("FB").unwrap()[..3]);
    write("GOOD.csv", good.as_bytes());
    write("COLS.csv", b"Date,Open,High,Low,Volume\n2013-03-01,1,1,1,1\n");
    write("ROWS.csv", format!("{good}2013-03-01,1,1,1,oops,1,1\n").as_bytes());
    write("NULL.csv", &[0; 100_000]);
    write("EMPTY.csv", b"");
    write("HEAD.csv", HEAD.as_bytes());
    write("TWICE.csv", good.as_bytes());
    write("TWICE.parquet", b"PAR1");
    write("NOT.parquet", b"PAR1 and then something else PAR1");
    write("two words.csv", good.as_bytes());
    write(".HIDDEN.csv", good.as_bytes());
    write("README.txt", b"not mine");
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(csv(real::bars("AAPL").unwrap()).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    write("CUT.csv.gz", &packed[..packed.len() / 2]);
    let source = FolderSource::open(folder.path()).unwrap();

    let all = ["COLS", "CUT", "EMPTY", "GOOD", "HEAD", "NOT", "NULL", "ROWS", "TWICE"];
    assert_eq!(names(&source, "all").await, all);
    assert_eq!(bars(&source, "GOOD").await.unwrap(), real::bars("FB").unwrap()[..3]);
    assert_eq!(bars(&source, "HEAD").await, Ok(Vec::new()));
    let wrong = bars(&source, "COLS").await.unwrap_err();
    assert_eq!((wrong.code(), wrong.is_of_symbol()), ("WRONG_COLUMNS", true));
    let columns = "COLS.csv: there is no column close (but “Date”, “Open”, “High”, “Low”, “Volume”)";
    assert!(wrong.to_string().ends_with(columns), "{wrong}");
    for (symbol, sentence) in [
        ("ROWS", "ROWS.csv: line 5, column close: “oops” is no number"),
        ("NULL", "NULL.csv: line 1 is longer than 64 KiB"),
        ("EMPTY", "EMPTY.csv: the file is empty"),
        ("TWICE", "TWICE.parquet and another file are both about TWICE"),
    ] {
        let said = said(&source, symbol).await;
        assert!(said.ends_with(sentence), "{said}");
    }
    let cut = said(&source, "CUT").await;
    assert!(cut.contains("CUT.csv.gz: it ends in the middle, after line "), "{cut}");
    assert_eq!(bars(&source, "NOT").await.unwrap_err().code(), "CORRUPT_DATA");
    for stranger in ["two words", ".HIDDEN", "README", "../GOOD", "GOOD.csv", "", "/etc/passwd"] {
        assert_eq!(bars(&source, stranger).await, Err(SourceError::NotFound), "{stranger}");
    }
    for stranger in ["../x", "/etc/passwd", "", ".", "..", "a/b"] {
        let wrong = source.universe(stranger).await.unwrap_err();
        assert_eq!(wrong, SourceError::UnknownUniverse(stranger.to_owned()));
    }
}

#[tokio::test]
async fn a_row_of_many_is_its_symbols_and_a_file_that_breaks_off_is_nobodys() {
    let folder = TempDir::new().unwrap();
    let row = |symbol: &str, day: u32, close: &str| format!("{symbol},2013-03-0{day},1,1,1,{close},1\n");
    let head = "symbol,date,open,high,low,close,volume\n";
    let rows =
        [row("A", 4, "1"), row("B", 4, "one"), row("A", 1, "1"), row("B", 5, "1"), row("not one", 1, "1")];
    let path = folder.path().join("all.csv");
    fs::write(&path, format!("{head}{}", rows.concat())).unwrap();
    let source = FolderSource::open(&path).unwrap();
    assert_eq!(names(&source, "all").await, ["A", "B"]);
    let days: Vec<Day> = bars(&source, "A").await.unwrap().iter().map(|bar| bar.day).collect();
    assert_eq!(days, [day_of(2013, 3, 1), day_of(2013, 3, 4)], "ascending");
    assert!(said(&source, "B").await.ends_with("all.csv: line 3, column close: “one” is no number"));

    // Written anew it is read anew.
    fs::write(&path, format!("{head}{}{}\"", row("A", 1, "1"), row("C", 1, "1"))).unwrap();
    let wrong = source.universe("all").await.unwrap_err().to_string();
    assert!(wrong.contains("nobody knows who is there"), "{wrong}");
    for symbol in ["A", "C", "D"] {
        let said = said(&source, symbol).await;
        assert!(said.ends_with("all.csv: line 4: a quote is not closed in its line"), "{said}");
    }
    fs::remove_file(&path).unwrap();
    assert_eq!(source.universe("all").await.unwrap_err().code(), "SOURCE_UNREACHABLE");
}

#[tokio::test]
async fn of_an_archive_that_breaks_off_is_taken_what_came_before() {
    let folder = TempDir::new().unwrap();
    let files: Vec<(String, String)> =
        real::all().iter().map(|(symbol, bars)| (format!("{symbol}.csv"), csv(bars))).collect();
    let whole = tarred(&files);
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&whole).unwrap();
    let packed = packed.finish().unwrap();
    // AAPL is the first file and a quarter of the bytes; between two files is behind the second.
    let second = 2 * 512 + files[..2].iter().map(|(_, text)| text.len().div_ceil(512) * 512).sum::<usize>();
    for (name, bytes) in [
        ("cut.tar", &whole[..whole.len() / 2]),
        ("between.tar", &whole[..second]),
        ("cut.tar.gz", &packed[..packed.len() / 2]),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let source = FolderSource::open(&path).unwrap();
        assert_eq!(bars(&source, "AAPL").await.as_deref(), Ok(real::bars("AAPL").unwrap()), "{name}");
        let lost = bars(&source, "MSFT").await.unwrap_err();
        assert_eq!((lost.code(), lost.is_of_symbol()), ("CORRUPT_DATA", true), "{name}: {lost}");
        assert!(lost.to_string().contains(&format!("{name}: it ends in the middle")), "{lost}");
        // What it does not list is not left out of a universe by mistake.
        assert_eq!(source.universe("all").await.unwrap_err().code(), "CORRUPT_DATA", "{name}");
    }
    let zip = folder.path().join("cut.zip");
    fs::write(&zip, b"PK\x03\x04 and no directory at the end").unwrap();
    assert!(
        said(&FolderSource::open(&zip).unwrap(), "AAPL")
            .await
            .ends_with("cut.zip: it is cut off, or no zip archive")
    );
}

#[tokio::test]
async fn a_file_of_an_archive_that_is_broken_is_its_symbols() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("bars.zip");
    let mut archive = ZipWriter::new(File::create(&path).unwrap());
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for symbol in ["FB", "IBM"] {
        archive.start_file(format!("{symbol}.csv"), stored).unwrap();
        archive.write_all(csv(real::bars(symbol).unwrap()).as_bytes()).unwrap();
    }
    archive.start_file("universes/dow30.csv", stored).unwrap();
    archive.write_all(b"Symbol,Name,Market Cap\nIBM,\"Machines, Inc.\",1.5e11\n").unwrap();
    archive.finish().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    // A digit of FB becomes another one: only the sum of the file tells.
    let at = bytes.windows(10).position(|window| window == b"2012-07-02").unwrap() + 11;
    bytes[at] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let source = FolderSource::open(&path).unwrap();
    assert!(said(&source, "FB").await.contains("FB.csv: after line 197: "), "{}", said(&source, "FB").await);
    assert_eq!(bars(&source, "IBM").await.as_deref(), Ok(real::bars("IBM").unwrap()));
    let listed = &source.universe("dow30").await.unwrap()[0];
    assert_eq!((listed.name.as_deref(), listed.market_cap), (Some("Machines, Inc."), Some(1.5e11)));
}

#[cfg(unix)]
#[tokio::test]
async fn nothing_leads_out_of_the_folder() {
    use std::os::unix::fs::symlink;
    let (folder, outside) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let secret = outside.path().join("secret.csv");
    fs::write(&secret, csv(real::bars("FB").unwrap())).unwrap();
    fs::write(outside.path().join("list.txt"), "FB\n").unwrap();
    symlink(&secret, folder.path().join("FB.csv")).unwrap();
    symlink(outside.path(), folder.path().join("universes")).unwrap();
    fs::write(folder.path().join("IBM.csv"), csv(real::bars("IBM").unwrap())).unwrap();
    symlink(folder.path().join("IBM.csv"), folder.path().join("BLUE.csv")).unwrap();
    let source = FolderSource::open(folder.path()).unwrap();
    assert!(said(&source, "FB").await.ends_with("FB.csv: it leads out of the folder"));
    assert!(matches!(source.universe("list").await, Err(SourceError::UnknownUniverse(_))));
    assert_eq!(
        bars(&source, "BLUE").await.as_deref(),
        Ok(real::bars("IBM").unwrap()),
        "within it links are fine"
    );
    // Nor does a name in an archive.
    let path = folder.path().join("bars.tar");
    let mut archive = tar::Builder::new(Vec::new());
    let text = csv(real::bars("FB").unwrap());
    let mut header = tar::Header::new_gnu();
    let name = b"../../../tmp/EVIL.csv";
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.set_size(text.len() as u64);
    header.set_cksum();
    archive.append(&header, text.as_bytes()).unwrap();
    fs::write(&path, archive.into_inner().unwrap()).unwrap();
    let source = FolderSource::open(&path).unwrap();
    assert_eq!(
        bars(&source, "EVIL").await.as_deref(),
        Ok(real::bars("FB").unwrap()),
        "its name is its symbol, no place"
    );
}
