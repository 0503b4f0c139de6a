//! The bounded queue between reading and decoding: by count and by bytes. Full means drop, count, and say so.

use super::way::Way;
use domain::time::Millis;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Most messages that wait.
const MESSAGES: usize = 65_536;
/// Most bytes that wait.
const BYTES: usize = 64 << 20;
/// Messages handed over at a time.
const BATCH: usize = 256;
/// Of a larger message only this much is kept.
const KEPT: usize = 4_096;

/// A message as it was received.
#[derive(Debug)]
pub(crate) struct Raw {
    /// By which way.
    pub(super) way: Way,
    /// Its id on the stream.
    pub(super) stream_id: Option<String>,
    pub(super) channel: String,
    pub(super) bytes: Vec<u8>,
    pub(super) at: Millis,
    /// How long it was; of a larger one than we read only the beginning is kept.
    pub(super) length: usize,
}

impl Raw {
    pub(crate) fn new(
        channel: String,
        mut bytes: Vec<u8>,
        at: Millis,
        way: Way,
        stream_id: Option<String>,
    ) -> Self {
        let length = bytes.len();
        if length > domain::decode::MAX_BYTES {
            bytes.truncate(KEPT);
        }
        // Not one byte more than what is counted.
        bytes.shrink_to_fit();
        Self { way, stream_id, channel, bytes, at, length }
    }
}

#[derive(Debug, Default)]
struct Waiting {
    messages: VecDeque<Raw>,
    bytes: usize,
    /// First and last moment of loss, and how many, since it was last asked.
    lost: Option<(Millis, Millis, u64)>,
}

/// The queue. A std mutex, because it is held for a push or a drain and never across an await.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    arrived: Notify,
}

impl Queue {
    pub(super) fn push(&self, channel: String, bytes: Vec<u8>, at: Millis) {
        let raw = Raw::new(channel, bytes, at, Way::Channel, None);
        let mut waiting = self.lock();
        if waiting.messages.len() >= MESSAGES || waiting.bytes + raw.bytes.len() > BYTES {
            let (from, _, lost) = waiting.lost.unwrap_or((at, at, 0));
            waiting.lost = Some((from, at, lost + 1));
        } else {
            waiting.bytes += raw.bytes.len();
            waiting.messages.push_back(raw);
        }
        drop(waiting);
        self.arrived.notify_one();
    }

    /// The next messages; waits for the first.
    pub(super) async fn take(&self) -> Vec<Raw> {
        loop {
            let arrived = self.arrived.notified();
            {
                let mut waiting = self.lock();
                let count = waiting.messages.len().min(BATCH);
                if count > 0 || waiting.lost.is_some() {
                    let batch: Vec<Raw> = waiting.messages.drain(..count).collect();
                    waiting.bytes -= batch.iter().map(|raw| raw.bytes.len()).sum::<usize>();
                    return batch;
                }
            }
            arrived.await;
        }
    }

    /// What was lost since the last call, once the queue has room again.
    pub(super) fn losses(&self) -> Option<(Millis, Millis, u64)> {
        let mut waiting = self.lock();
        if waiting.messages.len() > MESSAGES / 2 { None } else { waiting.lost.take() }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // A panic while holding it cannot leave it half changed: every step above is complete in itself.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_does_not_fit_is_counted_and_the_rest_arrives_in_order() {
        let queue = Queue::default();
        for number in 0..MESSAGES + 10 {
            queue.push("c".into(), number.to_string().into_bytes(), 5);
        }
        let mut taken = Vec::new();
        while taken.len() < MESSAGES {
            taken.extend(queue.take().await);
        }
        assert_eq!(taken.first().map(|raw| raw.bytes.clone()), Some(b"0".to_vec()));
        assert_eq!(taken.len(), MESSAGES);
        assert_eq!(queue.losses(), Some((5, 5, 10)));
        assert_eq!(queue.losses(), None);
    }

    #[tokio::test]
    async fn bytes_are_bounded_too_and_giants_are_cut() {
        let queue = Queue::default();
        let large = vec![b'x'; 1 << 20];
        for _ in 0..70 {
            queue.push("c".into(), large.clone(), 1);
        }
        queue.push("c".into(), vec![b'x'; (1 << 20) + 1], 1);
        let mut taken = Vec::new();
        while taken.len() < 64 {
            taken.extend(queue.take().await);
        }
        assert_eq!(taken.len(), 64);
        assert_eq!(queue.losses().map(|(_, _, lost)| lost), Some(7));
        queue.push("c".into(), vec![b'x'; (1 << 20) + 1], 1);
        let cut = queue.take().await;
        assert!(cut.first().is_some_and(|raw| raw.length == (1 << 20) + 1 && raw.bytes.len() == KEPT));
    }
}
