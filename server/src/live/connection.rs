//! One connection, its reading half: what a browser asks for, and when it is over. What it is sent is the writer's work.

use super::Seat;
use super::websocket::{ReadSide, Switch, goodbye, text};
use crate::auth::{Seated, Why};
use crate::clock;
use crate::hub::{Command, Order, Recipient, in_parts};
use crate::state::App;
use axum::body::Bytes;
use domain::record::Seq;
use domain::time::MINUTE;
use domain::wire::{Frame, Hello, PROTOCOL, ServerMessage, Topic, Watch, WireError};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tungstenite::protocol::frame::CloseFrame;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};
use tungstenite::{Error, Message};

/// Who says nothing for this long after the hello watches the board from the beginning.
const SILENT: Duration = Duration::from_millis(250);
/// Messages that a browser may send within [`CHATTER_TIME`].
const CHATTER: u32 = 60;
const CHATTER_TIME: Duration = Duration::from_secs(10);
/// Largest message that a browser may send.
const MESSAGE: usize = 8 << 10;
/// What a browser says fits in this, nearly always; kept per connection.
const READ_BUFFER: usize = 512;

struct Connection {
    app: App,
    to: Recipient,
    /// What it watches.
    topics: Vec<Topic>,
    /// Messages received since then.
    chatter: (u32, Instant),
}

/// Why a connection ends, and the goodbye to the other side.
struct End(Option<Bytes>);

impl End {
    fn close(code: CloseCode, reason: &'static str) -> Self {
        Self(Some(goodbye(CloseFrame { code, reason: reason.into() })))
    }
}

/// Closed because whoever it was is not signed in any more; the reason is how many minutes nothing was asked for, if that is why.
const SIGNED_OUT: u16 = 4401;
/// Closed because whoever it is may something else now: the page is to be loaded again.
const OTHER_RIGHTS: u16 = 4403;

/// The goodbye to somebody who is not signed in.
pub(super) fn signed_out(why: Why) -> Bytes {
    let (code, reason) = match why {
        Why::Rights | Why::Disabled => (OTHER_RIGHTS, String::new()),
        Why::Idle(span) => (SIGNED_OUT, (span / MINUTE).to_string()),
        _ => (SIGNED_OUT, String::new()),
    };
    goodbye(CloseFrame { code: CloseCode::Library(code), reason: reason.into() })
}

/// Serves a socket from the switch to the end.
pub(super) async fn serve(switch: Switch, app: App, seat: Seat, mut seated: Seated) {
    let Some((stream, early)) = switch.stream().await else { return };
    let stream = Arc::new(stream);
    let to = app.hub.outlets().recipient();
    let (gone, let_go) = oneshot::channel();
    app.hub.outlets().send(to, Order::Join { to, stream: stream.clone(), seat, gone }).await;
    let mut connection = Connection { app, to, topics: Vec::new(), chatter: (0, Instant::now()) };
    let End(last) = connection.run(&stream, early, let_go, &mut seated).await;
    connection.watch_only(&[]).await;
    connection.app.hub.outlets().send(to, Order::Leave { socket: to.socket, last }).await;
}

impl Connection {
    async fn run(
        &mut self,
        stream: &TcpStream,
        early: Vec<u8>,
        mut let_go: oneshot::Receiver<()>,
        seated: &mut Seated,
    ) -> End {
        self.say(text(&ServerMessage::Hello(Hello {
            hello: PROTOCOL,
            build: self.app.assets.build.clone(),
            epoch: self.app.hub.epoch().to_owned(),
            seq: self.app.hub.seq(),
            now: clock::now(),
        })))
        .await;
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .max_message_size(Some(MESSAGE))
            .max_frame_size(Some(MESSAGE));
        let mut protocol = WebSocketContext::from_partially_read(early, Role::Server, Some(config));
        let mut stop = self.app.stop.clone();
        let (silence, stopped, over) = (tokio::time::sleep(SILENT), stop.wait(), seated.over());
        tokio::pin!(silence, stopped, over);
        let mut silent = true;
        loop {
            // First what is there already: the first message may have come with the request.
            while let Some(message) = next(&mut protocol, stream, self).await.transpose() {
                silent = false;
                let heard = match message {
                    Ok(message) => self.hear(message).await,
                    Err(end) => Err(end),
                };
                if let Err(end) = heard {
                    return end;
                }
            }
            tokio::select! {
                ready = stream.readable() => if ready.is_err() { return End(None) },
                () = &mut silence, if silent => {
                    silent = false;
                    self.watch(Watch { watch: vec![Topic::Board], epoch: None, after: 0 }).await;
                }
                () = &mut stopped => return End::close(CloseCode::Away, "the server is stopping"),
                why = &mut over => return End(Some(signed_out(why))),
                // The writer could not write, or nothing was read for too long.
                _ = &mut let_go => return End(None),
            }
        }
    }

    async fn hear(&mut self, message: Message) -> Result<(), End> {
        let (count, since) = &mut self.chatter;
        if since.elapsed() >= CHATTER_TIME {
            (*count, *since) = (0, Instant::now());
        }
        *count += 1;
        if *count > CHATTER {
            return Err(End::close(CloseCode::Policy, "too many messages"));
        }
        match message {
            Message::Text(text) => match Watch::parse(&text) {
                Ok(watch) => self.watch(watch).await,
                Err(error) => self.complain(error).await,
            },
            Message::Binary(_) => {
                let (error, message) = ("not_text".to_owned(), "Send JSON text.".to_owned());
                self.complain(WireError { error, message }).await;
            }
            Message::Close(_) => return Err(End(None)),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
        }
        Ok(())
    }

    async fn complain(&self, error: WireError) {
        self.say(text(&ServerMessage::Error(error))).await;
    }

    /// Topics already watched go on where they are; new ones are caught up after what the browser says it holds.
    async fn watch(&mut self, watch: Watch) {
        let same_epoch = watch.epoch.as_deref() == Some(self.app.hub.epoch());
        let after = if same_epoch { watch.after } else { 0 };
        let mut topics = self.watch_only(&watch.watch).await;
        for topic in topics.clone() {
            if let Topic::Run(id) = &topic
                && self.app.hub.ask(|reply| Command::Knows(id.clone(), reply)).await == Some(false)
                && self.send_archived(id, after).await
            {
                topics.retain(|other| *other != topic);
            }
        }
        if !topics.is_empty() {
            self.app.hub.tell(Command::Watch { topics, after, to: self.to }).await;
        }
    }

    /// A run that has left the board is answered from the store, and changes no more. False: it is not there either.
    async fn send_archived(&self, id: &str, after: Seq) -> bool {
        let seq = self.app.hub.seq().max(1);
        let Ok(Some(changes)) = self.app.store.run_changes(id, seq).await else { return false };
        if after == 0 {
            let (topic, epoch) = (Topic::Run(id.to_owned()), self.app.hub.epoch().to_owned());
            let frame =
                Frame { topic, epoch, from: 0, to: seq, changes, full: true, skipped: 0, more: false };
            for part in in_parts(frame).iter() {
                self.say(part.bytes().0).await;
            }
        }
        true
    }

    /// Takes what is watched from now on; what is not among it is told to the hub. Returns what is new.
    async fn watch_only(&mut self, wanted: &[Topic]) -> Vec<Topic> {
        let (stay, dropped): (Vec<Topic>, Vec<Topic>) =
            std::mem::take(&mut self.topics).into_iter().partition(|topic| wanted.contains(topic));
        self.topics = stay;
        let mut new: Vec<Topic> = Vec::new();
        for topic in wanted {
            if !self.topics.contains(topic) {
                self.topics.push(topic.clone());
                new.push(topic.clone());
            }
        }
        if !dropped.is_empty() {
            self.app.hub.tell(Command::Unwatch { topics: dropped, from: self.to }).await;
        }
        new
    }

    async fn say(&self, message: Bytes) {
        self.app.hub.outlets().send(self.to, Order::Say { socket: self.to.socket, message }).await;
    }
}

/// The next message that is there already; `None`: it has to be waited for.
async fn next(
    protocol: &mut WebSocketContext,
    stream: &TcpStream,
    connection: &Connection,
) -> Result<Option<Message>, End> {
    let mut side = ReadSide { stream, answers: Vec::new() };
    let message = protocol.read(&mut side);
    if matches!(message, Ok(Message::Ping(_) | Message::Close(_))) {
        // Into memory; after a goodbye it only says that this was the last.
        let _ = protocol.flush(&mut side);
    }
    let answers = Bytes::from(side.answers);
    match message {
        // Its answer is our goodbye.
        Ok(Message::Close(_)) => Err(End(Some(answers))),
        Ok(message) => {
            if !answers.is_empty() {
                connection.say(answers).await;
            }
            Ok(Some(message))
        }
        Err(Error::Io(cause)) if cause.kind() == std::io::ErrorKind::WouldBlock => Ok(None),
        Err(Error::Capacity(_)) => Err(End::close(CloseCode::Size, "a message is at most 8 KiB")),
        Err(Error::Protocol(_) | Error::Utf8(_)) => Err(End::close(CloseCode::Protocol, "not a WebSocket")),
        Err(_) => Err(End(None)),
    }
}
