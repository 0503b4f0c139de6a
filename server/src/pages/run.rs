//! What the page of a run shows besides the board: everything about that run, from the board or from the store.

use super::EMBEDDED;
use super::archive::unreadable;
use crate::hub::Command;
use crate::state::App;
use app::archive::{self, Archived, Facts};
use app::location::run_of;
use app::pages::ArchiveHtml;
use axum::http::StatusCode;
use domain::record::Record;
use domain::wire::{RunChanges, Snapshot, Topic};

/// Adds the run that the path names. Of a large one the symbols come over the socket.
pub(super) async fn answer(
    app: &App,
    snapshot: &mut Snapshot,
    path: &str,
) -> (StatusCode, Option<ArchiveHtml>) {
    snapshot.feed = Vec::new();
    snapshot.run = None;
    let Some(id) = run_of(path) else { return (StatusCode::NOT_FOUND, None) };
    let topic = Topic::Run(id.clone());
    let mut changes = app.hub.ask(|reply| Command::Topic(topic, reply)).await.unwrap_or_default();
    let archived = changes.is_empty();
    if archived {
        changes = match app.store.run_changes(&id, snapshot.seq.max(1)).await {
            Ok(kept) => kept.unwrap_or_default(),
            Err(cause) => {
                let above = archive::html(&unreadable("Run", cause), &Facts::of(snapshot));
                return (StatusCode::SERVICE_UNAVAILABLE, Some(above));
            }
        };
    }
    let run = changes.iter().find_map(|change| match change.record.as_deref() {
        Some(Record::Run(run)) => Some(Box::new(run.clone())),
        _ => None,
    });
    let status = if run.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let above = archive::html(&Archived::Run(run), &Facts::of(snapshot));
    let symbols = changes.iter().filter(|change| change.key.starts_with('s')).count();
    if symbols <= EMBEDDED {
        snapshot.run = (!changes.is_empty()).then(|| (id, RunChanges::new(changes)));
    } else if archived {
        snapshot.board.extend(changes.into_iter().filter(|change| !change.key.starts_with('s')));
    }
    (status, Some(above))
}
