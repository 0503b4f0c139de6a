//! Browsers that are signed in.

use super::super::read::Statement;
use super::super::{Store, StoreError};
use super::audit::Entry;
use super::users::{self, User};
use domain::time::{DAY, Millis};
use sqlx::Row;
use sqlx::any::AnyRow;

/// Sign-ins that one person may have at a time; a further one ends the oldest.
pub const MOST: i64 = 50;
/// How long after its end one is remembered, so that a page that comes back can be told why.
const REMEMBERED: Millis = 7 * DAY;
/// Asked for in one statement.
const TOGETHER: usize = 200;

/// A browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// A hash of what the browser holds.
    pub id: String,
    /// Who.
    pub user: User,
    /// Since when.
    pub created: Millis,
    /// When it asked for something last; exact to a minute.
    pub seen: Millis,
    /// It ends after so long without a request; 0: never.
    pub idle: Millis,
    /// It ends then in any case.
    pub until: Millis,
    /// From which address it was made.
    pub address: String,
    /// What the browser says of itself.
    pub agent: String,
    /// Why it ended, if it did.
    pub ended: Option<String>,
}

fn select() -> String {
    format!(
        "SELECT {}, sign_ins.id, sign_ins.created, sign_ins.seen, sign_ins.idle, sign_ins.until, sign_ins.address, \
         sign_ins.agent, sign_ins.ended FROM sign_ins JOIN users ON users.id = sign_ins.user_id WHERE ",
        users::columns()
    )
}

fn sign_in(row: &AnyRow) -> SignIn {
    SignIn {
        user: users::user(row, 0),
        id: row.get(6),
        created: row.get(7),
        seen: row.get(8),
        idle: row.get(9),
        until: row.get(10),
        address: row.get(11),
        agent: row.get(12),
        ended: row.get(13),
    }
}

impl Store {
    /// Those of these ids that there are, also ended ones.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sign_ins(&self, ids: &[String]) -> Result<Vec<SignIn>, StoreError> {
        let mut found = Vec::new();
        for some in ids.chunks(TOGETHER) {
            let mut statement = Statement::new(&select());
            statement.sql("sign_ins.id IN (");
            for (number, id) in some.iter().enumerate() {
                statement.sql(if number == 0 { "" } else { ", " }).text(id);
            }
            statement.sql(")");
            found.extend(statement.rows(&self.readers).await?.iter().map(sign_in));
        }
        Ok(found)
    }

    /// Those of one person that go on, the newest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sign_ins_of(&self, user: &str, now: Millis) -> Result<Vec<SignIn>, StoreError> {
        let mut statement = Statement::new(&select());
        statement.sql("user_id = ").text(user).sql(" AND ended IS NULL AND until > ").whole(now);
        statement.sql(" AND (idle = 0 OR seen + idle > ").whole(now).sql(")");
        statement.sql(&format!(" ORDER BY sign_ins.created DESC LIMIT {MOST}"));
        Ok(statement.rows(&self.readers).await?.iter().map(sign_in).collect())
    }

    /// Writes one down, ends what is too many, and forgets what is long over.
    ///
    /// # Errors
    /// What the database says.
    pub async fn open_sign_in(&self, sign_in: &SignIn, entry: &Entry) -> Result<(), StoreError> {
        let insert = sqlx::query(
            "INSERT INTO sign_ins (id, user_id, created, seen, idle, until, address, agent) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&sign_in.id)
        .bind(&sign_in.user.id)
        .bind(sign_in.created)
        .bind(sign_in.seen)
        .bind(sign_in.idle)
        .bind(sign_in.until)
        .bind(&sign_in.address)
        .bind(&sign_in.agent);
        let surplus = format!(
            "UPDATE sign_ins SET ended = 'surplus' WHERE user_id = $1 AND ended IS NULL AND id NOT IN \
             (SELECT id FROM (SELECT id FROM sign_ins WHERE user_id = $1 AND ended IS NULL \
              ORDER BY created DESC, id LIMIT {MOST}) AS newest)"
        );
        let surplus = sqlx::query(&surplus).bind(&sign_in.user.id);
        let forget = sqlx::query("DELETE FROM sign_ins WHERE until < $1").bind(sign_in.created - REMEMBERED);
        self.audited(vec![insert, surplus, forget], entry).await.map(|_| ())
    }

    /// Whether an account has signed in from an address lately.
    ///
    /// # Errors
    /// What the database says.
    pub async fn has_signed_in_from(&self, account: &str, address: &str) -> Result<bool, StoreError> {
        let statement = "SELECT 1 FROM sign_ins JOIN users ON users.id = sign_ins.user_id \
             WHERE users.key = $1 AND sign_ins.address = $2 LIMIT 1";
        let found = sqlx::query(statement).bind(account).bind(address).fetch_optional(&self.readers).await?;
        Ok(found.is_some())
    }

    /// One has asked for something.
    ///
    /// # Errors
    /// What the database says.
    pub async fn touch_sign_in(&self, id: &str, now: Millis) -> Result<(), StoreError> {
        let touch =
            sqlx::query("UPDATE sign_ins SET seen = $1 WHERE id = $2 AND seen < $1").bind(now).bind(id);
        touch.execute(&self.writer).await?;
        Ok(())
    }

    /// One is over because its browser has another: that one is in the audit log.
    ///
    /// # Errors
    /// What the database says.
    pub async fn drop_sign_in(&self, id: &str) -> Result<(), StoreError> {
        let end = sqlx::query("UPDATE sign_ins SET ended = 'signed_out' WHERE id = $1 AND ended IS NULL");
        end.bind(id).execute(&self.writer).await?;
        Ok(())
    }

    /// Ends one of a person's. `false`: there is none.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_sign_in(
        &self,
        (id, user): (&str, &str),
        why: &str,
        entry: &Entry,
    ) -> Result<bool, StoreError> {
        let end =
            sqlx::query("UPDATE sign_ins SET ended = $1 WHERE id = $2 AND user_id = $3 AND ended IS NULL");
        self.audited(vec![end.bind(why).bind(id).bind(user)], entry).await
    }

    /// Ends all of a person's but perhaps one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn end_sign_ins(
        &self,
        user: &str,
        but: Option<&str>,
        why: &str,
        entry: &Entry,
    ) -> Result<bool, StoreError> {
        let end =
            sqlx::query("UPDATE sign_ins SET ended = $1 WHERE user_id = $2 AND id <> $3 AND ended IS NULL");
        self.audited(vec![end.bind(why).bind(user).bind(but.unwrap_or_default())], entry).await
    }
}
