//! What is left to do of a run, also of one that left the board.

use super::CommandError;
use crate::clock;
use crate::hub::Command;
use crate::state::App;
use domain::command::{Left, left::left};
use domain::record::{OutcomeStatus, Record, Symbol};
use domain::retried::word_of;
use domain::time::Millis;
use domain::verdict::RunView;
use std::collections::HashMap;

/// A run with what is left of it.
#[derive(Clone, Debug)]
pub struct LeftOf {
    /// The run.
    pub view: RunView,
    /// Its symbols that are left, A to Z.
    pub left: Vec<Left>,
}

/// Looks at a run; `None` as id: at the one that has the verdict. `Ok(None)`: there is none.
///
/// # Errors
/// When database or server are away.
pub async fn left_of(app: &App, id: Option<&str>) -> Result<Option<LeftOf>, CommandError> {
    let id = id.map(ToOwned::to_owned);
    let on_board = app.hub.ask(|reply| Command::Left(id.clone(), reply)).await;
    if let Some((view, left)) = on_board.ok_or(CommandError::Stopping)? {
        return Ok(Some(LeftOf { view, left }));
    }
    let Some(id) = id else { return Ok(None) };
    let Some(stored) = app.store.run(&id).await? else { return Ok(None) };
    let changes = app.store.run_changes(&id, 1).await?.unwrap_or_default();
    let own =
        changes.iter().filter_map(|change| match (&change.record.as_deref(), change.key.strip_prefix('s')) {
            (Some(Record::Symbol(symbol)), Some(name)) => Some((name, symbol)),
            _ => None,
        });
    let own: Vec<(&str, &Symbol)> = own.collect();
    let night = app.store.night(stored.view.run.night, clock::now()).await?;
    // The newest word that later runs of the night have on each of them.
    let mut words: HashMap<String, (Millis, bool)> = HashMap::new();
    for run in night.iter().flat_map(|night| night.after(&stored)) {
        for (name, later) in app.store.records(run.number, false).await? {
            let known = own.binary_search_by(|(known, _)| known.cmp(&name.as_str())).ok();
            let lacking = known.and_then(|at| own.get(at)).filter(|(_, symbol)| {
                symbol.outcomes.is_empty()
                    || symbol.outcomes.iter().any(|outcome| outcome.status == OutcomeStatus::Failed)
            });
            if let Some(word) = lacking.and_then(|(_, symbol)| word_of(&symbol.outcomes, &later)) {
                let newest = words.entry(name).or_insert(word);
                *newest = word.max(*newest);
            }
        }
    }
    let brought = |name: &str| words.get(name).is_some_and(|(_, through)| *through);
    let left = left(&stored.view, own.iter().map(|(name, symbol)| (*name, *symbol, brought(name))));
    Ok(Some(LeftOf { view: stored.view, left }))
}
