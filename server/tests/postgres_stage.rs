//! The private PostgreSQL of these tests: it is one, it is this test's alone, and what was committed is still there after a stop and
//! after a crash. Reached as the server reaches its database, through `sqlx::any`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use sqlx::any::install_default_drivers;
use sqlx::{AnyConnection, Connection, Row};
use support::postgres::Postgres;
use support::within;

async fn connect(postgres: &Postgres) -> AnyConnection {
    install_default_drivers();
    within("a connection to PostgreSQL", AnyConnection::connect(&postgres.url())).await.unwrap()
}

async fn nights(postgres: &Postgres) -> Vec<String> {
    let mut connection = connect(postgres).await;
    let rows = sqlx::query("SELECT id FROM night ORDER BY id").fetch_all(&mut connection).await.unwrap();
    rows.into_iter().map(|row| row.get("id")).collect()
}

async fn add(connection: &mut AnyConnection, night: &str) {
    let insert = sqlx::query("INSERT INTO night (id) VALUES ($1)").bind(night);
    assert_eq!(insert.execute(connection).await.unwrap().rows_affected(), 1);
}

#[tokio::test]
async fn what_was_committed_outlives_a_stop_and_a_crash() {
    let mut postgres = Postgres::start().await;
    let mut connection = connect(&postgres).await;
    let one: i32 = sqlx::query("SELECT 1").fetch_one(&mut connection).await.unwrap().get(0);
    assert_eq!(one, 1);
    sqlx::query("CREATE TABLE night (id TEXT PRIMARY KEY)").execute(&mut connection).await.unwrap();
    add(&mut connection, "first").await;

    postgres.stop().await;
    assert!(AnyConnection::connect(&postgres.url()).await.is_err(), "it is stopped");
    postgres.again().await;
    assert_eq!(nights(&postgres).await, ["first"]);

    let mut connection = connect(&postgres).await;
    add(&mut connection, "second").await;
    let mut open = connection.begin().await.unwrap();
    add(&mut open, "never committed").await;
    postgres.kill().await;
    assert!(AnyConnection::connect(&postgres.url()).await.is_err(), "it is gone");
    postgres.again().await;
    assert_eq!(nights(&postgres).await, ["first", "second"]);
}

#[tokio::test]
async fn each_test_has_its_own() {
    let (one, other) = tokio::join!(Postgres::start(), Postgres::start());
    assert_ne!(one.url(), other.url());
    let mut connection = connect(&one).await;
    sqlx::query("CREATE TABLE night (id TEXT PRIMARY KEY)").execute(&mut connection).await.unwrap();
    assert_eq!(nights(&one).await, Vec::<String>::new());
    let mut connection = connect(&other).await;
    assert!(sqlx::query("SELECT id FROM night").fetch_all(&mut connection).await.is_err(), "no such table");
}
