//! Why a command was not taken: no row of it is written, because nothing was decided.

use crate::error::ApiError;
use crate::store::StoreError;
use domain::command::Invalid;
use thiserror::Error;

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CommandError {
    /// A field will not do.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The database does not answer: what cannot be written down is not sent.
    #[error("The database does not answer now: what cannot be written down is not sent.")]
    Unavailable,
    /// The server is stopping.
    #[error("The server is stopping.")]
    Stopping,
}

impl From<StoreError> for CommandError {
    fn from(cause: StoreError) -> Self {
        tracing::warn!(code = cause.code(), "a command could not be written down");
        Self::Unavailable
    }
}

impl From<CommandError> for ApiError {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Invalid(Invalid { field, message }) => Self::BadParameter { field, message },
            CommandError::Unavailable => Self::NotWritten,
            CommandError::Stopping => Self::Stopping,
        }
    }
}
