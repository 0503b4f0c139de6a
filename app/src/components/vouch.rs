//! What the bar of a phone has no room for: why the view is not vouched for, in the verdict itself. That nobody is signed in any
//! more stands there on every screen.

use super::view_state::Ways;
use crate::clock::use_clock;
use crate::live::{ViewState, use_live};
use crate::sentences::link::wording;
use crate::view::{flag, text, when};
use leptos::prelude::*;

/// One line in violet, and the button that the bar has at the desk.
#[component]
pub fn Vouch() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let state = move || live.link().get();
    let unsure = move || !state().vouched();
    let out = flag(move || matches!(state(), ViewState::SignedOut { .. }));
    let narrow = flag(move || !out.get());
    let words = text(move || format!("{}.", wording(&state(), clock.now().get(), None, &clock.zone())));
    when(unsure, move || {
        view! {
            <p class="vouch" class:narrow-only=narrow>{words}</p>
            <Ways class="act narrow-only" />
        }
    })
}
