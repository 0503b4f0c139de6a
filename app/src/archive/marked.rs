//! Patterns on a chart of candles: how they are marked, what the marks mean, and the same as a list for who cannot point at them.

use super::candles::dated;
use super::parts::number;
use crate::format::{count, plural};
use crate::view::{Part, part};
use leptos::prelude::*;

/// A pattern on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Marked {
    /// Days since 1970-01-01.
    pub day: i64,
    /// Its name.
    pub pattern: String,
    /// From 0 to 1.
    pub confidence: f64,
    /// Up, down, or neither.
    pub direction: i8,
}

/// Directions, and what they are called.
const WORDS: [(i8, &str); 3] = [(1, "rising"), (-1, "falling"), (0, "neither")];

fn words(direction: i8) -> &'static str {
    WORDS.iter().find(|(known, _)| *known == direction.signum()).map_or("", |(_, words)| words)
}

/// The mark of a direction, 10 wide around 0, 8 high.
pub(super) fn shape(direction: i8) -> &'static str {
    match direction {
        1.. => "<path class=\"f-green\" d=\"M0 0l5 8h-10z\"/>",
        0 => "<path class=\"nofill l-outline\" d=\"M0 0l4 4-4 4-4-4z\"/>",
        _ => "<path class=\"f-red\" d=\"M0 8l5-8h-10z\"/>",
    }
}

/// A line of the legend: what it looks like, 16 by 16, and what it is.
pub(super) fn key(drawing: String, words: String) -> Part {
    part(view! { <li><svg width="16" height="16" aria-hidden="true" inner_html=drawing></svg>{words}</li> })
}

/// What the marks mean, of those that are there.
pub(super) fn shapes(marks: &[Marked]) -> Vec<Part> {
    let there = |direction: i8| marks.iter().any(|mark| mark.direction.signum() == direction);
    let one = |(direction, words): (i8, &'static str)| {
        let mark = format!(
            "<svg class=\"free\" x=\"8\" y=\"4\" width=\"1\" height=\"1\">{}</svg>",
            shape(direction)
        );
        key(mark, format!("pattern, {words}"))
    };
    WORDS.into_iter().filter(|(direction, _)| there(*direction)).map(one).collect()
}

/// All of them, newest first.
pub(super) fn found(marks: &[Marked]) -> Option<Part> {
    let one = |mark: &Marked| {
        let confidence = format!("{:.2}", mark.confidence);
        part(view! {
            <tr>
                <th scope="row">{mark.pattern.clone()}</th>
                <td>{words(mark.direction)}</td>
                <td class="num">{confidence}</td>
                <td class="num quiet">{dated(mark.day)}</td>
            </tr>
        })
    };
    let rows: Vec<Part> = marks.iter().map(one).collect();
    let said = number(marks.len());
    let summary = format!("{} {} as a list", count(said), plural(said, "pattern"));
    (!marks.is_empty()).then(|| {
        part(view! {
            <details class="figures">
                <summary>{summary}</summary>
                <div class="past values">
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">"Pattern"</th>
                                <th scope="col">"Direction"</th>
                                <th scope="col" class="num">"Confidence"</th>
                                <th scope="col" class="num">"Day"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </details>
        })
    })
}
