//! Who listens: a raw subscriber of Redis, or a socket on a server. Each notes when it saw the effect of each event first.

use crate::Outcome;
use crate::admitted::TOKEN;
use crate::event::{CHANNEL, RUN, Shape, find};
use crate::process::{Kind, Process};
use crate::publisher::Sent;
use crate::stats::Samples;
use futures_util::{SinkExt, StreamExt};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// Who has heard nothing for this long will hear no more.
const SILENCE: Duration = Duration::from_secs(4);

/// A socket that is watching.
pub type Socket = WebSocketStream<TcpStream>;

/// What a listener saw.
#[derive(Debug, Default)]
pub struct Seen {
    /// Latency of each event that was seen.
    pub samples: Samples,
}

struct Notes {
    sent: Arc<Sent>,
    seen: Vec<bool>,
    samples: Samples,
}

impl Notes {
    fn new(sent: Arc<Sent>) -> Self {
        Self { seen: vec![false; sent.len()], samples: Samples::default(), sent }
    }

    fn look(&mut self, shape: Shape, text: &[u8]) -> usize {
        shape.symbols(text, |number, _| {
            if let (Some(seen), Some(micros)) = (self.seen.get_mut(number), self.sent.since(number))
                && !std::mem::replace(seen, true)
            {
                self.samples.add(micros);
            }
        })
    }

    fn complete(&self) -> bool {
        self.samples.count() == self.seen.len()
    }
}

/// Listens to Redis itself until all was seen, or nothing came for a while.
pub async fn subscriber(redis: &Process, sent: Arc<Sent>) -> Outcome<JoinHandle<Seen>> {
    let mut stream =
        TcpStream::connect(("127.0.0.1", redis.port)).await.map_err(|cause| cause.to_string())?;
    let subscribe = format!("*2\r\n$9\r\nSUBSCRIBE\r\n${}\r\n{CHANNEL}\r\n", CHANNEL.len());
    stream.write_all(subscribe.as_bytes()).await.map_err(|cause| cause.to_string())?;
    let mut buffer = vec![0; 256 << 10];
    let count = stream.read(&mut buffer).await.map_err(|cause| cause.to_string())?;
    if find(buffer.get(..count).unwrap_or_default(), b"subscribe").is_none() {
        return Err("Redis does not let us subscribe".to_owned());
    }
    Ok(tokio::spawn(async move {
        let mut notes = Notes::new(sent);
        let mut held = 0;
        while !notes.complete() {
            let room = buffer.get_mut(held..).unwrap_or_default();
            let Ok(Ok(count)) = tokio::time::timeout(SILENCE, stream.read(room)).await else { break };
            if count == 0 {
                break;
            }
            held += count;
            let used = notes.look(Shape::Event, buffer.get(..held).unwrap_or_default());
            buffer.copy_within(used..held, 0);
            held -= used;
        }
        Seen { samples: notes.samples }
    }))
}

/// Opens a socket that is watching: on the product, what its page watches of a run.
pub async fn open(kind: Kind, server: &Process) -> Outcome<Socket> {
    open_after(kind, server, None).await
}

/// The same, holding everything of an epoch up to a change.
pub async fn open_after(kind: Kind, server: &Process, held: Option<(&str, u64)>) -> Outcome<Socket> {
    let stream = TcpStream::connect(("127.0.0.1", server.port)).await.map_err(|cause| cause.to_string())?;
    stream.set_nodelay(true).map_err(|cause| cause.to_string())?;
    let config = WebSocketConfig::default().read_buffer_size(4 << 10).write_buffer_size(0);
    let address = format!("ws://127.0.0.1:{}/live", server.port);
    let mut request = address.into_client_request().map_err(|cause| cause.to_string())?;
    let bearer = format!("Bearer {TOKEN}").parse().map_err(|_| "a token that no header can carry")?;
    request.headers_mut().insert("authorization", bearer);
    let opened = tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await;
    let (mut socket, _) = opened.map_err(|cause| cause.to_string())?;
    if kind == Kind::Product {
        let (epoch, after) = held.unwrap_or(("", 0));
        let watch =
            serde_json::json!({ "watch": ["board", format!("run/{RUN}")], "epoch": epoch, "after": after });
        socket.send(Message::text(watch.to_string())).await.map_err(|cause| cause.to_string())?;
    }
    Ok(socket)
}

/// Waits until it has what there is already, so that what comes is what happens from now on.
pub async fn settled(kind: Kind, socket: &mut Socket) -> Outcome {
    let last = match kind {
        Kind::Bridge => "ready".to_owned(),
        Kind::Product => format!("\"run/{RUN}\""),
    };
    let found = tokio::time::timeout(Duration::from_secs(10), async {
        while let Some(Ok(message)) = socket.next().await {
            if message.to_text().is_ok_and(|text| text.contains(&last)) {
                return true;
            }
        }
        false
    });
    match found.await {
        Ok(true) => Ok(()),
        _ => Err("a socket was not told what there is".to_owned()),
    }
}

/// Listens until all was seen, or nothing came for a while.
pub fn listen(kind: Kind, mut socket: Socket, sent: Arc<Sent>) -> JoinHandle<Seen> {
    tokio::spawn(async move {
        let shape = shape_of(kind);
        let mut notes = Notes::new(sent);
        while !notes.complete() {
            match tokio::time::timeout(SILENCE, socket.next()).await {
                Ok(Some(Ok(Message::Text(text)))) => {
                    notes.look(shape, text.as_bytes());
                }
                Ok(Some(Ok(_))) => {}
                _ => break,
            }
        }
        Seen { samples: notes.samples }
    })
}

/// In which shape a server's messages hold effects.
pub fn shape_of(kind: Kind) -> Shape {
    match kind {
        Kind::Bridge => Shape::Event,
        Kind::Product => Shape::Frame,
    }
}

/// Listens until the latest result of every symbol was seen, and tells when that was; nothing, if nothing more comes before.
pub fn until_final(kind: Kind, mut socket: Socket, symbols: usize) -> JoinHandle<Option<Instant>> {
    tokio::spawn(async move {
        let shape = shape_of(kind);
        let (mut latest, mut complete) = (vec![false; symbols], 0);
        loop {
            let Ok(Some(Ok(message))) = tokio::time::timeout(SILENCE, socket.next()).await else {
                return None;
            };
            let Message::Text(text) = message else { continue };
            shape.symbols(text.as_bytes(), |number, rest| {
                if let Some(known) = latest.get_mut(number)
                    && !*known
                    && shape.is_final(rest)
                {
                    *known = true;
                    complete += 1;
                }
            });
            if complete == symbols {
                return Some(Instant::now());
            }
        }
    })
}

/// Waits for an answer to a ping: everything sent before it has been handled.
pub async fn answered(socket: &mut Socket) -> Outcome {
    socket.send(Message::Ping(Vec::new().into())).await.map_err(|cause| cause.to_string())?;
    let answer = tokio::time::timeout(Duration::from_secs(20), async {
        while let Some(Ok(message)) = socket.next().await {
            if message.is_pong() {
                return true;
            }
        }
        false
    });
    if answer.await == Ok(true) { Ok(()) } else { Err("a socket does not answer".to_owned()) }
}

/// Waits for the result of a symbol. Returns the epoch, and the change up to which the run is held then.
pub async fn position_of(socket: &mut Socket, symbol: usize) -> Outcome<(String, u64)> {
    let found = tokio::time::timeout(Duration::from_secs(20), async {
        while let Some(Ok(message)) = socket.next().await {
            let mut seen = false;
            let text = message.to_text().unwrap_or_default();
            Shape::Frame.symbols(text.as_bytes(), |number, _| seen |= number == symbol);
            if seen {
                let frame: serde_json::Value = serde_json::from_str(text).ok()?;
                return Some((frame.get("e")?.as_str()?.to_owned(), frame.get("z")?.as_u64()?));
            }
        }
        None
    });
    found.await.ok().flatten().ok_or_else(|| "the run does not arrive".to_owned())
}
