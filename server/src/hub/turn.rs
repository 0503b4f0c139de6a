//! The hub's turn: apply everything that is queued, then one frame per watched topic.

use super::outlet::Room;
use super::{BoardSnapshot, Command, Order, Outlets, Received, RunStatusView, SharedFrame, Turn};
use crate::clock;
use crate::journal::{Entry, Harvest, Pending, RunDelta, Wanted, own};
use crate::metrics::Metrics;
use domain::board::{Board, Heard};
use domain::event::EventKind;
use domain::record::{Gap, Record, Seq, key};
use domain::time::Millis;
use domain::wire::Topic;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{Notify, mpsc};

/// Most commands of one turn: bounds how long a frame waits for the applying of those behind it.
const TURN: usize = 16;

/// A topic that somebody watches.
#[derive(Debug)]
struct Watched {
    watchers: usize,
    /// Up to where its frames have gone out.
    sent: Seq,
}

/// The state of the hub's task.
#[derive(Debug)]
pub(super) struct Hub {
    pub(super) board: Board,
    pub(super) epoch: Arc<str>,
    pub(super) outlets: Outlets,
    seq: Arc<AtomicU64>,
    pub(super) metrics: Arc<Metrics>,
    watched: HashMap<Topic, Watched>,
    /// Those of them that have changed since their last frame.
    due: BTreeSet<Topic>,
    /// The latest catch-ups, newest last: a thousand browsers that come back ask the same.
    pub(super) catch_ups: VecDeque<(Topic, Seq, Seq, Turn)>,
    pub(super) snapshot: Option<Arc<BoardSnapshot>>,
    /// What the journal has not taken yet, and up to which change it has.
    pending: Pending,
    journalled: Seq,
    /// Told when something became of a command.
    answered: Arc<Notify>,
    /// Told when what is due may have changed.
    planned: Arc<Notify>,
}

impl Hub {
    pub(super) fn new(
        board: Board,
        (epoch, seq): (Arc<str>, Arc<AtomicU64>),
        outlets: Outlets,
        pending: Pending,
        metrics: Arc<Metrics>,
        (answered, planned): (Arc<Notify>, Arc<Notify>),
    ) -> Self {
        Self {
            board,
            epoch,
            outlets,
            seq,
            metrics,
            watched: HashMap::new(),
            due: BTreeSet::new(),
            catch_ups: VecDeque::new(),
            snapshot: None,
            pending,
            journalled: 0,
            answered,
            planned,
        }
    }

    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Command>) {
        let mut taken = Vec::with_capacity(TURN);
        loop {
            let room = tokio::select! {
                biased;
                count = queue.recv_many(&mut taken, TURN) => {
                    if count == 0 {
                        return;
                    }
                    for command in taken.drain(..) {
                        self.handle(command).await;
                    }
                    self.settle();
                    self.outlets.room_now().filter(|_| !self.due.is_empty())
                }
                room = self.outlets.room(), if !self.due.is_empty() => Some(room),
            };
            if let Some(room) = room {
                self.send_frames(room).await;
            }
        }
    }

    async fn handle(&mut self, command: Command) {
        match command {
            Command::Received(received) => received.into_iter().for_each(|received| self.receive(received)),
            Command::Redis(redis) => {
                self.metrics.redis_up.set(i64::from(redis.up));
                self.own(redis.since, "xredis", Record::Redis(redis));
            }
            Command::Api(api) => _ = self.board.set_api(api),
            Command::Saving(saving) => _ = self.board.set_saving(saving),
            Command::Harvest(wanted, reply) => _ = reply.send(self.harvest(&wanted)),
            Command::Asked(command) => _ = self.board.set_command(clock::now(), command),
            Command::Plan(plan) => self.own(clock::now(), "xplan", Record::Plan(plan)),
            Command::Schedule(reply) => _ = reply.send(self.board.producer_schedule()),
            Command::Lapse(now) => _ = self.board.lapse_commands(now),
            Command::Commands(reply) => _ = reply.send(self.board.commands().to_vec()),
            Command::Left(id, reply) => {
                let id = id.or_else(|| self.board.tonight(clock::now()));
                let _ = reply.send(id.and_then(|id| self.board.left(&id)));
            }
            Command::Watched(names) => _ = self.board.set_watched(names),
            Command::Ingest(ingest) => _ = self.board.set_ingest(ingest),
            Command::Gap { kind, from, to, lost } => {
                self.own(to, "g0", Record::Gap(Gap { kind, from, to: Some(to), lost }));
            }
            Command::Watch { topics, after, to } => {
                self.catch_all_up().await;
                self.outlets.watches(to, topics.len());
                let seq = self.board.seq();
                for topic in &topics {
                    let new = Watched { watchers: 0, sent: seq };
                    self.watched.entry(topic.clone()).or_insert(new).watchers += 1;
                }
                let place = topics.into_iter().map(|topic| (topic, after)).collect();
                self.answer(place, to, false).await;
            }
            Command::CatchUp { place, to } => {
                self.catch_all_up().await;
                self.answer(place, to, true).await;
            }
            Command::Unwatch { topics, from } => {
                self.outlets.forgets(from, topics.len());
                for topic in &topics {
                    if let Some(watched) = self.watched.get_mut(topic) {
                        watched.watchers = watched.watchers.saturating_sub(1);
                        if watched.watchers == 0 {
                            self.watched.remove(topic);
                        }
                    }
                }
                let order = Order::Forget { socket: from.socket, topics };
                self.outlets.send(from, order).await;
            }
            Command::Snapshot(reply) => {
                self.settle();
                let _ = reply.send(self.snapshot());
            }
            Command::Topic(topic, reply) => {
                self.settle();
                let held = self.board.changed_since(&topic, 0).map(|delta| delta.changes);
                let _ = reply.send(held.unwrap_or_default());
            }
            Command::Knows(id, reply) => {
                let _ = reply.send(self.board.run_view(&id).is_some());
            }
            Command::Run(id, reply) => _ = reply.send(RunStatusView::find(&self.board, id)),
            Command::Runs(reply) => _ = reply.send(self.board.views()),
        }
    }

    fn receive(&mut self, received: Received) {
        if !received.twin {
            let Received { channel, bytes, length, at, reading, .. } = &received;
            self.board.hear(&Heard { channel, bytes, length: *length, at: *at, reading });
            if let Ok(reading) = reading
                && self.board.apply(&reading.event)
            {
                if matches!(reading.event.kind, EventKind::Schedule(_)) {
                    self.planned.notify_one();
                }
                self.metrics.applied.inc();
            }
        }
        let entry = Entry::of(received, &self.board);
        self.pending.push(entry);
    }

    /// What we say of ourselves; it stands in the log like everything else.
    fn own(&mut self, at: Millis, key: &str, record: Record) {
        own::apply(&mut self.board, at, &record);
        self.pending.push(Entry::own(at, key, record));
    }

    /// What became of commands stands in the log, and whoever follows them is told.
    fn note_answers(&mut self) {
        for command in self.board.answered() {
            let key = key::command(&command.id);
            self.pending.push(Entry::own(clock::now(), &key, Record::Command(command)));
            self.answered.notify_one();
            self.planned.notify_one();
        }
    }

    /// What the journal has not got yet.
    fn harvest(&mut self, wanted: &Wanted) -> Harvest {
        self.settle();
        let (entries, lost) = self.pending.take();
        let after = if wanted.all { 0 } else { self.journalled };
        let touched = std::mem::take(&mut self.pending.touched);
        let ids = if wanted.all { self.board.run_ids() } else { touched.into_iter().collect() };
        let delta = |id: &String| {
            let (records, symbols) = self.board.parts_of(id, after)?;
            Some(RunDelta { view: self.board.run_view(id)?, records, symbols })
        };
        let runs = ids.iter().filter_map(delta).collect();
        let keyframe = wanted.keyframe.as_ref().map(|known| self.board.keyframe(known));
        self.journalled = self.board.seq();
        Harvest { entries, runs, keyframe, lost }
    }

    /// Takes note of what has changed.
    pub(super) fn settle(&mut self) {
        self.board.settle();
        self.note_answers();
        let touched = self.board.touched();
        if touched.is_empty() {
            return;
        }
        self.snapshot = None;
        for topic in &touched {
            if let Topic::Run(id) = topic {
                self.pending.touch(id);
            }
        }
        let watched = &self.watched;
        self.due.extend(touched.into_iter().filter(|topic| watched.contains_key(topic)));
        let seq = self.board.seq();
        self.seq.store(seq, Ordering::Release);
        self.metrics.seq.set(i64::try_from(seq).unwrap_or(i64::MAX));
    }

    /// What was applied so far goes out before somebody is answered, else the next frame would tell him twice.
    async fn catch_all_up(&mut self) {
        self.settle();
        if !self.due.is_empty() {
            let room = self.outlets.room().await;
            self.send_frames(room).await;
        }
    }

    /// One frame for each watched topic that changed.
    async fn send_frames(&mut self, room: Room) {
        let seq = self.board.seq();
        let mut frames = Vec::new();
        for topic in std::mem::take(&mut self.due) {
            let Some(watched) = self.watched.get_mut(&topic) else { continue };
            let from = std::mem::replace(&mut watched.sent, seq);
            if let Some(delta) = self.board.changed_since(&topic, from) {
                frames.push(SharedFrame::new(self.frame(topic, from, seq, delta)));
            }
        }
        if !frames.is_empty() {
            self.outlets.turn(&frames.into(), room).await;
        }
    }
}
