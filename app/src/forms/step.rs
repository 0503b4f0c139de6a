//! The second step before what can't be taken back, and a button that is a form alone.

use crate::view::{Part, part};
use leptos::prelude::*;

/// What can't be taken back: a line that opens, and in it what it means and the button that does it.
pub(crate) struct Step {
    /// "Disable…"
    pub(crate) opens: &'static str,
    /// "Disable ann?"
    pub(crate) question: String,
    /// What it means.
    pub(crate) means: &'static str,
    /// The verb and whom: "Disable ann".
    pub(crate) verb: String,
    /// Where it is posted to.
    pub(crate) address: String,
    /// And as what.
    pub(crate) task: &'static str,
    /// The page that is left as it is by "Don't".
    pub(crate) home: &'static str,
}

impl Step {
    /// The line, closed.
    pub(crate) fn view(self) -> Part {
        let Self { opens, question, means, verb, address, task, home } = self;
        part(view! {
            <details class="step">
                <summary class="link">{opens}</summary>
                <form method="post" action=address>
                    <p><b>{question}</b>" "{means}</p>
                    <button type="submit" class="filled" name="do" value=task>{verb}</button>
                    <a class="link" href=home>"Don’t"</a>
                </form>
            </details>
        })
    }
}

/// A form that is a button alone, with what it posts.
pub(crate) fn button(
    address: &'static str,
    hidden: Option<(&'static str, String)>,
    verb: &'static str,
    spoken: Option<String>,
) -> Part {
    let hidden = hidden.map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    part(view! {
        <form method="post" action=address class="alone">
            {hidden}
            <button type="submit" aria-label=spoken>{verb}</button>
        </form>
    })
}
