//! A socket as its writer has it: where it is, and what is half written.
//!
//! Invariant: bytes of two messages never mix. Who has something half written gets nothing new until that is out; it is
//! marked as behind instead, and then asks for what changed after the number it holds: nothing is queued for it.

use super::Seat;
use super::place::Place;
use axum::body::Bytes;
use std::collections::VecDeque;
use std::io::{ErrorKind, IoSlice, Result};
use std::net::Shutdown;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::oneshot;

/// Pieces handed to the system in one call.
const SLICES: usize = 32;
/// Messages for one socket alone (complaints, pongs) that may wait for it.
const WAITING: usize = 64;

/// Whether a socket has missed a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lag {
    /// It has everything.
    None,
    /// It has missed something.
    Behind,
    /// It has, and the hub was asked what.
    Asked,
}

/// A socket of a writer.
#[derive(Debug)]
pub(super) struct Member {
    stream: Arc<TcpStream>,
    pub(super) place: Place,
    pub(super) lag: Lag,
    /// Shared bytes that the system has not taken yet; the first piece may be the rest of one.
    pending: VecDeque<Bytes>,
    broken: bool,
    _seat: Seat,
    _gone: oneshot::Sender<()>,
}

impl Member {
    pub(super) fn new(stream: Arc<TcpStream>, seat: Seat, gone: oneshot::Sender<()>) -> Self {
        let (place, lag, pending) = (Place::default(), Lag::None, VecDeque::new());
        Self { stream, place, lag, pending, broken: false, _seat: seat, _gone: gone }
    }

    /// Something is half written: the system takes no more at the moment.
    pub(super) fn is_blocked(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Takes bytes to be written.
    pub(super) fn push(&mut self, message: Bytes) {
        self.pending.push_back(message);
    }

    /// Whether one more message for it alone may wait.
    pub(super) fn has_room(&self) -> bool {
        self.pending.len() < WAITING
    }

    /// Writes what the system takes. True: it was not all, now look after it.
    pub(super) fn write(&mut self) -> bool {
        self.broken = self.try_write().is_err();
        self.broken || self.is_blocked()
    }

    /// It cannot be written to any more.
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// Waits until the system takes something again; false: it took nothing for so long, or it is broken.
    pub(super) fn wait(&self, patience: Duration) -> impl Future<Output = bool> + Send + 'static {
        let stream = self.stream.clone();
        async move { matches!(tokio::time::timeout(patience, stream.writable()).await, Ok(Ok(()))) }
    }

    /// Lets go of it. Who waits for it to take something need not any more.
    pub(super) fn end(self) {
        if self.is_blocked() {
            // It may be closed already, which is all that is wanted.
            let _ = socket2::SockRef::from(&*self.stream).shutdown(Shutdown::Both);
        }
    }

    fn try_write(&mut self) -> Result<()> {
        while let Some(first) = self.pending.front() {
            let written = if self.pending.len() == 1 {
                self.stream.try_write(first)
            } else {
                let mut slices = [IoSlice::new(&[]); SLICES];
                let mut count = 0;
                for (slice, piece) in slices.iter_mut().zip(&self.pending) {
                    *slice = IoSlice::new(piece);
                    count += 1;
                }
                self.stream.try_write_vectored(slices.get(..count).unwrap_or_default())
            };
            match written {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => self.taken(count),
                Err(cause) if cause.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
                Err(cause) => return Err(cause),
            }
        }
        Ok(())
    }

    fn taken(&mut self, mut count: usize) {
        while let Some(first) = self.pending.front_mut() {
            if count < first.len() {
                drop(first.split_to(count));
                return;
            }
            count -= first.len();
            self.pending.pop_front();
        }
        // Who waits for nothing holds no memory for what it once waited for.
        self.pending.shrink_to(2);
    }
}
