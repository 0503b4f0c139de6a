//! What the bar has no room for: why the view is not vouched for and what follows, in the verdict itself.
//!
//! At the desk only what the bar does not say; on the phone, where the bar has two words, all of it.

use crate::browser;
use crate::clock::use_clock;
use crate::live::{ViewState, use_live};
use crate::sentences::link::{consequence, wording};
use leptos::prelude::*;

/// One line in violet, and on the phone the button that the bar has at the desk.
#[component]
pub fn Vouch() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let state = move || live.link().get();
    let unsure = move || !state().vouched();
    let words = move || wording(&state(), clock.now().get(), None, &clock.zone());
    let follows = move || consequence(&state());
    let can_try = move || matches!(state(), ViewState::Lost { .. });
    let can_reload = move || matches!(state(), ViewState::Blocked { .. });
    view! {
        <Show when=unsure>
            <p class="vouch">
                <span class="narrow-only">{words} ". "</span>
                {follows}
            </p>
            <Show when=can_try>
                <button type="button" class="act narrow-only" on:click=move |_| live.asked().update(|asked| *asked += 1)>
                    "Try now"
                </button>
            </Show>
            <Show when=can_reload>
                <button type="button" class="act narrow-only" on:click=|_| browser::reload()>"Reload"</button>
            </Show>
        </Show>
    }
    .into_any()
}
