//! What the hub gives to whoever asks: what a socket lacks, a frame, the board at this moment for pages.

use super::frames::in_parts;
use super::turn::Hub;
use super::{Answer, BoardSnapshot, Order, Recipient, Turn};
use crate::clock;
use domain::board::Delta;
use domain::record::Seq;
use domain::wire::{Frame, Topic};
use std::sync::Arc;

/// Symbols up to which a run's topic travels inside the page.
const EMBEDDED_SYMBOLS: usize = 1_200;
/// Catch-ups whose encoding is kept for the next that asks the same.
const SHARED_CATCH_UPS: usize = 8;

impl Hub {
    pub(super) async fn answer(&mut self, place: Vec<(Topic, Seq)>, to: Recipient, caught_up: bool) {
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

    pub(super) fn frame(&self, topic: Topic, from: Seq, to: Seq, delta: Delta) -> Frame {
        let Delta { full, changes, skipped } = delta;
        Frame { topic, epoch: self.epoch.to_string(), from, to, changes, full, skipped, more: false }
    }

    /// The board as it is, made once per change and shared by all pages that are rendered from it.
    pub(super) fn snapshot(&mut self) -> Arc<BoardSnapshot> {
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
