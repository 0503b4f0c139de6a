//! What an address of the archive asks for: the page, and what its query says. Whoever answers fills an [`super::Archived`] from it.

use super::compare::Pair;
use super::event_filter::EventFilter;
use super::filter::Filter;
use super::query::{FilterError, LONGEST, decoded};
use super::trends::Span;
use crate::location::Page;

/// A page of the archive that is asked for, with what of its query was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The nights like this.
    History(Filter, Vec<FilterError>),
    /// The figures of so many nights.
    Trends(Span, Vec<FilterError>),
    /// These two nights.
    Compare(Pair, Vec<FilterError>),
    /// This symbol: at most 64 characters, none of them a control character.
    Symbol(String),
    /// The events like this.
    Events(EventFilter, Vec<FilterError>),
}

impl Asked {
    /// The page under an address with its query; `None` where the archive has none.
    #[must_use]
    pub fn of(address: &str) -> Option<Self> {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        match path {
            Page::HISTORY => Some(Filter::read(query)).map(|(filter, errors)| Self::History(filter, errors)),
            Page::TRENDS => Some(Span::read(query)).map(|(span, errors)| Self::Trends(span, errors)),
            Page::COMPARE => Some(Pair::read(query)).map(|(pair, errors)| Self::Compare(pair, errors)),
            Page::EVENTS => {
                Some(EventFilter::read(query)).map(|(filter, errors)| Self::Events(filter, errors))
            }
            _ => path.strip_prefix(Page::SYMBOLS).and_then(symbol).map(Self::Symbol),
        }
    }
}

/// The symbol that the last part of a path names. A plus is one there, and no space.
fn symbol(part: &str) -> Option<String> {
    let name = decoded(&part.replace('+', "%2B"));
    let one = !part.contains('/') && !name.is_empty() && !name.chars().any(char::is_control);
    (one && name.chars().count() <= LONGEST).then_some(name)
}
