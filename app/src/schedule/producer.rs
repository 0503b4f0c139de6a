//! The producer's own schedule: as it told it, and the form that asks for another one.

use super::words::at;
use super::{Overview, SCHEDULE};
use crate::archive::Facts;
use crate::archive::parts::{link, nothing};
use crate::commands::address_of;
use crate::commands::inputs::{Inputs, Words};
use crate::sentences::command::is_bad;
use crate::view::{Part, part};
use domain::command::{CommandRecord, Invalid, became};
use domain::record::Schedule;
use leptos::prelude::*;

/// The producer's own.
#[derive(Clone, Debug, Default)]
pub struct Producer {
    /// As it reported it.
    pub told: Option<Schedule>,
    /// What was filled in to change it.
    pub given: Vec<(String, String)>,
    /// The field that will not do.
    pub wrong: Option<Invalid>,
    /// Why it could not be taken.
    pub failed: Option<String>,
    /// A press twice is one.
    pub key: String,
    /// The last command that asked for another one.
    pub last: Option<CommandRecord>,
}

/// While this server fires only a schedule of the producer's that is known is of interest.
pub(super) fn section(page: &Overview, facts: &Facts) -> Option<Part> {
    let producer = &page.producer;
    let shown =
        !page.ours || producer.told.is_some() || producer.wrong.is_some() || producer.failed.is_some();
    shown.then(|| {
        let told = match &producer.told {
            Some(told) => as_told(told, facts),
            None => nothing("The producer has not said its schedule yet."),
        };
        part(view! {
            <section class="past producers">
                <div class="head rule"><h2>"The producer’s schedule"</h2></div>
                {told}
                {producer.last.as_ref().map(|command| last(command, facts))}
                {page.may.then(|| form(producer))}
            </section>
        })
    })
}

fn as_told(told: &Schedule, facts: &Facts) -> Part {
    let yes = |flag: Option<bool>, yes: &str, no: &str| match flag {
        Some(flag) => if flag { yes } else { no }.to_owned(),
        None => "not said".to_owned(),
    };
    let time = told.time.as_ref().map(|time| {
        let zone = told.zone.as_ref().map(|zone| format!(" {zone}")).unwrap_or_default();
        format!("{time}{zone}")
    });
    let next = told.next_run.map(|next| at(next, facts));
    let universes = Some(told.universes.join(", ")).filter(|names| !names.is_empty());
    let said = |words: Option<String>| words.unwrap_or_else(|| "not said".to_owned());
    let facts_of = [
        ("Fires", yes(told.enabled, "on", "off")),
        ("Time", said(time)),
        ("Next run, as it says", said(next)),
        ("Market check", yes(told.market_check, "on", "off")),
        ("Universes", said(universes)),
        ("Said", facts.when(told.at)),
    ];
    let row = |(label, words): (&'static str, String)| view! { <div><dt>{label}</dt><dd>{words}</dd></div> };
    part(view! { <dl class="plan">{facts_of.into_iter().map(row).collect_view()}</dl> })
}

/// What became of the last one that was asked for.
fn last(command: &CommandRecord, facts: &Facts) -> Part {
    let bad = is_bad(command);
    let words = format!("asked {} by {}: {}", facts.when(command.asked), command.who, became(command));
    part(
        view! { <p class="last" class:bad=bad>{link(address_of(command), command.what.clone())}" · "{words}</p> },
    )
}

fn form(producer: &Producer) -> Part {
    let inputs = Inputs { given: &producer.given, wrong: producer.wrong.as_ref() };
    let told = producer.told.as_ref();
    let word = |flag: Option<bool>| if flag.unwrap_or(true) { "on" } else { "off" };
    let enabled = word(told.and_then(|told| told.enabled));
    let check = word(told.and_then(|told| told.market_check));
    let time = told.and_then(|told| told.time.clone()).unwrap_or_else(|| "16:10".to_owned());
    let universes = told.map(|told| told.universes.join(", ")).unwrap_or_default();
    let switch = || -> Words { vec![("on", "on".to_owned()), ("off", "off".to_owned())] };
    let failed = producer.failed.clone().map(|why| view! { <p class="wrong bad" role="alert">{why}</p> });
    part(view! {
        <form method="post" action=format!("{SCHEDULE}/producer") class="change" aria-label="Change the producer’s schedule">
            <input type="hidden" name="key" value=producer.key.clone() />
            {failed}
            {inputs.stray(&["enabled", "trigger_time", "market_check", "universes"])}
            {inputs.choice("enabled", "Fires", switch(), enabled)}
            {inputs.time("trigger_time", "Time, on its own clock", &time)}
            {inputs.choice("market_check", "Market check", switch(), check)}
            {inputs.text("universes", "Universes, between commas (empty: as they are)", &universes, 400, "ask")}
            <div class="send"><button type="submit">"Ask the producer to change it"</button></div>
        </form>
    })
}
