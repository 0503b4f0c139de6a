//! The yardstick: what a good engineer writes in an hour. Every message of one channel goes to every socket, as it came. Tuned:
//! read buffer of 4 KiB, everything that waits leaves in one flush, a ring large enough for the burst, no delay on the socket.

use crate::Outcome;
use crate::event::CHANNEL;
use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::routing::get;
use axum::serve::ListenerExt;
use futures_util::{SinkExt, StreamExt};
use tokio::sync::broadcast::{self, Sender, error::TryRecvError};

/// Serves until it is ended.
pub async fn serve(port: u16, redis: &str) -> Outcome {
    let (sender, _) = broadcast::channel::<Utf8Bytes>(32_768);
    let client = redis::Client::open(redis).map_err(|cause| cause.to_string())?;
    let mut subscriber = client.get_async_pubsub().await.map_err(|cause| cause.to_string())?;
    subscriber.subscribe(CHANNEL).await.map_err(|cause| cause.to_string())?;
    let messages = sender.clone();
    tokio::spawn(async move {
        let mut stream = subscriber.into_on_message();
        while let Some(message) = stream.next().await {
            let text: String = message.get_payload().unwrap_or_default();
            let _ = messages.send(text.into());
        }
    });
    let open = async |State(sender): State<Sender<Utf8Bytes>>, upgrade: WebSocketUpgrade| {
        upgrade.read_buffer_size(4 << 10).on_upgrade(move |socket| pass_on(socket, sender))
    };
    let router = Router::new().route("/live", get(open)).with_state(sender);
    let listener =
        tokio::net::TcpListener::bind(("127.0.0.1", port)).await.map_err(|cause| cause.to_string())?;
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, router).await.map_err(|cause| cause.to_string())
}

async fn pass_on(mut socket: WebSocket, sender: Sender<Utf8Bytes>) {
    let mut messages = sender.subscribe();
    if socket.send(Message::Text("ready".into())).await.is_err() {
        return;
    }
    loop {
        tokio::select! {
            message = messages.recv() => {
                let Ok(first) = message else { return };
                if socket.feed(Message::Text(first)).await.is_err() { return }
                loop {
                    match messages.try_recv() {
                        Ok(text) => if socket.feed(Message::Text(text)).await.is_err() { return },
                        Err(TryRecvError::Empty) => break,
                        Err(_) => return,
                    }
                }
                if socket.flush().await.is_err() { return }
            }
            heard = socket.next() => if !matches!(heard, Some(Ok(_))) { return },
        }
    }
}
