//! How long what is asked usually takes: by runs of ours that were asked in the very same words.

use crate::state::App;
use crate::store::StoreError;
use crate::store::commands::{CommandFilter, MOST};
use domain::command::CommandRecord;
use domain::time::Millis;
use domain::usual::{NIGHTS, Work, took, usual};

/// How long the runs of earlier commands like this one took. `None`: there are too few that can be compared.
///
/// # Errors
/// What the database says.
pub async fn usual_of(app: &App, command: &CommandRecord) -> Result<Option<Millis>, StoreError> {
    let Some(own) = app.store.command(&command.id).await? else { return Ok(None) };
    let filter = CommandFilter { kind: Some(command.kind), ..CommandFilter::default() };
    let earlier = app.store.commands(&filter, MOST).await?;
    let alike = earlier.into_iter().filter(|other| other.parameters == own.parameters);
    let runs = alike.filter(|other| other.record.id != command.id).filter_map(|other| other.record.run);
    let mut done = Vec::new();
    for run in runs {
        if let Some(stored) = app.store.run(&run).await?
            && let Some(took) = took(&stored.view)
        {
            done.push((Work::of(&stored.view), took));
            if done.len() == NIGHTS {
                break;
            }
        }
    }
    let Some((newest, _)) = done.first() else { return Ok(None) };
    Ok(usual(newest, done.iter().map(|(work, took)| (work, *took))))
}
