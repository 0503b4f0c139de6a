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

/// A board and how far it was told.
#[derive(Debug)]
pub struct Rebuilt {
    /// The board.
    pub board: Board,
    /// The last message it was told.
    pub n: i64,
    /// False: a message before that one was left out, because it was received too late.
    pub(super) complete: bool,
}

/// The board as it is known now.
///
/// # Errors
/// What the database says.
pub async fn rebuild(store: &Store, now: Millis) -> Result<Rebuilt, StoreError> {
    let keyframe = store.keyframe_by(Millis::MAX).await?;
    let mut rebuilt = begun(store, keyframe, now, None).await?;
    rebuilt.go_on(store, i64::MAX, Millis::MAX).await?;
    Ok(rebuilt)
}

/// The board of a keyframe, whole or as it is looked at. If there is none that can be read, an empty one some days before `at`.
pub(super) async fn begun(
    store: &Store,
    keyframe: Option<i64>,
    at: Millis,
    looked_at: Option<Millis>,
) -> Result<Rebuilt, StoreError> {
    let nights = calendar::XNYS.nights(at);
    if let Some(n) = keyframe
        && let Some(board) = store.keyframe(n, nights.clone(), looked_at).await?
    {
        return Ok(Rebuilt { board, n, complete: true });
    }
    let n = store.event_before(at - FROM_NOTHING).await?;
    Ok(Rebuilt { board: Board::new(nights), n, complete: true })
}

impl Rebuilt {
    /// Tells the board what was received up to a moment; behind the message `newest` there is none of it.
    pub(super) async fn go_on(
        &mut self,
        store: &Store,
        newest: i64,
        until: Millis,
    ) -> Result<(), StoreError> {
        loop {
            let rows = store.log_after(self.n, newest).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            self.n = last.n;
            for row in &rows {
                if row.at <= until {
                    tell(&mut self.board, row);
                } else {
                    self.complete = false;
                }
            }
            // Others want this thread too.
            tokio::task::yield_now().await;
        }
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
