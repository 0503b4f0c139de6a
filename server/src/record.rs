//! `closing-bell record`: the live channels as a file, which `processor simulate --play` plays back.
//!
//! One JSON object a line: `{"at", "channel", "size", "message"}`, `at` in UTC milliseconds by our clock. A message that is no
//! text has `"hex"` instead, of one above 1 MiB the beginning is kept and its size stands in `"of"`. What was missed, and what came faster than it could be written, is a line of its own: `{"at", "gap", …}`.

use crate::config::{Config, Recording};
use crate::error::StartError;
use crate::ingest::Source;
use crate::{clock, shutdown};
use domain::backoff::Backoff;
use domain::time::Millis;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

/// Messages that may wait for the disk.
const WAITING: usize = 65_536;
/// Bytes that may.
const WAITING_BYTES: u64 = 64 << 20;
/// Of a larger message only so much is recorded.
const LONGEST: usize = 1 << 20;

/// Records until told to stop, until the time is over, or until the file is as large as it may become.
///
/// # Errors
/// When the address of Redis cannot be read, or the file cannot be written.
pub async fn record(config: &Config, recording: &Recording) -> Result<(), StartError> {
    let source =
        Source::new(&config.redis_url, &config.channels).map_err(|cause| StartError::RedisUrl { cause })?;
    let mut file = Recorder::create(recording).map_err(|cause| StartError::Recording { cause })?;
    let (lines, mut written) = mpsc::channel(WAITING);
    let held = Arc::new(Held::default());
    let listening = tokio::spawn(listen(source, lines, held.clone()));
    let mut stop = shutdown::signal();
    let over = async {
        match recording.seconds {
            Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(over);
    let done = loop {
        tokio::select! {
            line = written.recv() => {
                let Some(line) = line else { break Ok(()) };
                match file.take(&line, &held) {
                    Ok(()) if file.full() => break Ok(()),
                    Ok(()) => {}
                    Err(cause) => break Err(cause),
                }
            }
            () = stop.wait() => break Ok(()),
            () = &mut over => break Ok(()),
        }
        if written.is_empty()
            && let Err(cause) = file.flush()
        {
            break Err(cause);
        }
    };
    listening.abort();
    let mut rest = std::iter::from_fn(|| written.try_recv().ok());
    let done = done.and_then(|()| rest.try_for_each(|line| file.take(&line, &held)));
    let done = done.and_then(|()| file.flush());
    tracing::info!(messages = file.messages, bytes = file.bytes, "recorded");
    done.map_err(|cause| StartError::Recording { cause })
}

/// Hands on every message as a line; connects again for ever, and says what was missed.
async fn listen(source: Source, lines: mpsc::Sender<Value>, held: Arc<Held>) {
    let mut tries = 0;
    let mut away_since: Option<Millis> = None;
    loop {
        let (taken, held) = (lines.clone(), held.clone());
        let take = move |channel: String, bytes: Vec<u8>| {
            let size = size(bytes.len().min(LONGEST));
            let room = held.bytes.fetch_add(size, Ordering::AcqRel) + size <= WAITING_BYTES;
            if !room || taken.try_send(line(&channel, &bytes)).is_err() {
                held.bytes.fetch_sub(size, Ordering::AcqRel);
                held.lost.fetch_add(1, Ordering::Relaxed);
            }
        };
        match source.subscribe(take).await {
            Ok(subscription) => {
                tries = 0;
                tracing::info!(address = source.address(), watching = source.watching(), "recording");
                if let Some(from) = away_since.take() {
                    let gap = json!({ "at": clock::now(), "gap": "disconnected", "from": from });
                    if lines.send(gap).await.is_err() {
                        return;
                    }
                }
                away_since = Some(subscription.ended().await);
            }
            Err(cause) if tries == 0 => {
                tracing::warn!(%cause, "Redis is not reachable; trying again for ever")
            }
            Err(_) => {}
        }
        let wait = Backoff::LINK.delay(tries, rand::random::<f64>());
        tries = tries.saturating_add(1);
        tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
    }
}

/// What waits for the disk, and what found no room.
#[derive(Default)]
struct Held {
    bytes: AtomicU64,
    lost: AtomicU64,
}

fn line(channel: &str, bytes: &[u8]) -> Value {
    let kept = bytes.get(..LONGEST).unwrap_or(bytes);
    let mut line = match std::str::from_utf8(kept) {
        Ok(text) => json!({ "at": clock::now(), "channel": channel, "size": kept.len(), "message": text }),
        Err(_) => {
            let hex: String = kept.iter().map(|byte| format!("{byte:02x}")).collect();
            json!({ "at": clock::now(), "channel": channel, "size": kept.len(), "hex": hex })
        }
    };
    if kept.len() < bytes.len() {
        line["of"] = bytes.len().into();
    }
    line
}

fn size(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// The file, and how much is in it.
struct Recorder {
    out: BufWriter<Box<dyn Write + Send>>,
    bytes: u64,
    most: u64,
    messages: u64,
}

impl Recorder {
    fn create(recording: &Recording) -> std::io::Result<Self> {
        let out: Box<dyn Write + Send> = match &recording.out {
            Some(path) => Box::new(File::create(path)?),
            None => Box::new(std::io::stdout()),
        };
        Ok(Self { out: BufWriter::new(out), bytes: 0, most: recording.max_mib << 20, messages: 0 })
    }

    /// Takes a line that has waited; what found no room before it is said first.
    fn take(&mut self, line: &Value, held: &Held) -> std::io::Result<()> {
        let lost = held.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            self.write(&json!({ "at": clock::now(), "gap": "overflow", "lost": lost }))?;
        }
        if let Some(size) = line.get("size").and_then(Value::as_u64) {
            held.bytes.fetch_sub(size, Ordering::AcqRel);
        }
        self.write(line)
    }

    fn write(&mut self, line: &Value) -> std::io::Result<()> {
        let mut text = line.to_string();
        text.push('\n');
        self.out.write_all(text.as_bytes())?;
        self.bytes += size(text.len());
        self.messages += u64::from(line.get("channel").is_some());
        Ok(())
    }

    /// One more message could be too much.
    fn full(&self) -> bool {
        self.bytes + (1 << 20) > self.most
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}
