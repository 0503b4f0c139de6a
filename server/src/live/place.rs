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
    /// Takes what is watched from now on. Returns (newly watched, no longer watched); what stays keeps its place.
    pub(super) fn watch(&mut self, wanted: &[Topic]) -> (Vec<Topic>, Vec<Topic>) {
        let dropped: Vec<Topic> = self
            .topics
            .iter()
            .map(|(topic, _)| topic.clone())
            .filter(|topic| !wanted.contains(topic))
            .collect();
        self.topics.retain(|(topic, _)| wanted.contains(topic));
        let mut new: Vec<Topic> = Vec::new();
        for topic in wanted {
            let known = self.topics.iter().any(|(watched, _)| watched == topic);
            if !known && !new.contains(topic) {
                new.push(topic.clone());
            }
        }
        (new, dropped)
    }

    /// A topic was caught up to there.
    pub(super) fn holds(&mut self, topic: Topic, to: Seq) {
        match self.topics.iter_mut().find(|(watched, _)| *watched == topic) {
            Some((_, seq)) => *seq = (*seq).max(to),
            None => self.topics.push((topic, to)),
        }
    }

    /// Whether a frame is news for this connection; if so it is held from now on.
    pub(super) fn takes(&mut self, frame: &SharedFrame) -> bool {
        match self.topics.iter_mut().find(|(topic, _)| topic == frame.topic()) {
            Some((_, seq)) if *seq < frame.to() => {
                *seq = frame.to();
                true
            }
            _ => false,
        }
    }

    /// Every topic with what is held of it.
    pub(super) fn all(&self) -> Vec<(Topic, Seq)> {
        self.topics.clone()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.topics.is_empty()
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
    fn what_stays_watched_keeps_its_place() {
        let mut place = Place::default();
        assert_eq!(place.watch(&[Topic::Board, Topic::Board]).0, vec![Topic::Board]);
        place.holds(Topic::Board, 7);
        assert_eq!(place.watch(&[Topic::Board, Topic::Feed]), (vec![Topic::Feed], vec![]));
        assert!(!place.takes(&frame(Topic::Board, 7)));
        assert!(place.takes(&frame(Topic::Board, 8)));
        assert!(!place.takes(&frame(Topic::Board, 8)), "the same frame twice");
        assert_eq!(place.watch(&[Topic::Feed]).1, vec![Topic::Board]);
        assert!(!place.takes(&frame(Topic::Board, 9)));
    }
}
