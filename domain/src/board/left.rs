//! What is left to do of a run on the board, and how much that is: counted anew whenever a run of its night has ended.
//!
//! Invariant: what a later run of the night brought through is not left. (The rule itself: [`crate::command::left`].)

use super::Board;
use super::run::RunState;
use crate::command::left::{Left, brought, left};
use crate::record::{Record, RunStatus, key};
use crate::retried::follows;
use crate::verdict::RunView;

impl Board {
    /// A run with what is left of it.
    #[must_use]
    pub fn left(&self, id: &str) -> Option<(RunView, Vec<Left>)> {
        let run = self.run(id)?;
        let symbols = run.topic.iter().filter_map(|(key, record)| match &**record {
            Record::Symbol(symbol) => {
                let name = key.strip_prefix('s')?;
                Some((name, symbol, run.repaired.contains(name)))
            }
            _ => None,
        });
        let view = self.view(run);
        let mut left = left(&view, symbols);
        let later: Vec<&RunState> = self
            .runs
            .values()
            .filter(|other| follows((&other.record, other.slot), (&run.record, run.slot)))
            .collect();
        left.retain(|one| {
            let key = key::symbol(&one.symbol);
            let word = |other: &&RunState| match other.topic.get(&key).map(AsRef::as_ref) {
                Some(Record::Symbol(symbol)) => brought(one, symbol),
                _ => None,
            };
            !later.iter().filter_map(word).max().is_some_and(|(_, through)| through)
        });
        Some((view, left))
    }

    /// A run of a night has ended: of those of it that did not come to their ends more or less may be left.
    pub(super) fn count_left(&mut self, night: i64) {
        let broke = |run: &&RunState| {
            run.record.night == night && matches!(run.record.status, RunStatus::Failed | RunStatus::Cancelled)
        };
        let runs: Vec<(u32, String)> =
            self.runs.values().filter(broke).map(|run| (run.slot, run.record.id.clone())).collect();
        for (slot, id) in runs {
            let Some((view, left)) = self.left(&id) else { continue };
            let named = self.symbols_kept(&id);
            let Some(run) = self.runs.get_mut(&slot) else { continue };
            // Unless all are known by name, nobody knows how many of them are left.
            let all = view.symbols() > 0 && u32::try_from(named).is_ok_and(|named| named >= view.symbols());
            let now = u32::try_from(left.len()).unwrap_or(u32::MAX);
            let counted = all.then(|| (run.record.left.map_or(now, |(then, _)| then), now));
            if run.record.left != counted {
                run.record.left = counted;
                run.events = run.events.saturating_add(1);
                self.publish_run(slot);
            }
        }
    }
}
