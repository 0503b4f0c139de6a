//! The frame of a page of the archive: whatever the server has written stands in it, and stays.
//!
//! In the browser nothing is known of these pages but that a run has begun or ended since, or the schedule is another ([`News`]): it adopts the element and leaves its content as it is (hydration does not set
//! `inner_html` again). That is why every way to such a page loads it, see `location`.

use crate::clock::use_clock;
use crate::format::hm;
use crate::live::use_live;
use crate::location::{Page, use_location};
use crate::view::{part, text, when};
use domain::record::Moment;
use domain::time::{DAY, Millis};
use leptos::prelude::*;
use std::sync::Arc;

/// So far ahead a change of the schedule is told.
const WEEK: Millis = 7 * DAY;

/// What stands on a page of the archive, in context on the server; made by `archive::html`, which escapes what came from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveHtml(pub Arc<str>);

/// What stands above a page that is alive, where the server has written anything there.
#[component]
pub fn Above() -> impl IntoView {
    let html = use_context::<ArchiveHtml>().map(|html| html.0).unwrap_or_default();
    part(view! { <div class="above" inner_html=html></div> })
}

/// That the nights or the schedule have changed since the page was made: what is read stays where it is until it is asked for anew.
#[component]
fn News() -> impl IntoView {
    let (live, clock, place) = (use_live(), use_clock(), use_location());
    let latest =
        move || live.runs().into_iter().map(|(_, run)| (run.ended.unwrap_or(run.started), run.ended)).max();
    let shown = untrack(latest);
    let since = untrack(|| clock.now().get());
    let planned = move || {
        let plan = (place.leads_to(Page::SCHEDULE) == "page").then(|| live.plan()).flatten()?;
        // The days that it knows go on from night to night: what was known of the next ones does not.
        let due = |moment: &Moment| moment.kind.is_due() && (0..WEEK).contains(&(moment.at - since));
        Some((plan.ours, plan.paused, plan.note, plan.moments.into_iter().filter(due).collect::<Vec<_>>()))
    };
    let plan = untrack(planned);
    let news = text(move || match latest().filter(|latest| Some(*latest) > shown) {
        Some((at, ended)) => {
            format!(
                "A run {} at {}. ",
                if ended.is_some() { "ended" } else { "began" },
                hm(at, &clock.zone())
            )
        }
        None if planned() != plan => "The schedule has changed. ".to_owned(),
        None => String::new(),
    });
    when(
        move || !news.get().is_empty(),
        move || view! { <p class="news" role="status">{news} <a href="">"Show it"</a></p> },
    )
}

/// The page.
#[component]
pub fn Archive() -> impl IntoView {
    let html = use_context::<ArchiveHtml>().map(|html| html.0).unwrap_or_default();
    part(view! {
        <News />
        <main class="archive" inner_html=html></main>
    })
}
