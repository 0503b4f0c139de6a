//! A board for looking at a moment of the past: what nobody looks at there is not read, because it would be most of the work.
//!
//! A board holds the symbols of its last twenty runs; a moment shows those of one. Invariant: what is shown of the moment is what
//! the whole board shows (`domain/tests/keep.rs`).

use super::Board;
use super::keep::Extent;
use crate::nights::Nights;
use crate::record::{Change, Key};
use crate::time::Millis;
use crate::wire::{Read, Reader};

impl Board {
    /// A board from a keyframe's parts, for looking at a moment: symbols come only with runs that go on, those of the latest night,
    /// and the one that has the verdict. Those of the nights before are most of a keyframe, and nobody looks at them. `text` reads
    /// as much of a run's part as is asked for.
    #[must_use]
    pub fn sketched<T>(
        nights: impl Into<Nights>,
        board: &str,
        runs: &[T],
        text: impl Fn(&T, Extent) -> Option<String>,
        now: Millis,
    ) -> Option<Self> {
        let mut restored = Self::without_runs(nights, board)?;
        let head = |run| restored.take_run::<WithoutSymbols>(&text(run, Extent::Head)?);
        let slots: Vec<u32> = runs.iter().map(head).collect::<Option<_>>()?;
        let latest = restored.runs.values().map(|run| run.record.night).max();
        let tonight = restored.tonight(now);
        for (run, slot) in runs.iter().zip(slots) {
            let looked_at = restored.runs.get(&slot).is_some_and(|run| {
                run.running() || Some(run.record.night) == latest || Some(&run.record.id) == tonight.as_ref()
            });
            if looked_at {
                restored.take_run::<Change>(&text(run, Extent::Whole)?)?;
            }
        }
        Some(restored.arranged())
    }
}

/// A change whose record is passed over if it is a symbol's, as stood among the records in what earlier builds wrote.
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
