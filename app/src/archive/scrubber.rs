//! Looking back: a slider over a night, whose every moment is a page of its own. The button is for those without script.

use super::Facts;
use crate::location::Page;
use domain::time::{MINUTE, Millis};
use leptos::prelude::*;

/// Steps beside the slider, in minutes.
const STEPS: [(Millis, &str); 4] = [(-10, "−10 min"), (-1, "−1 min"), (1, "+1 min"), (10, "+10 min")];

/// The moment that is shown, and from when to when there is something to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looking {
    /// The moment.
    pub at: Millis,
    /// From when.
    pub from: Millis,
    /// Until when.
    pub to: Millis,
}

pub(super) fn page(looking: Looking, facts: &Facts) -> AnyView {
    let Looking { at, from, to } = looking;
    let step = |(minutes, words): (Millis, &'static str)| {
        let there = (at + minutes * MINUTE).clamp(from, to);
        view! { <a href=format!("{}?at={there}", Page::TONIGHT)>{words}</a> }
    };
    view! {
        <form class="scrubber" method="get" action=Page::TONIGHT>
            <span>{format!("{}, as it was at {}", facts.night(facts.exchange.civil(at).days), facts.hms(at))}</span>
            <input type="range" id="scrubbed" name="at" aria-label="The moment that is shown" min=from max=to step="1000" value=at />
            <button type="submit" id="scrub">"Show"</button>
            {STEPS.map(step).collect_view()}
            <a href=Page::TONIGHT>"Back to now"</a>
        </form>
    }
    .into_any()
}
