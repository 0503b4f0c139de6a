//! The view state in the bar: whether the page can vouch for what it shows, always in the same place.
//!
//! The view never repaints the work: here it is said, and `style/_layout.scss` lays the hatching over the last truth.

use super::paced::turning;
use crate::browser;
use crate::clock::use_clock;
use crate::format::thousands;
use crate::live::{ViewState, use_live};
use crate::sentences::link::{brief, unsaved, wording};
use crate::view::{flag, part, press, text, when};
use leptos::prelude::*;

/// Words, a dot, and on press what is known to be complete.
#[component]
pub fn ViewBadge() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let state = move || live.link().get();
    // Live all the same: what is missing is missing from the log.
    let waiting =
        move || live.saving().filter(|saving| saving.reason.is_some() && state() == ViewState::Live);
    let words = text(move || match waiting() {
        Some(saving) => unsaved(&saving, &clock.zone()),
        None => wording(&state(), clock.now().get(), live.position().heard, &clock.zone()),
    });
    let short =
        text(move || if waiting().is_some() { "Not saved".to_owned() } else { brief(&state()).to_owned() });
    let unsaved = flag(move || waiting().is_some());
    // Violet and broken: this view can't be vouched for. Violet only: it is about to be complete, or has just become so.
    let lost = flag(move || !state().vouched());
    let turned = flag(move || matches!(state(), ViewState::CatchingUp { .. } | ViewState::Restarted { .. }));
    let odd = turning(move || live.position().frames);
    let detail = text(move || {
        let position = live.position();
        format!(
            "Complete to change {}; this tab missed {}",
            thousands(position.seq),
            thousands(position.holes)
        )
    });
    part(view! {
        <div class="view" class:lost=lost class:turned=turned class:unsaved=unsaved>
            <details>
                <summary>
                    <span class="dot" class:odd=odd></span>
                    <span class="words wide-only">{words}</span>
                    <span class="narrow-only">{short}</span>
                </summary>
                <p class="detail">{detail}</p>
            </details>
            <Ways class="wide-only" />
        </div>
    })
}

/// What a person can do about a link that is lost or blocked.
#[component]
pub(super) fn Ways(class: &'static str) -> impl IntoView {
    let live = use_live();
    let lost = move || matches!(live.link().get(), ViewState::Lost { .. });
    let blocked = move || matches!(live.link().get(), ViewState::Blocked { .. });
    let out = move || matches!(live.link().get(), ViewState::SignedOut { .. });
    part(view! {
        {when(out, move || view! { <a class=class href=browser::sign_in_again()>"Sign in and return here"</a> })}
        {when(lost, move || view! {
            <button type="button" class=class on:click=press(move || live.asked().update(|asked| *asked += 1))>"Try now"</button>
        })}
        {when(blocked, move || view! { <button type="button" class=class on:click=press(browser::reload)>"Reload"</button> })}
    })
}
