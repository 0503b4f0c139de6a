//! What was set and is to survive a restart.

use super::{Store, StoreError};
use sqlx::Row;

impl Store {
    /// What was set under a name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("SELECT value FROM settings WHERE name = $1").bind(name);
        let row = row.fetch_optional(&self.readers).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// Sets it.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn set(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let text = "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        sqlx::query(text).bind(name).bind(value).execute(&self.writer).await?;
        Ok(())
    }
}
