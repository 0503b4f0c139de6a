//! What people change while the server runs, each under its name.
//!
//! Invariant: no change without its line in the audit log.

use super::accounts::audit::Entry as Line;
use super::read::Statement;
use super::{Store, StoreError};
use domain::time::Millis;
use sqlx::Row;

/// A thing that people change while the server runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// What it is.
    pub value: String,
    /// Since when.
    pub changed: Millis,
    /// By whom.
    pub who: String,
}

impl Store {
    /// A setting; `None`: nobody has changed it yet.
    ///
    /// # Errors
    /// What the database says.
    pub async fn setting(&self, name: &str) -> Result<Option<Setting>, StoreError> {
        let mut statement = Statement::new("SELECT value, changed, who FROM settings WHERE name = ");
        statement.text(name);
        let rows = statement.rows(&self.readers).await?;
        Ok(rows.first().map(|row| Setting { value: row.get(0), changed: row.get(1), who: row.get(2) }))
    }

    /// Changes a setting.
    ///
    /// # Errors
    /// What the database says.
    pub async fn set_setting(&self, name: &str, setting: &Setting, line: &Line) -> Result<(), StoreError> {
        let put = sqlx::query(
            "INSERT INTO settings (name, value, changed, who) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (name) DO UPDATE SET value = $2, changed = $3, who = $4",
        )
        .bind(name)
        .bind(&setting.value)
        .bind(setting.changed)
        .bind(&setting.who);
        self.audited(vec![put], line).await.map(|_| ())
    }
}
