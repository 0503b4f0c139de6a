//! Commands: what a person or a program asks of the producer, by a button, a form or the API.
//!
//! A command is decided ([`decide()`]), written down with its line of the audit log, then sent once by the [`Way`] that is set, by a task
//! of its own: whoever asked may go away. What becomes of it is on the board like everything else, because the answer comes back as
//! events (`domain/src/board/commands.rs`); [`follow`] writes that down and ends the waiting.
//!
//! Invariants: nothing is sent that is not written down, and nothing twice: a command is taken for sending in the database. One
//! that would start something while something is in progress, or is being started, is refused by name, also in a race: who starts
//! holds the only lane. Whoever asks again under the same key is told what the first one came to.
//!
//! Tests: `server/tests/commands.rs`, `server/tests/commands_faults.rs`.

mod decide;
mod error;
mod flight;
mod follow;
mod known;
mod left;
mod others;
mod plan;
mod submit;
mod way;

pub use decide::{Decided, decide};
pub use error::CommandError;
pub use follow::start;
pub use known::{known, known_one};
pub use left::{LeftOf, left_of};
pub use others::tell as tell_others;
pub use plan::{plan_of, usual_of};
pub use submit::{Taken, ask, is_repeated, submit};
pub use way::{Http, Letter, Outcome, Redis, Way};

use crate::auth::Caller;
use crate::config::Config;
use crate::error::StartError;
use crate::producer::Client;
use flight::Flights;

/// Longest key by which a repetition is known.
pub const KEY: usize = 128;

/// The way to the producer, and the producer where it can be asked.
#[derive(Debug)]
pub struct Commands {
    way: Box<dyn Way>,
    producer: Option<Client>,
    flights: Flights,
}

/// Who asks, from where, and what makes it the only one.
#[derive(Clone, Debug)]
pub struct Asker {
    /// Who.
    pub caller: Caller,
    /// From where.
    pub address: String,
    /// A repetition with the same key is the same command.
    pub key: Option<String>,
}

impl Commands {
    /// The way that the settings name.
    ///
    /// # Errors
    /// When `PROCESSOR_URL`, `PROCESSOR_API_KEY` or `REDIS_URL` cannot be used.
    pub fn new(config: &Config) -> Result<Self, StartError> {
        let url = config.processor_url.as_deref().map(str::trim).filter(|url| !url.is_empty());
        let Some(url) = url else {
            let client = redis::Client::open(config.redis_url.as_str());
            let client = client.map_err(|cause| StartError::RedisUrl { cause })?;
            return Ok(Self::by(Box::new(Redis { client }), None));
        };
        let client = Client::new(url, config.processor_api_key.as_ref())?;
        Ok(Self::by(Box::new(Http(client.clone())), Some(client)))
    }

    fn by(way: Box<dyn Way>, producer: Option<Client>) -> Self {
        Self { way, producer, flights: Flights::default() }
    }

    /// The producer's API, where it has one.
    #[must_use]
    pub fn producer(&self) -> Option<Client> {
        self.producer.clone()
    }

    /// Which way commands take.
    #[must_use]
    pub fn way(&self) -> &dyn Way {
        &*self.way
    }
}
