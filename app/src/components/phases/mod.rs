//! Phases: one row each on one real time axis, so that the eye sees what took how long and what is going on.
//!
//! A bar is exactly as long as the phase lasted; the hatched rest reaches to where this run's own pace expects its end.

mod axis;
mod row;

use crate::clock::use_clock;
use crate::format::hm;
use crate::live::use_live;
use axis::Axis;
use domain::phase::Phase;
use leptos::prelude::*;
use row::PhaseRow;

/// The rows of tonight's run.
#[component]
pub fn Phases() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let view = live.view();
    let axis = Memo::new(move |_| {
        let now = clock.work().get();
        view.with(|view| view.as_ref().map(|view| Axis::of(view, now)))
    });
    let rows = Memo::new(move |_| {
        let slot = live.tonight().get()?;
        let phases: Vec<Phase> =
            view.with(|view| view.as_ref().map(|view| view.phases.iter().map(|(phase, _)| phase.phase.clone()).collect()))?;
        Some((slot, phases))
    });
    let heading = move || {
        let zone = clock.zone();
        view.with(|view| view.as_ref().map(|view| {
            let from = hm(view.run.started, &zone);
            let seen = if view.run.adopted { "seen " } else { "" };
            view.run.ended.map_or_else(|| format!("{seen}since {from}"), |end| format!("{seen}{from} to {}", hm(end, &zone)))
        }))
    };
    let each = move || {
        let rows = rows.get().map(|(slot, phases)| phases.into_iter().map(|phase| (slot, phase)).collect::<Vec<_>>());
        rows.unwrap_or_default()
    };
    view! {
        <Show when=move || rows.with(|rows| rows.as_ref().is_some_and(|(_, phases)| !phases.is_empty()))>
            <div class="head rule"><h2>"Phases"</h2><span class="quiet">{heading}</span></div>
            <AxisRow axis=axis />
            <For
                each=each
                key=|(slot, phase)| (*slot, phase.key().to_owned())
                let:entry
            >
                <PhaseRow run=entry.0 phase=entry.1 axis=axis />
            </For>
        </Show>
    }
    .into_any()
}

/// Labels of the axis, and the head of the columns.
#[component]
fn AxisRow(axis: Memo<Option<Axis>>) -> impl IntoView {
    let clock = use_clock();
    let labels = move || {
        let zone = clock.zone();
        axis.get().map(|axis| {
            axis.labels().into_iter().enumerate().map(|(index, at)| {
                let class = if index % 2 == 1 { "aside wide-only" } else { "aside" };
                view! { <text x=axis.x(at) y="20" text-anchor="middle" class=class>{axis.label(at, &zone)}</text> }
            }).collect_view()
        })
    };
    view! {
        <div class="prow axis">
            <span></span>
            <svg height="28" aria-hidden="true">{labels}</svg>
            <span class="num c">"processed"</span>
            <span class="num f">"failed"</span>
            <span class="num d">"took"</span>
        </div>
    }
    .into_any()
}
