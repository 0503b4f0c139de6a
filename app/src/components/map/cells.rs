//! The cells of the map, and the few paths they are drawn with. Pure.
//!
//! A cell is coloured only by a message about its symbol. Where the night before lets symbols expect they stand A to Z, and who
//! is new tonight behind them; else all stand in the order in which they were first heard of. So cells never move. The announced
//! ones that have no name yet are outlines at the end.

use crate::live::{Symbols, sorted};
use crate::view::escaped;
use domain::record::{OutcomeStatus, Symbol};
use std::fmt::Write;

/// What a cell shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Announced, not heard of.
    Waiting,
    /// Expected, and not heard of when the producer was through.
    Missing,
    /// Came through; the step is the phase's place in the night (1 to 4).
    Done(u8),
    /// Left out, with a reason.
    Skipped,
    /// Failed; `true`: and did not in the night before.
    Failed(bool),
}

/// A symbol's cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// Its name; empty for one not yet heard of.
    pub(super) name: String,
    /// What it shows.
    pub(super) state: State,
}

/// All cells: those with a name in their order, then outlines up to the announced number. `expected`: the night before lets
/// them expect; `missing`: and those without an outcome were not reported.
pub(super) fn cells(symbols: &Symbols, announced: u32, expected: bool, missing: bool) -> Vec<Cell> {
    let heard: Vec<(i64, Cell)> = symbols
        .iter()
        .map(|(name, symbol)| {
            let first = symbol.outcomes.first().filter(|_| symbol.first || !expected);
            let state = if missing && symbol.outcomes.is_empty() { State::Missing } else { state(symbol) };
            (first.map_or(0, |outcome| outcome.at), Cell { name: name.to_owned(), state })
        })
        .collect();
    let heard = sorted(heard, |(at, a), (bt, b)| at.cmp(bt).then_with(|| a.name.cmp(&b.name)));
    let mut cells: Vec<Cell> = heard.into_iter().map(|(_, cell)| cell).collect();
    let announced = usize::try_from(announced).unwrap_or(0).min(20_000);
    while cells.len() < announced {
        cells.push(Cell { name: String::new(), state: State::Waiting });
    }
    cells
}

fn state(symbol: &Symbol) -> State {
    if symbol.failure().is_some() {
        return State::Failed(symbol.newly);
    }
    if symbol.outcomes.is_empty() {
        return State::Waiting;
    }
    let step = symbol
        .outcomes
        .iter()
        .filter(|outcome| outcome.status == OutcomeStatus::Done)
        .map(|outcome| outcome.phase.rank())
        .max();
    step.map_or(State::Skipped, |rank| State::Done(u8::try_from(rank + 1).unwrap_or(4).min(4)))
}

/// Up to so many cells each carries its symbol's name.
const NAMED: usize = 200;

/// How large the cells are: distance, and how many stand in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    /// From one cell to the next, in pixels.
    pub(super) pitch: usize,
    /// From one row to the next, in pixels.
    pub(super) row: usize,
    /// Cells in a row.
    pub(super) columns: usize,
}

/// The grid for that many cells, on the desk (920 wide) and on the phone (358 wide).
pub(super) fn grids(count: usize) -> (Grid, Grid) {
    if count <= NAMED {
        let named = |columns| Grid { pitch: 44, row: 22, columns };
        return (named(20), named(8));
    }
    let pitch = |steps: &[(usize, usize)], least| {
        steps.iter().find(|(most, _)| count <= *most).map_or(least, |(_, pitch)| *pitch)
    };
    let wide = pitch(&[(506, 20), (1_065, 13), (2_040, 9), (4_030, 6)], 5);
    let narrow = pitch(&[(600, 12), (1_100, 8), (2_100, 6), (4_200, 4)], 3);
    (
        Grid { pitch: wide, row: wide, columns: 920 / wide },
        Grid { pitch: narrow, row: narrow, columns: 358 / narrow },
    )
}

impl Grid {
    /// Height of that many cells, in pixels.
    pub(super) fn height(&self, count: usize) -> usize {
        count.div_ceil(self.columns).max(1) * self.row
    }

    /// The index of the cell at a place, if there is one.
    pub(super) fn at(&self, x: f64, y: f64, count: usize) -> Option<usize> {
        if x < 0.0 || y < 0.0 {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked: not negative, screens are small"
        )]
        let (column, row) = (x as usize / self.pitch, y as usize / self.row);
        let index = row * self.columns + column;
        (column < self.columns && index < count).then_some(index)
    }

    /// The upper left corner of a cell.
    pub(super) fn place(&self, index: usize) -> (usize, usize) {
        (index % self.columns * self.pitch, index / self.columns * self.row)
    }

    fn named(&self) -> bool {
        self.row != self.pitch
    }
}

/// The map as SVG: one path per state, and not ten thousand rectangles; rings around the cells that are looked at and worked on.
pub(super) fn drawing(cells: &[Cell], grid: Grid, ringed: &[usize]) -> String {
    let mut svg = "<g class=\"px\">".to_owned();
    // Writing into a String cannot fail.
    for (class, path) in strokes(cells, grid) {
        let _ = write!(svg, "<path class=\"{class}\" d=\"{path}\"/>");
    }
    for (x, y) in ringed.iter().map(|index| grid.place(*index)) {
        let (width, height) = (grid.pitch + 1, grid.row + 1);
        let _ = write!(
            svg,
            "<rect class=\"nofill l-blue\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" stroke-width=\"2\"/>"
        );
    }
    svg.push_str("</g>");
    for (index, cell) in cells.iter().enumerate().filter(|_| grid.named()) {
        let (x, y) = grid.place(index);
        let class = if matches!(cell.state, State::Failed(_)) { "on-fail" } else { "" };
        let name: String = cell.name.chars().take(6).collect();
        let (x, y, name) = (x + grid.pitch / 2, y + 15, escaped(&name));
        let _ =
            write!(svg, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{name}</text>");
    }
    svg
}

/// Class and path of each state that occurs.
fn strokes(cells: &[Cell], grid: Grid) -> Vec<(&'static str, String)> {
    const CLASSES: [&str; 8] =
        ["nofill l-hair", "nofill l-outline", "g1", "g2", "g3", "g4", "f-red", "nofill l-violet"];
    let mut paths: [String; 8] = Default::default();
    let mut ends = [(0, 0); 8];
    let gap = if grid.pitch >= 12 { 2 } else { 1 };
    let (wide, high) = (grid.pitch - gap, grid.row - gap);
    let many_new = cells.iter().filter(|cell| cell.state == State::Failed(true)).count() > 50;
    let failed = |index: usize| matches!(cells.get(index).map(|cell| cell.state), Some(State::Failed(_)));
    for (index, cell) in cells.iter().enumerate() {
        let (x, y) = grid.place(index);
        let inset = gap / 2;
        let (kind, less) = match cell.state {
            State::Waiting => (0, 1),
            State::Skipped => (1, 1),
            State::Missing => (7, 1),
            State::Done(step) => (1 + usize::from(step.clamp(1, 4)), 0),
            State::Failed(_) => (6, 0),
        };
        let (path, end) = (&mut paths[kind], &mut ends[kind]);
        // Writing into a String cannot fail.
        let _ = match cell.state {
            State::Failed(newly) => {
                // Without its gap, so larger than its neighbours; between two failed ones a line of ground stays.
                let last = (index + 1) % grid.columns == 0;
                let width = grid.pitch - usize::from(!last && failed(index + 1));
                let height = grid.row - usize::from(failed(index + grid.columns));
                let notch = grid.row * 2 / 5;
                if newly && grid.pitch >= 9 && !many_new {
                    write!(path, "M{x} {y}h{}l{notch} {notch}v{}h-{width}z", width - notch, height - notch)
                } else {
                    write!(path, "M{x} {y}h{width}v{height}h-{width}z")
                }
            }
            // From the one before: those side by side are the same words, which compress to nothing.
            _ => {
                if path.is_empty() && less > 0 {
                    path.push_str("M.5.5");
                }
                let at = ((x + inset).cast_signed(), (y + inset).cast_signed());
                let (from_x, from_y) = std::mem::replace(end, at);
                let (wide, high) = (wide - less, high - less);
                write!(path, "m{} {}h{wide}v{high}h-{wide}z", at.0 - from_x, at.1 - from_y)
            }
        };
    }
    CLASSES.into_iter().zip(paths).filter(|(_, path)| !path.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::phase::Phase;
    use domain::record::Outcome;
    use std::sync::Arc;

    fn symbol(at: i64, phase: Phase, status: OutcomeStatus) -> Arc<Symbol> {
        let outcome = Outcome { phase, status, at, made: None, millis: None, code: None };
        Arc::new(Symbol { outcomes: vec![outcome], newly: false, ..Symbol::default() })
    }

    #[test]
    fn cells_stand_where_they_were_first_heard_of_and_outlines_follow() {
        let symbols: Symbols = [
            ("AAPL".to_owned(), symbol(2, Phase::Import, OutcomeStatus::Done)),
            ("MSFT".to_owned(), symbol(1, Phase::Indicators, OutcomeStatus::Failed)),
        ]
        .into_iter()
        .collect();
        let cells = cells(&symbols, 4, false, false);
        let names: Vec<&str> = cells.iter().map(|cell| cell.name.as_str()).collect();
        assert_eq!(names, ["MSFT", "AAPL", "", ""]);
        assert_eq!(cells[0].state, State::Failed(false));
        assert_eq!(cells[1].state, State::Done(1));
    }

    #[test]
    fn expected_ones_stand_a_to_z_and_new_ones_behind_them() {
        let new = Symbol { first: true, ..Symbol::clone(&symbol(1, Phase::Import, OutcomeStatus::Done)) };
        let symbols: Symbols = [
            ("AAA".to_owned(), Arc::new(new)),
            ("MSFT".to_owned(), symbol(2, Phase::Import, OutcomeStatus::Done)),
            ("AAPL".to_owned(), Arc::default()),
        ]
        .into_iter()
        .collect();
        let seen = |missing| {
            let cells = cells(&symbols, 3, true, missing);
            assert_eq!(cells.iter().map(|cell| &*cell.name).collect::<Vec<_>>(), ["AAPL", "MSFT", "AAA"]);
            cells[0].state
        };
        assert_eq!((seen(false), seen(true)), (State::Waiting, State::Missing));
    }

    #[test]
    fn sizes_of_the_screens() {
        assert_eq!(grids(500).0, Grid { pitch: 20, row: 20, columns: 46 });
        assert_eq!(grids(10_000).0, Grid { pitch: 5, row: 5, columns: 184 });
        assert_eq!(grids(200).0, Grid { pitch: 44, row: 22, columns: 20 });
        assert_eq!(grids(500).1.pitch, 12);
        assert!(grids(10_000).0.height(10_000) <= 276);
    }

    #[test]
    fn few_cells_carry_their_names_as_text() {
        let cells = [Cell { name: "<B>".into(), state: State::Done(1) }];
        let svg = drawing(&cells, grids(1).0, &[]);
        assert!(svg.contains(">&lt;B&gt;</text>"), "{svg}");
        assert!(!drawing(&cells, grids(500).0, &[]).contains("text"));
    }

    #[test]
    fn each_cell_is_drawn_from_the_one_before_it_of_its_state() {
        let states = [State::Waiting, State::Done(1), State::Waiting, State::Done(1), State::Done(1)];
        let cells: Vec<Cell> = states.into_iter().map(|state| Cell { name: "A".into(), state }).collect();
        let grid = Grid { pitch: 20, row: 20, columns: 4 };
        let paths = strokes(&cells, grid);
        assert_eq!(
            paths,
            [
                ("nofill l-hair", "M.5.5m1 1h17v17h-17zm40 0h17v17h-17z".to_owned()),
                ("g1", "m21 1h18v18h-18zm40 0h18v18h-18zm-60 20h18v18h-18z".to_owned()),
            ]
        );
    }

    #[test]
    fn a_place_belongs_to_one_cell() {
        let grid = Grid { pitch: 20, row: 20, columns: 46 };
        assert_eq!(grid.at(0.0, 0.0, 5), Some(0));
        assert_eq!(grid.at(41.0, 19.9, 5), Some(2));
        assert_eq!(grid.at(919.9, 0.0, 5), None, "no cell there");
        assert_eq!(grid.at(-1.0, 0.0, 5), None);
    }
}
