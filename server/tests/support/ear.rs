//! What is published on channels of a Redis, heard as a producer hears it.

use super::{Redis, within};
use futures_util::StreamExt;
use serde_json::{Value, json};

/// Hears channels, from before it is returned on.
pub struct Ear {
    subscription: redis::aio::PubSub,
    channel: &'static str,
}

impl Ear {
    pub async fn on(redis: &Redis, channel: &'static str) -> Self {
        let client = redis::Client::open(redis.url()).unwrap();
        let mut subscription = client.get_async_pubsub().await.unwrap();
        subscription.subscribe(channel).await.unwrap();
        Self { subscription, channel }
    }

    /// The next message.
    pub async fn next(&mut self) -> Value {
        let mut messages = self.subscription.on_message();
        let message = within("a message on the channel", messages.next()).await.unwrap();
        serde_json::from_slice(message.get_payload_bytes()).unwrap()
    }

    /// Everything that was published before this call and not heard yet.
    pub async fn rest(&mut self, redis: &Redis) -> Vec<Value> {
        let last = json!({ "last": rand::random::<u64>() });
        redis.publish(self.channel, last.to_string().as_bytes()).await;
        let mut heard = Vec::new();
        loop {
            match self.next().await {
                next if next == last => return heard,
                next => heard.push(next),
            }
        }
    }
}
