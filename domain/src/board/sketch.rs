//! A board for looking at a moment of the past: what nobody looks at there is not read, because it would be most of the work.
//!
//! A board holds the symbols of its last twenty runs; a moment shows those of one. Invariant: what is shown of the moment is what
//! the whole board shows (`domain/tests/keep.rs`).

use super::Board;
use crate::record::{Change, Key};
use crate::time::{Millis, Zone};
use crate::wire::{Read, Reader};

impl Board {
    /// A board from the texts of a keyframe's parts, for looking at a moment: symbols come only with runs that go on, those of the
    /// latest night, and the one that has the verdict. Those of the nights before are most of a keyframe, and nobody looks at them.
    #[must_use]
    pub fn sketched(exchange: Zone, board: &str, runs: &[String], now: Millis) -> Option<Self> {
        let mut restored = Self::without_runs(exchange, board)?;
        let slots: Vec<u32> =
            runs.iter().map(|text| restored.take_run::<WithoutSymbols>(text)).collect::<Option<_>>()?;
        let latest = restored.runs.values().map(|run| run.record.night).max();
        let tonight = restored.tonight(now);
        for (text, slot) in runs.iter().zip(slots) {
            let looked_at = restored.runs.get(&slot).is_some_and(|run| {
                run.running() || Some(run.record.night) == latest || Some(&run.record.id) == tonight.as_ref()
            });
            if looked_at {
                restored.take_run::<Change>(text)?;
            }
        }
        Some(restored.arranged())
    }
}

/// A change whose record is passed over if it is a symbol's.
struct WithoutSymbols(Option<Change>);

impl Read for WithoutSymbols {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let key: Key = reader.item(b'[')?;
        if !key.starts_with('s') {
            return Change::behind(key, reader).map(|change| Self(Some(change)));
        }
        for before in [b',', b','] {
            reader.expect(before)?;
            reader.skip()?;
        }
        reader.expect(b']')?;
        Some(Self(None))
    }
}

impl From<WithoutSymbols> for Option<Change> {
    fn from(found: WithoutSymbols) -> Self {
        found.0
    }
}
