//! Problems: error messages of the producer, added up by code; and stretches in which messages were lost.

use crate::clock::use_clock;
use crate::format::{count, hms, thousands};
use crate::live::use_live;
use domain::record::{GapKind, Problem, Severity};
use leptos::prelude::*;

/// What the producer complained about, and what we missed.
#[component]
pub fn Problems() -> impl IntoView {
    let live = use_live();
    let problems = Memo::new(move |_| live.tonight().get().map(|slot| live.problems(slot)).unwrap_or_default());
    let gaps = Memo::new(move |_| live.gaps());
    let any = move || problems.with(|problems| !problems.is_empty()) || gaps.with(|gaps| !gaps.is_empty());
    let worst = move || problems.get().into_iter().take(6).collect::<Vec<_>>();
    view! {
        <Show when=any>
            <div class="head rule"><h2>"Problems"</h2><span class="quiet">"messages of the producer, and of the link"</span></div>
            <ul class="codes problems">
                {move || gaps.get().into_iter().take(3).map(|gap| view! { <OneGap gap=gap /> }).collect_view()}
                <For each=worst key=|problem| problem.code.clone() let:problem>
                    <OneProblem problems=problems problem=problem />
                </For>
            </ul>
        </Show>
    }
    .into_any()
}

#[component]
fn OneGap(gap: domain::record::Gap) -> impl IntoView {
    let clock = use_clock();
    let (from, to, lost) = (gap.from, gap.to, gap.lost);
    let what = match gap.kind {
        GapKind::Disconnected => "Not connected to Redis: messages of that time were missed".to_owned(),
        GapKind::Overflow => format!("{} messages lost: they came faster than they could be read", thousands(lost)),
        GapKind::Restart => "This server was not running: messages of that time were missed".to_owned(),
    };
    let span = move || {
        let zone = clock.zone();
        to.map_or_else(|| format!("since {}", hms(from, &zone)), |to| format!("{} to {}", hms(from, &zone), hms(to, &zone)))
    };
    view! {
        <li class="two">
            <span class="k warn" aria-label="gap">"!"</span>
            <span>{what}<small>{span}</small></span>
            <span></span>
        </li>
    }
    .into_any()
}

#[component]
fn OneProblem(problems: Memo<Vec<Problem>>, problem: Problem) -> impl IntoView {
    let clock = use_clock();
    let now = Memo::new(move |before: Option<&Problem>| {
        let found = problems.with(|problems| problems.iter().find(|other| other.code == problem.code).cloned());
        found.or_else(|| before.cloned()).unwrap_or_else(|| problem.clone())
    });
    let tone = move || match now.get().severity {
        Severity::Critical | Severity::Error => "k bad",
        Severity::Warning => "k warn",
        Severity::Info => "k",
    };
    let text = move || {
        let problem = now.get();
        if problem.message.is_empty() { domain::words::code_in_words(&problem.code) } else { problem.message }
    };
    let aside = move || {
        let problem = now.get();
        let place = problem.phase.map_or(problem.component, |phase| phase.noun());
        let place = if place.is_empty() { String::new() } else { format!(", in {place}") };
        format!("{}{place}", hms(problem.last, &clock.zone()))
    };
    view! {
        <li class="two">
            <span class=tone>{move || count(now.get().count)}</span>
            <span class="text">{text}<small>{aside}</small></span>
            <span class="quiet tick">{move || now.get().symbol.unwrap_or_default()}</span>
        </li>
    }
    .into_any()
}
