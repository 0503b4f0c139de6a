//! People: who they are, what they may, and the hash of what they know.

use super::super::{Store, StoreError};
use super::audit::Entry;
use domain::permission::Role;
use domain::time::Millis;
use sqlx::Row;
use sqlx::any::AnyRow;

/// Users that there may be.
pub const MOST: i64 = 1_000;

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Never changes.
    pub id: String,
    /// As it is shown.
    pub name: String,
    /// What they may.
    pub role: Role,
    /// They must choose a password before anything else.
    pub must_change: bool,
    /// They may not sign in.
    pub disabled: bool,
    /// Since when.
    pub created: Millis,
}

/// A name as it is compared.
#[must_use]
pub fn key(name: &str) -> String {
    name.trim().to_lowercase()
}

const COLUMNS: &str = "users.id, users.name, users.role, users.must_change, users.disabled, users.created";

/// The user in a row whose columns from `first` on are [`COLUMNS`].
pub(super) fn user(row: &AnyRow, first: usize) -> User {
    let flag = |at: usize| row.get::<i64, _>(first + at) != 0;
    User {
        id: row.get(first),
        name: row.get(first + 1),
        // A word that this version does not know may the least.
        role: Role::of(row.get::<&str, _>(first + 2)).unwrap_or(Role::Viewer),
        must_change: flag(3),
        disabled: flag(4),
        created: row.get(first + 5),
    }
}

/// The columns of a user, for a join.
pub(super) const fn columns() -> &'static str {
    COLUMNS
}

impl Store {
    /// Whether there is anybody.
    ///
    /// # Errors
    /// What the database says.
    pub async fn has_users(&self) -> Result<bool, StoreError> {
        Ok(sqlx::query("SELECT 1 FROM users LIMIT 1").fetch_optional(&self.readers).await?.is_some())
    }

    /// Everybody, by name.
    ///
    /// # Errors
    /// What the database says.
    pub async fn users(&self) -> Result<Vec<User>, StoreError> {
        let statement = format!("SELECT {COLUMNS} FROM users ORDER BY key LIMIT {MOST}");
        let rows = sqlx::query(&statement).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(|row| user(row, 0)).collect())
    }

    /// The user of that name, with the hash of the password.
    ///
    /// # Errors
    /// What the database says.
    pub async fn user_named(&self, name: &str) -> Result<Option<(User, String)>, StoreError> {
        let statement = format!("SELECT {COLUMNS}, users.password FROM users WHERE key = $1");
        let row = sqlx::query(&statement).bind(key(name)).fetch_optional(&self.readers).await?;
        Ok(row.map(|row| (user(&row, 0), row.get(6))))
    }

    /// Adds one. `false`: the name is taken, or there are too many.
    ///
    /// # Errors
    /// What the database says.
    pub async fn add_user(&self, user: &User, password: &str, entry: &Entry) -> Result<bool, StoreError> {
        let statement = format!(
            "INSERT INTO users (id, name, key, role, password, must_change, disabled, created) \
             SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE (SELECT COUNT(*) FROM users) < {MOST} \
             ON CONFLICT (key) DO NOTHING"
        );
        let insert = sqlx::query(&statement)
            .bind(&user.id)
            .bind(&user.name)
            .bind(key(&user.name))
            .bind(user.role.word())
            .bind(password)
            .bind(i64::from(user.must_change))
            .bind(i64::from(user.disabled))
            .bind(user.created);
        self.audited(vec![insert], entry).await
    }

    /// Changes what one may. `false`: there is nobody, or nobody would be left who administers.
    ///
    /// # Errors
    /// What the database says.
    pub async fn change_user(
        &self,
        id: &str,
        role: Role,
        disabled: bool,
        entry: &Entry,
    ) -> Result<bool, StoreError> {
        let administers = i64::from(role == Role::Admin && !disabled);
        let change = sqlx::query(
            "UPDATE users SET role = $1, disabled = $2 WHERE id = $3 AND ($4 = 1 OR EXISTS \
             (SELECT 1 FROM users AS other WHERE other.id <> $3 AND other.role = 'admin' AND other.disabled = 0))",
        )
        .bind(role.word())
        .bind(i64::from(disabled))
        .bind(id)
        .bind(administers);
        let mut changes = vec![change];
        if disabled {
            // Who is let in again signs in again.
            let end = "UPDATE sign_ins SET ended = 'disabled' WHERE user_id = $1 AND ended IS NULL";
            changes.push(sqlx::query(end).bind(id));
        }
        self.audited(changes, entry).await
    }

    /// Gives a password, and ends all sign-ins but one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn set_password(
        &self,
        id: &str,
        (password, must_change): (&str, bool),
        but: Option<&str>,
        entry: &Entry,
    ) -> Result<bool, StoreError> {
        let change = sqlx::query("UPDATE users SET password = $1, must_change = $2 WHERE id = $3")
            .bind(password)
            .bind(i64::from(must_change))
            .bind(id);
        let end = sqlx::query(
            "UPDATE sign_ins SET ended = 'password' WHERE user_id = $1 AND id <> $2 AND ended IS NULL",
        )
        .bind(id)
        .bind(but.unwrap_or_default());
        self.audited(vec![change, end], entry).await
    }
}
