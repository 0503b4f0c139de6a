//! The files that can be asked for. Their filters are those of the lists (`/api/runs` and so on), without pages.

use super::super::events::event_filter;
use super::super::params::{Named, Params};
use super::super::runs::{kept, run_filter, symbol_filter};
use super::super::shapes::Refusal;
use super::sheet::Sheet;
use super::{Format, answer};
use crate::error::ApiError;
use crate::state::App;
use crate::store::read::events::EventPlace;
use axum::extract::State;
use axum::response::Response;

async fn runs(app: App, params: &Params, format: Format) -> Result<Response, ApiError> {
    params.only(&["from", "to", "trigger", "verdict", "universe", "text"])?;
    answer(app, Sheet::Runs(run_filter(params)?, None), format).await
}

async fn nights(app: App, params: &Params, format: Format) -> Result<Response, ApiError> {
    params.only(&[])?;
    answer(app, Sheet::Nights(None), format).await
}

async fn symbols(app: App, id: &str, params: &Params, format: Format) -> Result<Response, ApiError> {
    params.only(&["state", "phase", "code", "text", "sort"])?;
    let (filter, order) = symbol_filter(params)?;
    let run = kept(&app, id).await?.number;
    answer(app, Sheet::Symbols(run, filter, order, None), format).await
}

async fn problems(app: App, id: &str, params: &Params, format: Format) -> Result<Response, ApiError> {
    params.only(&[])?;
    let run = kept(&app, id).await?.number;
    answer(app, Sheet::Problems(run), format).await
}

async fn events(app: App, params: &Params, format: Format) -> Result<Response, ApiError> {
    params.only(&["run", "channel", "name", "text", "from", "to"])?;
    answer(app, Sheet::Events(event_filter(params)?, EventPlace::After(0)), format).await
}

/// Runs, as a table.
#[utoipa::path(get, path = "/api/runs.csv", tag = "runs",
    params(
        ("from" = Option<String>, Query, description = "from this night on: 2026-11-20"),
        ("to" = Option<String>, Query, description = "up to this night"),
        ("trigger" = Option<String>, Query, description = "automatic or manual"),
        ("verdict" = Option<String>, Query, description = "the verdict's word"),
        ("universe" = Option<String>, Query, description = "one of its universes"),
        ("text" = Option<String>, Query, max_length = 200, description = "stands in its id, a universe or its reason")
    ),
    responses((status = 200, description = "a table, one row a run", content_type = "text/csv", body = String), (status = 400, body = Refusal), (status = 503, body = Refusal)))]
pub async fn runs_csv(State(app): State<App>, params: Params) -> Result<Response, ApiError> {
    runs(app, &params, Format::Csv).await
}

/// Runs, as a file of objects.
#[utoipa::path(get, path = "/api/runs.jsonl", tag = "runs",
    params(
        ("from" = Option<String>, Query, description = "from this night on: 2026-11-20"),
        ("to" = Option<String>, Query, description = "up to this night"),
        ("trigger" = Option<String>, Query, description = "automatic or manual"),
        ("verdict" = Option<String>, Query, description = "the verdict's word"),
        ("universe" = Option<String>, Query, description = "one of its universes"),
        ("text" = Option<String>, Query, max_length = 200, description = "stands in its id, a universe or its reason")
    ),
    responses((status = 200, description = "an object a line, one a run", content_type = "application/jsonl", body = String), (status = 400, body = Refusal), (status = 503, body = Refusal)))]
pub async fn runs_jsonl(State(app): State<App>, params: Params) -> Result<Response, ApiError> {
    runs(app, &params, Format::JsonLines).await
}

/// Nights, as a table.
#[utoipa::path(get, path = "/api/nights.csv", tag = "nights",
    responses((status = 200, description = "a table, one row a night", content_type = "text/csv", body = String), (status = 400, body = Refusal), (status = 503, body = Refusal)))]
pub async fn nights_csv(State(app): State<App>, params: Params) -> Result<Response, ApiError> {
    nights(app, &params, Format::Csv).await
}

/// Nights, as a file of objects.
#[utoipa::path(get, path = "/api/nights.jsonl", tag = "nights",
    responses((status = 200, description = "an object a line, one a night", content_type = "application/jsonl", body = String), (status = 400, body = Refusal), (status = 503, body = Refusal)))]
pub async fn nights_jsonl(State(app): State<App>, params: Params) -> Result<Response, ApiError> {
    nights(app, &params, Format::JsonLines).await
}

/// Symbols of a run, as a table.
#[utoipa::path(get, path = "/api/runs/{id}/symbols.csv", tag = "runs",
    params(
        ("id" = String, Path, description = "the run's id"),
        ("state" = Option<String>, Query, description = "done, failed or skipped"),
        ("phase" = Option<String>, Query, description = "the phase of its failure, or of its last outcome"),
        ("code" = Option<String>, Query, description = "the cause's code"),
        ("text" = Option<String>, Query, max_length = 32, description = "how its name begins"),
        ("sort" = Option<String>, Query, description = "symbol (unless told) or duration")
    ),
    responses((status = 200, description = "a table, one row a symbol", content_type = "text/csv", body = String), (status = 400, body = Refusal), (status = 404, body = Refusal), (status = 503, body = Refusal)))]
pub async fn symbols_csv(
    State(app): State<App>,
    Named(id): Named,
    params: Params,
) -> Result<Response, ApiError> {
    symbols(app, &id, &params, Format::Csv).await
}

/// Symbols of a run, as a file of objects.
#[utoipa::path(get, path = "/api/runs/{id}/symbols.jsonl", tag = "runs",
    params(
        ("id" = String, Path, description = "the run's id"),
        ("state" = Option<String>, Query, description = "done, failed or skipped"),
        ("phase" = Option<String>, Query, description = "the phase of its failure, or of its last outcome"),
        ("code" = Option<String>, Query, description = "the cause's code"),
        ("text" = Option<String>, Query, max_length = 32, description = "how its name begins"),
        ("sort" = Option<String>, Query, description = "symbol (unless told) or duration")
    ),
    responses((status = 200, description = "an object a line, one a symbol", content_type = "application/jsonl", body = String), (status = 400, body = Refusal), (status = 404, body = Refusal), (status = 503, body = Refusal)))]
pub async fn symbols_jsonl(
    State(app): State<App>,
    Named(id): Named,
    params: Params,
) -> Result<Response, ApiError> {
    symbols(app, &id, &params, Format::JsonLines).await
}

/// Causes and problems of a run, as a table.
#[utoipa::path(get, path = "/api/runs/{id}/problems.csv", tag = "runs",
    params(
        ("id" = String, Path, description = "the run's id")
    ),
    responses((status = 200, description = "a table, one row a problem", content_type = "text/csv", body = String), (status = 400, body = Refusal), (status = 404, body = Refusal), (status = 503, body = Refusal)))]
pub async fn problems_csv(
    State(app): State<App>,
    Named(id): Named,
    params: Params,
) -> Result<Response, ApiError> {
    problems(app, &id, &params, Format::Csv).await
}

/// Causes and problems of a run, as a file of objects.
#[utoipa::path(get, path = "/api/runs/{id}/problems.jsonl", tag = "runs",
    params(
        ("id" = String, Path, description = "the run's id")
    ),
    responses((status = 200, description = "an object a line, one a problem", content_type = "application/jsonl", body = String), (status = 400, body = Refusal), (status = 404, body = Refusal), (status = 503, body = Refusal)))]
pub async fn problems_jsonl(
    State(app): State<App>,
    Named(id): Named,
    params: Params,
) -> Result<Response, ApiError> {
    problems(app, &id, &params, Format::JsonLines).await
}

/// Messages of the log, oldest first, as a table.
#[utoipa::path(get, path = "/api/events.csv", tag = "events",
    params(
        ("run" = Option<String>, Query, description = "of this run"),
        ("channel" = Option<String>, Query, description = "on this channel"),
        ("name" = Option<String>, Query, description = "of this name"),
        ("text" = Option<String>, Query, max_length = 200, description = "whose first 16 KiB hold this text"),
        ("from" = Option<String>, Query, description = "received at or after: 2026-11-20T21:10:00Z"),
        ("to" = Option<String>, Query, description = "received before")
    ),
    responses((status = 200, description = "a table, one row a message", content_type = "text/csv", body = String), (status = 400, body = Refusal), (status = 503, body = Refusal)))]
pub async fn events_csv(State(app): State<App>, params: Params) -> Result<Response, ApiError> {
    events(app, &params, Format::Csv).await
}

/// Messages of the log, oldest first, as a file of objects.
#[utoipa::path(get, path = "/api/events.jsonl", tag = "events",
    params(
        ("run" = Option<String>, Query, description = "of this run"),
        ("channel" = Option<String>, Query, description = "on this channel"),
        ("name" = Option<String>, Query, description = "of this name"),
        ("text" = Option<String>, Query, max_length = 200, description = "whose first 16 KiB hold this text"),
        ("from" = Option<String>, Query, description = "received at or after: 2026-11-20T21:10:00Z"),
        ("to" = Option<String>, Query, description = "received before")
    ),
    responses((status = 200, description = "an object a line, one a message", content_type = "application/jsonl", body = String), (status = 400, body = Refusal), (status = 503, body = Refusal)))]
pub async fn events_jsonl(State(app): State<App>, params: Params) -> Result<Response, ApiError> {
    events(app, &params, Format::JsonLines).await
}
