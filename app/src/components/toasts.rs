//! Toasts: only for a run's start and end and for changes of the verdict, seen while the page was open.
//!
//! They come from records that changed after the first paint, never from a `full` frame: who returns after an hour is not
//! told an hour's news at once.

use crate::live::use_live;
use crate::sentences;
use crate::view::{part, press, row, rows};
use domain::verdict::Verdict;
use leptos::prelude::*;
use std::time::Duration;

/// Good news leaves by itself after this; bad news stays until it is dismissed.
const STAY: Duration = Duration::from_secs(6);
/// Most toasts at a time; older ones make room.
const MOST: usize = 4;

#[derive(Clone, Debug, PartialEq)]
struct Toast {
    number: u32,
    text: String,
    bad: bool,
    /// The tone of the verdict.
    tone: &'static str,
    /// How often the same was said.
    times: u32,
}

/// What was seen last: the number of the next toast, how often the board was replaced, run and word.
#[derive(Clone, Copy)]
struct Seen {
    next: u32,
    fulls: u64,
    told: Option<(Option<u32>, &'static str)>,
}

/// The toasts, bottom right (on the phone: top).
#[component]
pub fn Toasts() -> impl IntoView {
    let live = use_live();
    let toasts = RwSignal::new(Vec::<Toast>::new());
    let seen = StoredValue::new(Seen { next: 0, fulls: live.position().fulls, told: None });
    Effect::new(move |_| {
        let slot = live.tonight().get();
        let verdict = live.verdict().get();
        let (now, fulls) = ((slot, verdict.word()), live.position().fulls);
        let before = seen.get_value();
        let next = before.next + 1;
        seen.set_value(Seen { next, fulls, told: Some(now) });
        let changed = before.told.is_some_and(|before| before != now);
        let news = before.fulls == fulls && live.hydrated().get_untracked();
        if changed && news && verdict != Verdict::Listening {
            say(toasts, next, &verdict);
        }
    });
    let list = move || {
        let one = |toast: Toast| {
            row(
                format!("{} {}", toast.number, toast.times),
                move || view! { <OneToast toast=toast toasts=toasts /> },
            )
        };
        toasts.get().into_iter().map(one).collect()
    };
    part(view! {
        <div class="toasts" role="region" aria-label="Messages">
            {rows(list)}
        </div>
    })
}

#[component]
fn OneToast(toast: Toast, toasts: RwSignal<Vec<Toast>>) -> impl IntoView {
    let Toast { number, text, bad, tone, times } = toast;
    let dismiss = press(move || toasts.update(|all| all.retain(|other| other.number != number)));
    part(view! {
        <div class=format!("toast {tone}{}", if bad { " stays" } else { "" })>
            <span>{if times > 1 { format!("{text} × {times}") } else { text }}</span>
            <button type="button" aria-label="Dismiss" on:click=dismiss>"×"</button>
        </div>
    })
}

fn say(toasts: RwSignal<Vec<Toast>>, number: u32, verdict: &Verdict) {
    let (text, bad, tone) = (verdict.word(), verdict.calls(), sentences::tone(verdict));
    toasts.update(|all| {
        if let Some(same) = all.iter_mut().find(|toast| toast.text == text) {
            same.times += 1;
            return;
        }
        all.push(Toast { number, text: text.to_owned(), bad, tone, times: 1 });
        if all.len() > MOST {
            all.remove(0);
        }
    });
    if !bad {
        set_timeout(move || toasts.update(|all| all.retain(|toast| toast.number != number)), STAY);
    }
}
