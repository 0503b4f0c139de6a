//! Whether nights can have anybody at all: the universes that are set, as the source knows them.
//!
//! A source that is away is waited for, run by run; one that answers and knows none of them will not know them tonight either. That is
//! said at the start and by `/health`, before a night fails by it.

use super::desk::Office;
use processor::source::{Source, SourceError};
use std::sync::PoisonError;

impl<S: Source> Office<S> {
    /// Asks the source, and says when it knows none.
    pub async fn look_at_universes(&self) {
        let mut why = self.none_of("--universes", &self.usual.universes).await;
        let timetable = self.timetable();
        if why.is_none() && self.fires() {
            why = self.none_of("the schedule", timetable.universes()).await;
        }
        if let Some(why) = &why {
            eprintln!("processor: warning: {why}");
        }
        *self.nobody.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    /// The same once more, where it was so: it may be mended.
    pub(super) async fn look_again(&self) {
        if self.nobody().is_some() {
            self.look_at_universes().await;
        }
    }

    /// Why nights can have nobody.
    pub(super) fn nobody(&self) -> Option<String> {
        self.nobody.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether nights begin by themselves.
    pub(super) fn fires(&self) -> bool {
        self.scheduled && self.timetable().entry().enabled
    }

    async fn none_of(&self, whose: &str, universes: &[String]) -> Option<String> {
        for name in universes {
            if !matches!(self.source.universe(name).await, Err(SourceError::UnknownUniverse(_))) {
                return None;
            }
        }
        let names = universes.join(", ");
        Some(format!(
            "the source knows no universe {names}, which {whose} names; name others, or list their symbols"
        ))
    }
}
