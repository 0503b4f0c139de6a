//! Ingest: from Redis to the hub, without a pause and without an unbounded queue.
//!
//! The *reader* does nothing but move messages of the channels into our bounded queue (`queue.rs`), because whoever is slow to read
//! is cut off by Redis. The *stream's reader* reads what was added, from our cursor on. The *decoder* takes both, knows what came
//! twice (`twins.rs`) and hands each message to the hub, also the ones that could not be read. The *reporter* tells the hub once a
//! second what was read, if that changed. No bad message, full queue or lost connection ends any of them.
//!
//! Every stretch without a connection, and every message dropped, becomes a gap that the page shows.
//!
//! Tests: `server/tests/live.rs`.

mod decoder;
mod gate;
mod queue;
mod reader;
mod stream;
mod subscription;
mod twins;
mod way;

pub use decoder::Posted;
pub use stream::{STREAM, at_or_before};
pub(crate) use subscription::{PATIENCE, Source};
pub(crate) use twins::REMEMBERED;
pub use twins::Twins;
pub use way::{Way, fingerprint};

use crate::clock;
use crate::error::StartError;
use crate::hub::Command;
use crate::state::App;
use decoder::Decoder;
use domain::decode::Refused;
use domain::record::Ingest;
use domain::time::Millis;
use gate::Gate;
use queue::{Queue, Raw};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};

/// Batches of stream entries that may wait for the decoder.
const BATCHES: usize = 4;

/// How the link to Redis is, for `/readyz` and for starting.
#[derive(Debug, Default)]
pub struct Link {
    up: AtomicBool,
    answered: Notify,
    settled: AtomicBool,
    gate: Arc<Gate>,
    /// Something was missed since somebody asked last.
    missed: Notify,
}

impl Link {
    /// Whether we are subscribed.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.up.load(Ordering::Acquire)
    }

    fn set(&self, up: bool) {
        self.up.store(up, Ordering::Release);
        self.settled.store(true, Ordering::Release);
        self.answered.notify_waiters();
    }

    /// Messages were, or may have been, missed.
    fn note_missed(&self) {
        self.missed.notify_one();
    }

    /// Whoever asks the producer what was missed is to ask again.
    pub fn look_again(&self) {
        self.note_missed();
    }

    /// Waits until messages were missed, also if that was before the call.
    pub async fn missed(&self) {
        self.missed.notified().await;
    }

    /// Waits until what was missed and is on the stream has been read.
    pub async fn caught_up(&self) {
        self.gate.passed().await;
    }

    /// Waits until the first connection has succeeded or failed, at most as long as one try may take.
    pub async fn first_answer(&self) {
        let answered = self.answered.notified();
        if !self.settled.load(Ordering::Acquire) {
            let _ = tokio::time::timeout(PATIENCE + Duration::from_secs(1), answered).await;
        }
    }
}

/// What was read so far; written by reader and decoder, told to the hub by the reporter.
#[derive(Debug, Default)]
struct Tally {
    messages: AtomicU64,
    refused: AtomicU64,
    dropped: AtomicU64,
    last: AtomicI64,
}

impl Tally {
    fn record(&self) -> Ingest {
        let last = self.last.load(Ordering::Relaxed);
        Ingest {
            messages: self.messages.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
            dropped: self.dropped.load(Ordering::Relaxed),
            homeless: 0,
            last: (last > 0).then_some(last),
        }
    }
}

/// From where to go on after a start.
#[derive(Debug, Default)]
pub struct Resume {
    /// The last entry of the stream that was taken.
    pub cursor: Option<String>,
    /// What was heard in the last minutes.
    pub twins: Twins,
}

/// Starts the tasks.
///
/// # Errors
/// When `REDIS_URL` cannot be read as an address.
pub fn start(app: &App, posted: mpsc::Receiver<Posted>, resume: Resume) -> Result<(), StartError> {
    let source = Source::new(&app.config.redis_url, &app.config.channels)
        .map_err(|cause| StartError::RedisUrl { cause })?;
    let queue = Arc::new(Queue::default());
    let gate = app.link.gate.clone();
    let tally = Arc::new(Tally::default());
    let (out, entries) = mpsc::channel(BATCHES);
    let (client, cursor) = (source.client(), resume.cursor);
    let reader = stream::Reader { client, app: app.clone(), gate: gate.clone(), out, cursor };
    tokio::spawn(reader::run(source, app.clone(), queue.clone(), gate.clone()));
    tokio::spawn(reader.run());
    let (tally_told, twins) = (tally.clone(), resume.twins);
    let decoder = Decoder { app: app.clone(), queue, gate, tally, twins, complaints: Complaints::default() };
    tokio::spawn(decoder.run(entries, posted));
    tokio::spawn(report(app.clone(), tally_told));
    Ok(())
}

/// Logs refused messages, one line per reason and minute.
#[derive(Debug, Default)]
struct Complaints(HashMap<Refused, (Millis, u64)>);

impl Complaints {
    fn note(&mut self, raw: &Raw, refused: Refused) {
        let (last, count) = self.0.entry(refused).or_insert((Millis::MIN, 0));
        *count += 1;
        if raw.at.saturating_sub(*last) >= 60_000 {
            *last = raw.at;
            let channel = domain::decode::clean(&raw.channel, 64);
            tracing::warn!(reason = refused.code(), channel, count = *count, "a message was refused");
        }
    }
}

/// Tells the hub what was read, when that changed: at once for the first message, then at most once a second.
async fn report(app: App, tally: Arc<Tally>) {
    let mut told = None;
    let mut tick = tokio::time::interval(Duration::from_secs(1));
    loop {
        tick.tick().await;
        let record = tally.record();
        if told.as_ref() != Some(&record) {
            if !app.hub.tell(Command::Ingest(record.clone())).await {
                return;
            }
            told = Some(record);
        }
    }
}

/// Now, where a message is received.
fn now() -> Millis {
    clock::now()
}
