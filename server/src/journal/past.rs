//! The board that was looked back at last: a step forward from there goes on with it instead of beginning with its keyframe again.
//!
//! Invariant: what is shown of a moment does not depend on what was looked at before (`server/tests/lookback.rs`). So a board goes
//! on only up to the next keyframe, and only if it was told every message up to its last one. One is kept: who looks from two
//! tabs at once waits as long as for the first step.

use super::rebuild::{Rebuilt, begun};
use crate::store::{Store, StoreError};
use domain::board::Board;
use domain::time::Millis;
use std::sync::{Mutex, PoisonError};

/// Where one has looked back.
#[derive(Debug, Default)]
pub struct Past(Mutex<Option<Kept>>);

#[derive(Debug)]
struct Kept {
    keyframe: Option<i64>,
    until: Millis,
    rebuilt: Rebuilt,
}

impl Past {
    /// What `look` sees on the board as it was at a moment. Symbols of the nights before are left out.
    ///
    /// # Errors
    /// What the database says.
    pub async fn at<T>(
        &self,
        store: &Store,
        until: Millis,
        look: impl FnOnce(&Board) -> T,
    ) -> Result<T, StoreError> {
        let keyframe = store.keyframe_by(until).await?;
        let newest = store.newest_by(until).await?;
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let last = last.filter(|last| last.keyframe == keyframe && last.until <= until);
        let mut rebuilt = match last {
            Some(last) => last.rebuilt,
            None => begun(store, keyframe, until, Some(until)).await?,
        };
        rebuilt.go_on(store, newest, until).await?;
        let seen = look(&rebuilt.board);
        if rebuilt.complete {
            let kept = Kept { keyframe, until, rebuilt };
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        }
        Ok(seen)
    }
}
