//! The page of the schedule and its forms: what is due and what was, entries, days that are not wanted, who fires.
//!
//! Invariants: what changes anything writes its line of the audit log in the same transaction, and is told at once to the keeper, to
//! other servers and over Redis (`crate::schedule::changed`). Previews come from the very function by which the keeper fires
//! (`domain::schedule`), so they cannot promise anything else.
//!
//! Tests: `server/tests/schedule_page.rs`, `server/tests/schedule_producer.rs`.

pub mod acts;
pub mod edit;
mod post;
mod read;
pub mod skip;

pub use post::Post;

use super::form::Form;
use crate::auth::Caller;
use crate::state::App;
use ::app::archive::Facts;
use ::app::location::Page;
use ::app::pages::ArchiveHtml;
use ::app::schedule::{Schedules, done, html};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::wire::Snapshot;

/// Whether an address is this page or lies below it.
pub(super) fn is_one(path: &str) -> bool {
    path.split('?').next().unwrap_or_default().starts_with(Page::SCHEDULE)
}

/// The page, under its address (path and query).
pub(super) async fn answer(
    app: &App,
    caller: &Caller,
    snapshot: &Snapshot,
    address: &str,
) -> (StatusCode, ArchiveHtml) {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    if path != Page::SCHEDULE {
        let words = "Nothing has this address.".to_owned();
        let page = Schedules::Sentence("Not here".to_owned(), words);
        return (StatusCode::NOT_FOUND, html(&page, &Facts::of(snapshot)));
    }
    let told = done(Form::read(query.as_bytes()).get("done"));
    let (status, page) = match read::overview(app, caller, snapshot.now).await {
        Ok(mut page) => {
            page.done = told;
            (StatusCode::OK, Schedules::Overview(Box::new(page)))
        }
        Err(cause) => {
            tracing::warn!(code = cause.code(), "the schedule could not be read");
            (cause.status(), Schedules::Sentence("Schedule".to_owned(), cause.to_string()))
        }
    };
    (status, html(&page, &Facts::of(snapshot)))
}

/// What a form posts to is no page: who asks for it wants the page that it is on.
pub async fn home(State(app): State<App>) -> Response {
    Redirect::to(&app.at(Page::SCHEDULE)).into_response()
}
