//! Nights as squares: one link each, oldest left, told apart by shape as well as by colour.

use super::parts::number;
use crate::format::count;
use crate::marks::mark;
use crate::view::{Part, escaped, part};
use domain::verdict::Verdict;
use leptos::prelude::*;

/// Most squares of a strip.
pub(super) const MOST: usize = 30;

/// One night's.
pub(super) struct Square {
    /// Where it leads, if anywhere.
    pub address: Option<String>,
    /// What it is called aloud and under the pointer.
    pub name: String,
    /// Its drawing, 24 by 24.
    pub drawing: String,
}

/// The strip; `newest_first` is turned, so that time runs to the right.
pub(super) fn strip(label: &'static str, newest_first: Vec<Square>) -> Part {
    let mut squares: Vec<Square> = newest_first.into_iter().take(MOST).collect();
    squares.reverse();
    let one = |square: Square| {
        // As one string: a title within a drawing is read under the pointer.
        let inner = format!("<title>{}</title><g class=\"px\">{}</g>", escaped(&square.name), square.drawing);
        let drawing = part(view! { <svg width="24" height="24" aria-hidden="true" inner_html=inner></svg> });
        match square.address {
            Some(address) => part(view! { <li><a href=address aria-label=square.name>{drawing}</a></li> }),
            None => part(view! { <li><span class="spoken">{square.name}</span>{drawing}</li> }),
        }
    };
    let squares: Vec<Part> = squares.into_iter().map(one).collect();
    part(view! { <ol class="squares" aria-label=label>{squares}</ol> })
}

/// What the shapes mean.
pub(super) fn legend(meanings: &[(&Verdict, &'static str)], other: &[(&str, &'static str)]) -> Part {
    let verdicts = meanings.iter().map(|(verdict, word)| (mark(verdict, 14), *word));
    let others = other.iter().map(|(drawing, word)| ((*drawing).to_owned(), *word));
    let all: Vec<Part> = verdicts
        .chain(others)
        .map(|(drawing, word)| {
            let inner = format!("<g class=\"px\">{drawing}</g>");
            part(view! {
                <span><svg class="mk" width="14" height="14" aria-hidden="true" inner_html=inner></svg>{word}</span>
            })
        })
        .collect();
    part(view! { <p class="legend quiet">{all}</p> })
}

/// An outline in one class, as large as a square or a mark.
pub(super) fn outline(class: &str, size: usize) -> String {
    let inner = size - 1;
    format!("<rect class=\"nofill {class}\" x=\".5\" y=\".5\" width=\"{inner}\" height=\"{inner}\"/>")
}

/// "27 complete, 2 to retry, 1 failed": how many of each, in the given order, without those of which there is none.
pub(super) fn tally(counts: &[(usize, &str)]) -> String {
    let some = counts.iter().filter(|(many, _)| *many > 0);
    some.map(|(many, word)| format!("{} {word}", count(number(*many)))).collect::<Vec<_>>().join(", ")
}
