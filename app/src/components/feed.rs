//! The feed: what happened, in plain words. It stands still under the reader's hand and says how much is new.

use crate::clock::use_clock;
use crate::format::hms;
use crate::live::use_live;
use domain::record::{Line, LineKind, Severity};
use leptos::prelude::*;
use std::sync::Arc;

type Lines = Vec<(u64, Arc<Line>)>;

const KINDS: [(&str, &str); 6] =
    [("", "everything"), ("run", "runs"), ("phase", "phases"), ("symbol", "symbols"), ("problem", "problems"), ("server", "server")];

/// The last lines, filtered by kind and text.
#[component]
pub fn Feed() -> impl IntoView {
    let live = use_live();
    let (kind, text) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
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
    let filtered = move || {
        let (kind, text) = (kind.get(), text.get().to_lowercase());
        shown.with(|lines| lines.iter().filter(|(_, line)| wanted(line, &kind, &text)).cloned().collect::<Lines>())
    };
    let length = move || shown.with(Vec::len);
    view! {
        <div class="head rule">
            <h2>"Feed"</h2>
            <Show when=move || { new() > 0 }>
                <span class="quiet" role="status">{move || format!("{} new", new())}</span>
            </Show>
            <Show when=move || live.hydrated().get()>
                <span class="end tools">
                    <button id="feed-pause" type="button" class="quiet" aria-pressed=move || paused.get().to_string() on:click=move |_| paused.update(|on| *on = !*on)>
                        {move || if paused.get() { "Resume" } else { "Pause" }}
                    </button>
                    <select aria-label="Kind of event" on:change=move |event| kind.set(event_target_value(&event))>
                        {KINDS.map(|(value, label)| view! { <option value=value>{label}</option> }).collect_view()}
                    </select>
                    <input id="feed-filter" type="search" placeholder="Filter" aria-label="Filter the feed" maxlength="64" on:input=move |event| text.set(event_target_value(&event)) />
                </span>
            </Show>
        </div>
        <button type="button" class="more narrow-only" aria-expanded=move || open.get().to_string() on:click=move |_| open.update(|on| *on = !*on)>
            {move || if open.get() { "Hide the events".to_owned() } else { format!("Show {} events", length()) }}
        </button>
        <div
            class="box"
            class:open=open
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
            <ol>
                <For each=filtered key=|(number, _)| *number let:entry>
                    <OneLine line=entry.1 />
                </For>
            </ol>
        </div>
    }
    .into_any()
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
    let symbol = line.symbol.as_deref().unwrap_or_default().to_lowercase();
    of_kind && (text.is_empty() || line.text.to_lowercase().contains(text) || symbol.contains(text))
}

#[component]
fn OneLine(line: Arc<Line>) -> impl IntoView {
    let clock = use_clock();
    let at = line.at;
    let tone = match line.severity {
        Some(Severity::Critical | Severity::Error) => "text bad",
        Some(Severity::Warning) => "text warn",
        _ => "text",
    };
    view! {
        <li>
            <time>{move || hms(at, &clock.zone())}</time>
            <span class="src">{line.source.clone()}</span>
            <span class=tone>
                {line.symbol.clone().map(|symbol| view! { <b class="tick">{symbol}</b> " " })}
                {line.text.clone()}
            </span>
            <span class="run">{line.run.clone()}</span>
        </li>
    }
    .into_any()
}
