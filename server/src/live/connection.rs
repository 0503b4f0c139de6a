//! One connection: hello, what it asks for, frames, beats, and a clean goodbye.

use super::place::Place;
use super::text;
use crate::clock;
use crate::hub::{Command, Turn};
use crate::state::App;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use domain::wire::{Hello, PROTOCOL, ServerMessage, Topic, Watch, WireError};
use futures_util::{SinkExt, StreamExt};
use std::time::Duration;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::broadcast::{self};

/// Who takes nothing for this long is let go, and will come back.
const STALLED: Duration = Duration::from_secs(60);
/// Who says nothing for this long after the hello watches the board from the beginning.
const SILENT: Duration = Duration::from_millis(250);
/// Frames written in one go, about.
const BATCH: usize = 256;
/// Messages that a browser may send in ten seconds.
const CHATTER: u32 = 60;

struct Connection {
    socket: WebSocket,
    app: App,
    place: Place,
    /// Messages received since the last beat.
    chatter: u32,
}

/// Why a connection ends.
enum End {
    /// The other side left, or the socket broke.
    Gone,
    /// We end it, with a code and a reason.
    Close(u16, &'static str),
}

pub(super) async fn serve(socket: WebSocket, app: App) {
    let mut connection = Connection { socket, app, place: Place::default(), chatter: 0 };
    let end = connection.run().await;
    for (topic, _) in connection.place.all() {
        connection.app.hub.tell_later(Command::Unwatch(topic));
    }
    if let End::Close(code, reason) = end {
        let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
        let _ = tokio::time::timeout(Duration::from_secs(1), connection.socket.send(close)).await;
    }
}

impl Connection {
    async fn run(&mut self) -> End {
        // Subscribed before anything is watched: a frame that is made meanwhile waits in the ring.
        let mut turns = self.app.hub.frames();
        let mut beats = self.app.beats.subscribe();
        let mut stop = self.app.stop.clone();
        let hello = Hello {
            hello: PROTOCOL,
            build: self.app.assets.build.clone(),
            epoch: self.app.hub.epoch().to_owned(),
            seq: self.app.hub.seq(),
            now: clock::now(),
        };
        if let Err(end) = self.send(vec![text(&ServerMessage::Hello(hello))]).await {
            return end;
        }
        let silence = tokio::time::sleep(SILENT);
        let stopped = stop.wait();
        tokio::pin!(silence, stopped);
        let mut silent = true;
        loop {
            let step = tokio::select! {
                message = self.socket.next() => {
                    silent = false;
                    match message {
                        Some(Ok(message)) => self.hear(message).await,
                        Some(Err(_)) | None => Err(End::Gone),
                    }
                }
                turn = turns.recv(), if !self.place.is_empty() => self.pass_on(turn, &mut turns).await,
                beat = beats.recv() => {
                    self.chatter = 0;
                    match beat {
                        Ok(beat) => self.send(vec![beat]).await,
                        // A missed beat is followed by the next.
                        Err(_) => Ok(()),
                    }
                }
                () = &mut silence, if silent => {
                    silent = false;
                    self.watch(Watch { watch: vec![Topic::Board], epoch: None, after: 0 }).await
                }
                () = &mut stopped => Err(End::Close(close_code::AWAY, "the server is stopping")),
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn hear(&mut self, message: Message) -> Result<(), End> {
        self.chatter += 1;
        if self.chatter > CHATTER {
            return Err(End::Close(close_code::POLICY, "too many messages"));
        }
        let text = match message {
            Message::Text(text) => text,
            Message::Close(_) => return Err(End::Gone),
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Binary(_) => return self.complain("not_text", "Send JSON text.").await,
        };
        match Watch::parse(&text) {
            Ok(watch) => self.watch(watch).await,
            Err(error) => self.send(vec![super::text(&ServerMessage::Error(error))]).await,
        }
    }

    async fn complain(&mut self, code: &str, message: &str) -> Result<(), End> {
        let error = WireError { error: code.to_owned(), message: message.to_owned() };
        self.send(vec![text(&ServerMessage::Error(error))]).await
    }

    /// Topics already watched go on where they are; new ones are caught up after what the browser says it holds.
    async fn watch(&mut self, watch: Watch) -> Result<(), End> {
        let same_epoch = watch.epoch.as_deref() == Some(self.app.hub.epoch());
        let after = if same_epoch { watch.after } else { 0 };
        let (new, dropped) = self.place.watch(&watch.watch);
        for topic in dropped {
            self.app.hub.tell(Command::Unwatch(topic)).await;
        }
        let mut lacking = Vec::with_capacity(new.len());
        for topic in new {
            let asked = topic.clone();
            let frames = self.app.hub.ask(move |reply| Command::Watch { topic: asked, after, reply }).await;
            self.take_catch_up(topic, frames, &mut lacking)?;
        }
        self.send(lacking).await
    }

    /// Sends what the ring holds for this connection, in one flush; who has lost its place is caught up instead.
    async fn pass_on(
        &mut self,
        first: Result<Turn, RecvError>,
        turns: &mut broadcast::Receiver<Turn>,
    ) -> Result<(), End> {
        let mut texts = Vec::new();
        let mut next = match first {
            Ok(turn) => Some(turn),
            Err(RecvError::Lagged(_)) => return self.catch_up().await,
            Err(RecvError::Closed) => return Err(End::Close(close_code::AWAY, "the server is stopping")),
        };
        while let Some(turn) = next {
            for frame in turn.iter() {
                if self.place.takes(frame) {
                    texts.push(frame.text().0);
                }
            }
            if texts.len() >= BATCH {
                break;
            }
            next = match turns.try_recv() {
                Ok(turn) => Some(turn),
                Err(TryRecvError::Lagged(_)) => {
                    self.send(texts).await?;
                    return self.catch_up().await;
                }
                Err(TryRecvError::Empty | TryRecvError::Closed) => None,
            };
        }
        self.send(texts).await
    }

    async fn catch_up(&mut self) -> Result<(), End> {
        self.app.metrics.lagged.inc();
        let mut lacking = Vec::new();
        for (topic, after) in self.place.all() {
            let asked = topic.clone();
            let frames = self.app.hub.ask(move |reply| Command::CatchUp { topic: asked, after, reply }).await;
            self.take_catch_up(topic, frames, &mut lacking)?;
        }
        self.send(lacking).await
    }

    fn take_catch_up(
        &mut self,
        topic: Topic,
        frames: Option<Turn>,
        texts: &mut Vec<Utf8Bytes>,
    ) -> Result<(), End> {
        let frames = frames.ok_or(End::Close(close_code::AWAY, "the server is stopping"))?;
        let mut encoded = false;
        for frame in frames.iter() {
            let (text, first) = frame.text();
            encoded |= first;
            texts.push(text);
        }
        if encoded {
            self.app.metrics.encodings.inc();
        }
        if let Some(last) = frames.last() {
            self.place.holds(topic, last.to());
        }
        Ok(())
    }

    /// Writes all and flushes once. Who takes nothing for a minute is let go.
    async fn send(&mut self, texts: Vec<Utf8Bytes>) -> Result<(), End> {
        if texts.is_empty() {
            return Ok(());
        }
        let bytes: u64 = texts.iter().map(|text| u64::try_from(text.len()).unwrap_or(0)).sum();
        let count = u64::try_from(texts.len()).unwrap_or(0);
        let socket = &mut self.socket;
        let write = async move {
            for text in texts {
                socket.feed(Message::Text(text)).await?;
            }
            socket.flush().await
        };
        match tokio::time::timeout(STALLED, write).await {
            Ok(Ok(())) => {
                self.app.metrics.frames_sent.inc_by(count);
                self.app.metrics.bytes_sent.inc_by(bytes);
                Ok(())
            }
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(End::Close(close_code::POLICY, "nothing was read for a minute")),
        }
    }
}
