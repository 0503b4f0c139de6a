//! The two ways to the producer: its HTTP API, and a channel of Redis. Which one is a setting; a command names the one it took.
//!
//! Invariant: `NotSent` is said only when nothing left here; whatever may have arrived is `Unclear` at worst.

use crate::producer::{AskError, Client};
use domain::command::{CommandWay, Family, Order, Reply, reply};
use domain::time::Millis;
use redis::AsyncConnectionConfig;
use redis::aio::MultiplexedConnection;
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// Redis takes a message within this, or not at all.
const PATIENCE: Duration = Duration::from_secs(2);

/// What became of a command that was to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The producer said yes, with the id of the run that it leads to.
    Accepted(Option<String>),
    /// Somebody listened. The run that it leads to has the id that we gave it.
    Delivered,
    /// The producer said no, or nobody listens; and why.
    Refused(String),
    /// It never left here; and why.
    NotSent(String),
    /// It may have arrived; and why that is not known.
    Unclear(String),
}

/// What is to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// What is asked.
    pub order: &'a Order,
    /// The command's id: the same for every try.
    pub key: &'a str,
    /// The id that the run gets, where we may choose it.
    pub run: &'a str,
    /// When.
    pub at: Millis,
}

/// An outcome that is on its way.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// A way to the producer.
pub trait Way: Debug + Send + Sync {
    /// Its word.
    fn word(&self) -> CommandWay;

    /// It, as people are told: "over HTTP to 127.0.0.1:8080; …".
    fn told(&self) -> String;

    /// Sends once.
    fn send<'a>(&'a self, letter: Letter<'a>) -> Sending<'a>;
}

/// Over HTTP.
#[derive(Debug)]
pub struct Http(pub Client);

impl Way for Http {
    fn word(&self) -> CommandWay {
        CommandWay::Http
    }

    fn told(&self) -> String {
        format!("over HTTP to {}; it counts when the producer has said yes", self.0.address())
    }

    fn send<'a>(&'a self, letter: Letter<'a>) -> Sending<'a> {
        Box::pin(async move {
            match self.0.tell(&letter.order.call(), letter.key).await {
                Ok((status, body)) => match reply(status, &body) {
                    Reply::Accepted(run) => Outcome::Accepted(run),
                    Reply::Refused(why) => Outcome::Refused(why),
                    Reply::Unclear(why) => Outcome::Unclear(why),
                },
                Err(AskError::Unreachable) => {
                    Outcome::NotSent(format!("nobody answers at {}", self.0.address()))
                }
                Err(cause) => Outcome::Unclear(format!("{cause}: whether it began is not known")),
            }
        })
    }
}

/// Over Redis.
#[derive(Debug)]
pub struct Redis {
    /// Where.
    pub client: redis::Client,
}

impl Redis {
    async fn connect(&self) -> Result<MultiplexedConnection, redis::RedisError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        self.client.get_multiplexed_async_connection_with_config(&config).await
    }

    async fn publish(&self, family: Family, message: String) -> Outcome {
        let mut connection = match self.connect().await {
            Ok(connection) => connection,
            Err(cause) => {
                tracing::warn!(%cause, "a command could not be sent");
                return Outcome::NotSent("Redis is not reachable".to_owned());
            }
        };
        for channel in family.channels() {
            let told: Result<u64, _> =
                redis::cmd("PUBLISH").arg(channel).arg(&message).query_async(&mut connection).await;
            match told {
                Ok(0) => {}
                Ok(_) => return Outcome::Delivered,
                Err(cause) => {
                    tracing::warn!(%cause, "whether a command was sent is not known");
                    let why =
                        "the link to Redis broke while it was being sent: whether it arrived is not known";
                    return Outcome::Unclear(why.to_owned());
                }
            }
        }
        let [channel, _] = family.channels();
        Outcome::Refused(format!("nobody listens on {channel}"))
    }
}

impl Way for Redis {
    fn word(&self) -> CommandWay {
        CommandWay::Redis
    }

    fn told(&self) -> String {
        "over Redis, on tickstock:commands; it counts when its run is heard of".to_owned()
    }

    fn send<'a>(&'a self, letter: Letter<'a>) -> Sending<'a> {
        let (family, message) = letter.order.message(letter.run, letter.at);
        Box::pin(self.publish(family, message))
    }
}
