//! What the hub has applied and the journal has not written yet. Bounded by count and bytes: beyond, a message is on the screen
//! but not in the log, and that is counted and shown.

use crate::hub::Received;
use crate::ingest::Way;
use domain::board::{Board, Keyframe, Mark};
use domain::event::EventKind;
use domain::record::{Change, Record};
use domain::time::Millis;
use domain::verdict::RunView;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Notify;

/// Most messages that wait to be written.
pub const MESSAGES: usize = 200_000;
/// Most bytes of them.
const BYTES: usize = 96 << 20;

/// How much waits, seen by who reads the stream and by who writes.
#[derive(Debug, Default)]
pub struct Backlog {
    waiting: AtomicUsize,
    /// Those of them that the journal has not taken yet.
    queued: AtomicUsize,
    grown: Notify,
    shrunk: Notify,
}

impl Backlog {
    /// How many messages wait to be written.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Acquire)
    }

    /// Waits until fewer than so many wait, and no more than half of them for being taken: while one half is written the other
    /// comes, or reading and writing would wait for each other in turn.
    pub async fn room(&self, limit: usize) {
        loop {
            let shrunk = self.shrunk.notified();
            if self.waiting() < limit && self.queued.load(Ordering::Acquire) < limit / 2 {
                return;
            }
            shrunk.await;
        }
    }

    /// Waits until something is there to write.
    pub async fn grown(&self) {
        self.grown.notified().await;
    }

    pub(super) fn written(&self, count: usize) {
        self.waiting.fetch_sub(count, Ordering::AcqRel);
        self.shrunk.notify_waiters();
    }

    fn taken(&self, count: usize) {
        self.queued.fetch_sub(count, Ordering::AcqRel);
        self.shrunk.notify_waiters();
    }

    fn grew(&self, count: usize) {
        self.queued.fetch_add(count, Ordering::AcqRel);
        self.waiting.fetch_add(count, Ordering::AcqRel);
        self.grown.notify_one();
    }

    /// Something other than a message changed.
    pub fn touched(&self) {
        self.grown.notify_one();
    }
}

/// A message on its way to the log.
#[derive(Clone, Debug)]
pub struct Entry {
    /// By which way it came.
    pub way: Way,
    /// Its id on the stream.
    pub stream_id: Option<String>,
    /// When it was received.
    pub at: Millis,
    /// On which channel.
    pub channel: String,
    /// A hash of its bytes.
    pub fingerprint: u64,
    /// True: it came before, by another way.
    pub twin: bool,
    /// What it was understood as: `night`, `value`, `apart`, `unknown`, `refused`, `own`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// The run it belongs to.
    pub run: Option<String>,
    /// The symbol it is about.
    pub symbol: Option<String>,
    /// How long it was.
    pub length: usize,
    /// Its bytes.
    pub raw: Vec<u8>,
}

impl Entry {
    /// A message as it was received, after the board was told.
    #[must_use]
    pub fn of(received: Received, board: &Board) -> Self {
        let Received { way, stream_id, channel, bytes, length, at, fingerprint, twin, reading } = received;
        let event = reading.as_ref().ok().map(|reading| &reading.event);
        let kind = match event.map(|event| &event.kind) {
            None => "refused",
            Some(EventKind::Value(_)) => "value",
            Some(EventKind::Apart(_)) => "apart",
            Some(EventKind::Unknown { .. }) => "unknown",
            Some(_) => "night",
        };
        let symbol = match event.map(|event| &event.kind) {
            Some(EventKind::SymbolResult(result)) => Some(result.symbol.clone()),
            Some(EventKind::Value(value)) => Some(value.symbol.clone()),
            Some(EventKind::Problem(problem)) => problem.symbol.clone(),
            _ => None,
        };
        let run = event
            .filter(|_| !twin && kind != "apart")
            .and_then(|event| board.owner(event))
            .map(ToOwned::to_owned);
        let name = match &reading {
            Ok(reading) => reading.name.clone(),
            Err(refused) => refused.code().to_owned(),
        };
        // Of a twin nothing is written but that it came.
        let raw = if twin { Vec::new() } else { bytes };
        Self { way, stream_id, at, channel, fingerprint, twin, kind, name, run, symbol, length, raw }
    }

    /// One of our own: the state of the link, a gap, a command, what is due. So a board can be told of it again.
    #[must_use]
    pub fn own(at: Millis, key: &str, record: Record) -> Self {
        let run = match &record {
            Record::Command(command) => command.run.clone().or_else(|| command.of.clone()),
            _ => None,
        };
        let change = Change { key: key.into(), changed: 0, record: Some(Arc::new(record)) };
        let raw = serde_json::to_vec(&change).unwrap_or_default();
        Self {
            way: Way::Own,
            stream_id: None,
            at,
            channel: super::OWN.to_owned(),
            fingerprint: 0,
            twin: false,
            kind: "own",
            name: match (key, key.as_bytes().first()) {
                ("xplan", _) => "plan",
                (_, Some(b'x')) => "link",
                (_, Some(b'o')) => "command",
                _ => "gap",
            }
            .to_owned(),
            run,
            symbol: None,
            length: raw.len(),
            raw,
        }
    }
}

/// A run of which something changed.
#[derive(Debug)]
pub struct RunDelta {
    /// The run with its phases.
    pub view: RunView,
    /// All its records but the symbols.
    pub records: Vec<Change>,
    /// The symbols that changed.
    pub symbols: Vec<Change>,
}

/// What the journal takes at a time.
#[derive(Debug, Default)]
pub struct Harvest {
    /// Messages, in the order in which they were applied.
    pub entries: Vec<Entry>,
    /// Runs that changed since the last harvest.
    pub runs: Vec<RunDelta>,
    /// The board after them, if it was asked for.
    pub keyframe: Option<Keyframe>,
    /// Messages that found no room since the last harvest.
    pub lost: u64,
}

/// What to take.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Every run of the board, not only those that changed.
    pub all: bool,
    /// A keyframe: where its runs were when they were kept last.
    pub keyframe: Option<HashMap<u32, Mark>>,
}

/// The hub's end.
#[derive(Debug)]
pub struct Pending {
    entries: Vec<Entry>,
    bytes: usize,
    lost: u64,
    /// Runs with changes.
    pub(crate) touched: BTreeSet<String>,
    backlog: Arc<Backlog>,
}

impl Pending {
    /// Empty.
    #[must_use]
    pub fn new(backlog: Arc<Backlog>) -> Self {
        Self { entries: Vec::new(), bytes: 0, lost: 0, touched: BTreeSet::new(), backlog }
    }

    /// One more message; if there is no room it is counted.
    pub fn push(&mut self, entry: Entry) {
        if self.backlog.waiting() >= MESSAGES || self.bytes + entry.raw.len() > BYTES {
            self.lost += 1;
            return;
        }
        self.bytes += entry.raw.len();
        self.entries.push(entry);
        self.backlog.grew(1);
    }

    /// A run changed.
    pub fn touch(&mut self, run: &str) {
        if !self.touched.contains(run) {
            self.touched.insert(run.to_owned());
            self.backlog.touched();
        }
    }

    /// Everything that waits.
    pub fn take(&mut self) -> (Vec<Entry>, u64) {
        self.bytes = 0;
        self.backlog.taken(self.entries.len());
        (std::mem::take(&mut self.entries), std::mem::take(&mut self.lost))
    }
}
