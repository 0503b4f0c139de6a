//! The verdict: one word, one number, one sentence about tonight. All else on the page is evidence for it.
//!
//! Words and figures are `sentences`'; here each stands in a text node of its own, so that a new number moves nothing.

use super::listening::StartSomething;
use super::tab::follow_in_tab;
use super::{Listening, Summary, Vouch};
use crate::clock::use_clock;
use crate::format::hms;
use crate::live::use_live;
use crate::sentences::{self, Clocks, Figure};
use domain::verdict::Verdict;
use leptos::prelude::*;

/// The verdict with its sentence and figures.
#[component]
pub fn VerdictCard() -> impl IntoView {
    let live = use_live();
    let verdict = live.verdict();
    let tone = move || verdict.with(sentences::tone);
    let listening = Memo::new(move |_| verdict.with(|verdict| *verdict == Verdict::Listening));
    let ended = Memo::new(move |_| live.view().with(|view| view.as_ref().is_some_and(|view| view.run.status.ended())));
    follow_in_tab();
    view! {
        <section class=move || format!("verdict {}", tone()) class:with-acts=move || listening.get() || ended.get() aria-label="Tonight">
            <div>
                <h1><Headline /></h1>
                <Show when=move || listening.get() fallback=|| view! { <p class="say"><Sentence /></p> }>
                    <Listening />
                </Show>
                <Vouch />
                <Figures />
            </div>
            <Show when=move || listening.get()>
                <StartSomething />
            </Show>
            <Show when=move || ended.get()>
                <Summary />
            </Show>
            <div class="spoken" role="status">{move || verdict.with(polite)}</div>
            <div class="spoken" role="alert">{move || verdict.with(assertive)}</div>
        </section>
    }
    .into_any()
}

/// Changes of the verdict are spoken: politely …
fn polite(verdict: &Verdict) -> &'static str {
    if matches!(verdict, Verdict::Failed { .. }) { "" } else { verdict.word() }
}

/// … but a failure at once.
fn assertive(verdict: &Verdict) -> &'static str {
    if matches!(verdict, Verdict::Failed { .. }) { "Failed" } else { "" }
}

/// The word, the number beside it, and the moment of the last truth where it is not now.
#[component]
pub fn Headline() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let verdict = live.verdict();
    let number = Memo::new(move |_| {
        live.view().with(|view| verdict.with(|verdict| sentences::number(verdict, view.as_ref(), &clock.zone())))
    });
    let as_of = Memo::new(move |_| live.link().get().as_of().map(|at| format!("as of {}", hms(at, &clock.zone()))));
    view! {
        <span class="w">{move || verdict.with(Verdict::word)}</span>
        {move || number.get().map(|number| view! { <span class="n">{number}</span> })}
        {move || as_of.get().map(|as_of| view! { <span class="asof">{as_of}</span> })}
    }
    .into_any()
}

/// The sentence of any verdict about a run.
#[component]
pub fn Sentence() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let codes = Memo::new(move |_| live.tonight().get().map(|slot| live.codes(slot)).unwrap_or_default());
    let sentence = Memo::new(move |_| {
        let (here, exchange) = (clock.zone(), clock.exchange());
        let clocks = Clocks { now: clock.work().get(), here: &here, exchange: &exchange };
        let say = |verdict: &Verdict| {
            live.view().with(|view| codes.with(|codes| sentences::sentence(verdict, view.as_ref(), codes, clocks)))
        };
        live.verdict().with(say)
    });
    view! { {move || sentence.get()} }
}

/// The figures that matter in this state, at most four.
#[component]
fn Figures() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let codes = Memo::new(move |_| live.tonight().get().map(|slot| live.codes(slot)).unwrap_or_default());
    let figures = Memo::new(move |_| {
        let (now, zone) = (clock.work().get(), clock.zone());
        let tell = |verdict: &Verdict| {
            live.view().with(|view| codes.with(|codes| sentences::figures(verdict, view.as_ref(), codes, now, &zone)))
        };
        live.verdict().with(tell)
    });
    let count = Memo::new(move |_| figures.with(Vec::len));
    view! {
        <p class="figs">
            <For each=move || 0..count.get() key=|index| *index let:index>
                <OneFigure figures=figures index=index />
            </For>
        </p>
    }
    .into_any()
}

#[component]
fn OneFigure(figures: Memo<Vec<Figure>>, index: usize) -> impl IntoView {
    let figure = Memo::new(move |_| figures.with(|figures| figures.get(index).cloned()).unwrap_or_default());
    view! {
        <span>
            <b class:bad=move || figure.with(|figure| figure.bad)>{move || figure.with(|figure| figure.value.clone())}</b>
            " "
            {move || figure.with(|figure| figure.label.clone())}
        </span>
    }
    .into_any()
}
