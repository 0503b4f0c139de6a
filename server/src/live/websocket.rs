//! Where HTTP ends and a socket begins, and the bytes of what is written to it.
//!
//! The TCP stream is taken out of the HTTP server: a message for a thousand browsers is framed once, and each is handed the same
//! bytes, which no library between us and the system would do. Handshake, reading and framing are `tungstenite`'s.

use crate::error::ApiError;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::Response;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto::upgrade::downcast;
use serde::Serialize;
use std::io::{ErrorKind, Read, Result as IoResult, Write};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tungstenite::handshake::server::create_response_with_body;
use tungstenite::protocol::frame::coding::{Data, OpCode};
use tungstenite::protocol::frame::{CloseFrame, Frame};

/// Bytes that may wait in the system for one socket before it counts as slow.
const UNSENT: u32 = 64 << 10;
/// A browser that asked for a socket is handed it within this time.
const SWITCH: Duration = Duration::from_secs(10);

/// A request for a socket that was accepted.
#[derive(Debug)]
pub(super) struct Switch(OnUpgrade);

/// The answer to a request for a socket.
///
/// # Errors
/// [`ApiError::NoSocket`] when it is none.
pub(super) fn accept(mut request: Request) -> Result<(Response, Switch), ApiError> {
    let response = create_response_with_body(&request, Body::empty).map_err(|_| ApiError::NoSocket)?;
    Ok((response, Switch(hyper::upgrade::on(&mut request))))
}

impl Switch {
    /// The stream, and what the browser has sent on it already; once the answer is on its way.
    pub(super) async fn stream(self) -> Option<(TcpStream, Vec<u8>)> {
        let upgraded = tokio::time::timeout(SWITCH, self.0).await.ok()?.ok()?;
        let parts = downcast::<TokioIo<TcpStream>>(upgraded).ok()?;
        let stream = parts.io.into_inner();
        // Where the system does not know it, a slow socket holds more.
        let _ = socket2::SockRef::from(&stream).set_tcp_notsent_lowat(UNSENT);
        // A copy: it would keep the whole buffer of the request alive.
        Some((stream, parts.read_buf.to_vec()))
    }
}

/// A message as it goes over the socket.
pub(crate) fn text(message: &impl Serialize) -> Bytes {
    // Our own messages always encode.
    let json = serde_json::to_vec(message).unwrap_or_default();
    bytes(Frame::message(json, OpCode::Data(Data::Text), true))
}

/// A goodbye as it goes over the socket.
pub(super) fn goodbye(close: CloseFrame) -> Bytes {
    bytes(Frame::close(Some(close)))
}

/// A goodbye on a socket that says nothing else. The other side is given a moment to answer it.
pub(super) async fn last_words(mut stream: TcpStream, goodbye: Bytes) {
    const MOMENT: Duration = Duration::from_secs(2);
    let mut answer = [0; 64];
    let said = async {
        stream.write_all(&goodbye).await?;
        stream.shutdown().await?;
        while stream.read(&mut answer).await? > 0 {}
        IoResult::Ok(())
    };
    // Whatever came of it, the socket is closed.
    let _ = tokio::time::timeout(MOMENT, said).await;
}

fn bytes(frame: Frame) -> Bytes {
    let mut bytes = Vec::with_capacity(frame.len());
    // Writing into memory cannot fail.
    let _ = frame.format(&mut bytes);
    bytes.into()
}

/// A stream as the reader sees it: what it reads is there or not, and what it would answer (to a ping, to a goodbye) is
/// gathered for the writer, who alone writes.
#[derive(Debug)]
pub(super) struct ReadSide<'a> {
    pub(super) stream: &'a TcpStream,
    pub(super) answers: Vec<u8>,
}

impl Read for ReadSide<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> IoResult<usize> {
        match self.stream.try_read(buffer) {
            Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
            other => other,
        }
    }
}

impl Write for ReadSide<'_> {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        Write::write(&mut self.answers, bytes)
    }

    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}
