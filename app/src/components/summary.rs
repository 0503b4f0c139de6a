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
    let aside = text(move || if copied.get() { "copied" } else { "five lines for the chat" }.to_owned());
    part(view! {
        <div class="acts" class:waiting=waiting>
            <button type="button" class="act text" on:click=copy>
                "Copy summary"
                <small>{aside}</small>
            </button>
        </div>
    })
}
