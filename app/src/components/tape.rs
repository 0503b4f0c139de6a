//! A tape: lines as they come, newest first. It stands still under the reader's hand, or paused, and says how much is new.
//!
//! The feed is one, the raw view of a channel another: what differs is what a line says.

use crate::clock::use_clock;
use crate::format::hms;
use crate::live::{Live, use_live};
use crate::view::{flag, part, press, row, rows, text, when};
use domain::time::Millis;
use leptos::prelude::*;
use std::sync::Arc;

/// Lines in the first paint. The rest is in the page's data and stands there as soon as it is alive: a feed's box shows thirteen.
const FIRST: usize = 24;

/// A line.
#[derive(Debug, PartialEq)]
pub(super) struct TapeLine {
    /// Its number: a later line has a higher one.
    pub number: u64,
    /// When.
    pub at: Millis,
    /// What the filter of kinds compares.
    pub kind: &'static str,
    /// A word about it.
    pub word: String,
    /// Class of its text.
    pub tone: &'static str,
    /// What it begins with, in the ticker's style.
    pub ticker: String,
    /// What it says.
    pub text: String,
    /// What stands at its end.
    pub last: String,
}

/// All lines, newest first.
pub(super) type Lines = Vec<Arc<TapeLine>>;

/// The lines, with pause and filter.
#[component]
pub(super) fn Tape(
    /// The heading.
    title: &'static str,
    /// Begins the ids of its pause button and its filter, so that keys find them.
    id: &'static str,
    /// What the list is called aloud.
    spoken: &'static str,
    /// What its lines are called, and whether a phone shows them at once.
    nouns: (&'static str, bool),
    /// What can be filtered: value and words.
    kinds: &'static [(&'static str, &'static str)],
    /// The lines.
    lines: fn(Live) -> Lines,
    /// What follows the heading.
    aside: Signal<String>,
) -> impl IntoView {
    let live = use_live();
    let (kind, filter) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (paused, hovered, scrolled) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let open = RwSignal::new(nouns.1);
    let still = move || paused.get() || hovered.get() || scrolled.get();
    // While it stands still, what is shown is what was shown; what it is about changes at once, and nothing does not stand still.
    let shown: Memo<(String, Lines)> = Memo::new(move |before: Option<&(String, Lines)>| {
        let about = aside.get();
        match before {
            Some(before) if still() && before.0 == about && !before.1.is_empty() => before.clone(),
            _ => (about, lines(live)),
        }
    });
    let new = move || {
        let newest = shown.with(|(_, lines)| lines.first().map_or(0, |line| line.number));
        lines(live).first().map_or(0, |line| line.number.saturating_sub(newest))
    };
    let list = move || {
        let (kind, filter) = (kind.get(), filter.get().to_ascii_lowercase());
        let wanted = |line: &&Arc<TapeLine>| {
            let has = |text: &str| text.to_ascii_lowercase().contains(&filter);
            (kind.is_empty() || line.kind == kind)
                && (filter.is_empty() || has(&line.text) || has(&line.ticker))
        };
        let one = |line: &Arc<TapeLine>| {
            let line = line.clone();
            // (Numbers begin anew with another server.)
            row(format!("{} {}", line.number, line.at), move || view! { <OneLine line=line /> })
        };
        let most = if live.hydrated().get() { usize::MAX } else { FIRST };
        shown.with(|(_, lines)| lines.iter().take(most).filter(wanted).map(one).collect())
    };
    let more = text(move || match (open.get(), shown.with(|(_, lines)| lines.len())) {
        (true, _) => format!("Hide the {}", nouns.0),
        (false, length) => format!("Show {length} {}", nouns.0),
    });
    let (pressed, expanded) = (text(move || paused.get().to_string()), text(move || open.get().to_string()));
    let pause = text(move || if paused.get() { "Resume" } else { "Pause" }.to_owned());
    let (pause_id, filter_id, filter_name) =
        (format!("{id}-pause"), format!("{id}-filter"), format!("Filter the {id}"));
    part(view! {
        <div class="head rule">
            <h2>{title}</h2>
            <span class="tick">{aside}</span>
            {when(move || { new() > 0 }, move || view! { <span class="quiet" role="status">{text(move || format!("{} new", new()))}</span> })}
            {when(move || live.hydrated().get(), move || view! {
                <span class="end tools" class:open=flag(move || open.get())>
                    <button id=pause_id.clone() type="button" class="quiet" aria-pressed=pressed on:click=press(move || paused.update(|on| *on = !*on))>{pause}</button>
                    <select aria-label="Kind of event" on:change=move |event| kind.set(event_target_value(&event))>
                        {kinds.iter().map(|(value, label)| view! { <option value=*value>{*label}</option> }).collect_view()}
                    </select>
                    <input id=filter_id.clone() type="search" placeholder="Filter" aria-label=filter_name.clone() maxlength="64" on:input=move |event| filter.set(event_target_value(&event)) />
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
            aria-label=spoken
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

#[component]
fn OneLine(line: Arc<TapeLine>) -> impl IntoView {
    let clock = use_clock();
    let at = line.at;
    part(view! {
        <li>
            <time>{text(move || hms(at, &clock.zone()))}</time>
            <span class="src">{line.word.clone()}</span>
            <span class=line.tone>
                <b class="tick">{line.ticker.clone()}</b> " "
                {line.text.clone()}
            </span>
            <span class="run">{line.last.clone()}</span>
        </li>
    })
}
