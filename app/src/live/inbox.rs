//! What came and is not applied yet, and when it may be.
//!
//! A frame that comes alone is applied at once. Those of a burst are applied together, and the pause between two times is as
//! long as the page needs: however fast they come, most of the time is left to the hand, and what is shown is not behind.

use domain::time::Millis;
use domain::wire::Frame;

/// Shortest and longest pause between two times that frames are applied.
const PAUSE: (Millis, Millis) = (96, 500);
/// Of the time, one part is spent on applying and so many are left.
const LEFT: Millis = 4;
/// Frames that may wait: more are applied at once.
const WAITING: usize = 2_000;

/// Frames that wait, and the pause that they wait for.
#[derive(Debug, Default)]
pub struct Inbox {
    waiting: Vec<Frame>,
    /// Since when a pause is on.
    pausing: Option<Millis>,
}

impl Inbox {
    /// A frame came.
    pub fn push(&mut self, frame: Frame) {
        self.waiting.push(frame);
    }

    /// What is to be applied now; while a pause is on, nothing. With something a new pause begins.
    pub fn take(&mut self, now: Millis) -> Vec<Frame> {
        // The timers of a hidden tab come late: then the next message ends the pause.
        let pausing = self.pausing.is_some_and(|since| now - since < 2 * PAUSE.1);
        let half = self.waiting.last().is_some_and(|frame| frame.more);
        if self.waiting.is_empty() || ((half || pausing) && self.waiting.len() < WAITING) {
            return Vec::new();
        }
        self.pausing = Some(now);
        std::mem::take(&mut self.waiting)
    }

    /// The pause is over.
    pub fn resume(&mut self) {
        self.pausing = None;
    }

    /// How long to pause after work that took so long.
    #[must_use]
    pub fn pause(took: Millis) -> Millis {
        (LEFT * took).clamp(PAUSE.0, PAUSE.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::wire::Topic;

    fn frame() -> Frame {
        let epoch = "a".to_owned();
        Frame {
            topic: Topic::Board,
            epoch,
            from: 0,
            to: 1,
            changes: Vec::new(),
            full: false,
            skipped: 0,
            more: false,
        }
    }

    #[test]
    fn one_alone_is_applied_at_once_and_a_burst_together() {
        let mut inbox = Inbox::default();
        inbox.push(frame());
        assert_eq!(inbox.take(0).len(), 1);
        for now in 1..40 {
            inbox.push(frame());
            assert_eq!(inbox.take(now).len(), 0, "a pause is on");
        }
        inbox.resume();
        assert_eq!(inbox.take(40).len(), 39);
        inbox.resume();
        assert_eq!(inbox.take(80).len(), 0, "nothing came");
        inbox.push(frame());
        assert_eq!(inbox.take(81).len(), 1);
    }

    #[test]
    fn half_an_answer_is_not_shown() {
        let mut inbox = Inbox::default();
        inbox.push(Frame { more: true, ..frame() });
        assert_eq!(inbox.take(0).len(), 0);
        inbox.push(frame());
        assert_eq!(inbox.take(0).len(), 2);
    }

    #[test]
    fn neither_a_flood_nor_a_sleeping_timer_makes_it_wait_for_ever() {
        let mut inbox = Inbox::default();
        inbox.push(frame());
        inbox.take(0);
        let together = (0..5_000).find_map(|_| {
            inbox.push(frame());
            Some(inbox.take(1).len()).filter(|taken| *taken > 0)
        });
        assert_eq!(together, Some(WAITING));
        inbox.push(frame());
        assert_eq!((inbox.take(500).len(), inbox.take(1_001).len()), (0, 1));
    }

    #[test]
    fn the_pause_follows_the_work() {
        assert_eq!([0, 30, 9_000].map(Inbox::pause), [96, 120, 500]);
    }
}
