//! Failures: symbols that failed, by cause, greatest first; each cause leads to its symbols in the table.

use super::map::table_of;
use crate::clock::use_clock;
use crate::format::{count, hms};
use crate::live::{Live, use_live};
use crate::location::use_location;
use crate::sentences;
use crate::view::{part, row, rows, text};
use domain::record::FailureCode;
use domain::verdict::{RunView, Verdict};
use domain::words::code_in_words;
use leptos::prelude::*;

/// Most causes that get a line: as many as the map beside them is high.
const CAUSES: usize = 4;

/// How many failed or were not reported, and one line per cause.
#[component]
pub fn Failures() -> impl IntoView {
    let live = use_live();
    let view = live.view();
    let failed = move || view.with(|view| view.as_ref().map_or(0, RunView::failed));
    let rest = text(move || {
        view.with(|view| {
            let before = live.verdict().with(Verdict::is_before);
            let told: fn(&RunView) -> String =
                if before { sentences::last_failures } else { sentences::failures };
            let words = view.as_ref().map(told).unwrap_or_default();
            // The number stands before them, in bold.
            let rest = words.strip_prefix(&*count(failed())).unwrap_or(&words).trim_start();
            if words.is_empty() { "Nothing has failed" } else { rest }.to_owned()
        })
    });
    let number = text(move || if failed() > 0 { count(failed()) } else { String::new() });
    let more = text(move || match codes(live).len().saturating_sub(CAUSES) {
        0 => String::new(),
        1 => "and one more cause".to_owned(),
        more => format!("and {more} more causes"),
    });
    let list = move || {
        codes(live)
            .into_iter()
            .take(CAUSES)
            .map(|code| row(code.code.clone(), move || view! { <OneCode code=code.code /> }))
            .collect()
    };
    part(view! {
        <div class="head rule"><h2>"Failures"</h2></div>
        <p class="sum quiet"><b class="bad">{number}</b> " " {rest}</p>
        <ul class="codes">{rows(list)}</ul>
        <p class="quiet">{more}</p>
    })
}

/// Tonight's, greatest first.
fn codes(live: Live) -> Vec<FailureCode> {
    live.tonight().get().map(|slot| live.codes(slot)).unwrap_or_default()
}

#[component]
fn OneCode(code: String) -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let (words, address) = (code_in_words(&code), table_of(use_location(), &code));
    let code = StoredValue::new(code);
    let found = move || code.with_value(|code| codes(live).into_iter().find(|other| other.code == *code));
    let of =
        move |pick: fn(&FailureCode) -> String| text(move || found().as_ref().map(pick).unwrap_or_default());
    let aside = text(move || {
        let (Some(code), zone) = (found(), clock.zone()) else { return String::new() };
        let (first, last) = (hms(code.first, &zone), hms(code.last, &zone));
        let moment = if first == last { first } else { format!("{first} to {last}") };
        format!("{moment}, in {}", code.phase.noun())
    });
    part(view! {
        <li class="two">
            <span class="k bad">{of(|code| count(code.count))}</span>
            <span><a href=address>{words}</a><small>{aside}</small></span>
            <span class="quiet tick">{of(|code| code.symbol.to_string())}</span>
        </li>
    })
}
