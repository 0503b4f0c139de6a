//! What must differ between SQLite and PostgreSQL, and nothing else.

use super::StoreError;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, Executor};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// Who waits longer than this for a connection is told that there is none.
const PATIENCE: Duration = Duration::from_secs(5);

/// Which engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

impl Dialect {
    /// The engine that an address names.
    pub fn of(url: &str) -> Result<Self, StoreError> {
        match url.split(':').next().unwrap_or_default() {
            "sqlite" => Ok(Self::Sqlite),
            "postgres" | "postgresql" => Ok(Self::Postgres),
            // It may hold a password: only its beginning is repeated.
            other => Err(StoreError::Address(other.chars().take(20).collect())),
        }
    }

    /// The file; `None`: there is none.
    pub fn file(self, url: &str) -> Option<PathBuf> {
        let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"))?;
        let (path, options) = path.split_once('?').unwrap_or((path, ""));
        (path != ":memory:" && !options.contains("mode=memory")).then(|| PathBuf::from(path))
    }

    /// The folder that must exist before the file can be made.
    pub fn folder(self, url: &str) -> Option<PathBuf> {
        let file = self.file(url)?;
        file.parent().filter(|folder| !folder.as_os_str().is_empty()).map(Path::to_path_buf)
    }

    /// Connections, made when they are needed. A file that is not there is made.
    pub fn pool(self, url: &str, size: u32) -> Result<AnyPool, StoreError> {
        let made = match self {
            Self::Sqlite if !url.contains('?') => format!("{url}?mode=rwc"),
            _ => url.to_owned(),
        };
        let options = AnyConnectOptions::from_str(&made).map_err(StoreError::Refused)?;
        let pool = AnyPoolOptions::new().max_connections(size).acquire_timeout(PATIENCE);
        Ok(pool
            .after_connect(move |connection, _| Box::pin(self.prepare(connection)))
            .connect_lazy_with(options))
    }

    /// Once for each connection. Readers never wait for the writer; a commit survives the process, though not always the power: what
    /// is lost then is imported and computed again.
    async fn prepare(self, connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
        let settings = match self {
            Self::Sqlite => {
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000; \
                 PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY"
            }
            Self::Postgres => {
                "SET statement_timeout = '60s'; SET lock_timeout = '5s'; SET synchronous_commit = off"
            }
        };
        connection.execute(settings).await.map(|_| ())
    }

    /// The type of bytes.
    fn bytes(self) -> &'static str {
        match self {
            Self::Sqlite => "BLOB",
            Self::Postgres => "BYTEA",
        }
    }

    /// The type of a number that is given by the database, one higher each time.
    fn counter(self) -> &'static str {
        match self {
            Self::Sqlite => "INTEGER PRIMARY KEY AUTOINCREMENT",
            Self::Postgres => "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        }
    }

    /// The type of a number with a fraction.
    fn double(self) -> &'static str {
        match self {
            Self::Sqlite => "REAL",
            Self::Postgres => "DOUBLE PRECISION",
        }
    }

    /// The tables.
    pub fn tables(self) -> String {
        include_str!("tables.sql")
            .replace("{bytes}", self.bytes())
            .replace("{counter}", self.counter())
            .replace("{double}", self.double())
    }
}
