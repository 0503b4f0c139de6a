//! Commands that this server is sending: whoever asks for the same one meanwhile waits for what it comes to.
//!
//! Invariant: as long as what is in the air; it lands however its task ends.

use domain::command::CommandRecord;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// Where it is told what a command came to.
pub(super) type Landing = watch::Receiver<Option<CommandRecord>>;

/// All that are in the air, by their ids.
#[derive(Debug, Default)]
pub(super) struct Flights(Mutex<HashMap<String, Landing>>);

impl Flights {
    /// One begins.
    pub(super) fn begin(&self, id: &str) -> (watch::Sender<Option<CommandRecord>>, Landing) {
        let (told, landing) = watch::channel(None);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), landing.clone());
        (told, landing)
    }

    /// Where one that is in the air lands.
    pub(super) fn of(&self, id: &str) -> Option<Landing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// One has landed, or never left.
    pub(super) fn end(&self, id: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}
