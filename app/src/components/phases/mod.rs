//! Phases: one row each on one real time axis, so that the eye sees what took how long and what is going on.
//!
//! A bar is exactly as long as the phase lasted; the hatched rest reaches to where this run's own pace expects its end.

mod axis;
mod drawing;
mod row;

use crate::clock::use_clock;
use crate::format::{duration, hm, night};
use crate::live::{Live, use_live};
use crate::view::{memo, part, press, row as list_row, rows, text, when};
use axis::Axis;
use domain::time::Zone;
use domain::verdict::{RunView, Verdict};
use leptos::prelude::*;
use row::PhaseRow;

/// The rows of tonight's run.
#[component]
pub fn Phases() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let view = live.view();
    let unfolded = RwSignal::new(false);
    let axis = memo(move || {
        let (now, unfolded) = (clock.work().get(), unfolded.get());
        view.with(|view| view.as_ref().map(|view| Axis::of(view, now, unfolded)))
    });
    let idle = text(move || axis.with(|axis| axis.as_ref().map(idle).unwrap_or_default()));
    let folding = move || unfolded.get() || !idle.get().is_empty();
    let fold = text(move || if unfolded.get() { "Fold idle time".to_owned() } else { idle.get() });
    let any = move || view.with(|view| view.as_ref().is_some_and(|view| !view.phases.is_empty()));
    let each = move || {
        let of_run = |view: &RunView| {
            let slot = view.slot;
            let phases = view.phases.iter().map(|(phase, _)| phase.phase.clone());
            phases
                .map(|phase| {
                    list_row(
                        format!("{slot}.{}", phase.key()),
                        move || view! { <PhaseRow run=slot phase=phase.key().to_owned() axis=axis /> },
                    )
                })
                .collect()
        };
        view.with(|view| view.as_ref().map(of_run).unwrap_or_default())
    };
    when(any, move || {
        view! {
            <div class="head rule"><h2>"Phases"</h2><span class="quiet">{text(move || heading(live, &clock.zone()))}</span>
                {when(folding, move || view! {
                    <button type="button" class="link end" on:click=press(move || unfolded.update(|on| *on = !*on))>{fold}</button>
                })}
            </div>
            <AxisRow axis=axis />
            {rows(each)}
        }
    })
}

/// "12 min idle", "3 waits idle, 40 min"; empty when nothing is folded.
fn idle(axis: &Axis) -> String {
    let (count, span) = axis.folds().fold((0, 0), |(count, sum), (_, span)| (count + 1, sum + span));
    match count {
        0 => String::new(),
        1 => format!("{} idle", duration(span)),
        _ => format!("{count} waits, {} idle", duration(span)),
    }
}

/// "since 16:20", "16:20 to 17:05".
fn heading(live: Live, zone: &Zone) -> String {
    live.view().with(|view| {
        let Some(view) = view else { return String::new() };
        if live.verdict().with(Verdict::is_before) {
            return format!("last night, {}", night(view.run.night));
        }
        let (from, seen) = (hm(view.run.started, zone), if view.run.adopted { "seen " } else { "" });
        let span = view.run.ended.map_or_else(
            || format!("{seen}since {from}"),
            |end| format!("{seen}{from} to {}", hm(end, zone)),
        );
        // Its own clock says something else by more than five minutes: one of the two is wrong, and both are told.
        let reported =
            view.run.reported_start.map(|at| format!("; the producer’s clock said {}", hm(at, zone)));
        span + &reported.unwrap_or_default()
    })
}

/// Labels of the axis, and the head of the columns.
#[component]
fn AxisRow(axis: Memo<Option<Axis>>) -> impl IntoView {
    let clock = use_clock();
    let labels =
        text(move || axis.get().map(|axis| drawing::labels(&axis, &clock.zone())).unwrap_or_default());
    part(view! {
        <div class="prow axis">
            <span></span>
            <svg height="28" aria-hidden="true" inner_html=labels></svg>
            <span class="num c">"processed"</span>
            <span class="num f">"failed"</span>
            <span class="num d">"took"</span>
        </div>
    })
}
