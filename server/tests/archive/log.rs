//! The page Events: pages in both directions, filters, and what a message says.

use super::support::nights::{HOSTILE, MESSAGES, at, date, last_night};
use super::support::{Redis, Server};
use super::{link, page, shown, stage, words};

/// The numbers of the rows, in the order shown.
fn numbers(html: &str) -> Vec<i64> {
    let cells = html.split("class=\"num quiet no\">").skip(1);
    cells.map(|cell| cell.split_once('<').unwrap().0.parse().unwrap()).collect()
}

#[tokio::test]
async fn over_all_pages_every_message_stands_once_there_and_back() {
    let (_redis, server) = stage().await;
    // Not what the server says of itself, of which there may be more at any time.
    for (query, expected) in [
        ("?channel=tickstock:even", (1..=MESSAGES).filter(|n| n % 2 == 0).collect::<Vec<_>>()),
        ("?name=import_progress", (1..=MESSAGES).filter(|n| n % 50 != 7).collect()),
        ("?q=done", (1..=MESSAGES).filter(|n| ![100, 200].contains(n)).collect()),
    ] {
        let mut path = format!("/admin/events{query}");
        let mut found = Vec::new();
        loop {
            let html = shown(&server, &path).await;
            found.extend(numbers(&html));
            match link(&html, "Older") {
                Some(older) => path = older,
                None => break,
            }
        }
        let newest_first: Vec<i64> = expected.iter().rev().copied().collect();
        assert_eq!(found, newest_first, "{query}");
        // And back, by whole pages from the oldest on.
        let mut found = Vec::new();
        path = format!("/admin/events{query}&after=0");
        loop {
            let html = shown(&server, &path).await;
            found.extend(numbers(&html).into_iter().rev());
            match link(&html, "Newer") {
                Some(newer) => path = newer,
                None => break,
            }
        }
        assert_eq!(found, expected, "{query}");
    }
}

#[tokio::test]
async fn the_log_is_filtered_and_its_files_with_it() {
    let (_redis, server) = stage().await;
    // Ten seconds of it, both ends with them, on the exchange's clock.
    let exchange = domain::calendar::exchange(at(0));
    let wall = |n: i64| {
        let civil = exchange.civil(at(n));
        format!("{}T{}", date(civil.days), civil.hms())
    };
    let run: Vec<i64> = (1..=50).rev().map(|n| n * 5).collect();
    for (query, expected) in [
        ("run=run-00".to_owned(), run),
        ("q=NO+JSON".to_owned(), vec![200]),
        (format!("from={}&to={}", wall(11), wall(20)), (11..=20).rev().collect()),
        (format!("from={}&to={}&run=run-00", wall(11), wall(20)), vec![20, 15]),
        (format!("to={}&channel=tickstock:odd&q=done", date(last_night() - 1)), vec![]),
    ] {
        let html = shown(&server, &format!("/admin/events?{query}")).await;
        assert_eq!(numbers(&html), expected, "{query}");
        let (jsonl, csv) = (link(&html, "JSON").unwrap(), link(&html, "CSV").unwrap());
        let (head, body) = server.request(&jsonl, &[]).await;
        assert!(head.starts_with("HTTP/1.1 200"), "{jsonl}: {head}");
        assert_eq!(
            body.matches("{\"at\":").count().max(body.matches("\"n\":").count()),
            expected.len(),
            "{jsonl}: {body}"
        );
        let (head, _) = server.request(&csv, &[]).await;
        assert!(head.starts_with("HTTP/1.1 200"), "{csv}: {head}");
    }
}

#[tokio::test]
async fn a_row_says_what_the_message_says_and_leads_on() {
    let (_redis, server) = stage().await;
    let html = shown(&server, "/admin/events?run=run-00&before=12").await;
    let said = words(&html);
    assert!(said.contains("done 10") && said.contains("done 5"), "{said}");
    assert!(!said.contains("done 10, run_id"), "the run has a column: {said}");
    let raw = link(&html, "Raw JSON").unwrap();
    assert_eq!(server.json(&raw).await["payload"]["done"], 10);
    assert!(html.contains("href=\"/admin/runs/run-00\""));
    let said = words(&shown(&server, "/admin/events?q=no+json").await);
    assert!(said.contains("no JSON at all"), "{said}");
    let (_, html) = page(&server, "/admin/events?name=x&before=0").await;
    assert!(words(&html).contains("There are no older events."), "{html}");
    assert!(!html.contains(HOSTILE));
}

#[tokio::test]
async fn nothing_yet_is_said_on_every_page() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    for (path, sentence) in [
        ("/admin/history", "No night has been recorded yet."),
        ("/admin/trends", "No night has been recorded yet."),
        ("/admin/compare", "Choose two nights."),
        ("/admin/events?channel=none", "No event is like that."),
    ] {
        let said = words(&shown(&server, path).await);
        assert!(said.contains(sentence), "{path}: {said}");
    }
}
