//! The map's equal for ears, keyboards and copying: every symbol with its result in each phase, to be searched, filtered and
//! sorted; the address says by what. Only the rows that are seen are in the page, between two empty ones as high as the rest: ten
//! thousand cost what forty do.

use super::picked::retry;
use super::run_of;
use super::told::{describe, untold};
use crate::format::thousands;
use crate::live::use_live;
use crate::location::{base, use_location};
use crate::view::{escaped, flag, memo, part, press, text};
use domain::record::{Outcome, OutcomeStatus, Symbol};
use domain::words::{UNKNOWN_CODE, code_in_words};
use leptos::ev::Event;
use leptos::prelude::*;
use std::fmt::Write;
use std::sync::Arc;

/// Rows beyond the upper edge, and rows in the page.
const MARGIN: usize = 10;
const ROWS: usize = 60;
/// Height of a row at the desk and on the phone; the same as in the style sheet.
const HEIGHTS: [usize; 2] = [32, 44];

/// What can be looked for besides the causes of failure: value and words.
const STATES: [(&str, &str); 6] = [
    ("", "All"),
    ("failed", "Failed"),
    ("done", "Done"),
    ("skipped", "Skipped"),
    ("new", "Newly failing"),
    ("none", "Not heard of"),
];

/// How the address says that the slowest come first.
const SLOWEST: &str = "ms";

/// The rows: name, milliseconds, words.
type Found = Arc<Vec<(String, u64, String)>>;

/// The table.
#[component]
pub(super) fn SymbolTable() -> impl IntoView {
    let live = use_live();
    let location = use_location();
    // The address holds what is shown.
    let [query, state, phase, sort] =
        ["q", "state", "phase", "sort"].map(|name| text(move || location.asked(name)));
    let top = RwSignal::new(0_i64);
    let found = memo(move || -> Found {
        let (query, state, phase) = (query.get().to_ascii_uppercase(), state.get(), phase.get());
        let symbols = live.symbols();
        let wanted = |(name, symbol): &(&str, &Symbol)| sought(&query, name) && is(symbol, &state, &phase);
        let untold = untold(live);
        let row = |(name, symbol): (&str, &Symbol)| {
            let told = describe(&symbols, name, untold).unwrap_or_default();
            // Its name has a column of its own.
            (name.to_owned(), millis(symbol), told.chars().skip(name.chars().count() + 3).collect())
        };
        // Failed ones first.
        let (failed, others): (Vec<_>, Vec<_>) =
            symbols.iter().filter(wanted).partition(|(_, symbol)| symbol.failure().is_some());
        let mut rows: Vec<_> = failed.into_iter().chain(others).map(row).collect();
        if sort.get() == SLOWEST {
            rows.sort_by_key(|(_, millis, _)| std::cmp::Reverse(*millis));
        }
        Arc::new(rows)
    });
    let height = move || HEIGHTS[usize::from(live.wide().get() == Some(false))];
    let body = text(move || {
        found.with(|rows| {
            let above = usize::try_from(top.get()).unwrap_or(0) / height();
            window(rows, above.saturating_sub(MARGIN), height())
        })
    });
    // Of those that are listed the ones that failed.
    let again = text(move || {
        let symbols = live.symbols();
        found.with(|rows| {
            let failed = |name: &str| symbols.get(name).is_some_and(|symbol| symbol.failure().is_some());
            let names: Vec<&str> =
                rows.iter().map(|row| row.0.as_str()).filter(|name| failed(name)).collect();
            retry(run_of(live).as_deref(), "", &names)
        })
    });
    let how_many = text(move || {
        format!(
            "{} of {}",
            thousands(found.with(|rows| rows.len()) as u64),
            thousands(live.symbols().len() as u64)
        )
    });
    let pressed = text(move || (sort.get() == SLOWEST).to_string());
    let states = text(move || {
        let chosen = state.get();
        let mut html: String = STATES.iter().map(|(value, words)| option(value, words, &chosen)).collect();
        for code in live.tonight().get().map(|slot| live.codes(slot)).unwrap_or_default() {
            html += &option(&code.code, &code_in_words(&code.code), &chosen);
        }
        with_chosen(html, &chosen)
    });
    let phases = text(move || {
        let chosen = phase.get();
        let mut html = option("", "Any phase", &chosen);
        live.view().with(|view| {
            for (phase, _) in view.iter().flat_map(|view| &view.phases) {
                html += &option(phase.phase.key(), &phase.phase.label(), &chosen);
            }
        });
        with_chosen(html, &chosen)
    });
    let unscripted = flag(move || !live.hydrated().get());
    let change = |name: &'static str| -> Box<dyn FnMut(Event) + Send + Sync> {
        Box::new(move |event| location.ask(name, &event_target_value(&event)))
    };
    part(view! {
        <div class="tools symboltools" class:waiting=unscripted>
            <input id="symbol-filter" type="search" placeholder="Symbol" aria-label="Find symbols" maxlength="4000" value=query.get_untracked() on:input=change("q") />
            <select aria-label="Result" inner_html=states on:change=change("state")></select>
            <select aria-label="Phase" inner_html=phases on:change=change("phase")></select>
            <button type="button" class="quiet" aria-pressed=pressed on:click=press(move || location.ask("sort", if sort.get_untracked() == SLOWEST { "" } else { SLOWEST }))>"Slowest first"</button>
            <span inner_html=again></span>
            <span class="quiet end">{how_many}</span>
        </div>
        <div class="listed" tabindex="0" role="region" aria-label="Symbols and their results"
            on:scroll=move |event| top.set(i64::from(event_target::<leptos::web_sys::Element>(&event).scroll_top()))>
            <table>
                <thead><tr><th>"Symbol"</th><th class="num">"ms"</th><th>"Result"</th></tr></thead>
                <tbody inner_html=body></tbody>
            </table>
        </div>
    })
}

/// Whether a name is what is looked for: a part of it, or one of several between commas.
fn sought(query: &str, name: &str) -> bool {
    if query.contains(',') { query.split(',').any(|one| one == name) } else { name.contains(query) }
}

/// What can be chosen.
fn option(value: &str, words: &str, chosen: &str) -> String {
    let selected = if value == chosen { " selected" } else { "" };
    format!("<option value=\"{}\"{selected}>{}</option>", escaped(value), escaped(words))
}

/// What the address says is among it, also when no symbol has it.
fn with_chosen(html: String, chosen: &str) -> String {
    if html.contains(" selected>") { html } else { html + &option(chosen, &code_in_words(chosen), chosen) }
}

/// The rows from the first on, between two that are as high as those before and behind.
fn window(rows: &[(String, u64, String)], first: usize, height: usize) -> String {
    let first = first.min(rows.len().saturating_sub(ROWS));
    let last = rows.len().min(first + ROWS);
    let (mut html, base) = (String::new(), base());
    let space = |html: &mut String, rows: usize| {
        if rows > 0 {
            // Writing to a String cannot fail.
            let _ = write!(html, "<tr><td colspan=\"3\" height=\"{}\"></td></tr>", rows * height);
        }
    };
    space(&mut html, first);
    for (name, millis, words) in rows.get(first..last).unwrap_or_default() {
        let (name, took) = (escaped(name), if *millis > 0 { thousands(*millis) } else { String::new() });
        let _ = write!(
            html,
            "<tr><td class=\"tick\"><a href=\"{base}/admin/symbols/{name}\">{name}</a></td><td class=\"num\">{took}</td><td>{}</td></tr>",
            escaped(words)
        );
    }
    space(&mut html, rows.len() - last);
    html
}

fn is(symbol: &Symbol, state: &str, phase: &str) -> bool {
    let in_phase = |outcome: &&Outcome| phase.is_empty() || outcome.phase.key() == phase;
    let mut outcomes = symbol.outcomes.iter().filter(in_phase);
    let mut any = |status| outcomes.any(|outcome| outcome.status == status);
    match state {
        "failed" => any(OutcomeStatus::Failed),
        "done" => any(OutcomeStatus::Done),
        "skipped" => any(OutcomeStatus::Skipped),
        "new" => symbol.newly && any(OutcomeStatus::Failed),
        "none" => outcomes.next().is_none(),
        "" => phase.is_empty() || outcomes.next().is_some(),
        code => outcomes.any(|outcome| {
            outcome.status == OutcomeStatus::Failed && outcome.code.as_deref().unwrap_or(UNKNOWN_CODE) == code
        }),
    }
}

fn millis(symbol: &Symbol) -> u64 {
    symbol.outcomes.iter().filter_map(|outcome| outcome.millis).map(u64::from).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_seen_is_there_and_the_rest_has_its_height() {
        let rows: Vec<_> = (0..10_000).map(|number| (format!("S{number}"), 5, "<b>".to_owned())).collect();
        let html = window(&rows, 5_000, 32);
        assert_eq!(html.matches("<a ").count(), ROWS);
        assert!(html.starts_with("<tr><td colspan=\"3\" height=\"160000\">") && html.contains(">S5000<"));
        assert!(html.ends_with(&format!("height=\"{}\"></td></tr>", (10_000 - 5_000 - ROWS) * 32)));
        assert!(!html.contains("<b>"));
        assert!(
            window(&rows, 99_999, 32).contains(">S9999<"),
            "a list that has become shorter shows its end"
        );
        assert_eq!(window(&[], 3, 32), "");
    }
}
