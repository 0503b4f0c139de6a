//! The verdict: one word, one number, one sentence about tonight. All else on the page is evidence for it.

use crate::browser;
use crate::clock::use_clock;
use crate::components::icon;
use crate::format::{count, hms, thousands};
use crate::live::{ViewState, use_live};
use crate::sentences::{self, Figure};
use domain::verdict::Verdict;
use leptos::prelude::*;

/// What a person copies to see the page come alive.
const SIMULATE: &str = "cargo run --release -p processor -- simulate --auto --speed 60";

/// The verdict with its sentence and figures.
#[component]
pub fn VerdictCard() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let verdict = live.verdict();
    let codes = Memo::new(move |_| live.tonight().get().map(|slot| live.codes(slot)).unwrap_or_default());
    let tone = move || format!("verdict {}", sentences::tone(&verdict.get()));
    let word = move || verdict.with(Verdict::word);
    let number = move || {
        live.view().with(|view| verdict.with(|verdict| sentences::number(verdict, view.as_ref(), &clock.zone())))
    };
    let as_of = move || live.link().get().as_of().map(|at| format!("as of {}", hms(at, &clock.zone())));
    let sentence = move || {
        live.view().with(|view| {
            verdict.with(|verdict| codes.with(|codes| sentences::sentence(verdict, view.as_ref(), codes, &clock.zone())))
        })
    };
    let figures = Memo::new(move |_| {
        let now = clock.work().get();
        live.view().with(|view| {
            verdict.with(|verdict| codes.with(|codes| sentences::figures(verdict, view.as_ref(), codes, now, &clock.zone())))
        })
    });
    let listening = move || verdict.with(|verdict| *verdict == Verdict::Listening);
    let indexes = move || (0..figures.with(Vec::len)).collect::<Vec<_>>();
    show_in_tab();
    view! {
        <section class=tone aria-label="Tonight">
            <div>
                <h1>
                    <span class="w">{word}</span>
                    {move || number().map(|number| view! { <span class="n">{number}</span> })}
                    {move || as_of().map(|as_of| view! { <span class="asof">{as_of}</span> })}
                </h1>
                <Show when=listening fallback=move || view! { <p class="say">{sentence}</p> }>
                    <Listening />
                </Show>
                <p class="figs">
                    <For each=indexes key=|index| *index let:index>
                        <OneFigure figures=figures index=index />
                    </For>
                </p>
                <AlsoRunning />
            </div>
            <Show when=listening>
                <StartSomething />
            </Show>
            <div class="spoken" role="status">{move || verdict.with(|verdict| polite(verdict))}</div>
            <div class="spoken" role="alert">{move || verdict.with(|verdict| assertive(verdict))}</div>
        </section>
    }
}

/// Changes of the verdict are spoken: politely …
fn polite(verdict: &Verdict) -> &'static str {
    if matches!(verdict, Verdict::Failed { .. }) { "" } else { verdict.word() }
}

/// … but a failure at once.
fn assertive(verdict: &Verdict) -> &'static str {
    if matches!(verdict, Verdict::Failed { .. }) { "Failed" } else { "" }
}

#[component]
fn OneFigure(figures: Memo<Vec<Figure>>, index: usize) -> impl IntoView {
    let of = move |pick: fn(&Figure) -> String| figures.with(|figures| figures.get(index).map(pick).unwrap_or_default());
    let bad = move || figures.with(|figures| figures.get(index).is_some_and(|figure| figure.bad));
    view! {
        <span>
            <b class:bad=bad>{move || of(|figure| figure.value.clone())}</b>
            " "
            {move || of(|figure| figure.label.clone())}
        </span>
    }
}

/// Runs that go on beside the one with the verdict.
#[component]
fn AlsoRunning() -> impl IntoView {
    let live = use_live();
    let others = move || {
        let tonight = live.tonight().get();
        let running = live.runs().into_iter().filter(|(slot, run)| Some(*slot) != tonight && !run.status.ended());
        running.take(3).map(|(_, run)| {
            let what = if run.universes.is_empty() { run.id.chars().take(8).collect() } else { run.universes.join(", ") };
            let size = if run.symbols > 0 { format!(", {} symbols", count(run.symbols)) } else { String::new() };
            view! { <p class="also">"Also running: " {what} {size}</p> }
        }).collect_view()
    };
    view! { {others} }
}

/// Before any run was heard: what is connected, and how far we are.
#[component]
fn Listening() -> impl IntoView {
    let live = use_live();
    let sentence = move || {
        let redis = live.redis();
        let messages = live.ingest().map_or(0, |ingest| ingest.messages);
        match redis {
            Some(redis) if redis.up => format!(
                "No run has been heard yet. Connected to Redis at {}; {} channels watched, {} messages.",
                redis.address, redis.channels, thousands(messages)
            ),
            Some(redis) => format!("No run has been heard yet. Redis at {} does not answer.", redis.address),
            None => "No run has been heard yet.".to_owned(),
        }
    };
    let answers = move || live.redis().is_some_and(|redis| redis.up);
    let arrived = move || live.ingest().is_some_and(|ingest| ingest.messages > 0);
    view! {
        <p class="say">{sentence}</p>
        <ol class="steps">
            <Step done=Signal::derive(answers) text="Redis answers" />
            <Step done=Signal::derive(arrived) text="A message arrived" />
            <Step done=Signal::derive(|| false) text="A run was seen" />
        </ol>
    }
}

#[component]
fn Step(done: Signal<bool>, text: &'static str) -> impl IntoView {
    view! {
        <li class:yes=done>
            <svg width="16" height="16" role="img" aria-label=move || if done.get() { "done" } else { "to come" }>
                {move || if done.get() {
                    view! { <path class="nofill l-green" stroke-width="2.5" d="M2 8.5l4 4l8 -9" /> }.into_any()
                } else {
                    view! { <rect class="nofill l-outline px" x="2.5" y="2.5" width="11" height="11" /> }.into_any()
                }}
            </svg>
            {text}
        </li>
    }
}

#[component]
fn StartSomething() -> impl IntoView {
    let live = use_live();
    view! {
        <div class="acts">
            <p class="why">"Start the simulator"</p>
            <div class="cmd">
                <code>{SIMULATE}</code>
                <Show when=move || live.hydrated().get()>
                    <button type="button" on:click=|_| browser::copy(SIMULATE)>"Copy"</button>
                </Show>
            </div>
        </div>
    }
}

/// Title and icon follow the verdict; the broken ring says that the view is not live.
fn show_in_tab() {
    let (live, clock) = (use_live(), use_clock());
    Effect::new(move |_| {
        if !live.hydrated().get() {
            return;
        }
        let verdict = live.verdict().get();
        let state = live.link().get();
        let title = live.view().with(|view| sentences::title(&verdict, view.as_ref(), &clock.zone()));
        let sure = state.vouched() && !matches!(state, ViewState::Snapshot { .. });
        browser::set_title(&if sure { title } else { format!("Not live · {title}") });
        browser::set_icon(&icon::data_url(&verdict, sure));
    });
}
