//! What comes, row by row: when, of which entry, and what is to be known about that day; a day that will not fire says why.

use super::SCHEDULE;
use super::words::{ahead, at, remarks};
use crate::address::encoded;
use crate::archive::Facts;
use crate::format::hm;
use crate::view::{Part, part};
use domain::schedule::{Coming, Entry};
use leptos::prelude::*;

/// Most rows: ten that fire, and what lies between them.
const ROWS: usize = 60;

/// What comes of an entry.
#[derive(Clone, Debug)]
pub struct Fire {
    /// The entry's id; empty: it has none.
    pub id: String,
    /// The entry.
    pub entry: Entry,
    /// What comes.
    pub coming: Coming,
    /// Somebody does not want it: who, and why.
    pub unwanted: Option<String>,
}

impl Fire {
    /// Whether it will fire.
    #[must_use]
    pub fn will(&self) -> bool {
        self.unwanted.is_none() && self.coming.occurrence.skip.is_none()
    }
}

/// The first that will fire: "Next: Fri 27 Nov 16:10 ET, in 3 h 12 min."
pub(super) fn next(fires: &[Fire], facts: &Facts) -> String {
    let next = fires.iter().find(|fire| fire.will()).map(|fire| fire.coming.occurrence.at);
    next.map_or_else(
        || "Nothing comes.".to_owned(),
        |next| format!("Next: {}, {}.", at(next, facts), ahead(next, facts)),
    )
}

/// The rows. `may`: with what can be done about each.
pub(super) fn rows(fires: &[Fire], named: bool, may: bool, facts: &Facts) -> Part {
    let rows: Vec<Part> = fires.iter().take(ROWS).map(|fire| row(fire, named, may, facts)).collect();
    let name = named.then(|| view! { <th scope="col" class="name">"Entry"</th> });
    // The page stands still: from when it counts is said.
    let as_of = format!("In, at {}", hm(facts.now, facts.zone()));
    let does =
        may.then(|| view! { <th scope="col" class="does"><span class="spoken">"Skip it or not"</span></th> });
    part(view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">"Due"</th>
                    <th scope="col" class="in">{as_of}</th>
                    {name}
                    <th scope="col">"What is different"</th>
                    {does}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    })
}

fn row(fire: &Fire, named: bool, may: bool, facts: &Facts) -> Part {
    let occurrence = &fire.coming.occurrence;
    let closed = occurrence.skip.is_some();
    let due = if closed { facts.night(occurrence.day) } else { at(occurrence.at, facts) };
    let away = if fire.will() { ahead(occurrence.at, facts) } else { "skipped".to_owned() };
    let remarks = remarks(&fire.coming, &fire.entry, facts);
    let said = [occurrence.skip.clone(), fire.unwanted.clone(), Some(remarks)];
    let said: Vec<String> = said.into_iter().flatten().filter(|words| !words.is_empty()).collect();
    let said = Some(said.join("; ")).filter(|said| !said.is_empty());
    let off = !fire.will();
    let name = named.then(|| view! { <td class="name">{fire.entry.name.clone()}</td> });
    let does = may.then(|| view! { <td class="does">{(!closed).then(|| does(fire, &due))}</td> });
    part(view! {
        <tr class:off=off>
            <th scope="row">{due.clone()}</th>
            <td class="in">{away}</td>
            {name}
            <td class="said">{said}</td>
            {does}
        </tr>
    })
}

/// What can be done about a day.
fn does(fire: &Fire, due: &str) -> Part {
    let (id, day) = (fire.id.clone(), fire.coming.occurrence.day.to_string());
    let about = format!("{} on {due}", fire.entry.name);
    if fire.unwanted.is_some() {
        let spoken = format!("Fire {about} after all");
        return part(view! {
            <form method="post" action=format!("{SCHEDULE}/skip") class="alone">
                <input type="hidden" name="entry" value=id />
                <input type="hidden" name="day" value=day />
                <button type="submit" name="do" value="unskip" aria-label=spoken>"Fire after all"</button>
            </form>
        });
    }
    let address = format!("{SCHEDULE}/skip?entry={}&day={day}", encoded(&id));
    let spoken = format!("Skip {about}");
    part(view! { <a class="link" href=address data-ask="" aria-label=spoken>"Skip…"</a> })
}
