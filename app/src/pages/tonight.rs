//! `/admin/daily-processing`: tonight, and all the evidence for its one word.

use crate::clock::use_clock;
use crate::components::{AlsoRunning, Around, Failures, Feed, Nights, Phases, SymbolMap, VerdictCard};
use crate::format::hms;
use crate::live::use_live;
use crate::view::{part, when};
use leptos::prelude::*;

/// The main page.
#[component]
pub fn Tonight() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let run = move || live.tonight().get().is_some();
    // Before anything was heard of a producer there is no feed: what we say of ourselves is in the sources.
    let heard = move || live.producer().is_some();
    // The moment of the first paint, for browsers without script.
    let rendered = hms(clock.now().get_untracked(), &clock.zone());
    part(view! {
        <main>
            <noscript>
                <p class="noscript">{format!("Snapshot of {rendered}. Reload for a newer one.")}</p>
            </noscript>
            <VerdictCard />
            <AlsoRunning />
            {when(run, || view! {
                <section class="fails" id="failures" tabindex="-1"><Failures /></section>
                <section class="phases"><Phases /></section>
                <section class="symbols"><SymbolMap /></section>
            })}
            <section class="around"><Around /></section>
            {when(run, || view! { <section class="nights"><Nights /></section> })}
            {when(heard, || view! { <section class="feed"><Feed /></section> })}
        </main>
    })
}
