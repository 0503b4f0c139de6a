//! One symbol over its nights, and the log of events.

use crate::contains;
use crate::nights::{NOW, event, rendered, symbol_night};
use crate::support::{says, says_not};
use app::archive::{
    Archived, EventFilter, Events, IndicatorValue, PatternFound, Place, Searched, SymbolNight, SymbolPage,
};
use app::location::Page;
use domain::time::MINUTE;

#[test]
fn a_symbol_in_full() {
    let values = [("rsi_14", "1d", "61.2"), ("macd", "1d", "1.32, signal 0.98"), ("sma_50", "1h", "182.40")];
    let value = |(name, frame, value): (&str, &str, &str)| IndicatorValue {
        name: name.into(),
        frame: frame.into(),
        value: value.into(),
        at: NOW - 70 * MINUTE,
    };
    let found = |(name, confidence): (&str, Option<f64>)| PatternFound {
        name: name.into(),
        frame: "1d".into(),
        confidence,
        at: NOW - 65 * MINUTE,
    };
    let page = SymbolPage {
        symbol: "SOLV".into(),
        nights: (0..30).map(symbol_night).collect(),
        earlier: None,
        indicators: values.into_iter().map(value).collect(),
        patterns: [("bull_flag", Some(0.87)), ("doji", None), ("hammer", Some(0.999))]
            .into_iter()
            .map(found)
            .collect(),
        candles: None,
    };
    let html = rendered("symbol", "/admin/symbols/SOLV", &Archived::Symbol(page));
    says(
        &html,
        &[
            "SOLV",
            "Last complete Tue 17 Nov, 3 nights ago; failed 3 nights in a row: not enough history.",
            "failed: not enough history",
            "2\u{2009}304",
            "378 ms",
            "Not reported",
            "1.32, signal 0.98",
            "0.87",
            "0.99",
            "not rated",
        ],
    );
    contains(
        &html,
        &["aria-label=\"Fri 20 Nov: Failed, not enough history\"", "href=\"/admin/events?q=%22SOLV%22\""],
    );
}

#[test]
fn a_symbol_of_which_nothing_was_reported() {
    let page = SymbolPage { symbol: "XYZ".into(), ..SymbolPage::default() };
    let html = rendered("symbol-empty", "/admin/symbols/XYZ", &Archived::Symbol(page));
    says(&html, &["Nothing was ever reported of XYZ."]);
    says_not(&html, &["Nights", "Indicators"]);
    // Long gone, but not never.
    let nights = (0..30).map(|back| SymbolNight { symbol: None, ..symbol_night(back) });
    let page = SymbolPage {
        symbol: "OLD".into(),
        nights: nights.collect(),
        earlier: Some(20_000),
        ..SymbolPage::default()
    };
    let html = rendered("symbol-gone", "/admin/symbols/OLD", &Archived::Symbol(page));
    says(&html, &["Last reported Fri 4 Oct 2024; not reported 30 nights in a row."]);
}

#[test]
fn the_log_in_full() {
    let filter =
        EventFilter { q: Some("HON".into()), place: Place::Before(48_214), ..EventFilter::default() };
    let page = Events {
        filter,
        rows: (0..100).map(event).collect(),
        older: true,
        newer: true,
        searched: Some(Searched { to: NOW - 40 * 60 * MINUTE, on: Place::Before(40_000) }),
        channels: vec!["tickstock:import:progress".into(), "tickstock:errors".into()],
        ..Events::default()
    };
    let html = rendered("events", Page::EVENTS, &Archived::Events(page));
    says(
        &html,
        &[
            "48213",
            "23:10:00.000",
            "HON import done, 2 304 records in 126 ms",
            "7f3a",
            "Fri 20 Nov",
            "Raw JSON",
            "From, ET",
            "Searched back to Thu 19 Nov",
            "search further",
        ],
    );
    contains(
        &html,
        &[
            "href=\"/api/events/48213\"",
            "href=\"/admin/events?q=HON&amp;before=48114\"",
            "href=\"/admin/events?q=HON&amp;after=48213\"",
            "href=\"/admin/events?q=HON&amp;before=40000\"",
            "href=\"/api/events.jsonl?q=HON\"",
        ],
    );
}

#[test]
fn a_log_with_nothing_in_it() {
    let html = rendered("events-empty", Page::EVENTS, &Archived::Events(Events::default()));
    says(&html, &["Nothing has been recorded yet."]);
    let (filter, errors) = EventFilter::read("name=x&before=5&after=3&from=noon");
    let page = Events { filter, errors, ..Events::default() };
    let html = rendered("events-wrong", Page::EVENTS, &Archived::Events(page));
    says(&html, &["There are no older events.", "after: “”: Either before or after", "“noon”: Not a time"]);
    let searched = Some(Searched { to: NOW - 90 * MINUTE, on: Place::Before(7) });
    let page = Events { searched, filter: EventFilter::read("q=zzz").0, ..Events::default() };
    let html = rendered("events-none", Page::EVENTS, &Archived::Events(page));
    says(
        &html,
        &["None of those looked at is like that.", "Searched back to Fri 20 Nov 22:40:00; search further"],
    );
}
