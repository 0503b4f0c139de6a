//! A subscription to Redis: connects, subscribes, hands each message on as it is read, and tells when the link has died.
//!
//! RESP3 with a push sender, because the client's own stream of messages is buffered without bound: here a message goes from
//! the socket straight to whoever takes it, which must be bounded and must not wait.

use super::now;
use domain::time::Millis;
use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, IntoConnectionInfo, ProtocolVersion, PushInfo, PushKind, RedisError, Value,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

/// A connection that does not answer a ping for this long is dead.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// Which Redis, and what of it is watched.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    client: Client,
    channels: Vec<String>,
    patterns: Vec<String>,
}

impl Source {
    /// A source under an address; `configured` replaces the channels that are watched by default.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub(crate) fn new(url: &str, configured: &[String]) -> Result<Self, RedisError> {
        let info = url.into_connection_info()?;
        let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let client = Client::open(info.set_redis_settings(settings))?;
        let configured: Vec<&String> = configured.iter().filter(|name| !name.trim().is_empty()).collect();
        let (channels, patterns) = if configured.is_empty() {
            domain::decode::watched()
        } else {
            let (patterns, channels) =
                configured.into_iter().cloned().partition(|name: &String| name.contains('*'));
            (channels, patterns)
        };
        Ok(Self { client, channels, patterns })
    }

    /// The client, for the stream.
    pub(super) fn client(&self) -> Client {
        self.client.clone()
    }

    /// Host and port without credentials, for people.
    pub(crate) fn address(&self) -> String {
        format!("redis://{}", self.client.get_connection_info().addr())
    }

    /// How many channels and patterns are watched.
    pub(crate) fn watching(&self) -> u32 {
        u32::try_from(self.channels.len() + self.patterns.len()).unwrap_or(u32::MAX)
    }

    /// The channels and patterns.
    pub(crate) fn names(&self) -> Vec<String> {
        self.channels.iter().chain(&self.patterns).cloned().collect()
    }

    /// Connects and subscribes. From then on `take` is called with the channel and the bytes of each message.
    ///
    /// # Errors
    /// When Redis does not answer within [`PATIENCE`], or refuses.
    pub(crate) async fn subscribe(
        &self,
        take: impl Fn(String, Vec<u8>) + Send + Sync + 'static,
    ) -> Result<Subscription, RedisError> {
        let state = Arc::new(State { ended: Notify::new(), alive_at: AtomicI64::new(now()) });
        let told = state.clone();
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_push_sender(move |push: PushInfo| -> Result<(), std::convert::Infallible> {
                match push.kind {
                    PushKind::Disconnection => told.ended.notify_one(),
                    kind => {
                        if let Some((channel, bytes)) = message(&kind, push.data) {
                            told.alive_at.store(now(), Ordering::Relaxed);
                            take(channel, bytes);
                        }
                    }
                }
                Ok(())
            });
        let attempt = async {
            let mut connection = self.client.get_multiplexed_async_connection_with_config(&config).await?;
            if !self.channels.is_empty() {
                connection.subscribe(&self.channels).await?;
            }
            if !self.patterns.is_empty() {
                connection.psubscribe(&self.patterns).await?;
            }
            Ok::<_, RedisError>(connection)
        };
        let late = || RedisError::from(std::io::Error::from(std::io::ErrorKind::TimedOut));
        let connection = tokio::time::timeout(PATIENCE, attempt).await.map_err(|_| late())??;
        Ok(Subscription { connection, state })
    }
}

/// Channel and payload of a message; a pattern's message names the pattern first.
fn message(kind: &PushKind, data: Vec<Value>) -> Option<(String, Vec<u8>)> {
    let mut parts = data.into_iter().skip(match kind {
        PushKind::Message => 0,
        PushKind::PMessage => 1,
        _ => return None,
    });
    let (Some(channel), Some(Value::BulkString(bytes))) = (parts.next(), parts.next()) else { return None };
    let channel = match channel {
        Value::BulkString(name) => String::from_utf8_lossy(&name).into_owned(),
        Value::SimpleString(name) => name,
        _ => return None,
    };
    Some((channel, bytes))
}

struct State {
    ended: Notify,
    /// The last moment at which the link was seen to live.
    alive_at: AtomicI64,
}

/// A link that is subscribed.
pub(crate) struct Subscription {
    connection: MultiplexedConnection,
    state: Arc<State>,
}

impl Subscription {
    /// Waits until the link ends or stops answering. Returns the last moment at which it was seen to live: what was published after
    /// it may be missing.
    pub(crate) async fn ended(mut self) -> Millis {
        let mut ping = tokio::time::interval(PATIENCE);
        ping.tick().await;
        loop {
            tokio::select! {
                () = self.state.ended.notified() => break,
                _ = ping.tick() => {}
            }
            let asked = redis::cmd("PING");
            let answer = asked.query_async::<Value>(&mut self.connection);
            tokio::select! {
                () = self.state.ended.notified() => break,
                answer = tokio::time::timeout(PATIENCE, answer) => match answer {
                    Ok(Ok(_)) => self.state.alive_at.store(now(), Ordering::Relaxed),
                    _ => {
                        tracing::warn!("Redis does not answer a ping");
                        break;
                    }
                },
            }
        }
        self.state.alive_at.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_can_be_configured_and_credentials_are_not_shown() {
        let source =
            Source::new("redis://u:secret@127.0.0.1:6399/2", &["a".into(), "b:*".into(), " ".into()]);
        let source = source.expect("an address");
        assert_eq!(
            (source.channels.as_slice(), source.patterns.as_slice()),
            (&["a".into()][..], &["b:*".into()][..])
        );
        assert_eq!(source.address(), "redis://127.0.0.1:6399");
        assert!(Source::new("http://x", &[]).is_err());
    }
}
