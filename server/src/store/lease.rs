//! Who writes: one server at a time, by a row that its holder renews and every transaction checks.
//!
//! The database's clock is everybody's, so that two servers whose clocks differ agree on whose turn it is. A holder that was
//! paused for longer than its lease finds its token gone, and writes nothing.

use super::{Store, StoreError, spared};
use domain::time::Millis;
use sqlx::{AnyConnection, Connection, Row};

/// A lease ends so long after it was renewed last.
pub const LEASE: Millis = 6_000;
/// How often its holder renews it, and others ask for it.
pub const RENEWAL: Millis = 2_000;

const NAME: &str = "journal";

/// The right to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    holder: String,
    token: i64,
}

impl Store {
    /// Takes the lease, if nobody holds it. Returns it with the moment up to which somebody held it before.
    ///
    /// # Errors
    /// What the database says.
    pub async fn take_lease(&self, holder: &str) -> Result<Option<(Lease, Option<Millis>)>, StoreError> {
        let mut connection = self.writer.acquire().await?;
        let taken = self.take_in(&mut connection, holder).await;
        spared(connection, &taken);
        taken
    }

    async fn take_in(
        &self,
        connection: &mut AnyConnection,
        holder: &str,
    ) -> Result<Option<(Lease, Option<Millis>)>, StoreError> {
        let now = self.dialect.now();
        let mut transaction = connection.begin().await?;
        let before: Option<i64> = sqlx::query("SELECT until FROM lease WHERE name = $1")
            .bind(NAME)
            .fetch_optional(&mut *transaction)
            .await?
            .map(|row| row.get(0));
        let statement = format!(
            "INSERT INTO lease (name, holder, token, until) VALUES ($1, $2, 1, {now} + {LEASE}) \
             ON CONFLICT (name) DO UPDATE SET holder = $2, token = lease.token + 1, until = {now} + {LEASE} \
             WHERE lease.until < {now} OR lease.holder = ''"
        );
        let taken = sqlx::query(&statement).bind(NAME).bind(holder).execute(&mut *transaction).await?;
        if taken.rows_affected() == 0 {
            transaction.rollback().await?;
            return Ok(None);
        }
        let token = sqlx::query("SELECT token FROM lease WHERE name = $1")
            .bind(NAME)
            .fetch_one(&mut *transaction)
            .await?
            .get(0);
        transaction.commit().await?;
        let until = before.map(|until| until - LEASE);
        Ok(Some((Lease { holder: holder.to_owned(), token }, until)))
    }

    /// Renews the lease. `false`: somebody else holds it now.
    ///
    /// # Errors
    /// What the database says.
    pub async fn renew_lease(&self, lease: &Lease) -> Result<bool, StoreError> {
        let mut connection = self.writer.acquire().await?;
        Ok(self.check(&mut connection, lease).await?)
    }

    /// Gives the lease back, so that another need not wait.
    ///
    /// # Errors
    /// What the database says.
    pub async fn release_lease(&self, lease: &Lease) -> Result<(), StoreError> {
        let statement = format!(
            "UPDATE lease SET holder = '', until = {} + {LEASE} WHERE name = $1 AND token = $2",
            self.dialect.now()
        );
        sqlx::query(&statement).bind(NAME).bind(lease.token).execute(&self.writer).await?;
        Ok(())
    }

    /// Checks and renews it within a transaction, which then excludes every other holder until it ends.
    pub(super) async fn check(
        &self,
        connection: &mut AnyConnection,
        lease: &Lease,
    ) -> Result<bool, sqlx::Error> {
        let statement = format!(
            "UPDATE lease SET until = {} + {LEASE} WHERE name = $1 AND holder = $2 AND token = $3",
            self.dialect.now()
        );
        let query = sqlx::query(&statement).bind(NAME).bind(&lease.holder).bind(lease.token);
        Ok(query.execute(connection).await?.rows_affected() == 1)
    }
}
