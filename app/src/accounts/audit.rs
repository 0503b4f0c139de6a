//! `/admin/audit`: who did what, from where, and what it was before and after. Newest first.

use super::audit_filter::AuditFilter;
use super::words::{action, actions, deed};
use crate::archive::Facts;
use crate::archive::form::Form;
use crate::archive::parts::{exports, heading, link, nothing, number};
use crate::archive::query::{FilterError, LONGEST, address, iso_moment};
use crate::format::{count, plural};
use crate::location::Page;
use crate::view::{Part, part};
use domain::time::Millis;
use leptos::prelude::*;

/// Most lines of a page.
const ROWS: usize = 100;

/// A line of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditLine {
    /// When.
    pub at: Millis,
    /// Who.
    pub who: String,
    /// By which role.
    pub role: String,
    /// From which address.
    pub address: String,
    /// What: the code.
    pub action: String,
    /// On whom or what.
    pub subject: String,
    /// `done`, or why not.
    pub outcome: String,
    /// What it was.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// What was asked, as far as it was understood.
    pub filter: AuditFilter,
    /// What was not.
    pub errors: Vec<FilterError>,
    /// The lines, newest first.
    pub rows: Vec<AuditLine>,
    /// Where the list goes on.
    pub next: Option<u64>,
}

impl Audit {
    /// Most lines that a page shows.
    pub const ROWS: usize = ROWS;
}

pub(super) fn page(audit: &Audit, facts: &Facts) -> Part {
    let query = audit.filter.at(None).to_query();
    let files = [("CSV", address("/api/audit.csv", &query)), ("JSON", address("/api/audit.jsonl", &query))];
    let many = number(audit.rows.len().min(ROWS));
    let shown = format!("{} {}, newest first", count(many), plural(many, "line"));
    part(view! {
        {heading("Audit", "Who did what, and from where. Nothing here can be changed.")}
        {form(audit, facts)}
        <section class="past audit">
            <div class="head rule">
                <h2>"Log"</h2>
                <span class="quiet">{shown}</span>
                <span class="end">{exports(&files)}</span>
            </div>
            {table(audit, facts)}
            {further(audit)}
        </section>
    })
}

fn form(audit: &Audit, facts: &Facts) -> Part {
    let filter = &audit.filter;
    let mut form = Form::new(&audit.errors);
    form.input("search", "who", "Who", filter.who.clone(), LONGEST + 6);
    let choices = actions().map(|code| (code.to_owned(), action(code))).collect();
    form.choice("action", "What", "any", choices, filter.action);
    form.input("search", "q", "Text", filter.q.clone(), LONGEST);
    let zone = &facts.exchange.label;
    form.input("datetime-local", "from", format!("From, {zone}"), filter.from.map(iso_moment), LONGEST);
    form.input("datetime-local", "to", format!("To, {zone}"), filter.to.map(iso_moment), LONGEST);
    let all = (!filter.is_all() || !audit.errors.is_empty()).then_some((Page::AUDIT, "Show all lines"));
    form.finish(Page::AUDIT, "Filter the audit log", "Show", all)
}

fn table(audit: &Audit, facts: &Facts) -> Part {
    if audit.rows.is_empty() {
        return nothing(match (audit.next, audit.filter.before) {
            (Some(_), _) => "None of those looked at is like that.",
            (None, Some(_)) => "There are no older lines.",
            (None, None) => "No line is like that.",
        });
    }
    let mut rows: Vec<Part> = Vec::new();
    let mut day = None;
    for line in audit.rows.iter().take(ROWS) {
        let days = facts.zone().civil(line.at).days;
        if day.replace(days) != Some(days) {
            let name = facts.night(days);
            rows.push(part(view! { <tr class="day"><th scope="rowgroup" colspan="6">{name}</th></tr> }));
        }
        rows.push(row(line, facts));
    }
    part(view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">"Time"</th>
                    <th scope="col">"Who"</th>
                    <th scope="col">"Did what"</th>
                    <th scope="col">"To whom or what"</th>
                    <th scope="col">"Before, after"</th>
                    <th scope="col">"From"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    })
}

fn row(line: &AuditLine, facts: &Facts) -> Part {
    let did = deed(&line.action, &line.outcome);
    let refused = line.outcome != "done";
    let role =
        (!line.role.is_empty()).then(|| view! { <span class="quiet">{format!(", {}", line.role)}</span> });
    let change = match (&line.before, &line.after) {
        (Some(before), Some(after)) => format!("{before} → {after}"),
        (Some(before), None) => format!("{before} →"),
        (None, Some(after)) => after.clone(),
        (None, None) => String::new(),
    };
    part(view! {
        <tr>
            <td class="time">{facts.hms(line.at)}</td>
            <td class="who"><b>{line.who.clone()}</b>{role}</td>
            <td class="did" class:bad=refused>{did}</td>
            <td class="subject">{line.subject.clone()}</td>
            <td class="became">{change}</td>
            <td class="from quiet">{line.address.clone()}</td>
        </tr>
    })
}

fn further(audit: &Audit) -> Option<Part> {
    let at = |before| address(Page::AUDIT, &audit.filter.at(before).to_query());
    let words = if audit.rows.is_empty() { "Search further" } else { "Older" };
    let older = audit.next.map(|next| link(at(Some(next)), words));
    let newest = audit.filter.before.map(|_| link(at(None), "Newest"));
    let any = older.is_some() || newest.is_some();
    any.then(|| part(view! { <nav class="further" aria-label="More lines">{newest}{older}</nav> }))
}
