//! The audit log as files, newest first, with the filters of its list.

use super::super::audit::{FILTER, audit_filter};
use super::super::params::Params;
use super::super::shapes::Refusal;
use super::sheet::Sheet;
use super::{Format, answer};
use crate::error::ApiError;
use crate::state::App;
use axum::extract::State;
use axum::response::Response;

async fn audit(app: App, params: &Params, format: Format) -> Result<Response, ApiError> {
    params.only(&FILTER)?;
    answer(app, Sheet::Audit(audit_filter(params)?), format).await
}

/// The audit log, as a table.
#[utoipa::path(get, path = "/api/audit.csv", tag = "audit",
    params(
        ("who" = Option<String>, Query, max_length = 70, description = "of this one: a user's name, or `token NAME`"),
        ("action" = Option<String>, Query, description = "of this action: sign_in, user_role …"),
        ("from" = Option<String>, Query, description = "at or after: 2026-11-20T21:10:00Z, or 2026-11-20T16:10 on the exchange's clock"),
        ("to" = Option<String>, Query, description = "before; without a zone, up to the end of that second or day on the exchange's clock"),
        ("q" = Option<String>, Query, max_length = 200, description = "with this text")
    ),
    responses((status = 200, description = "a table, one row a line of the log", content_type = "text/csv", body = String), (status = 400, body = Refusal), (status = 503, body = Refusal)))]
pub async fn audit_csv(State(app): State<App>, params: Params) -> Result<Response, ApiError> {
    audit(app, &params, Format::Csv).await
}

/// The audit log, as a file of objects.
#[utoipa::path(get, path = "/api/audit.jsonl", tag = "audit",
    params(
        ("who" = Option<String>, Query, max_length = 70, description = "of this one: a user's name, or `token NAME`"),
        ("action" = Option<String>, Query, description = "of this action: sign_in, user_role …"),
        ("from" = Option<String>, Query, description = "at or after: 2026-11-20T21:10:00Z, or 2026-11-20T16:10 on the exchange's clock"),
        ("to" = Option<String>, Query, description = "before; without a zone, up to the end of that second or day on the exchange's clock"),
        ("q" = Option<String>, Query, max_length = 200, description = "with this text")
    ),
    responses((status = 200, description = "an object a line, one a line of the log", content_type = "application/jsonl", body = String), (status = 400, body = Refusal), (status = 503, body = Refusal)))]
pub async fn audit_jsonl(State(app): State<App>, params: Params) -> Result<Response, ApiError> {
    audit(app, &params, Format::JsonLines).await
}
