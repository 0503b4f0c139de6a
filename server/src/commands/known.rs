//! What is known of commands: as they are kept, and newer where the board is ahead.
//!
//! Invariant: whoever reads a command is never told less than the board says, which knows what became of it before that is
//! written down.

use crate::hub::Command;
use crate::state::App;
use crate::store::StoreError;
use crate::store::commands::{CommandFilter, StoredCommand};

/// Commands, newest first, at most so many.
///
/// # Errors
/// When the database cannot be asked.
pub async fn known(app: &App, filter: &CommandFilter, most: u32) -> Result<Vec<StoredCommand>, StoreError> {
    let mut kept = app.store.commands(filter, most).await?;
    if !kept.is_empty() {
        let board = app.hub.ask(Command::Commands).await.unwrap_or_default();
        for newest in board {
            if let Some(one) = kept.iter_mut().find(|one| one.record.id == newest.id) {
                one.record = newest;
            }
        }
    }
    Ok(kept)
}

/// One command; `None`: nothing is kept under that id.
///
/// # Errors
/// When the database cannot be asked.
pub async fn known_one(app: &App, id: &str) -> Result<Option<StoredCommand>, StoreError> {
    let Some(mut kept) = app.store.command(id).await? else { return Ok(None) };
    let board = app.hub.ask(Command::Commands).await.unwrap_or_default();
    if let Some(newest) = board.into_iter().find(|newest| newest.id == id) {
        kept.record = newest;
    }
    Ok(Some(kept))
}
