//! What the pages of the archive have in common: headings, links, what is said of lengths and counts.

use super::Facts;
use super::query::encoded;
use crate::format::{count, duration, duration_exact, thousands};
use crate::location::Page;
use crate::marks::mark;
use crate::view::{Part, part};
use domain::time::{MINUTE, Millis, SECOND};
use domain::verdict::{self, RunView, Verdict};
use leptos::prelude::*;

/// The page's heading and the sentence under it.
pub(crate) fn heading(title: impl Into<String>, sentence: impl Into<String>) -> Part {
    let (title, sentence) = (title.into(), sentence.into());
    let said = (!sentence.is_empty()).then(|| view! { <p class="say">{sentence}</p> });
    part(view! { <header class="top"><h1>{title}</h1>{said}</header> })
}

/// A sentence where there would be a list.
pub(crate) fn nothing(sentence: impl Into<String>) -> Part {
    let sentence: String = sentence.into();
    part(view! { <p class="nothing">{sentence}</p> })
}

/// A plain link.
pub(crate) fn link(address: impl Into<String>, words: impl Into<String>) -> Part {
    let (address, words): (String, String) = (address.into(), words.into());
    part(view! { <a class="link" href=address>{words}</a> })
}

/// "Export: CSV, JSON", each with where it leads.
pub(crate) fn exports(addresses: &[(&'static str, String)]) -> Part {
    let all: Vec<Part> = addresses
        .iter()
        .map(|(name, address)| {
            let spoken = format!("Export as {name}");
            part(view! { <a class="link" href=address.clone() aria-label=spoken download="">{*name}</a> })
        })
        .collect();
    part(view! { <span class="end exports"><span class="quiet">"Export"</span>{all}</span> })
}

/// Address of a run's page.
pub(super) fn run_address(id: &str) -> String {
    format!("/admin/runs/{}", encoded(id))
}

/// Address of a symbol's page.
pub(super) fn symbol_address(symbol: &str) -> String {
    format!("{}{}", Page::SYMBOLS, encoded(symbol))
}

/// What a run of a night that was came to. One that never ended is silent.
pub(super) fn judged(view: &RunView, facts: &Facts) -> Verdict {
    verdict::judge(Some(view), facts.now)
}

/// A verdict's small square, beside its word.
pub(super) fn small_mark(verdict: &Verdict) -> Part {
    let inner = format!("<g class=\"px\">{}</g>", mark(verdict, 14));
    part(view! { <svg class="mk" width="14" height="14" aria-hidden="true" inner_html=inner></svg> })
}

/// How long a run took: to its end, or so far.
pub(super) fn span(view: &RunView, facts: &Facts) -> Millis {
    (view.run.ended.unwrap_or(facts.now) - view.run.started).max(0)
}

/// "47 min", and with seconds where minutes alone would say too little.
pub(super) fn lasting(span: Millis) -> String {
    duration_exact(span)
}

/// "3 min more", "2 min less"; `None` where the two are as long.
pub(super) fn longer(span: Millis, other: Millis) -> Option<String> {
    let difference = span - other;
    // A night of minutes is compared by the second, a longer one by the minute.
    let least = if span.max(other) < 10 * MINUTE { SECOND } else { MINUTE };
    let word = if difference > 0 { "more" } else { "less" };
    let words = if least == SECOND { duration_exact } else { duration };
    (difference.abs() >= least).then(|| format!("{} {word}", words(difference.abs())))
}

/// "3 min more than usual", "as usual".
pub(super) fn against_usual(span: Millis, usual: Millis) -> String {
    longer(span, usual).map_or_else(|| "as usual".to_owned(), |words| format!("{words} than usual"))
}

/// "3 more", "2 fewer", "the same".
pub(super) fn more(number: u64, other: u64) -> String {
    let difference = thousands(number.abs_diff(other));
    match number.cmp(&other) {
        std::cmp::Ordering::Greater => format!("{difference} more"),
        std::cmp::Ordering::Less => format!("{difference} fewer"),
        std::cmp::Ordering::Equal => "the same".to_owned(),
    }
}

/// A count, and nothing where it is not known.
pub(super) fn known(number: u32) -> String {
    if number > 0 { count(number) } else { String::new() }
}

/// How many there are, as the words for counts take it.
pub(crate) fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_compared_as_finely_as_they_are_told() {
        assert_eq!(against_usual(47 * MINUTE, 44 * MINUTE), "3 min more than usual");
        assert_eq!(against_usual(47 * MINUTE, 47 * MINUTE + 59 * SECOND), "as usual");
        assert_eq!(against_usual(40 * SECOND, 44 * MINUTE), "43 min less than usual");
        assert_eq!(against_usual(70 * SECOND, 60 * SECOND), "10 s more than usual");
        assert_eq!([more(5, 2), more(2, 5), more(2, 2)], ["3 more", "3 fewer", "the same"]);
    }
}
