//! Before every handler: who asks, and may they?

use super::sessions::{Seen, key, seen};
use super::why::is_good;
use super::{Caller, Why, secret};
use crate::error::ApiError;
use crate::state::App;
use crate::{clock, live, pages, security};
use ::app::location::encoded;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::permission::Permission;
use domain::time::{MINUTE, Millis};
use std::time::Duration;
use tower_sessions::Session;

/// That a token was used is written down once in so long.
const TOUCH: Millis = MINUTE;

/// A body comes, and is answered, within this.
const PATIENCE: Duration = Duration::from_secs(30);

/// What stands before one route.
#[derive(Clone, Debug)]
pub struct Gate {
    /// The application.
    pub app: App,
    /// What the route needs.
    pub permission: Permission,
    /// What it needs of whoever changes something.
    pub changes: Permission,
}

/// Why a caller is not known.
enum Unknown {
    /// Nobody says who it is, or not any more.
    Anonymous(Option<Why>),
    /// A token that is none of ours.
    BadToken(Why),
    /// The database is away.
    Unavailable,
}

/// Lets a request through, with its [`Caller`] beside it, or answers it.
pub async fn guard(State(gate): State<Gate>, session: Session, mut request: Request, next: Next) -> Response {
    let by_token = request.headers().contains_key(header::AUTHORIZATION);
    let changes = changes(request.method());
    let needed = if changes { gate.changes } else { gate.permission };
    // A program has no cookies that a page of elsewhere could use; everybody else must come from a page of ours.
    if changes && !by_token && !security::from_our_page(request.headers()) {
        return ApiError::CrossSite.into_response();
    }
    // Who changes something by hand is asked for anew: between a page and its button a role may have been taken away.
    let by_hand = changes && needed != Permission::Ingest;
    if by_hand {
        doubt(&gate.app, &session, request.headers());
    }
    match caller(&gate.app, &session, request.headers()).await {
        Ok(caller) if caller.may(needed) => {
            // A night tells of itself as often as it must; whoever changes something by hand does not.
            if by_hand && gate.app.auth.throttle.change(caller.holder(), clock::now()).is_err() {
                return ApiError::TooFast.into_response();
            }
            request.extensions_mut().insert(caller);
            in_time(changes, next.run(request)).await
        }
        Ok(caller) if caller.must_change => {
            if wants_page(&request) {
                return Redirect::to(&gate.app.at("/account?choose=1")).into_response();
            }
            ApiError::MustChange.into_response()
        }
        Ok(caller) => refused(&gate.app, needed, &request, &caller),
        Err(Unknown::Anonymous(_) | Unknown::Unavailable) if needed == Permission::Public => {
            in_time(changes, next.run(request)).await
        }
        Err(Unknown::Anonymous(why)) => anonymous(&gate, request, why),
        Err(Unknown::BadToken(why)) => ApiError::BadToken(why).into_response(),
        Err(Unknown::Unavailable) => ApiError::Unavailable.into_response(),
    }
}

/// Whether a method changes something.
fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// An answer, or the end of patience with a body that does not come. (What only reads may take its time: files are long.)
async fn in_time(changes: bool, answer: impl Future<Output = Response>) -> Response {
    if !changes {
        return answer.await;
    }
    tokio::time::timeout(PATIENCE, answer).await.unwrap_or_else(|_| ApiError::TooSlow.into_response())
}

/// What is known of whoever asks counts no longer without asking.
fn doubt(app: &App, session: &Session, headers: &HeaderMap) {
    let key = match headers.get(header::AUTHORIZATION) {
        Some(value) => value.to_str().ok().and_then(bearer).map(secret::hash),
        None => session.id().as_ref().map(key),
    };
    if let Some(key) = key {
        app.auth.known.doubt(&key);
    }
}

/// The token in a header.
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && token.trim().len() <= 128).then(|| token.trim())
}

/// Who asks.
async fn caller(app: &App, session: &Session, headers: &HeaderMap) -> Result<Caller, Unknown> {
    if let Some(authorization) = headers.get(header::AUTHORIZATION) {
        return match authorization.to_str().ok().and_then(bearer) {
            Some(token) => program(app, token).await,
            None => Err(Unknown::BadToken(Why::Unknown)),
        };
    }
    match seen(session).await {
        Ok(Some(Seen::In(caller))) => Ok(caller),
        Ok(Some(Seen::Out(why))) => Err(Unknown::Anonymous(Some(why))),
        Ok(None) => Err(Unknown::Anonymous(None)),
        Err(()) => Err(Unknown::Unavailable),
    }
}

/// The program that holds this token.
async fn program(app: &App, token: &str) -> Result<Caller, Unknown> {
    let (hash, now) = (secret::hash(token), clock::now());
    if let Some(caller) = app.auth.known.fresh(&hash, now) {
        return Ok(caller);
    }
    let Ok(found) = app.store.token_hashed(&hash).await else {
        return app.auth.known.lately(&hash, now).ok_or(Unknown::Unavailable);
    };
    let Some(token) = found else { return Err(Unknown::BadToken(Why::Unknown)) };
    if let Err(why) = is_good(&token, now) {
        app.auth.known.drop_one(&hash);
        return Err(Unknown::BadToken(why));
    }
    let caller = Caller::program(&token).ok_or(Unknown::BadToken(Why::Unknown))?;
    app.auth.known.put(&hash, &caller, now);
    if token.used.is_none_or(|used| now - used > TOUCH) {
        let store = app.store.clone();
        tokio::spawn(async move { store.touch_token(&token.id, now).await });
    }
    Ok(caller)
}

fn anonymous(gate: &Gate, request: Request, why: Option<Why>) -> Response {
    // A browser's script is not told the status of a refused socket: the socket tells it, and closes.
    let by_page = request.headers().contains_key(header::ORIGIN) && security::same_origin(request.headers());
    if request.uri().path() == "/live" && by_page {
        return live::turn_away(&gate.app, request, why.unwrap_or(Why::Unknown));
    }
    if !wants_page(&request) {
        return ApiError::SignedOut.into_response();
    }
    let mut place = "/login".to_owned();
    if let Some(to) = request.uri().path_and_query().filter(|_| request.method() == Method::GET) {
        place.push_str(&format!("?to={}", encoded(to.as_str())));
    }
    if let Some(why) = why {
        place.push_str(&format!("{}why={}", if place.contains('?') { '&' } else { '?' }, why.code()));
    }
    Redirect::to(&gate.app.at(&place)).into_response()
}

fn refused(app: &App, needed: Permission, request: &Request, caller: &Caller) -> Response {
    tracing::info!(who = caller.who(), path = request.uri().path(), "refused: no permission");
    let refusal = ApiError::Forbidden(needed);
    if wants_page(request) { pages::refused(app, &refusal) } else { refusal.into_response() }
}

/// Whether a person looks at the answer.
#[must_use]
pub fn wants_page(request: &Request) -> bool {
    let accepted = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accepted.is_some_and(|accept| accept.contains("text/html")) && !request.uri().path().starts_with("/api/")
}
