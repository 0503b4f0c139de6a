//! Before any run was heard: what is connected, how far we are, and what would make the page come alive.

use crate::browser;
use crate::format::thousands;
use crate::live::use_live;
use leptos::prelude::*;

/// What a person copies to see a night.
const SIMULATE: &str = "cargo run --release -p processor -- simulate --auto --speed 60";

/// The sentence and the three steps, which tick by themselves.
#[component]
pub fn Listening() -> impl IntoView {
    let live = use_live();
    let sentence = move || {
        let messages = live.ingest().map_or(0, |ingest| ingest.messages);
        let heard = if messages == 1 { "1 message".to_owned() } else { format!("{} messages", thousands(messages)) };
        match live.redis() {
            Some(redis) if redis.up => format!(
                "No run has been heard yet. Connected to Redis at {}; {} channels watched, {heard}.",
                redis.address, redis.channels
            ),
            Some(redis) => format!("No run has been heard yet. Redis at {} does not answer.", redis.address),
            None => "No run has been heard yet.".to_owned(),
        }
    };
    let answers = Signal::derive(move || live.redis().is_some_and(|redis| redis.up));
    let arrived = Signal::derive(move || live.ingest().is_some_and(|ingest| ingest.messages > 0));
    view! {
        <p class="say">{sentence}</p>
        <ol class="steps">
            <Step done=answers text="Redis answers" />
            <Step done=arrived text="A message arrived" />
            <Step done=Signal::derive(|| false) text="A run was seen" />
        </ol>
    }
    .into_any()
}

#[component]
fn Step(done: Signal<bool>, text: &'static str) -> impl IntoView {
    let spoken = move || if done.get() { "done" } else { "to come" };
    view! {
        <li class:yes=done>
            <svg width="16" height="16" role="img" aria-label=spoken>
                <Show
                    when=move || done.get()
                    fallback=|| view! { <rect class="nofill l-outline px" x="2.5" y="2.5" width="11" height="11" /> }
                >
                    <path class="nofill l-green" stroke-width="2.5" d="M2 8.5l4 4l8 -9" />
                </Show>
            </svg>
            {text}
        </li>
    }
    .into_any()
}

/// The command that plays a night, to copy.
#[component]
pub(super) fn StartSomething() -> impl IntoView {
    let live = use_live();
    let waiting = move || !live.hydrated().get();
    let copied = RwSignal::new(false);
    let copy = move |_| {
        browser::copy(SIMULATE);
        copied.set(true);
    };
    view! {
        <div class="acts">
            <p class="why">"Start the simulator"</p>
            <div class="cmd">
                <code>{SIMULATE}</code>
                <button type="button" class:waiting=waiting on:click=copy>
                    {move || if copied.get() { "Copied" } else { "Copy" }}
                </button>
            </div>
        </div>
    }
    .into_any()
}
