//! The map's equal for ears, keyboards and copying: every symbol with its result in each phase.

use crate::format::count;
use crate::live::use_live;
use domain::record::{Outcome, OutcomeStatus};
use domain::words::code_in_words;
use leptos::prelude::*;

/// Most rows: more is a page of its own, with search.
const ROWS: usize = 1_000;

/// Symbols A to Z; failed ones first.
#[component]
pub(super) fn SymbolTable() -> impl IntoView {
    let live = use_live();
    let rows = Memo::new(move |_| {
        let symbols = live.symbols();
        let mut names: Vec<(bool, String)> =
            symbols.iter().map(|(name, symbol)| (symbol.failure().is_none(), name.clone())).collect();
        names.sort();
        names.truncate(ROWS);
        names.into_iter().map(|(_, name)| name).collect::<Vec<_>>()
    });
    let more = move || live.symbols().len().saturating_sub(ROWS);
    let result = move |name: &str| {
        let symbols = live.symbols();
        let words = symbols.get(name).map(|symbol| symbol.outcomes.iter().map(words).collect::<Vec<_>>().join(" · "));
        words.unwrap_or_default()
    };
    view! {
        <div class="symbols-table">
            <table>
                <thead><tr><th>"Symbol"</th><th>"Result"</th></tr></thead>
                <tbody>
                    <For each=move || rows.get() key=Clone::clone let:name>
                        {
                            let of = name.clone();
                            view! { <tr><td class="tick">{name}</td><td>{move || result(&of)}</td></tr> }
                        }
                    </For>
                </tbody>
            </table>
            {move || (more() > 0).then(|| view! { <p class="quiet">{format!("{} more are on the map", more())}</p> })}
        </div>
    }
    .into_any()
}

fn words(outcome: &Outcome) -> String {
    let noun = outcome.phase.noun();
    let made = outcome.made.map(|made| format!(" ({})", count(made))).unwrap_or_default();
    let code = outcome.code.as_deref().map(|code| format!(": {}", code_in_words(code))).unwrap_or_default();
    match outcome.status {
        OutcomeStatus::Done => format!("{noun} done{made}"),
        OutcomeStatus::Failed => format!("{noun} failed{code}"),
        OutcomeStatus::Skipped => format!("{noun} skipped{code}"),
    }
}
