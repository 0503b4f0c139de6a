//! Whatever a producer or an address says, it stays text.

use crate::nights::{NOW, event, history, rendered, symbol_night, told};
use app::archive::{
    Archived, Candle, Candles, Compare, EventFilter, Events, Filter, IndicatorValue, Marked, Pair,
    PatternFound, SymbolPage, Trends,
};
use app::location::Page;
use domain::differences::{Differences, Names};
use domain::phase::Phase;
use std::collections::BTreeMap;

/// Leads out of text, of an attribute and of a script, if anything lets it.
const HOSTILE: &str = "</td><script>alert('x')</script>\"'><img src=x onerror=alert(1)>&amp;";

/// Nothing of [`HOSTILE`] has become markup.
fn harmless(html: &str) {
    // Before the page's own data, which is JSON and escaped as such.
    let page = html.split("<script type=\"application/json\"").next().unwrap();
    for markup in ["<script>alert", "<img", "\"'><", "onerror=alert(1)>"] {
        assert!(!page.contains(markup), "{markup} in {page}");
    }
    assert!(!page.contains(" style="), "the policy forbids it");
}

/// A night whose every text is hostile.
fn hostile() -> domain::verdict::RunView {
    let mut view = told();
    let run = &mut view.run;
    (run.id, run.reason) = (HOSTILE.into(), Some(HOSTILE.into()));
    run.universes = vec![HOSTILE.into()];
    view.phases[0].0.phase = Phase::Other(HOSTILE.into());
    view
}

#[test]
fn nothing_that_was_sent_becomes_markup_on_pages_of_nights() {
    let query =
        format!("verdict={0}&universe={0}&q={0}&from={0}&before={0}", app::archive::query::encoded(HOSTILE));
    let (filter, errors) = Filter::read(&query);
    assert_eq!((errors.len(), filter.q.is_none()), (5, true), "longer than a field takes");
    let short = Some(HOSTILE[..50].to_owned());
    let filter = Filter { q: short.clone(), universe: short, ..filter };
    let mut page = history();
    (page.filter, page.errors, page.universes) = (filter, errors, vec![HOSTILE.into()]);
    page.last = vec![hostile(), hostile()];
    page.nights[0].runs = vec![hostile(), hostile()];
    harmless(&rendered("history-hostile", Page::HISTORY, &Archived::History(page)));
    harmless(&rendered(
        "trends-hostile",
        Page::TRENDS,
        &Archived::Trends(Trends { nights: vec![hostile(), hostile(), hostile()], ..Trends::default() }),
    ));
    let names = BTreeMap::from([(HOSTILE.to_owned(), true)]);
    let (asked, errors) = Pair::read(&query.replace("verdict", "a").replace("universe", "b"));
    let compare = Compare {
        asked,
        errors,
        a: Some(hostile()),
        b: Some(hostile()),
        symbols: Some(Differences::between(&names, &names, Names::MOST)),
    };
    harmless(&rendered("compare-hostile", Page::COMPARE, &Archived::Compare(Box::new(compare))));
}

#[test]
fn nothing_that_was_sent_becomes_markup_elsewhere() {
    let mut night = symbol_night(0);
    night.run = HOSTILE.into();
    let outcome = &mut night.symbol.as_mut().unwrap().outcomes[1];
    (outcome.code, outcome.phase) = (Some(HOSTILE.into()), Phase::Other(HOSTILE.into()));
    let text = || HOSTILE.to_owned();
    let page = SymbolPage {
        symbol: text(),
        nights: vec![night.clone(), night],
        earlier: None,
        indicators: vec![IndicatorValue { name: text(), frame: text(), value: text(), at: NOW }],
        patterns: vec![PatternFound { name: text(), frame: text(), confidence: Some(f64::NAN), at: NOW }],
        candles: Some(Ok(candles())),
    };
    harmless(&rendered("symbol-hostile", "/admin/symbols/x", &Archived::Symbol(page)));
    let mut row = event(0);
    (row.channel, row.name, row.says) = (text(), text(), text());
    (row.run, row.symbol) = (Some(text()), Some(text()));
    let (filter, errors) =
        EventFilter::read("from=%22%3E%3Cscript%3Ealert&q=%3Cscript%3Ealert&run=%22'%3E%3C");
    let page = Events { filter, errors, rows: vec![row], channels: vec![text()], ..Events::default() };
    harmless(&rendered("events-hostile", Page::EVENTS, &Archived::Events(page)));
}

/// Bars of a producer that means harm.
fn candles() -> Candles {
    let candle = |day, price| Candle { day, open: price, high: price, low: price, close: price };
    Candles {
        name: Some(HOSTILE.to_owned()),
        bars: vec![candle(i64::MIN / 86_400_000, f64::MAX), candle(20_000, 1.0)],
        lines: vec![(HOSTILE.to_owned(), vec![None, Some(f64::MAX)])],
        marks: vec![Marked { day: 20_000, pattern: HOSTILE.to_owned(), confidence: 1.0, direction: 1 }],
        ..Candles::default()
    }
}
