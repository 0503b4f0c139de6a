//! "Skip Nightly on Mon 30 Nov?": what it means, and why.

use super::SCHEDULE;
use super::words::{ahead, at};
use crate::archive::Facts;
use crate::commands::inputs::Inputs;
use crate::view::{Part, part};
use domain::command::{Invalid, NOTE};
use domain::time::Millis;
use leptos::prelude::*;

/// A day of an entry.
#[derive(Clone, Debug)]
pub struct Day {
    /// The entry's id.
    pub entry: String,
    /// What it is called.
    pub name: String,
    /// Which day.
    pub day: i64,
    /// When it is due.
    pub due: Millis,
    /// When the one after it is.
    pub next: Option<Millis>,
}

/// The page.
#[derive(Clone, Debug)]
pub struct Skip {
    /// What is not to fire, or why there is nothing to skip.
    pub what: Result<Day, String>,
    /// What was filled in.
    pub given: Vec<(String, String)>,
    /// The field that will not do.
    pub wrong: Option<Invalid>,
}

pub(super) fn page(page: &Skip, facts: &Facts) -> Part {
    match &page.what {
        Ok(day) => ask(page, day, facts),
        Err(why) => part(view! {
            <section class="asking" aria-labelledby="asked-title">
                <h1 id="asked-title" tabindex="-1">"Nothing to skip"</h1>
                <p>{why.clone()}</p>
                <div class="press"><a class="dont" href=SCHEDULE>"To the schedule"</a></div>
            </section>
        }),
    }
}

fn ask(page: &Skip, day: &Day, facts: &Facts) -> Part {
    let inputs = Inputs { given: &page.given, wrong: page.wrong.as_ref() };
    let verb = format!("Skip {}", day.name);
    let title = format!("{verb} on {}?", facts.night(day.day));
    let due = format!("{}, {}", at(day.due, facts), ahead(day.due, facts));
    let next = day.next.map(|next| view! { <div><dt>"Next"</dt><dd>{at(next, facts)}</dd></div> });
    part(view! {
        <section class="asking" aria-labelledby="asked-title">
            <h1 id="asked-title" tabindex="-1">{title}</h1>
            <form method="post" action=format!("{SCHEDULE}/skip") class="change">
                <input type="hidden" name="entry" value=day.entry.clone() />
                <input type="hidden" name="day" value=day.day.to_string() />
                {inputs.stray(&["reason"])}
                {inputs.note("reason", "Why it is not wanted", NOTE)}
                <dl class="plan">
                    <div><dt>"Due"</dt><dd>{due}</dd></div>
                    {next}
                    <div><dt>"After it"</dt><dd>"Until it is due it can be fired after all. The page and the history say who skipped it, and why."</dd></div>
                </dl>
                <div class="press">
                    <button type="submit" class="filled" name="do" value="skip">{verb}</button>
                    <a class="dont" href=SCHEDULE>"Don’t"</a>
                </div>
            </form>
        </section>
    })
}
