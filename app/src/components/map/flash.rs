//! A cell that fails flashes once: what has just failed, for as long as it flashes. Nothing flashes that was so before the page
//! was seen, or that came as a heap (a reconnect tells an hour's failures at once).

use super::cells::{Cell, State};
use domain::time::Millis;

/// How long a flash lasts, in milliseconds; the same in `style/components/_map.scss`.
const LASTS: Millis = 400;
/// More than this at once is no event but a heap.
const HEAP: usize = 12;

/// What has failed, and what of it flashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Flashes {
    /// Per cell: cells never move.
    failed: Vec<bool>,
    /// Index of the cell, and since when it flashes.
    pub(super) now: Vec<(usize, Millis)>,
}

impl Flashes {
    /// The next state. `before`: `None` when nothing was seen yet.
    pub(super) fn next(before: Option<&Self>, cells: &[Cell], now: Millis) -> Self {
        let failed: Vec<bool> = cells.iter().map(|cell| matches!(cell.state, State::Failed(_))).collect();
        let Some(before) = before else { return Self { failed, now: Vec::new() } };
        let mut flashing: Vec<(usize, Millis)> =
            before.now.iter().copied().filter(|(_, since)| now - since < LASTS).collect();
        let new = |index: &usize| failed[*index] && before.failed.get(*index) != Some(&true);
        let fresh: Vec<usize> = (0..failed.len()).filter(new).collect();
        if fresh.len() <= HEAP {
            flashing.extend(fresh.into_iter().map(|index| (index, now)));
        }
        Self { failed, now: flashing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(failed: usize) -> Vec<Cell> {
        let state = |index| if index < failed { State::Failed(false) } else { State::Done(1) };
        (0..40).map(|index| Cell { name: index.to_string(), state: state(index) }).collect()
    }

    #[test]
    fn what_fails_before_our_eyes_flashes_once() {
        let first = Flashes::next(None, &cells(3), 0);
        assert!(first.now.is_empty(), "it was so before");
        let second = Flashes::next(Some(&first), &cells(4), 1_000);
        assert_eq!(second.now, [(3, 1_000)]);
        assert_eq!(Flashes::next(Some(&second), &cells(4), 1_100).now, [(3, 1_000)]);
        assert!(Flashes::next(Some(&second), &cells(4), 1_400).now.is_empty());
        assert!(Flashes::next(Some(&second), &cells(40), 1_400).now.is_empty(), "a heap");
    }
}
