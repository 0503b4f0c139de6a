//! What must differ between SQLite and PostgreSQL, and nothing else.

use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, Executor};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Which engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

impl Dialect {
    /// The engine that an address names; `None`: another one, or none.
    #[must_use]
    pub fn of(url: &str) -> Option<Self> {
        let scheme = url.split(':').next().unwrap_or_default();
        match scheme {
            "sqlite" => Some(Self::Sqlite),
            "postgres" | "postgresql" => Some(Self::Postgres),
            _ => None,
        }
    }

    /// The engine behind a connection.
    pub(super) fn behind(connection: &AnyConnection) -> Self {
        if connection.backend_name() == "SQLite" { Self::Sqlite } else { Self::Postgres }
    }

    /// The place of a value in a statement that has thousands of them. SQLite takes a numbered one for a name, and each is looked up
    /// among all: twelve thousand of them are seventy million steps.
    pub(super) fn place(self, text: &mut String, number: usize) {
        match self {
            Self::Sqlite => text.push('?'),
            Self::Postgres => {
                // Writing to a String cannot fail.
                let _ = write!(text, "${number}");
            }
        }
    }

    /// How to connect. A file that is not there is made.
    pub(super) fn options(self, url: &str) -> Result<AnyConnectOptions, sqlx::Error> {
        let made = match self {
            Self::Sqlite if !url.contains('?') => format!("{url}?mode=rwc"),
            _ => url.to_owned(),
        };
        AnyConnectOptions::from_str(&made)
    }

    /// The folder that must exist before the file can be made.
    pub(super) fn folder(self, url: &str) -> Option<PathBuf> {
        let file = self.file(url)?;
        file.parent().filter(|folder| !folder.as_os_str().is_empty()).map(Path::to_path_buf)
    }

    /// The file, where it is one.
    pub(super) fn file(self, url: &str) -> Option<PathBuf> {
        let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"))?;
        let path = path.split('?').next().unwrap_or_default();
        (self == Self::Sqlite && !path.is_empty() && path != ":memory:").then(|| PathBuf::from(path))
    }

    /// Once for each connection, which may remember so many KiB of the file. (PostgreSQL remembers by itself.)
    pub(super) async fn prepare(self, connection: &mut AnyConnection, kib: u32) -> Result<(), sqlx::Error> {
        match self {
            // Readers never wait for the writer; a commit survives the process, though not always the power.
            Self::Sqlite => {
                let settings = format!(
                    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000; \
                     PRAGMA cache_size = -{kib}; PRAGMA temp_store = MEMORY"
                );
                connection.execute(&*settings).await.map(|_| ())
            }
            Self::Postgres => {
                let settings =
                    "SET statement_timeout = '20s'; SET lock_timeout = '5s'; SET synchronous_commit = on";
                connection.execute(settings).await.map(|_| ())
            }
        }
    }

    /// The step that makes the audit log one to which lines are only added.
    pub(super) fn append_only(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit \
                 BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END; \
                 CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit \
                 WHEN EXISTS (SELECT 1 FROM audit WHERE n = NEW.n) \
                 BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END; \
                 CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit \
                 BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;"
            }
            Self::Postgres => {
                "CREATE FUNCTION audit_is_append_only() RETURNS trigger AS $$ \
                 BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$ LANGUAGE plpgsql; \
                 CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit \
                 FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();"
            }
        }
    }

    /// The database's own clock in UTC milliseconds, which all who share it agree on.
    pub(super) fn now(self) -> &'static str {
        match self {
            Self::Sqlite => "CAST(unixepoch('subsec') * 1000 AS BIGINT)",
            Self::Postgres => "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_says_which() {
        assert_eq!(Dialect::of("sqlite://data/x.db"), Some(Dialect::Sqlite));
        assert_eq!(Dialect::of("postgres://a@b/c"), Some(Dialect::Postgres));
        assert_eq!(Dialect::of("mysql://a"), None);
        assert_eq!(Dialect::Sqlite.folder("sqlite://data/x.db?mode=ro"), Some(PathBuf::from("data")));
        assert_eq!(Dialect::Sqlite.folder("sqlite:x.db"), None);
        assert_eq!(Dialect::Postgres.folder("postgres://a@b/c"), None);
    }
}
