//! What could not be said yet, in the order in which it was to be said; bounded, the oldest go first.

use super::{Store, StoreError, spared};
use sqlx::{AnyConnection, Connection, Row};

/// Most messages that are kept: two nights of 10,000 symbols without their values.
pub const KEPT: i64 = 100_000;

/// A message that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its place; later ones have higher ones.
    pub n: i64,
    /// Where it is to be published.
    pub channel: String,
    /// What.
    pub message: Vec<u8>,
}

impl Store {
    /// Keeps messages, all or none. Returns how many of the oldest had to go for them.
    ///
    /// # Errors
    /// When the database does not do it; then nothing has changed.
    pub async fn keep(&self, messages: &[(&str, &[u8])]) -> Result<u64, StoreError> {
        self.keep_within(messages, KEPT).await
    }

    /// Keeps messages, and no more than so many in all.
    ///
    /// # Errors
    /// When the database does not do it; then nothing has changed.
    pub async fn keep_within(&self, messages: &[(&str, &[u8])], most: i64) -> Result<u64, StoreError> {
        let mut connection = self.writing().await?;
        let outcome = keep(&mut connection, messages, most).await;
        spared(connection, outcome)
    }

    /// The oldest that wait.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn kept(&self, limit: u32) -> Result<Vec<Kept>, StoreError> {
        let text = "SELECT n, channel, message FROM outbox ORDER BY n LIMIT $1";
        let rows = sqlx::query(text).bind(i64::from(limit)).fetch_all(&self.readers).await?;
        rows.iter()
            .map(|row| Ok(Kept { n: row.try_get(0)?, channel: row.try_get(1)?, message: row.try_get(2)? }))
            .collect()
    }

    /// What was sent waits no longer: all up to that place.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn sent(&self, up_to: i64) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM outbox WHERE n <= $1").bind(up_to).execute(&self.writer).await?;
        Ok(())
    }
}

async fn keep(
    connection: &mut AnyConnection,
    messages: &[(&str, &[u8])],
    most: i64,
) -> Result<u64, StoreError> {
    let mut transaction = connection.begin().await?;
    for (channel, message) in messages {
        let query = sqlx::query("INSERT INTO outbox (channel, message) VALUES ($1, $2)");
        query.bind(*channel).bind(*message).execute(&mut *transaction).await?;
    }
    let text = "DELETE FROM outbox WHERE n <= (SELECT n FROM outbox ORDER BY n DESC LIMIT 1 OFFSET $1)";
    let gone = sqlx::query(text).bind(most).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(gone.rows_affected())
}
