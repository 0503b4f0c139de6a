//! Which symbols came out differently in two nights.

use super::parts::{number, symbol_address};
use crate::format::{count, plural};
use crate::view::{Part, part};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Most names of a list; more are counted.
const MOST: usize = 200;
/// From so many names on a list takes the whole width.
const LONG: usize = 40;

/// Names, A to Z, as many as are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// At most 200 of them.
    pub names: Vec<String>,
    /// How many there are.
    pub total: u32,
}

impl Names {
    /// The names, of which the first 200 are kept.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut of = Self::default();
        for name in names {
            of.total = of.total.saturating_add(1);
            if of.names.len() < MOST {
                of.names.push(name.to_owned());
            }
        }
        of
    }
}

/// The symbols of night a against those of night b.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Failed in a, was there in b and did not fail.
    pub newly: Names,
    /// Failed in b, is there in a and did not fail.
    pub recovered: Names,
    /// Failed in both.
    pub still: Names,
    /// In a and not in b.
    pub appeared: Names,
    /// In b and not in a.
    pub disappeared: Names,
}

impl Differences {
    /// Of all symbols of both nights, each with whether it failed.
    #[must_use]
    pub fn between(a: &BTreeMap<String, bool>, b: &BTreeMap<String, bool>) -> Self {
        let both = |failed_in_a: bool, failed_in_b: bool| {
            let of = a
                .iter()
                .filter(move |(name, failed)| **failed == failed_in_a && b.get(*name) == Some(&failed_in_b));
            Names::of(of.map(|(name, _)| name.as_str()))
        };
        let only = |these: &BTreeMap<String, bool>, others: &BTreeMap<String, bool>| {
            Names::of(these.keys().filter(|name| !others.contains_key(*name)).map(String::as_str))
        };
        Self {
            newly: both(true, false),
            recovered: both(false, true),
            still: both(true, true),
            appeared: only(a, b),
            disappeared: only(b, a),
        }
    }
}

/// The five lists; one without names says so.
pub(super) fn lists(differences: &Differences, a: &str, b: &str) -> Part {
    let one = |title: &'static str, what: String, names: &Names, bad: bool| {
        let class = if bad && names.total > 0 { "bad" } else { "" };
        let links: Vec<Part> = names
            .names
            .iter()
            .take(MOST)
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
            {one("Newly failing", format!("Failed {a}, did not {b}"), &differences.newly, true)}
            {one("Recovered", format!("Failed {b}, did not {a}"), &differences.recovered, false)}
            {one("Still failing", "Failed in both nights".to_owned(), &differences.still, true)}
            {one("Appeared", format!("Reported {a} only"), &differences.appeared, false)}
            {one("Disappeared", format!("Reported {b} only"), &differences.disappeared, false)}
        </div>
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn night(symbols: &[(&str, bool)]) -> BTreeMap<String, bool> {
        symbols.iter().map(|(name, failed)| ((*name).to_owned(), *failed)).collect()
    }

    #[test]
    fn each_symbol_is_in_one_list_at_most() {
        let a = night(&[("AAPL", true), ("MMM", false), ("NEW", true), ("SOLV", true), ("XOM", false)]);
        let b = night(&[("AAPL", false), ("MMM", true), ("OLD", true), ("SOLV", true), ("XOM", false)]);
        let found = Differences::between(&a, &b);
        let names = |names: &Names| names.names.join(" ");
        assert_eq!([&found.newly, &found.recovered, &found.still].map(names), ["AAPL", "MMM", "SOLV"]);
        assert_eq!([&found.appeared, &found.disappeared].map(names), ["NEW", "OLD"]);
    }

    #[test]
    fn a_long_list_is_counted_to_its_end() {
        let names: Vec<String> = (0..1_000).map(|index| index.to_string()).collect();
        let found = Names::of(names.iter().map(String::as_str));
        assert_eq!((found.names.len(), found.total), (MOST, 1_000));
    }
}
