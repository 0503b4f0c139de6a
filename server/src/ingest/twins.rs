//! Duplicates: the same message by another way.
//!
//! A message is a twin when the same bytes came by *another* way within ten minutes, and each of them is a twin only once by each
//! way. Within one way nothing is a duplicate: messages without a time or a run are rightly the same on two nights, or twice in
//! one. In doubt it is none: the board does not mind, a second line in the log is harmless, a lost event is not.

use super::way::Way;
use domain::time::{MINUTE, Millis};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

/// How far apart twins may be.
const WINDOW: Millis = 10 * MINUTE;
/// Most messages that are remembered.
pub(crate) const REMEMBERED: usize = 200_000;

/// A message that may still get a twin, and by which ways it came. Two hundred thousand of them are held: no more than two words.
#[derive(Debug)]
struct Sighting {
    at: Millis,
    /// A bit for each way.
    ways: u8,
}

/// Messages of the last minutes. Nearly every one has bytes of its own, and two hundred thousand of them have no list of their own.
#[derive(Debug, Default)]
pub struct Twins {
    /// The first of each content.
    first: HashMap<u64, Sighting>,
    /// Those of the same content behind it.
    others: HashMap<u64, VecDeque<Sighting>>,
    order: VecDeque<(Millis, u64)>,
}

impl Twins {
    /// Whether a message is the twin of one that came before; remembers it either way.
    pub fn is_twin(&mut self, fingerprint: u64, way: Way, at: Millis) -> bool {
        self.forget(at);
        let others = self.others.get_mut(&fingerprint).into_iter().flatten();
        let near =
            |sighting: &&mut Sighting| (sighting.at - at).abs() <= WINDOW && sighting.ways & bit(way) == 0;
        if let Some(one) = self.first.get_mut(&fingerprint).into_iter().chain(others).find(near) {
            one.ways |= bit(way);
            return true;
        }
        self.remember(fingerprint, way, at);
        false
    }

    /// A message of the log whose way does not matter: another server, or we before we began to listen, may have heard it by the
    /// very way by which it comes again.
    pub fn remember_any(&mut self, fingerprint: u64, at: Millis) {
        self.remember(fingerprint, Way::Own, at);
    }

    fn remember(&mut self, fingerprint: u64, way: Way, at: Millis) {
        let sighting = Sighting { at, ways: bit(way) };
        if let Entry::Vacant(first) = self.first.entry(fingerprint) {
            first.insert(sighting);
        } else {
            self.others.entry(fingerprint).or_default().push_back(sighting);
        }
        self.order.push_back((at, fingerprint));
    }

    fn forget(&mut self, now: Millis) {
        while let Some(&(at, fingerprint)) = self.order.front() {
            if self.order.len() <= REMEMBERED && at + WINDOW >= now {
                return;
            }
            self.order.pop_front();
            let Some(others) = self.others.get_mut(&fingerprint) else {
                self.first.remove(&fingerprint);
                continue;
            };
            if let Some(next) = others.pop_front() {
                self.first.insert(fingerprint, next);
            }
            if others.is_empty() {
                self.others.remove(&fingerprint);
            }
        }
    }
}

fn bit(way: Way) -> u8 {
    match way {
        Way::Channel => 1,
        Way::Stream => 2,
        Way::Http => 4,
        Way::Own => 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_by_another_way_is_a_twin_once() {
        let mut twins = Twins::default();
        assert!(!twins.is_twin(7, Way::Channel, 0));
        assert!(twins.is_twin(7, Way::Stream, 5));
        assert!(twins.is_twin(7, Way::Http, 6), "by a third way as well");
        assert!(!twins.is_twin(7, Way::Stream, 7), "a second one by the stream is another message");
        assert!(twins.is_twin(7, Way::Channel, 8), "and that one has its twin");
        assert!(!twins.is_twin(8, Way::Channel, 8));
    }

    #[test]
    fn within_one_way_and_after_ten_minutes_nothing_is() {
        let mut twins = Twins::default();
        assert!(!twins.is_twin(7, Way::Stream, 0));
        assert!(!twins.is_twin(7, Way::Stream, 1));
        assert!(!twins.is_twin(9, Way::Channel, 0));
        assert!(!twins.is_twin(9, Way::Stream, WINDOW + 1), "the next night's is its own");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut twins = Twins::default();
        for number in 0..REMEMBERED as u64 + 100 {
            twins.is_twin(number, Way::Channel, 1);
        }
        assert!(twins.order.len() <= REMEMBERED + 1);
        assert!(twins.first.len() <= REMEMBERED + 1);
        twins.is_twin(0, Way::Channel, WINDOW * 3);
        assert_eq!((twins.order.len(), twins.first.len()), (1, 1));
    }

    #[test]
    fn of_the_same_content_the_oldest_is_forgotten_first() {
        let mut twins = Twins::default();
        for at in 0..3 {
            assert!(!twins.is_twin(7, Way::Stream, at * MINUTE));
        }
        // The first is forgotten; the other two have one twin each.
        let now = WINDOW + 1;
        assert_eq!([(); 3].map(|()| twins.is_twin(7, Way::Channel, now)), [true, true, false]);
        twins.forget(now * 3);
        assert!(twins.first.is_empty() && twins.others.is_empty());
    }
}
