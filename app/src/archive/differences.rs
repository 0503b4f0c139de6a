//! Which symbols came out differently in two nights, retries included, as lists of links. (Which those are: [`domain::differences`].)

use super::parts::{number, symbol_address};
use crate::format::{count, plural};
use crate::view::{Part, part};
use domain::differences::{Differences, Names};
use leptos::prelude::*;

/// From so many names on a list takes the whole width.
const LONG: usize = 40;

/// The five lists; one without names says so.
pub(super) fn lists(differences: &Differences, a: &str, b: &str) -> Part {
    let one = |title: &'static str, what: String, names: &Names, bad: bool| {
        let class = if bad && names.total > 0 { "bad" } else { "" };
        let links: Vec<Part> = names
            .names
            .iter()
            .take(Names::MOST)
            .map(|name| part(view! { <li><a class="tick" href=symbol_address(name)>{name.clone()}</a></li> }))
            .collect();
        let long = if links.len() >= LONG { "long" } else { "" };
        let hidden = names.total.saturating_sub(number(links.len()));
        let more =
            (hidden > 0).then(|| view! { <p class="quiet">{format!("and {} more", count(hidden))}</p> });
        let none = links.is_empty().then(|| view! { <p class="quiet">"None"</p> });
        let number = format!("{} {}", count(names.total), plural(names.total, "symbol"));
        part(view! {
            <section class=long>
                <div class="head rule"><h2>{title}</h2><span class=class>{number}</span></div>
                <p class="quiet">{what}</p>
                {none}
                <ul class="names">{links}</ul>
                {more}
            </section>
        })
    };
    part(view! {
        <div class="differences">
            {one("Newly failing", format!("Failed {a} in the end, did not {b}"), &differences.newly, true)}
            {one("Recovered", format!("Failed {b} in the end, did not {a}"), &differences.recovered, false)}
            {one("Still failing", "Failed in both nights".to_owned(), &differences.still, true)}
            {one("Appeared", format!("Reported {a} only"), &differences.appeared, false)}
            {one("Disappeared", format!("Reported {b} only"), &differences.disappeared, false)}
        </div>
    })
}
