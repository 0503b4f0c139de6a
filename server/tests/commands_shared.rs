//! Two servers on one PostgreSQL: what is asked of one is seen on the other, and one starts at a time on both.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use serde_json::{Value, json};
use support::postgres::Postgres;
use support::producer::{Producer, STILL, asks, became};
use support::{Redis, Server};

#[tokio::test]
async fn what_is_asked_of_one_server_is_seen_on_the_other_and_counts_there() {
    let (redis, postgres) = (Redis::start().await, Postgres::start().await);
    let producer = Producer::start(&redis, &STILL).await;
    let (database, api) = (postgres.url(), producer.url());
    let arguments = ["--database-url", database.as_str(), "--processor-url", api.as_str()];
    let one = Server::start_on(&redis, 0, &arguments).await;
    let two = Server::start_on(&redis, 0, &arguments).await;
    let operator = one.token("operator", "operate").await;
    let trigger = "/api/processing/daily/trigger";
    let (status, told) = asks(&one, &operator, trigger, &Value::Null, None).await;
    assert_eq!(status, 200, "{told}");
    let command = told["command"].as_str().unwrap();
    let seen = became(&two, command, "started").await;
    assert_eq!((&seen["who"], &seen["run"]), (&json!("token operator"), &told["run_id"]), "{seen}");
    let (status, refused) = asks(&two, &operator, trigger, &Value::Null, None).await;
    assert_eq!(status, 409, "{refused}");
    became(&one, refused["command"].as_str().unwrap(), "refused").await;
    // A cancel is asked of the other one, and both say so.
    let (status, told) = asks(&two, &operator, "/api/processing/daily/cancel", &Value::Null, None).await;
    assert_eq!(status, 200, "{told}");
    let cancel = told["command"].as_str().unwrap();
    for server in [&one, &two] {
        became(server, cancel, "done").await;
    }
}
