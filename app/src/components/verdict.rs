//! The verdict: one word, one number, one sentence about tonight. All else on the page is evidence for it.
//!
//! Words and figures are `sentences`'; here each stands in a text node of its own, so that a new number moves nothing.

use super::listening::StartSomething;
use super::{Acts, Listening, Vouch};
use crate::address::at;
use crate::clock::{Clock, use_clock};
use crate::format::hms;
use crate::live::{Live, use_live};
use crate::sentences::{self, Clocks, Figure};
use crate::view::{escaped, flag, memo, part, row, rows, text, when};
use domain::record::FailureCode;
use domain::verdict::Verdict;
use leptos::prelude::*;

/// The verdict with its sentence and figures.
#[component]
pub fn VerdictCard() -> impl IntoView {
    let live = use_live();
    let verdict = live.verdict();
    let listening = memo(move || verdict.with(|verdict| *verdict == Verdict::Listening));
    // Where a producer is there it is asked for a run, and nothing needs to be simulated.
    let asks = move || live.producer().is_some() || live.api().is_some_and(|api| api.up == Some(true));
    let alone = memo(move || listening.get() && !asks());
    let class = text(move || format!("verdict with-acts {}", verdict.with(sentences::tone)));
    let (polite, assertive) =
        (text(move || verdict.with(polite).to_owned()), text(move || verdict.with(assertive).to_owned()));
    part(view! {
        <section class=class aria-label="Tonight">
            <div>
                <h1><Headline /></h1>
                {when(move || !listening.get(), || view! { <p class="say"><Sentence /></p> })}
                {when(move || listening.get(), || view! { <Listening /> })}
                <Vouch />
                <Figures />
            </div>
            {when(move || alone.get(), || view! { <StartSomething /> })}
            {when(move || !alone.get(), || view! { <Acts /> })}
            <div class="spoken" role="status">{polite}</div>
            <div class="spoken" role="alert">{assertive}</div>
        </section>
    })
}

/// Changes of the verdict are spoken: politely …
fn polite(verdict: &Verdict) -> &'static str {
    if assertive(verdict).is_empty() { verdict.word() } else { "" }
}

/// … but a failure at once.
fn assertive(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Failed { .. } | Verdict::DidNotStart { .. } => verdict.word(),
        _ => "",
    }
}

/// The word, the number beside it, and the moment of the last truth where it is not now.
#[component]
pub fn Headline() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let verdict = live.verdict();
    let word = text(move || verdict.with(Verdict::word).to_owned());
    let number = text(move || {
        let number = live.view().with(|view| {
            let now = clock.work().get();
            verdict.with(|verdict| sentences::number(verdict, view.as_ref(), now, &clock.zone()))
        });
        number.unwrap_or_default()
    });
    let as_of = text(move || {
        live.link().get().as_of().map(|at| format!("as of {}", hms(at, &clock.zone()))).unwrap_or_default()
    });
    part(view! {
        <span class="w">{word}</span>
        {when(move || !number.get().is_empty(), move || view! { " " <span class="n">{number}</span> })}
        {when(move || !as_of.get().is_empty(), move || view! { " " <span class="asof">{as_of}</span> })}
    })
}

/// The sentence of any verdict about a run.
#[component]
pub fn Sentence() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let sentence = text(move || {
        let (here, exchange) = (clock.zone(), clock.exchange());
        let clocks = Clocks { now: clock.work().get(), here: &here, exchange: &exchange };
        let codes = codes(live);
        live.verdict().with(|verdict| {
            live.view().with(|view| match verdict.is_before() {
                true => sentences::before(verdict, view.as_ref(), &live.known(), clocks),
                false => sentences::sentence(verdict, view.as_ref(), &codes, clocks),
            })
        })
    });
    sentence.into_any()
}

/// The figures that matter in this state, at most four.
#[component]
fn Figures() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let list = move || {
        (0..figures(live, clock).len())
            .map(|index| row(index, move || view! { <OneFigure index=index /> }))
            .collect()
    };
    let ready = text(move || ready(live, clock));
    part(view! {
        <p class="figs">{rows(list)}</p>
        <p class="figs ready" inner_html=ready></p>
    })
}

/// What a run that is due needs, one word each; what is not ready leads to where it is looked at.
fn ready(live: Live, clock: Clock) -> String {
    if !live.verdict().with(|verdict| matches!(verdict, Verdict::Due { .. })) {
        return String::new();
    }
    let (now, here, exchange) = (clock.work().get(), clock.zone(), clock.exchange());
    let clocks = Clocks { now, here: &here, exchange: &exchange };
    let all = live.view().with(|view| sentences::readiness(view.as_ref(), &live.known(), now, clocks));
    let one = |(name, words, page): (&str, String, Option<&str>)| {
        let words = escaped(&words);
        match page {
            None => format!("<span><b>{words}</b> {name}</span>"),
            Some(page) if page.starts_with('/') => {
                format!("<span><a class=\"warn\" href=\"{}\"><b>{words}</b></a> {name}</span>", at(page))
            }
            Some(page) => format!("<span><a class=\"warn\" href=\"{page}\"><b>{words}</b></a> {name}</span>"),
        }
    };
    all.into_iter().map(one).collect()
}

fn figures(live: Live, clock: Clock) -> Vec<Figure> {
    let (now, zone, codes) = (clock.work().get(), clock.zone(), codes(live));
    live.verdict().with(|verdict| {
        live.view().with(|view| sentences::figures(verdict, view.as_ref(), &codes, now, &zone))
    })
}

fn codes(live: Live) -> Vec<FailureCode> {
    live.tonight().get().map(|slot| live.codes(slot)).unwrap_or_default()
}

#[component]
fn OneFigure(index: usize) -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let figure = move || figures(live, clock).into_iter().nth(index).unwrap_or_default();
    let bad = flag(move || figure().bad);
    part(view! {
        <span><b class:bad=bad>{text(move || figure().value)}</b> " " {text(move || figure().label)}</span>
    })
}
