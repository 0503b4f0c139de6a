//! What can be done about the verdict, what was asked and what became of it, and the summary to copy.
//!
//! Each action is a link to a page that says what it would do; `data-ask` lets the browser open that page in a dialog
//! (`public/dialog.js`). Whoever may not run anything sees none. While the page cannot vouch for what it shows, or the way to the
//! producer is down, the actions stay and lead nowhere, and the line under them says why.

use super::Summary;
use crate::address::at;
use crate::clock::{Clock, use_clock};
use crate::live::{Live, ViewState, use_live};
use crate::location::{Location, Page, use_location};
use crate::sentences::{Act, SKIP, acts, command};
use crate::view::{escaped, memo, part, text, when};
use domain::record::{CommandRecord, Record};
use domain::time::MINUTE;
use domain::verdict::Verdict;
use leptos::prelude::*;

/// A command that is about another run is shown for this long.
const SHOWN: i64 = 2 * MINUTE;

/// Actions, the last command, the summary.
#[component]
pub fn Acts() -> impl IntoView {
    let (live, clock, location) = (use_live(), use_clock(), use_location());
    let ended =
        memo(move || live.view().with(|view| view.as_ref().is_some_and(|view| view.run.status.ended())));
    let last =
        text(move || last(live, clock, location).map(|found| line(live, clock, &found)).unwrap_or_default());
    part(view! {
        <div class="acts">
            <div class="can" inner_html=text(move || can_be_done(live, location))></div>
            <div class="after">
                <span role="status" inner_html=last></span>
                {when(move || ended.get(), || view! { <Summary /> })}
            </div>
        </div>
    })
}

/// The actions as links; while nothing can be sent they lead nowhere, and why stands under them.
fn can_be_done(live: Live, location: Location) -> String {
    // Of a moment that is looked back at nothing can be done.
    if live.who().1 == 0 || matches!(live.link().get(), ViewState::Replay { .. }) {
        return String::new();
    }
    let codes = live.tonight().get().map(|slot| live.codes(slot)).unwrap_or_default();
    let all = live.verdict().with(|verdict| live.view().with(|view| acts(verdict, view.as_ref(), &codes)));
    let off = off(live);
    let mut html = String::new();
    // What starts something has nothing to do with a run of long ago.
    let past = location.run().is_some();
    // The schedule is for admins.
    let admin = live.who().1 > 1;
    let wanted = |act: &&Act| !(past && act.href.ends_with("do=run")) && (admin || !act.href.ends_with(SKIP));
    for Act { label, aside, href, class } in all.iter().filter(wanted) {
        let leads = if off.is_empty() {
            format!("href=\"{}\"", escaped(href))
        } else {
            "aria-disabled=\"true\"".to_owned()
        };
        let asks = if href.starts_with('#') { "" } else { "data-ask" };
        html +=
            &format!("<a class=\"act {class}\" {asks} {leads}>{}<small>{aside}</small></a>", escaped(label));
    }
    let silent = live.verdict().with(|verdict| matches!(verdict, Verdict::Silent { .. }));
    if silent && off.is_empty() && live.api().is_some() {
        let there = at("/admin/producer/ask");
        html += &format!(
            "<form method=\"post\" action=\"{there}\"><button class=\"act\">Ask the producer</button></form>"
        );
    }
    if !off.is_empty() && !all.is_empty() {
        html += &format!("<p class=\"why\">{off}</p>");
    }
    html
}

/// Why nothing can be sent; nothing: it can.
fn off(live: Live) -> &'static str {
    match live.link().get() {
        // Over HTTP it goes all the same.
        ViewState::RedisDown { .. } if live.api().is_none() => "Can’t be sent while Redis is not reachable",
        ViewState::Lost { .. }
        | ViewState::Offline { .. }
        | ViewState::SignedOut { .. }
        | ViewState::Blocked { .. } => "Can’t be sent while offline",
        _ => "",
    }
}

/// The last command that has to do with what is shown.
fn last(live: Live, clock: Clock, location: Location) -> Option<CommandRecord> {
    let now = clock.work().get();
    let shown = location.run();
    let tonight = live.view().with(|view| view.as_ref().map(|view| view.run.id.clone()));
    let fits = |found: &CommandRecord| {
        let run = shown.as_ref().or(tonight.as_ref());
        // Of what has nothing to do with the run that is shown only what has just been asked.
        let new = shown.is_none() && (found.state.open() || now - found.asked < SHOWN);
        new || run.is_some_and(|run| command::concerns(found, run))
    };
    let pick = |record: &Record| match record {
        Record::Command(command) => Some(command.clone()),
        _ => None,
    };
    let all = live.keys('o').into_iter().filter_map(|key| live.read(&key, pick));
    all.filter(fits).max_by_key(|found| found.asked)
}

fn line(live: Live, clock: Clock, command: &CommandRecord) -> String {
    let run = command.run.as_deref().and_then(|id| live.word_of(id, clock.work().get()));
    let bad = if command::is_bad(command) { " bad" } else { "" };
    let (href, words) =
        (at(&format!("{}/{}", Page::COMMANDS, command.id)), command::asked(command, run, &clock.zone()));
    format!("<a class=\"why{bad}\" href=\"{href}\">{}</a>", escaped(&words))
}
