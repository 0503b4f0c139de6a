//! Files about nights: two beside each other, their figures, and a symbol through them.

use super::super::nights::{trend_nights, two_nights};
use super::super::params::{Named, Params};
use super::super::shapes::Refusal;
use super::super::symbols::told;
use super::sheet::Sheet;
use super::{Format, answer};
use crate::clock;
use crate::error::ApiError;
use crate::state::App;
use axum::extract::State;
use axum::response::Response;

async fn compare(app: App, params: &Params, format: Format) -> Result<Response, ApiError> {
    let (a, b) = two_nights(&app, params, clock::now()).await?;
    let differences = app.store.differences(&a, &b, usize::MAX).await?.unwrap_or_default();
    answer(app, Sheet::of_differences(differences), format).await
}

async fn trends(app: App, params: &Params, format: Format) -> Result<Response, ApiError> {
    answer(app, Sheet::Trends(trend_nights(params)?), format).await
}

async fn symbol_nights(
    app: App,
    symbol: String,
    params: &Params,
    format: Format,
) -> Result<Response, ApiError> {
    params.only(&[])?;
    let symbol = told(&app, symbol).await?;
    answer(app, Sheet::SymbolNights(symbol, None), format).await
}

/// Symbols that came out differently in two nights, as a table.
#[utoipa::path(get, path = "/api/compare.csv", tag = "nights",
    params(
        ("a" = String, Query, description = "a night: 2026-11-20"),
        ("b" = String, Query, description = "the one it is held against: 2026-11-19")
    ),
    responses((status = 200, description = "a table, one row a symbol", content_type = "text/csv", body = String), (status = 400, body = Refusal), (status = 404, body = Refusal), (status = 503, body = Refusal)))]
pub async fn compare_csv(State(app): State<App>, params: Params) -> Result<Response, ApiError> {
    compare(app, &params, Format::Csv).await
}

/// Symbols that came out differently in two nights, as a file of objects.
#[utoipa::path(get, path = "/api/compare.jsonl", tag = "nights",
    params(
        ("a" = String, Query, description = "a night: 2026-11-20"),
        ("b" = String, Query, description = "the one it is held against: 2026-11-19")
    ),
    responses((status = 200, description = "an object a line, one a symbol", content_type = "application/jsonl", body = String), (status = 400, body = Refusal), (status = 404, body = Refusal), (status = 503, body = Refusal)))]
pub async fn compare_jsonl(State(app): State<App>, params: Params) -> Result<Response, ApiError> {
    compare(app, &params, Format::JsonLines).await
}

/// The last nights as figures, as a table.
#[utoipa::path(get, path = "/api/trends.csv", tag = "nights",
    params(
        ("nights" = Option<i64>, Query, minimum = 1, maximum = 366, description = "30 unless told")
    ),
    responses((status = 200, description = "a table, one row a night", content_type = "text/csv", body = String), (status = 400, body = Refusal), (status = 503, body = Refusal)))]
pub async fn trends_csv(State(app): State<App>, params: Params) -> Result<Response, ApiError> {
    trends(app, &params, Format::Csv).await
}

/// The last nights as figures, as a file of objects.
#[utoipa::path(get, path = "/api/trends.jsonl", tag = "nights",
    params(
        ("nights" = Option<i64>, Query, minimum = 1, maximum = 366, description = "30 unless told")
    ),
    responses((status = 200, description = "an object a line, one a night", content_type = "application/jsonl", body = String), (status = 400, body = Refusal), (status = 503, body = Refusal)))]
pub async fn trends_jsonl(State(app): State<App>, params: Params) -> Result<Response, ApiError> {
    trends(app, &params, Format::JsonLines).await
}

/// A symbol, night by night, as a table.
#[utoipa::path(get, path = "/api/symbols/{symbol}/nights.csv", tag = "nights",
    params(
        ("symbol" = String, Path, description = "its name")
    ),
    responses((status = 200, description = "a table, one row a night", content_type = "text/csv", body = String), (status = 400, body = Refusal), (status = 404, body = Refusal), (status = 503, body = Refusal)))]
pub async fn symbol_nights_csv(
    State(app): State<App>,
    Named(symbol): Named,
    params: Params,
) -> Result<Response, ApiError> {
    symbol_nights(app, symbol, &params, Format::Csv).await
}

/// A symbol, night by night, as a file of objects.
#[utoipa::path(get, path = "/api/symbols/{symbol}/nights.jsonl", tag = "nights",
    params(
        ("symbol" = String, Path, description = "its name")
    ),
    responses((status = 200, description = "an object a line, one a night", content_type = "application/jsonl", body = String), (status = 400, body = Refusal), (status = 404, body = Refusal), (status = 503, body = Refusal)))]
pub async fn symbol_nights_jsonl(
    State(app): State<App>,
    Named(symbol): Named,
    params: Params,
) -> Result<Response, ApiError> {
    symbol_nights(app, symbol, &params, Format::JsonLines).await
}
