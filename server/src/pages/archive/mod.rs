//! The pages of what was: each address is answered with a handful of bounded questions to the store, and rendered as a document.
//!
//! What cannot be answered is a page too: a sentence says why, and its status says it to programs.
//!
//! Tests: `server/tests/archive.rs`, `end2end/tests/archive.spec.ts`.

mod candles;
mod events;
mod nights;
mod symbol;

use crate::state::App;
use crate::store::StoreError;
use app::archive::{Archived, Asked, Facts, html};
use app::pages::ArchiveHtml;
use axum::http::StatusCode;
use domain::wire::Snapshot;

/// What stands on the page under an address (path and query), and the answer's status.
pub(super) async fn answer(app: &App, snapshot: &Snapshot, address: &str) -> (StatusCode, ArchiveHtml) {
    let facts = Facts::of(snapshot);
    let (status, page) = match Asked::of(address) {
        Some(asked) => match archived(app, &asked, &facts).await {
            Ok(page) => (status(&asked, &page), page),
            Err(cause) => {
                tracing::warn!(code = cause.code(), "a page of the archive could not be read from the store");
                (StatusCode::SERVICE_UNAVAILABLE, unreadable_page(&asked, cause))
            }
        },
        // A symbol's name that nobody can have kept.
        None => {
            let words = ("Not here".to_owned(), "There is nothing under this address.".to_owned());
            (StatusCode::NOT_FOUND, Archived::Sentence(words.0, words.1))
        }
    };
    (status, html(&page, &facts))
}

async fn archived(app: &App, asked: &Asked, facts: &Facts) -> Result<Archived, StoreError> {
    Ok(match asked {
        Asked::History(filter, errors) => {
            Archived::History(nights::history(app, filter, errors, facts).await?)
        }
        Asked::Trends(span, errors) => Archived::Trends(nights::trends(app, *span, errors, facts).await?),
        Asked::Compare(pair, errors) => {
            Archived::Compare(Box::new(nights::compare(app, *pair, errors, facts).await?))
        }
        Asked::Symbol(symbol) => Archived::Symbol(symbol::page(app, symbol, facts).await?),
        Asked::Events(filter, errors) => Archived::Events(events::page(app, filter, errors, facts).await?),
    })
}

/// A page shows what it can of a wrong address, and says beside each field what is wrong with it: to programs that is a refusal.
fn status(asked: &Asked, page: &Archived) -> StatusCode {
    let wrong = match asked {
        Asked::History(_, errors)
        | Asked::Trends(_, errors)
        | Asked::Compare(_, errors)
        | Asked::Events(_, errors) => !errors.is_empty(),
        Asked::Symbol(_) => false,
    };
    let unknown = matches!(page, Archived::Symbol(symbol) if symbol.is_unknown());
    match (wrong, unknown) {
        (true, _) => StatusCode::BAD_REQUEST,
        (false, true) => StatusCode::NOT_FOUND,
        (false, false) => StatusCode::OK,
    }
}

fn unreadable_page(asked: &Asked, cause: StoreError) -> Archived {
    let title = match asked {
        Asked::History(..) => "History",
        Asked::Trends(..) => "Trends",
        Asked::Compare(..) => "Compare",
        Asked::Symbol(symbol) => symbol,
        Asked::Events(..) => "Events",
    };
    unreadable(title, cause)
}

/// What stands where the log cannot be read.
pub(super) fn unreadable(title: &str, cause: StoreError) -> Archived {
    let words = format!("The log cannot be read at the moment: {}.", cause.reason());
    Archived::Sentence(title.to_owned(), words)
}
