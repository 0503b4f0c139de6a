//! `/admin/schedule`: when a run is due and when it will not be, what became of those that were, and the forms that change it.
//! Rendered on the server only; the forms are plain POSTs that work without script. With script the form of an entry shows while one
//! types what it comes to (`public/schedule.js`), and what asks before it acts opens in a dialog (`public/dialog.js`).
//!
//! Invariants: nothing here reads a calendar or a clock: what comes is worked out by `domain::schedule` and handed in. Who may not
//! change anything sees no form. Every list is cut to a length of its own.
//!
//! Tests: `app/tests/schedule.rs`, `server/tests/schedule_page.rs`.

mod edit;
mod entries;
mod fires;
mod history;
mod overview;
mod producer;
mod skip;
mod words;

pub use edit::{Edit, Preview, given, preview};
pub use entries::Row;
pub use fires::Fire;
pub use history::{Became, Past};
pub use overview::Overview;
pub use producer::Producer;
pub use skip::{Day, Skip};
pub use words::{clash, done, in_the_way, never};

use crate::archive::{Facts, parts, written};
use crate::pages::ArchiveHtml;
use crate::view::part;
use leptos::prelude::*;

/// Its address; the forms post below it.
pub const SCHEDULE: &str = crate::location::Page::SCHEDULE;

/// A page with all that it shows.
#[derive(Clone, Debug)]
pub enum Schedules {
    /// What comes and what was.
    Overview(Box<Overview>),
    /// The form of an entry.
    Edit(Box<Edit>),
    /// A day that is not to fire.
    Skip(Box<Skip>),
    /// A heading and why there is nothing under it.
    Sentence(String, String),
}

/// The page as HTML.
#[must_use]
pub fn html(page: &Schedules, facts: &Facts) -> ArchiveHtml {
    let view = match page {
        Schedules::Overview(page) => overview::page(page, facts),
        Schedules::Edit(page) => edit::page(page, facts),
        Schedules::Skip(page) => skip::page(page, facts),
        Schedules::Sentence(title, why) => {
            part(view! { {parts::heading(title.clone(), "")}{parts::nothing(why.clone())} })
        }
    };
    written(view)
}
