//! What a person reads on the pages of the archive: each full, empty and hostile, rendered as the server renders it.
//!
//! Each page is also written to the folder of `app/tests/states.rs`, to be looked at.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "support/archive.rs"]
mod nights;
#[expect(dead_code, unused_imports, reason = "the stories of the live pages are in it too")]
mod support;

use app::archive::{
    Archived, Compare, Differences, EventFilter, Events, Filter, History, IndicatorValue, Pair, PatternFound,
    Place, Searched, Span, SymbolPage, Trends, Wanted,
};
use app::location::Page;
use domain::phase::Phase;
use domain::record::RunStatus;
use domain::time::MINUTE;
use nights::{NOW, before, event, history, nights, rendered, symbol_night, told};
use std::collections::BTreeMap;
use support::{says, says_not, tickers};

/// Leads out of text, of an attribute and of a script, if anything lets it.
const HOSTILE: &str = "</td><script>alert('x')</script>\"'><img src=x onerror=alert(1)>&amp;";

fn contains(html: &str, parts: &[&str]) {
    for part in parts {
        assert!(html.contains(part), "{part:?} is missing in: {html}");
    }
}

/// Nothing of [`HOSTILE`] has become markup.
fn harmless(html: &str) {
    // Before the page's own data, which is JSON and escaped as such.
    let page = html.split("<script type=\"application/json\"").next().unwrap();
    for markup in ["<script>alert", "<img", "\"'><", "onerror=alert(1)>"] {
        assert!(!page.contains(markup), "{markup} in {page}");
    }
    assert!(!page.contains(" style="), "the policy forbids it");
}

#[test]
fn history_in_full() {
    let mut page = history();
    page.filter = Filter { verdict: None, before: Some(before(0).run.night + 1), ..Filter::default() };
    let html = rendered("history", "/admin/history?before=2026-11-21", &Archived::History(page));
    says(
        &html,
        &[
            "History",
            "The last 30 nights: 27 complete, 1 to retry, 1 failed, 1 cancelled.",
            "50 nights, before Sat 21 Nov",
            "Fri 20 Nov",
            "more than usual",
            "as usual",
            "began ",
            "by hand",
            "Compare with Thu 19 Nov",
            "Older nights",
            "Newest nights",
        ],
    );
    contains(
        &html,
        &[
            "href=\"/admin/runs/7f3a91c2\"",
            "aria-label=\"Fri 20 Nov: Complete, 0 failures\"",
            "<b>(12 new)</b>",
            "href=\"/admin/compare?a=2026-11-20&amp;b=2026-11-19\"",
            "href=\"/admin/history?before=2026-09-14\"",
            "href=\"/api/nights.csv\"",
            "aria-current=\"page\"",
        ],
    );
    assert_eq!(html.matches("<main").count(), 1, "one landmark");
}

#[test]
fn history_says_what_is_wrong_beside_the_field_and_shows_the_rest() {
    let query = "verdict=good&trigger=manual&from=2026-02-30&universe=dow30&q=7f3a&before=soon";
    let (filter, errors) = Filter::read(query);
    let page = History { filter, errors, nights: history().nights[..3].to_vec(), ..history() };
    let html = rendered("history-wrong", &format!("/admin/history?{query}"), &Archived::History(page));
    says(
        &html,
        &[
            "“good”: One of complete, to-retry, failed, cancelled, skipped, running",
            "“2026-02-30”: Not a date; write it as 2026-11-20",
            "before: “soon”: Not a date",
            "Show all nights",
            "3 nights",
        ],
    );
    contains(
        &html,
        &[
            "<option value=\"manual\" selected",
            "<option value=\"dow30\" selected",
            "value=\"7f3a\"",
            "aria-describedby=\"wrong-from\"",
            "href=\"/api/nights.csv?trigger=manual&amp;universe=dow30&amp;q=7f3a\"",
        ],
    );
}

#[test]
fn history_with_nothing_to_show() {
    let html = rendered("history-empty", Page::HISTORY, &Archived::History(History::default()));
    says(&html, &["No night has been recorded yet."]);
    says_not(&html, &["Export", "Older nights"]);
    let filter = Filter { verdict: Some(Wanted::Failed), ..Filter::default() };
    let page = History { filter, nights: Vec::new(), ..history() };
    says(&rendered("history-none", Page::HISTORY, &Archived::History(page)), &["No night is like that."]);
}

#[test]
fn a_page_of_history_is_bounded() {
    let mut page = history();
    page.nights = (0..80).map(|_| history().nights[0].clone()).collect();
    page.nights[0].runs = vec![before(0); 40];
    page.older = false;
    let html = rendered("history-bounded", Page::HISTORY, &Archived::History(page));
    says(&html, &["50 nights", "and 27 more runs", "Older nights"]);
    assert!(html.matches("<tr").count() <= 1 + 50 + 13);
}

#[test]
fn two_nights_side_by_side() {
    let symbols = |failing: &[usize], from: usize| -> BTreeMap<String, bool> {
        let names = tickers(505).into_iter().enumerate().skip(from);
        names.map(|(index, name)| (name, failing.contains(&index))).collect()
    };
    let (a, b) = (before(7), before(8));
    let failing: Vec<usize> = (100..420).collect();
    let differences = Differences::between(&symbols(&failing, 2), &symbols(&[37, 118], 0));
    let compare = Compare {
        asked: Pair { a: Some(a.run.night), b: Some(b.run.night) },
        a: Some(a),
        b: Some(b),
        symbols: Some(differences),
        ..Compare::default()
    };
    let html = rendered("compare", Page::COMPARE, &Archived::Compare(Box::new(compare)));
    says(
        &html,
        &[
            "Wed 11 Nov against Tue 10 Nov",
            "Failed",
            "187 more",
            "Data import",
            "319 symbols",
            "and 119 more",
            "1 symbol",
            "2 symbols",
            "None",
        ],
    );
    contains(&html, &["href=\"/admin/symbols/A"]);
}

#[test]
fn two_nights_of_which_something_is_missing() {
    let nothing = Archived::Compare(Box::default());
    says(&rendered("compare-empty", Page::COMPARE, &nothing), &["Choose two nights."]);
    let (asked, errors) = Pair::read("a=2026-11-20&b=yesterday");
    let compare = Compare { asked, errors, a: None, ..Compare::default() };
    says(
        &rendered("compare-wrong", Page::COMPARE, &Archived::Compare(Box::new(compare))),
        &["No run is recorded of Fri 20 Nov.", "“yesterday”: Not a date"],
    );
}

#[test]
fn ninety_nights_as_charts_and_as_a_table() {
    let mut views = nights(90);
    // Its producer has died: it has no end, and so no duration, no pace and no success.
    (views[0].run.status, views[0].run.ended) = (RunStatus::Running, None);
    views.reverse();
    let trends = Trends { nights: views, ..Trends::default() };
    let html = rendered("trends", Page::TRENDS, &Archived::Trends(trends));
    says(
        &html,
        &[
            "The last 90 nights",
            "median 5",
            "median 99.6\u{2009}%",
            "median 2",
            "Symbols per minute",
            "Show 90 nights",
        ],
    );
    contains(
        &html,
        &[
            "aria-label=\"Thu 19 Nov: 50 min, Complete\"",
            "188 failures, Failed",
            "Fri 20 Nov: 0 failures, Silent",
            "href=\"/api/nights.csv?nights=90\"",
        ],
    );
    assert_eq!(html.matches("class=\"hit\"").count(), 4 * 90 - 3, "a link per night and value");
}

#[test]
fn no_trend_of_one_night() {
    let page = |nights| Archived::Trends(Trends { nights, ..Trends::default() });
    says(&rendered("trends-empty", Page::TRENDS, &page(vec![])), &["No night has been recorded yet."]);
    let html = rendered("trends-one", Page::TRENDS, &page(nights(1)));
    says(&html, &["One night has been recorded. The second makes a trend."]);
    assert!(!html.contains("class=\"hit\""));
    let (asked, errors) = Span::read("nights=1000");
    let trends = Archived::Trends(Trends { asked, errors, nights: nights(3) });
    says(&rendered("trends-few", Page::TRENDS, &trends), &["“1000”: 2 to 90 nights", "The last 3 nights"]);
}

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
        indicators: values.into_iter().map(value).collect(),
        patterns: [("bull_flag", Some(0.87)), ("doji", None), ("hammer", Some(0.999))]
            .into_iter()
            .map(found)
            .collect(),
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
        &["aria-label=\"Fri 20 Nov: Failed, not enough history\"", "href=\"/admin/events?q=SOLV\""],
    );
}

#[test]
fn a_symbol_of_which_nothing_was_reported() {
    let page = SymbolPage { symbol: "XYZ".into(), ..SymbolPage::default() };
    let html = rendered("symbol-empty", "/admin/symbols/XYZ", &Archived::Symbol(page));
    says(&html, &["Nothing was ever reported of XYZ."]);
    says_not(&html, &["Nights", "Indicators"]);
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
        searched: Some(Searched { back_to: NOW - 40 * 60 * MINUTE, number: 40_000 }),
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
    let searched = Some(Searched { back_to: NOW - 90 * MINUTE, number: 7 });
    let page = Events { searched, filter: EventFilter::read("q=zzz").0, ..Events::default() };
    let html = rendered("events-none", Page::EVENTS, &Archived::Events(page));
    says(
        &html,
        &["None of those looked at is like that.", "Searched back to Fri 20 Nov 22:40:00; search further"],
    );
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
        symbols: Some(Differences::between(&names, &names)),
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
        indicators: vec![IndicatorValue { name: text(), frame: text(), value: text(), at: NOW }],
        patterns: vec![PatternFound { name: text(), frame: text(), confidence: Some(f64::NAN), at: NOW }],
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
