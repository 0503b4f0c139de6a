//! What is known of one symbol, for the line under the map.

use crate::format::count;
use crate::live::{Live, Symbols};
use domain::phase::Phase;
use domain::record::{OutcomeStatus, Symbol};
use domain::words::code_in_words;
use leptos::prelude::*;

/// Whether somebody was not reported.
pub(super) fn missing(live: Live) -> bool {
    live.view().with(|view| view.as_ref().is_some_and(|view| view.run.missing > 0))
}

/// What can be said of an expected symbol that nothing was said about.
pub(super) fn untold(live: Live) -> &'static str {
    if missing(live) { "not reported" } else { "waiting" }
}

/// "AAPL · import done 2 304, 126 ms · indicators failed: not enough history · also last night".
pub(super) fn describe(symbols: &Symbols, name: &str, untold: &str) -> Option<String> {
    if name.is_empty() {
        return Some("Not heard of yet".to_owned());
    }
    let symbol: &Symbol = symbols.get(name)?;
    let mut parts = vec![name.to_owned()];
    for outcome in &symbol.outcomes {
        let noun = outcome.phase.noun();
        let unit = match outcome.phase {
            Phase::Import => "records",
            Phase::Patterns => "found",
            _ => "values",
        };
        let made = outcome.made.map(|made| format!(" {} {unit}", count(made))).unwrap_or_default();
        let took = outcome.millis.map(|millis| format!(", {} ms", count(millis))).unwrap_or_default();
        let code =
            outcome.code.as_deref().map(|code| format!(": {}", code_in_words(code))).unwrap_or_default();
        parts.push(match outcome.status {
            OutcomeStatus::Done => format!("{noun} done{made}{took}"),
            OutcomeStatus::Failed => format!("{noun} failed{code}"),
            OutcomeStatus::Skipped => format!("{noun} skipped{code}"),
        });
    }
    if symbol.outcomes.is_empty() {
        parts.push(untold.to_owned());
    }
    if symbol.first {
        parts.push("new tonight".to_owned());
    }
    match symbol.nights {
        0 => {}
        1 | 2 => parts.push("also last night".to_owned()),
        3 => parts.push("third night in a row".to_owned()),
        nights => parts.push(format!("{nights} nights in a row")),
    }
    Some(parts.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::record::Outcome;
    use std::sync::Arc;

    #[test]
    fn the_line_says_what_is_new_and_for_how_long_it_has_failed() {
        let told = |first: bool, nights: u8| {
            let outcome = Outcome {
                phase: Phase::Import,
                status: OutcomeStatus::Failed,
                at: 1,
                made: None,
                millis: None,
                code: Some("API_RATE_LIMIT".into()),
            };
            let symbol = Symbol { outcomes: vec![outcome], newly: false, first, nights };
            let symbols: Symbols = [("HON".to_owned(), Arc::new(symbol))].into_iter().collect();
            describe(&symbols, "HON", "waiting").unwrap_or_default()
        };
        assert_eq!(told(false, 0), "HON · import failed: rate limited");
        assert_eq!(told(true, 0), "HON · import failed: rate limited · new tonight");
        assert_eq!(told(false, 2), "HON · import failed: rate limited · also last night");
        assert_eq!(told(false, 3), "HON · import failed: rate limited · third night in a row");
        assert_eq!(told(false, 7), "HON · import failed: rate limited · 7 nights in a row");
        let expected: Symbols = [("HON".to_owned(), Arc::default())].into_iter().collect();
        assert_eq!(describe(&expected, "HON", "not reported").as_deref(), Some("HON · not reported"));
    }
}
