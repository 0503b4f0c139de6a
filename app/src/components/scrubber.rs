//! Looking back: a slider over a night, whose every moment is a page of its own. Without script it has a button.

use crate::browser;
use crate::clock::use_clock;
use crate::format::hm;
use crate::live::{ViewState, use_live};
use crate::location::Page;
use crate::view::{text, when};
use domain::time::{MINUTE, Millis};
use leptos::prelude::*;

/// Steps beside the slider, in minutes.
const STEPS: [(Millis, &str); 4] = [(-10, "−10 min"), (-1, "−1 min"), (1, "+1 min"), (10, "+10 min")];

/// The slider, where a board is shown as it was.
#[component]
pub fn Scrubber() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let replay = move || match live.link().get() {
        ViewState::Replay { at, from, to } => Some((at, from, to)),
        _ => None,
    };
    let pick = move |which: fn((Millis, Millis, Millis)) -> Millis| replay().map_or(0, which);
    let number = move |which: fn((Millis, Millis, Millis)) -> Millis| text(move || pick(which).to_string());
    let ends = text(move || {
        let zone = clock.zone();
        format!("{} to {}", hm(pick(|(_, from, _)| from), &zone), hm(pick(|(.., to)| to), &zone))
    });
    let step = move |minutes: Millis| {
        text(move || {
            let at = (pick(|(at, ..)| at) + minutes * MINUTE)
                .clamp(pick(|(_, from, _)| from), pick(|(.., to)| to));
            format!("{}?at={at}", Page::TONIGHT)
        })
    };
    when(
        move || replay().is_some(),
        move || {
            view! {
                <form class="scrubber" method="get" action=Page::TONIGHT>
                    <span class="quiet">{ends}</span>
                    <input
                        type="range"
                        name="at"
                        aria-label="The moment that is shown"
                        min=number(|(_, from, _)| from)
                        max=number(|(.., to)| to)
                        step="1000"
                        value=number(|(at, ..)| at)
                        on:change=|_| browser::press("scrub")
                    />
                    <button type="submit" id="scrub">"Show"</button>
                    {STEPS.map(|(minutes, words)| view! { <a href=step(minutes)>{words}</a> }).collect_view()}
                    <a href=Page::TONIGHT>"Back to now"</a>
                </form>
            }
        },
    )
}
