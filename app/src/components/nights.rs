//! Last nights, as far as this server knows them: a square each, and a row each with its runs.

use crate::clock::use_clock;
use crate::format::{count, duration, duration_exact, hm, night};
use crate::live::use_live;
use crate::view::{row, rows, text, when};
use domain::record::{RunRecord, RunStatus, Trigger};
use domain::time::MINUTE;
use leptos::prelude::*;
use std::fmt::Write;

/// Most rows; more nights are history.
const ROWS: usize = 7;

/// Runs by night, newest first.
#[component]
pub fn Nights() -> impl IntoView {
    let live = use_live();
    let list = move || {
        let slots = live.runs().into_iter().take(ROWS).map(|(slot, _)| slot);
        slots.map(|slot| row(slot, move || view! { <OneRun run=slot /> })).collect()
    };
    view! {
        <div class="head rule">
            <h2>"Last nights"</h2>
            <span class="quiet">"as far as this server has seen them"</span>
        </div>
        {when(move || live.runs().len() > 1, || view! { <Strip /> })}
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
            <tbody>{rows(list)}</tbody>
        </table>
    }
}

/// The runs as squares, oldest left.
#[component]
fn Strip() -> impl IntoView {
    let live = use_live();
    let squares = text(move || {
        let mut svg = String::new();
        for (index, (_, run)) in live.runs().into_iter().rev().enumerate() {
            // Writing into a String cannot fail.
            let _ = write!(
                svg,
                "<svg x=\"{}\" y=\"0\" width=\"24\" height=\"24\" class=\"px\">{}</svg>",
                index * 28,
                mark(&run, 24)
            );
        }
        svg
    });
    let width = text(move || (live.runs().len() * 28).to_string());
    view! { <svg class="sq" width=width height="24" role="img" aria-label="The runs of the last nights, oldest first" inner_html=squares></svg> }
}

#[component]
fn OneRun(run: u32) -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let slot = run;
    let of = move |pick: fn(&RunRecord) -> String| {
        text(move || live.run(slot).as_ref().map(pick).unwrap_or_default())
    };
    let end = text(move || {
        live.run(slot).and_then(|run| run.ended).map(|end| hm(end, &clock.zone())).unwrap_or_default()
    });
    let took = text(move || {
        let Some(run) = live.run(slot) else { return String::new() };
        let span = run.ended.unwrap_or_else(|| clock.work().get()) - run.started;
        if span < 10 * MINUTE { duration_exact(span) } else { duration(span) }
    });
    view! {
        <tr>
            <td>{of(|run| night(run.night))}</td>
            <td>
                <svg class="mk" width="14" height="14" aria-hidden="true" inner_html=of(|run| format!("<g class=\"px\">{}</g>", mark(run, 14)))></svg>
                {of(|run| word(run).to_owned())}
            </td>
            <td class="num">{end}</td>
            <td class="num">{took}</td>
            <td class="num">{of(|run| if run.symbols > 0 { count(run.symbols) } else { String::new() })}</td>
            <td class="num">{of(failures)}</td>
            <td class="quiet last">{of(|run| trigger(run).to_owned())}</td>
        </tr>
    }
}

fn failures(run: &RunRecord) -> String {
    let failed = run.failing.max(run.failed.unwrap_or(0));
    match run.newly {
        Some(newly) if newly > 0 => format!("{} ({} new)", count(failed), count(newly)),
        _ => count(failed),
    }
}

fn trigger(run: &RunRecord) -> &'static str {
    match run.trigger {
        Some(Trigger::Schedule) => "schedule",
        Some(Trigger::Manual) => "by hand",
        None => "",
    }
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
fn mark(run: &RunRecord, size: usize) -> String {
    let (inner, thick, bar, line) = (size - 1, size - 2, size - 8, size - 7);
    let outline =
        format!("<rect class=\"nofill l-outline\" x=\".5\" y=\".5\" width=\"{inner}\" height=\"{inner}\"/>");
    let foot = |class: &str| {
        format!("{outline}<rect class=\"{class}\" x=\"4\" y=\"{line}\" width=\"{bar}\" height=\"3\"/>")
    };
    match run.status {
        RunStatus::Running => {
            format!(
                "<rect class=\"nofill l-blue\" x=\"1\" y=\"1\" width=\"{thick}\" height=\"{thick}\" stroke-width=\"2\"/>"
            )
        }
        RunStatus::Failed => format!("<rect class=\"f-red\" width=\"{size}\" height=\"{size}\"/>"),
        RunStatus::Success if run.failing > 0 => foot("f-ink3"),
        RunStatus::Success => foot("f-green"),
        RunStatus::Cancelled | RunStatus::Skipped => outline.replace("l-outline", "l-hair"),
    }
}
