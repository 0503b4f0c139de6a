//! A form that was posted: by whom, from where, and how it is answered.

use super::{Posted, from_where, retry_after};
use crate::auth::{Caller, wants_page};
use crate::error::ApiError;
use crate::pages::{cookie, once, unkept};
use crate::state::App;
use crate::store::accounts::audit::Entry;
use ::app::accounts::{Accounts, choose, html};
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::time::Millis;

/// A form of ours is no longer than this, in bytes.
const LONGEST: usize = 16 << 10;

/// What was posted.
pub struct Post {
    pub(super) app: App,
    pub(super) caller: Caller,
    pub(super) form: Posted,
    pub(super) address: String,
    parts: Parts,
}

/// What became of it.
pub(super) enum Done {
    /// It is done: the page at this address says so.
    To(&'static str, &'static str),
    /// The page says what will not do, or shows what is shown once.
    Page(StatusCode, Box<Accounts>),
    /// The same, and when it may be tried again.
    Slow(Millis, Box<Accounts>),
}

impl FromRequest<App> for Post {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let caller = parts.extensions.get::<Caller>().cloned().ok_or(ApiError::SignedOut)?;
        let body = axum::body::to_bytes(body, LONGEST).await.map_err(|_| ApiError::BrokenBody)?;
        let address = from_where(app, &parts.extensions, &parts.headers);
        Ok(Self { app: app.clone(), caller, form: Posted::read(&body), address, parts })
    }
}

impl Post {
    /// A line of the audit log about it.
    pub(super) fn entry(&self, action: &str, subject: &str) -> Entry {
        self.caller.did(self.address.clone(), action, subject)
    }

    /// The headers that it came with.
    pub(super) fn parts(&self) -> &Parts {
        &self.parts
    }

    /// Answers it: an address, or a page for people and JSON for programs.
    pub(super) async fn answer(self, done: Result<Done, ApiError>) -> Response {
        match done {
            Ok(Done::To(page, code)) => {
                // Whatever was known of anybody may not be so any more.
                self.app.auth.changed();
                Redirect::to(&self.app.at(&format!("{page}?done={code}"))).into_response()
            }
            Ok(Done::Page(status, page)) => self.page(status, *page).await,
            Ok(Done::Slow(wait, page)) => {
                let mut response = self.page(StatusCode::TOO_MANY_REQUESTS, *page).await;
                retry_after(&mut response, wait);
                response
            }
            Err(refusal) => {
                let request = Request::from_parts(self.parts.clone(), Body::empty());
                if !wants_page(&request) {
                    return refusal.into_response();
                }
                let words = Accounts::Sentence("Not done".to_owned(), refusal.to_string());
                self.page(refusal.status(), words).await
            }
        }
    }

    async fn page(self, status: StatusCode, page: Accounts) -> Response {
        let Self { app, caller, parts, .. } = self;
        if caller.must_change {
            // They see nothing yet: a document without the board.
            let typed = match page {
                Accounts::Account(account) => account.typed,
                _ => ::app::accounts::Typed::default(),
            };
            let theme = cookie(&parts.headers, "cb_theme");
            return unkept(&app, (status, Html(choose(&caller.name, &typed, &app.assets, theme))));
        }
        let request = Request::from_parts(parts, Body::empty());
        let shown = once(&app, request, status, |facts| html(&page, facts)).await;
        shown.unwrap_or_else(IntoResponse::into_response)
    }
}
