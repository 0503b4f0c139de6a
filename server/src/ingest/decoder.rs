//! The decoder: takes messages from all ways, in their order, and hands them to the hub with what they say.

use super::gate::Gate;
use super::queue::{Queue, Raw};
use super::twins::Twins;
use super::way::{Way, fingerprint};
use super::{Complaints, Tally};
use crate::hub::{Command, Received};
use crate::state::App;
use domain::decode::{Reading, Refused, read};
use domain::record::GapKind;
use domain::time::Millis;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::{mpsc, oneshot};

/// A message that was posted, and who waits for its being taken.
#[derive(Debug)]
pub struct Posted {
    raw: Raw,
    taken: oneshot::Sender<Result<(), Refused>>,
}

impl Posted {
    /// A message, and where is told that the hub has taken it, or why it was refused. `channel` names who posts: events are known
    /// by their own names.
    #[must_use]
    pub fn new(channel: &str, bytes: Vec<u8>, at: Millis) -> (Self, oneshot::Receiver<Result<(), Refused>>) {
        let (taken, answer) = oneshot::channel();
        (Self { raw: Raw::new(channel.to_owned(), bytes, at, Way::Http, None), taken }, answer)
    }
}

pub(super) struct Decoder {
    pub(super) app: App,
    pub(super) queue: Arc<Queue>,
    pub(super) gate: Arc<Gate>,
    pub(super) tally: Arc<Tally>,
    pub(super) twins: Twins,
    pub(super) complaints: Complaints,
}

impl Decoder {
    pub(super) async fn run(
        mut self,
        mut entries: mpsc::Receiver<Vec<Raw>>,
        mut posted: mpsc::Receiver<Posted>,
    ) {
        let (queue, gate) = (self.queue.clone(), self.gate.clone());
        loop {
            let published = async {
                gate.passed().await;
                queue.take().await
            };
            let alive = tokio::select! {
                biased;
                Some(batch) = entries.recv() => self.take(batch).await,
                Some(Posted { raw, taken }) = posted.recv() => {
                    let received = self.understand(raw);
                    let refused = received.reading.as_ref().err().copied();
                    let alive = self.hand_over(vec![received]).await;
                    let _ = taken.send(refused.map_or(Ok(()), Err));
                    alive
                }
                batch = published => self.take(batch).await,
            };
            if !alive {
                return;
            }
        }
    }

    async fn take(&mut self, batch: Vec<Raw>) -> bool {
        let received = batch.into_iter().map(|raw| self.understand(raw)).collect();
        self.hand_over(received).await && self.report_losses().await
    }

    /// What came together goes on together: in a burst a frame then holds all of it.
    async fn hand_over(&self, received: Vec<Received>) -> bool {
        received.is_empty() || self.app.hub.tell(Command::Received(received)).await
    }

    async fn report_losses(&self) -> bool {
        let Some((from, to, lost)) = self.queue.losses() else { return true };
        self.tally.dropped.fetch_add(lost, Ordering::Relaxed);
        self.app.metrics.dropped.inc_by(lost);
        self.app.link.note_missed();
        tracing::warn!(lost, "messages came faster than they could be read and were dropped");
        self.app.hub.tell(Command::Gap { kind: GapKind::Overflow, from, to, lost }).await
    }

    fn understand(&mut self, raw: Raw) -> Received {
        self.app.metrics.received.inc();
        self.tally.last.fetch_max(raw.at, Ordering::Relaxed);
        let fingerprint = fingerprint(&raw.bytes);
        let twin = self.twins.is_twin(fingerprint, raw.way, raw.at);
        // The same message by another way is not another message.
        self.tally.messages.fetch_add(u64::from(!twin), Ordering::Relaxed);
        let reading = reading_of(&raw);
        if let Err(refused) = &reading
            && !twin
        {
            self.tally.refused.fetch_add(1, Ordering::Relaxed);
            self.app.metrics.refused.inc();
            self.complaints.note(&raw, *refused);
        }
        let Raw { way, stream_id, channel, bytes, at, length } = raw;
        Received { way, stream_id, channel, bytes, length, at, fingerprint, twin, reading }
    }
}

fn reading_of(raw: &Raw) -> Result<Reading, Refused> {
    if raw.length > raw.bytes.len() {
        return Err(Refused::TooLarge);
    }
    read(&raw.channel, &raw.bytes, raw.at)
}
