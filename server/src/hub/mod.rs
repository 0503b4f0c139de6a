//! The hub: the only task that changes the board.
//!
//! Events, link changes, new watchers and page requests arrive here in one queue and are handled one at a time, so a catch-up
//! and the first frame after it can never be separated by another writer; that is why there is no lock around the board.
//!
//! One turn: take what is queued, apply it all, hand out one frame per topic that somebody watches, look again. There is no
//! timer: alone, an event leaves at once; in a burst, or while the writers are busy, frames grow by themselves ([`Outlets`]).
//! The hub waits for no socket, and it encodes nothing: whoever sends a frame first encodes it, for all ([`SharedFrame`]).
//!
//! Tests: `server/tests/live.rs`, and `domain/tests/invariants.rs` for the board itself.

mod frames;
mod given;
mod outlet;
mod turn;

pub use frames::{SharedFrame, Turn, in_parts};
pub use outlet::{Answer, Order, Outlets, Recipient};

use crate::clock;
use crate::ingest::Way;
use crate::journal::{Backlog, Harvest, Pending, Wanted};
use crate::metrics::Metrics;
use domain::board::Board;
use domain::command::{CommandRecord, Left};
use domain::decode::{Reading, Refused};
use domain::phase::Phase;
use domain::record::{Change, GapKind, Ingest, Plan, ProducerApi, Redis, Saving, Schedule, Seq, ServerInfo};
use domain::time::Millis;
use domain::verdict::RunView;
use domain::wire::Topic;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{Notify, mpsc, oneshot};

/// Commands that may wait. Ingestion waits when it is full, and its own queue says so.
const QUEUE: usize = 64;
/// Most writers: beyond, the system is the limit.
const WRITERS: usize = 8;

/// What the hub is asked.
#[derive(Debug)]
pub enum Command {
    /// Messages came, at most a batch of the queue before us.
    Received(Vec<Received>),
    /// The link to Redis changed.
    Redis(Redis),
    /// The producer's API answers, or does not.
    Api(ProducerApi),
    /// Saving goes on, or does not.
    Saving(Saving),
    /// The journal takes what it has not got yet.
    Harvest(Wanted, oneshot::Sender<Harvest>),
    /// A command was asked, or something became of it.
    Asked(CommandRecord),
    /// When runs are due, and the exchange's next days.
    Plan(Plan),
    /// The producer's schedule, as it reported it.
    Schedule(oneshot::Sender<Option<Schedule>>),
    /// Commands that have waited until then, and in vain.
    Lapse(Millis),
    /// What was asked of the producer, oldest first.
    Commands(oneshot::Sender<Vec<CommandRecord>>),
    /// A run, or the one that has the verdict, and what is left of it.
    Left(Option<String>, oneshot::Sender<Option<(RunView, Vec<Left>)>>),
    /// These channels and patterns are watched.
    Watched(Vec<String>),
    /// What was read so far.
    Ingest(Ingest),
    /// Messages were, or may have been, lost from then until then.
    Gap {
        /// Why.
        kind: GapKind,
        /// Since when.
        from: Millis,
        /// Until when.
        to: Millis,
        /// How many, if that can be counted.
        lost: u64,
    },
    /// A socket watches these from now on, and holds everything up to `after` of them. The answer is what it lacks.
    Watch {
        /// Which topics.
        topics: Vec<Topic>,
        /// What it holds.
        after: Seq,
        /// Which socket.
        to: Recipient,
    },
    /// A socket has fallen behind in what it watches. The answer is what it lacks.
    CatchUp {
        /// What it holds of each.
        place: Vec<(Topic, Seq)>,
        /// Which socket.
        to: Recipient,
    },
    /// A socket no longer watches these.
    Unwatch {
        /// Which topics.
        topics: Vec<Topic>,
        /// Which socket.
        from: Recipient,
    },
    /// A page is to be rendered.
    Snapshot(oneshot::Sender<Arc<BoardSnapshot>>),
    /// A page needs a topic besides: what it holds, and at which change.
    Topic(Topic, oneshot::Sender<Vec<Change>>),
    /// Whether a run is on the board.
    Knows(String, oneshot::Sender<bool>),
    /// The status API asks for the run that has the verdict, or for one by id.
    Run(Option<String>, oneshot::Sender<Option<RunStatusView>>),
    /// All runs of the board.
    Runs(oneshot::Sender<Vec<RunView>>),
}

/// A message as it was received, and what it was read as.
#[derive(Debug)]
pub struct Received {
    /// By which way.
    pub way: Way,
    /// Its id on the stream.
    pub stream_id: Option<String>,
    /// On which channel.
    pub channel: String,
    /// Its bytes; of a giant only the beginning.
    pub bytes: Vec<u8>,
    /// How long it was.
    pub length: usize,
    /// When.
    pub at: Millis,
    /// A hash of its bytes.
    pub fingerprint: u64,
    /// True: the same message came before, by another way.
    pub twin: bool,
    /// What it says, or why it could not be read.
    pub reading: Result<Reading, Refused>,
}

/// A run for the status API.
#[derive(Clone, Debug)]
pub struct RunStatusView {
    /// The run with its phases.
    pub view: RunView,
    /// Names of the symbols that failed in the import.
    pub failing: Vec<String>,
}

impl RunStatusView {
    /// A run of the board, or the one that has the verdict.
    pub(super) fn find(board: &Board, id: Option<String>) -> Option<Self> {
        let id = id.or_else(|| board.tonight(clock::now()))?;
        Some(Self { view: board.run_view(&id)?, failing: board.failing(&id, &Phase::Import) })
    }
}

/// The board at one moment, for pages.
#[derive(Clone, Debug)]
pub struct BoardSnapshot {
    /// The newest change in it.
    pub seq: Seq,
    /// Topic `board`.
    pub board: Vec<Change>,
    /// Topic `feed`.
    pub feed: Vec<Change>,
    /// Topic `run/<id>` of the run that has the verdict, if it is small enough to travel with a page.
    pub run: Option<(String, Vec<Change>)>,
}

/// The door to the hub.
#[derive(Clone, Debug)]
pub struct HubHandle {
    commands: mpsc::Sender<Command>,
    outlets: Outlets,
    seq: Arc<AtomicU64>,
    epoch: Arc<str>,
    answered: Arc<Notify>,
    planned: Arc<Notify>,
}

impl HubHandle {
    /// Told when what is due may have changed.
    #[must_use]
    pub fn planned(&self) -> Arc<Notify> {
        self.planned.clone()
    }

    /// Told when something became of a command.
    #[must_use]
    pub fn answered(&self) -> Arc<Notify> {
        self.answered.clone()
    }

    /// This server's epoch: numbers of changes mean nothing in another.
    #[must_use]
    pub fn epoch(&self) -> &str {
        &self.epoch
    }

    /// The newest change that was sent.
    #[must_use]
    pub fn seq(&self) -> Seq {
        self.seq.load(Ordering::Acquire)
    }

    /// The ways to the writers of the sockets.
    #[must_use]
    pub fn outlets(&self) -> &Outlets {
        &self.outlets
    }

    /// Hands a command to the hub, waiting while its queue is full. False: the hub has ended.
    pub async fn tell(&self, command: Command) -> bool {
        self.commands.send(command).await.is_ok()
    }

    /// Asks the hub. `None`: it has ended.
    pub async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(command(reply)).await.ok()?;
        answer.await.ok()
    }

    /// Tells the hub from where waiting is impossible (a writer, for whom the hub may be waiting).
    pub fn tell_later(&self, command: Command) {
        let commands = self.commands.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { commands.send(command).await });
        }
    }
}

/// Starts the hub's task with a board. Returns its door, and for each writer the end where its orders come out.
#[must_use]
pub fn start(
    mut board: Board,
    server: ServerInfo,
    backlog: Arc<Backlog>,
    metrics: Arc<Metrics>,
) -> (HubHandle, Vec<mpsc::Receiver<Order>>) {
    board.set_server(server);
    // What was told again from the log stands there.
    let _ = board.answered();
    let (commands, queue) = mpsc::channel(QUEUE);
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let (outlets, ends) = Outlets::open(cores.min(WRITERS));
    let seq = Arc::new(AtomicU64::new(0));
    let epoch: Arc<str> = format!("{:08x}", rand::random::<u32>()).into();
    let (answered, planned) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handle = HubHandle {
        commands,
        outlets: outlets.clone(),
        seq: seq.clone(),
        epoch: epoch.clone(),
        answered: answered.clone(),
        planned: planned.clone(),
    };
    let hub =
        turn::Hub::new(board, (epoch, seq), outlets, Pending::new(backlog), metrics, (answered, planned));
    tokio::spawn(hub.run(queue));
    (handle, ends)
}
