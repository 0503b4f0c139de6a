//! Where bars come from, behind one trait: the sample universe, files, a provider's API.
//!
//! Invariant: a source gives all of what it was asked for or an error, never a part of it. What it gives is checked by
//! [`crate::check`]; what cannot be read as bars at all is refused here, with the place.

mod archive;
mod columns;
mod csv;
pub mod folder;
mod parquet;
pub mod rest;
mod rows;
pub mod sample;
mod shelf;
mod sorted;
mod universe;

use crate::bar::{Bar, Day};
pub use crate::listed::Listed;
use std::future::Future;
use std::time::Duration;
use thiserror::Error;

/// Where bars come from.
pub trait Source: Send + Sync + 'static {
    /// What it is called.
    fn name(&self) -> &str;

    /// Who belongs to a universe.
    ///
    /// # Errors
    /// When there is none of that name, or it cannot be read.
    fn universe(&self, name: &str) -> impl Future<Output = Result<Vec<Listed>, SourceError>> + Send;

    /// A symbol's bars from one day to another, both included, ascending; finished days only. `attempt` counts from one.
    ///
    /// # Errors
    /// When they cannot be had.
    fn bars(
        &self,
        symbol: &str,
        from: Day,
        to: Day,
        attempt: u32,
    ) -> impl Future<Output = Result<Vec<Bar>, SourceError>> + Send;
}

/// Why there are no bars.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SourceError {
    /// Nobody knows the symbol.
    #[error("the provider does not know this ticker")]
    NotFound,
    /// Too much was asked.
    #[error("the provider asked to slow down")]
    RateLimited {
        /// When to ask again, if it said so.
        after: Option<Duration>,
    },
    /// It took too long.
    #[error("the provider did not answer in time")]
    Timeout,
    /// Nobody answers, or nothing is where it was: a sentence.
    #[error("{0}")]
    Unreachable(String),
    /// The key is not good.
    #[error("the provider does not accept the key")]
    Unauthorised,
    /// What came cannot be read.
    #[error("what came cannot be read: {0}")]
    Corrupt(String),
    /// The columns are not those of bars.
    #[error("the columns are not those of bars: {0}")]
    Columns(String),
    /// It is not traded any more.
    #[error("it is not traded any more")]
    Delisted,
    /// It is called otherwise now.
    #[error("it is called {0} now")]
    Renamed(String),
    /// There is no such universe.
    #[error("the source knows no universe {0}")]
    UnknownUniverse(String),
}

impl SourceError {
    /// The code of the contract.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "SYMBOL_NOT_FOUND",
            Self::RateLimited { .. } => "API_RATE_LIMIT",
            Self::Timeout => "NETWORK_TIMEOUT",
            Self::Unreachable(_) => "SOURCE_UNREACHABLE",
            Self::Unauthorised => "API_KEY_INVALID",
            Self::Corrupt(_) => "CORRUPT_DATA",
            Self::Columns(_) => "WRONG_COLUMNS",
            Self::Delisted => "SYMBOL_DELISTED",
            Self::Renamed(_) => "SYMBOL_RENAMED",
            Self::UnknownUniverse(_) => "UNKNOWN_UNIVERSE",
        }
    }

    /// Whether it is one symbol's trouble; what is not stops the phase.
    #[must_use]
    pub fn is_of_symbol(&self) -> bool {
        !matches!(self, Self::Unreachable(_) | Self::Unauthorised | Self::UnknownUniverse(_))
    }
}

impl SourceError {
    /// What is wrong, to be said within another sentence.
    fn what(&self) -> String {
        match self {
            Self::Corrupt(what) | Self::Columns(what) => what.clone(),
            other => other.to_string(),
        }
    }

    /// The same, with where it was found.
    fn within(self, place: &str) -> Self {
        match self {
            Self::Corrupt(what) => Self::Corrupt(format!("{place}: {what}")),
            Self::Columns(what) => Self::Columns(format!("{place}: {what}")),
            other => other,
        }
    }
}

/// Takes a row of a file: its symbol, where there is a column of them, and its bar, or what is wrong with it. Its error ends the
/// reading.
type Take<'a> = dyn FnMut(Option<&[u8]>, Result<Bar, SourceError>) -> Result<(), SourceError> + 'a;

#[cfg(test)]
mod tests;
