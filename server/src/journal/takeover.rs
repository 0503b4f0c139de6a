//! Following, and taking over: what another server may have written already is not written again.

use super::pending::Entry;
use crate::ingest::{Way, at_or_before};
use domain::time::{Millis, SECOND};
use std::collections::HashMap;

/// Two servers hear the same message at most so far apart.
const APART: Millis = 5 * SECOND;
/// What a follower heard longer ago than this the holder has written, or has said that it could not.
const KEPT: Millis = 30 * SECOND;

/// A message of the log: its fingerprint, its moment, its id on the stream.
pub(super) type Logged = (i64, Millis, Option<String>);

/// Lets go of what the holder has written: what is at or before its cursor, and what was heard long ago. Returns how many went.
pub(super) fn trim(held: &mut Vec<Entry>, cursor: Option<&str>, now: Millis) -> usize {
    let before = held.len();
    held.retain(|entry| match (&entry.stream_id, entry.way) {
        (_, Way::Own) => false,
        (Some(id), _) => !cursor.is_some_and(|cursor| at_or_before(id, cursor)),
        (None, _) => entry.at >= now - KEPT,
    });
    before - held.len()
}

/// Leaves what is not in the log yet. Each message of the log stands for one of ours, by whichever way it came to either.
pub(super) fn unwritten(mut held: Vec<Entry>, logged: &[Logged], cursor: Option<&str>) -> Vec<Entry> {
    let mut there: HashMap<i64, Vec<Millis>> = HashMap::new();
    for (fingerprint, at, _) in logged {
        there.entry(*fingerprint).or_default().push(*at);
    }
    let mut known = |entry: &Entry| {
        let moments = there.get_mut(&entry.fingerprint.cast_signed());
        let near = |at: &Millis| (at - entry.at).abs() <= APART;
        let found = moments.and_then(|moments| Some((moments.iter().position(near)?, moments)));
        found.map(|(place, moments)| moments.swap_remove(place)).is_some()
    };
    held.retain_mut(|entry| {
        if entry.way == Way::Own {
            return true;
        }
        let read = entry.stream_id.as_deref().map(|id| cursor.is_some_and(|cursor| at_or_before(id, cursor)));
        match read {
            // It is there, and takes its message's place.
            Some(true) => {
                if !entry.twin {
                    known(entry);
                }
                false
            }
            // Its message may be there by another way; the entry itself has not been taken yet.
            Some(false) => {
                entry.twin |= known(entry);
                true
            }
            None if entry.twin => false,
            None => !known(entry),
        }
    });
    held
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(fingerprint: u64, at: Millis, stream_id: Option<&str>) -> Entry {
        let way = if stream_id.is_some() { Way::Stream } else { Way::Channel };
        Entry {
            way,
            stream_id: stream_id.map(ToOwned::to_owned),
            at,
            channel: "c".into(),
            fingerprint,
            twin: false,
            kind: "night",
            name: String::new(),
            run: None,
            symbol: None,
            length: 0,
            raw: Vec::new(),
        }
    }

    #[test]
    fn what_the_other_wrote_is_not_written_again_and_the_rest_is() {
        let held = vec![
            entry(1, 1_000, None),
            entry(1, 1_001, None),
            entry(2, 1_000, Some("1000-0")),
            entry(3, 2_000, Some("2000-0")),
            entry(4, 9_000, None),
        ];
        let logged = [(1, 1_003, None), (4, 1_000, None), (2, 1_000, Some("1000-0".to_owned()))];
        let left = unwritten(held, &logged, Some("1000-0"));
        let left: Vec<u64> = left.iter().map(|entry| entry.fingerprint).collect();
        assert_eq!(
            left,
            [1, 3, 4],
            "one of the two, what is behind the cursor, and what was another night's"
        );
    }

    #[test]
    fn what_came_to_the_other_by_another_way_is_known_all_the_same() {
        // The other logged the stream's entry first, and this server the channel's message; and the other way round.
        let held = vec![entry(1, 1_000, None), entry(2, 2_000, Some("2000-0"))];
        let logged = [(1, 1_001, Some("1001-0".to_owned())), (2, 2_001, None)];
        let left = unwritten(held, &logged, Some("1001-0"));
        let left: Vec<(u64, bool)> = left.iter().map(|entry| (entry.fingerprint, entry.twin)).collect();
        assert_eq!(left, [(2, true)], "one is there; of the other only the cursor is not");
    }

    #[test]
    fn a_follower_keeps_what_may_not_be_written_yet() {
        let mut held = vec![
            entry(1, 0, None),
            entry(2, 50_000, None),
            entry(3, 0, Some("5-1")),
            entry(4, 0, Some("7-0")),
        ];
        assert_eq!(trim(&mut held, Some("5-1"), 60_000), 2);
        assert_eq!(held.iter().map(|entry| entry.fingerprint).collect::<Vec<_>>(), [2, 4]);
    }
}
