//! One channel as it comes: its last messages, cut and made harmless to look at.

use crate::components::tape::{Lines, Tape, TapeLine};
use crate::format::thousands;
use crate::live::Live;
use crate::location::use_location;
use crate::view::{part, text};
use domain::record::{Fate, RawMessage};
use leptos::prelude::*;
use std::sync::Arc;

const KINDS: &[(&str, &str)] = &[
    ("", "everything"),
    ("decoded", "decoded"),
    ("other", "other components"),
    ("unknown", "unknown"),
    ("refused", "refused"),
];

/// The messages of the channel in the address, newest first.
#[component]
pub fn Raw() -> impl IntoView {
    let location = use_location();
    let channel = text(move || location.channel().unwrap_or_default());
    part(view! {
        <section class="feed raw">
            <Tape title="As it comes" id="feed" spoken="Messages, newest first" nouns=("messages", true) kinds=KINDS lines=lines aside=channel />
        </section>
    })
}

fn lines(live: Live) -> Lines {
    live.raw().1.iter().map(|(number, message)| Arc::new(told(*number, message))).collect()
}

fn told(number: u64, message: &RawMessage) -> TapeLine {
    let (kind, tone) = match message.fate {
        Fate::Decoded => ("decoded", "text"),
        Fate::Apart => ("other", "text"),
        Fate::Unknown => ("unknown", "text warn"),
        Fate::Refused => ("refused", "text bad"),
    };
    TapeLine {
        number,
        at: message.at,
        kind,
        word: kind.to_owned(),
        tone,
        ticker: String::new(),
        text: message.text.clone(),
        last: format!("{} B", thousands(message.bytes)),
    }
}
