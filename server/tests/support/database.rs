//! A database of a test, looked at from outside.

use super::PATIENCE;
use sqlx::{AnyPool, Row};

/// A database, looked at from outside.
pub async fn database(url: &str) -> AnyPool {
    sqlx::any::install_default_drivers();
    AnyPool::connect(url).await.unwrap()
}

/// One number.
pub async fn number(database: &AnyPool, question: &str) -> i64 {
    sqlx::query(question).fetch_one(database).await.unwrap().get(0)
}

/// Waits until a question has this answer.
pub async fn until_number(database: &AnyPool, question: &str, wanted: i64) {
    let mut last = -1;
    let asked = async {
        loop {
            last = number(database, question).await;
            if last == wanted {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    let found = tokio::time::timeout(PATIENCE, asked).await;
    assert!(found.is_ok(), "{question}: {last}, not {wanted}");
}
