//! A socket on `/live`, as a page or a script has one.

use super::{PATIENCE, within};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::MaybeTlsStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

/// A socket on `/live`.
pub struct Socket {
    stream: tokio_tungstenite::WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub hello: Value,
}

impl Socket {
    pub async fn open(
        port: u16,
        origin: Option<&str>,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, Error> {
        Self::open_at(port, "/live", origin, headers).await
    }

    pub async fn open_at(
        port: u16,
        path: &str,
        origin: Option<&str>,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, Error> {
        let stream = Self::connected(port, path, origin, headers).await?;
        Ok(Self { stream, hello: Value::Null }.greeted().await)
    }

    async fn connected(
        port: u16,
        path: &str,
        origin: Option<&str>,
        headers: &[(&'static str, &str)],
    ) -> Result<tokio_tungstenite::WebSocketStream<MaybeTlsStream<TcpStream>>, Error> {
        let mut request = format!("ws://127.0.0.1:{port}{path}").into_client_request().unwrap();
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        Ok(tokio_tungstenite::connect_async(request).await?.0)
    }

    /// The code with which a socket is closed that says nothing else.
    pub async fn turned_away(port: u16, origin: Option<&str>, headers: &[(&'static str, &str)]) -> u64 {
        let stream = Self::connected(port, "/live", origin, headers).await.unwrap();
        let mut socket = Self { stream, hello: Value::Null };
        let last = socket.next().await;
        last["closed"].as_u64().unwrap_or_else(|| panic!("not closed: {last}"))
    }

    async fn greeted(mut self) -> Self {
        self.hello = self.next().await;
        assert!(self.hello["hello"].is_u64(), "the first message is the hello: {}", self.hello);
        self
    }

    pub async fn send(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.unwrap();
    }

    /// Sends, unless the other side has ended it.
    pub async fn try_send(&mut self, text: &str) -> bool {
        self.stream.send(Message::text(text)).await.is_ok()
    }

    pub async fn send_raw(&mut self, message: Message) {
        self.stream.send(message).await.unwrap();
    }

    /// Watches topics from where it holds them.
    pub async fn watch(&mut self, topics: &[&str], epoch: &Value, after: u64) {
        self.send(&json!({ "watch": topics, "epoch": epoch, "after": after }).to_string()).await;
    }

    /// The next message.
    pub async fn next(&mut self) -> Value {
        within("a message on the socket", async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                    Some(Ok(Message::Close(close))) => {
                        return json!({ "closed": close.map(|close| u16::from(close.code)) });
                    }
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return json!({ "broken": error.to_string() }),
                    None => return json!({ "closed": null }),
                }
            }
        })
        .await
    }

    /// The next frame of a topic.
    pub async fn frame(&mut self, topic: &str) -> Value {
        within(&format!("a frame of {topic}"), self.next_of(topic)).await
    }

    async fn next_of(&mut self, topic: &str) -> Value {
        loop {
            let message = self.next().await;
            assert!(message.get("closed").is_none() && message.get("broken").is_none(), "{message}");
            if message["f"] == topic {
                return message;
            }
        }
    }

    /// The first frame of a topic that holds a record under a key of this kind which `wanted` accepts, and that record. What
    /// came instead is said when it does not come.
    pub async fn until(
        &mut self,
        topic: &str,
        kind: char,
        wanted: impl Fn(&Value) -> bool,
    ) -> (Value, Value) {
        let mut latest = Value::Null;
        let search = async {
            loop {
                let frame = self.next_of(topic).await;
                let changes = frame["s"].as_array().unwrap();
                let found = changes
                    .iter()
                    .find(|change| change[0].as_str().unwrap().starts_with(kind) && wanted(&change[2]));
                if let Some(found) = found {
                    let record = found[2].clone();
                    return (frame, record);
                }
                latest = frame;
            }
        };
        let found = tokio::time::timeout(PATIENCE, search).await;
        found.unwrap_or_else(|_| panic!("no such record of {kind} in {topic}; the latest frame was {latest}"))
    }
}
