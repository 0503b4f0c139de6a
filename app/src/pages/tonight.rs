//! `/admin/daily-processing`: tonight, and all the evidence for its one word.

use crate::clock::use_clock;
use crate::components::{
    AlsoRunning, Around, Failures, Feed, Nights, Phases, Problems, SymbolMap, VerdictCard,
};
use crate::format::hms;
use crate::live::use_live;
use crate::view::when;
use leptos::prelude::*;

/// The main page.
#[component]
pub fn Tonight() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let run = move || live.tonight().get().is_some();
    let lines = move || !live.lines().is_empty();
    // The moment of the first paint, for browsers without script.
    let rendered = hms(clock.now().get_untracked(), &clock.zone());
    view! {
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
            <section class="troubles"><Problems /></section>
            <section class="around"><Around /></section>
            {when(run, || view! { <section class="nights"><Nights /></section> })}
            {when(lines, || view! { <section class="feed"><Feed /></section> })}
        </main>
    }
}
