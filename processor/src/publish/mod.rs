//! Publishing: the standard envelope of contract.md §2.1, and a connection that waits when Redis is away.
//!
//! Nothing is queued meanwhile: the work waits too. So memory stays bounded, and what was published was published in order.

mod stamp;

pub use stamp::{date, now, stamp};

use crate::error::Error;
use domain::backoff::Backoff;
use redis::aio::MultiplexedConnection;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Waits of the reconnect: the contract's own (2 s doubling to 30 s).
const WAITS: Backoff = Backoff { base: 2_000, cap: 30_000 };
/// After this long without Redis the processor gives up.
const PATIENCE: Duration = Duration::from_secs(600);

/// A message and where it goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The channel.
    pub channel: &'static str,
    /// The event's name.
    pub event: &'static str,
    /// Who says it (contract.md §2.4).
    pub source: &'static str,
    /// What it says.
    pub payload: Value,
}

impl Message {
    /// A message.
    #[must_use]
    pub fn new(channel: &'static str, event: &'static str, source: &'static str, payload: Value) -> Self {
        Self { channel, event, source, payload }
    }

    /// Its JSON, sent at that moment.
    #[must_use]
    pub fn text(&self, timestamp: &str) -> String {
        json!({
            "event": self.event, "timestamp": timestamp, "source": self.source, "version": "1.0", "payload": self.payload
        })
        .to_string()
    }
}

/// A connection to Redis that comes back.
pub struct Publisher {
    client: redis::Client,
    connection: MultiplexedConnection,
}

impl Publisher {
    /// Connects, waiting for Redis if it is not there yet.
    ///
    /// # Errors
    /// When the address cannot be read, or nobody answered for ten minutes.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        let client = redis::Client::open(url)?;
        let connection = connect(&client).await?;
        Ok(Self { client, connection })
    }

    /// Publishes a message, now.
    ///
    /// # Errors
    /// When Redis stayed away for ten minutes.
    pub async fn send(&mut self, message: &Message) -> Result<(), Error> {
        loop {
            let text = message.text(&stamp(now()));
            let mut command = redis::cmd("PUBLISH");
            command.arg(message.channel).arg(text);
            match command.query_async::<i64>(&mut self.connection).await {
                Ok(_) => return Ok(()),
                Err(cause) => {
                    eprintln!("Redis does not answer ({cause}); waiting for it");
                    self.connection = connect(&self.client).await?;
                }
            }
        }
    }
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
            Err(_) => {
                let wait = WAITS.delay(tries, rand::random::<f64>());
                tries += 1;
                tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
            }
        }
    }
}
