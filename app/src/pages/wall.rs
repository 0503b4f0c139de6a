//! The wall view: read at three metres, without a hand near it. If the view isn't live, all of it is hatched.

use crate::clock::use_clock;
use crate::components::{Headline, Sentence, ViewBadge};
use crate::format::{count, hms};
use crate::live::use_live;
use crate::sentences;
use domain::verdict::RunView;
use leptos::prelude::*;

/// The verdict at 160, its sentence, three figures, the view state and the clocks.
#[component]
pub fn Wall() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let verdict = live.verdict();
    let view = live.view();
    let tone = move || format!("wallpage {}", verdict.with(sentences::tone));
    let failed = move || view.with(|view| view.as_ref().map_or(0, RunView::failed));
    let exchange = clock.exchange().label;
    let there = move || format!("{} {exchange}", hms(clock.now().get(), &clock.exchange()));
    let second = move || {
        let zone = clock.zone();
        (!zone.agrees_with(&clock.exchange(), clock.now().get())).then(|| format!(" · {} {}", hms(clock.now().get(), &zone), zone.label))
    };
    view! {
        <main class=tone>
            <div class="top"><ViewBadge /><span><b>{there}</b>{second}</span></div>
            <div class="mid">
                <h1><Headline /></h1>
                <p class="say"><Sentence /></p>
            </div>
            <div class="foot">
                <div><b class:bad=move || { failed() > 0 }>{move || count(failed())}</b> " " <span>"failed"</span></div>
                <div>{move || position(view.get())}</div>
            </div>
        </main>
    }
    .into_any()
}

fn position(view: Option<RunView>) -> Option<impl IntoView> {
    let view = view?;
    let (phase, progress) = view.current()?;
    let of = if phase.total > 0 { format!(" of {}", count(phase.total)) } else { String::new() };
    let text = format!("{}{of}", count(progress.processed()));
    Some(view! { <b>{text}</b> " " <span>{phase.phase.noun()}</span> })
}
