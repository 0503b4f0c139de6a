//! The pages of the archive by the real process: sixty nights, the log and a symbol, with their filters, their pages and their
//! files; wrong addresses, hostile names, and a database that is away.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "archive/away.rs"]
mod away;
#[path = "archive/log.rs"]
mod log;
mod support;

use support::nights::{self, HOSTILE, NIGHTS, date, id, last_night};
use support::{Redis, Server};

async fn stage() -> (Redis, Server) {
    let redis = Redis::start().await;
    nights::write(redis.database_url()).await;
    let server = Server::start(&redis).await;
    (redis, server)
}

/// The status and what stands in the page's own part.
async fn page(server: &Server, path: &str) -> (u16, String) {
    let (head, html) = server.request(path, &[("Accept", "text/html")]).await;
    let main = html.split_once("<main").unwrap_or_else(|| panic!("no page under {path}: {head}\n{html}")).1;
    let main = main.split_once("</main>").unwrap().0;
    (head.split(' ').nth(1).unwrap().parse().unwrap(), main.to_owned())
}

/// The same, which must be there.
async fn shown(server: &Server, path: &str) -> String {
    let (status, main) = page(server, path).await;
    assert_eq!(status, 200, "{path}: {main}");
    main
}

/// The words of it, each space once.
fn words(html: &str) -> String {
    let text: String = html
        .split('<')
        .map(|part| part.split_once('>').map_or("", |(_, text)| text))
        .collect::<Vec<_>>()
        .join(" ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All addresses that it leads to, as they are asked for.
fn links(html: &str) -> Vec<String> {
    let found = html.split("href=\"").skip(1).filter_map(|part| part.split_once('"'));
    found.map(|(address, _)| address.replace("&amp;", "&")).collect()
}

/// Where a link with these words leads.
fn link(html: &str, words: &str) -> Option<String> {
    let (before, _) = html.split_once(&format!(">{words}</a>"))?;
    let address = before.rsplit_once("href=\"")?.1.split_once('"')?.0;
    Some(address.replace("&amp;", "&"))
}

/// The ids of the runs that speak for the nights of a page of History, newest first.
fn told(html: &str) -> Vec<String> {
    let rows = html.split_once("<tbody>").map_or("", |(_, rows)| rows);
    let heads = rows.split("class=\"night\"><a href=\"/admin/runs/").skip(1);
    let ids = heads.filter_map(|row| row.split_once('"')).map(|(id, _)| id.to_owned());
    ids.filter(|id| !id.starts_with("retry")).collect()
}

#[tokio::test]
async fn history_tells_the_nights_and_what_is_usual() {
    let (_redis, server) = stage().await;
    let html = shown(&server, "/admin/history").await;
    let said = words(&html);
    // Of thirty: 4, 14, 24 failed; 3, 10, 17 to retry (24 has failed).
    assert!(said.contains("The last 30 nights: 24 complete, 3 to retry, 3 failed."), "{said}");
    for text in ["50 nights", "as usual", "2 min more than usual", "20 (20 new)", "by hand", "Older nights"] {
        assert!(said.contains(text) || html.contains(text), "{text} is missing in {said}");
    }
    assert!(html.contains("href=\"/admin/runs/retry-04\""), "the retry stands under its night");
    assert!(html.contains(">etf</option>") && html.contains(">sp500</option>"), "universes can be asked for");
    let compare = format!("/admin/compare?a={}&amp;b={}", date(last_night()), date(last_night() - 1));
    assert!(html.contains(&compare));
}

/// A server that was started anew has heard of no night, and knows them all the same.
#[tokio::test]
async fn tonight_shows_the_last_nights_from_the_store() {
    let (_redis, server) = stage().await;
    let html = shown(&server, "/admin/daily-processing").await;
    let nights = html.split_once("Last nights").unwrap().1;
    assert_eq!(nights.matches("width=\"24\" height=\"24\" class=\"px\"").count(), 30);
    // The newest seven, each with the run that speaks for it, and the retry of the fifth under its night.
    let mut expected: Vec<String> = (0..7).map(id).collect();
    expected.insert(5, "retry-04".to_owned());
    let rows = nights.split_once("<tbody>").unwrap().1.split("href=\"/admin/runs/").skip(1);
    assert_eq!(rows.filter_map(|row| row.split_once('"')).map(|(id, _)| id).collect::<Vec<_>>(), expected);
    let said = words(nights);
    assert!(said.contains("To retry") && said.contains("20 (20 new)"), "{said}");
    assert!(words(&html).contains("Listening"), "nothing is said of tonight");
}

#[tokio::test]
async fn over_all_its_pages_every_night_stands_once() {
    let (_redis, server) = stage().await;
    for query in ["", "?trigger=schedule", "?verdict=complete&q=run-"] {
        let mut next = Some(format!("/admin/history{query}"));
        let (mut found, mut pages) = (Vec::new(), 0);
        while let Some(path) = next {
            let html = shown(&server, &path).await;
            found.extend(told(&html));
            next = link(&html, "Older nights");
            pages += 1;
            assert!(pages < 10, "it goes round");
        }
        let fits = |back: &i64| match query {
            "?trigger=schedule" => back % 3 != 0,
            "?verdict=complete&q=run-" => back % 10 != 4 && back % 7 != 3,
            _ => true,
        };
        assert_eq!(found, (0..NIGHTS).filter(fits).map(id).collect::<Vec<_>>(), "{query}");
    }
}

#[tokio::test]
async fn pages_and_files_understand_the_same_filter() {
    let (_redis, server) = stage().await;
    let (from, to) = (date(last_night() - 20), date(last_night() - 11));
    let filters: [(&str, Vec<i64>); 9] = [
        ("verdict=failed", vec![4, 14, 24, 34, 44, 54]),
        ("verdict=to-retry", vec![3, 10, 17, 31, 38, 45, 52, 59]),
        ("verdict=cancelled", vec![]),
        ("trigger=manual&verdict=failed", vec![24, 54]),
        (&format!("from={from}&to={to}"), (11..=20).collect()),
        (&format!("from={from}&to={to}&verdict=failed"), vec![14]),
        ("universe=etf", vec![5]),
        ("q=DISK+IS+FULL&trigger=schedule", vec![4, 14, 34, 44]),
        ("q=retry-14", vec![14]),
    ];
    for (query, expected) in filters {
        let expected: Vec<String> = expected.into_iter().map(id).collect();
        let html = shown(&server, &format!("/admin/history?{query}")).await;
        assert_eq!(told(&html), expected, "{query}");
        // What the page offers as a file has the same nights.
        let (json, csv) = (link(&html, "JSON").unwrap(), link(&html, "CSV").unwrap());
        let answer = server.json(&json).await;
        let of_json: Vec<&str> = answer["nights"]
            .as_array()
            .unwrap()
            .iter()
            .map(|night| night["run_id"].as_str().unwrap())
            .collect();
        assert_eq!(of_json, expected, "{json}");
        let (head, body) = server.request(&csv, &[]).await;
        assert!(head.starts_with("HTTP/1.1 200"), "{csv}: {head}");
        let rows = body.lines().filter(|line| line.contains(",run-")).count();
        assert_eq!(rows, expected.len(), "{csv}: {body}");
    }
}

#[tokio::test]
async fn every_link_of_every_page_answers() {
    let (_redis, server) = stage().await;
    let compare = format!("/admin/compare?a={}&b={}", date(last_night()), date(last_night() - 3));
    let pages = [
        "/admin/history?trigger=manual&q=run",
        "/admin/trends?nights=30",
        &compare,
        "/admin/symbols/HON",
        &format!("/admin/events?run=run-00&from={}&q=done", date(last_night())),
    ];
    for page in pages {
        let html = shown(&server, page).await;
        let mut links = links(&html);
        links.sort_unstable();
        links.dedup();
        // (A run's page is not one of these.)
        links.retain(|link| !link.starts_with("/admin/runs/") && !link.starts_with('#'));
        assert!(!links.is_empty(), "{page}");
        for link in links {
            let (head, body) = server.request(&link, &[]).await;
            assert!(head.starts_with("HTTP/1.1 200"), "{page} leads to {link}: {head}\n{body}");
        }
    }
}

#[tokio::test]
async fn trends_compare_and_a_symbol() {
    let (_redis, server) = stage().await;
    let html = shown(&server, "/admin/trends").await;
    assert!(words(&html).contains("The last 60 nights"), "{}", words(&html));
    assert!(html.contains("href=\"/api/trends?nights=90\"") && html.contains("href=\"/admin/runs/run-59\""));

    let (a, b) = (last_night(), last_night() - 3);
    let html = shown(&server, &format!("/admin/compare?a={}&b={}", date(a), date(b))).await;
    let said = words(&html);
    for text in
        ["Newly failing 1 symbol", "Recovered 1 symbol", "Still failing 0 symbols", "To retry", "3 min less"]
    {
        assert!(said.contains(text), "{text} is missing in {said}");
    }
    assert!(html.contains("href=\"/admin/symbols/HON\""));
    // The API says the same of the same two.
    let answer = server.json(&format!("/api/compare?a={}&b={}", date(a), date(b))).await;
    assert_eq!(answer["newly_failing"]["symbols"][0], HOSTILE);
    assert_eq!(answer["recovered"]["symbols"][0], "HON");
    let html = shown(&server, &format!("/admin/compare?a={}&b=2001-01-01", date(a))).await;
    assert!(words(&html).contains("No run is recorded of Mon 1 Jan 2001."), "{html}");

    let said = words(&shown(&server, "/admin/symbols/AAPL").await);
    for text in ["the last 30 nights", "RSI daily 65.4124", "Hammer daily 0.87", "12 ms"] {
        assert!(said.contains(text), "{text} is missing in {said}");
    }
    let (status, html) = page(&server, "/admin/symbols/NONE").await;
    assert_eq!((status, words(&html).contains("Nothing was ever reported of NONE.")), (404, true));
}

#[tokio::test]
async fn a_wrong_address_shows_what_is_wrong_and_the_rest() {
    let (_redis, server) = stage().await;
    let long = "x".repeat(3_000);
    for (path, error) in [
        ("/admin/history?verdict=good&trigger=manual", "“good”: One of complete"),
        ("/admin/history?from=2026-02-30", "“2026-02-30”: Not a date"),
        (&format!("/admin/history?q={long}"), "At most 64 characters"),
        ("/admin/trends?nights=1000", "2 to 90 nights"),
        ("/admin/compare?a=x&b=y", "“x”: Not a date"),
        ("/admin/events?before=1&after=2", "Either before or after"),
        ("/admin/events?from=noon", "Not a time"),
    ] {
        let (status, html) = page(&server, path).await;
        assert_eq!(status, 400, "{path}");
        assert!(words(&html).contains(error), "{path}: {}", words(&html));
    }
    let (_, html) = page(&server, "/admin/history?verdict=good&trigger=manual").await;
    assert_eq!(told(&html).len(), 20, "what was understood is asked");
    // Nobody can have kept that name.
    let (status, html) = page(&server, &format!("/admin/symbols/{}", "x".repeat(65))).await;
    assert_eq!((status, words(&html).contains("There is nothing under this address.")), (404, true));
}

#[tokio::test]
async fn hostile_names_stay_text() {
    let (_redis, server) = stage().await;
    let name = "%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E";
    let (a, b) = (date(last_night()), date(last_night() - 1));
    for path in [
        &format!("/admin/history?q={name}"),
        &format!("/admin/compare?a={a}&b={b}"),
        &format!("/admin/symbols/{name}"),
        "/admin/events?before=101",
        &format!("/admin/events?name={name}"),
    ] {
        let html = shown(&server, path).await;
        assert!(html.contains("&lt;img src=x"), "{path}: it is shown, as text");
        assert!(!html.contains("<img") && !html.contains("<script"), "{path}");
    }
}
