//! The map's equal for ears, keyboards and copying: every symbol with its result in each phase.

use super::told::{missing, untold};
use crate::format::{count, thousands};
use crate::live::use_live;
use crate::view::{part, row, rows, text};
use domain::record::{Outcome, OutcomeStatus, Symbol};
use domain::words::code_in_words;
use leptos::prelude::*;

/// Most rows: more is a page of its own, with search.
const ROWS: usize = 1_000;

/// Symbols A to Z; failed ones first, and behind them who was not reported.
#[component]
pub(super) fn SymbolTable() -> impl IntoView {
    let live = use_live();
    let list = move || {
        let (symbols, missing) = (live.symbols(), missing(live));
        let place = |symbol: &Symbol| match symbol.failure() {
            Some(_) => 0,
            None if missing && symbol.outcomes.is_empty() => 1,
            None => 2,
        };
        let of = |wanted: u8| symbols.iter().filter(move |(_, symbol)| place(symbol) == wanted);
        let names = (0..3).flat_map(of).take(ROWS).map(|(name, _)| name.to_owned());
        names.map(|name| row(name.clone(), move || view! { <OneSymbol name=name /> })).collect()
    };
    let more = text(move || match live.symbols().len().saturating_sub(ROWS) {
        0 => String::new(),
        more => format!("{} more are on the map", thousands(more as u64)),
    });
    part(view! {
        <div class="listed" tabindex="0" role="region" aria-label="Symbols and their results">
            <table>
                <thead><tr><th>"Symbol"</th><th>"Result"</th></tr></thead>
                <tbody>{rows(list)}</tbody>
            </table>
            <p class="quiet">{more}</p>
        </div>
    })
}

#[component]
fn OneSymbol(name: String) -> impl IntoView {
    let live = use_live();
    let of = name.clone();
    let result = text(move || {
        let symbols = live.symbols();
        symbols
            .get(&of)
            .map(|symbol| symbol.outcomes.iter().map(words).collect::<Vec<_>>().join(" · "))
            .map(|told| if told.is_empty() { untold(live).to_owned() } else { told })
            .unwrap_or_default()
    });
    part(view! { <tr><td class="tick">{name}</td><td>{result}</td></tr> })
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
