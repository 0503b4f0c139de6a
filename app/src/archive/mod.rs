//! The archive: History, Trends, Compare, one symbol, the log of events. Pages of what was, rendered on the server only.
//!
//! What was does not change under the eye: a page is a document with links and forms, complete without script, and no part of
//! it is in the WASM. Each page has a struct of plain data that whoever keeps the nights fills, and one function makes HTML of
//! any of them ([`html`]), which then stands in [`crate::pages::Archive`]. [`Asked`] says what an address asks for.
//!
//! Invariants: only what leptos or [`crate::view::escaped`] has escaped gets into the HTML. Every list is cut to a length of
//! its own, whatever was filled in. The address holds what is shown ([`Filter`], [`EventFilter`]).
//!
//! Tests: `app/tests/archive.rs` renders every page full, empty and hostile; `app/tests/filters.rs` has the addresses.

mod asked;
mod candles;
mod chart;
mod compare;
mod differences;
mod event_filter;
mod events;
mod filter;
pub(crate) mod form;
mod history;
mod marked;
pub(crate) mod parts;
pub mod query;
mod run;
mod scale;
mod scrubber;
mod squares;
mod symbol;
mod symbol_tables;
mod trends;

pub use asked::Asked;
pub use candles::{Candle, Candles};
pub use compare::{Compare, Pair};
pub use event_filter::{EventFilter, Place};
pub use events::{EventRow, Events, Searched, Source};
pub use filter::{Filter, Wanted, trigger_of, trigger_word};
pub use history::{History, Night};
pub use marked::Marked;
pub use query::FilterError;
pub use scrubber::{Looking, Nowhere};
pub use symbol::{Retry, SymbolNight, SymbolPage};
pub use symbol_tables::{IndicatorValue, PatternFound};
pub use trends::{Span, Trends};

use crate::format::{hm, hms, night, told};
use crate::location::base;
use crate::pages::ArchiveHtml;
use crate::view::{Part, part};
use domain::record::RunRecord;
use domain::time::{Civil, DAY, Millis, Zone};
use domain::wire::Snapshot;
use leptos::prelude::*;

/// A page of the archive with all that it shows.
#[derive(Clone, Debug)]
pub enum Archived {
    /// The nights that were.
    History(History),
    /// Their figures over time.
    Trends(Trends),
    /// Two of them side by side.
    Compare(Box<Compare>),
    /// One symbol in them.
    Symbol(SymbolPage),
    /// The log.
    Events(Events),
    /// What stands above the page of a run.
    Run(Option<Box<RunRecord>>),
    /// What stands above a board as it was.
    Looking(Looking),
    /// Why there is no board of the moment that was asked for.
    Nowhere(Nowhere),
    /// A heading and why there is nothing under it.
    Sentence(String, String),
}

/// What every page is told by.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The moment of the answer.
    pub now: Millis,
    /// The exchange's clock.
    pub exchange: Zone,
    /// The viewer's clock; `None` until the browser has told. Then times are the exchange's, and each says so.
    pub viewer: Option<Zone>,
}

impl Facts {
    /// Those of the snapshot that the rest of the page is rendered from.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        Self { now: snapshot.now, viewer: snapshot.viewer.clone(), exchange: snapshot.exchange.clone() }
    }

    /// The clock that times are told by.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        self.viewer.as_ref().unwrap_or(&self.exchange)
    }

    /// A time, with its zone where the viewer cannot know it.
    fn named(&self, time: String) -> String {
        if self.viewer.is_some() { time } else { format!("{time} {}", self.exchange.label) }
    }

    /// "Fri 20 Nov", with the year where it is another one.
    #[must_use]
    pub fn night(&self, days: i64) -> String {
        let year = Civil::from_utc(days.saturating_mul(DAY)).year;
        let name = night(days);
        if year == self.exchange.civil(self.now).year { name } else { format!("{name} {year}") }
    }

    /// "22:05 (16:05 ET)", once where both clocks agree.
    #[must_use]
    pub fn told(&self, at: Millis) -> String {
        self.named(told(at, self.zone(), &self.exchange))
    }

    /// "16:05" by the viewer's clock, "16:05 ET" while it is not known.
    #[must_use]
    pub fn hm(&self, at: Millis) -> String {
        self.named(hm(at, self.zone()))
    }

    /// "16:05:07" by the viewer's clock.
    #[must_use]
    pub fn hms(&self, at: Millis) -> String {
        self.named(hms(at, self.zone()))
    }

    /// "16:05:07.042" by the viewer's clock.
    #[must_use]
    pub fn hms_exact(&self, at: Millis) -> String {
        self.named(format!("{}.{:03}", hms(at, self.zone()), at.rem_euclid(1_000)))
    }

    /// "16:05", or "Fri 20 Nov 16:05" where that is not today.
    #[must_use]
    pub fn when(&self, at: Millis) -> String {
        let days = self.zone().civil(at).days;
        if days == self.zone().civil(self.now).days {
            return self.hm(at);
        }
        format!("{} {}", self.night(days), self.hm(at))
    }
}

/// The page as HTML.
#[must_use]
pub fn html(page: &Archived, facts: &Facts) -> ArchiveHtml {
    let view = match page {
        Archived::History(history) => history::page(history, facts),
        Archived::Trends(trends) => trends::page(trends, facts),
        Archived::Compare(compare) => compare::page(compare, facts),
        Archived::Symbol(symbol) => symbol::page(symbol, facts),
        Archived::Events(events) => events::page(events, facts),
        Archived::Run(run) => run::head(run.as_deref(), facts),
        Archived::Looking(looking) => scrubber::page(*looking, facts),
        Archived::Nowhere(why) => scrubber::nowhere(why, facts),
        Archived::Sentence(title, why) => {
            part(view! { {parts::heading(title.clone(), "")}{parts::nothing(why.clone())} })
        }
    };
    written(view)
}

/// A view as HTML that stands: without marks for hydration, of which there is none in it (of text no `<` is left), and with its
/// addresses, which are all written from the root, behind what a proxy puts before them.
pub(crate) fn written(view: Part) -> ArchiveHtml {
    let html = view.to_html().replace("<!>", "");
    let html = match base() {
        "" => html,
        base => html
            .replace(" href=\"/", &format!(" href=\"{base}/"))
            .replace(" action=\"/", &format!(" action=\"{base}/"))
            .replace(" formaction=\"/", &format!(" formaction=\"{base}/")),
    };
    ArchiveHtml(html.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_names_its_zone_until_the_viewers_is_known() {
        let zone = |label: &str, minutes| Zone {
            name: label.into(),
            label: label.into(),
            offsets: vec![(Millis::MIN, minutes)],
        };
        let facts = |viewer| Facts { now: DAY, exchange: zone("ET", -300), viewer };
        let at = DAY + 21 * 3_600_000;
        let times = |facts: &Facts| [facts.told(at), facts.hm(at), facts.when(at), facts.hms_exact(at)];
        assert_eq!(times(&facts(None)), ["16:00 ET", "16:00 ET", "Fri 2 Jan 16:00 ET", "16:00:00.000 ET"]);
        let known = facts(Some(zone("ET", -300)));
        assert_eq!(times(&known), ["16:00", "16:00", "Fri 2 Jan 16:00", "16:00:00.000"]);
        assert_eq!(facts(Some(zone("Berlin", 60))).told(at), "22:00 (16:00 ET)");
    }
}
