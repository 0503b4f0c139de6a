//! `/admin/runs/<id>`: one run, going on or ended, by the very parts that tonight is made of.

use crate::clock::use_clock;
use crate::components::{Failures, Phases, Problems, SymbolMap, VerdictCard};
use crate::format::night;
use crate::live::use_live;
use crate::location::{address_of_run, use_location};
use crate::view::{part, text, when};
use domain::record::Trigger;
use leptos::prelude::*;

/// The page.
#[component]
pub fn Run() -> impl IntoView {
    let live = use_live();
    let known = move || live.tonight().get().is_some();
    part(view! {
        <main class="runpage">
            {when(known, || view! {
                <Head />
                <VerdictCard />
                <section class="fails" id="failures" tabindex="-1"><Failures /></section>
                <section class="phases"><Phases /></section>
                <section class="symbols"><SymbolMap /></section>
                <section class="around"><Problems /></section>
            })}
            {when(move || !known(), || view! {
                <section class="verdict tone-ink" aria-label="Not known">
                    <div>
                        <h1><span class="w">"Not known"</span></h1>
                        <p class="say">"No run of this id has been heard, or it was forgotten."</p>
                    </div>
                </section>
            })}
        </main>
    })
}

/// Which run it is, and where more of it is.
#[component]
fn Head() -> impl IntoView {
    let (live, clock, location) = (use_live(), use_clock(), use_location());
    let words = text(move || {
        let view = live.view().get();
        view.map(|view| {
            let by = match view.run.trigger {
                Some(Trigger::Schedule) => ", by the schedule",
                Some(Trigger::Manual) => ", by hand",
                None => "",
            };
            let of = view.run.universes.iter().map(|name| format!(", {name}")).collect::<String>();
            format!("Run {} of the night of {}{by}{of}", view.run.id, night(view.run.night))
        })
        .unwrap_or_default()
    });
    let id = move || location.run().unwrap_or_default();
    let events = text(move || format!("/admin/events?run={}", tail(&id())));
    let started = move || live.view().with(|view| view.as_ref().map(|view| view.run.started));
    let replay =
        text(move || format!("/admin/daily-processing?at={}", started().unwrap_or(clock.now().get())));
    let csv = text(move || format!("/api/runs/{}/symbols.csv", tail(&id())));
    let json = text(move || format!("/api/runs/{}", tail(&id())));
    part(view! {
        <div class="head">
            <h2>{words}</h2>
            <span class="links end">
                <a href=events>"Its events"</a>
                " " <a href=replay>"Look back"</a>
                " " <a href=csv>"CSV"</a>
                " " <a href=json>"JSON"</a>
            </span>
        </div>
    })
}

/// An id as it stands in an address.
fn tail(id: &str) -> String {
    address_of_run(id).split_off(crate::location::Page::RUNS.len())
}
