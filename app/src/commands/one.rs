//! `/admin/commands/<id>`: one command, with everything that is kept of it.

use super::COMMANDS;
use crate::address::encoded;
use crate::archive::Facts;
use crate::archive::parts::{heading, link};
use crate::sentences::command::is_bad;
use crate::view::{Part, part};
use domain::command::{CommandRecord, CommandWay, became};
use domain::words::short_id;
use leptos::prelude::*;

/// The page.
#[derive(Clone, Debug)]
pub struct One {
    /// The command.
    pub command: CommandRecord,
    /// By what right it was asked.
    pub role: String,
    /// From where; only who administers is told.
    pub address: Option<String>,
    /// What was asked, as it is kept.
    pub parameters: String,
}

pub(super) fn page(one: &One, facts: &Facts) -> Part {
    let CommandRecord { what, who, asked, since, way, run, of, .. } = &one.command;
    let bad = is_bad(&one.command);
    let run_link =
        |id: &String| link(format!("/admin/runs/{}", encoded(id)), format!("Run {}", short_id(id)));
    let way = match way {
        CommandWay::Http => "the producer’s HTTP API",
        CommandWay::Redis => "Redis",
        CommandWay::Here => "none: it is ours alone",
    };
    let from = one
        .address
        .as_ref()
        .filter(|address| !address.is_empty())
        .map(|address| fact("From", address.clone()));
    let led = run.as_ref().map(|id| part(view! { <div><dt>"Led to"</dt><dd>{run_link(id)}</dd></div> }));
    let about = of.as_ref().map(|id| part(view! { <div><dt>"About"</dt><dd>{run_link(id)}</dd></div> }));
    part(view! {
        {heading(what.clone(), "")}
        <section class="past command">
            <dl class="plan">
                {fact("Asked", format!("{} by {who} ({})", facts.when(*asked), one.role))}
                {from}
                {fact("Way", way.to_owned())}
                <div><dt>"Became"</dt><dd class:bad=bad>{became(&one.command)}</dd></div>
                {fact("Since", facts.hms(*since))}
                {led}
                {about}
                <div><dt>"Parameters"</dt><dd><code>{one.parameters.clone()}</code></dd></div>
            </dl>
            {link(COMMANDS, "All commands")}
        </section>
    })
}

fn fact(label: &'static str, words: String) -> Part {
    part(view! { <div><dt>{label}</dt><dd>{words}</dd></div> })
}
