//! `/admin/daily-processing`: tonight, and all the evidence for its one word.

use super::Above;
use crate::components::{
    AlsoRunning, Around, Failures, Feed, Made, NightLine, Nights, Phases, SymbolMap, VerdictCard,
};
use crate::live::use_live;
use crate::view::{part, when};
use leptos::prelude::*;

/// The main page.
#[component]
pub fn Tonight() -> impl IntoView {
    let live = use_live();
    let run = move || live.tonight().get().is_some();
    let line = move || live.plan().is_some();
    let nights = move || !live.runs().is_empty();
    // Before anything was heard of a producer there is no feed: what we say of ourselves is in the sources.
    let heard = move || live.producer().is_some();
    part(view! {
        <main>
            <Above />
            <VerdictCard />
            <AlsoRunning />
            {when(line, || view! { <NightLine /> })}
            {when(run, || view! {
                <section class="fails" id="failures" tabindex="-1"><Failures /></section>
                <section class="phases"><Phases /></section>
                <section class="symbols" id="symbols" tabindex="-1"><SymbolMap /></section>
                <section class="made"><Made /></section>
            })}
            <section class="around"><Around /></section>
            {when(nights, || view! { <section class="nights"><Nights /></section> })}
            {when(heard, || view! { <section class="feed"><Feed /></section> })}
        </main>
    })
}
