//! Which lines of the audit log are shown. The address holds it; moments are on the exchange's clock, as on the page Events.

use super::words::actions;
use crate::archive::EventFilter;
use crate::archive::query::{Fields, FilterError, LONGEST, iso_moment, written};
use domain::time::{Millis, Zone};

/// Which lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of this one: a user's name, or `token NAME`.
    pub who: Option<String>,
    /// Of this action.
    pub action: Option<&'static str>,
    /// From this second on the exchange's wall clock on …
    pub from: Option<i64>,
    /// … to this one, with it.
    pub to: Option<i64>,
    /// With this text.
    pub q: Option<String>,
    /// With lower numbers: the next part of the list.
    pub before: Option<u64>,
}

impl AuditFilter {
    /// What can be understood of a query, and what can't.
    #[must_use]
    pub fn read(query: &str) -> (Self, Vec<FilterError>) {
        let mut fields = Fields::read(query);
        let known = |word: &str| actions().find(|action| *action == word);
        let mut filter = Self {
            who: fields.text("who", LONGEST + 6),
            action: fields.one("action", "Not an action that is written down", known),
            from: fields.moment("from", false),
            to: fields.moment("to", true),
            q: fields.text("q", LONGEST),
            before: fields.number("before"),
        };
        if let (Some(from), Some(to)) = (filter.from, filter.to)
            && to < from
        {
            fields.wrong("to", "Before the first moment", &iso_moment(to));
            filter.to = None;
        }
        (filter, fields.errors)
    }

    /// The query that reads as this filter, without `?`.
    #[must_use]
    pub fn to_query(&self) -> String {
        written(&[
            ("who", self.who.clone()),
            ("action", self.action.map(str::to_owned)),
            ("from", self.from.map(iso_moment)),
            ("to", self.to.map(iso_moment)),
            ("q", self.q.clone()),
            ("before", self.before.map(|number| number.to_string())),
        ])
    }

    /// The same lines, from there on.
    #[must_use]
    pub fn at(&self, before: Option<u64>) -> Self {
        Self { before, ..self.clone() }
    }

    /// Whether every line is asked for.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.at(None) == Self::default()
    }

    /// The first instant asked for, and the first after them.
    #[must_use]
    pub fn span(&self, exchange: &Zone) -> (Option<Millis>, Option<Millis>) {
        // What a moment on that clock means is said there, once.
        let events = EventFilter { from: self.from, to: self.to, ..EventFilter::default() };
        (events.since(exchange), events.until(exchange).map(|last| last.saturating_add(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_back_as_it_was_written() {
        let query = "who=token%20ci&action=user_role&from=2026-11-20T16%3A10&to=2026-11-21T23%3A59%3A59&q=a%26b&before=1795209000000000001";
        let query = query.replace("%3A", ":");
        let (filter, errors) = AuditFilter::read(&query);
        assert_eq!((errors, filter.to_query()), (Vec::new(), query));
        let (filter, errors) = AuditFilter::read("action=warp&from=2026-11-20&to=2026-11-19&before=x");
        assert_eq!(errors.iter().map(|error| error.field).collect::<Vec<_>>(), ["action", "before", "to"]);
        assert!(filter.action.is_none() && filter.to.is_none() && !filter.is_all());
    }
}
