//! Where a connection is: which topics it watches, and up to which change it holds each.

use crate::hub::SharedFrame;
use domain::record::Seq;
use domain::wire::Topic;

/// The topics of a connection. A handful, so a list.
#[derive(Debug, Default)]
pub(super) struct Place {
    topics: Vec<(Topic, Seq)>,
}

impl Place {
    /// A topic is no longer watched.
    pub(super) fn forget(&mut self, dropped: &[Topic]) {
        self.topics.retain(|(topic, _)| !dropped.contains(topic));
    }

    /// A topic was caught up to there.
    pub(super) fn holds(&mut self, topic: &Topic, to: Seq) {
        match self.topics.iter_mut().find(|(watched, _)| watched == topic) {
            Some((_, seq)) => *seq = (*seq).max(to),
            None => self.topics.push((topic.clone(), to)),
        }
    }

    /// Whether a topic is watched.
    pub(super) fn watches(&self, topic: &Topic) -> bool {
        self.topics.iter().any(|(watched, _)| watched == topic)
    }

    /// Whether a frame is news for this connection.
    pub(super) fn wants(&self, frame: &SharedFrame) -> bool {
        self.topics.iter().any(|(topic, seq)| topic == frame.topic() && *seq < frame.to())
    }

    /// Every topic with what is held of it.
    pub(super) fn all(&self) -> Vec<(Topic, Seq)> {
        self.topics.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::wire::Frame;

    fn frame(topic: Topic, to: Seq) -> SharedFrame {
        SharedFrame::new(Frame {
            topic,
            epoch: "e".into(),
            from: 0,
            to,
            changes: vec![],
            full: false,
            skipped: 0,
            more: false,
        })
    }

    #[test]
    fn what_is_held_is_no_news_and_what_is_forgotten_neither() {
        let mut place = Place::default();
        assert!(!place.wants(&frame(Topic::Board, 8)), "it is not watched");
        place.holds(&Topic::Board, 7);
        place.holds(&Topic::Feed, 3);
        assert_eq!(
            (place.wants(&frame(Topic::Board, 7)), place.wants(&frame(Topic::Board, 8))),
            (false, true)
        );
        place.holds(&Topic::Board, 8);
        place.holds(&Topic::Board, 5);
        assert!(!place.wants(&frame(Topic::Board, 8)), "the same frame twice");
        place.forget(&[Topic::Board]);
        assert!(!place.wants(&frame(Topic::Board, 9)));
        assert_eq!((place.watches(&Topic::Board), place.watches(&Topic::Feed)), (false, true));
        assert_eq!(place.all(), [(Topic::Feed, 3)]);
    }
}
