//! Commands and questions over HTTP (contract §4.2). A path is the name of a command; what it means is [`Command`]'s.
//!
//! Invariant: with a key, nothing but `/health` (and what a desk names) is answered without it.

use super::Desk;
use super::Done;
use super::asked::{Asked, number};
use super::command::Command;
use super::door::{Cut, Door};
use super::fault::Fault;
use super::fields::Fields;
use super::refusal::Refusal;
use crate::publish::now;
use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, ORIGIN};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use domain::time::DAY;
use futures_util::stream;
use serde_json::{Map, Value, json};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Commands that begin something, by their paths.
const COMMANDS: [(&str, &str); 6] = [
    ("/api/processing/trigger-manual", "trigger_daily_processing"),
    ("/api/processing/trigger-import", "trigger_data_import"),
    ("/api/processing/trigger-indicators", "trigger_indicator_processing"),
    ("/api/processing/trigger-patterns", "trigger_pattern_processing"),
    ("/api/processing/retry-imports", "retry_failed_imports"),
    ("/api/processing/cache-sync/trigger", "trigger_cache_sync"),
];
const SCHEDULE: &str = "/api/processing/schedule";
const HEALTH: &str = "/health";
/// Largest body.
const LARGEST: usize = 1 << 20;

/// What the handlers share.
pub struct Shared<D> {
    /// Where commands are obeyed.
    pub desk: Arc<D>,
    /// The key that is asked for.
    pub key: Option<Arc<str>>,
    /// Whether commands over Redis are heard.
    pub redis: Arc<AtomicBool>,
    /// Addresses that are answered without the key.
    pub open: &'static [&'static str],
}

impl<D> Clone for Shared<D> {
    fn clone(&self) -> Self {
        Self { desk: self.desk.clone(), key: self.key.clone(), redis: self.redis.clone(), open: self.open }
    }
}

/// The body of a request, or why it did not come.
pub type Sent = Result<Bytes, BytesRejection>;

/// Serves until the process ends. `more`: addresses of one desk alone.
///
/// # Errors
/// Never, as far as the library says.
pub async fn serve<D: Desk>(door: Door, shared: Shared<D>, more: Router<Shared<D>>) -> io::Result<()> {
    axum::serve(door, router(shared, more).into_make_service_with_connect_info::<Cut>()).await
}

fn router<D: Desk>(shared: Shared<D>, more: Router<Shared<D>>) -> Router {
    let mut router = more
        .route("/api/processing/cancel", delete(cancel::<D>))
        .route("/api/processing/status", get(status::<D>))
        .route("/api/processing/history", get(history::<D>))
        .route(SCHEDULE, get(schedule::<D>).post(reschedule::<D>))
        .route("/api/processing/cache-sync/status/{job_id}", get(job::<D>))
        .route("/api/processing/cache-sync/history", get(jobs::<D>))
        .route("/api/processing/cache-sync/stats", get(stats::<D>))
        .route(HEALTH, get(health::<D>));
    for (path, name) in COMMANDS {
        let handler = move |State(shared): State<Shared<D>>,
                            ConnectInfo(cut): ConnectInfo<Cut>,
                            sent: Sent| async move {
            obeyed(&*shared.desk, &cut, name, None, sent).await
        };
        router = router.route(path, post(handler));
    }
    router
        .fallback(|| async { Refusal::NotFound })
        .method_not_allowed_fallback(|| async { Refusal::Method })
        .layer(from_fn_with_state(shared.clone(), guard::<D>))
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(shared)
}

/// Stands before every handler.
async fn guard<D: Desk>(State(shared): State<Shared<D>>, request: Request, next: Next) -> Response {
    if request.headers().contains_key(ORIGIN) {
        return Refusal::FromAPage.into_response();
    }
    let path = request.uri().path();
    let open = path == HEALTH || shared.open.contains(&path);
    let given = request.headers().get("x-api-key").map(|key| key.as_bytes());
    match &shared.key {
        Some(key) if !open && given != Some(key.as_bytes()) => Refusal::Unauthorised.into_response(),
        _ => next.run(request).await,
    }
}

async fn cancel<D: Desk>(
    State(shared): State<Shared<D>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    Query(asked): Query<Asked>,
    sent: Sent,
) -> Response {
    obeyed(&*shared.desk, &cut, "cancel_processing", asked.get("run_id").cloned(), sent).await
}

async fn reschedule<D: Desk>(
    State(shared): State<Shared<D>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    sent: Sent,
) -> Response {
    obeyed(&*shared.desk, &cut, "update_schedule", None, sent).await
}

async fn obeyed<D: Desk>(desk: &D, cut: &Cut, name: &str, run_id: Option<String>, sent: Sent) -> Response {
    let read = || {
        let mut body = object(sent)?;
        if let Some(run_id) = run_id {
            body.insert("run_id".into(), run_id.into());
        }
        Ok((Command::read(name, &body)?, Fields(&body).id("run_id")?))
    };
    let (command, id) = match read() {
        Ok(read) => read,
        Err(refusal) => return Refusal::into_response(refusal),
    };
    let fault = desk.fault(&command);
    match fault {
        Some(Fault::Closes) => {
            cut.cut();
            return StatusCode::OK.into_response();
        }
        Some(Fault::InternalError) => return Refusal::Internal.into_response(),
        Some(Fault::Unauthorised) => return Refusal::Unauthorised.into_response(),
        Some(Fault::Html) => {
            return Html("<!doctype html><title>Welcome</title><p>It works!").into_response();
        }
        _ => {}
    }
    let sync = match &command {
        Command::Sync { mode, .. } => Some(mode.key()),
        _ => None,
    };
    let (status, body) = match desk.obey(command, id, fault).await {
        Ok(done) => answer(done, sync),
        Err(refusal) => refusal.answer(),
    };
    match fault {
        Some(Fault::Slow) => tokio::time::sleep(desk.slow()).await,
        Some(Fault::HalfJson) => return half(status, &body),
        _ => {}
    }
    (status, Json(body)).into_response()
}

/// What became of a command; `sync`: the mode, if it was about a cache sync.
fn answer(done: Done, sync: Option<&str>) -> (StatusCode, Value) {
    let (id, message) = match done {
        Done::Started(id) => (id, "started"),
        Done::Known(id) => (id, "this id was accepted before; nothing begins again"),
        Done::Cancelled(id) => {
            let message = format!("run {id} is cancelled");
            return (StatusCode::OK, json!({ "success": true, "run_id": id, "message": message }));
        }
        Done::Scheduled(schedule) => {
            let message = "the schedule is changed";
            return (StatusCode::OK, json!({ "success": true, "message": message, "schedule": schedule }));
        }
        Done::Told => return (StatusCode::OK, json!({ "success": true })),
    };
    match sync {
        Some(mode) => {
            let body = json!({ "success": true, "job_id": id, "mode": mode, "message": format!("cache sync {id}: {message}") });
            (StatusCode::ACCEPTED, body)
        }
        None => {
            let message = format!("run {id}: {message}");
            (
                StatusCode::OK,
                json!({ "success": true, "run_id": id, "status": "started", "message": message }),
            )
        }
    }
}

/// The first half of an answer whose whole length is promised; then the connection ends.
fn half(status: StatusCode, answer: &Value) -> Response {
    let whole = answer.to_string();
    let half = Bytes::copy_from_slice(&whole.as_bytes()[..whole.len() / 2]);
    let parts = stream::unfold(Some(half), |part| async move {
        match part {
            Some(half) => Some((Ok(half), None)),
            None => {
                // What was written goes out while this one waits.
                tokio::task::yield_now().await;
                Some((Err(io::Error::from(io::ErrorKind::ConnectionAborted)), None))
            }
        }
    });
    let headers = [(CONTENT_TYPE, "application/json".to_owned()), (CONTENT_LENGTH, whole.len().to_string())];
    (status, headers, Body::from_stream(parts)).into_response()
}

async fn status<D: Desk>(State(shared): State<Shared<D>>) -> Result<Json<Value>, Refusal> {
    shared.desk.status().await.map(Json)
}

async fn schedule<D: Desk>(State(shared): State<Shared<D>>) -> Json<Value> {
    Json(shared.desk.schedule())
}

async fn history<D: Desk>(
    State(shared): State<Shared<D>>,
    Query(asked): Query<Asked>,
) -> Result<Json<Value>, Refusal> {
    let days = number(&asked, "days", 7, 0..=3_650)?;
    let since = now() - i64::try_from(days).unwrap_or(7) * DAY;
    shared.desk.history(since).await.map(Json)
}

async fn job<D: Desk>(
    State(shared): State<Shared<D>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let unknown = || Refusal::UnknownJob(id.chars().take(64).collect());
    shared.desk.job(&id).await?.map(Json).ok_or_else(unknown)
}

async fn jobs<D: Desk>(
    State(shared): State<Shared<D>>,
    Query(asked): Query<Asked>,
) -> Result<Json<Value>, Refusal> {
    let (limit, offset) =
        (number(&asked, "limit", 20, 1..=100)?, number(&asked, "offset", 0, 0..=1_000_000)?);
    shared.desk.jobs(limit, offset).await.map(Json)
}

async fn stats<D: Desk>(State(shared): State<Shared<D>>) -> Result<Json<Value>, Refusal> {
    shared.desk.stats().await.map(Json)
}

async fn health<D: Desk>(State(shared): State<Shared<D>>) -> Json<Value> {
    Json(shared.desk.health(shared.redis.load(Ordering::Relaxed)))
}

/// The body of a request: an object, or nothing.
///
/// # Errors
/// When it is anything else.
pub fn object(sent: Sent) -> Result<Map<String, Value>, Refusal> {
    let bytes = sent.map_err(|cause| match cause.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge,
        _ => Refusal::field("body", "it broke off"),
    })?;
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    serde_json::from_slice(&bytes).map_err(|_| Refusal::field("body", "is a JSON object"))
}
