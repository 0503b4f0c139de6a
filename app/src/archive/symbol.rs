//! `/admin/symbols/<symbol>`: what became of one symbol, night by night, and what was last made of it.

use super::Facts;
use super::candles::{self, Candles};
use super::parts::{exports, heading, link, nothing, number, run_address};
use super::query::encoded;
use super::squares::{Square, legend, outline, strip};
use super::symbol_tables::{IndicatorValue, PatternFound, indicators, nights, patterns};
use crate::format::{count, plural};
use crate::location::Page;
use crate::marks::mark;
use crate::view::{Part, part};
use domain::record::{Outcome, OutcomeStatus, Symbol};
use domain::time::Millis;
use domain::verdict::Verdict;
use domain::words::code_in_words;
use leptos::prelude::*;

/// A symbol in a night.
#[derive(Clone, Debug, PartialEq)]
pub struct SymbolNight {
    /// The night, as days since 1970-01-01.
    pub night: i64,
    /// The run that spoke for it.
    pub run: String,
    /// What became of the symbol; `None` when the run never mentioned it.
    pub symbol: Option<Symbol>,
    /// The later run of the same night that brought it through, if it had to and one did.
    pub retry: Option<Retry>,
}

/// A run that made up for what an earlier one lacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Its id.
    pub run: String,
    /// When it began.
    pub began: Millis,
}

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct SymbolPage {
    /// The symbol.
    pub symbol: String,
    /// The last nights, newest first.
    pub nights: Vec<SymbolNight>,
    /// Where it is in none of them: the last night before in which something was said of it.
    pub earlier: Option<i64>,
    /// The newest value of each indicator.
    pub indicators: Vec<IndicatorValue>,
    /// The newest patterns found.
    pub patterns: Vec<PatternFound>,
    /// Its bars, as its producer has them; `Err`: why that could not be asked. `None`: it has none.
    pub candles: Option<Result<Candles, String>>,
}

impl SymbolPage {
    /// Whether nothing was ever reported of it.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.nights.iter().all(|night| Fate::of(night) == Fate::NotReported)
            && self.earlier.is_none()
            && self.indicators.is_empty()
            && self.patterns.is_empty()
            && !matches!(self.candles, Some(Ok(_)))
    }
}

/// How a symbol came through a night.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Complete,
    /// Failed or missing in the night's run, and brought through by a later one.
    Repaired,
    Failed,
    Skipped,
    NotReported,
}

impl Fate {
    pub(super) fn of(night: &SymbolNight) -> Self {
        if night.retry.is_some() { Self::Repaired } else { Self::at_first(night) }
    }

    /// In the night's run alone.
    pub(super) fn at_first(night: &SymbolNight) -> Self {
        let Some(symbol) = night.symbol.as_ref().filter(|symbol| !symbol.outcomes.is_empty()) else {
            return Self::NotReported;
        };
        let done = |outcome: &Outcome| outcome.status == OutcomeStatus::Done;
        match (symbol.failure(), symbol.outcomes.iter().any(done)) {
            (Some(_), _) => Self::Failed,
            (None, true) => Self::Complete,
            (None, false) => Self::Skipped,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Complete => "Complete",
            Self::Repaired => "Complete after retry",
            Self::Failed => "Failed",
            Self::Skipped => "Skipped",
            Self::NotReported => "Not reported",
        }
    }

    /// Its square, of the shapes that nights have.
    pub(super) fn drawing(self, size: usize) -> String {
        match self {
            Self::Complete | Self::Repaired => mark(&Verdict::Complete, size),
            Self::Failed => mark(&Verdict::Failed { phase: None }, size),
            Self::Skipped => mark(&Verdict::Skipped, size),
            Self::NotReported => outline("l-violet", size),
        }
    }
}

pub(super) fn page(page: &SymbolPage, facts: &Facts) -> Part {
    let name = page.symbol.clone();
    if page.is_unknown() {
        return part(view! {
            {heading(name.clone(), "")}
            {nothing(format!("Nothing was ever reported of {name}."))}
        });
    }
    // In quotes, as names stand in JSON: many a symbol is a part of some word.
    let quoted = encoded(&format!("\"{name}\""));
    let events = link(format!("{}?q={quoted}", Page::EVENTS), "Events about it");
    let name_encoded = encoded(&name);
    let files = [
        ("CSV", format!("/api/symbols/{name_encoded}/nights.csv")),
        ("JSON", format!("/api/symbols/{name_encoded}")),
    ];
    let bars = page.candles.as_ref().map(|told| candles::section(told.as_ref().map_err(String::as_str)));
    let many = number(page.nights.len());
    let said = format!("the last {} {}", count(many), plural(many, "night"));
    let table = if page.nights.is_empty() {
        nothing("Of no night that is still kept.")
    } else {
        nights(&page.nights, facts)
    };
    part(view! {
        {heading(name, sentence(&page.nights, page.earlier, facts))}
        {squares(&page.nights, facts)}
        {bars}
        <section class="past">
            <div class="head rule"><h2>"Nights"</h2><span class="quiet">{said}</span><span class="end">{events}{exports(&files)}</span></div>
            {table}
        </section>
        <div class="twice">
            {indicators(&page.indicators, facts)}
            {patterns(&page.patterns, facts)}
        </div>
    })
}

/// When it was last complete, and what has been wrong since.
fn sentence(nights: &[SymbolNight], earlier: Option<i64>, facts: &Facts) -> String {
    let fates: Vec<Fate> = nights.iter().map(Fate::of).collect();
    let in_a_row = |fate: Fate| fates.iter().take_while(|other| **other == fate).count();
    let complete = fates.iter().position(|fate| matches!(fate, Fate::Complete | Fate::Repaired));
    let last = complete.zip(complete.and_then(|index| nights.get(index))).map(|(index, night)| {
        let ago = match index {
            0 => "the newest night".to_owned(),
            1 => "one night ago".to_owned(),
            more => format!("{} nights ago", count(number(more))),
        };
        format!("Last complete {}, {ago}", facts.night(night.night))
    });
    let since = match fates.first() {
        Some(Fate::Failed) => {
            let why = nights.first().and_then(why).map(|why| format!(": {why}")).unwrap_or_default();
            Some(format!("failed {}{why}", times(in_a_row(Fate::Failed))))
        }
        Some(Fate::NotReported) => Some(format!("not reported {}", times(in_a_row(Fate::NotReported)))),
        Some(Fate::Skipped) => Some(format!("skipped {}", times(in_a_row(Fate::Skipped)))),
        Some(Fate::Complete | Fate::Repaired) | None => None,
    };
    let last = last.or_else(|| earlier.map(|night| format!("Last reported {}", facts.night(night))));
    match (last, since) {
        (Some(last), Some(since)) => format!("{last}; {since}."),
        (Some(last), None) => format!("{last}."),
        (None, Some(since)) => format!("Not complete in any of the nights below; {since}."),
        (None, None) => String::new(),
    }
}

fn times(nights: usize) -> String {
    if nights == 1 {
        "in the newest night".to_owned()
    } else {
        format!("{} nights in a row", count(number(nights)))
    }
}

/// "Failed, repaired by the retry at 18:02": how it came through, and what came first where that is not all.
pub(super) fn result(night: &SymbolNight, facts: &Facts) -> String {
    let first = Fate::at_first(night).word();
    match &night.retry {
        Some(retry) => format!("{first}, repaired by the retry at {}", facts.told(retry.began)),
        None => first.to_owned(),
    }
}

/// The cause of a night's failure, in words.
fn why(night: &SymbolNight) -> Option<String> {
    night.symbol.as_ref()?.failure()?.code.as_deref().map(code_in_words)
}

fn squares(nights: &[SymbolNight], facts: &Facts) -> Option<Part> {
    if nights.len() < 2 {
        return None;
    }
    let one = |night: &SymbolNight| {
        let fate = Fate::of(night);
        let why = why(night).map(|why| format!(", {why}")).unwrap_or_default();
        Square {
            address: Some(run_address(&night.run)),
            name: format!("{}: {}{why}", facts.night(night.night), result(night, facts)),
            drawing: fate.drawing(24),
        }
    };
    let missing = Fate::NotReported.drawing(14);
    let meanings: [(&Verdict, &str); 3] = [
        (&Verdict::Complete, "complete"),
        (&Verdict::Failed { phase: None }, "failed"),
        (&Verdict::Skipped, "skipped"),
    ];
    Some(part(view! {
        <section class="strip">
            {strip("The last nights of this symbol, oldest first", nights.iter().map(one).collect())}
            {legend(&meanings, &[(&missing, "not reported")])}
        </section>
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::phase::Phase;
    use domain::time::{DAY, Zone, days_of};

    fn told(fates: &str) -> String {
        let newest = days_of(2026, 11, 20);
        let night = |(index, fate): (usize, char)| {
            let status = match fate {
                'c' => OutcomeStatus::Done,
                's' => OutcomeStatus::Skipped,
                _ => OutcomeStatus::Failed,
            };
            let code = (status == OutcomeStatus::Failed).then(|| "INSUFFICIENT_DATA".to_owned());
            let outcome = Outcome { phase: Phase::Indicators, status, at: 0, made: None, millis: None, code };
            let symbol = (!"-m".contains(fate)).then(|| Symbol {
                outcomes: vec![outcome],
                newly: false,
                ..Symbol::default()
            });
            let retry = "rm".contains(fate).then(|| Retry { run: "again".to_owned(), began: 0 });
            SymbolNight { night: newest - i64::from(number(index)), run: String::new(), symbol, retry }
        };
        let nights: Vec<SymbolNight> = fates.chars().enumerate().map(night).collect();
        let facts = Facts { now: newest * DAY, exchange: Zone::utc(), viewer: Some(Zone::utc()) };
        sentence(&nights, nights.is_empty().then_some(newest), &facts)
    }

    #[test]
    fn it_says_when_it_was_well_and_what_has_been_wrong_since() {
        assert_eq!(told("ccf"), "Last complete Fri 20 Nov, the newest night.");
        assert_eq!(
            told("fcc"),
            "Last complete Thu 19 Nov, one night ago; failed in the newest night: not enough history."
        );
        assert_eq!(
            told("fffc"),
            "Last complete Tue 17 Nov, 3 nights ago; failed 3 nights in a row: not enough history."
        );
        assert_eq!(told("rff"), "Last complete Fri 20 Nov, the newest night.");
        assert_eq!(
            told("fm"),
            "Last complete Thu 19 Nov, one night ago; failed in the newest night: not enough history."
        );
        assert_eq!(told("--c"), "Last complete Wed 18 Nov, 2 nights ago; not reported 2 nights in a row.");
        assert_eq!(told("s"), "Not complete in any of the nights below; skipped in the newest night.");
        assert_eq!(told(""), "Last reported Fri 20 Nov.");
    }
}
