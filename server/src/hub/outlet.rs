//! Where what the hub makes leaves it: one ordered queue to each writer of sockets.
//!
//! Turns, answers and what readers ask of a writer go through the same queue, so an answer and the first turn after it cannot
//! change places: that is why nobody has to look for a gap. The hub makes a turn only when every writer has room for it; until
//! then changes gather in the board and the next turn holds them all. That is a wait for a loop of system calls, never for a
//! socket: writers do not wait for anybody.

use super::Turn;
use crate::live::Seat;
use axum::body::Bytes;
use domain::record::Seq;
use domain::wire::Topic;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

/// Orders that may wait for a writer.
const ORDERS: usize = 256;
/// Turns that may wait for a writer: one that is being written and one behind it.
const TURNS_AHEAD: usize = 2;

/// A socket, and which writer has it.
#[derive(Clone, Copy, Debug)]
pub struct Recipient {
    outlet: usize,
    /// Its number.
    pub socket: u64,
}

/// What somebody who holds everything of a topic up to `from` lacks.
#[derive(Debug)]
pub struct Answer {
    /// Which topic.
    pub topic: Topic,
    /// What is held of it.
    pub from: Seq,
    /// What is lacking.
    pub frames: Turn,
}

/// What a writer is told.
#[derive(Debug)]
pub enum Order {
    /// A new socket. The sender is dropped when the writer lets go of it.
    Join {
        /// Its number and its writer.
        to: Recipient,
        /// Where to write.
        stream: Arc<TcpStream>,
        /// Its place among those that may be open.
        seat: Seat,
        /// Tells its reader that it is over.
        gone: oneshot::Sender<()>,
    },
    /// Frames for all who watch their topics; the permit is the room that they take.
    Turn(Turn, OwnedSemaphorePermit),
    /// What one socket asked for.
    Answer {
        /// Which socket.
        socket: u64,
        /// Topic by topic.
        answers: Vec<Answer>,
        /// Whether these are all topics of a socket that had fallen behind.
        caught_up: bool,
    },
    /// One socket no longer watches these.
    Forget {
        /// Which socket.
        socket: u64,
        /// What it does not watch any more.
        topics: Vec<Topic>,
    },
    /// A message for one socket, framed.
    Say {
        /// Which socket.
        socket: u64,
        /// The message.
        message: Bytes,
    },
    /// A message for all sockets, framed.
    Beat(Bytes),
    /// A socket is over; this is the last it is told, framed.
    Leave {
        /// Which socket.
        socket: u64,
        /// The goodbye.
        last: Option<Bytes>,
    },
}

#[derive(Debug)]
struct Outlet {
    orders: mpsc::Sender<Order>,
    room: Arc<Semaphore>,
    /// Topics that are watched by its sockets, each counted as often as it is watched.
    watched: AtomicUsize,
}

/// All outlets.
#[derive(Clone, Debug)]
pub struct Outlets {
    all: Arc<[Outlet]>,
    sockets: Arc<AtomicU64>,
}

/// Room for one turn at every writer.
#[derive(Debug)]
pub(super) struct Room(Vec<OwnedSemaphorePermit>);

impl Outlets {
    /// So many, and the other end of each.
    pub(super) fn open(count: usize) -> (Self, Vec<mpsc::Receiver<Order>>) {
        let (all, ends): (Vec<Outlet>, Vec<_>) = (0..count)
            .map(|_| {
                let (orders, end) = mpsc::channel(ORDERS);
                (
                    {
                        let room = Arc::new(Semaphore::new(TURNS_AHEAD));
                        Outlet { orders, room, watched: AtomicUsize::new(0) }
                    },
                    end,
                )
            })
            .unzip();
        (Self { all: all.into(), sockets: Arc::default() }, ends)
    }

    /// A number and a writer for a new socket, in turns.
    #[must_use]
    pub fn recipient(&self) -> Recipient {
        let socket = self.sockets.fetch_add(1, Ordering::Relaxed);
        let count = u64::try_from(self.all.len()).unwrap_or(1).max(1);
        Recipient { outlet: usize::try_from(socket % count).unwrap_or(0), socket }
    }

    /// An order for the writer of a socket.
    pub async fn send(&self, to: Recipient, order: Order) {
        if let Some(outlet) = self.all.get(to.outlet) {
            // An error means that the process ends.
            let _ = outlet.orders.send(order).await;
        }
    }

    /// A beat for everybody.
    pub async fn beat(&self, message: Bytes) {
        for outlet in self.all.iter() {
            let _ = outlet.orders.send(Order::Beat(message.clone())).await;
        }
    }

    /// Waits until every writer has room for a turn.
    pub(super) async fn room(&self) -> Room {
        let mut permits = Vec::with_capacity(self.all.len());
        for outlet in self.all.iter() {
            // It is never closed.
            permits.extend(outlet.room.clone().acquire_owned().await);
        }
        Room(permits)
    }

    /// Room for a turn, if every writer has it.
    pub(super) fn room_now(&self) -> Option<Room> {
        let permits = self.all.iter().map(|outlet| outlet.room.clone().try_acquire_owned());
        permits.collect::<Result<_, _>>().ok().map(Room)
    }

    /// Hands a turn to every writer who has somebody that watches something.
    pub(super) async fn turn(&self, turn: &Turn, room: Room) {
        for (outlet, permit) in self.all.iter().zip(room.0) {
            if outlet.watched.load(Ordering::Relaxed) > 0 {
                let _ = outlet.orders.send(Order::Turn(turn.clone(), permit)).await;
            }
        }
    }

    /// A socket watches so many topics more. Only the hub counts.
    pub(super) fn watches(&self, to: Recipient, topics: usize) {
        if let Some(outlet) = self.all.get(to.outlet) {
            outlet.watched.fetch_add(topics, Ordering::Relaxed);
        }
    }

    /// A socket watches so many topics less.
    pub(super) fn forgets(&self, to: Recipient, topics: usize) {
        if let Some(outlet) = self.all.get(to.outlet) {
            outlet.watched.fetch_sub(topics, Ordering::Relaxed);
        }
    }
}
