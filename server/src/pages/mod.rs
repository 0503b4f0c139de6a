//! Pages: one snapshot of the board per request, rendered by crate `app`, which embeds that very snapshot.

use crate::clock;
use crate::error::ApiError;
use crate::hub::{BoardSnapshot, Command};
use crate::security::page_policy;
use crate::state::App;
use app::location::{Location, Page, channel_of};
use app::shell::{Assets, document};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use domain::calendar;
use domain::wire::{PROTOCOL, Snapshot, Topic};
use leptos::nonce::use_nonce;
use leptos::prelude::{expect_context, provide_context};
use leptos_axum::ResponseOptions;
use std::sync::Arc;
use std::time::Instant;

/// Once per process: the view framework spawns on this executor.
pub fn use_executor() {
    // Already told is as good.
    let _ = any_spawner::Executor::init_tokio();
}

/// The way in.
pub async fn root() -> Response {
    Redirect::to("/admin/daily-processing").into_response()
}

/// Any page: which one, crate `app` tells by the path.
pub async fn page(State(app): State<App>, request: Request) -> Response {
    let began = Instant::now();
    let Some(board) = app.hub.ask(Command::Snapshot).await else { return ApiError::Stopping.into_response() };
    let path =
        request.uri().path_and_query().map_or_else(|| request.uri().path().to_owned(), ToString::to_string);
    let mut snapshot = snapshot(&app, &board, request.headers());
    if Page::of(&path) == Page::Channels {
        add_channels(&app, &mut snapshot, channel_of(&path)).await;
    }
    let (snapshot, assets) = (Arc::new(snapshot), app.assets.clone());
    let provide = move || {
        provide_context::<Arc<Snapshot>>(snapshot.clone());
        provide_context::<Arc<Assets>>(assets.clone());
        provide_context(Location::at(&path));
        set_headers();
    };
    let mut response = leptos_axum::render_app_async_with_context(provide, document)(request).await;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    app.metrics.page_seconds.observe(began.elapsed().as_secs_f64());
    response
}

/// An address under which there is nothing: a page for people, JSON for programs.
pub async fn not_found(State(app): State<App>, request: Request) -> Response {
    let wants_page = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    if wants_page.is_some_and(|accept| accept.contains("text/html"))
        && !request.uri().path().starts_with("/api")
    {
        let mut response = page(State(app), request).await;
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    }
    ApiError::NotFound.into_response()
}

/// What the page Channels shows besides the board.
async fn add_channels(app: &App, snapshot: &mut Snapshot, channel: Option<String>) {
    snapshot.channels = app.hub.ask(|reply| Command::Topic(Topic::Channels, reply)).await;
    if let Some(channel) = channel {
        let topic = Topic::Raw(channel.clone());
        let raw = app.hub.ask(|reply| Command::Topic(topic, reply)).await;
        snapshot.raw = raw.map(|raw| (channel, raw));
    }
    // The feed and the symbols are not on it.
    snapshot.feed = Vec::new();
    snapshot.run = None;
}

fn set_headers() {
    let options = expect_context::<ResponseOptions>();
    let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    // A nonce is base64, so the policy is always a header.
    if let Ok(policy) = HeaderValue::from_str(&page_policy(&nonce)) {
        options.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

fn snapshot(app: &App, board: &BoardSnapshot, headers: &HeaderMap) -> Snapshot {
    let now = clock::now();
    let viewer = cookie(headers, "cb_zone").and_then(|name| calendar::zone(&name, now));
    let theme = cookie(headers, "cb_theme").filter(|theme| matches!(theme.as_str(), "light" | "dark"));
    Snapshot {
        protocol: PROTOCOL,
        build: app.assets.build.clone(),
        epoch: app.hub.epoch().to_owned(),
        seq: board.seq,
        now,
        board: board.board.clone(),
        feed: board.feed.clone(),
        run: board.run.clone(),
        channels: None,
        raw: None,
        exchange: calendar::exchange(now),
        viewer,
        theme,
    }
}

/// A cookie's value, `%2F` read as the slash that zone names have.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get(header::COOKIE)?.to_str().ok()?;
    let mut pairs = all.split(';').filter_map(|pair| pair.trim().split_once('='));
    let value = pairs.find(|(known, _)| *known == name).map(|(_, value)| value)?;
    (value.len() <= 128).then(|| value.replace("%2F", "/").replace("%2f", "/"))
}
