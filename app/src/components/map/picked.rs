//! A block of cells that was picked by dragging, or with Shift and the arrows: which symbols are in it, and what can be done with them.
//! Pure.

use super::cells::{Cell, Grid, State};
use crate::address::encoded;
use crate::format::{plural, thousands};
use crate::sentences::about_run;
use crate::view::escaped;

/// Most symbols that an address carries.
const MOST: usize = 500;

/// Columns and rows of the block between two cells, both included.
fn span(grid: Grid, from: usize, to: usize) -> [usize; 4] {
    let (a, b) = (from % grid.columns, to % grid.columns);
    let (c, d) = (from / grid.columns, to / grid.columns);
    [a.min(b), a.max(b), c.min(d), c.max(d)]
}

/// The symbols in the block between two cells.
pub(super) fn block(cells: &[Cell], grid: Grid, from: usize, to: usize) -> Vec<&Cell> {
    let [left, right, top, bottom] = span(grid, from, to);
    let within = |index: usize| {
        let (column, row) = (index % grid.columns, index / grid.columns);
        (left..=right).contains(&column) && (top..=bottom).contains(&row)
    };
    let all = cells.iter().enumerate().filter(|(index, cell)| within(*index) && !cell.name.is_empty());
    all.map(|(_, cell)| cell).collect()
}

/// A line around it.
pub(super) fn outline(grid: Grid, from: usize, to: usize) -> String {
    let [left, right, top, bottom] = span(grid, from, to);
    format!(
        "<rect class=\"nofill l-blue\" stroke-width=\"2\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
        left * grid.pitch,
        top * grid.row,
        (right - left + 1) * grid.pitch - 1,
        (bottom - top + 1) * grid.row - 1
    )
}

/// Their names, between commas.
pub(super) fn names(picked: &[&Cell]) -> String {
    picked.iter().map(|cell| cell.name.as_str()).collect::<Vec<_>>().join(",")
}

/// "42 selected, 3 failed · List · Retry 3 symbols…"; `run`: whose symbols, for who may retry them.
pub(super) fn line(picked: &[&Cell], run: Option<&str>) -> String {
    let open = |cell: &&&Cell| matches!(cell.state, State::Failed(_) | State::Missing);
    let failed: Vec<&Cell> = picked.iter().filter(open).copied().collect();
    let number = |list: &[&Cell]| thousands(list.len() as u64);
    let mut said = format!("{} selected, {} failed", number(picked), number(&failed));
    if picked.len() <= MOST {
        // As the table's own search has them.
        said += &format!(
            " · <a class=\"link\" href=\"?view=table&amp;q={}#symbols\">List</a>",
            encoded(&names(picked))
        );
    }
    said + &retry(run, " · ", &failed.iter().map(|cell| cell.name.as_str()).collect::<Vec<_>>())
}

/// A link that retries these symbols of a run: nothing without any, or with more than an address carries.
pub(super) fn retry(run: Option<&str>, before: &str, names: &[&str]) -> String {
    let Some(run) = run.filter(|_| !names.is_empty() && names.len() <= MOST) else { return String::new() };
    let href = escaped(&about_run("retry", run, &format!("&symbols={}", encoded(&names.join(",")))));
    let number = u32::try_from(names.len()).unwrap_or(0);
    let noun = plural(number, "symbol");
    format!("{before}<a class=\"link\" data-ask href=\"{href}\">Retry {number} {noun}…</a>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_a_block_whichever_corner_it_began_at() {
        let state = |name: &str| if name == "C3" { State::Failed(true) } else { State::Done(1) };
        let cells: Vec<Cell> =
            (0..30).map(|index| format!("C{index}")).map(|name| Cell { state: state(&name), name }).collect();
        let grid = Grid { pitch: 20, row: 20, columns: 10 };
        for (from, to) in [(2, 13), (13, 2), (12, 3), (3, 12)] {
            let picked = block(&cells, grid, from, to);
            assert_eq!(names(&picked), "C2,C3,C12,C13");
            assert!(outline(grid, from, to).contains("x=\"40\" y=\"0\" width=\"39\" height=\"39\""));
            let line = line(&picked, Some("7f3a"));
            assert!(
                line.starts_with("4 selected, 1 failed · <a ") && line.contains("symbols=C3\""),
                "{line}"
            );
        }
        let line = |from, to, run| line(&block(&cells, grid, from, to), run);
        assert!(!line(0, 1, Some("7f3a")).contains("Retry"), "nothing to retry");
        assert!(!line(3, 3, None).contains("Retry"), "who only looks is offered nothing");
    }
}
