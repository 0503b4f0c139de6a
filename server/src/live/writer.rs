//! Writes to its share of the sockets, and is the only one who does.
//!
//! A task per connection would be woken, scheduled and polled for each frame; here a frame is a loop of system calls over the
//! same bytes. A writer never waits for a socket: one that takes nothing is left out until it does, and is then brought up to
//! date; one that takes nothing for a minute is let go, and will come back.

use super::member::{Lag, Member};
use crate::hub::{Answer, Command, HubHandle, Order, Recipient, Turn};
use crate::metrics::Metrics;
use axum::body::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

/// Who takes nothing for this long is let go.
const STALLED: Duration = Duration::from_secs(60);
/// Orders taken at once.
const ORDERS: usize = 64;
/// Sockets written to before others on this thread have their turn.
const STRETCH: usize = 64;

/// A writer.
pub(super) struct Writer {
    hub: HubHandle,
    metrics: Arc<Metrics>,
    members: HashMap<u64, (Recipient, Member)>,
    /// Those that take nothing at the moment: which, and whether it takes something again.
    blocked: FuturesUnordered<BoxFuture<'static, (u64, bool)>>,
}

impl Writer {
    pub(super) fn new(hub: HubHandle, metrics: Arc<Metrics>) -> Self {
        Self { hub, metrics, members: HashMap::new(), blocked: FuturesUnordered::new() }
    }

    pub(super) async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        let mut taken = Vec::with_capacity(ORDERS);
        loop {
            tokio::select! {
                count = orders.recv_many(&mut taken, ORDERS) => {
                    if count == 0 {
                        return;
                    }
                    self.carry_out(&mut taken).await;
                }
                Some((socket, writable)) = self.blocked.next(), if !self.blocked.is_empty() => {
                    self.unblocked(socket, writable);
                }
            }
        }
    }

    /// Turns that follow each other leave together.
    async fn carry_out(&mut self, orders: &mut Vec<Order>) {
        let mut turns: Vec<(Turn, OwnedSemaphorePermit)> = Vec::new();
        for order in orders.drain(..) {
            let order = match order {
                Order::Turn(turn, room) => {
                    turns.push((turn, room));
                    continue;
                }
                other => other,
            };
            self.pass_on(&mut turns).await;
            match order {
                Order::Turn(..) => {}
                Order::Join { to, stream, seat, gone } => {
                    self.members.insert(to.socket, (to, Member::new(stream, seat, gone)));
                }
                Order::Answer { socket, answers, caught_up } => self.answer(socket, answers, caught_up),
                Order::Forget { socket, topics } => {
                    if let Some((_, member)) = self.members.get_mut(&socket) {
                        member.place.forget(&topics);
                    }
                }
                Order::Say { socket, message } => self.say(socket, message),
                Order::Beat(message) => self.beat(&message).await,
                Order::Leave { socket, last } => self.leave(socket, last),
            }
        }
        self.pass_on(&mut turns).await;
    }

    /// What the turns hold for each socket, in one write.
    async fn pass_on(&mut self, turns: &mut Vec<(Turn, OwnedSemaphorePermit)>) {
        if turns.is_empty() {
            return;
        }
        let (mut frames, mut bytes, mut left) = (0_u64, 0_usize, Vec::new());
        for (number, (socket, (_, member))) in self.members.iter_mut().enumerate() {
            if number % STRETCH == STRETCH - 1 {
                tokio::task::yield_now().await;
            }
            let waits = member.is_blocked();
            for frame in turns.iter().flat_map(|(turn, _)| turn.iter()) {
                if member.lag != Lag::None || !member.place.wants(frame) {
                    continue;
                }
                if waits {
                    member.lag = Lag::Behind;
                    self.metrics.lagged.inc();
                    continue;
                }
                member.place.holds(frame.topic(), frame.to());
                let message = frame.bytes().0;
                (frames, bytes) = (frames + 1, bytes + message.len());
                member.push(message);
            }
            if !waits && member.is_blocked() && member.write() {
                left.push(*socket);
            }
        }
        turns.clear();
        self.count(frames, bytes);
        self.look_after(&left);
    }

    fn answer(&mut self, socket: u64, answers: Vec<Answer>, caught_up: bool) {
        let Some((_, member)) = self.members.get_mut(&socket) else { return };
        let waits = member.is_blocked();
        if caught_up {
            member.lag = if waits { Lag::Behind } else { Lag::None };
        }
        let (mut frames, mut bytes, mut encoded) = (0_u64, 0_usize, 0_u64);
        for Answer { topic, from, frames: parts } in answers {
            // It was asked about what it watched then.
            if caught_up && !member.place.watches(&topic) {
                continue;
            }
            if waits {
                // It will be asked for again, from there.
                member.place.holds(&topic, from);
                member.lag = if member.lag == Lag::None { Lag::Behind } else { member.lag };
                continue;
            }
            let mut first = false;
            for part in parts.iter() {
                let (message, new) = part.bytes();
                first |= new;
                (frames, bytes) = (frames + 1, bytes + message.len());
                member.push(message);
            }
            encoded += u64::from(first);
            if let Some(last) = parts.last() {
                member.place.holds(&topic, last.to());
            }
        }
        let left = !waits && member.write();
        self.metrics.encodings.inc_by(encoded);
        self.count(frames, bytes);
        if left {
            self.look_after(&[socket]);
        }
    }

    fn say(&mut self, socket: u64, message: Bytes) {
        let Some((_, member)) = self.members.get_mut(&socket) else { return };
        let (waits, room) = (member.is_blocked(), member.has_room());
        member.push(message);
        if !room {
            self.let_go(socket);
        } else if !waits && member.write() {
            self.look_after(&[socket]);
        }
    }

    /// A sign of life for all that are not busy taking something else.
    async fn beat(&mut self, message: &Bytes) {
        let mut left = Vec::new();
        for (number, (socket, (_, member))) in self.members.iter_mut().enumerate() {
            if number % STRETCH == STRETCH - 1 {
                tokio::task::yield_now().await;
            }
            if !member.is_blocked() {
                member.push(message.clone());
                if member.write() {
                    left.push(*socket);
                }
            }
        }
        self.look_after(&left);
    }

    /// A goodbye, unless it would stand in the middle of something else.
    fn leave(&mut self, socket: u64, last: Option<Bytes>) {
        let Some((_, mut member)) = self.members.remove(&socket) else { return };
        if let (Some(last), false) = (last, member.is_blocked()) {
            member.push(last);
            // It is over, written or not.
            let _ = member.write();
        }
        member.end();
    }

    /// It takes something again, or has taken nothing for too long.
    fn unblocked(&mut self, socket: u64, writable: bool) {
        let Some((to, member)) = self.members.get_mut(&socket) else { return };
        if !writable {
            return self.let_go(socket);
        }
        if member.write() {
            return self.look_after(&[socket]);
        }
        if member.lag == Lag::Behind {
            member.lag = Lag::Asked;
            self.hub.tell_later(Command::CatchUp { place: member.place.all(), to: *to });
        }
    }

    /// Those that did not take all: they are waited for, or let go.
    fn look_after(&mut self, sockets: &[u64]) {
        for &socket in sockets {
            let Some((_, member)) = self.members.get(&socket) else { continue };
            if member.is_broken() {
                self.let_go(socket);
            } else {
                let wait = member.wait(STALLED);
                self.blocked.push(Box::pin(async move { (socket, wait.await) }));
            }
        }
    }

    fn let_go(&mut self, socket: u64) {
        if let Some((_, member)) = self.members.remove(&socket) {
            member.end();
        }
    }

    fn count(&self, frames: u64, bytes: usize) {
        self.metrics.frames_sent.inc_by(frames);
        self.metrics.bytes_sent.inc_by(u64::try_from(bytes).unwrap_or(0));
    }
}
