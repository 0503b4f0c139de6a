//! The files that can be asked for. Their filters are those of the lists (`/api/runs` and so on), without pages.

use super::super::events::event_filter;
use super::super::nights::night_filter;
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
    answer(app, Sheet::Runs(run_filter(params, &[])?, None), format).await
}

async fn nights(app: App, params: &Params, format: Format) -> Result<Response, ApiError> {
    let filter = night_filter(params, &["nights"])?;
    let most = params.whole("nights", 1..=366)?.unwrap_or(i64::MAX);
    answer(app, Sheet::Nights(filter, most), format).await
}

async fn symbols(app: App, id: &str, params: &Params, format: Format) -> Result<Response, ApiError> {
    let (filter, order) = symbol_filter(params, &[])?;
    let run = kept(&app, id).await?.number;
    answer(app, Sheet::Symbols(run, filter, order, None), format).await
}

async fn problems(app: App, id: &str, params: &Params, format: Format) -> Result<Response, ApiError> {
    params.only(&[])?;
    let run = kept(&app, id).await?.number;
    answer(app, Sheet::Problems(run), format).await
}

async fn events(app: App, params: &Params, format: Format) -> Result<Response, ApiError> {
    answer(app, Sheet::Events(event_filter(params, &[])?, EventPlace::After(0)), format).await
}

/// Runs, as a table.
#[utoipa::path(get, path = "/api/runs.csv", tag = "runs",
    params(
        ("from" = Option<String>, Query, description = "from this night on: 2026-11-20"),
        ("to" = Option<String>, Query, description = "up to this night"),
        ("trigger" = Option<String>, Query, description = "schedule or manual"),
        ("verdict" = Option<String>, Query, description = "complete, complete-after-retry, to-retry, failed, cancelled, skipped, running or silent"),
        ("universe" = Option<String>, Query, description = "one of its universes"),
        ("q" = Option<String>, Query, max_length = 200, description = "stands in its id, a universe or its reason")
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
        ("trigger" = Option<String>, Query, description = "schedule or manual"),
        ("verdict" = Option<String>, Query, description = "complete, complete-after-retry, to-retry, failed, cancelled, skipped, running or silent"),
        ("universe" = Option<String>, Query, description = "one of its universes"),
        ("q" = Option<String>, Query, max_length = 200, description = "stands in its id, a universe or its reason")
    ),
    responses((status = 200, description = "an object a line, one a run", content_type = "application/jsonl", body = String), (status = 400, body = Refusal), (status = 503, body = Refusal)))]
pub async fn runs_jsonl(State(app): State<App>, params: Params) -> Result<Response, ApiError> {
    runs(app, &params, Format::JsonLines).await
}

/// Nights, as a table.
#[utoipa::path(get, path = "/api/nights.csv", tag = "nights",
    params(
        ("verdict" = Option<String>, Query, description = "of the run that speaks for it: complete, complete-after-retry, to-retry, failed, cancelled, skipped, running or silent"),
        ("trigger" = Option<String>, Query, description = "of that run: schedule or manual"),
        ("from" = Option<String>, Query, description = "from this night on: 2026-11-20"),
        ("to" = Option<String>, Query, description = "up to this night"),
        ("universe" = Option<String>, Query, max_length = 64, description = "one of the universes of its runs"),
        ("q" = Option<String>, Query, max_length = 64, description = "stands in a run's id or reason"),
        ("nights" = Option<i64>, Query, minimum = 1, maximum = 366, description = "so many of the newest; all unless told")
    ),
    responses((status = 200, description = "a table, one row a night", content_type = "text/csv", body = String), (status = 400, body = Refusal), (status = 503, body = Refusal)))]
pub async fn nights_csv(State(app): State<App>, params: Params) -> Result<Response, ApiError> {
    nights(app, &params, Format::Csv).await
}

/// Nights, as a file of objects.
#[utoipa::path(get, path = "/api/nights.jsonl", tag = "nights",
    params(
        ("verdict" = Option<String>, Query, description = "of the run that speaks for it: complete, complete-after-retry, to-retry, failed, cancelled, skipped, running or silent"),
        ("trigger" = Option<String>, Query, description = "of that run: schedule or manual"),
        ("from" = Option<String>, Query, description = "from this night on: 2026-11-20"),
        ("to" = Option<String>, Query, description = "up to this night"),
        ("universe" = Option<String>, Query, max_length = 64, description = "one of the universes of its runs"),
        ("q" = Option<String>, Query, max_length = 64, description = "stands in a run's id or reason"),
        ("nights" = Option<i64>, Query, minimum = 1, maximum = 366, description = "so many of the newest; all unless told")
    ),
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
        ("q" = Option<String>, Query, max_length = 32, description = "how its name begins"),
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
        ("q" = Option<String>, Query, max_length = 32, description = "how its name begins"),
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
        ("q" = Option<String>, Query, max_length = 200, description = "whose first 16 KiB hold this text"),
        ("from" = Option<String>, Query, description = "received at or after: 2026-11-20T21:10:00Z, or 2026-11-20T16:10 on the exchange's clock"),
        ("to" = Option<String>, Query, description = "received before; without a zone, up to the end of that second or day on the exchange's clock")
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
        ("q" = Option<String>, Query, max_length = 200, description = "whose first 16 KiB hold this text"),
        ("from" = Option<String>, Query, description = "received at or after: 2026-11-20T21:10:00Z, or 2026-11-20T16:10 on the exchange's clock"),
        ("to" = Option<String>, Query, description = "received before; without a zone, up to the end of that second or day on the exchange's clock")
    ),
    responses((status = 200, description = "an object a line, one a message", content_type = "application/jsonl", body = String), (status = 400, body = Refusal), (status = 503, body = Refusal)))]
pub async fn events_jsonl(State(app): State<App>, params: Params) -> Result<Response, ApiError> {
    events(app, &params, Format::JsonLines).await
}
