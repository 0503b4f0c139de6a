//! Commands: what would be done, asked before it is; what was asked, and what became of it. Rendered on the server only; the forms are
//! plain POSTs that work without script. With script the page that asks opens in a dialog (`public/dialog.js`).
//!
//! Invariants: nothing is asked by looking. What a form does, its button says with verb and number; where nothing can be done there is
//! no button, and the reason stands in its place.
//!
//! Tests: `app/tests/commands.rs`, `server/tests/asked.rs`, `end2end/tests/act.spec.ts`.

mod ask;
mod fields;
mod list;
mod one;
mod plan;

pub use ask::Ask;
pub(crate) use fields::phases;
pub use list::List;
pub use one::One;
pub use plan::{Plan, Usual};

use crate::archive::{Facts, parts, written};
use crate::pages::ArchiveHtml;
use crate::view::part;
use domain::command::CommandRecord;
use leptos::prelude::*;

/// Address of what was asked; what stands below it are single ones, and `new`.
pub const COMMANDS: &str = crate::location::Page::COMMANDS;

/// A page with all that it shows.
#[derive(Clone, Debug)]
pub enum Commands {
    /// What somebody wants, and what that would do.
    Ask(Box<Ask>),
    /// What was asked.
    List(List),
    /// One of them.
    One(Box<One>),
    /// A heading and why there is nothing under it.
    Sentence(String, String),
}

/// The page as HTML.
#[must_use]
pub fn html(page: &Commands, facts: &Facts) -> ArchiveHtml {
    let view = match page {
        Commands::Ask(ask) => ask::page(ask, facts),
        Commands::List(list) => list::page(list, facts),
        Commands::One(one) => one::page(one, facts),
        Commands::Sentence(title, why) => {
            part(view! { {parts::heading(title.clone(), "")}{parts::nothing(why.clone())} })
        }
    };
    written(view)
}

/// Address of a command.
pub(crate) fn address_of(command: &CommandRecord) -> String {
    format!("{COMMANDS}/{}", crate::address::encoded(&command.id))
}
