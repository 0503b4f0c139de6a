//! The view state in the bar: whether the page can vouch for what it shows, always in the same place.

use crate::clock::use_clock;
use crate::format::{age, duration, hms, thousands};
use crate::live::{ViewState, use_live};
use domain::time::{Millis, Zone};
use leptos::prelude::*;

/// Words, a dot, and on press what is known to be complete.
#[component]
pub fn ViewBadge() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let state = move || live.link().get();
    let words = move || wording(&state(), clock.now().get(), live.position().heard, &clock.zone());
    let short = move || brief(&state());
    let lost = move || !matches!(state(), ViewState::Live | ViewState::Snapshot { .. });
    // The dot blinks by a class that alternates with each frame, at most as often as the clock and frames come.
    let odd = move || live.position().frames % 2 == 1;
    let detail = move || {
        let position = live.position();
        format!(
            "Complete to change {}; {} frames received; holes noticed and filled: {}",
            thousands(position.seq),
            thousands(position.frames),
            position.holes
        )
    };
    let can_try = move || matches!(state(), ViewState::Lost { .. } | ViewState::Blocked { .. });
    view! {
        <div class="view" class:lost=lost>
            <details>
                <summary>
                    <span class="dot" class:odd=odd></span>
                    <span class="wide-only">{words}</span>
                    <span class="narrow-only">{short}</span>
                </summary>
                <p class="detail">{detail}</p>
            </details>
            <Show when=can_try>
                <button type="button" on:click=move |_| live.asked().update(|asked| *asked += 1)>"Try now"</button>
            </Show>
        </div>
    }
}

fn wording(state: &ViewState, now: Millis, heard: Option<Millis>, zone: &Zone) -> String {
    match state {
        ViewState::Snapshot { at } => format!("Snapshot of {}", hms(*at, zone)),
        ViewState::Live => format!("Live · {}", age(heard.map_or(0, |heard| now - heard))),
        ViewState::CatchingUp { changes } => format!("Catching up, {} changes", thousands(*changes)),
        ViewState::Restarted { at } => format!("Server restarted {}; all data sent again", hms(*at, zone)),
        ViewState::RedisDown { since } => format!("Server is up; Redis not reachable since {}", hms(*since, zone)),
        ViewState::Lost { since, next_try } => {
            format!("Not live since {}. Trying again in {}", hms(*since, zone), duration((next_try - now).max(0) + 999))
        }
        ViewState::Offline { since } => format!("This device is offline since {}", hms(*since, zone)),
        ViewState::Blocked { since, tries } => {
            format!("Snapshot of {}. The live link is blocked between this browser and the server (try {tries})", hms(*since, zone))
        }
    }
}

fn brief(state: &ViewState) -> &'static str {
    match state {
        ViewState::Snapshot { .. } => "Snapshot",
        ViewState::Live => "Live",
        ViewState::CatchingUp { .. } => "Catching up",
        ViewState::Restarted { .. } => "Restarted",
        ViewState::RedisDown { .. } => "Redis down",
        ViewState::Lost { .. } => "Not live",
        ViewState::Offline { .. } => "Offline",
        ViewState::Blocked { .. } => "Blocked",
    }
}
