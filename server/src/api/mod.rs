//! The JSON endpoints of the old system (contract.md §5) and the operator's own: health, readiness, metrics.

mod status;
mod store_event;

pub use status::status;
pub use store_event::store_event;

use crate::state::App;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// The process lives.
pub async fn healthz() -> Response {
    Json(json!({ "status": "ok" })).into_response()
}

/// The server can vouch for what it shows: it is subscribed to Redis.
pub async fn readyz(State(app): State<App>) -> Response {
    if app.link.is_up() {
        Json(json!({ "status": "ready" })).into_response()
    } else {
        let body = json!({ "status": "not ready", "reason": "Redis is not reachable." });
        (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
    }
}

/// Prometheus text.
pub async fn metrics(State(app): State<App>) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], app.metrics.text()).into_response()
}
