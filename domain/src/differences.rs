//! Which symbols came out differently in two nights: one rule for the page, the API and whoever asks next.
//!
//! Night `a` is the one that is looked at, night `b` the one that it is held against. A list names the first and counts all.

use std::collections::BTreeMap;

/// Names, A to Z, as many as are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// The first of them, as many as were asked for.
    pub names: Vec<String>,
    /// How many there are.
    pub total: u32,
}

impl Names {
    /// Most names of a list that is shown; more are counted.
    pub const MOST: usize = 200;

    /// The names, of which the first are kept, up to so many.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>, most: usize) -> Self {
        let mut of = Self::default();
        for name in names {
            of.total = of.total.saturating_add(1);
            if of.names.len() < most {
                of.names.push(name.to_owned());
            }
        }
        of
    }
}

/// The symbols of night a against those of night b.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Failed in a.
    pub failed_a: Names,
    /// Failed in b.
    pub failed_b: Names,
    /// Failed in a, was there in b and did not fail.
    pub newly: Names,
    /// Failed in b, is there in a and did not fail.
    pub recovered: Names,
    /// Failed in both.
    pub still: Names,
    /// In a and not in b.
    pub appeared: Names,
    /// In b and not in a.
    pub disappeared: Names,
}

impl Differences {
    /// Of all symbols of both nights, each with whether it failed; a list names at most so many.
    #[must_use]
    pub fn between(a: &BTreeMap<String, bool>, b: &BTreeMap<String, bool>, most: usize) -> Self {
        let both = |failed_in_a: bool, failed_in_b: bool| {
            let of = a
                .iter()
                .filter(move |(name, failed)| **failed == failed_in_a && b.get(*name) == Some(&failed_in_b));
            Names::of(of.map(|(name, _)| name.as_str()), most)
        };
        let only = |these: &BTreeMap<String, bool>, others: &BTreeMap<String, bool>| {
            Names::of(these.keys().filter(|name| !others.contains_key(*name)).map(String::as_str), most)
        };
        let failed = |these: &BTreeMap<String, bool>| {
            Names::of(these.iter().filter(|(_, failed)| **failed).map(|(name, _)| name.as_str()), most)
        };
        Self {
            failed_a: failed(a),
            failed_b: failed(b),
            newly: both(true, false),
            recovered: both(false, true),
            still: both(true, true),
            appeared: only(a, b),
            disappeared: only(b, a),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn night(symbols: &[(&str, bool)]) -> BTreeMap<String, bool> {
        symbols.iter().map(|(name, failed)| ((*name).to_owned(), *failed)).collect()
    }

    #[test]
    fn every_symbol_is_where_it_belongs() {
        let a = night(&[("AAPL", true), ("MMM", false), ("NEW", true), ("SOLV", true), ("XOM", false)]);
        let b = night(&[("AAPL", false), ("MMM", true), ("OLD", true), ("SOLV", true), ("XOM", false)]);
        let found = Differences::between(&a, &b, Names::MOST);
        let names = |names: &Names| names.names.join(" ");
        assert_eq!([&found.newly, &found.recovered, &found.still].map(names), ["AAPL", "MMM", "SOLV"]);
        assert_eq!([&found.appeared, &found.disappeared].map(names), ["NEW", "OLD"]);
        assert_eq!([&found.failed_a, &found.failed_b].map(names), ["AAPL NEW SOLV", "MMM OLD SOLV"]);
    }

    #[test]
    fn a_long_list_is_counted_to_its_end() {
        let names: Vec<String> = (0..1_000).map(|index| index.to_string()).collect();
        let found = Names::of(names.iter().map(String::as_str), Names::MOST);
        assert_eq!((found.names.len(), found.total), (Names::MOST, 1_000));
    }
}
