//! Sorting, once: every sorted type brings a sorting routine of its own into the WASM, so here places are sorted and not things.

use std::cmp::Ordering;

/// The same things in order; equal ones keep theirs.
#[must_use]
pub fn sorted<T>(things: Vec<T>, compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let mut places: Vec<usize> = (0..things.len()).collect();
    sort(&mut places, &|a, b| compare(&things[a], &things[b]));
    let mut things: Vec<Option<T>> = things.into_iter().map(Some).collect();
    places.into_iter().filter_map(|place| things[place].take()).collect()
}

fn sort(places: &mut [usize], compare: &dyn Fn(usize, usize) -> Ordering) {
    places.sort_by(|a, b| compare(*a, *b));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_the_standard_library_sorts(things in prop::collection::vec((0_u8..9, any::<u16>()), 0..60)) {
            let mut expected = things.clone();
            expected.sort_by_key(|thing| thing.0);
            prop_assert_eq!(sorted(things, |a, b| a.0.cmp(&b.0)), expected);
        }
    }
}
