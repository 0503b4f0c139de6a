//! Looking back: the board at a moment of a past night, rebuilt from the log by the code that made it.
//!
//! A keyframe is at most a few thousand messages away, so a step takes less than a blink.

use super::EMBEDDED;
use super::archive::unreadable;
use crate::clock;
use crate::journal;
use crate::state::App;
use crate::store::StoreError;
use crate::store::read::runs::StoredRun;
use app::archive::{self, Archived, Facts, Looking};
use app::pages::ArchiveHtml;
use axum::http::StatusCode;
use domain::calendar;
use domain::record::{Redis, ServerInfo};
use domain::time::{DAY, MINUTE, Millis, night_of};
use domain::wire::{RunChanges, Snapshot, Topic};

/// The moment in `?at=…`.
fn moment(path: &str) -> Option<Millis> {
    let (_, query) = path.split_once('?')?;
    let asked = query.split('&').find_map(|pair| pair.strip_prefix("at="))?;
    asked.parse().ok()
}

/// Shows the board as it was, if the path asks for a moment.
pub(super) async fn answer(
    app: &App,
    snapshot: &mut Snapshot,
    path: &str,
) -> (StatusCode, Option<ArchiveHtml>) {
    let Some(asked) = moment(path) else { return (StatusCode::OK, None) };
    match look_back(app, snapshot, asked).await {
        Ok(looking) => {
            let html = archive::html(&Archived::Looking(looking), &Facts::of(snapshot));
            (StatusCode::OK, Some(html))
        }
        Err(cause) => {
            let html = archive::html(&unreadable("Looking back", cause), &Facts::of(snapshot));
            (StatusCode::SERVICE_UNAVAILABLE, Some(html))
        }
    }
}

/// Makes the snapshot one of the board as it was.
async fn look_back(app: &App, snapshot: &mut Snapshot, asked: Millis) -> Result<Looking, StoreError> {
    let now = clock::now();
    let oldest = now - i64::from(app.config.keep_events_days) * DAY;
    let at = asked.clamp(oldest, now);
    let night = night_of(at, &calendar::exchange(at));
    let runs = app.store.runs_of_nights(night, night, 200).await?;
    let from = runs.iter().map(|run| run.view.run.started).min().unwrap_or(at) - MINUTE;
    let heard = |run: &StoredRun| run.view.run.ended.unwrap_or(run.view.run.heard);
    let to = runs.iter().map(heard).max().unwrap_or(at) + MINUTE;
    let mut board = journal::rebuild(&app.store, at, now).await?.board;
    let server = ServerInfo {
        started: at,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        environment: app.config.environment.clone(),
    };
    board.set_server(server);
    if board.redis().is_none() {
        // A keyframe does not say how the link was; it was up, or there would be nothing to show.
        let redis = Redis { up: true, since: from, address: String::new(), channels: 0 };
        board.set_redis(redis);
    }
    let changes =
        |topic: &Topic| board.changed_since(topic, 0).map(|delta| delta.changes).unwrap_or_default();
    snapshot.board = changes(&Topic::Board);
    snapshot.feed = changes(&Topic::Feed);
    let tonight = board.tonight(at).filter(|id| board.symbols_kept(id) <= 4 * EMBEDDED);
    snapshot.run = tonight.map(|id| (id.clone(), RunChanges::new(changes(&Topic::Run(id)))));
    (snapshot.now, snapshot.seq) = (at, board.seq());
    let (from, to) = (from.min(at), to.max(at).min(now.max(at)));
    snapshot.replay = Some((from, to));
    Ok(Looking { at, from, to })
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn only_a_number_is_a_moment() {
        assert_eq!(moment("/admin/daily-processing?x=1&at=1795209000000"), Some(1_795_209_000_000));
        for none in
            ["/admin/daily-processing", "/x?at=", "/x?at=abc", "/x?bat=5", "/x?at=99999999999999999999"]
        {
            assert_eq!(moment(none), None, "{none}");
        }
    }
}
