//! The entries: what each says, when it fires next, and what became of it last.

use super::history::Past;
use super::words::{ahead, at, due, otherwise, runs};
use super::{Overview, SCHEDULE};
use crate::accounts::fields::Step;
use crate::address::encoded;
use crate::archive::Facts;
use crate::archive::parts::{link, nothing};
use crate::view::{Part, part};
use domain::schedule::{ENTRIES, Entry};
use domain::time::Millis;
use leptos::prelude::*;

/// An entry.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// What it says.
    pub entry: Entry,
    /// What its clock is called: "ET".
    pub clock: String,
    /// When it fires next.
    pub next: Option<Millis>,
    /// What became of it last.
    pub last: Option<Past>,
}

pub(super) fn section(page: &Overview, facts: &Facts) -> Part {
    let rows: Vec<Part> = page.entries.iter().take(ENTRIES).map(|row| one(page, row, facts)).collect();
    let full = page.entries.len() >= ENTRIES;
    let add = page.may.then(|| {
        if full {
            let words = format!("There are {ENTRIES}, as many as there can be: remove one to add another.");
            return part(view! { <span class="quiet end">{words}</span> });
        }
        part(view! { <a class="link end" href=format!("{SCHEDULE}/entries/new")>"Add an entry"</a> })
    });
    let rests = (!page.ours && !page.entries.is_empty())
        .then(|| view! { <p class="quiet">"They rest: the producer fires."</p> });
    let list = if rows.is_empty() {
        nothing("There is no entry: nothing will fire.")
    } else {
        part(view! { <ul>{rows}</ul> })
    };
    part(view! {
        <section class="past entries">
            <div class="head rule"><h2>"Entries"</h2>{add}</div>
            {rests}
            {list}
        </section>
    })
}

fn one(page: &Overview, row: &Row, facts: &Facts) -> Part {
    let Row { id, entry, clock, next, last } = row;
    let state = if entry.enabled { "on" } else { "off" };
    let next = match next {
        _ if !entry.enabled => "none while it is off".to_owned(),
        _ if !page.ours => "none while the producer fires".to_owned(),
        _ if page.paused.is_some() => "none while all is paused".to_owned(),
        Some(next) => format!("{}, {}", at(*next, facts), ahead(*next, facts)),
        None => "none".to_owned(),
    };
    let last = last.as_ref().map(|last| {
        let (bad, words) = (last.is_bad(), format!("{}, due {}", last.words(), at(last.due, facts)));
        view! { <div><dt>"Last"</dt><dd class:bad=bad>{words}</dd></div> }
    });
    let does = page.may.then(|| does(id, &entry.name));
    part(view! {
        <li class:off=!entry.enabled>
            <h3>{entry.name.clone()}<span class="quiet">{state}</span></h3>
            <dl>
                <div><dt>"Due"</dt><dd>{due(entry, clock)}</dd></div>
                <div><dt>"Next"</dt><dd>{next}</dd></div>
                {last}
                <div><dt>"Runs"</dt><dd>{runs(entry)}</dd></div>
                <div><dt>"If"</dt><dd>{otherwise(entry)}</dd></div>
            </dl>
            {does}
        </li>
    })
}

fn does(id: &str, name: &str) -> Part {
    let address = format!("{SCHEDULE}/entries/{}", encoded(id));
    let step = Step {
        opens: "Remove…",
        question: format!("Remove {name}?"),
        means: "It fires no more. What became of its days stays in the history.",
        verb: format!("Remove {name}"),
        address: address.clone(),
        task: "remove",
        home: SCHEDULE,
    };
    part(view! { <div class="does">{link(address, "Edit")}{step.view()}</div> })
}
