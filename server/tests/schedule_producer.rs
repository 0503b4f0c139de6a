//! The producer's own schedule on the page: as it told it, what it comes to by our calendar, and another one that it is asked for.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use futures_util::StreamExt;
use serde_json::{Value, json};
use support::people::{Asker, header_of, status};
use support::{Redis, Server, within};

const PAGE: &str = "/admin/schedule";
const FORM: &str = "/admin/schedule/producer";
const CHANNEL: &str = "tickstock:processing:schedule";

/// What the page says, without the board that it carries.
async fn page(server: &Server, who: &Asker) -> String {
    let (head, page) = server.send("GET", PAGE, &[who.header(), ("Accept", "text/html")], &[]).await;
    assert_eq!(status(&head), 200, "{head}");
    page[page.find("<main").unwrap()..page.find("</main>").unwrap()].to_owned()
}

/// The page, as soon as it says something.
async fn says(server: &Server, who: &Asker, words: &str) -> String {
    within(words, async {
        loop {
            let page = page(server, who).await;
            if page.contains(words) {
                return page;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

async fn tells(redis: &Redis, time: &str, enabled: bool) {
    let schedule = json!({ "enabled": enabled, "trigger_time": time, "timezone": "America/New_York",
        "market_check": true, "universes": ["sp500"] });
    redis.event(CHANNEL, "schedule_updated", json!({ "schedule": schedule })).await;
}

#[tokio::test]
async fn it_is_shown_as_it_was_told_and_what_it_comes_to_is_marked_as_ours() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let admin = server.admin().await;
    let untold = page(&server, &admin).await;
    assert!(
        untold.contains("The producer has not said its schedule yet.")
            && untold.contains("Nothing is known to come.")
    );
    server.saves().await;
    tells(&redis, "16:25", true).await;
    let told = says(&server, &admin, "16:25 America/New_York").await;
    assert!(told.contains("By the producer’s time of day and our calendar"), "{told}");
    assert!(told.contains(">sp500</dd>") && !told.contains("Skip…"), "{told}");
    // Both at once: it is said, and the form that ends it is there.
    let (head, _) = server.submit("/admin/schedule/by", &admin, &[("do", "server")]).await;
    assert_eq!(status(&head), 303, "{head}");
    let both = page(&server, &admin).await;
    assert!(
        both.contains("The producer has a schedule of its own, at 16:25: both would start a run."),
        "{both}"
    );
    assert!(both.contains("Ask the producer to change it"), "{both}");
    tells(&redis, "16:25", false).await;
    let one = says(&server, &admin, "<dt>Fires</dt><dd>off</dd>").await;
    assert!(!one.contains("both would start a run"), "{one}");
}

#[tokio::test]
async fn another_one_is_asked_for_over_redis_once_however_often_it_is_pressed() {
    let redis = Redis::start().await;
    let server = Server::start(&redis).await;
    let admin = server.admin().await;
    let client = redis::Client::open(redis.url()).unwrap();
    let mut heard = client.get_async_pubsub().await.unwrap();
    heard.subscribe(CHANNEL).await.unwrap();
    let fields = |time| {
        [
            ("key", "once"),
            ("enabled", "on"),
            ("trigger_time", time),
            ("market_check", "off"),
            ("universes", "sp500, nasdaq100"),
        ]
    };
    let (head, wrong) = server.submit(FORM, &admin, &fields("25:99")).await;
    assert_eq!(status(&head), 422, "{head}");
    assert!(
        wrong.contains("It must be a time of day from 00:00 to 23:59") && wrong.contains("sp500, nasdaq100"),
        "{wrong}"
    );
    for _ in 0..2 {
        let (head, body) = server.submit(FORM, &admin, &fields("17:05")).await;
        let there = header_of(&head, "location");
        assert_eq!((status(&head), there), (303, Some("/admin/schedule?done=asked")), "{head} {body}");
    }
    let message = within("it is sent", heard.on_message().next()).await.unwrap();
    let told: Value = serde_json::from_slice(message.get_payload_bytes()).unwrap();
    assert_eq!(told["command"], "update_schedule", "{told}");
    let asked = json!({ "enabled": true, "trigger_time": "17:05", "market_check": false, "universes": ["sp500", "nasdaq100"] });
    assert_eq!(told["parameters"], asked, "{told}");
    let page = page(&server, &admin).await;
    assert!(
        page.contains("Schedule of the producer: on, 17:05, without a market check, over sp500, nasdaq100"),
        "{page}"
    );
    assert!(page.contains("by admin: sent, not answered yet"), "{page}");
    let listed = server.json("/api/commands?kind=schedule").await;
    assert_eq!(listed["commands"].as_array().unwrap().len(), 1, "pressed twice is asked once: {listed}");
}
