//! The page: who fires, the entries, what comes, what was.

use super::SCHEDULE;
use super::entries::{self, Row};
use super::fires::{self, Fire};
use super::history::{self, Past};
use super::producer::{self, Producer};
use crate::accounts::fields::Step;
use crate::archive::Facts;
use crate::archive::parts::{heading, nothing};
use crate::view::{Part, part};
use domain::time::Millis;
use leptos::prelude::*;

/// Most warnings.
const WARNINGS: usize = 20;

/// The page.
#[derive(Clone, Debug)]
pub struct Overview {
    /// This server fires; else the producer does.
    pub ours: bool,
    /// Who has paused all, and when.
    pub paused: Option<(String, Millis)>,
    /// Where our schedule and the producer's disagree.
    pub note: Option<String>,
    /// Ours.
    pub entries: Vec<Row>,
    /// What comes: of ours, or of the producer's by our calendar.
    pub coming: Vec<Fire>,
    /// What would come into something's way.
    pub warnings: Vec<String>,
    /// What was due, newest first.
    pub past: Vec<Past>,
    /// The producer's own schedule.
    pub producer: Producer,
    /// Whether whoever looks may change it.
    pub may: bool,
    /// What was just done.
    pub done: Option<&'static str>,
}

pub(super) fn page(page: &Overview, facts: &Facts) -> Part {
    let who = if page.ours {
        "This server fires: its entries ask the producer for runs."
    } else {
        "The producer fires by its own schedule; this server looks on."
    };
    let done = page.done.map(|words| view! { <p class="told" role="status">{words}</p> });
    let paused = page.paused.as_ref().filter(|_| page.ours).map(|(who, at)| {
        let words = format!("All is paused by {who}, since {}: nothing fires.", facts.when(*at));
        view! { <p class="bad"><b>{words}</b></p> }
    });
    let note = page.note.clone().map(|note| view! { <p class="bad">{note}</p> });
    let head = page.may.then(|| settings(page));
    let producer = producer::section(page, facts);
    part(view! {
        {heading("Schedule", who)}
        {done}
        <div class="state">{paused}{note}{head}</div>
        {entries::section(page, facts)}
        {coming(page, facts)}
        {producer}
        {history::section(&page.past, facts)}
    })
}

/// Who fires, and whether anything does: what can be changed of that.
fn settings(page: &Overview) -> Part {
    let address = format!("{SCHEDULE}/all");
    let all = match (page.ours, page.paused.is_some()) {
        (true, true) => Some(part(view! {
            <form method="post" action=address class="alone"><button type="submit" name="do" value="resume">"Resume"</button></form>
        })),
        (true, false) => Some(part(view! {
            <form method="post" action=address class="alone"><button type="submit" name="do" value="pause">"Pause all"</button></form>
        })),
        (false, _) => None,
    };
    let by = format!("{SCHEDULE}/by");
    let step = if page.ours {
        Step {
            opens: "Let the producer fire…",
            question: "Let the producer fire?".to_owned(),
            means: "Its own schedule counts then. Our entries rest, and stay as they are; what is due is shown as the producer tells it.",
            verb: "Let the producer fire".to_owned(),
            address: by,
            task: "producer",
            home: SCHEDULE,
        }
    } else {
        Step {
            opens: "Let this server fire…",
            question: "Let this server fire?".to_owned(),
            means: "Our entries ask the producer for runs from now on. Switch its own schedule off, or both start one.",
            verb: "Let this server fire".to_owned(),
            address: by,
            task: "server",
            home: SCHEDULE,
        }
    };
    part(view! { <div class="settings">{all}{step.view()}</div> })
}

fn coming(page: &Overview, facts: &Facts) -> Part {
    let warnings = page.warnings.iter().take(WARNINGS).cloned();
    let warnings = warnings.map(|words| view! { <p class="warning">{words}</p> }).collect_view();
    let computed = (!page.ours && !page.coming.is_empty()).then(|| {
        view! { <p class="quiet">"By the producer’s time of day and our calendar: it has not promised them."</p> }
    });
    let rests = (page.ours && page.paused.is_some())
        .then(|| view! { <p class="bad">"All is paused: none of these fires until it is resumed."</p> });
    let rows = match (page.coming.is_empty(), page.ours) {
        (false, ours) => fires::rows(&page.coming, ours, ours && page.may, facts),
        (true, true) => nothing("Nothing comes: no entry is on."),
        (true, false) => nothing("Nothing is known to come."),
    };
    part(view! {
        <section class="past fires comes">
            <div class="head rule"><h2>"The next 10 fires"</h2></div>
            {warnings}
            {computed}
            {rests}
            {rows}
        </section>
    })
}
