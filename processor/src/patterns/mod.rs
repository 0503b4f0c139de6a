//! Patterns: what is found in bars, how sure it is, and which prices go with it.

use crate::bar::{Bar, Day};
use crate::indicators::Table;

/// A pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// As messages, commands and addresses spell it.
    pub name: &'static str,
    /// Bars that it needs before it can be found.
    pub needs: usize,
}

/// All of them. A pattern's place is what the store writes down; a new one is added at the end.
pub const PATTERNS: [Pattern; 1] = [Pattern { name: "Doji", needs: 11 }];

/// What a level is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Below it the price did not go.
    Support,
    /// Above it the price did not go.
    Resistance,
}

/// A pattern that was found. Prices are adjusted ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Which.
    pub pattern: &'static str,
    /// The bar on which it was complete.
    pub day: Day,
    /// The bar on which it begins.
    pub start: Day,
    /// From 0 to 1.
    pub confidence: f64,
    /// 1: up; -1: down; 0: neither.
    pub direction: i8,
    /// Prices at which it turned.
    pub levels: Vec<(Level, f64)>,
    /// Where one would buy or sell.
    pub entry: f64,
    /// Where one would have been wrong.
    pub stop: f64,
    /// Where it may go.
    pub target: f64,
}

/// What is found from a day on.
#[must_use]
pub fn find(_bars: &[Bar], _table: &Table, _wanted: &[&str], _from: Day) -> Vec<Found> {
    Vec::new()
}
