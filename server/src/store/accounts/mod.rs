//! Who may, and what they did: users, sign-ins, tokens and the audit log.
//!
//! Invariant: what changes any of them and the line in the audit log that says so are one transaction ([`Store::audited`]), and
//! nothing here changes or deletes a line of that log.

pub mod audit;
pub mod sign_ins;
pub mod tokens;
pub mod users;

use super::insert::Bound;
use super::{Store, StoreError, spared};
use audit::Entry;
use sqlx::{AnyConnection, Connection};

impl Store {
    /// Makes changes and writes down that they were made. `false`: the first of them met nothing, and nothing was done.
    pub(super) async fn audited(&self, changes: Vec<Bound<'_>>, entry: &Entry) -> Result<bool, StoreError> {
        let mut connection = self.writer.acquire().await?;
        let done = audited_in(&mut connection, changes, entry).await;
        spared(connection, &done);
        done
    }
}

async fn audited_in(
    connection: &mut AnyConnection,
    changes: Vec<Bound<'_>>,
    entry: &Entry,
) -> Result<bool, StoreError> {
    let mut transaction = connection.begin().await?;
    for (number, change) in changes.into_iter().enumerate() {
        let met = change.execute(&mut *transaction).await?.rows_affected();
        if number == 0 && met == 0 {
            transaction.rollback().await?;
            return Ok(false);
        }
    }
    audit::insert(&mut transaction, entry).await?;
    transaction.commit().await?;
    Ok(true)
}
