//! The hub's turn: apply everything that is queued, then one frame per watched topic.

use super::frames::in_parts;
use super::outlet::Room;
use super::{
    Answer, BoardSnapshot, Command, Order, Outlets, Received, Recipient, RunStatusView, SharedFrame, Turn,
};
use crate::clock;
use crate::journal::{Entry, Harvest, Pending, RunDelta, Wanted, own};
use crate::metrics::Metrics;
use domain::board::{Board, Delta, Heard};
use domain::record::{Gap, Record, Seq};
use domain::time::Millis;
use domain::wire::{Frame, Topic};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::mpsc;

/// Most commands of one turn: bounds how long a frame waits for the applying of those behind it.
const TURN: usize = 16;
/// Symbols up to which a run's topic travels inside the page.
const EMBEDDED_SYMBOLS: usize = 1_200;
/// Catch-ups whose encoding is kept for the next that asks the same.
const SHARED_CATCH_UPS: usize = 8;

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
    board: Board,
    epoch: Arc<str>,
    outlets: Outlets,
    seq: Arc<AtomicU64>,
    metrics: Arc<Metrics>,
    watched: HashMap<Topic, Watched>,
    /// Those of them that have changed since their last frame.
    due: BTreeSet<Topic>,
    /// The latest catch-ups, newest last: a thousand browsers that come back ask the same.
    catch_ups: VecDeque<(Topic, Seq, Seq, Turn)>,
    snapshot: Option<Arc<BoardSnapshot>>,
    /// What the journal has not taken yet, and up to which change it has.
    pending: Pending,
    journalled: Seq,
}

impl Hub {
    pub(super) fn new(
        board: Board,
        epoch: Arc<str>,
        outlets: Outlets,
        seq: Arc<AtomicU64>,
        pending: Pending,
        metrics: Arc<Metrics>,
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
    fn settle(&mut self) {
        self.board.settle();
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

    async fn answer(&mut self, place: Vec<(Topic, Seq)>, to: Recipient, caught_up: bool) {
        let answers = place.into_iter().map(|(topic, from)| {
            let frames = self.catch_up(topic.clone(), from);
            Answer { topic, from, frames }
        });
        let answers = answers.collect();
        self.outlets.send(to, Order::Answer { socket: to.socket, answers, caught_up }).await;
    }

    /// What somebody who holds everything up to `after` lacks. Equal questions share one answer and its encoding.
    fn catch_up(&mut self, topic: Topic, after: Seq) -> Turn {
        self.metrics.catch_ups.inc();
        let seq = self.board.seq();
        let known = self.catch_ups.iter().find(|(t, a, s, _)| *t == topic && *a == after && *s == seq);
        if let Some((_, _, _, frames)) = known {
            return frames.clone();
        }
        // An unknown run is empty, and that is all there is.
        let nothing = Delta { full: true, changes: Vec::new(), skipped: 0 };
        let delta = self.board.changed_since(&topic, after).unwrap_or(nothing);
        let frames = in_parts(self.frame(topic.clone(), after, seq, delta));
        if self.catch_ups.len() >= SHARED_CATCH_UPS {
            self.catch_ups.pop_front();
        }
        self.catch_ups.push_back((topic, after, seq, frames.clone()));
        frames
    }

    fn frame(&self, topic: Topic, from: Seq, to: Seq, delta: Delta) -> Frame {
        let Delta { full, changes, skipped } = delta;
        Frame { topic, epoch: self.epoch.to_string(), from, to, changes, full, skipped, more: false }
    }

    /// The board as it is, made once per change and shared by all pages that are rendered from it.
    fn snapshot(&mut self) -> Arc<BoardSnapshot> {
        if let Some(snapshot) = &self.snapshot {
            return snapshot.clone();
        }
        let changes =
            |topic: &Topic| self.board.changed_since(topic, 0).map(|delta| delta.changes).unwrap_or_default();
        let tonight = self.board.tonight(clock::now());
        let small = tonight.filter(|id| self.board.symbols_kept(id) <= EMBEDDED_SYMBOLS);
        let snapshot = Arc::new(BoardSnapshot {
            seq: self.board.seq(),
            board: changes(&Topic::Board),
            feed: changes(&Topic::Feed),
            run: small.map(|id| (id.clone(), changes(&Topic::Run(id)))),
        });
        self.snapshot = Some(snapshot.clone());
        snapshot
    }
}
