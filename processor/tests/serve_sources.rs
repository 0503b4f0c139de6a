//! The real producer over files and over a provider's API: what is broken or away fails by its code, the program goes on, and a retry
//! helps.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod provider;
mod source;
mod support;

use axum::response::Response;
use domain::record::RunStatus;
use processor::bar::iso;
use processor::sample::real;
use processor::sessions;
use provider::{Asked, Provider, never};
use serde_json::{Value, json};
use source::{HEAD, csv};
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};
use support::PROVIDER_KEY;
use support::redis::port;
use support::stage::{NIGHT, RETRY, Stage, Way};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const SYMBOLS: [&str; 5] = ["AAPL", "FB", "GOOG", "IBM", "MSFT"];

/// A file for each symbol.
fn fill(folder: &Path) {
    for symbol in SYMBOLS {
        fs::write(folder.join(format!("{symbol}.csv")), csv(real::bars(symbol).unwrap())).unwrap();
    }
}

fn serve(source: &Path) -> Stage {
    Stage::serve(&["--no-schedule", "--source", source.to_str().unwrap()])
}

/// Each that failed, with its code.
fn failed<'s>(stage: &Stage, run: &str, symbols: impl IntoIterator<Item = &'s str>, code: &str) {
    let mut told = stage.failures(run);
    told.sort();
    let expected: Vec<_> = symbols.into_iter().map(|symbol| (symbol.to_owned(), code.to_owned())).collect();
    assert_eq!(told, expected);
}

#[test]
fn a_corrupt_file_is_its_symbols_trouble_and_once_it_is_mended_a_retry_completes() {
    let folder = TempDir::new().unwrap();
    fill(folder.path());
    let broken = folder.path().join("GOOG.csv");
    fs::write(&broken, csv(&real::bars("GOOG").unwrap()[..9]) + "2004-09-01,x,1,1,1,1,1\n").unwrap();
    let mut stage = serve(folder.path());
    stage.begin(Way::Http, &NIGHT, "night", json!({}));
    let view = stage.ended("night");
    assert_eq!((view.run.status, view.symbols(), view.failed()), (RunStatus::Success, 5, 1));
    failed(&stage, "night", ["GOOG"], "CORRUPT_DATA");
    let said = stage.heard.iter().find(|heard| heard.event() == "error").unwrap();
    let sentence = said.payload()["message"].as_str().unwrap();
    assert!(sentence.contains("GOOG.csv: line 11, column open"), "{sentence}");
    fs::write(&broken, csv(real::bars("GOOG").unwrap())).unwrap();
    stage.begin(Way::Http, &RETRY, "retry", json!({ "original_run_id": "night" }));
    let view = stage.ended("retry");
    assert_eq!((view.run.status, view.symbols(), view.failed()), (RunStatus::Success, 1, 0));
}

/// Who is up to date is asked for, too: a run of the same day takes as long, and brings what was corrected since.
#[test]
fn the_last_bar_is_asked_for_again_also_on_its_day() {
    let folder = TempDir::new().unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    let today = iso(sessions::finished(now.try_into().unwrap()).unwrap());
    let write = |close: &str| {
        let bar = format!("{HEAD}{today},10,12,9,{close},1000,{close}\n");
        fs::write(folder.path().join("AAPL.csv"), bar).unwrap();
    };
    write("10");
    let mut stage = serve(folder.path());
    for (run, close) in [("night", "10"), ("again", "11")] {
        write(close);
        stage.begin(Way::Http, &NIGHT, run, json!({}));
        assert_eq!(stage.ended(run).run.status, RunStatus::Success);
        let told = stage.send("GET", "/bars/AAPL", &Value::Null).answer().json();
        assert_eq!(told["bars"][0]["close"].as_f64(), close.parse().ok(), "{run}: {told}");
    }
}

/// Why a run failed as a whole: its code and its sentence, which are said once, and are the reason of its end.
fn whole(source: &Path) -> (String, String) {
    let mut stage = serve(source);
    stage.begin(Way::Http, &NIGHT, "night", json!({}));
    let view = stage.ended("night");
    assert_eq!((view.run.status, view.symbols()), (RunStatus::Failed, 0));
    let said: Vec<&Value> = (stage.heard.iter())
        .filter(|heard| heard.channel == "tickstock:errors")
        .map(support::stage::Heard::payload)
        .collect();
    let [said] = said[..] else { panic!("{said:?}") };
    assert_eq!((&said["severity"], &said["context"]["run_id"]), (&json!("error"), &json!("night")));
    assert_eq!(view.run.reason.as_deref(), said["message"].as_str());
    let text = |field: &str| said[field].as_str().unwrap().to_owned();
    (text("error_code"), text("message"))
}

#[test]
fn a_run_that_fails_as_a_whole_says_so_by_its_code_in_one_sentence() {
    let disk = TempDir::new().unwrap();
    let (empty, missing, cut) =
        (disk.path().join("empty"), disk.path().join("missing"), disk.path().join("cut.zip"));
    fs::create_dir(&empty).unwrap();
    fs::write(&cut, b"PK\x03\x04 and no directory at the end").unwrap();
    let there = |path: &Path| path.display().to_string();
    let sentence = format!("there are no bars in {}; put files such as AAPL.csv there", there(&empty));
    assert_eq!(whole(&empty), ("SOURCE_UNREACHABLE".into(), sentence));
    let sentence =
        format!("there is nothing at {}; bring it back, or name another path with --source", there(&missing));
    assert_eq!(whole(&missing), ("SOURCE_UNREACHABLE".into(), sentence));
    let sentence = "what came cannot be read: cut.zip: it is cut off, or no zip archive; put a whole copy in its place, since without \
                    it nobody knows who is there";
    assert_eq!(whole(&cut), ("CORRUPT_DATA".into(), sentence.into()));
}

#[test]
fn a_folder_that_is_away_is_waited_for_at_the_start_and_later() {
    let disk = TempDir::new().unwrap();
    let (folder, away) = (disk.path().join("bars"), disk.path().join("away"));
    let mut stage = serve(&folder);
    stage.begin(Way::Http, &NIGHT, "nobody", json!({}));
    let view = stage.ended("nobody");
    assert_eq!(view.run.status, RunStatus::Failed);
    let reason = view.run.reason.unwrap();
    assert!(reason.contains("there is nothing at"), "{reason}");
    fs::create_dir(&folder).unwrap();
    fill(&folder);
    stage.begin(Way::Http, &NIGHT, "night", json!({}));
    let view = stage.ended("night");
    assert_eq!((view.run.status, view.symbols(), view.failed()), (RunStatus::Success, 5, 0));
    // Who is in the universe is known by now.
    fs::rename(&folder, &away).unwrap();
    stage.begin(Way::Http, &NIGHT, "later", json!({}));
    assert_eq!(stage.ended("later").run.status, RunStatus::Failed);
    failed(&stage, "later", SYMBOLS, "SOURCE_UNREACHABLE");
    fs::rename(&away, &folder).unwrap();
    stage.begin(Way::Http, &RETRY, "retry", json!({ "original_run_id": "later" }));
    let view = stage.ended("retry");
    assert_eq!((view.run.status, view.symbols(), view.failed()), (RunStatus::Success, 5, 0));
}

/// A provider that is gone, with all its connections, when the runtime is dropped.
fn provider(
    address: SocketAddr,
    answer: impl Fn(&Asked) -> Option<Response> + Clone + Send + Sync + 'static,
) -> (Runtime, Provider) {
    let runtime = Runtime::new().unwrap();
    let provider = runtime.block_on(Provider::at(address, answer));
    (runtime, provider)
}

#[test]
fn a_provider_that_goes_away_fails_who_is_left_and_the_retry_after_its_return_completes() {
    let address = SocketAddr::from(([127, 0, 0, 1], port()));
    let (there, asked_of) = provider(address, |asked| (asked.bars_of() == Some("GOOG")).then(never));
    let lists = TempDir::new().unwrap();
    fs::create_dir(lists.path().join("universes")).unwrap();
    fs::write(lists.path().join("universes/sp500.txt"), SYMBOLS.join("\n")).unwrap();
    let url = format!("http://{address}");
    let mut stage = Stage::serve(&[
        "--no-schedule",
        "--concurrency",
        "1",
        "--source",
        "rest",
        "--rest-url",
        &url,
        "--rest-per-minute",
        "60000",
        "--rest-universes",
        lists.path().to_str().unwrap(),
    ]);
    stage.begin(Way::Http, &NIGHT, "night", json!({}));
    while !asked_of.asked().iter().any(|asked| asked.bars_of() == Some("GOOG")) {
        std::thread::yield_now();
    }
    drop(there);
    let view = stage.ended("night");
    assert_eq!((view.run.status, view.symbols(), view.failed()), (RunStatus::Failed, 5, 3));
    failed(&stage, "night", ["GOOG", "IBM", "MSFT"], "SOURCE_UNREACHABLE");
    let reason = view.run.reason.unwrap();
    assert!(reason.contains("3 of 5 symbols failed") && reason.contains("not reachable"), "{reason}");
    let key = Some(format!("Bearer {PROVIDER_KEY}"));
    assert!(asked_of.asked().iter().all(|asked| asked.key == key));

    let (_there, asked_of) = provider(address, |_| None);
    stage.begin(Way::Redis, &RETRY, "retry", json!({ "original_run_id": "night" }));
    let view = stage.ended("retry");
    assert_eq!((view.run.status, view.symbols(), view.failed()), (RunStatus::Success, 3, 0));
    assert_eq!(stage.view("night").unwrap().run.repaired, 3);
    let asked = asked_of.asked();
    assert!(asked.iter().all(|asked| !["AAPL", "FB"].contains(&asked.bars_of().unwrap_or("AAPL"))));
}
