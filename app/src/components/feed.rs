//! The feed: what happened, in plain words. It stands still under the reader's hand and says how much is new.

use crate::clock::use_clock;
use crate::format::hms;
use crate::live::use_live;
use crate::view::{flag, part, press, row, rows, text, when};
use domain::record::{Line, LineKind, Severity};
use leptos::prelude::*;
use std::sync::Arc;

type Lines = Vec<(u64, Arc<Line>)>;

const KINDS: [(&str, &str); 6] = [
    ("", "everything"),
    ("run", "runs"),
    ("phase", "phases"),
    ("symbol", "symbols"),
    ("problem", "problems"),
    ("server", "server"),
];

/// The last lines, filtered by kind and text.
#[component]
pub fn Feed() -> impl IntoView {
    let live = use_live();
    let (kind, filter) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (paused, hovered, scrolled) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let open = RwSignal::new(false);
    let still = move || paused.get() || hovered.get() || scrolled.get();
    // While it stands still, what is shown is what was shown.
    let shown = Memo::new(move |before: Option<&Lines>| match before {
        Some(before) if still() => before.clone(),
        _ => live.lines(),
    });
    let new = move || {
        let newest = shown.with(|lines| lines.first().map_or(0, |(number, _)| *number));
        live.lines().first().map_or(0, |(number, _)| number.saturating_sub(newest))
    };
    let list = move || {
        let (kind, filter) = (kind.get(), filter.get().to_ascii_lowercase());
        let one = |(number, line): &(u64, Arc<Line>)| {
            let line = line.clone();
            // (Numbers begin anew with another server.)
            row(format!("{number} {}", line.at), move || view! { <OneLine line=line /> })
        };
        shown.with(|lines| lines.iter().filter(|(_, line)| wanted(line, &kind, &filter)).map(one).collect())
    };
    let more = text(move || match (open.get(), shown.with(Vec::len)) {
        (true, _) => "Hide the events".to_owned(),
        (false, length) => format!("Show {length} events"),
    });
    let (pressed, expanded) = (text(move || paused.get().to_string()), text(move || open.get().to_string()));
    let pause = text(move || if paused.get() { "Resume" } else { "Pause" }.to_owned());
    part(view! {
        <div class="head rule">
            <h2>"Feed"</h2>
            {when(move || { new() > 0 }, move || view! { <span class="quiet" role="status">{text(move || format!("{} new", new()))}</span> })}
            {when(move || live.hydrated().get(), move || view! {
                <span class="end tools" class:open=flag(move || open.get())>
                    <button id="feed-pause" type="button" class="quiet" aria-pressed=pressed on:click=press(move || paused.update(|on| *on = !*on))>{pause}</button>
                    <select aria-label="Kind of event" on:change=move |event| kind.set(event_target_value(&event))>
                        {KINDS.map(|(value, label)| view! { <option value=value>{label}</option> }).collect_view()}
                    </select>
                    <input id="feed-filter" type="search" placeholder="Filter" aria-label="Filter the feed" maxlength="64" on:input=move |event| filter.set(event_target_value(&event)) />
                </span>
            })}
        </div>
        <button type="button" class="more narrow-only" aria-expanded=expanded on:click=press(move || open.update(|on| *on = !*on))>{more}</button>
        <div
            class="box"
            class:open=flag(move || open.get())
            tabindex="0"
            role="log"
            aria-live="off"
            aria-label="Events, newest first"
            on:pointerenter=move |_| hovered.set(true)
            on:pointerleave=move |_| hovered.set(false)
            on:focusin=move |_| hovered.set(true)
            on:focusout=move |_| hovered.set(false)
            on:scroll=move |event| scrolled.set(event_target::<leptos::web_sys::Element>(&event).scroll_top() > 4)
        >
            <ol>{rows(list)}</ol>
        </div>
    })
}

fn wanted(line: &Line, kind: &str, text: &str) -> bool {
    let of_kind = match kind {
        "run" => line.kind == LineKind::Run,
        "phase" => line.kind == LineKind::Phase,
        "symbol" => line.kind == LineKind::Symbol,
        "problem" => line.kind == LineKind::Problem,
        "server" => line.kind == LineKind::Server,
        _ => true,
    };
    let symbol = line.symbol.as_deref().unwrap_or_default().to_ascii_lowercase();
    of_kind && (text.is_empty() || line.text.to_ascii_lowercase().contains(text) || symbol.contains(text))
}

#[component]
fn OneLine(line: Arc<Line>) -> impl IntoView {
    let clock = use_clock();
    let at = line.at;
    // Our own verdicts and losses are coloured; what the producer complains of is told under Failures and Problems.
    let tone = match line.severity.filter(|_| line.source == "server") {
        Some(Severity::Critical | Severity::Error) => "text bad",
        Some(Severity::Warning) => "text warn",
        _ => "text",
    };
    part(view! {
        <li>
            <time>{text(move || hms(at, &clock.zone()))}</time>
            <span class="src">{line.source.clone()}</span>
            <span class=tone>
                <b class="tick">{line.symbol.clone().unwrap_or_default()}</b> " "
                {line.text.clone()}
            </span>
            <span class="run">{line.run.clone().unwrap_or_default()}</span>
        </li>
    })
}
