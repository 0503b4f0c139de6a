//! What is left to do of a run, also of one that left the board.

use super::CommandError;
use crate::clock;
use crate::hub::Command;
use crate::state::App;
use domain::command::Left;
use domain::command::left::{brought, left};
use domain::record::{Record, Symbol};
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
    let mut left = left(&stored.view, own.iter().map(|(name, symbol)| (*name, *symbol, false)));
    // The newest word that later runs of the night have on each of them.
    let mut words: HashMap<String, (Millis, bool)> = HashMap::new();
    for run in night.iter().flat_map(|night| night.after(&stored)) {
        for (name, later) in app.store.records(run.number, false).await? {
            let one = left.binary_search_by(|one| one.symbol.cmp(&name)).ok().and_then(|at| left.get(at));
            if let Some(word) = one.and_then(|one| brought(one, &later)) {
                let newest = words.entry(name).or_insert(word);
                *newest = word.max(*newest);
            }
        }
    }
    left.retain(|one| !words.get(&one.symbol).is_some_and(|(_, through)| *through));
    Ok(Some(LeftOf { view: stored.view, left }))
}
