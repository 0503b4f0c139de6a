//! `/admin/commands`: what was asked, by whom, and what became of it, newest first.

use super::{COMMANDS, address_of};
use crate::address::encoded;
use crate::archive::Facts;
use crate::archive::parts::{heading, link, nothing};
use crate::sentences::command::is_bad;
use crate::view::{Part, part};
use domain::command::{CommandRecord, became};
use domain::words::short_id;
use leptos::prelude::*;

/// Most of a page.
const ROWS: usize = 100;

/// The page.
#[derive(Clone, Debug)]
pub struct List {
    /// Newest first.
    pub commands: Vec<CommandRecord>,
    /// Only those about this run.
    pub run: Option<String>,
    /// Where it goes on.
    pub next: Option<String>,
    /// Whether whoever looks may ask for one.
    pub may: bool,
}

pub(super) fn page(list: &List, facts: &Facts) -> Part {
    let rows: Vec<Part> = list.commands.iter().take(ROWS).map(|command| row(command, facts)).collect();
    let sentence = match &list.run {
        Some(run) => format!("What was asked about run {}, and what became of it.", short_id(run)),
        None => "What was asked of the producer, by whom, and what became of it.".to_owned(),
    };
    let table = if rows.is_empty() {
        nothing("Nothing has been asked yet.")
    } else {
        part(view! {
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Asked"</th>
                        <th scope="col">"What"</th>
                        <th scope="col">"By"</th>
                        <th scope="col">"Way"</th>
                        <th scope="col">"What became of it"</th>
                        <th scope="col">"Run"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        })
    };
    let run = list.run.as_ref().map(|run| format!("run={}&", encoded(run))).unwrap_or_default();
    let older =
        list.next.as_ref().map(|next| link(format!("{COMMANDS}?{run}before={}", encoded(next)), "Older"));
    let new = list.may.then(|| view! { <a class="link end" href="/admin/commands/new?do=run&back=/admin/commands" data-ask="">"Run now…"</a> });
    part(view! {
        {heading("Commands", sentence)}
        <section class="past commands">
            <div class="head rule"><h2>"Asked"</h2>{new}</div>
            {table}
            {older}
        </section>
    })
}

fn row(command: &CommandRecord, facts: &Facts) -> Part {
    let run = command.run.as_ref().or(command.of.as_ref());
    let run = run.map(|id| link(format!("/admin/runs/{}", encoded(id)), short_id(id)));
    let bad = is_bad(command);
    part(view! {
        <tr>
            <td class="at">{facts.when(command.asked)}</td>
            <th scope="row"><a href=address_of(command)>{command.what.clone()}</a></th>
            <td class="by">{command.who.clone()}</td>
            <td class="way">{command.way.word()}</td>
            <td class="became" class:bad=bad>{became(command)}</td>
            <td class="run">{run}</td>
        </tr>
    })
}
