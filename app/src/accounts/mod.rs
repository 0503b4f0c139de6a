//! Who may: signing in, one's own account, users, tokens and the audit log. Rendered on the server only; every form is a plain POST
//! that works without script, and says beside its fields what is wrong.
//!
//! Each page has a struct of plain data, and one function makes HTML of any of them ([`html`]), which stands in the live document as
//! the pages of the archive do. Whoever may not see the board gets a document of its own without it ([`login()`], [`choose`]).
//!
//! Invariants: a secret is in no page but the one that answers its making, and what somebody typed is escaped everywhere. Every list
//! is cut to a length of its own.
//!
//! Tests: `app/tests/accounts.rs`, `server/tests/accounts.rs`.

mod account;
mod agent;
mod audit;
mod audit_filter;
pub(crate) mod fields;
mod login;
mod tokens;
mod users;
mod words;

pub use account::{Account, OwnSignIn};
pub use audit::{Audit, AuditLine};
pub use audit_filter::AuditFilter;
pub use fields::{Typed, Wrong};
pub use login::{Login, choose, login, refused};
pub use tokens::{TokenRow, TokenState};
pub use users::{Secret, UserRow, Users};
pub use words::{actions, done};

use crate::archive::{Facts, parts, written};
use crate::pages::ArchiveHtml;
use crate::view::part;
use leptos::prelude::*;

/// A page with all that it shows.
#[derive(Clone, Debug)]
pub enum Accounts {
    /// One's own.
    Account(Box<Account>),
    /// People and programs.
    Users(Box<Users>),
    /// What all of them did.
    Audit(Box<Audit>),
    /// A heading and why there is nothing under it.
    Sentence(String, String),
}

/// The page as HTML.
#[must_use]
pub fn html(page: &Accounts, facts: &Facts) -> ArchiveHtml {
    let view = match page {
        Accounts::Account(account) => account::page(account, facts),
        Accounts::Users(users) => users::page(users, facts),
        Accounts::Audit(audit) => audit::page(audit, facts),
        Accounts::Sentence(title, why) => {
            part(view! { {parts::heading(title.clone(), "")}{parts::nothing(why.clone())} })
        }
    };
    written(view)
}
