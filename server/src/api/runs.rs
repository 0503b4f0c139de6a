//! `/api/runs`: the list, one run, and what belongs to it.

use super::params::{Named, Params, TEXT};
use super::places::SYMBOL;
use super::shapes::{CauseOf, PhaseOf, ProblemOf, Refusal, Run, STATES, SymbolOf};
use crate::clock;
use crate::error::ApiError;
use crate::state::App;
use crate::store::read::runs::{RunFilter, StoredRun};
use crate::store::read::symbols::{SymbolFilter, SymbolOrder};
use app::archive::Wanted;
use axum::Json;
use axum::extract::State;
use domain::record::OutcomeStatus;
use serde::Serialize;
use utoipa::ToSchema;

/// A page of runs.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunList {
    success: bool,
    /// Newest first.
    runs: Vec<Run>,
    /// Where the next page begins (`before`); null: there is none.
    next: Option<String>,
}

/// Which runs, from the parameters; a list takes others besides.
pub(super) fn run_filter(params: &Params, besides: &[&str]) -> Result<RunFilter, ApiError> {
    params.filter_and(&["from", "to", "trigger", "verdict", "universe", "q"], besides)?;
    Ok(RunFilter {
        from: params.night("from")?,
        to: params.night("to")?,
        since: None,
        trigger: params.trigger()?,
        verdicts: params.verdict()?.map(Wanted::words).unwrap_or_default(),
        universe: params.text("universe", 64)?,
        text: params.text("q", TEXT)?,
    })
}

/// Runs, newest first.
#[utoipa::path(get, path = "/api/runs", operation_id = "runs", tag = "runs",
    params(
        ("from" = Option<String>, Query, description = "from this night on: 2026-11-20"),
        ("to" = Option<String>, Query, description = "up to this night"),
        ("trigger" = Option<String>, Query, description = "schedule or manual"),
        ("verdict" = Option<String>, Query, description = "complete, complete-after-retry, to-retry, failed, cancelled, skipped, running or silent"),
        ("universe" = Option<String>, Query, description = "one of its universes"),
        ("q" = Option<String>, Query, max_length = 200, description = "stands in its id, a universe or its reason"),
        ("before" = Option<String>, Query, description = "what an answer gave as `next`"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 500, description = "50 unless told")
    ),
    responses((status = 200, body = RunList), (status = 400, body = Refusal), (status = 503, body = Refusal)))]
pub async fn list(State(app): State<App>, params: Params) -> Result<Json<RunList>, ApiError> {
    let filter = run_filter(&params, &["before", "limit"])?;
    let limit = params.whole("limit", 1..=500)?.unwrap_or(50);
    let (before, now) = (params.place("before")?, clock::now());
    let page = app.store.runs(&filter, before, limit, now).await?;
    let runs = page.runs.iter().map(|run| Run::of(run, now)).collect();
    Ok(Json(RunList { success: true, runs, next: page.next.map(|place| place.text()) }))
}

/// A run with its phases.
#[derive(Debug, Serialize, ToSchema)]
pub struct OneRun {
    success: bool,
    run: Run,
    /// In the order of the night.
    phases: Vec<PhaseOf>,
    /// What its cache sync changed, if there was one.
    #[schema(value_type = Option<Object>)]
    cache_sync: Option<domain::record::Sync>,
}

/// The newest run of an id, or 404.
pub(super) async fn kept(app: &App, id: &str) -> Result<StoredRun, ApiError> {
    app.store.run(id).await?.ok_or(ApiError::NotKept)
}

/// One run. Of several with one id, the newest.
#[utoipa::path(get, path = "/api/runs/{id}", operation_id = "run", tag = "runs", params(("id" = String, Path, description = "its id")),
    responses((status = 200, body = OneRun), (status = 404, body = Refusal), (status = 503, body = Refusal)))]
pub async fn one(State(app): State<App>, Named(id): Named) -> Result<Json<OneRun>, ApiError> {
    let stored = kept(&app, &id).await?;
    let run = Run::of(&stored, clock::now());
    let phases = stored.view.phases.iter().map(PhaseOf::of).collect();
    Ok(Json(OneRun { success: true, run, phases, cache_sync: stored.sync }))
}

/// A page of symbols.
#[derive(Debug, Serialize, ToSchema)]
pub struct SymbolList {
    success: bool,
    /// In the order asked for.
    symbols: Vec<SymbolOf>,
    /// Where the next page begins (`after`); null: there is none.
    next: Option<String>,
}

/// Which symbols and in which order, from the parameters; a list takes others besides.
pub(super) fn symbol_filter(
    params: &Params,
    besides: &[&str],
) -> Result<(SymbolFilter, SymbolOrder), ApiError> {
    params.filter_and(&["state", "phase", "code", "q", "sort"], besides)?;
    let state = params.word("state", &STATES)?.map(|state| match state {
        "done" => OutcomeStatus::Done,
        "failed" => OutcomeStatus::Failed,
        _ => OutcomeStatus::Skipped,
    });
    let phase = params.text("phase", 64)?.map(|phase| domain::phase::Phase::parse(&phase).key().to_owned());
    let order = match params.word("sort", &["symbol", "duration"])? {
        Some("duration") => SymbolOrder::Duration,
        _ => SymbolOrder::Name,
    };
    let filter =
        SymbolFilter { state, phase, code: params.text("code", 64)?, prefix: params.text("q", SYMBOL)? };
    Ok((filter, order))
}

/// Symbols of a run.
#[utoipa::path(get, path = "/api/runs/{id}/symbols", operation_id = "run_symbols", tag = "runs",
    params(
        ("id" = String, Path, description = "the run's id"),
        ("state" = Option<String>, Query, description = "done, failed or skipped"),
        ("phase" = Option<String>, Query, description = "the phase of its failure, or of its last outcome"),
        ("code" = Option<String>, Query, description = "the cause's code"),
        ("q" = Option<String>, Query, max_length = 32, description = "how its name begins"),
        ("sort" = Option<String>, Query, description = "symbol (unless told) or duration, the slowest first"),
        ("after" = Option<String>, Query, description = "what an answer gave as `next`"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 1000, description = "100 unless told")
    ),
    responses((status = 200, body = SymbolList), (status = 400, body = Refusal), (status = 404, body = Refusal), (status = 503, body = Refusal)))]
pub async fn symbols(
    State(app): State<App>,
    Named(id): Named,
    params: Params,
) -> Result<Json<SymbolList>, ApiError> {
    let (filter, order) = symbol_filter(&params, &["after", "limit"])?;
    let (after, limit) = (params.place("after")?, params.whole("limit", 1..=1_000)?.unwrap_or(100));
    let run = kept(&app, &id).await?.number;
    let page = app.store.symbols(run, &filter, order, after, limit).await?;
    let symbols = page.symbols.iter().map(SymbolOf::of).collect();
    Ok(Json(SymbolList { success: true, symbols, next: page.next.map(|place| place.text()) }))
}

/// Why symbols of a run failed, and what went wrong besides.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemList {
    success: bool,
    /// Failed symbols by cause, the most frequent first.
    causes: Vec<CauseOf>,
    /// Error messages by code, the worst first.
    problems: Vec<ProblemOf>,
}

/// Causes and problems of a run.
#[utoipa::path(get, path = "/api/runs/{id}/problems", operation_id = "run_problems", tag = "runs", params(("id" = String, Path, description = "the run's id")),
    responses((status = 200, body = ProblemList), (status = 404, body = Refusal), (status = 503, body = Refusal)))]
pub async fn problems(State(app): State<App>, Named(id): Named) -> Result<Json<ProblemList>, ApiError> {
    let run = kept(&app, &id).await?.number;
    let found = app.store.problems(run).await?;
    let causes = found.causes.iter().map(CauseOf::of).collect();
    let problems = found.problems.iter().map(ProblemOf::of).collect();
    Ok(Json(ProblemList { success: true, causes, problems }))
}
