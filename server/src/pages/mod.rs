//! Pages: a snapshot of the board, rendered by crate `app`, which embeds that very snapshot. Those of the archive hold besides what
//! the store says.

pub mod accounts;
mod archive;
pub mod commands;
mod form;
mod replay;
mod run;
pub mod schedule;
mod shared;

pub use shared::Pages;

use crate::auth::Caller;
use crate::clock;
use crate::error::ApiError;
use crate::hub::{BoardSnapshot, Command};
use crate::state::App;
use app::archive::Facts;
use app::location::{Location, Page, channel_of};
use app::pages::ArchiveHtml;
use app::shell::{Assets, document};
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::calendar;
use domain::permission::{Grant, Permission};
use domain::wire::{PROTOCOL, RunChanges, Snapshot, Topic};
use leptos::prelude::provide_context;
use shared::{Key, Rendered};
use std::sync::Arc;
use std::time::Instant;

/// Symbols up to which a run travels inside its page.
const EMBEDDED: usize = 1_200;
/// Lines of the feed that travel inside a page: four times what is seen of them. More come with the night.
const LINES: usize = 60;
/// A page is never larger than this.
const LARGEST: usize = 16 << 20;

/// Once per process: the view framework spawns on this executor.
pub fn use_executor() {
    // Already told is as good.
    let _ = any_spawner::Executor::init_tokio();
}

/// The way in.
pub async fn root(State(app): State<App>) -> Response {
    Redirect::to(&app.at("/admin/daily-processing")).into_response()
}

/// Why a person may not see what was asked for.
pub fn refused(app: &App, refusal: &ApiError) -> Response {
    let words = refusal.to_string();
    unkept(app, (refusal.status(), Html(::app::accounts::refused(&words, &app.assets))))
}

/// Any page: which one, crate `app` tells by the path.
pub async fn page(State(app): State<App>, request: Request) -> Response {
    match shared_page(&app, request).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

async fn shared_page(app: &App, request: Request) -> Result<Response, ApiError> {
    let asked = Instant::now();
    let board = app.hub.ask(Command::Snapshot).await.ok_or(ApiError::Stopping)?;
    let path =
        request.uri().path_and_query().map_or_else(|| request.uri().path().to_owned(), ToString::to_string);
    let (zone, theme) = (cookie(request.headers(), "cb_zone"), cookie(request.headers(), "cb_theme"));
    let brotli = takes_brotli(request.headers());
    let caller = request.extensions().get::<Caller>().cloned().ok_or(ApiError::SignedOut)?;
    let who = (caller.name, caller.grant);
    let key = Key { path, who, zone, theme };
    let own = [accounts::is_personal, commands::is_one, schedule::is_one];
    let page = if own.iter().any(|is| is(&key.path)) {
        // One's own is for one: it is never kept, and right after each change.
        Arc::new(render(app, key, request).await?)
    } else {
        app.pages.get(key.clone(), board.seq, async || render(app, key, request).await).await?
    };
    let body = if brotli { page.brotli().await? } else { page.html() };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = page.status();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, app.policy.clone());
    if brotli {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    app.metrics.page_seconds.observe(asked.elapsed().as_secs_f64());
    Ok(response)
}

/// Renders the board as it is now: the newest, which may be newer than when it was asked for.
async fn render(app: &App, key: Key, request: Request) -> Result<Rendered, ApiError> {
    let began = Instant::now();
    let board = app.hub.ask(Command::Snapshot).await.ok_or(ApiError::Stopping)?;
    let mut snapshot = snapshot(app, &board, &key.who, (key.zone.as_deref(), key.theme.clone()));
    let (mut status, mut written) = (StatusCode::OK, None);
    match Page::of(&key.path) {
        Page::Channels => add_channels(app, &mut snapshot, channel_of(&key.path)).await,
        Page::Archive => {
            let (said, html) = match request.extensions().get::<Caller>() {
                Some(caller) if commands::is_one(&key.path) => {
                    commands::answer(app, caller, &snapshot, &key.path).await
                }
                Some(caller) if schedule::is_one(&key.path) => {
                    schedule::answer(app, caller, &snapshot, &key.path).await
                }
                Some(caller) if accounts::is_personal(&key.path) => {
                    accounts::answer(app, caller, &snapshot, &key.path).await
                }
                _ => archive::answer(app, &snapshot, &key.path).await,
            };
            (status, written) = (said, Some(html));
            without_tonight(&mut snapshot);
        }
        Page::Run => (status, written) = run::answer(app, &mut snapshot, &key.path).await,
        Page::Tonight => (status, written) = replay::answer(app, &mut snapshot, &key.path).await,
        _ => {}
    }
    let html = written_out(app, snapshot, &key.path, written, request).await?;
    Ok(Rendered::new(began, board.seq, status, html))
}

/// The document of a snapshot, with what the server has written for it.
async fn written_out(
    app: &App,
    snapshot: Snapshot,
    path: &str,
    written: Option<ArchiveHtml>,
    request: Request,
) -> Result<Bytes, ApiError> {
    let (snapshot, assets, path) = (Arc::new(snapshot), app.assets.clone(), path.to_owned());
    let provide = move || {
        provide_context::<Arc<Snapshot>>(snapshot.clone());
        provide_context::<Arc<Assets>>(assets.clone());
        provide_context(Location::at(&path));
        if let Some(written) = &written {
            provide_context(written.clone());
        }
    };
    let response = leptos_axum::render_app_async_with_context(provide, document)(request).await;
    let html = axum::body::to_bytes(response.into_body(), LARGEST).await.map_err(|cause| {
        tracing::error!(%cause, "a page could not be rendered");
        ApiError::Internal
    })?;
    app.metrics.pages_rendered.inc();
    Ok(without_scripts_behind(&html))
}

/// The answer to a form, for the one who posted it: nothing of it is kept.
async fn once(
    app: &App,
    request: Request,
    status: StatusCode,
    write: impl FnOnce(&Facts) -> ArchiveHtml,
) -> Result<Response, ApiError> {
    let board = app.hub.ask(Command::Snapshot).await.ok_or(ApiError::Stopping)?;
    let (zone, theme) = (cookie(request.headers(), "cb_zone"), cookie(request.headers(), "cb_theme"));
    let caller = request.extensions().get::<Caller>().cloned().ok_or(ApiError::SignedOut)?;
    let who = (caller.name, caller.grant);
    let mut snapshot = snapshot(app, &board, &who, (zone.as_deref(), theme));
    without_tonight(&mut snapshot);
    let (html, path) = (write(&Facts::of(&snapshot)), request.uri().path().to_owned());
    let body = written_out(app, snapshot, &path, Some(html), request).await?;
    Ok(unkept(app, (status, Html(body))))
}

/// A page that no cache keeps, under our policy.
fn unkept(app: &App, page: impl IntoResponse) -> Response {
    let mut response = page.into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, app.policy.clone());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The page without what the framework writes behind it for resources, of which there are none: the policy lets no script run
/// but our own.
fn without_scripts_behind(html: &Bytes) -> Bytes {
    const END: &[u8] = b"</html>";
    let find = |part: &[u8], wanted: &[u8]| part.windows(wanted.len()).rposition(|found| found == wanted);
    let end = find(html, END).map_or(html.len(), |at| at + END.len());
    let behind = html.get(end..).unwrap_or_default();
    let script = behind.windows(7).position(|found| found == b"<script").unwrap_or(behind.len());
    html.slice(..end + script)
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
    without_tonight(snapshot);
}

/// Leaves the board alone: tonight's feed and symbols are not on the page.
fn without_tonight(snapshot: &mut Snapshot) {
    snapshot.feed = Vec::new();
    snapshot.run = None;
}

fn snapshot(
    app: &App,
    board: &BoardSnapshot,
    (name, grant): &(String, Grant),
    (zone, theme): (Option<&str>, Option<String>),
) -> Snapshot {
    let now = clock::now();
    let viewer = zone.and_then(|name| calendar::zone(name, now));
    let theme = theme.filter(|theme| matches!(theme.as_str(), "light" | "dark"));
    Snapshot {
        protocol: PROTOCOL,
        build: app.assets.build.clone(),
        epoch: app.hub.epoch().to_owned(),
        seq: board.seq,
        now,
        board: board.board.clone(),
        feed: board.feed.get(board.feed.len().saturating_sub(LINES)..).unwrap_or_default().to_vec(),
        run: board.run.clone().map(|(id, changes)| (id, RunChanges::new(changes))),
        channels: None,
        replay: None,
        raw: None,
        who: (
            name.clone(),
            u8::from(grant.may(Permission::Operate)) + u8::from(grant.may(Permission::Administer)),
        ),
        exchange: calendar::exchange(now),
        viewer,
        theme,
    }
}

/// A cookie's value, `%2F` read as the slash that zone names have.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get(header::COOKIE)?.to_str().ok()?;
    let mut pairs = all.split(';').filter_map(|pair| pair.trim().split_once('='));
    let value = pairs.find(|(known, _)| *known == name).map(|(_, value)| value)?;
    (value.len() <= 128).then(|| value.replace("%2F", "/").replace("%2f", "/"))
}

/// Whether a browser reads brotli, as all do over an address that they trust.
fn takes_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|accepted| accepted.to_str().ok());
    accepted.unwrap_or_default().split(',').any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
        let quality = quality.trim().strip_prefix("q=").unwrap_or("1");
        name.trim() == "br" && quality.trim().parse::<f32>().is_ok_and(|quality| quality > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_runs_behind_the_page() {
        let cut = |html: &'static str| without_scripts_behind(&Bytes::from(html));
        assert_eq!(
            cut("<html><script>a</script></html><!><script>b</script>"),
            "<html><script>a</script></html><!>"
        );
        assert_eq!((cut("<html></html>"), cut("no page")), ("<html></html>".into(), "no page".into()));
    }
}
