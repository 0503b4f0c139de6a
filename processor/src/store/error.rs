//! Why the store did not do what it was asked.

use thiserror::Error;

/// Why not.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The address names no database.
    #[error("{0} is no address of a database: sqlite://file.db, or postgres://user@host/name")]
    Address(String),
    /// The folder of the file cannot be made.
    #[error("the folder of the database cannot be made: {0}")]
    Folder(String),
    /// Nobody answers.
    #[error("the database is not reachable: {0}")]
    Unreachable(sqlx::Error),
    /// There is no room.
    #[error("the disk of the database is full")]
    Full,
    /// Somebody else holds it.
    #[error("the database is locked by another program")]
    Locked,
    /// Another processor works on it.
    #[error(
        "another processor works on this database; stop it first, or give this one a database of its own with --db"
    )]
    Held,
    /// Whether another processor works on it cannot be found out.
    #[error("the file beside the database that keeps a second processor away cannot be locked: {0}")]
    Lock(std::io::Error),
    /// What was read is not what was written.
    #[error("what is stored of {symbol} in {year} cannot be read; import it again")]
    Corrupt {
        /// Whose.
        symbol: String,
        /// In which year.
        year: i64,
    },
    /// Anything else.
    #[error("the database refuses: {0}")]
    Refused(sqlx::Error),
}

impl StoreError {
    /// The code of the contract.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "STORAGE_FAILED"
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(cause: sqlx::Error) -> Self {
        let sqlx::Error::Database(database) = &cause else {
            return match cause {
                sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
                    Self::Unreachable(cause)
                }
                _ => Self::Refused(cause),
            };
        };
        let code = database.code().unwrap_or_default();
        // SQLite's codes are short numbers, whose lowest byte is the plain one; PostgreSQL's have five characters.
        let plain = code.parse::<u32>().ok().filter(|_| code.len() < 5).map(|number| number & 0xff);
        match (plain, code.get(..2)) {
            (Some(5 | 6), _) | (None, Some("55")) => Self::Locked,
            (Some(10 | 13), _) | (None, Some("53")) => Self::Full,
            (Some(14), _) | (None, Some("08" | "57")) => Self::Unreachable(cause),
            _ => Self::Refused(cause),
        }
    }
}
