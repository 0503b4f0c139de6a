//! What the colours of the map mean: only those that are on it. Pure.

use super::cells::{Cell, State};

/// The entries as list items.
pub(super) fn legend(cells: &[Cell]) -> String {
    const SQUARE: &str = "width=\"12\" height=\"12\"";
    const OUTLINE: &str = "x=\".5\" y=\".5\" width=\"11\" height=\"11\"";
    let has = |state: State| cells.iter().any(|cell| cell.state == state);
    let entries = [
        (State::Done(1), format!("<rect class=\"g1\" {SQUARE}/>"), "imported"),
        (State::Done(2), format!("<rect class=\"g2\" {SQUARE}/>"), "synced"),
        (State::Done(3), format!("<rect class=\"g3\" {SQUARE}/>"), "indicators"),
        (State::Done(4), format!("<rect class=\"g4\" {SQUARE}/>"), "patterns"),
        (State::Skipped, format!("<rect class=\"nofill l-outline\" {OUTLINE}/>"), "skipped"),
        (State::Failed(false), format!("<rect class=\"f-red\" {SQUARE}/>"), "failed"),
        (State::Failed(true), "<path class=\"f-red\" d=\"M0 0h7l5 5v7h-12z\"/>".to_owned(), "newly failing"),
        (State::Missing, format!("<rect class=\"nofill l-violet\" {OUTLINE}/>"), "not reported"),
        (State::Waiting, format!("<rect class=\"nofill l-hair\" {OUTLINE}/>"), "waiting"),
    ];
    let shown = entries.into_iter().filter(|(state, ..)| has(*state));
    shown
        .map(|(_, shape, label)| {
            format!("<li><svg {SQUARE} aria-hidden=\"true\"><g class=\"px\">{shape}</g></svg>{label}</li>")
        })
        .collect()
}
