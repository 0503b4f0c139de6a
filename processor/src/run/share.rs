//! Who is a phase's: who is worked on, and who came through it in an attempt before.
//!
//! Invariant: both together are everyone who is left in the run, and nobody is in both.

use processor::store::Outcome;
use std::collections::{BTreeMap, BTreeSet};

/// Who is a phase's.
pub struct Share {
    /// Who is worked on.
    pub(super) todo: Vec<String>,
    /// Who came through it in an attempt before.
    pub(super) done: Vec<Outcome>,
}

impl Share {
    /// Of everyone who is left in the run; `before`: who came through the phase before.
    pub fn of(all: &BTreeSet<String>, before: Option<&BTreeMap<String, Outcome>>) -> Self {
        let of = |symbol: &String| before.and_then(|before| before.get(symbol));
        let todo = all.iter().filter(|symbol| of(symbol).is_none()).cloned().collect();
        Self { todo, done: all.iter().filter_map(of).cloned().collect() }
    }

    /// How many they are together.
    pub fn total(&self) -> usize {
        self.todo.len() + self.done.len()
    }
}
