//! What a person reads on the pages of the archive: each full, empty and hostile, rendered as the server renders it.
//!
//! Each page is also written to the folder of `app/tests/states.rs`, to be looked at.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "archive/hostile.rs"]
mod hostile;
#[path = "support/archive.rs"]
mod nights;
#[expect(dead_code, unused_imports, reason = "the stories of the live pages are in it too")]
mod support;
#[path = "archive/symbol_and_log.rs"]
mod symbol_and_log;

use app::archive::{Archived, Compare, Filter, History, Pair, Span, Trends, Wanted};
use app::location::Page;
use domain::differences::{Differences, Names};
use domain::record::RunStatus;
use nights::{before, history, nights, rendered};
use std::collections::BTreeMap;
use support::{says, says_not, tickers};

fn contains(html: &str, parts: &[&str]) {
    for part in parts {
        assert!(html.contains(part), "{part:?} is missing in: {html}");
    }
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
            "“good”: One of complete, complete-after-retry, to-retry, failed, cancelled, skipped, running, silent",
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
    let mut page = History { filter, nights: Vec::new(), ..history() };
    let stopped = rendered("history-stopped", Page::HISTORY, &Archived::History(page.clone()));
    says(&stopped, &["None of the nights looked at is like that.", "Older nights"]);
    page.older = None;
    let html = rendered("history-none", Page::HISTORY, &Archived::History(page));
    says(&html, &["No night is like that."]);
    says_not(&html, &["Older nights"]);
}

#[test]
fn a_page_of_history_is_bounded() {
    let mut page = history();
    page.nights = (0..80).map(|_| history().nights[0].clone()).collect();
    page.nights[0].runs = vec![before(0); 40];
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
    let differences = Differences::between(&symbols(&failing, 2), &symbols(&[37, 118], 0), Names::MOST);
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
            "href=\"/api/trends.csv?nights=90\"",
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
