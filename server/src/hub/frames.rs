//! A frame that is encoded once, by whoever sends it first, and shared by all.

use crate::live::websocket;
use axum::body::Bytes;
use domain::record::{Change, Seq};
use domain::wire::{Frame, Topic};
use std::sync::{Arc, OnceLock};

/// Frames that travel together: those of one turn of the hub, one per watched topic that changed, so that a socket wakes once;
/// or those of one catch-up.
pub type Turn = Arc<[SharedFrame]>;

/// A frame and, once somebody needed it, its bytes.
#[derive(Debug)]
pub struct SharedFrame {
    frame: Frame,
    bytes: OnceLock<Bytes>,
}

/// Changes of one frame of a catch-up, about: a connection's buffer is as large as the largest frame that went through it,
/// and a browser should not be busy with one for long.
const CHANGES: usize = 500;

/// A frame in parts that follow each other; the changes must be in the order of their numbers. Those of one number stay together,
/// so that whoever holds a part holds everything up to its end.
#[must_use]
pub fn in_parts(frame: Frame) -> Turn {
    let Frame { topic, epoch, from, to, changes, full, skipped, .. } = frame;
    let mut parts: Vec<Vec<Change>> = vec![Vec::new()];
    for change in changes {
        let enough = parts.last().is_some_and(|part| {
            part.len() >= CHANGES && part.last().is_some_and(|last| last.changed < change.changed)
        });
        if enough {
            parts.push(Vec::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push(change);
        }
    }
    let (count, mut held) = (parts.len(), from);
    let part = |(index, changes): (usize, Vec<Change>)| {
        let (from, first, more) = (held, index == 0, index + 1 < count);
        held = changes.last().filter(|_| more).map_or(to, |change| change.changed);
        let (topic, epoch) = (topic.clone(), epoch.clone());
        let (full, skipped) = (full && first, if first { skipped } else { 0 });
        SharedFrame::new(Frame { topic, epoch, from, to: held, changes, full, skipped, more })
    };
    parts.into_iter().enumerate().map(part).collect()
}

impl SharedFrame {
    /// Wraps a frame.
    #[must_use]
    pub fn new(frame: Frame) -> Self {
        Self { frame, bytes: OnceLock::new() }
    }

    /// Which topic it is about.
    #[must_use]
    pub fn topic(&self) -> &Topic {
        &self.frame.topic
    }

    /// The last change in it.
    #[must_use]
    pub fn to(&self) -> Seq {
        self.frame.to
    }

    /// Its bytes on a socket. The first caller encodes it, outside the hub; `true` when this call did.
    #[must_use]
    pub fn bytes(&self) -> (Bytes, bool) {
        let mut first = false;
        let bytes = self.bytes.get_or_init(|| {
            first = true;
            websocket::text(&self.frame)
        });
        (bytes.clone(), first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::record::Key;

    fn frame(numbers: impl Iterator<Item = Seq>) -> Frame {
        let change = |changed| Change { key: Key::from(format!("s{changed}")), changed, record: None };
        let (topic, epoch) = (Topic::Board, "e".to_owned());
        Frame {
            topic,
            epoch,
            from: 7,
            to: 9_000,
            changes: numbers.map(change).collect(),
            full: true,
            skipped: 3,
            more: false,
        }
    }

    #[test]
    fn parts_follow_each_other_and_only_the_first_replaces() {
        let parts = in_parts(frame(10..2_000));
        assert_eq!(parts.len(), 4);
        let ends: Vec<(Seq, Seq)> = parts.iter().map(|part| (part.frame.from, part.frame.to)).collect();
        assert_eq!(ends, [(7, 509), (509, 1_009), (1_009, 1_509), (1_509, 9_000)]);
        let said: Vec<(bool, u64, bool)> =
            parts.iter().map(|part| (part.frame.full, part.frame.skipped, part.frame.more)).collect();
        assert_eq!(said, [(true, 3, true), (false, 0, true), (false, 0, true), (false, 0, false)]);
        assert_eq!(parts.iter().map(|part| part.frame.changes.len()).sum::<usize>(), 1_990);
    }

    #[test]
    fn changes_of_one_number_stay_together_and_nothing_is_one_part() {
        assert_eq!(in_parts(frame((0..2_000).map(|_| 8))).len(), 1);
        let [nothing] = &in_parts(frame(0..0))[..] else { panic!("one part") };
        assert_eq!((nothing.frame.from, nothing.frame.to), (7, 9_000));
    }
}
