//! A store of one test alone, on either engine, and rows to fill it with.

use super::postgres::Postgres;
use domain::phase::Phase;
use domain::record::{
    FailureCode, Marks, Outcome, OutcomeStatus, PhaseRecord, PhaseStatus, Problem, Progress, RunRecord,
    RunStatus, Severity, Symbol, Trigger, Unit,
};
use domain::time::{DAY, MINUTE, Millis};
use domain::verdict::{RunView, judge};
use serde::Serialize;
use server::store::Store;
use server::store::lease::Lease;
use server::store::rows::{Batch, EventRow, PhaseRow, RunRow, RunRows, SymbolRow};
use sqlx::{AnyConnection, Connection};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

/// Each of these tests on both engines.
macro_rules! on_both {
    ($($name:ident)+) => {
        mod sqlite { $(#[tokio::test] async fn $name() { super::$name(super::Stage::sqlite().await).await; })+ }
        mod postgres { $(#[tokio::test] async fn $name() { super::$name(super::Stage::postgres().await).await; })+ }
    };
}
pub(crate) use on_both;

/// A night in November 2026.
pub const NIGHT: i64 = 20_777;

/// A moment after all nights of a test.
pub const NOW: Millis = (NIGHT + 100) * DAY;

/// Sizes of pages, differently in each run of the test; the seed is said when it fails.
pub fn sizes() -> impl Iterator<Item = i64> {
    let seed: u64 = rand::random();
    println!("seed {seed}");
    let mut state = seed | 1;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(state >> 33).unwrap() % 9 + 1
    })
}

/// A store of one test alone, with the right to write to it.
pub struct Stage {
    pub store: Store,
    pub lease: Lease,
    pub url: String,
    folder: Option<PathBuf>,
    _postgres: Option<Postgres>,
}

impl Stage {
    pub async fn sqlite() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("closing-bell-store-{}-{number}", std::process::id()));
        let url = format!("sqlite://{}/closing-bell.db", folder.display());
        Self::open(url, Some(folder), None).await
    }

    pub async fn postgres() -> Self {
        let postgres = Postgres::start().await;
        Self::open(postgres.url(), None, Some(postgres)).await
    }

    /// The database of a server that has not been started yet, or has ended.
    pub async fn at(url: String) -> Self {
        Self::open(url, None, None).await
    }

    /// Lets go of it: whoever comes next may write at once.
    pub async fn leave(self) {
        self.store.release_lease(&self.lease).await.unwrap();
        self.store.close().await;
    }

    async fn open(url: String, folder: Option<PathBuf>, postgres: Option<Postgres>) -> Self {
        let store = Store::open(&url).await.unwrap();
        let (lease, _) = store.take_lease("this test").await.unwrap().unwrap();
        Self { store, lease, url, folder, _postgres: postgres }
    }

    pub async fn write(&self, batch: Batch) {
        self.store.write(&self.lease, &batch).await.unwrap();
    }

    pub async fn write_runs(&self, runs: Vec<RunRows>) {
        self.write(Batch { runs, ..Batch::default() }).await;
    }

    /// Something that no program of ours does.
    pub async fn behind_its_back(&self, statement: &str) {
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        sqlx::query(statement).execute(&mut connection).await.unwrap();
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

fn wire(record: &impl Serialize) -> String {
    serde_json::to_string(record).unwrap()
}

/// A run to be written, and what can be said about it.
pub struct Told {
    pub view: RunView,
    pub number: i64,
    pub symbols: Vec<(String, Symbol)>,
}

/// When the run of a night begins.
pub fn evening(night: i64) -> Millis {
    night * DAY + 21 * 60 * MINUTE
}

/// A run that imported `symbols` symbols in 40 minutes, successfully.
pub fn told(number: i64, id: &str, night: i64, symbols: u32) -> Told {
    let (started, ended) = (evening(night), evening(night) + 40 * MINUTE);
    let run = RunRecord {
        id: id.to_owned(),
        night,
        status: RunStatus::Success,
        trigger: Some(Trigger::Schedule),
        universes: vec!["sp500".to_owned(), "dow30".to_owned()],
        plan: vec![Phase::Import],
        symbols,
        started,
        reported_start: None,
        heard: ended,
        ended: Some(ended),
        adopted: false,
        simulated: false,
        processed: Some(symbols),
        failed: Some(0),
        failing: 0,
        newly: None,
        expected: 0,
        missing: 0,
        repaired: 0,
        repaired_new: 0,
        cancel: None,
        accepted: None,
        retry_of: None,
        left: None,
        records: 1_000,
        indicators: 0,
        patterns: 0,
        percent: None,
        reason: None,
    };
    let phase = PhaseRecord {
        phase: Phase::Import,
        status: PhaseStatus::Done,
        unit: Unit::Symbols,
        total: symbols,
        started: Some(started),
        ended: Some(ended),
        attempt: 1,
        frames: vec!["daily".to_owned()],
    };
    let progress = Progress(symbols, 0, 0, ended, 0, "MSFT".to_owned());
    let view = RunView { slot: 7, run, phases: vec![(phase, progress)], listening: 0 };
    Told { view, number, symbols: Vec::new() }
}

impl Told {
    pub fn with(mut self, change: impl FnOnce(&mut RunView)) -> Self {
        change(&mut self.view);
        self
    }

    /// A symbol that came through, failed or was left out, and how long that took.
    pub fn symbol(mut self, symbol: &str, status: OutcomeStatus, millis: u32) -> Self {
        let failed = status == OutcomeStatus::Failed;
        let outcome = Outcome {
            phase: Phase::Import,
            status,
            at: self.view.run.started + 1_000,
            made: Some(250),
            millis: Some(millis),
            code: failed.then(|| "RATE_LIMIT".to_owned()),
        };
        self.symbols.push((
            symbol.to_owned(),
            Symbol { outcomes: vec![outcome], newly: failed, ..Symbol::default() },
        ));
        self
    }

    /// As the journal writes it.
    pub fn rows(self) -> RunRows {
        let Self { view, number, symbols } = self;
        let now = view.run.ended.unwrap_or(view.run.started);
        let failed = symbols.iter().filter(|(_, symbol)| symbol.failure().is_some()).count();
        let row = RunRow {
            run: number,
            id: view.run.id.clone(),
            night: view.run.night,
            started: view.run.started,
            ended: view.run.ended,
            status: view.run.status.as_str().to_owned(),
            verdict: judge(Some(&view), now).word().to_owned(),
            trigger: view.run.trigger.map(|trigger| trigger.as_str().to_owned()),
            universes: format!(",{},", view.run.universes.join(",")),
            symbols: i64::from(view.symbols()),
            failed: i64::from(view.failed()),
            simulated: 0,
            record: wire(&view.run),
            sync: None,
        };
        let phases = view.phases.iter().enumerate().map(|(position, (phase, progress))| PhaseRow {
            phase: phase.phase.key().to_owned(),
            position: i64::try_from(position).unwrap(),
            record: wire(phase),
            progress: wire(progress),
            marks: Some(wire(&Marks { failed: vec![now], ..Marks::default() })),
        });
        let cause = FailureCode {
            code: "RATE_LIMIT".to_owned(),
            count: u32::try_from(failed).unwrap(),
            newly: None,
            symbol: "AAPL".to_owned(),
            phase: Phase::Import,
            first: now,
            last: now,
        };
        let problem = Problem {
            code: "SLOW".to_owned(),
            severity: Severity::Warning,
            component: "fetcher".to_owned(),
            message: "asked to wait".to_owned(),
            phase: None,
            symbol: None,
            count: 2,
            first: now,
            last: now,
        };
        let mut problems = vec![("e", "SLOW".to_owned(), wire(&problem))];
        if failed > 0 {
            problems.push(("c", "RATE_LIMIT".to_owned(), wire(&cause)));
        }
        RunRows {
            phases: phases.collect(),
            symbols: symbols.iter().map(symbol_row).collect(),
            problems,
            run: row,
        }
    }
}

fn symbol_row((name, symbol): &(String, Symbol)) -> SymbolRow {
    let outcome = &symbol.outcomes[0];
    SymbolRow {
        symbol: name.clone(),
        failed: i64::from(outcome.status == OutcomeStatus::Failed),
        newly: i64::from(symbol.newly),
        phase: outcome.phase.key().to_owned(),
        code: outcome.code.clone(),
        millis: outcome.millis.map_or(0, i64::from),
        made: outcome.made.map_or(0, i64::from),
        record: wire(symbol),
    }
}

/// A message of the log.
pub fn event(n: i64, run: Option<&str>, raw: &[u8]) -> EventRow {
    EventRow {
        n,
        at: evening(NIGHT) + n * 1_000,
        source: "c",
        stream_id: None,
        channel: if n % 2 == 0 { "tickstock:even" } else { "tickstock:odd" }.to_owned(),
        fingerprint: n * 7,
        kind: "night",
        name: "import_progress".to_owned(),
        run: run.map(ToOwned::to_owned),
        symbol: None,
        length: i64::try_from(raw.len()).unwrap(),
        raw: raw.to_vec(),
    }
}
