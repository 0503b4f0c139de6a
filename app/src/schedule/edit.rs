//! The form of an entry, and beside it what it comes to.

use super::SCHEDULE;
use super::fires::{self, Fire};
use crate::address::encoded;
use crate::archive::{Facts, written};
use crate::commands::inputs::{Inputs, Words};
use crate::commands::phases;
use crate::pages::ArchiveHtml;
use crate::view::{Part, part};
use domain::command::Invalid;
use domain::schedule::{AFTER_CLOSE, Days, EarlyClose, Entry, LATE, Missed, WEEKDAYS};
use leptos::prelude::*;

/// The form.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The entry's id; `None`: it is a new one.
    pub id: Option<String>,
    /// What it is called.
    pub name: String,
    /// What was filled in.
    pub given: Vec<(String, String)>,
    /// The field that will not do.
    pub wrong: Option<Invalid>,
    /// Why it could not be taken.
    pub failed: Option<String>,
    /// What it comes to.
    pub preview: Preview,
    /// The script that keeps the preview up to date; empty: there is none.
    pub script: String,
}

/// What an entry comes to.
#[derive(Clone, Debug)]
pub enum Preview {
    /// This.
    Fires(Vec<Fire>),
    /// Nothing, and why.
    Nothing(String),
}

/// An entry as its form has it.
#[must_use]
pub fn given(entry: &Entry) -> Vec<(String, String)> {
    let mut given: Vec<(&str, String)> = vec![
        ("name", entry.name.clone()),
        ("trigger_time", entry.time()),
        ("zone", entry.zone.clone()),
        ("universe", entry.universe.clone().unwrap_or_default()),
    ];
    let ticks = [("enabled", entry.enabled), ("market_check", entry.market_check)];
    given.extend(ticks.into_iter().filter(|(_, on)| *on).map(|(name, _)| (name, "on".to_owned())));
    match entry.days {
        Days::Trading => given.push(("days", "trading".to_owned())),
        Days::Weekdays(bits) => {
            given.push(("days", "weekdays".to_owned()));
            let on = WEEKDAYS.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1);
            given.extend(on.map(|(_, word)| ("weekdays", (*word).to_owned())));
        }
    }
    given.extend(entry.phases.iter().map(|phase| ("phases", phase.clone())));
    match entry.early {
        EarlyClose::Same => given.push(("early_close", "same".to_owned())),
        EarlyClose::After(minutes) => {
            given.extend([("early_close", "after".to_owned()), ("early_minutes", minutes.to_string())]);
        }
    }
    match entry.missed {
        Missed::Skip => given.push(("missed", "skip".to_owned())),
        Missed::Late(minutes) => {
            given.extend([("missed", "late".to_owned()), ("late_minutes", minutes.to_string())]);
        }
    }
    given
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// The preview alone, for the script.
#[must_use]
pub fn preview(preview: &Preview, facts: &Facts) -> ArchiveHtml {
    written(part(view! {
        {says(preview, facts)}
        {rows(preview, facts)}
    }))
}

/// The next one, or why there is none. What changes while one types is read out, but no more of it than this.
fn says(preview: &Preview, facts: &Facts) -> Part {
    let (words, bad) = match preview {
        Preview::Fires(fires) => (fires::next(fires, facts), false),
        Preview::Nothing(why) => (why.clone(), true),
    };
    part(view! { <p class="says" class:bad=bad aria-live="polite">{words}</p> })
}

fn rows(preview: &Preview, facts: &Facts) -> Part {
    let rows = match preview {
        Preview::Fires(fires) => Some(fires::rows(fires, false, false, facts)),
        Preview::Nothing(_) => None,
    };
    part(view! { <div class="rows">{rows}</div> })
}

pub(super) fn page(edit: &Edit, facts: &Facts) -> Part {
    let address = match &edit.id {
        Some(id) => format!("{SCHEDULE}/entries/{}", encoded(id)),
        None => format!("{SCHEDULE}/entries/new"),
    };
    let (title, verb) = match &edit.id {
        Some(_) => (format!("Edit {}", edit.name), "Save"),
        None => ("Add an entry".to_owned(), "Add it"),
    };
    let failed = edit.failed.clone().map(|why| view! { <p class="wrong bad" role="alert">{why}</p> });
    let script = Some(edit.script.clone()).filter(|script| !script.is_empty());
    let script = script.map(|script| view! { <script type="module" src=script></script> });
    part(view! {
        <header class="top"><h1>{title}</h1></header>
        <div class="editing">
            <section class="asking" aria-label="The entry">
                {failed}
                <form method="post" action=address.clone() class="change" id="entry">
                    {fields(edit)}
                    <div class="press">
                        <button type="submit" class="filled" name="do" value="save">{verb}</button>
                        <a class="dont" href=SCHEDULE>"Don’t"</a>
                        <button type="submit" formmethod="get" formaction=address.clone() formnovalidate class="look">"Preview"</button>
                    </div>
                </form>
            </section>
            <section class="past fires preview" id="preview" aria-label="Preview">
                <div class="head rule"><h2>"The next 10 fires"</h2></div>
                {rows(&edit.preview, facts)}
            </section>
            {says(&edit.preview, facts)}
        </div>
        {script}
    })
}

/// The fields, in the order in which one thinks of them.
fn fields(edit: &Edit) -> Vec<Part> {
    let all = Inputs { given: &edit.given, wrong: edit.wrong.as_ref() };
    let words = |words: &[(&'static str, &str)]| -> Words {
        words.iter().map(|(value, words)| (*value, (*words).to_owned())).collect()
    };
    let days = words(&[("trading", "the exchange’s trading days"), ("weekdays", "days of the week")]);
    let week = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let week = WEEKDAYS.iter().zip(week).map(|(value, words)| (*value, words.to_owned())).collect();
    let early = words(&[("same", "at the same time"), ("after", "after the close")]);
    let missed = words(&[("late", "fire late"), ("skip", "leave it out")]);
    vec![
        all.text("name", "Name", "", 40, "ask"),
        all.time("trigger_time", "Time", ""),
        all.text("zone", "Zone of that time", "America/New_York", 64, "ask"),
        all.choice("days", "On", days, "trading"),
        all.boxes("weekdays", "Days of the week (where chosen above)", week),
        all.tick("market_check", "Not before the close, nor on days without trading"),
        all.choice("early_close", "When the exchange closes early", early, "same"),
        all.number("early_minutes", "Minutes after the close", "10", AFTER_CLOSE),
        all.choice("missed", "When no server was there", missed, "late"),
        all.number("late_minutes", "At most so many minutes late", "120", LATE),
        all.boxes("phases", "Phases (none: all)", phases()),
        all.text("universe", "Universe (empty: as the producer is set)", "", 64, "ask wide"),
        all.tick("enabled", "On"),
    ]
}
