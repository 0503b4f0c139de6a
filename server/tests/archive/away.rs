//! A database that is away, and how long the first pages take with two thousand nights.

use super::support::nights::{self, last_night};
use super::support::postgres::Postgres;
use super::support::stored::{Stage, event, told};
use super::support::{Redis, Server, within};
use super::{page, shown, words};
use domain::record::OutcomeStatus::Done;
use server::store::rows::Batch;
use std::time::{Duration, Instant};

#[tokio::test]
async fn while_the_database_is_away_each_page_says_so() {
    let (redis, mut postgres) = (Redis::start().await, Postgres::start().await);
    nights::write(postgres.url()).await;
    let server = Server::start_on(&redis, 0, &["--database-url", &postgres.url()]).await;
    assert!(words(&shown(&server, "/admin/history").await).contains("50 nights"));
    postgres.stop().await;
    // An address that nobody has asked for: a page is kept for half a second.
    for (path, title) in
        [("/admin/history?q=night", "History"), ("/admin/symbols/AAPL", "AAPL"), ("/admin/events", "Events")]
    {
        let (status, html) = page(&server, path).await;
        let sentence =
            format!("{title} The log cannot be read at the moment: the database is not reachable.");
        assert_eq!((status, words(&html)), (503, sentence), "{path}");
    }
    // What is live goes on meanwhile.
    assert!(server.request("/admin/daily-processing", &[]).await.0.starts_with("HTTP/1.1 200"));
    postgres.again().await;
    let back = async {
        while page(&server, "/admin/history").await.0 != 200 {
            tokio::task::yield_now().await;
        }
    };
    within("the page is back with the database", back).await;
}

/// Run by hand, in release: `cargo test --release -p server --test archive -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "figures for people: two thousand nights are written first"]
async fn first_pages_of_two_thousand_nights_are_quick() {
    const RUNS: i64 = 2_000;
    const SYMBOLS: i64 = 100;
    let redis = Redis::start().await;
    let stage = Stage::at(redis.database_url()).await;
    for first in (0..RUNS).step_by(100) {
        let runs = (first..first + 100).map(|back| {
            let run = told(back + 1, &format!("run-{back}"), last_night() - back, 100);
            (0..SYMBOLS).fold(run, |run, n| run.symbol(&format!("S{n:03}"), Done, 5)).rows()
        });
        let events = (first * 100..(first + 100) * 100).map(|n| {
            event(n + 1, Some("run-0"), b"{\"event\":\"note\",\"payload\":{\"done\":1,\"total\":505}}")
        });
        stage.write(Batch { runs: runs.collect(), events: events.collect(), ..Batch::default() }).await;
    }
    stage.leave().await;
    let server = Server::start(&redis).await;
    for path in [
        "/admin/history",
        "/admin/history?verdict=failed",
        "/admin/events",
        "/admin/events?q=nothing",
        "/admin/trends",
        "/admin/symbols/S001",
    ] {
        let mut took: Vec<Duration> = Vec::new();
        for turn in 0..100 {
            let began = Instant::now();
            // Each its own address, so that none is handed out twice.
            let and = if path.contains('?') { '&' } else { '?' };
            page(&server, &format!("{path}{and}turn={turn}")).await;
            took.push(began.elapsed());
        }
        took.sort_unstable();
        println!("{path}: median {:?}, p95 {:?}", took[50], took[95]);
    }
}
