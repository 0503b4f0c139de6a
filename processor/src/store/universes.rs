//! Universes and the symbols in them.

use super::{Store, StoreError, spared};
use crate::bar::Day;
use crate::listed::{Kind, Listed};
use domain::time::Millis;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Connection, Row};
use std::collections::BTreeSet;

/// What a sync changed, A to Z.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Who came.
    pub added: Vec<String>,
    /// Who went.
    pub removed: Vec<String>,
}

const LISTED: &str = "s.symbol, s.is_generated, s.name, s.kind, s.market_cap, s.sector, s.listed, s.delisted";

impl Store {
    /// Replaces a universe's members, all or none, and says what changed. What is known of the symbols is renewed.
    ///
    /// # Errors
    /// When the database does not do it; then nothing has changed.
    pub async fn put_universe(
        &self,
        name: &str,
        members: &[Listed],
        at: Millis,
    ) -> Result<Changes, StoreError> {
        let mut connection = self.writing().await?;
        let outcome = put(&mut connection, name, members, at).await;
        spared(connection, outcome)
    }

    /// A universe's members, A to Z; none: there is no such universe, or nobody in it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn universe(&self, name: &str) -> Result<Vec<Listed>, StoreError> {
        let text = format!(
            "SELECT {LISTED} FROM members m JOIN symbols s ON s.symbol = m.symbol WHERE m.universe = $1 ORDER BY s.symbol"
        );
        let rows = sqlx::query(&text).bind(name).fetch_all(&self.readers).await?;
        rows.iter().map(read).collect()
    }

    /// The universes there are, A to Z: name, members, when it was synced.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn universes(&self) -> Result<Vec<(String, i64, Millis)>, StoreError> {
        let text = "SELECT u.name, (SELECT COUNT(*) FROM members m WHERE m.universe = u.name), u.synced_at FROM universes u ORDER BY u.name";
        let rows = sqlx::query(text).fetch_all(&self.readers).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
    }

    /// What is known of a symbol.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn listed(&self, symbol: &str) -> Result<Option<Listed>, StoreError> {
        let text = format!("SELECT {LISTED} FROM symbols s WHERE s.symbol = $1");
        let row = sqlx::query(&text).bind(symbol).fetch_optional(&self.readers).await?;
        row.as_ref().map(read).transpose()
    }

    /// Every symbol that is known, A to Z.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn symbols(&self) -> Result<Vec<Listed>, StoreError> {
        let text = format!("SELECT {LISTED} FROM symbols s ORDER BY s.symbol");
        let rows = sqlx::query(&text).fetch_all(&self.readers).await?;
        rows.iter().map(read).collect()
    }

    /// Renews what is known of symbols, all or none; universes stay as they are.
    ///
    /// # Errors
    /// When the database does not do it; then nothing has changed.
    pub async fn put_symbols(&self, symbols: &[Listed]) -> Result<(), StoreError> {
        let mut connection = self.writing().await?;
        let write = async {
            let mut transaction = connection.begin().await?;
            put_symbols(&mut transaction, symbols).await?;
            transaction.commit().await?;
            Ok(())
        };
        let outcome = write.await;
        spared(connection, outcome)
    }
}

async fn put(
    connection: &mut AnyConnection,
    name: &str,
    members: &[Listed],
    at: Millis,
) -> Result<Changes, StoreError> {
    let mut transaction = connection.begin().await?;
    put_symbols(&mut transaction, members).await?;
    let text = "SELECT symbol FROM members WHERE universe = $1";
    let rows = sqlx::query(text).bind(name).fetch_all(&mut *transaction).await?;
    let before: BTreeSet<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    let after: BTreeSet<String> = members.iter().map(|listed| listed.symbol.clone()).collect();
    let changes = Changes {
        added: after.difference(&before).cloned().collect(),
        removed: before.difference(&after).cloned().collect(),
    };
    let text = "INSERT INTO universes (name, synced_at) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET synced_at = excluded.synced_at";
    sqlx::query(text).bind(name).bind(at).execute(&mut *transaction).await?;
    for symbol in &changes.removed {
        let query = sqlx::query("DELETE FROM members WHERE universe = $1 AND symbol = $2");
        query.bind(name).bind(symbol.as_str()).execute(&mut *transaction).await?;
    }
    for symbol in &changes.added {
        let query = sqlx::query("INSERT INTO members (universe, symbol) VALUES ($1, $2)");
        query.bind(name).bind(symbol.as_str()).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(changes)
}

async fn put_symbols(connection: &mut AnyConnection, symbols: &[Listed]) -> Result<(), StoreError> {
    let text = "INSERT INTO symbols (symbol, is_generated, name, kind, market_cap, sector, listed, delisted) \
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (symbol) DO UPDATE SET is_generated = excluded.is_generated, \
                name = excluded.name, kind = excluded.kind, market_cap = excluded.market_cap, sector = excluded.sector, \
                listed = excluded.listed, delisted = excluded.delisted";
    for one in symbols {
        let query = sqlx::query(text).bind(one.symbol.as_str()).bind(i64::from(one.generated));
        let query = query.bind(one.name.as_deref()).bind(one.kind.key()).bind(one.market_cap);
        let query = query
            .bind(one.sector.as_deref())
            .bind(one.listed.map(i64::from))
            .bind(one.delisted.map(i64::from));
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

fn read(row: &AnyRow) -> Result<Listed, StoreError> {
    let day = |day: Option<i64>| day.and_then(|day| Day::try_from(day).ok());
    let kind: String = row.try_get(3)?;
    Ok(Listed {
        symbol: row.try_get(0)?,
        generated: row.try_get::<i64, _>(1)? != 0,
        name: row.try_get(2)?,
        kind: Kind::of(&kind),
        market_cap: row.try_get(4)?,
        sector: row.try_get(5)?,
        listed: day(row.try_get(6)?),
        delisted: day(row.try_get(7)?),
    })
}
