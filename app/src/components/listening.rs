//! Before any run was heard: what is connected, how far we are, and what would make the page come alive.

use crate::browser;
use crate::format::thousands;
use crate::live::use_live;
use crate::location::{Link, Page};
use crate::view::{escaped, flag, part, press, text};
use leptos::prelude::*;

/// Where the processor publishes when it is not told.
const DEFAULT_REDIS: &str = "redis://127.0.0.1:6379";
/// What a person copies to see a night.
const SIMULATE: &str = "cargo simulate --auto --speed 60";

const TICK: &str = r#"<path class="nofill l-green" stroke-width="2.5" d="M2 8.5l4 4l8 -9"/>"#;
const BOX: &str = r#"<rect class="nofill l-outline px" x="2.5" y="2.5" width="11" height="11"/>"#;

/// The sentence and the three steps, which tick by themselves.
#[component]
pub fn Listening() -> impl IntoView {
    let live = use_live();
    let sentence = text(move || {
        let messages = live.ingest().map_or(0, |ingest| ingest.messages);
        let heard =
            if messages == 1 { "1 message".to_owned() } else { format!("{} messages", thousands(messages)) };
        match live.redis() {
            Some(redis) if redis.up => format!(
                "No run has been heard yet. Connected to Redis at {}; {} channels watched, {heard}.",
                redis.address, redis.channels
            ),
            Some(redis) => format!("No run has been heard yet. Redis at {} does not answer.", redis.address),
            None => "No run has been heard yet.".to_owned(),
        }
    });
    let answers = flag(move || live.redis().is_some_and(|redis| redis.up));
    let arrived = flag(move || live.ingest().is_some_and(|ingest| ingest.messages > 0));
    part(view! {
        <p class="say">{sentence}</p>
        <ol class="steps">
            <Step done=answers label="Redis answers" />
            <Step done=arrived label="A message arrived" />
            <Step done=flag(|| false) label="A run was seen" />
        </ol>
    })
}

#[component]
fn Step(done: Signal<bool>, label: &'static str) -> impl IntoView {
    let spoken = text(move || if done.get() { "done" } else { "to come" }.to_owned());
    let mark = text(move || if done.get() { TICK } else { BOX }.to_owned());
    part(view! {
        <li class:yes=done>
            <svg width="16" height="16" role="img" aria-label=spoken inner_html=mark></svg>
            {label}
        </li>
    })
}

/// The command that plays a night, to copy.
#[component]
pub(super) fn StartSomething() -> impl IntoView {
    let live = use_live();
    // To the very Redis that is listened to here.
    let command = text(move || match live.redis() {
        Some(redis) if redis.address != DEFAULT_REDIS => format!("{SIMULATE} --redis {}", redis.address),
        _ => SIMULATE.to_owned(),
    });
    let words = text(move || {
        command.get().split(' ').map(|word| format!("<span>{}</span> ", escaped(word))).collect()
    });
    let copied = RwSignal::new(false);
    let waiting = flag(move || !live.hydrated().get());
    let label = text(move || if copied.get() { "Copied" } else { "Copy" }.to_owned());
    let copy = press(move || {
        browser::copy(&command.get_untracked());
        copied.set(true);
    });
    part(view! {
        <div class="acts">
            <p class="why">"Start the simulator, or look at the " <Link to=Page::CHANNELS label="channels" /></p>
            <div class="cmd">
                <code inner_html=words></code>
                <button type="button" class:waiting=waiting on:click=copy>{label}</button>
            </div>
        </div>
    })
}
