//! The store: everything that was heard and what became of it, in SQLite or PostgreSQL, by one set of migrations and queries.
//!
//! [`mod@write`] is the journal's and nobody else's; [`read`] is for pages and the API. Statements are checked at run time on both
//! engines by one suite (`server/tests/store.rs`). Placeholders are numbered by hand, because the library's builder writes `?`.
//!
//! Invariant: a batch is written whole or not at all, and only by the holder of the lease.

pub mod accounts;
pub mod commands;
mod dialect;
mod error;
pub mod insert;
pub mod keyframes;
pub mod lease;
pub mod read;
pub mod retention;
pub mod rows;
pub mod schedule;
pub mod settings;
pub mod write;

pub use dialect::Dialect;
pub use error::StoreError;

use crate::error::StartError;
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyPool};
use std::path::Path;
use std::time::Duration;

/// Who waits longer than this for a connection is told that there is none.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait for a database at start.
const START_PATIENCE: Duration = Duration::from_secs(30);
/// Connections for reading.
const READERS: u32 = 4;
/// KiB of the file that the writer remembers, and each reader. What readers need again the system has anyway; what they remember
/// themselves would grow with the history, up to this.
const WRITER_KIB: u32 = 16_000;
const READER_KIB: u32 = 2_000;

/// The database.
#[derive(Clone, Debug)]
pub struct Store {
    dialect: Dialect,
    /// One connection: the journal's.
    writer: AnyPool,
    readers: AnyPool,
}

impl Store {
    /// Connects, waiting a little for a database that starts at the same time, and brings its tables up to date.
    ///
    /// # Errors
    /// When the address cannot be read, nobody answers, or the tables are of a newer version.
    pub async fn open(url: &str) -> Result<Self, StartError> {
        sqlx::any::install_default_drivers();
        let dialect = Dialect::of(url).ok_or(StartError::DatabaseUrl)?;
        if let Some(folder) = dialect.folder(url) {
            std::fs::create_dir_all(folder).map_err(|cause| StartError::DatabaseFolder { cause })?;
        }
        if let Some(file) = dialect.file(url) {
            // Nobody else on this machine reads hashes of passwords. (What stands beside it gets the same rights.)
            make_private(&file).map_err(|cause| StartError::DatabaseFolder { cause })?;
        }
        let writer = pool(dialect, url, 1, WRITER_KIB).map_err(|_| StartError::DatabaseUrl)?;
        let readers = pool(dialect, url, READERS, READER_KIB).map_err(|_| StartError::DatabaseUrl)?;
        let began = std::time::Instant::now();
        while let Err(cause) = writer.acquire().await {
            let gone = dialect == Dialect::Sqlite || began.elapsed() > START_PATIENCE;
            if gone {
                return Err(StartError::Database { cause });
            }
            tracing::warn!(%cause, "the database does not answer yet");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        migrator(dialect).run(&writer).await.map_err(|cause| StartError::Migration { cause })?;
        Ok(Self { dialect, writer, readers })
    }

    /// Which database, for people.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        match self.dialect {
            Dialect::Sqlite => "SQLite",
            Dialect::Postgres => "PostgreSQL",
        }
    }

    /// Lets go of its connections.
    pub async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }
}

/// Makes the file, if it is not there, for its owner alone.
fn make_private(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    match options.write(true).create_new(true).mode(0o600).open(file) {
        Err(cause) if cause.kind() != std::io::ErrorKind::AlreadyExists => Err(cause),
        _ => Ok(()),
    }
}

/// A connection on which something failed is not used again: a database that rolled back by itself and a library that does not
/// know it disagree about which transaction is open, and what is then written is never committed.
fn spared<T>(mut connection: PoolConnection<Any>, outcome: &Result<T, StoreError>) {
    if outcome.is_err() {
        connection.close_on_drop();
    }
}

/// The tables, step by step. A step that was released is never changed; the third is the dialect's.
const MIGRATIONS: [(i64, &str, &str); 4] = [
    (1, "journal", include_str!("../../migrations/0001_journal.sql")),
    (2, "accounts", include_str!("../../migrations/0002_accounts.sql")),
    (4, "commands", include_str!("../../migrations/0004_commands.sql")),
    (5, "schedule", include_str!("../../migrations/0005_schedule.sql")),
];

fn migrator(dialect: Dialect) -> Migrator {
    let migration = |(version, name, sql): &(i64, &'static str, &'static str)| {
        Migration::new(*version, (*name).into(), MigrationType::Simple, (*sql).into(), false)
    };
    let append_only = (3, "append only", dialect.append_only());
    let mut migrations: Vec<Migration> = MIGRATIONS.iter().chain([&append_only]).map(migration).collect();
    migrations.sort_by_key(|migration| migration.version);
    Migrator { migrations: migrations.into(), ..Migrator::DEFAULT }
}

fn pool(dialect: Dialect, url: &str, size: u32, kib: u32) -> Result<AnyPool, sqlx::Error> {
    let options = AnyPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(PATIENCE)
        .after_connect(move |connection, _| Box::pin(dialect.prepare(connection, kib)));
    Ok(options.connect_lazy_with(dialect.options(url)?))
}
