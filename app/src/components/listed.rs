//! A list of facts under a heading: rows that come and go by key, whose cells are texts. What has no row is not there.
//!
//! One component for every table and card of facts, because each view written out is code in everybody's WASM. At the desk the
//! cells stand in columns; on the phone a row is its name and its values, each with its heading.

use crate::clock::{Clock, use_clock};
use crate::live::{Live, use_live};
use crate::location::Link;
use crate::view::{escaped, memo, part, row, rows, text, when};
use leptos::prelude::*;

/// A row: its key, and its cells. A cell behind the last column is the class of the second one.
pub(super) type Row = (String, Vec<String>);
/// All rows in their order.
pub(super) type Rows = fn(Live, Clock) -> Vec<Row>;
/// Where the first cell of a row leads.
pub(super) type Leads = fn(&str) -> String;

/// A row of a card: label, value, aside, and the tone of the value (a class).
pub(super) fn fact(
    label: impl Into<String>,
    value: impl Into<String>,
    aside: impl Into<String>,
    tone: &str,
) -> Row {
    let label = label.into();
    (label.clone(), vec![label, value.into(), aside.into(), tone.to_owned()])
}

/// Columns of a card, which needs no headings.
pub(super) const FACTS: &[&str] = &["", "", ""];

/// A heading and its rows.
#[component]
pub(super) fn Listed(
    /// Class of the whole; says how it is laid out.
    class: &'static str,
    /// The heading.
    title: &'static str,
    /// A few words beside the heading.
    #[prop(optional)]
    aside: &'static str,
    /// Headings of the columns.
    heads: &'static [&'static str],
    /// The rows.
    all: Rows,
    /// Where the first cell of a row leads, if it is a link.
    #[prop(optional)]
    link: Option<Leads>,
) -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let found = memo(move || all(live, clock));
    let list = move || {
        let keys: Vec<String> = found.with(|rows| rows.iter().map(|(key, _)| key.clone()).collect());
        // Of equal keys the second is another row.
        let nth = |index: usize| keys.iter().take(index).filter(|other| **other == keys[index]).count();
        let one = |index: usize| {
            let (key, nth) = (keys[index].clone(), nth(index));
            row(
                format!("{key} {nth}"),
                move || view! { <OneRow heads=heads key=key nth=nth found=found link=link /> },
            )
        };
        (0..keys.len()).map(one).collect()
    };
    when(
        move || found.with(|rows| !rows.is_empty()),
        move || {
            view! {
                <div class=class>
                    <div class="head rule"><h2>{title}</h2><span class="quiet">{aside}</span></div>
                    <div class="rows" tabindex="0" role="group" aria-label=title>
                        <table>
                            <thead inner_html=headings(heads)></thead>
                            <tbody>{rows(list)}</tbody>
                        </table>
                    </div>
                </div>
            }
        },
    )
}

/// None at all where none has words.
fn headings(heads: &[&str]) -> String {
    if heads.iter().all(|head| head.is_empty()) {
        return String::new();
    }
    let cells: String = heads.iter().map(|head| format!("<th scope=\"col\">{head}</th>")).collect();
    format!("<tr>{cells}</tr>")
}

#[component]
fn OneRow(
    heads: &'static [&'static str],
    key: String,
    nth: usize,
    found: Memo<Vec<Row>>,
    link: Option<Leads>,
) -> impl IntoView {
    let target = link.map(|leads| leads(&key));
    let name = key.clone();
    // Found anew for each cell: a memo of its own kind would be a hundredth of the WASM.
    let cell = move |index: usize| {
        let key = key.clone();
        text(move || {
            found.with(|rows| {
                let mut of_key = rows.iter().filter(|(known, _)| *known == key);
                of_key.nth(nth).and_then(|(_, cells)| cells.get(index).cloned()).unwrap_or_default()
            })
        })
    };
    let tone = cell(heads.len());
    let lead = target.map(|target| view! { <Link to=target label=name /> });
    let first = if lead.is_some() { None } else { Some(cell(0)) };
    let one = |(index, head): (usize, &'static &'static str)| {
        let class = if index == 1 { tone } else { text(String::new) };
        let cell = cell(index);
        // As markup, so that a cell without words is empty: on the phone it has no heading either.
        let words = text(move || escaped(&cell.get()));
        part(view! { <td data-head=*head class=class inner_html=words></td> })
    };
    let others: Vec<_> = heads.iter().enumerate().skip(1).map(one).collect();
    part(view! { <tr><th scope="row">{lead}{first}</th>{others}</tr> })
}
