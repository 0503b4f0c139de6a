//! `/admin/runs/<id>`: one run, going on or ended, by the very parts that tonight is made of. Above it stands what the server has
//! written: which run it is, or that there is none.

use super::Above;
use crate::components::{Failures, Phases, Problems, SymbolMap, VerdictCard};
use crate::live::use_live;
use crate::view::{part, when};
use leptos::prelude::*;

/// The page.
#[component]
pub fn Run() -> impl IntoView {
    let live = use_live();
    let known = move || live.tonight().get().is_some();
    part(view! {
        <main class="runpage">
            <Above />
            {when(known, || view! {
                <VerdictCard />
                <section class="fails" id="failures" tabindex="-1"><Failures /></section>
                <section class="phases"><Phases /></section>
                <section class="symbols" id="symbols" tabindex="-1"><SymbolMap /></section>
                <section class="around"><Problems /></section>
            })}
        </main>
    })
}
