//! A phase of symbols: few in flight, each told when it is done, what became of it written down.
//!
//! Who came through it in an attempt before is not worked on again and is told again, first: each attempt's account is the whole run's.
//!
//! Invariant: an outcome is written only after everything that was said of it is sent or kept. Who is killed between the two does a
//! symbol once more and says it once more; nobody is left out.

use super::Run;
use super::share::Share;
use super::tell::{Names, percent, told, whole};
use crate::publish::Message;
use domain::phase::Phase;
use processor::source::{Source, SourceError};
use processor::store::{Outcome, State, StoreError};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Outcomes that are written in one go.
const BATCH: usize = 8;

/// What was made of a symbol.
#[derive(Default)]
pub struct Made {
    /// Bars imported, values computed, patterns found.
    pub figure: u64,
    /// There was too little to do it with: not a failure.
    pub skipped: u64,
    /// What is said of it, before that it is done.
    pub messages: Vec<Message>,
}

/// Why nothing was made of a symbol.
pub enum Trouble {
    /// It is the symbol's own.
    Symbol { code: &'static str, message: String, after: Option<Duration> },
    /// Nothing can be written down any more: the phase stops.
    Stop { code: &'static str, message: String },
    /// The run was cancelled meanwhile.
    Cancelled,
}

impl Trouble {
    /// A symbol's own.
    pub fn symbol(code: &'static str, message: impl Into<String>) -> Self {
        Self::Symbol { code, message: message.into(), after: None }
    }
}

impl From<SourceError> for Trouble {
    fn from(cause: SourceError) -> Self {
        let (code, message) = (cause.code(), cause.to_string());
        match cause {
            SourceError::RateLimited { after } => Self::Symbol { code, message, after },
            _ => Self::Symbol { code, message, after: None },
        }
    }
}

impl From<StoreError> for Trouble {
    fn from(cause: StoreError) -> Self {
        match cause {
            StoreError::Corrupt { .. } => Self::symbol("CORRUPT_DATA", cause.to_string()),
            cause => Self::Stop { code: cause.code(), message: cause.to_string() },
        }
    }
}

/// What came of a phase.
#[derive(Default)]
pub struct Phased {
    /// How many came through.
    pub good: usize,
    /// Who did not.
    pub failed: BTreeSet<String>,
    /// All figures together.
    pub figure: u64,
    /// All that was skipped.
    pub skipped: u64,
}

/// All figures of a phase together, however it ended.
pub fn figure(phased: &Result<Phased, Stop>) -> u64 {
    match phased {
        Ok(phased) => phased.figure,
        Err(stop) => stop.figure,
    }
}

/// Who failed in a phase, however it ended.
pub fn failed(phased: &Result<Phased, Stop>) -> &BTreeSet<String> {
    match phased {
        Ok(phased) => &phased.failed,
        Err(stop) => &stop.failed,
    }
}

/// A phase could not go on.
pub struct Stop {
    /// Why, for people.
    pub message: String,
    /// How many came through before.
    pub good: usize,
    /// Who did not.
    pub failed: BTreeSet<String>,
    /// All figures together.
    pub figure: u64,
}

/// What is told of a symbol that is through; the name of its figure.
fn result(phase: &Phase) -> &'static str {
    if *phase == Phase::Import { "records_imported" } else { "values" }
}

/// Works on symbols. An error: the phase stopped; what was in flight came to its end.
pub async fn each<S: Source, F: Future<Output = Result<Made, Trouble>> + Send + 'static>(
    run: &Arc<Run<S>>,
    names: &'static Names,
    share: Share,
    work: fn(Arc<Run<S>>, String) -> F,
) -> Result<Phased, Stop> {
    let total = share.total();
    let (mut waiting, mut tasks, mut outcomes) = (share.todo.into_iter(), JoinSet::new(), Vec::new());
    let (mut phased, mut stop) = (Phased::default(), None);
    for before in share.done {
        let made = Made { figure: before.figure.try_into().unwrap_or(0), ..Made::default() };
        tell(run, names, &mut phased, total, (before.symbol, Ok(made), None)).await;
    }
    run.teller.progress().begin_here();
    loop {
        while tasks.len() < run.concurrency && stop.is_none() && !run.is_cancelled() {
            let Some(symbol) = waiting.next() else { break };
            let (run, began) = (run.clone(), Instant::now());
            tasks.spawn(async move {
                let made = work(run, symbol.clone()).await;
                (symbol, made, began.elapsed())
            });
        }
        let Some(done) = tasks.join_next().await else { break };
        let trouble = match done {
            Ok((_, Err(Trouble::Cancelled), _)) => continue,
            Ok((symbol, Err(Trouble::Stop { code, message }), _)) => Some((code, message, Some(symbol))),
            Ok((symbol, made, took)) => {
                outcomes.push(tell(run, names, &mut phased, total, (symbol, made, Some(took))).await);
                None
            }
            Err(cause) => Some(("INTERNAL", format!("a task broke: {cause}"), None)),
        };
        let trouble = match trouble {
            None if outcomes.len() >= BATCH => write(run, names, &mut outcomes).await.err(),
            trouble => trouble,
        };
        if let Some((code, message, symbol)) = trouble.filter(|_| stop.is_none()) {
            run.teller.problem(names, "error", code, &message, json!({ "symbol": symbol })).await;
            stop = Some(message);
        }
    }
    if let Err((code, message, _)) = write(run, names, &mut outcomes).await
        && stop.is_none()
    {
        run.teller.problem(names, "error", code, &message, json!({})).await;
        stop = Some(message);
    }
    match stop {
        Some(message) => {
            Err(Stop { message, good: phased.good, failed: phased.failed, figure: phased.figure })
        }
        None => Ok(phased),
    }
}

async fn write<S: Source>(
    run: &Run<S>,
    names: &Names,
    outcomes: &mut Vec<Outcome>,
) -> Result<(), (&'static str, String, Option<String>)> {
    if outcomes.is_empty() {
        return Ok(());
    }
    run.teller.flush().await;
    let written = run.store.put_outcomes(&run.teller.id, names.phase.key(), outcomes).await;
    outcomes.clear();
    written.map_err(|cause| (cause.code(), cause.to_string(), None))
}

/// Tells what became of a symbol, and how far the phase is. Without the time that it took: it was done before.
async fn tell<S: Source>(
    run: &Run<S>,
    names: &Names,
    phased: &mut Phased,
    total: usize,
    (symbol, made, took): (String, Result<Made, Trouble>, Option<Duration>),
) -> Outcome {
    let mut said = json!({ "symbol": symbol, "success": made.is_ok() });
    if let Some(took) = took {
        said["processing_time_ms"] = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).into();
    }
    if names.phase == Phase::Import {
        let frames: Vec<&str> = run.plan.frames.iter().map(|frame| frame.key()).collect();
        said["timeframes_processed"] = frames.into();
    } else {
        said["phase"] = names.phase.key().into();
    }
    let mut outcome =
        Outcome { symbol: symbol.clone(), state: State::Done, code: None, message: None, figure: 0 };
    match made {
        Ok(Made { figure, skipped, messages }) => {
            run.teller.say_all(messages).await;
            said[result(&names.phase)] = figure.into();
            phased.good += 1;
            phased.figure += figure;
            phased.skipped += skipped;
            outcome.figure = i64::try_from(figure).unwrap_or(i64::MAX);
            if figure == 0 && skipped > 0 {
                outcome.state = State::Skipped;
            }
        }
        Err(Trouble::Symbol { code, message, after }) => {
            let mut context = json!({ "symbol": symbol });
            if let Some(after) = after {
                context["retry_after"] = after.as_secs().into();
            }
            run.teller.problem(names, "error", code, &message, context).await;
            said[result(&names.phase)] = 0.into();
            said["error_code"] = code.into();
            phased.failed.insert(symbol.clone());
            outcome = Outcome {
                state: State::Failed,
                code: Some(code.to_owned()),
                message: Some(message),
                ..outcome
            };
        }
        Err(Trouble::Stop { .. } | Trouble::Cancelled) => {}
    }
    run.teller.say(names.channels[1], "symbol_processing_complete", names.source, said).await;
    progress(run, names, phased, total, (symbol, took)).await;
    outcome
}

/// Tells how far the phase is; of the import the tracker tells it too.
async fn progress<S: Source>(
    run: &Run<S>,
    names: &Names,
    phased: &Phased,
    total: usize,
    (symbol, took): (String, Option<Duration>),
) {
    let (good, failed) = (phased.good, phased.failed.len());
    let processed = good + failed;
    let left = {
        let mut progress = run.teller.progress();
        (progress.processed, progress.failed, progress.current) = (processed, failed, Some(symbol.clone()));
        progress.took += took.unwrap_or_default();
        progress.left().map(whole)
    };
    if !told(processed, total) {
        return;
    }
    let mut payload = json!({
        "completed_symbols": processed, "total_symbols": total, "percent_complete": percent(processed, total),
        "current_symbol": symbol, "eta_seconds": left
    });
    if names.phase == Phase::Patterns {
        payload["patterns_detected"] = phased.figure.into();
    }
    run.teller.say(names.channels[1], names.events[1], names.source, payload).await;
    if let Some(message) = run.teller.tracked().filter(|_| names.phase == Phase::Import) {
        run.teller.say_all(vec![message]).await;
    }
}

/// A phase's end in figures: of symbols, and whether it stopped. Who failed is told as a number; an import names them (contract §3.3).
pub fn figures(phased: &Result<Phased, Stop>, total: usize, seconds: f64) -> Value {
    let good = match phased {
        Ok(phased) => phased.good,
        Err(stop) => stop.good,
    };
    let failed = failed(phased);
    let mut payload = json!({
        "total_symbols": total, "successful_symbols": good, "failed_symbols": failed.len(), "success_rate": percent(good, total),
        "duration_seconds": whole(seconds)
    });
    if let Err(stop) = phased {
        payload["status"] = "failed".into();
        payload["message"] = stop.message.clone().into();
    }
    payload
}
