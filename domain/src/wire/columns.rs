//! The records of a run as a page carries them: symbols in columns, because five hundred of them row by row are half of the page.
//!
//! A column is a phase: who has a result in it, and then all statuses, all moments as steps, all figures. What stands apart from
//! that (a symbol that is new tonight, results in another order) travels as it does on the socket.
//!
//! Invariant: what is written reads back as it was (`domain/tests/wire.rs`).

use super::{Read, Reader, readable};
use crate::phase::Phase;
use crate::record::{Change, Outcome, OutcomeStatus, Record, Seq, Symbol, key};
use serde::{Serialize, Serializer};
use std::sync::Arc;

/// The records of a run: symbols behind all others, A to Z.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunChanges(Vec<Change>);

impl RunChanges {
    /// In their order.
    #[must_use]
    pub fn new(mut changes: Vec<Change>) -> Self {
        changes.sort_by(|a, b| {
            let symbol = |change: &Change| change.key.starts_with('s').then(|| change.key.clone());
            symbol(a).cmp(&symbol(b))
        });
        Self(changes)
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Change] {
        &self.0
    }
}

#[derive(Debug, Default, Serialize)]
struct Columns {
    /// What is in no column.
    r: Vec<Change>,
    /// Names of the symbols.
    n: Vec<String>,
    /// By how much the number of each one's change is above that of the one before.
    c: Vec<i64>,
    /// Phases.
    p: Vec<Column>,
}

#[derive(Debug, Default, Serialize)]
struct Column {
    p: String,
    /// By how much the place of each symbol is above that of the one before.
    i: Vec<i64>,
    /// Statuses, a letter each.
    s: String,
    /// Moments, as steps.
    t: Vec<i64>,
    /// What was made; −1: not said.
    m: Vec<i64>,
    /// Milliseconds; −1: not said.
    l: Vec<i64>,
    /// Codes; empty: none.
    e: Vec<String>,
}

readable!(Columns { r, n, c, p });
readable!(Column { p, i, s, t, m, l, e });

impl Serialize for RunChanges {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut columns = Columns::default();
        let mut last = Last::default();
        for change in &self.0 {
            match change.record.as_deref() {
                Some(Record::Symbol(symbol))
                    if columns.take(&change.key[1..], change.changed, symbol, &mut last) => {}
                _ => columns.r.push(change.clone()),
            }
        }
        columns.serialize(serializer)
    }
}

/// Where each row of numbers is.
#[derive(Default)]
struct Last {
    changed: i64,
    /// Of each column: place and moment.
    columns: Vec<(i64, i64)>,
}

impl Columns {
    /// Puts a symbol into the columns; false: it does not fit.
    fn take(&mut self, name: &str, changed: Seq, symbol: &Symbol, last: &mut Last) -> bool {
        let plain = Symbol { outcomes: symbol.outcomes.clone(), ..Symbol::default() } == *symbol
            && symbol.outcomes.iter().all(|outcome| outcome.code.as_deref() != Some(""));
        let mut places = Vec::new();
        for outcome in &symbol.outcomes {
            let known = self.p.iter().position(|column| column.p == outcome.phase.key());
            places.push(known.unwrap_or(self.p.len() + places.len()));
        }
        let in_order = places.windows(2).all(|pair| pair[0] < pair[1]);
        let named = symbol.outcomes.iter().all(|outcome| Phase::parse(outcome.phase.key()) == outcome.phase);
        if !plain || !in_order || !named {
            return false;
        }
        let (place, changed) = (i64::try_from(self.n.len()).unwrap_or(i64::MAX), changed.cast_signed());
        self.n.push(name.to_owned());
        self.c.push(changed.wrapping_sub(std::mem::replace(&mut last.changed, changed)));
        for outcome in &symbol.outcomes {
            let name = outcome.phase.key();
            let known = self.p.iter().position(|column| column.p == name);
            let index = known.unwrap_or_else(|| {
                self.p.push(Column { p: name.to_owned(), ..Column::default() });
                last.columns.push((0, 0));
                self.p.len() - 1
            });
            let (Some(column), Some(before)) = (self.p.get_mut(index), last.columns.get_mut(index)) else {
                continue;
            };
            column.i.push(place - before.0);
            column.t.push(outcome.at.wrapping_sub(before.1));
            *before = (place, outcome.at);
            column.s.push(match outcome.status {
                OutcomeStatus::Done => 'd',
                OutcomeStatus::Failed => 'f',
                OutcomeStatus::Skipped => 's',
            });
            column.m.push(outcome.made.map_or(-1, i64::from));
            column.l.push(outcome.millis.map_or(-1, i64::from));
            column.e.push(outcome.code.clone().unwrap_or_default());
        }
        true
    }
}

impl Read for RunChanges {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let columns = Columns::read(reader)?;
        let mut symbols = vec![Symbol::default(); columns.n.len()];
        for column in columns.p {
            let (mut place, mut at) = (0_i64, 0_i64);
            for (index, step) in column.i.iter().enumerate() {
                place = place.wrapping_add(*step);
                at = at.wrapping_add(*column.t.get(index)?);
                let outcome = Outcome {
                    phase: Phase::parse(&column.p),
                    status: match column.s.as_bytes().get(index)? {
                        b'f' => OutcomeStatus::Failed,
                        b's' => OutcomeStatus::Skipped,
                        _ => OutcomeStatus::Done,
                    },
                    at,
                    made: u32::try_from(*column.m.get(index)?).ok(),
                    millis: u32::try_from(*column.l.get(index)?).ok(),
                    code: Some(column.e.get(index)?.clone()).filter(|code| !code.is_empty()),
                };
                symbols.get_mut(usize::try_from(place).ok()?)?.outcomes.push(outcome);
            }
        }
        let mut changes = columns.r;
        let mut changed = 0_i64;
        let steps = columns.c.into_iter().chain(std::iter::repeat(0));
        for ((name, step), symbol) in columns.n.iter().zip(steps).zip(symbols) {
            changed = changed.wrapping_add(step);
            let record = Some(Arc::new(Record::Symbol(symbol)));
            changes.push(Change { key: key::symbol(name), changed: changed.cast_unsigned(), record });
        }
        Some(Self(changes))
    }
}
