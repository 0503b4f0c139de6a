//! What the bar has no room for: why the view is not vouched for and what follows, in the verdict itself.
//!
//! At the desk only what the bar does not say; on the phone, where the bar has two words, all of it.

use super::view_state::Ways;
use crate::clock::use_clock;
use crate::live::use_live;
use crate::sentences::link::{consequence, wording};
use crate::view::{text, when};
use leptos::prelude::*;

/// One line in violet, and on the phone the button that the bar has at the desk.
#[component]
pub fn Vouch() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let state = move || live.link().get();
    let unsure = move || !state().vouched();
    let words = text(move || format!("{}. ", wording(&state(), clock.now().get(), None, &clock.zone())));
    let follows = text(move || consequence(&state()).unwrap_or_default().to_owned());
    when(unsure, move || {
        view! {
            <p class="vouch"><span class="narrow-only">{words}</span>{follows}</p>
            <Ways class="act narrow-only" />
        }
    })
}
