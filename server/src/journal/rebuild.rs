//! The board from the log: the newest keyframe, and the messages behind it, by the very code that applied them first.

use super::own;
use crate::ingest::Way;
use crate::store::{Store, StoreError};
use domain::board::{Board, PAST_NIGHTS};
use domain::calendar;
use domain::record::Change;
use domain::time::{DAY, Millis};
use domain::wire;

/// Without a keyframe only so much is read again.
const FROM_NOTHING: Millis = 3 * DAY;

/// A board as it was.
#[derive(Debug)]
pub struct Rebuilt {
    /// The board.
    pub board: Board,
    /// The last message it was told.
    pub n: i64,
    /// When that was received.
    pub at: Option<Millis>,
}

/// The board as it was at a moment, or as it is known now (`Millis::MAX`). At a moment, symbols of the nights before are left out.
///
/// # Errors
/// What the database says.
pub async fn rebuild(store: &Store, until: Millis, now: Millis) -> Result<Rebuilt, StoreError> {
    let exchange = calendar::exchange(until.min(now));
    let whole = until == Millis::MAX;
    let found = store.keyframe(until, exchange.clone(), whole).await?;
    let newest = if whole { i64::MAX } else { store.newest_by(until).await? };
    let (mut n, board) = match found {
        Some((n, board)) => (n, board),
        None => (store.event_before(until.min(now) - FROM_NOTHING).await?, Board::new(exchange)),
    };
    let mut board = board;
    let mut at = None;
    loop {
        let rows = store.log_after(n, newest, until).await?;
        let Some(last) = rows.last() else { return Ok(Rebuilt { board, n, at }) };
        (n, at) = (last.n, Some(last.at));
        for row in &rows {
            tell(&mut board, row);
        }
        // Others want this thread too.
        tokio::task::yield_now().await;
    }
}

/// The last nights from the store: a board forgets, and one that was made anew has nothing to forget.
///
/// # Errors
/// What the database says.
pub async fn remember(store: &Store, board: &mut Board, now: Millis) -> Result<(), StoreError> {
    let most = i64::try_from(PAST_NIGHTS).unwrap_or(i64::MAX);
    let nights = store.nights_alone(None, most, now).await?;
    board.remember(nights.into_iter().flat_map(|night| night.runs).map(|run| run.view));
    Ok(())
}

fn tell(board: &mut Board, row: &crate::store::read::Logged) {
    if Way::of(&row.source) == Way::Own {
        let change = std::str::from_utf8(&row.raw).ok().and_then(wire::read::<Change>);
        if let Some(record) = change.and_then(|change| change.record) {
            own::apply(board, row.at, &record);
        }
        return;
    }
    if i64::try_from(row.raw.len()).is_ok_and(|kept| kept < row.length) {
        return;
    }
    if let Ok(event) = domain::decode::decode(&row.channel, &row.raw, row.at) {
        board.apply(&event);
    }
}
