//! What became of days that were due.

use super::words::at;
use crate::address::encoded;
use crate::archive::Facts;
use crate::archive::parts::{link, nothing};
use crate::location::Page;
use crate::view::{Part, part};
use domain::time::Millis;
use leptos::prelude::*;

/// Most rows: a month of as many entries as there can be.
const ROWS: usize = 600;

/// What became of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// It is being asked for.
    Taken,
    /// It was asked for.
    Fired,
    /// It was refused, or nothing came of it.
    Refused,
    /// It was not wanted, or the exchange was closed.
    Skipped,
    /// Nobody could.
    Missed,
}

impl Became {
    fn word(self) -> &'static str {
        match self {
            Self::Taken => "being asked for",
            Self::Fired => "fired",
            Self::Refused => "refused",
            Self::Skipped => "skipped",
            Self::Missed => "missed",
        }
    }

    fn is_bad(self) -> bool {
        matches!(self, Self::Refused | Self::Missed)
    }
}

/// A day that was due.
#[derive(Clone, Debug)]
pub struct Past {
    /// Of which entry.
    pub entry: String,
    /// What the entry was called.
    pub name: String,
    /// When it was due.
    pub due: Millis,
    /// What became of it.
    pub became: Became,
    /// Why, or how.
    pub why: String,
    /// What was asked of the producer.
    pub command: Option<String>,
}

impl Past {
    /// "fired, 12 min late: no server was there before".
    pub(super) fn words(&self) -> String {
        let word = self.became.word();
        match self.became {
            _ if self.why.is_empty() => word.to_owned(),
            Became::Fired => format!("{word}, {}", self.why),
            _ => format!("{word}: {}", self.why),
        }
    }

    pub(super) fn is_bad(&self) -> bool {
        self.became.is_bad()
    }
}

pub(super) fn section(past: &[Past], facts: &Facts) -> Part {
    let rows: Vec<Part> = past.iter().take(ROWS).map(|past| row(past, facts)).collect();
    let table = if rows.is_empty() {
        nothing("Nothing has been due yet.")
    } else {
        part(view! {
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Due"</th>
                        <th scope="col" class="name">"Entry"</th>
                        <th scope="col">"What became of it"</th>
                        <th scope="col" class="does">"Command"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        })
    };
    part(view! {
        <section class="past fires">
            <div class="head rule"><h2>"The last 30 days"</h2></div>
            {table}
        </section>
    })
}

fn row(past: &Past, facts: &Facts) -> Part {
    let bad = past.is_bad();
    let command = past.command.as_ref();
    let command = command.map(|id| link(format!("{}/{}", Page::COMMANDS, encoded(id)), "Command"));
    part(view! {
        <tr>
            <th scope="row">{at(past.due, facts)}</th>
            <td class="name">{past.name.clone()}</td>
            <td class="said" class:bad=bad>{past.words()}</td>
            <td class="does">{command}</td>
        </tr>
    })
}
