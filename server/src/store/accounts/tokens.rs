//! Programs: what they hold, as a hash, and what it is good for.

use super::super::read::Statement;
use super::super::{Store, StoreError};
use super::audit::Entry;
use domain::permission::Scope;
use domain::time::Millis;
use sqlx::Row;
use sqlx::any::AnyRow;

/// Tokens that may be valid at a time.
pub const MOST: i64 = 500;
/// Asked for in one statement.
const TOGETHER: usize = 200;

/// A program's right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Never changes; no secret.
    pub id: String,
    /// What it is for, as people call it.
    pub name: String,
    /// What it may. `None`: a word that this version does not know; it may nothing.
    pub scope: Option<Scope>,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub created: Millis,
    /// It ends then.
    pub until: Millis,
    /// When it was revoked, if it was.
    pub revoked: Option<Millis>,
    /// When it was used last; exact to a minute.
    pub used: Option<Millis>,
}

const COLUMNS: &str = "id, name, scope, made_by, created, until, revoked, used";

fn token(row: &AnyRow) -> Token {
    Token {
        id: row.get(0),
        name: row.get(1),
        scope: Scope::of(row.get(2)),
        made_by: row.get(3),
        created: row.get(4),
        until: row.get(5),
        revoked: row.get(6),
        used: row.get(7),
    }
}

impl Store {
    /// All of them, the newest first; of those that are over the last few.
    ///
    /// # Errors
    /// What the database says.
    pub async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        let statement = format!("SELECT {COLUMNS} FROM tokens ORDER BY created DESC, id LIMIT {}", 2 * MOST);
        let rows = sqlx::query(&statement).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(token).collect())
    }

    /// The one whose secret has this hash.
    ///
    /// # Errors
    /// What the database says.
    pub async fn token_hashed(&self, hash: &str) -> Result<Option<Token>, StoreError> {
        let statement = format!("SELECT {COLUMNS} FROM tokens WHERE hash = $1");
        Ok(sqlx::query(&statement).bind(hash).fetch_optional(&self.readers).await?.map(|row| token(&row)))
    }

    /// Those of these ids that there are, also ones that are over.
    ///
    /// # Errors
    /// What the database says.
    pub async fn tokens_of(&self, ids: &[String]) -> Result<Vec<Token>, StoreError> {
        let mut found = Vec::new();
        for some in ids.chunks(TOGETHER) {
            let mut statement = Statement::new(&format!("SELECT {COLUMNS} FROM tokens WHERE id IN ("));
            for (number, id) in some.iter().enumerate() {
                statement.sql(if number == 0 { "" } else { ", " }).text(id);
            }
            statement.sql(")");
            found.extend(statement.rows(&self.readers).await?.iter().map(token));
        }
        Ok(found)
    }

    /// Writes one down. `false`: there are too many.
    ///
    /// # Errors
    /// What the database says.
    pub async fn add_token(&self, token: &Token, hash: &str, entry: &Entry) -> Result<bool, StoreError> {
        let statement = format!(
            "INSERT INTO tokens (id, name, hash, scope, made_by, created, until) SELECT $1, $2, $3, $4, $5, $6, $7 \
             WHERE (SELECT COUNT(*) FROM tokens WHERE revoked IS NULL AND until > $6) < {MOST}"
        );
        let insert = sqlx::query(&statement)
            .bind(&token.id)
            .bind(&token.name)
            .bind(hash)
            .bind(token.scope.map(Scope::word).unwrap_or_default())
            .bind(&token.made_by)
            .bind(token.created)
            .bind(token.until);
        self.audited(vec![insert], entry).await
    }

    /// Ends one. `false`: there is none that goes on.
    ///
    /// # Errors
    /// What the database says.
    pub async fn revoke_token(&self, id: &str, now: Millis, entry: &Entry) -> Result<bool, StoreError> {
        let revoke = sqlx::query("UPDATE tokens SET revoked = $1 WHERE id = $2 AND revoked IS NULL");
        self.audited(vec![revoke.bind(now).bind(id)], entry).await
    }

    /// One was used.
    ///
    /// # Errors
    /// What the database says.
    pub async fn touch_token(&self, id: &str, now: Millis) -> Result<(), StoreError> {
        sqlx::query("UPDATE tokens SET used = $1 WHERE id = $2")
            .bind(now)
            .bind(id)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}
