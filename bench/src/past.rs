//! A long past: a database with thousands of runs, made once and kept beside the build, because it takes longer than measuring it.
//!
//! Old nights are rows, written through the store as the journal writes them. The last runs are real: as many as a board holds are
//! told to a server, the last at a believable pace, so that keyframes, rows and log are what a server leaves behind.

use crate::event::{PHASES, RUN, result_of};
use crate::night::night;
use crate::process::{Process, database_url};
use crate::publisher::Publisher;
use crate::{Options, Outcome};
use domain::phase::Phase;
use domain::record::{
    Outcome as SymbolOutcome, OutcomeStatus, PhaseRecord, PhaseStatus, Progress, RunRecord, RunStatus,
    Symbol, Trigger, Unit,
};
use domain::time::{DAY, HOUR, MINUTE, Millis};
use server::store::Store;
use server::store::rows::{Batch, EventRow, PhaseRow, RunRow, RunRows, SymbolRow};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Part of the name under which it is kept: another one is made when this file makes it differently.
const VERSION: u32 = 4;
/// Runs of a night; symbols of a run; runs that are written together.
const A_NIGHT: i64 = 2;
const SYMBOLS: i64 = 1_000;
const TOGETHER: i64 = 5;
/// Old nights end so many days ago, so that a start does not take them for news.
const QUIET: i64 = 30;
/// The last nights are told to a server: as many runs as a board holds, their symbols, and messages a second of the last one.
const ON_THE_BOARD: usize = 20;
const LAST: usize = 2_000;
const PACE: f64 = 1_500.0;

/// How long a past.
#[derive(Clone, Copy, Debug, Hash)]
pub struct Size {
    /// Runs, of a thousand symbols each.
    pub runs: i64,
    /// Messages of the log.
    pub events: i64,
}

/// A database.
#[derive(Debug)]
pub struct Past {
    /// Its file.
    pub file: PathBuf,
    /// When its last night began and ended.
    pub last: (Millis, Millis),
}

/// The id of an old run.
pub fn run_id(number: i64) -> String {
    format!("night-{number:06}")
}

/// The database of that size; made, if it is not there.
pub async fn of(options: &Options, size: Size) -> Outcome<Past> {
    let mut hasher = DefaultHasher::new();
    (VERSION, size, include_str!("../../server/migrations/0001_journal.sql")).hash(&mut hasher);
    let own = std::env::current_exe().map_err(|cause| cause.to_string())?;
    let name = format!("bench-past-{}-{:016x}", size.runs, hasher.finish());
    let folder = own.with_file_name(name);
    if !folder.exists() {
        let begun = Instant::now();
        let unfinished = folder.with_extension("unfinished");
        // Of one that was broken off nothing is worth keeping.
        let _ = std::fs::remove_dir_all(&unfinished);
        make(options, size, unfinished.join("closing-bell.db")).await?;
        std::fs::rename(&unfinished, &folder).map_err(|cause| format!("{}: {cause}", folder.display()))?;
        eprintln!("a past of {} runs was made in {:.0} s", size.runs, begun.elapsed().as_secs_f64());
    }
    let file = folder.join("closing-bell.db");
    let store = open(&file).await?;
    let run = store.run(RUN).await.map_err(|cause| cause.to_string())?.ok_or("the past has no last run")?;
    store.close().await;
    let run = run.view.run;
    Ok(Past { file, last: (run.started, run.ended.unwrap_or(run.heard)) })
}

async fn open(file: &std::path::Path) -> Outcome<Store> {
    Store::open(&database_url(file)).await.map_err(|cause| cause.to_string())
}

async fn make(options: &Options, size: Size, file: PathBuf) -> Outcome {
    let store = open(&file).await?;
    let lease = store.take_lease("bench").await.map_err(|cause| cause.to_string())?;
    let (lease, _) = lease.ok_or("somebody else writes the past")?;
    let today = now().div_euclid(DAY);
    let mut n = 0;
    // Messages are forgotten before runs: they are of the last nights.
    let with_log = 120.min(size.runs);
    for first in (0..size.runs).step_by(usize::try_from(TOGETHER).unwrap_or(1)) {
        let mut batch = Batch::default();
        for number in first..(first + TOGETHER).min(size.runs) {
            let night = today - QUIET - (size.runs - 1 - number) / A_NIGHT;
            let started = night * DAY + 21 * HOUR + number % A_NIGHT * HOUR;
            batch.runs.push(run(number, night, started).map_err(|cause| cause.to_string())?);
            if number >= size.runs - with_log {
                for event in 0..size.events / with_log {
                    n += 1;
                    batch.events.push(message(n, number, event, started + event));
                }
            }
        }
        store.write(&lease, &batch).await.map_err(|cause| cause.to_string())?;
    }
    store.release_lease(&lease).await.map_err(|cause| cause.to_string())?;
    store.close().await;
    let redis = Process::redis(options).await?;
    let server = Process::keeper(options, &redis, &file).await?;
    server.answering().await?;
    let mut publisher = Publisher::to(&redis).await?;
    for number in 1..ON_THE_BOARD {
        let days = i64::try_from(ON_THE_BOARD - number).unwrap_or(0);
        let evening = (today - days) * DAY + 21 * HOUR;
        publisher.add_since(&night(&format!("earlier-{number:02}"), LAST), evening).await?;
    }
    // The last night is told once the others are kept, so that its keyframes are as far apart as those of a night are.
    ended(&file, &format!("earlier-{:02}", ON_THE_BOARD - 1)).await?;
    publisher.add_all(&night(RUN, LAST), PACE).await?;
    ended(&file, RUN).await?;
    server.stop().await
}

/// Waits until a run has ended in the database.
async fn ended(file: &std::path::Path, id: &str) -> Outcome {
    let store = open(file).await?;
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(60) {
        let run = store.run(id).await.map_err(|cause| cause.to_string())?;
        if run.is_some_and(|run| run.view.run.status.ended()) {
            store.close().await;
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(format!("the run {id} does not end"))
}

fn run(number: i64, night: i64, started: Millis) -> Result<RunRows, serde_json::Error> {
    let (ended, symbols) = (started + 40 * MINUTE, u32::try_from(SYMBOLS).unwrap_or(0));
    let failed = symbols / 50;
    let record = RunRecord {
        id: run_id(number),
        night,
        status: RunStatus::Success,
        trigger: Some(if number % A_NIGHT == 0 { Trigger::Schedule } else { Trigger::Manual }),
        universes: vec!["sp500".to_owned()],
        plan: PHASES.iter().map(|phase| Phase::parse(phase)).collect(),
        symbols,
        started,
        reported_start: None,
        heard: ended,
        ended: Some(ended),
        adopted: false,
        simulated: false,
        processed: Some(symbols),
        failed: Some(failed),
        failing: failed,
        newly: Some(0),
        expected: 0,
        missing: 0,
        repaired: 0,
        repaired_new: 0,
        cancel: None,
        accepted: None,
        retry_of: None,
        left: None,
        records: 250_000,
        indicators: 0,
        patterns: 0,
        percent: None,
        reason: None,
    };
    let mut rows = RunRows {
        run: RunRow {
            run: number + 1,
            id: record.id.clone(),
            night,
            started,
            ended: Some(ended),
            status: record.status.as_str().to_owned(),
            verdict: "To retry".to_owned(),
            trigger: record.trigger.map(|trigger| trigger.as_str().to_owned()),
            universes: ",sp500,".to_owned(),
            symbols: SYMBOLS,
            failed: i64::from(failed),
            simulated: 0,
            record: serde_json::to_string(&record)?,
            sync: None,
        },
        ..RunRows::default()
    };
    for (position, name) in (0..).zip(PHASES) {
        let phase = PhaseRecord {
            phase: Phase::parse(name),
            status: PhaseStatus::Done,
            unit: Unit::Symbols,
            total: symbols,
            started: Some(started + position * 10 * MINUTE),
            ended: Some(started + (position + 1) * 10 * MINUTE),
            attempt: 1,
            frames: Vec::new(),
        };
        let progress = Progress(symbols - failed, failed, 0, ended, 0, String::new());
        rows.phases.push(PhaseRow {
            phase: phase.phase.key().to_owned(),
            position,
            record: serde_json::to_string(&phase)?,
            progress: serde_json::to_string(&progress)?,
            marks: None,
        });
    }
    for number in 0..SYMBOLS {
        rows.symbols.push(symbol(number, started)?);
    }
    Ok(rows)
}

fn symbol(number: i64, started: Millis) -> Result<SymbolRow, serde_json::Error> {
    let failed = number % 50 == 7;
    let outcome = |(position, phase): (i64, &&str)| SymbolOutcome {
        phase: Phase::parse(phase),
        status: if failed { OutcomeStatus::Failed } else { OutcomeStatus::Done },
        at: started + position * 10 * MINUTE + number,
        made: Some(250),
        millis: Some(412),
        code: failed.then(|| "API_RATE_LIMIT".to_owned()),
    };
    let phases = if failed { 1 } else { PHASES.len() };
    let record = Symbol {
        outcomes: (0..).zip(PHASES.iter()).take(phases).map(outcome).collect(),
        ..Symbol::default()
    };
    Ok(SymbolRow {
        symbol: format!("S{number}"),
        failed: i64::from(failed),
        newly: 0,
        phase: PHASES.get(phases - 1).copied().unwrap_or_default().to_owned(),
        code: failed.then(|| "API_RATE_LIMIT".to_owned()),
        millis: 412 * i64::try_from(phases).unwrap_or(0),
        made: 250,
        record: serde_json::to_string(&record)?,
    })
}

fn message(n: i64, run: i64, event: i64, at: Millis) -> EventRow {
    let run = run_id(run);
    let (symbol, phase) = (event % SYMBOLS, event / SYMBOLS);
    let raw = result_of(
        &run,
        usize::try_from(symbol).unwrap_or(0),
        usize::try_from(phase).unwrap_or(0) % PHASES.len(),
    );
    let mut hasher = DefaultHasher::new();
    raw.hash(&mut hasher);
    EventRow {
        n,
        at,
        source: "s",
        stream_id: Some(format!("{at}-0")),
        channel: crate::event::CHANNEL.to_owned(),
        fingerprint: hasher.finish().cast_signed(),
        kind: "night",
        name: "symbol_processing_complete".to_owned(),
        run: Some(run),
        symbol: Some(format!("S{symbol}")),
        length: i64::try_from(raw.len()).unwrap_or(0),
        raw: raw.into_bytes(),
    }
}

fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
