//! Publishing: messages in their envelopes, and a connection that waits when Redis is away.
//!
//! With a [`Publisher`] nothing is queued meanwhile: the work waits too. So memory stays bounded, and what was published was published
//! in order. A [`Link`] says at once that Redis is away, for who keeps what is to be said elsewhere.

mod link;
mod message;
mod stamp;
mod way;

pub use link::Link;
pub use message::{Envelope, Message};
pub use stamp::{Stamp, date, now, stamp_or_null};
pub use way::Way;

use crate::error::Error;
use domain::backoff::Backoff;
use redis::aio::MultiplexedConnection;
use redis::{ErrorKind, RedisError, RetryMethod};
use std::time::{Duration, Instant};

/// Waits of the reconnect: the contract's own (2 s doubling to 30 s).
const WAITS: Backoff = Backoff { base: 2_000, cap: 30_000 };
/// After this long without Redis the processor gives up.
const PATIENCE: Duration = Duration::from_secs(600);

/// A connection to Redis that comes back.
pub struct Publisher {
    client: redis::Client,
    connection: MultiplexedConnection,
    way: Way,
}

impl Publisher {
    /// Connects, waiting for Redis if it is not there yet. Everything goes out this way.
    ///
    /// # Errors
    /// When the address cannot be read, or nobody answered for ten minutes.
    pub async fn connect(url: &str, way: Way) -> Result<Self, Error> {
        let client = redis::Client::open(url)?;
        let connection = connect(&client).await?;
        Ok(Self { client, connection, way })
    }

    /// Another connection to the same Redis: what it sends does not wait for what this one sends.
    ///
    /// # Errors
    /// When nobody answered for ten minutes.
    pub async fn another(&self) -> Result<Self, Error> {
        let connection = connect(&self.client).await?;
        Ok(Self { client: self.client.clone(), connection, way: self.way })
    }

    /// Which Redis.
    pub fn client(&self) -> &redis::Client {
        &self.client
    }

    /// Publishes a message, now.
    ///
    /// # Errors
    /// When Redis stayed away for ten minutes, or refuses what is sent.
    pub async fn send(&mut self, message: &Message) -> Result<(), Error> {
        self.send_all(&[message]).await
    }

    /// Publishes messages in their order, now, in one go.
    ///
    /// # Errors
    /// When Redis stayed away for ten minutes, or refuses what is sent.
    pub async fn send_all(&mut self, messages: &[&Message]) -> Result<(), Error> {
        if messages.is_empty() {
            return Ok(());
        }
        let (asked, mut tries) = (Instant::now(), 0);
        loop {
            let at = now();
            let mut batch = redis::pipe();
            for message in messages {
                self.way.append(&mut batch, &message.channel, &message.bytes(at));
            }
            let Err(cause) = batch.query_async::<()>(&mut self.connection).await else { return Ok(()) };
            if refused(&cause) {
                return Err(Error::Refused(cause));
            }
            if asked.elapsed() > PATIENCE {
                return Err(cause.into());
            }
            eprintln!("Redis does not answer ({cause}); waiting for it");
            if answered(&cause) {
                // It is there and not ready: connecting would succeed at once, and so would the next refusal.
                pause(&mut tries).await;
            } else {
                self.connection = connect(&self.client).await?;
            }
        }
    }
}

/// Redis answered, with an error.
fn answered(cause: &RedisError) -> bool {
    matches!(cause.kind(), ErrorKind::Server(_) | ErrorKind::Extension)
}

/// Redis answered that it will not: no right, no memory, a key of another type. Asking again would change nothing, and would
/// publish again what it did take of a batch. (While it still reads its file it asks for patience instead.)
fn refused(cause: &RedisError) -> bool {
    answered(cause) && matches!(cause.retry_method(), RetryMethod::NoRetry)
}

async fn pause(tries: &mut u32) {
    let wait = WAITS.delay(*tries, rand::random::<f64>());
    *tries += 1;
    tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
}

async fn connect(client: &redis::Client) -> Result<MultiplexedConnection, Error> {
    let asked = Instant::now();
    let config = redis::AsyncConnectionConfig::new()
        .set_connection_timeout(Some(Duration::from_secs(5)))
        .set_response_timeout(Some(Duration::from_secs(5)));
    let mut tries = 0;
    loop {
        match client.get_multiplexed_async_connection_with_config(&config).await {
            Ok(connection) => return Ok(connection),
            Err(cause) if asked.elapsed() > PATIENCE => return Err(cause.into()),
            Err(_) => pause(&mut tries).await,
        }
    }
}
