//! Ingest: from Redis to the hub, without a pause and without an unbounded queue.
//!
//! Three tasks. The *reader* does nothing but move messages into our bounded queue ([`queue`]), because whoever is slow to read
//! is cut off by Redis. The *decoder* reads them and hands each to the hub, also the ones that could not be read. The *reporter*
//! tells the hub once a second what was read, if that changed. No bad message, full queue or lost connection ends any of them.
//!
//! Every stretch without a connection, and every message dropped, becomes a gap that the page shows.
//!
//! Tests: `server/tests/live.rs`.

mod queue;
mod reader;
mod subscription;

pub(crate) use subscription::{PATIENCE, Source};

use crate::clock;
use crate::error::StartError;
use crate::hub::{Command, Received};
use crate::state::App;
use domain::decode::{Refused, read};
use domain::record::{GapKind, Ingest};
use domain::time::Millis;
use queue::{Queue, Raw};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

/// How the link to Redis is, for `/readyz` and for starting.
#[derive(Debug, Default)]
pub struct Link {
    up: AtomicBool,
    answered: Notify,
    settled: AtomicBool,
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

/// Starts the three tasks.
///
/// # Errors
/// When `REDIS_URL` cannot be read as an address.
pub fn start(app: &App) -> Result<(), StartError> {
    let source = Source::new(&app.config.redis_url, &app.config.channels)
        .map_err(|cause| StartError::RedisUrl { cause })?;
    let queue = Arc::new(Queue::default());
    let tally = Arc::new(Tally::default());
    tokio::spawn(reader::run(source, app.clone(), queue.clone()));
    tokio::spawn(decode_all(app.clone(), queue, tally.clone()));
    tokio::spawn(report(app.clone(), tally));
    Ok(())
}

async fn decode_all(app: App, queue: Arc<Queue>, tally: Arc<Tally>) {
    let mut complaints = Complaints::default();
    loop {
        let mut heard = Vec::new();
        for raw in queue.take().await {
            app.metrics.received.inc();
            tally.messages.fetch_add(1, Ordering::Relaxed);
            tally.last.store(raw.at, Ordering::Relaxed);
            let reading = understand(&raw);
            if let Err(refused) = &reading {
                tally.refused.fetch_add(1, Ordering::Relaxed);
                app.metrics.refused.inc();
                complaints.note(&raw, *refused);
            }
            let Raw { channel, mut bytes, at, length } = raw;
            // The board keeps no more of it than a person can look at.
            bytes.truncate(4 * domain::board::RAW_TEXT);
            heard.push(Received { channel, bytes, length, at, reading });
        }
        // What came together goes on together: in a burst a frame then holds all of it.
        if !heard.is_empty() && !app.hub.tell(Command::Received(heard)).await {
            return;
        }
        if let Some((from, to, lost)) = queue.losses() {
            let gap = Command::Gap { kind: GapKind::Overflow, from, to, lost };
            tally.dropped.fetch_add(lost, Ordering::Relaxed);
            app.metrics.dropped.inc_by(lost);
            tracing::warn!(lost, "messages came faster than they could be read and were dropped");
            if !app.hub.tell(gap).await {
                return;
            }
        }
    }
}

fn understand(raw: &Raw) -> Result<domain::decode::Reading, Refused> {
    if raw.length > raw.bytes.len() {
        return Err(Refused::TooLarge);
    }
    read(&raw.channel, &raw.bytes, raw.at)
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
