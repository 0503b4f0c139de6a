//! `POST /api/admin/processing/store-event`: one event in the request's body, for those who forward events over HTTP (contract.md
//! §5, row 14; `docs/stream.md`).
//!
//! It goes the way of all messages and is answered when the hub has taken it. So the same bytes on a channel or on the stream
//! count once. What type the body is said to have does not matter: old forwarders say different things and send JSON.
//!
//! Invariant: closed unless the settings open it, and then to this machine only; loopback is not private, so a page of another
//! server is refused too. Tests: `server/tests/posted.rs`.

use super::shapes::Refusal;
use crate::clock;
use crate::error::ApiError;
use crate::ingest::Posted;
use crate::state::App;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::sync::mpsc::error::TrySendError;

/// Under which name posted events stand in the log and on the page *Channels*.
const CHANNEL: &str = "closing-bell:store-event";

/// Takes an event.
///
/// # Errors
/// See [`ApiError`]: who may not, what is no event, and 503 while too much waits.
#[utoipa::path(post, path = "/api/admin/processing/store-event", operation_id = "store_event", tag = "processing",
    request_body(content = Value, description = "one event as it would be published on a channel, at most 1 MiB"),
    responses(
        (status = 200, description = "it was taken", body = Value),
        (status = 400, description = "It is no event; `code` says why.", body = Refusal),
        (status = 401, description = "There is no token, or none that is good.", body = Refusal),
        (status = 403, description = "The token is of another scope than ingest.", body = Refusal),
        (status = 413, description = "It is larger than 1 MiB.", body = Refusal),
        (status = 503, description = "Too much waits, or the server is stopping.", body = Refusal)))]
pub async fn store_event(
    State(app): State<App>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, ApiError> {
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::TooLarge,
        _ => ApiError::BrokenBody,
    })?;
    if body.trim_ascii().is_empty() {
        return Err(ApiError::EmptyBody);
    }
    let (posted, taken) = Posted::new(CHANNEL, body.into(), clock::now());
    app.posted.try_send(posted).map_err(|full| match full {
        TrySendError::Full(_) => ApiError::Busy,
        TrySendError::Closed(_) => ApiError::Stopping,
    })?;
    match taken.await {
        Ok(Ok(())) => Ok(Json(json!({ "success": true }))),
        Ok(Err(refused)) => Err(ApiError::Unreadable(refused)),
        Err(_) => Err(ApiError::Stopping),
    }
}
