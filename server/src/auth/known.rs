//! Whom the database told of lately: for a second that is as good as asking again, and while it is away better than nothing.
//!
//! Invariant: bounded; and while the database answers nothing is used here that is older than [`FRESH`].

use super::Caller;
use domain::time::{MINUTE, Millis, SECOND};
use std::collections::HashMap;
use std::sync::Mutex;

/// As good as asking.
const FRESH: Millis = SECOND;
/// While the database is away, whoever it told of so lately may go on seeing: nobody can take their right away meanwhile either.
const AWAY: Millis = 15 * MINUTE;
/// Callers that are remembered.
const MOST: usize = 10_000;

/// Callers by the hash of what they hold.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<HashMap<String, (Caller, Millis)>>);

impl Known {
    fn get(&self, hash: &str, now: Millis, within: Millis) -> Option<Caller> {
        let all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.get(hash).filter(|(_, at)| now - at < within && *at <= now).map(|(caller, _)| caller.clone())
    }

    /// Told of within the last second.
    pub(super) fn fresh(&self, hash: &str, now: Millis) -> Option<Caller> {
        self.get(hash, now, FRESH)
    }

    /// Told of lately.
    pub(super) fn lately(&self, hash: &str, now: Millis) -> Option<Caller> {
        self.get(hash, now, AWAY)
    }

    /// The database has told.
    pub(super) fn put(&self, hash: &str, caller: &Caller, now: Millis) {
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if all.len() >= MOST && !all.contains_key(hash) {
            all.retain(|_, (_, at)| now - *at < FRESH);
            if all.len() >= MOST {
                all.clear();
            }
        }
        all.insert(hash.to_owned(), (caller.clone(), now));
    }

    /// What was told is asked again; it is still better than nothing.
    pub(super) fn doubt(&self, hash: &str) {
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((_, at)) = all.get_mut(hash) {
            *at = at.saturating_sub(FRESH);
        }
    }

    /// One is not what it was.
    pub(super) fn drop_one(&self, hash: &str) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(hash);
    }

    /// Nothing counts any more.
    pub(super) fn forget(&self) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clear();
    }
}
