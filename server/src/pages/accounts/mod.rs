//! The pages of accounts and their forms: each reads what was posted, asks `auth` or the store to do it, and answers with a page or an
//! address.
//!
//! Invariants: what changes anything writes its line of the audit log in the same transaction, and has sockets looked at at once
//! (`Auth::changed`). A page of these is for the one who asks and is never kept.
//!
//! Tests: `server/tests/accounts.rs`.

pub mod account;
mod audit;
pub mod login;
mod post;
pub mod tokens;
pub mod users;

use crate::auth::{Caller, address};
use crate::clock;
use crate::state::App;
use crate::store::accounts::audit::Entry;
use ::app::accounts::{Accounts, done, html};
use ::app::archive::Facts;
use ::app::location::Page;
use ::app::pages::ArchiveHtml;
use axum::body::Bytes;
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::time::Millis;
use domain::wire::Snapshot;
use post::{Done, Post};
use std::time::Duration;

/// Fields of a form.
const MOST: usize = 16;

/// What was posted, field by field. What cannot be read is not there.
pub(super) struct Posted(Vec<(String, String)>);

impl Posted {
    /// Reads a form as browsers post it.
    pub(super) fn read(body: &Bytes) -> Self {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap_or_default();
        Self(pairs.into_iter().take(MOST).collect())
    }

    /// A field's value; empty where there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }
}

/// Whether a page is one's own: another for everybody who asks.
pub(super) fn is_personal(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    [Page::ACCOUNT, Page::USERS, Page::AUDIT].contains(&path)
}

/// What stands on a page under an address (path and query), and the answer's status.
pub(super) async fn answer(
    app: &App,
    caller: &Caller,
    snapshot: &Snapshot,
    address: &str,
) -> (StatusCode, ArchiveHtml) {
    let facts = Facts::of(snapshot);
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let asked = Posted::read(&Bytes::copy_from_slice(query.as_bytes()));
    let told = done(asked.get("done"));
    let (title, page) = match path {
        Page::ACCOUNT => {
            let choose = asked.get("choose") == "1";
            let page = account::read(app, caller).await;
            let page = page.map(|page| ::app::accounts::Account { choose, done: told, ..page });
            ("Your account", page.map(|page| Accounts::Account(Box::new(page))))
        }
        Page::USERS => {
            let page = users::read(app, caller).await;
            let page = page.map(|page| ::app::accounts::Users { done: told, ..page });
            ("Users", page.map(|page| Accounts::Users(Box::new(page))))
        }
        _ => ("Audit", audit::read(app, query, &facts).await.map(|page| Accounts::Audit(Box::new(page)))),
    };
    let (status, page) = match page {
        Ok(page) => {
            let wrong = matches!(&page, Accounts::Audit(audit) if !audit.errors.is_empty());
            (if wrong { StatusCode::BAD_REQUEST } else { StatusCode::OK }, page)
        }
        Err(cause) => {
            tracing::warn!(code = cause.code(), "a page of accounts could not be read from the store");
            let words = format!("It cannot be read at the moment: {}.", cause.reason());
            (StatusCode::SERVICE_UNAVAILABLE, Accounts::Sentence(title.to_owned(), words))
        }
    };
    (status, html(&page, &facts))
}

/// From where somebody asks, as it is written down.
pub(super) fn from_where(app: &App, extensions: &Extensions, headers: &HeaderMap) -> String {
    address::written(&app.config.trusted_proxies, extensions, headers)
}

/// A line of the audit log, of something that is done.
pub(super) fn entry(caller: &Caller, address: String, action: &str, subject: &str) -> Entry {
    Entry {
        at: clock::now(),
        who: caller.who(),
        role: caller.grant.word().to_owned(),
        address,
        action: action.to_owned(),
        subject: subject.to_owned(),
        outcome: "done".to_owned(),
        ..Entry::default()
    }
}

/// Tells a browser when it may try again.
fn retry_after(response: &mut Response, wait: Millis) {
    let seconds = Duration::from_millis(wait.unsigned_abs()).as_secs() + 1;
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
}
