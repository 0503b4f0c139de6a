//! The last nights as figures: one row a night, of the run that speaks for it.

use super::super::{Store, StoreError};
use super::nights::MOST;
use domain::time::Millis;

/// A night's figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trend {
    /// The night.
    pub night: i64,
    /// The run that speaks for it.
    pub id: String,
    /// Its verdict.
    pub verdict: String,
    /// How long it took, where that is known.
    pub duration: Option<Millis>,
    /// Symbols.
    pub symbols: u32,
    /// Failed symbols.
    pub failed: u32,
    /// Records imported.
    pub records: u64,
}

impl Store {
    /// The last nights, newest first. A run in progress is judged at `now`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn trends(&self, nights: i64, now: Millis) -> Result<Vec<Trend>, StoreError> {
        let nights = self.nights_alone(None, nights.clamp(1, MOST), now).await?;
        let trend = |run: &super::runs::StoredRun| Trend {
            night: run.view.run.night,
            id: run.view.run.id.clone(),
            verdict: run.word(now).to_owned(),
            duration: run.duration(),
            symbols: run.view.symbols(),
            failed: run.view.failed(),
            records: run.view.run.records,
        };
        Ok(nights.iter().filter_map(|night| night.speaking().map(trend)).collect())
    }
}
