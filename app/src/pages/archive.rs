//! The frame of a page of the archive: whatever the server has written stands in it, and stays.
//!
//! In the browser nothing is known of these pages but that a run has begun or ended since ([`News`]): it adopts the element and leaves its content as it is (hydration does not set
//! `inner_html` again). That is why every way to such a page loads it, see `location`.

use crate::clock::use_clock;
use crate::format::hm;
use crate::live::use_live;
use crate::view::{part, text, when};
use leptos::prelude::*;
use std::sync::Arc;

/// What stands on a page of the archive, in context on the server; made by `archive::html`, which escapes what came from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveHtml(pub Arc<str>);

/// What stands above a page that is alive, where the server has written anything there.
#[component]
pub fn Above() -> impl IntoView {
    let html = use_context::<ArchiveHtml>().map(|html| html.0).unwrap_or_default();
    part(view! { <div class="above" inner_html=html></div> })
}

/// That the nights have changed since the page was made: what is read stays where it is until it is asked for anew.
#[component]
fn News() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let latest =
        move || live.runs().into_iter().map(|(_, run)| (run.ended.unwrap_or(run.started), run.ended)).max();
    let shown = untrack(latest);
    let news = text(move || {
        let Some((at, ended)) = latest().filter(|latest| Some(*latest) > shown) else { return String::new() };
        format!("A run {} at {}. ", if ended.is_some() { "ended" } else { "began" }, hm(at, &clock.zone()))
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
