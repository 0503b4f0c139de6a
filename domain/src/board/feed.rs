//! The feed: a window over what happened, in plain words. It is no state: who was away does not get it all, but a count.

use super::topic::Delta;
use crate::record::{Change, Line, Record, Seq, key};
use std::collections::VecDeque;
use std::sync::Arc;

/// Lines that the server keeps.
pub const KEPT: usize = 500;
/// Most lines that one frame carries.
pub const CARRIED: usize = 200;

/// The last lines, oldest first.
#[derive(Debug, Default)]
pub(super) struct Feed {
    lines: VecDeque<Change>,
    /// Lines ever said; the number in the newest key.
    said: u64,
}

impl Feed {
    pub(super) fn say(&mut self, seq: Seq, line: Line) {
        self.said += 1;
        let record = Some(Arc::new(Record::Line(line)));
        self.lines.push_back(Change { key: key::line(self.said), changed: seq, record });
        if self.lines.len() > KEPT {
            self.lines.pop_front();
        }
    }

    /// The lines said after `after`: the newest that fit in a frame, and how many did not.
    pub(super) fn since(&self, after: Seq, newest: Seq) -> Delta {
        let full = after == 0 || after > newest;
        let start = if full { 0 } else { self.lines.partition_point(|line| line.changed <= after) };
        // Before the window began, nobody knows how many lines the asker has missed; only those still here are counted.
        let wanted = self.lines.len() - start;
        let left_out = if full { 0 } else { wanted.saturating_sub(CARRIED) };
        let first = start + wanted.saturating_sub(CARRIED);
        let changes = self.lines.range(first..).cloned().collect();
        Delta { full, changes, skipped: u64::try_from(left_out).unwrap_or(u64::MAX) }
    }
}
