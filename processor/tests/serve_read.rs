//! What is stored, asked for over HTTP: by any name that is known, and what has no answer says why.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod source;
mod support;

use processor::sample::real;
use serde_json::{Value, json};
use source::csv;
use support::http::Answer;
use support::stage::{INDICATORS, NIGHT, Stage, Way};
use tempfile::TempDir;

/// A processor that knows `aapl`, which is written so, and `MSFT`.
fn stage() -> (TempDir, Stage) {
    let folder = TempDir::new().unwrap();
    for (name, symbol) in [("aapl", "AAPL"), ("MSFT", "MSFT")] {
        std::fs::write(folder.path().join(format!("{name}.csv")), csv(real::bars(symbol).unwrap())).unwrap();
    }
    let mut stage = Stage::serve(&["--no-schedule", "--source", folder.path().to_str().unwrap()]);
    stage.begin(Way::Http, &NIGHT, "night", json!({}));
    stage.ended("night");
    (folder, stage)
}

fn ask(stage: &Stage, path: &str) -> Answer {
    stage.send("GET", path, &Value::Null).answer()
}

#[test]
fn what_is_stored_is_read_by_its_name_and_what_has_no_effect_is_refused_by_its_own() {
    let (_folder, mut stage) = stage();
    for (path, symbol) in [
        ("/symbols/aapl", "aapl"),
        ("/symbols/msft", "MSFT"),
        ("/bars/aapl?limit=1", "aapl"),
        ("/indicators/msft?limit=1&indicator=rsi_14", "MSFT"),
        ("/patterns/aapl?frame=1day", "aapl"),
        ("/bars/MSFT?limit=1&frame=week", "MSFT"),
        ("/bars/MSFT?timeframe=1month", "MSFT"),
    ] {
        let answer = ask(&stage, path);
        assert_eq!((answer.status, &answer.json()["symbol"]), (200, &json!(symbol)), "{path}: {answer:?}");
    }
    for (path, field, why) in [
        ("/patterns/MSFT?pattern=Doji", "pattern", "limit, from, frame"),
        ("/symbols/MSFT?frame=daily", "frame", "none"),
        ("/bars/MSFT?limit=0", "limit", "from 1 to 5000"),
        ("/bars/MSFT?frame=hourly", "frame", "daily, weekly, monthly"),
        ("/api/processing/cache-sync/history?limit=0", "limit", "from 1 to 100"),
    ] {
        let answer = ask(&stage, path);
        let said = answer.json();
        assert_eq!(
            (answer.refused(), &said["field"]),
            ((400, "bad_request".into()), &json!(field)),
            "{path}"
        );
        assert!(said["message"].as_str().unwrap().contains(why), "{path}: {said}");
    }
    assert_eq!(ask(&stage, "/symbols/nobody").refused(), (404, "unknown_symbol".into()));
    assert_eq!(ask(&stage, "/indicators/nobody").refused(), (404, "unknown_symbol".into()));
    let values = ask(&stage, "/indicators/MSFT?limit=1").body;
    let places =
        ["sma_5", "sma_200", "ema_5", "bb_upper", "bb_middle", "bb_lower", "stoch_k", "stoch_d", "adx_14"]
            .map(|name| values.find(&format!("{name:?}:")).unwrap());
    assert!(places.is_sorted(), "in the order of the indicators: {values}");
    let late = ask(&stage, "/indicators/MSFT?from=2020-01-01").json();
    assert_eq!(late["dates"], json!([]), "there are values, and none since then");
    // Nobody has computed over weeks yet.
    let weekly = ask(&stage, "/indicators/MSFT?frame=weekly");
    assert_eq!(weekly.refused(), (404, "not_computed".into()));
    let said = weekly.json()["message"].as_str().unwrap().to_owned();
    assert!(
        said.contains("no weekly values of MSFT") && said.contains("--timeframes names (daily)"),
        "{said}"
    );
    stage.begin(Way::Http, &INDICATORS, "weeks", json!({ "timeframe": "1week", "symbols": ["MSFT"] }));
    stage.ended("weeks");
    assert_eq!(ask(&stage, "/indicators/MSFT?frame=weekly").status, 200);
}

#[test]
fn prices_are_told_as_they_were_read_and_those_of_weeks_as_they_would_be_written() {
    let (_folder, stage) = stage();
    for (name, symbol) in [("aapl", "AAPL"), ("MSFT", "MSFT")] {
        let told = ask(&stage, &format!("/bars/{name}?limit=5000")).json();
        for (told, bar) in told["bars"].as_array().unwrap().iter().zip(real::bars(symbol).unwrap()) {
            let prices =
                ["open", "high", "low", "close", "adjusted_close"].map(|price| told[price].as_f64().unwrap());
            assert_eq!(prices, [bar.open, bar.high, bar.low, bar.close, bar.adjusted]);
        }
        for frame in ["weekly", "monthly"] {
            let bars = ask(&stage, &format!("/bars/{name}?limit=5000&frame={frame}")).json();
            for bar in bars["bars"].as_array().unwrap() {
                for price in ["open", "high", "low", "close"] {
                    let digits = bar[price].to_string().len();
                    assert!(digits <= 14, "{price} of {bar}");
                }
            }
        }
    }
}
