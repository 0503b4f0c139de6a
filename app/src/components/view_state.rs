//! The view state in the bar: whether the page can vouch for what it shows, always in the same place.
//!
//! The view never repaints the work: here it is said, and `style/_layout.scss` lays the hatching over the last truth.

use super::paced::turning;
use crate::browser;
use crate::clock::use_clock;
use crate::format::thousands;
use crate::live::{ViewState, use_live};
use crate::sentences::link::{brief, wording};
use leptos::prelude::*;

/// Words, a dot, and on press what is known to be complete.
#[component]
pub fn ViewBadge() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let state = move || live.link().get();
    let words = move || wording(&state(), clock.now().get(), live.position().heard, &clock.zone());
    let short = move || brief(&state());
    // Violet and broken: this view can't be vouched for. Violet only: it is about to be complete, or has just become so.
    let lost = move || !state().vouched();
    let turned = move || matches!(state(), ViewState::CatchingUp { .. } | ViewState::Restarted { .. });
    let odd = turning(move || live.position().frames);
    let detail = move || {
        let position = live.position();
        format!("Complete to change {}; this tab missed {}", thousands(position.seq), thousands(position.holes))
    };
    let can_try = move || matches!(state(), ViewState::Lost { .. });
    let can_reload = move || matches!(state(), ViewState::Blocked { .. });
    view! {
        <div class="view" class:lost=lost class:turned=turned>
            <details>
                <summary>
                    <span class="dot" class:odd=odd></span>
                    <span class="words wide-only">{words}</span>
                    <span class="narrow-only">{short}</span>
                </summary>
                <p class="detail">{detail}</p>
            </details>
            <Show when=can_try>
                <button type="button" class="wide-only" on:click=move |_| live.asked().update(|asked| *asked += 1)>
                    "Try now"
                </button>
            </Show>
            <Show when=can_reload>
                <button type="button" class="wide-only" on:click=|_| browser::reload()>"Reload"</button>
            </Show>
        </div>
    }
    .into_any()
}
