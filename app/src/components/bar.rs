//! The bar: name, environment, pages that exist, view state, clocks, theme.

use super::ViewBadge;
use crate::browser;
use crate::clock::use_clock;
use crate::live::use_live;
use leptos::prelude::*;
use leptos_router::components::A;

/// The pages of the navigation. A page is listed when it exists.
const PAGES: [(&str, &str); 1] = [("/admin/daily-processing", "Tonight")];

/// The bar on top of every page.
#[component]
pub fn Bar() -> impl IntoView {
    let live = use_live();
    let environment = move || live.server().and_then(|server| server.environment);
    let simulated = move || {
        let run = live.view().get().is_some_and(|view| view.run.simulated);
        run || live.producer().is_some_and(|producer| producer.simulated)
    };
    let toggle = move |_| {
        let next = if browser::theme().as_deref() == Some("dark") { "light" } else { "dark" };
        browser::set_theme(next);
    };
    view! {
        <header class="bar">
            <span class="name">"Closing Bell"</span>
            {move || environment().map(|label| view! { <span class="env">{label}</span> })}
            <Show when=simulated>
                <span class="env">"SIMULATED"</span>
            </Show>
            <nav class="wide-only" aria-label="Pages">
                {PAGES.map(|(path, name)| view! { <A href=path>{name}</A> }).collect_view()}
            </nav>
            <div class="right">
                <ViewBadge />
                <Clocks />
                <Show when=move || live.hydrated().get()>
                    <button type="button" class="quiet" on:click=toggle aria-label="Switch between light and dark">
                        "Theme"
                    </button>
                </Show>
            </div>
        </header>
    }
}

/// The viewer's clock with the exchange's beside it, or one where they agree.
#[component]
fn Clocks() -> impl IntoView {
    let clock = use_clock();
    let both = move || !clock.zone().agrees_with(&clock.exchange(), clock.now().get());
    let here = move || clock.zone().civil(clock.now().get()).hms();
    let there = move || clock.exchange().civil(clock.now().get());
    let label = clock.exchange().label;
    let second = move || {
        both().then(|| {
            let label = label.clone();
            view! { <span class="quiet">" " {there().hm()} " " {label}</span> }
        })
    };
    let only = clock.exchange().label;
    view! {
        <span class="clock wide-only">
            <b>{here}</b>
            {move || (!both()).then(|| format!(" {only}"))}
            {second}
        </span>
    }
}
