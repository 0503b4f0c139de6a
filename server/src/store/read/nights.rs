//! Nights: all runs of each, which of them speaks for it, and how long its work usually takes.

use super::super::{Store, StoreError};
use super::count;
use super::runs::StoredRun;
use super::statement::Statement;
use domain::time::Millis;
use domain::usual::{Work, took, usual};
use domain::verdict::{RunView, weight};
use sqlx::Row;

/// Most nights of a page.
pub const MOST: i64 = 366;
/// Nights before the last of a page that are looked through for comparable ones.
const HISTORY: i64 = 60;
/// Most runs of a page and its history together.
const RUNS: i64 = 5_000;

/// A night.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredNight {
    /// Days since 1970-01-01 on the exchange's clock.
    pub night: i64,
    /// Its runs, newest first. Never empty.
    pub runs: Vec<StoredRun>,
    /// Which of them speaks for the night.
    pub speaks: usize,
    /// How long its work usually takes; `None`: too few comparable nights before it.
    pub usual: Option<Millis>,
}

impl StoredNight {
    /// The run that speaks for it.
    #[must_use]
    pub fn speaking(&self) -> Option<&StoredRun> {
        self.runs.get(self.speaks)
    }
}

impl Store {
    /// Nights, newest first, from before a night on, with what is usual for each.
    ///
    /// # Errors
    /// What the database says.
    pub async fn nights(&self, before: Option<i64>, limit: i64) -> Result<Vec<StoredNight>, StoreError> {
        let limit = limit.clamp(1, MOST);
        let mut nights = self.nights_alone(before, limit + HISTORY).await?;
        let done = |night: &StoredNight| {
            let view = &night.speaking()?.view;
            Some((Work::of(view), took(view)))
        };
        let work: Vec<Option<(Work, Option<Millis>)>> = nights.iter().map(done).collect();
        nights.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        for (index, night) in nights.iter_mut().enumerate() {
            let Some((own, _)) = work.get(index).and_then(Option::as_ref) else { continue };
            let older = work.iter().skip(index + 1).flatten();
            night.usual = usual(own, older.filter_map(|(work, took)| Some((work, (*took)?))));
        }
        Ok(nights)
    }

    /// The same without what is usual.
    ///
    /// # Errors
    /// What the database says.
    pub async fn nights_alone(
        &self,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<StoredNight>, StoreError> {
        let mut statement = Statement::new("SELECT DISTINCT night FROM runs WHERE night < ");
        statement.whole(before.unwrap_or(i64::MAX)).sql(" ORDER BY night DESC LIMIT ").whole(limit);
        let rows = statement.rows(&self.readers).await?;
        let (Some(newest), Some(oldest)) = (rows.first(), rows.last()) else { return Ok(Vec::new()) };
        let runs = self.runs_of_nights(oldest.get(0), newest.get(0), RUNS).await?;
        let cut = count(&runs) >= RUNS;
        let mut nights: Vec<StoredNight> = Vec::new();
        for run in runs {
            let night = run.view.run.night;
            match nights.last_mut().filter(|last| last.night == night) {
                Some(last) => last.runs.push(run),
                None => nights.push(StoredNight { night, runs: vec![run], speaks: 0, usual: None }),
            }
        }
        if cut && nights.len() > 1 {
            // Half a night would say something else than the whole.
            nights.pop();
        }
        for night in &mut nights {
            night.speaks = speaking(&night.runs);
        }
        Ok(nights)
    }
}

fn speaking(runs: &[StoredRun]) -> usize {
    let views: Vec<RunView> = runs.iter().map(|run| run.view.clone()).collect();
    let best = views.iter().enumerate().max_by_key(|(_, view)| weight(view, &views));
    best.map_or(0, |(index, _)| index)
}
