//! The feed: what happened, in plain words.

use super::tape::{Lines, Tape, TapeLine};
use crate::live::Live;
use crate::view::{part, text};
use domain::record::{Line, LineKind, Severity};
use leptos::prelude::*;
use std::sync::Arc;

const KINDS: &[(&str, &str)] = &[
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
    let aside = text(String::new);
    part(
        view! { <Tape title="Feed" id="feed" spoken="Events, newest first" nouns=("events", false) kinds=KINDS lines=lines aside=aside /> },
    )
}

fn lines(live: Live) -> Lines {
    live.lines().iter().map(|(number, line)| Arc::new(told(*number, line))).collect()
}

fn told(number: u64, line: &Line) -> TapeLine {
    // Our own verdicts and losses are coloured; what the producer complains of is told under Failures and Problems.
    let tone = match line.severity.filter(|_| line.source == "server") {
        Some(Severity::Critical | Severity::Error) => "text bad",
        Some(Severity::Warning) => "text warn",
        _ => "text",
    };
    let kind = match line.kind {
        LineKind::Run => "run",
        LineKind::Phase => "phase",
        LineKind::Symbol => "symbol",
        LineKind::Problem => "problem",
        LineKind::Server => "server",
    };
    TapeLine {
        number,
        at: line.at,
        kind,
        word: line.source.clone(),
        tone,
        ticker: line.symbol.clone().unwrap_or_default(),
        text: line.text.clone(),
        last: line.run.clone().unwrap_or_default(),
    }
}
