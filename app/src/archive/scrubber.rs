//! Looking back: a slider over a night, whose every moment is a page of its own. The button is for those without script.

use super::Facts;
use super::parts::{heading, link, nothing};
use crate::location::Page;
use crate::view::{Part, part};
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

/// Why there is no board of the moment that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nowhere {
    /// What was asked for is no moment.
    NoMoment(String),
    /// It has not come yet.
    ToCome(Millis),
    /// Nothing is kept of it; the log begins then, if it has begun.
    NotKept(Option<Millis>),
    /// The log cannot be read at the moment: why.
    Unreadable(&'static str),
}

/// One heading, one sentence, and the ways on.
pub(super) fn nowhere(why: &Nowhere, facts: &Facts) -> Part {
    let exact = |at: Millis| format!("{} {}", facts.night(facts.zone().civil(at).days), facts.hms(at));
    let sentence = match why {
        Nowhere::NoMoment(asked) => {
            format!(
                "“{asked}” is no moment: at= takes milliseconds since 1970, as the links to a night have it."
            )
        }
        Nowhere::ToCome(now) => format!("That moment is still to come. It is {}.", exact(*now)),
        Nowhere::NotKept(Some(first)) => {
            format!("Nothing is kept of that time. The log begins at {}.", exact(*first))
        }
        Nowhere::NotKept(None) => "Nothing is kept of that time. The log has not begun yet.".to_owned(),
        Nowhere::Unreadable(reason) => format!("The log cannot be read at the moment: {reason}."),
    };
    let earliest = match why {
        Nowhere::NotKept(Some(first)) => {
            Some(link(format!("{}?at={first}", Page::TONIGHT), "The earliest moment"))
        }
        _ => None,
    };
    let ways = view! { <p>{earliest} " " {link(Page::TONIGHT, "Back to now")}</p> };
    part(view! { {heading("Looking back", "")}{nothing(sentence)}{ways} })
}
