//! Nights of the past for the pages of the archive: written straight into the store before its server is started, because what
//! is published is always tonight's.

use super::stored::{Stage, Told, event, told};
use domain::record::OutcomeStatus::{Done, Failed};
use domain::record::{RunStatus, Trigger};
use domain::time::{DAY, HOUR, MINUTE, Millis};
use server::store::rows::{Batch, EventRow, RunRows, ValueRow};

/// Nights that are written.
pub const NIGHTS: i64 = 60;
/// A name that would be markup, if anything let it.
pub const HOSTILE: &str = "<img src=x onerror=alert(1)>";

/// Last night: the newest that is written. Tonight's belongs to what is published.
pub fn last_night() -> i64 {
    server::clock::now().div_euclid(DAY) - 1
}

/// A night as an address has it.
pub fn date(night: i64) -> String {
    server::api::params::date(night)
}

/// The id of the run that speaks for a night, `back` nights before the last.
pub fn id(back: i64) -> String {
    format!("run-{back:02}")
}

/// A run of a night: every tenth failed in the producer's words, every seventh has failures to repair, every third was by hand.
fn run(number: i64, back: i64) -> Told {
    let failing = back % 7 == 3;
    let status = |fails: bool| if fails { Failed } else { Done };
    told(number, &id(back), last_night() - back, 500)
        .with(|view| {
            view.run.ended = Some(view.run.started + (40 + back % 5) * MINUTE);
            if back % 10 == 4 {
                view.run.status = RunStatus::Failed;
                view.run.reason = Some(format!("The disk is full {HOSTILE}"));
            }
            if failing {
                (view.run.failed, view.run.newly) = (Some(20), Some(20));
            }
            if back % 3 == 0 {
                view.run.trigger = Some(Trigger::Manual);
            }
            if back == 5 {
                view.run.universes = vec!["etf".to_owned()];
            }
        })
        .symbol("AAPL", Done, 12)
        .symbol("HON", status(failing), 40)
        .symbol(HOSTILE, status(back == 0), 1)
}

/// All of them, newest first, each failed one with a small retry three hours later.
fn runs() -> Vec<RunRows> {
    let mut rows = Vec::new();
    for back in 0..NIGHTS {
        rows.push(run(back * 2 + 1, back).rows());
        if back % 10 == 4 {
            let retry = told(back * 2 + 2, &format!("retry-{back:02}"), last_night() - back, 7);
            rows.push(retry.with(|view| view.run.started += 3 * HOUR).rows());
        }
    }
    rows
}

/// Messages that are written.
pub const MESSAGES: i64 = 250;

/// When a message was received: at 21:00 UTC of last night and so many seconds.
pub fn at(n: i64) -> Millis {
    last_night() * DAY + 21 * HOUR + n * 1_000
}

/// (Not one that makes a run: what the log holds is told again to a server that starts.)
fn message(n: i64) -> EventRow {
    let raw = match n {
        100 => format!("{{\"event\":\"note\",\"payload\":{{\"note\":\"{HOSTILE}\"}}}}"),
        200 => "no JSON at all".to_owned(),
        _ => format!("{{\"event\":\"note\",\"payload\":{{\"run_id\":\"run-00\",\"done\":{n}}}}}"),
    };
    let run = (n % 5 == 0).then_some("run-00");
    let name = if n % 50 == 7 { HOSTILE } else { "import_progress" };
    let symbol = (n % 10 == 1).then(|| "AAPL".to_owned());
    EventRow { at: at(n), name: name.to_owned(), symbol, ..event(n, run, raw.as_bytes()) }
}

/// Writes sixty nights, a log and what was made of a symbol.
pub async fn write(url: String) {
    let stage = Stage::at(url).await;
    let value = |name: &str, body: &str, confidence| ValueRow {
        symbol: "AAPL".to_owned(),
        name: name.to_owned(),
        frame: "daily".to_owned(),
        at: at(1),
        confidence,
        run: None,
        body: body.to_owned(),
    };
    stage
        .write(Batch {
            events: (1..=MESSAGES).map(message).collect(),
            runs: runs(),
            indicators: vec![value("RSI", "{\"values\":{\"rsi\":65.41239}}", None)],
            patterns: vec![value("Hammer", "{}", Some(0.876))],
            ..Batch::default()
        })
        .await;
    stage.leave().await;
}
