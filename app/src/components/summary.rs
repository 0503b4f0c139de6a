//! "Copy summary": the night in five lines of plain text, for the team's chat.

use crate::browser;
use crate::clock::use_clock;
use crate::live::use_live;
use crate::sentences;
use crate::view::{flag, part, press, text};
use leptos::prelude::*;

/// The button, once a run has ended. Without script it can't copy, and is not shown; its place is kept.
#[component]
pub fn Summary() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let copied = RwSignal::new(false);
    let copy = press(move || {
        let text = live.view().with_untracked(|view| {
            let view = view.as_ref()?;
            let (codes, verdict) = (live.codes(view.slot), live.verdict().get_untracked());
            Some(sentences::summary(&verdict, view, &codes, &clock.zone(), &clock.exchange()))
        });
        if let Some(text) = text {
            browser::copy(&text);
            copied.set(true);
        }
    });
    let waiting = flag(move || !live.hydrated().get());
    let label = text(move || if copied.get() { "Copied" } else { "Copy summary" }.to_owned());
    part(view! {
        <button type="button" class="link" class:waiting=waiting title="Five lines for the chat" on:click=copy>{label}</button>
    })
}
