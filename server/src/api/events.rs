//! `/api/events`: the log, searched, and one message as it was received.

use super::params::{Named, Params, TEXT, digits};
use super::runs::kept;
use super::shapes::{EventOf, Refusal};
use crate::error::ApiError;
use crate::state::App;
use crate::store::read::events::{EventFilter, EventPlace};
use app::archive::query::LONGEST_ID;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::IgnoredAny;
use utoipa::ToSchema;

/// Characters of a message that a list shows.
const SHOWN: usize = 300;

/// A page of the log.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventList {
    success: bool,
    /// Newest first; with `after`, oldest first.
    events: Vec<EventOf>,
    /// The number up to which was searched: `before` (or `after`) of the next page. null: everything was searched.
    searched_to: Option<i64>,
}

/// Which messages, from the parameters; a list takes others besides.
pub(super) fn event_filter(params: &Params, besides: &[&str]) -> Result<EventFilter, ApiError> {
    params.filter_and(&["run", "channel", "name", "q", "from", "to"], besides)?;
    Ok(EventFilter {
        run: params.text("run", LONGEST_ID)?,
        channel: params.text("channel", LONGEST_ID)?,
        name: params.text("name", LONGEST_ID)?,
        text: params.text("q", TEXT)?,
        from: params.since("from")?,
        to: params.until("to")?,
    })
}

/// What [`wanted`] reads.
const PAGED: [&str; 3] = ["before", "after", "limit"];

/// Where to begin and how many, from the parameters.
fn wanted(params: &Params) -> Result<(EventPlace, i64), ApiError> {
    params.not_both("before", "after")?;
    let limit = params.whole("limit", 1..=500)?.unwrap_or(100);
    let (before, after) = (params.whole("before", 0..=i64::MAX)?, params.whole("after", 0..=i64::MAX)?);
    let newest = EventPlace::Before(before.unwrap_or(i64::MAX));
    Ok((after.map_or(newest, EventPlace::After), limit))
}

async fn page(
    app: &App,
    filter: &EventFilter,
    (place, limit): (EventPlace, i64),
) -> Result<Json<EventList>, ApiError> {
    let found = app.store.events(filter, place, limit).await?;
    let events = found.events.iter().map(|event| EventOf::of(event, SHOWN)).collect();
    Ok(Json(EventList { success: true, events, searched_to: found.searched_to }))
}

/// Messages of the log. One call looks at 20,000 at most: go on from `searched_to`.
#[utoipa::path(get, path = "/api/events", operation_id = "events", tag = "events",
    params(
        ("run" = Option<String>, Query, description = "of this run"),
        ("channel" = Option<String>, Query, description = "on this channel"),
        ("name" = Option<String>, Query, description = "of this name"),
        ("q" = Option<String>, Query, max_length = 200, description = "whose first 16 KiB hold this text"),
        ("from" = Option<String>, Query, description = "received at or after: 2026-11-20T21:10:00Z, or 2026-11-20T16:10 on the exchange's clock"),
        ("to" = Option<String>, Query, description = "received before; without a zone, up to the end of that second or day on the exchange's clock"),
        ("before" = Option<i64>, Query, minimum = 0, description = "newest first, from before this number on"),
        ("after" = Option<i64>, Query, minimum = 0, description = "oldest first, from behind this number on"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 500, description = "100 unless told")
    ),
    responses((status = 200, body = EventList), (status = 400, body = Refusal), (status = 503, body = Refusal)))]
pub async fn list(State(app): State<App>, params: Params) -> Result<Json<EventList>, ApiError> {
    page(&app, &event_filter(&params, &PAGED)?, wanted(&params)?).await
}

/// Messages of a run.
#[utoipa::path(get, path = "/api/runs/{id}/events", operation_id = "run_events", tag = "runs",
    params(
        ("id" = String, Path, description = "the run's id"),
        ("channel" = Option<String>, Query, description = "on this channel"),
        ("name" = Option<String>, Query, description = "of this name"),
        ("q" = Option<String>, Query, max_length = 200, description = "whose first 16 KiB hold this text"),
        ("before" = Option<i64>, Query, minimum = 0, description = "newest first, from before this number on"),
        ("after" = Option<i64>, Query, minimum = 0, description = "oldest first, from behind this number on"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 500, description = "100 unless told")
    ),
    responses((status = 200, body = EventList), (status = 400, body = Refusal), (status = 404, body = Refusal), (status = 503, body = Refusal)))]
pub async fn of_run(
    State(app): State<App>,
    Named(id): Named,
    params: Params,
) -> Result<Json<EventList>, ApiError> {
    params.only(&["channel", "name", "q", "before", "after", "limit"])?;
    let filter = EventFilter { run: Some(id.clone()), ..event_filter(&params, &PAGED)? };
    let wanted = wanted(&params)?;
    kept(&app, &id).await?;
    page(&app, &filter, wanted).await
}

/// One message, as it was received: JSON as such, anything else as text.
#[utoipa::path(get, path = "/api/events/{n}", operation_id = "event", tag = "events", params(("n" = i64, Path, description = "its number")),
    responses((status = 200, description = "the message's own bytes", content_type = "application/json"),
        (status = 404, body = Refusal), (status = 503, body = Refusal)))]
pub async fn one(State(app): State<App>, Named(n): Named) -> Result<Response, ApiError> {
    let n = digits(&n).ok_or(ApiError::NotKept)?;
    let event = app.store.event(n).await?.ok_or(ApiError::NotKept)?;
    let json = serde_json::from_slice::<IgnoredAny>(&event.raw).is_ok();
    let kind = if json { "application/json" } else { "text/plain; charset=utf-8" };
    // (That it may be nothing else is said on every answer: see `security.rs`.)
    Ok(([(header::CONTENT_TYPE, kind)], event.raw).into_response())
}
