//! Problems: error messages of the producer, added up by code; and stretches in which messages were lost.

use crate::clock::use_clock;
use crate::format::{count, hms};
use crate::live::{Live, use_live};
use crate::location::use_location;
use crate::view::{part, row, rows, text, when};
use domain::record::{Gap, Problem, Severity};
use domain::time::Millis;
use domain::words::{UNKNOWN_CODE, code_in_words};
use leptos::prelude::*;

/// Most gaps that are told; all are in the log.
const GAPS: usize = 3;
/// Most letters of a message; the whole of it is in the feed.
const WORDS: usize = 160;
/// Most kinds of problem.
const PROBLEMS: usize = 6;

/// What the producer complained about, and what we missed.
#[component]
pub fn Problems() -> impl IntoView {
    let live = use_live();
    let location = use_location();
    // On a run's own page those that fell into it.
    let gaps = move || {
        let span = location.run().and_then(|_| live.view().get()).map(|view| view.run);
        let meets = |gap: &Gap| {
            span.as_ref().is_none_or(|run| {
                gap.to.is_none_or(|to| to >= run.started) && run.ended.is_none_or(|end| gap.from <= end)
            })
        };
        live.gaps().into_iter().filter(meets).collect::<Vec<Gap>>()
    };
    let any = move || !problems(live).is_empty() || !gaps().is_empty();
    // With a run its place is kept: what comes and goes are the lines in it.
    let here = move || live.tonight().get().is_some() || any();
    let lost = move || {
        gaps()
            .into_iter()
            .take(GAPS)
            .map(|gap| row(gap.from, move || view! { <OneGap from=gap.from /> }))
            .collect()
    };
    let worst = move || {
        let codes = problems(live).into_iter().take(PROBLEMS).map(|problem| problem.code);
        codes.map(|code| row(code.clone(), move || view! { <OneProblem code=code /> })).collect()
    };
    when(here, move || {
        view! {
            <div class="card problems">
            <div class="head rule"><h2>"Problems"</h2><span class="quiet">"messages of the producer, and of the link"</span></div>
            <ul class="codes">{rows(lost)} {rows(worst)}</ul>
                {when(move || !any(), || view! { <p class="quiet">"The producer has reported none."</p> })}
            </div>
        }
    })
}

/// Tonight's and those of no run, worst and newest first.
fn problems(live: Live) -> Vec<Problem> {
    live.problems(live.tonight().get())
}

#[component]
fn OneGap(from: Millis) -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let gap = move || live.gaps().into_iter().find(|gap| gap.from == from);
    let what = text(move || gap().as_ref().map(Gap::sentence).unwrap_or_default());
    let span = text(move || {
        let (zone, to) = (clock.zone(), gap().and_then(|gap| gap.to));
        to.map_or_else(
            || format!("since {}", hms(from, &zone)),
            |to| format!("{} to {}", hms(from, &zone), hms(to, &zone)),
        )
    });
    part(view! {
        <li class="two">
            <span class="k warn" role="img" aria-label="gap">"!"</span>
            <span class="text">{what}<small>{span}</small></span>
            <span></span>
        </li>
    })
}

#[component]
fn OneProblem(code: String) -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let code = StoredValue::new(code);
    let found = move || code.with_value(|code| problems(live).into_iter().find(|other| other.code == *code));
    let of = move |pick: fn(&Problem) -> String| text(move || found().as_ref().map(pick).unwrap_or_default());
    let aside = text(move || {
        let Some(problem) = found() else { return String::new() };
        let place = problem.phase.map_or(problem.component, |phase| phase.noun());
        let place = if place.is_empty() { String::new() } else { format!(", in {place}") };
        format!("{}{place}", hms(problem.last, &clock.zone()))
    });
    part(view! {
        <li class="two">
            <span class=of(tone)>{of(|problem| count(problem.count))}</span>
            <span class="text">{of(message)}<small>{aside}</small></span>
            <span class="quiet tick">{of(|problem| problem.symbol.clone().unwrap_or_default())}</span>
        </li>
    })
}

fn tone(problem: &Problem) -> String {
    match problem.severity {
        Severity::Critical | Severity::Error => "k bad",
        Severity::Warning => "k warn",
        Severity::Info => "k",
    }
    .to_owned()
}

/// The code in words, and what the producer said last.
fn message(problem: &Problem) -> String {
    let named =
        (problem.code != UNKNOWN_CODE || problem.message.is_empty()).then(|| code_in_words(&problem.code));
    let mut said: String = problem.message.chars().take(WORDS).collect();
    if said.len() < problem.message.len() {
        said.push('…');
    }
    let parts: Vec<String> = named.into_iter().chain((!said.is_empty()).then_some(said)).collect();
    parts.join(": ")
}
