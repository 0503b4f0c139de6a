//! What programs ask: the endpoints of the old system (contract.md §5), runs, nights and the log as JSON and as files, and the
//! operator's own: health, readiness, metrics.
//!
//! Every handler reads its parameters within bounds or refuses them by name ([`params`]), asks the store or the hub, and answers in
//! the shapes of [`shapes`]; beside it stands its description ([`openapi`]). No rule about nights lives here.
//!
//! Tests: `server/tests/api.rs`, `server/tests/exports.rs`, `server/tests/openapi.rs`.

pub mod audit;
pub mod commands;
pub mod events;
pub mod export;
pub mod history;
pub mod indicators;
pub mod market;
pub mod nights;
pub mod openapi;
pub mod params;
mod places;
pub mod runs;
pub mod schedule;
pub mod shapes;
pub mod status;
pub mod store_event;
pub mod symbols;

pub use status::status;
pub use store_event::store_event;

use crate::state::App;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// The process lives.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, description = "it lives")))]
pub async fn healthz() -> Response {
    Json(json!({ "status": "ok" })).into_response()
}

/// The server can vouch for what it shows: it is subscribed to Redis.
#[utoipa::path(get, path = "/readyz", tag = "operation",
    responses((status = 200, description = "it is"), (status = 503, description = "it is not, and why")))]
pub async fn readyz(State(app): State<App>) -> Response {
    if app.link.is_up() {
        Json(json!({ "status": "ready" })).into_response()
    } else {
        let body = json!({ "status": "not ready", "reason": "Redis is not reachable." });
        (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
    }
}

/// Prometheus text.
#[utoipa::path(get, path = "/metrics", tag = "operation",
    responses((status = 200, description = "counters and gauges", content_type = "application/openmetrics-text", body = String)))]
pub async fn metrics(State(app): State<App>) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], app.metrics.text()).into_response()
}
