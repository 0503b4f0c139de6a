//! The stream: what a producer adds to `closing-bell:events` is read from our cursor on, at least once, whatever was away.
//!
//! An entry's moment is the millisecond part of its id: when Redis took it. The reader waits for whoever takes its batches, and
//! while too much waits to be saved: what is not read yet is safe where it is. Each time the subscription to the channels is
//! renewed it reads to the end first ([`Gate`]), so that what was missed comes before what is published now.

use super::gate::Gate;
use super::queue::Raw;
use super::way::Way;
use super::{PATIENCE, now};
use crate::hub::Command;
use crate::state::App;
use domain::backoff::Backoff;
use domain::record::GapKind;
use domain::time::Millis;
use redis::aio::MultiplexedConnection;
use redis::streams::{StreamId, StreamRangeReply, StreamReadOptions, StreamReadReply};
use redis::{AsyncCommands, AsyncConnectionConfig, Client, RedisError, Value};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// The stream's key.
pub const STREAM: &str = "closing-bell:events";
/// Entries that are read at a time.
const COUNT: usize = 500;
/// How long a read waits for the next entry, in milliseconds, before it asks again.
const BLOCK: usize = 5_000;
/// Messages that may wait to be saved before reading pauses.
const BACKLOG: usize = 16_384;
/// Where a stream begins.
const BEGINNING: &str = "0-0";

pub(super) struct Reader {
    pub(super) client: Client,
    pub(super) app: App,
    pub(super) gate: Arc<Gate>,
    pub(super) out: mpsc::Sender<Vec<Raw>>,
    /// The last entry that was handed on.
    pub(super) cursor: Option<String>,
}

impl Reader {
    /// Reads for ever.
    pub(super) async fn run(mut self) {
        let mut tries = 0;
        // Only a cursor from before we began can have been overtaken.
        let mut overtaken = self.cursor.is_some();
        loop {
            let ended = self.read(&mut overtaken, &mut tries).await;
            if self.out.is_closed() {
                return;
            }
            if let Err(cause) = ended {
                tracing::debug!(%cause, "the stream cannot be read; trying again for ever");
                // The channels need not wait for a stream that nobody can read.
                self.gate.open();
                let wait = Backoff::LINK.delay(tries, rand::random::<f64>());
                tries = tries.saturating_add(1);
                tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
            }
        }
    }

    /// Reads until the subscription is renewed, or the link dies.
    async fn read(&mut self, overtaken: &mut bool, tries: &mut u32) -> Result<(), RedisError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE + Duration::from_millis(BLOCK as u64)));
        let mut connection = self.client.get_multiplexed_async_connection_with_config(&config).await?;
        if std::mem::take(overtaken) {
            self.note_trimmed(&mut connection).await?;
        }
        let mut caught_up = false;
        loop {
            self.app.journal.room(BACKLOG).await;
            let from = self.cursor.clone().unwrap_or_else(|| BEGINNING.to_owned());
            let options = StreamReadOptions::default().count(COUNT);
            let options = if caught_up { options.block(BLOCK) } else { options };
            let (keys, ids) = ([STREAM], [from]);
            let entries = tokio::select! {
                reply = connection.xread_options::<_, _, Option<StreamReadReply>>(&keys, &ids, &options) => {
                    reply?.into_iter().flat_map(|reply| reply.keys).flat_map(|key| key.ids).collect::<Vec<_>>()
                }
                // The channels were away: what was added meanwhile comes first. On a link of its own, because the read that waits
                // would be in its way.
                () = self.gate.renewed(), if caught_up => return Ok(()),
            };
            *tries = 0;
            if entries.is_empty() {
                caught_up = true;
                self.gate.open();
                continue;
            }
            self.cursor = entries.last().map(|entry| entry.id.clone());
            if self.out.send(entries.into_iter().map(raw).collect()).await.is_err() {
                return Ok(());
            }
        }
    }

    /// A first entry above our cursor: what was between them has been trimmed, or Redis has lost it.
    async fn note_trimmed(&self, connection: &mut MultiplexedConnection) -> Result<(), RedisError> {
        let Some(cursor) = &self.cursor else { return Ok(()) };
        let own: StreamRangeReply = connection.xrange_count(STREAM, cursor, cursor, 1).await?;
        if !own.ids.is_empty() {
            return Ok(());
        }
        let first: StreamRangeReply = connection.xrange_count(STREAM, "-", "+", 1).await?;
        let Some(first) = first.ids.first() else { return Ok(()) };
        if ordinal(&first.id) > ordinal(cursor) {
            let (from, to) = (ordinal(cursor).0, ordinal(&first.id).0);
            tracing::warn!(cursor, first = first.id, "the stream was trimmed past what we have read");
            self.app.hub.tell(Command::Gap { kind: GapKind::Trimmed, from, to, lost: 0 }).await;
        }
        Ok(())
    }
}

/// An entry as a message. One without its fields is a message that cannot be read, and is counted as such.
fn raw(entry: StreamId) -> Raw {
    let at = ordinal(&entry.id).0;
    let mut fields = entry.map;
    let mut take = |name: &str| match fields.remove(name) {
        Some(Value::BulkString(bytes)) => bytes,
        Some(Value::SimpleString(text)) => text.into_bytes(),
        _ => Vec::new(),
    };
    let channel = String::from_utf8_lossy(&take("channel")).into_owned();
    let channel = if channel.is_empty() { STREAM.to_owned() } else { channel };
    let at = if at > 0 { at } else { now() };
    Raw::new(channel, take("message"), at, Way::Stream, Some(entry.id))
}

/// The two numbers of an id.
fn ordinal(id: &str) -> (Millis, u64) {
    let (millis, number) = id.split_once('-').unwrap_or((id, "0"));
    (millis.parse().unwrap_or(0), number.parse().unwrap_or(0))
}

/// Whether an id is at or before another.
#[must_use]
pub fn at_or_before(id: &str, other: &str) -> bool {
    ordinal(id) <= ordinal(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_compared_by_their_numbers() {
        assert!(at_or_before("999-5", "1000-0") && at_or_before("5-2", "5-10") && at_or_before("5-2", "5-2"));
        assert!(!at_or_before("5-11", "5-10"));
    }
}
