//! Looking back: the board at a moment of a past night, rebuilt from the log by the code that made it.
//!
//! A keyframe is at most a few thousand messages away, and a step forward goes on from the one before, so it takes less than a blink.

use super::EMBEDDED;
use crate::clock;
use crate::state::App;
use crate::store::StoreError;
use crate::store::read::runs::StoredRun;
use app::archive::query::LONGEST;
use app::archive::{self, Archived, Facts, Looking, Nowhere};
use app::pages::ArchiveHtml;
use axum::http::StatusCode;
use domain::board::Board;
use domain::calendar;
use domain::decode::clean;
use domain::record::{Change, Record, Redis, ServerInfo};
use domain::time::{MINUTE, Millis, night_of};
use domain::wire::{RunChanges, Snapshot, Topic};
use std::sync::Arc;

/// What stands behind `at=`, if the path asks for a moment.
fn asked(path: &str) -> Option<&str> {
    let (_, query) = path.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix("at="))
}

/// Shows the board as it was, if the path asks for a moment. Where there is none of it a sentence says why, and never the board of now.
pub(super) async fn answer(
    app: &App,
    snapshot: &mut Snapshot,
    path: &str,
) -> (StatusCode, Option<ArchiveHtml>) {
    let Some(asked) = asked(path) else { return (StatusCode::OK, None) };
    let shown = match asked.parse() {
        Ok(at) => look_back(app, snapshot, at).await.unwrap_or_else(|cause| {
            tracing::warn!(code = cause.code(), "a board as it was could not be read from the store");
            Err(Nowhere::Unreadable(cause.reason()))
        }),
        Err(_) => Err(Nowhere::NoMoment(clean(asked, LONGEST))),
    };
    snapshot.replay = Some(shown.is_ok());
    let (status, page) = match shown {
        Ok(looking) => (StatusCode::OK, Archived::Looking(looking)),
        Err(why) => (status(&why), Archived::Nowhere(why)),
    };
    let html = archive::html(&page, &Facts::of(snapshot));
    if status != StatusCode::OK {
        super::without_tonight(snapshot);
    }
    (status, Some(html))
}

fn status(why: &Nowhere) -> StatusCode {
    match why {
        Nowhere::NoMoment(_) => StatusCode::BAD_REQUEST,
        Nowhere::ToCome(_) | Nowhere::NotKept(_) => StatusCode::NOT_FOUND,
        Nowhere::Unreadable(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Makes the snapshot one of the board as it was.
async fn look_back(
    app: &App,
    snapshot: &mut Snapshot,
    at: Millis,
) -> Result<Result<Looking, Nowhere>, StoreError> {
    let now = clock::now();
    if at > now {
        return Ok(Err(Nowhere::ToCome(now)));
    }
    let first = app.store.first_moment().await?;
    if first.is_none_or(|first| at < first) {
        return Ok(Err(Nowhere::NotKept(first)));
    }
    // (What was kept before the trading days were known has a night of its own on every day.)
    let nights = calendar::XNYS.nights(at);
    let runs = app.store.runs_of_nights(nights.of(at), night_of(at, nights.zone()), 200).await?;
    let from = runs.iter().map(|run| run.view.run.started).min().unwrap_or(at) - MINUTE;
    let heard = |run: &StoredRun| run.view.run.ended.unwrap_or(run.view.run.heard);
    let to = runs.iter().map(heard).max().unwrap_or(at) + MINUTE;
    app.past.at(&app.store, at, |board| show(app, snapshot, board, at)).await?;
    // A keyframe does not say how the link was; it was up, or there would be nothing to show.
    if !snapshot.board.iter().any(|change| &*change.key == "xredis") {
        let redis = Redis { up: true, since: from, address: String::new(), channels: 0 };
        snapshot.board.push(own("xredis", Record::Redis(redis)));
    }
    let from = from.max(first.unwrap_or(from)).min(at);
    Ok(Ok(Looking { at, from, to: to.max(at).min(now) }))
}

/// Makes the snapshot one of this board.
fn show(app: &App, snapshot: &mut Snapshot, board: &Board, at: Millis) {
    let changes =
        |topic: &Topic| board.changed_since(topic, 0).map(|delta| delta.changes).unwrap_or_default();
    snapshot.board = changes(&Topic::Board);
    snapshot.feed = changes(&Topic::Feed);
    let tonight = board.tonight(at).filter(|id| board.symbols_kept(id) <= 4 * EMBEDDED);
    snapshot.run = tonight.map(|id| (id.clone(), RunChanges::new(changes(&Topic::Run(id)))));
    (snapshot.now, snapshot.seq) = (at, board.seq());
    let server = ServerInfo {
        started: at,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        environment: app.config.environment.clone(),
    };
    snapshot.board.push(own("xserver", Record::Server(server)));
}

/// A record of this process, of which no board of the past knows.
fn own(key: &str, record: Record) -> Change {
    Change { key: key.into(), changed: 0, record: Some(Arc::new(record)) }
}

#[cfg(test)]
mod tests {
    use super::asked;

    #[test]
    fn a_moment_is_asked_for_by_its_name_only() {
        assert_eq!(asked("/admin/daily-processing?x=1&at=1795209000000"), Some("1795209000000"));
        assert_eq!([asked("/x?at="), asked("/x?at=abc&at=5")], [Some(""), Some("abc")]);
        assert_eq!([asked("/admin/daily-processing"), asked("/x?bat=5"), asked("/x?")], [None; 3]);
    }
}
