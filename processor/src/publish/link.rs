//! A connection that does not wait: what cannot be published now is its owner's to keep.

use super::Way;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisResult};
use std::time::Duration;

/// Who does not answer for this long is away.
const PATIENCE: Duration = Duration::from_secs(2);

/// A connection to Redis, made when it is needed.
pub struct Link {
    client: Client,
    way: Way,
    connection: Option<MultiplexedConnection>,
}

impl Link {
    /// Everything goes out this way.
    pub fn new(client: Client, way: Way) -> Self {
        Self { client, way, connection: None }
    }

    /// Publishes these in their order, in one go. What failed may have been published in part: it is said again, and that it was said
    /// before does no harm to who compares.
    ///
    /// # Errors
    /// When Redis is away, or will not.
    pub async fn send<'m>(&mut self, messages: impl Iterator<Item = (&'m str, &'m [u8])>) -> RedisResult<()> {
        let mut batch = redis::pipe();
        for (channel, message) in messages {
            self.way.append(&mut batch, channel, message);
        }
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => {
                let config = AsyncConnectionConfig::new()
                    .set_connection_timeout(Some(PATIENCE))
                    .set_response_timeout(Some(PATIENCE));
                self.client.get_multiplexed_async_connection_with_config(&config).await?
            }
        };
        batch.query_async::<()>(&mut connection).await?;
        self.connection = Some(connection);
        Ok(())
    }
}
