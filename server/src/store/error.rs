//! Why the store did not do what it was asked. The cause is logged here once; what a person reads is [`StoreError::reason`].

use thiserror::Error;

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum StoreError {
    /// Nobody answers, or the answer took too long.
    #[error("The database is not reachable.")]
    Unreachable,
    /// There is no room.
    #[error("The disk of the database is full.")]
    Full,
    /// Somebody else holds it.
    #[error("The database is locked by another program.")]
    Locked,
    /// It may only be read.
    #[error("The database cannot be written.")]
    ReadOnly,
    /// Another server writes now.
    #[error("Another server writes.")]
    NotHolder,
    /// Anything else: a fault of ours or of the database.
    #[error("The database refused.")]
    Refused,
}

impl StoreError {
    /// A stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "database_unreachable",
            Self::Full => "disk_full",
            Self::Locked => "database_locked",
            Self::ReadOnly => "database_read_only",
            Self::NotHolder => "not_holder",
            Self::Refused => "database_refused",
        }
    }

    /// Why, within a sentence.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Unreachable => "the database is not reachable",
            Self::Full => "disk full",
            Self::Locked => "locked by another program",
            Self::ReadOnly => "it cannot be written",
            Self::NotHolder => "another server writes",
            Self::Refused => "the database refuses",
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(cause: sqlx::Error) -> Self {
        let error = kind_of(&cause);
        tracing::debug!(code = error.code(), %cause, "the database did not do it");
        error
    }
}

fn kind_of(cause: &sqlx::Error) -> StoreError {
    let sqlx::Error::Database(database) = cause else {
        return match cause {
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Tls(_) => StoreError::Unreachable,
            _ => StoreError::Refused,
        };
    };
    let code = database.code().unwrap_or_default();
    // SQLite's extended codes carry the plain one in their lowest byte.
    if let Ok(number) = code.parse::<u32>()
        && code.len() < 5
    {
        return match number & 0xff {
            5 | 6 => StoreError::Locked,
            8 => StoreError::ReadOnly,
            10 | 13 => StoreError::Full,
            14 => StoreError::Unreachable,
            _ => StoreError::Refused,
        };
    }
    match code.get(..2).unwrap_or_default() {
        "08" | "57" => StoreError::Unreachable,
        "53" => StoreError::Full,
        "55" => StoreError::Locked,
        "25" => StoreError::ReadOnly,
        _ => StoreError::Refused,
    }
}
