//! One phase: its name, its bar, its counts.

use super::Axis;
use crate::clock::use_clock;
use crate::format::{count, duration, duration_exact, plural};
use crate::live::use_live;
use domain::phase::Phase;
use domain::record::{Marks, PhaseRecord, PhaseStatus, Progress, Unit};
use domain::time::Millis;
use leptos::prelude::*;

/// With more failures than this they are a rug above the bar instead of cuts through it.
const CUTS: usize = 12;

/// A row of the phases.
#[component]
pub(super) fn PhaseRow(run: u32, phase: Phase, axis: Memo<Option<Axis>>) -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    // (A prop named `slot` would mean something else to the framework.)
    let slot = run;
    let label = phase.label();
    let (of_record, of_progress, of_marks) = (phase.clone(), phase.clone(), phase.clone());
    let record = Memo::new(move |_| live.phase(slot, &of_record));
    let progress = Memo::new(move |_| live.progress(slot, &of_progress).unwrap_or_default());
    let marks = Memo::new(move |_| live.marks(slot, &of_marks));
    let problems = Memo::new(move |_| {
        let of_phase = live.problems(slot).into_iter().filter(|problem| problem.phase.as_ref() == Some(&phase));
        of_phase.map(|problem| problem.first).collect::<Vec<Millis>>()
    });
    let running = move || record.with(|record| record.as_ref().is_some_and(|record| record.status == PhaseStatus::Running));
    let to_come = move || record.with(|record| record.as_ref().is_none_or(|record| record.started.is_none()));
    let current = move || progress.with(|progress| progress.current().filter(|_| running()).map(ToOwned::to_owned));
    let counts = move || {
        let total = record.with(|record| record.as_ref().map_or(0, |record| record.total));
        let processed = progress.with(Progress::processed);
        let of = (total > 0).then(|| format!(" / {}", count(total)));
        (!to_come()).then(|| view! { {count(processed)} <i>{of}</i> })
    };
    let failed = move || progress.with(|progress| (progress.failed() > 0).then(|| count(progress.failed())));
    let took = move || {
        let now = clock.work().get();
        record.with(|record| record.as_ref().map(|record| took(record, now)).unwrap_or_default())
    };
    let name = label.clone();
    let spoken = move || {
        let now = clock.work().get();
        let record = record.get();
        record.map(|record| progress.with(|progress| spoken(&name, &record, progress, now))).unwrap_or_default()
    };
    let drawing = move || {
        let (axis, record) = (axis.get()?, record.get()?);
        Some(marks.with(|marks| problems.with(|problems| bar(&axis, &record, marks, problems))))
    };
    view! {
        <div class="prow">
            <div class="pn" class:todo=to_come>
                {label}
                {move || current().map(|current| view! { <small>{current}</small> })}
            </div>
            <svg height="40" role="img" aria-label=spoken>{drawing}</svg>
            <div class="rest">
                <div class="c num">{counts}</div>
                <div class="f num">{failed}</div>
                <div class="d num">{took}</div>
            </div>
        </div>
    }
    .into_any()
}

fn took(record: &PhaseRecord, now: Millis) -> String {
    match (record.status, record.started) {
        (PhaseStatus::Stopped, None) => "did not start".to_owned(),
        (_, None) => String::new(),
        (_, Some(started)) => duration_exact(record.ended.unwrap_or(now).max(started) - started),
    }
}

/// "Indicators, running, 312 of 505, 3 failed, 14 min".
fn spoken(name: &str, record: &PhaseRecord, progress: &Progress, now: Millis) -> String {
    let state = match record.status {
        PhaseStatus::Waiting => return format!("{name}, to come"),
        PhaseStatus::Running => "running",
        PhaseStatus::Done => "done",
        PhaseStatus::Failed => "failed",
        PhaseStatus::Stopped => "stopped",
    };
    let unit = if record.unit == Unit::Steps { plural(record.total.max(2), "step") } else { plural(record.total.max(2), "symbol") };
    let span = record.started.map(|started| duration(record.ended.unwrap_or(now) - started)).unwrap_or_default();
    format!("{name}, {state}, {} of {} {unit}, {} failed, {span}", progress.processed(), record.total, progress.failed())
}

/// The bar with everything on it.
fn bar(axis: &Axis, record: &PhaseRecord, marks: &Marks, problems: &[Millis]) -> impl IntoView + use<> {
    let grid = axis.labels().into_iter().map(|at| view! { <line x1=axis.x(at) x2=axis.x(at) y1="0" y2="40" class="l-hair px" /> }).collect_view();
    let now = axis.now.map(|now| view! { <svg x=axis.x(now) class="free"><rect class="f-ink px" x="-1" y="-1" width="2" height="42" /></svg> });
    let body = record.started.map(|started| {
        let until = record.ended.or(axis.now).unwrap_or(started);
        let fill = match record.status {
            PhaseStatus::Running => "f-blue px",
            PhaseStatus::Failed => "f-red px",
            _ => "f-done px",
        };
        // Red is taller as well: in grey it and the ink of a finished bar are the same.
        let (y, height) = if record.status == PhaseStatus::Failed { ("6", "22") } else { ("9", "16") };
        let rest = axis.expected.filter(|end| record.status == PhaseStatus::Running && *end > until).map(|end| {
            view! {
                <rect class="px" fill="url(#h-blue)" x=axis.x(until) width=axis.width(until, end) y="9" height="16" />
                <rect class="nofill l-blue px" x=axis.x(until) width=axis.width(until, end) y="9" height="16" />
            }
        });
        let steps = marks.steps.iter().skip(1).map(|(at, name)| {
            view! { <svg x=axis.x(*at) class="free"><rect class="f-ground px" x="0" y="9" width="1" height="16"><title>{name.clone()}</title></rect></svg> }
        }).collect_view();
        let failures = failures(axis, &marks.failed);
        view! { <rect class=fill x=axis.x(started) width=axis.width(started, until) y=y height=height /> {rest} {steps} {failures} }
    });
    let problems = problems.iter().map(|at| view! { <svg x=axis.x(*at) class="free"><path class="f-red" d="M0 7l-4 -6h8z" /></svg> }).collect_view();
    view! { {grid} {body} {problems} {now} }
}

fn failures(axis: &Axis, failed: &[Millis]) -> impl IntoView + use<> {
    let rug = failed.len() > CUTS;
    failed.iter().map(|at| {
        let x = axis.x(*at);
        if rug {
            view! { <svg x=x class="free"><rect class="f-red px" x="-1" y="2" width="2" height="6" /></svg> }.into_any()
        } else {
            view! {
                <svg x=x class="free">
                    <rect class="f-ground px" x="-2" y="6" width="4" height="22" />
                    <rect class="f-red px" x="-1" y="6" width="2" height="22" />
                </svg>
            }.into_any()
        }
    }).collect_view()
}
