//! A form of the schedule's that was asked for or posted: by whom, from where, and how it is answered.

use crate::auth::Caller;
use crate::clock;
use crate::error::ApiError;
use crate::pages::accounts::{entry, from_where};
use crate::pages::form::{Form, PART, part_or_page};
use crate::schedule;
use crate::state::App;
use crate::store::accounts::audit::Entry as Line;
use ::app::location::Page;
use ::app::schedule::{Schedules, html};
use axum::extract::{FromRequest, Request};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use domain::time::Millis;

/// A form of the schedule's is no longer than this, in bytes.
const LONGEST: usize = 16 << 10;

/// What was asked for or posted.
pub struct Post {
    pub(super) app: App,
    pub(super) caller: Caller,
    pub(super) form: Form,
    pub(super) address: String,
    pub(super) now: Millis,
    pub(super) parts: Parts,
}

/// What became of it.
pub(super) enum Done {
    /// It is done, and is told to whoever must know: the page says so.
    Changed(&'static str),
    /// There was nothing to do, or it is done elsewhere: the page says so.
    To(&'static str),
    /// A page.
    Page(StatusCode, Box<Schedules>),
}

impl FromRequest<App> for Post {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let caller = parts.extensions.get::<Caller>().cloned().ok_or(ApiError::SignedOut)?;
        let form = if parts.method == Method::POST {
            let body = axum::body::to_bytes(body, LONGEST).await.map_err(|_| ApiError::BrokenBody)?;
            Form::read(&body)
        } else {
            Form::read(parts.uri.query().unwrap_or_default().as_bytes())
        };
        let address = from_where(app, &parts.extensions, &parts.headers);
        Ok(Self { app: app.clone(), caller, form, address, now: clock::now(), parts })
    }
}

impl Post {
    /// A line of the audit log about it.
    pub(super) fn line(&self, action: &str, subject: &str) -> Line {
        Line { at: self.now, ..entry(&self.caller, self.address.clone(), action, subject) }
    }

    /// Answers it.
    pub(super) async fn answer(self, done: Result<Done, ApiError>) -> Response {
        let code = match done {
            Ok(Done::Changed(code)) => {
                schedule::changed(&self.app).await;
                code
            }
            Ok(Done::To(code)) => code,
            Ok(Done::Page(status, page)) => return self.page(status, &page).await,
            Err(refusal) if self.wants_page() => {
                let words = Schedules::Sentence("Not done".to_owned(), refusal.to_string());
                return self.page(refusal.status(), &words).await;
            }
            Err(refusal) => return refusal.into_response(),
        };
        if self.parts.headers.contains_key(PART) {
            return StatusCode::NO_CONTENT.into_response();
        }
        Redirect::to(&self.app.at(&format!("{}?done={code}", Page::SCHEDULE))).into_response()
    }

    fn wants_page(&self) -> bool {
        let accept = self.parts.headers.get(axum::http::header::ACCEPT);
        accept.and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
    }

    async fn page(&self, status: StatusCode, page: &Schedules) -> Response {
        part_or_page(&self.app, &self.parts, status, |facts| html(page, facts)).await
    }
}
