//! Last nights, as far as this server knows them: a square each, and a row each with its runs.

use crate::clock::use_clock;
use crate::format::{count, duration, duration_exact, hm, night};
use crate::live::use_live;
use domain::record::{RunRecord, RunStatus, Trigger};
use domain::time::MINUTE;
use leptos::prelude::*;

/// Most rows; more nights are history.
const ROWS: usize = 7;

/// Runs by night, newest first.
#[component]
pub fn Nights() -> impl IntoView {
    let live = use_live();
    let runs = Memo::new(move |_| live.runs());
    let shown = move || runs.with(|runs| runs.iter().take(ROWS).map(|(slot, _)| *slot).collect::<Vec<_>>());
    let many = move || runs.with(|runs| runs.len() > 1);
    view! {
        <Show when=move || runs.with(|runs| !runs.is_empty())>
            <div class="head rule">
                <h2>"Last nights"</h2>
                <span class="quiet">"as far as this server has seen them"</span>
            </div>
            <Show when=many>
                <Strip runs=runs />
            </Show>
            <table>
                <thead>
                    <tr>
                        <th>"Night"</th>
                        <th>"Run"</th>
                        <th class="num">"End"</th>
                        <th class="num">"Duration"</th>
                        <th class="num">"Symbols"</th>
                        <th class="num">"Failures"</th>
                        <th class="last">"Trigger"</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=shown key=|slot| *slot let:slot>
                        <OneRun runs=runs number=slot />
                    </For>
                </tbody>
            </table>
        </Show>
    }
    .into_any()
}

/// The runs as squares, oldest left.
#[component]
fn Strip(runs: Memo<Vec<(u32, RunRecord)>>) -> impl IntoView {
    let squares = move || {
        runs.with(|runs| runs.iter().rev().enumerate().map(|(index, (_, run))| {
            view! { <svg x={index * 28} y="0" width="24" height="24" class="px">{mark(run, 24)}</svg> }
        }).collect_view())
    };
    let width = move || runs.with(Vec::len) * 28;
    view! { <svg class="sq" width=width height="24" role="img" aria-label="The runs of the last nights, oldest first">{squares}</svg> }
}

#[component]
fn OneRun(runs: Memo<Vec<(u32, RunRecord)>>, number: u32) -> impl IntoView {
    let clock = use_clock();
    let run = Memo::new(move |before: Option<&Option<RunRecord>>| {
        let found = runs.with(|runs| runs.iter().find(|(other, _)| *other == number).map(|(_, run)| run.clone()));
        found.or_else(|| before.cloned().flatten())
    });
    let of = move |pick: &dyn Fn(&RunRecord) -> String| run.with(|run| run.as_ref().map(pick).unwrap_or_default());
    let took = move || {
        let now = clock.work().get();
        of(&|run| {
            let span = run.ended.unwrap_or(now) - run.started;
            if span < 10 * MINUTE { duration_exact(span) } else { duration(span) }
        })
    };
    let failures = move || of(&|run| {
        let failed = run.failing.max(run.failed.unwrap_or(0));
        match run.newly {
            Some(newly) if newly > 0 => format!("{} ({} new)", count(failed), count(newly)),
            _ => count(failed),
        }
    });
    view! {
        <tr>
            <td>{move || of(&|run| night(run.night))}</td>
            <td>
                <svg class="mk" width="14" height="14" aria-hidden="true"><g class="px">{move || run.with(|run| run.as_ref().map(|run| mark(run, 14)))}</g></svg>
                {move || of(&|run| word(run).to_owned())}
            </td>
            <td class="num">{move || { let zone = clock.zone(); of(&|run| run.ended.map(|end| hm(end, &zone)).unwrap_or_default()) }}</td>
            <td class="num">{took}</td>
            <td class="num">{move || of(&|run| if run.symbols > 0 { count(run.symbols) } else { String::new() })}</td>
            <td class="num">{failures}</td>
            <td class="quiet last">{move || of(&|run| match run.trigger { Some(Trigger::Schedule) => "schedule", Some(Trigger::Manual) => "by hand", None => "" }.to_owned())}</td>
        </tr>
    }
    .into_any()
}

/// The producer's own word about a run; the verdict is above.
fn word(run: &RunRecord) -> &'static str {
    match run.status {
        RunStatus::Running => "Running",
        RunStatus::Success => "Ended",
        RunStatus::Failed => "Failed",
        RunStatus::Cancelled => "Cancelled",
        RunStatus::Skipped => "Skipped",
    }
}

/// A run's square: by shape as well as by colour.
fn mark(run: &RunRecord, size: usize) -> impl IntoView + use<> {
    let inner = size - 1;
    match run.status {
        RunStatus::Running => view! { <rect class="nofill l-blue" x="1" y="1" width={size - 2} height={size - 2} stroke-width="2" /> }.into_any(),
        RunStatus::Failed => view! { <rect class="f-red" width=size height=size /> }.into_any(),
        RunStatus::Success if run.failing > 0 => view! {
            <rect class="nofill l-outline" x=".5" y=".5" width=inner height=inner />
            <rect class="f-ink3" x="4" y={size - 7} width={size - 8} height="3" />
        }.into_any(),
        RunStatus::Success => view! {
            <rect class="nofill l-outline" x=".5" y=".5" width=inner height=inner />
            <rect class="f-green" x="4" y={size - 7} width={size - 8} height="3" />
        }.into_any(),
        RunStatus::Cancelled | RunStatus::Skipped => view! { <rect class="nofill l-hair" x=".5" y=".5" width=inner height=inner /> }.into_any(),
    }
}
