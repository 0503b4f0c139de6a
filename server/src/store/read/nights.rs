//! Nights: all runs of each, which of them speaks for it, and how long its work usually takes.
//!
//! Those that are like something are found by walking the nights from the newest on, because what they are judged by is no column:
//! at most [`LOOKED_AT`] of them per call, and the answer says where to go on.

use super::super::{Store, StoreError};
use super::count;
use super::runs::StoredRun;
use super::statement::Statement;
use domain::retried::follows;
use domain::time::Millis;
use domain::usual::{Work, took, usual};
use domain::verdict::{RunView, speaking, tonight};
use sqlx::Row;
use std::collections::BTreeSet;

/// Most nights of a page.
pub const MOST: i64 = 366;
/// Nights that are looked at for one page.
pub const LOOKED_AT: usize = 2_000;
/// Nights that are read at a time, where not every one is wanted.
const CHUNK: i64 = 400;
/// Nights before the last of a page that are looked through for comparable ones.
const HISTORY: usize = 60;
/// Most runs of a chunk.
const RUNS: i64 = 5_000;
/// Newest runs whose universes are known.
const NEWEST: i64 = 2_000;

/// A night.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredNight {
    /// Days since 1970-01-01 on the exchange's clock.
    pub night: i64,
    /// Its runs, newest first. Never empty.
    pub runs: Vec<StoredRun>,
    /// Which of them has its verdict.
    pub speaks: usize,
    /// Which of them did its work.
    pub main: usize,
    /// How long its work usually takes; `None`: too few comparable nights before it.
    pub usual: Option<Millis>,
    /// The night before it of which something is kept, whatever was asked for.
    pub before: Option<i64>,
}

impl StoredNight {
    /// The run that speaks for it: one in progress, or else the main one.
    #[must_use]
    pub fn speaking(&self) -> Option<&StoredRun> {
        self.runs.get(self.speaks)
    }

    /// The run that did its work: what goes on beside it, a retry say, does not.
    #[must_use]
    pub fn main(&self) -> Option<&StoredRun> {
        self.runs.get(self.main)
    }

    /// Its runs that may make up for what the main one lacks, newest first.
    pub fn later(&self) -> impl Iterator<Item = &StoredRun> {
        self.main().into_iter().flat_map(|main| self.after(main))
    }

    /// Its runs that may make up for what one of them lacks, newest first.
    pub fn after<'a>(&'a self, own: &'a StoredRun) -> impl Iterator<Item = &'a StoredRun> {
        self.runs.iter().filter(|run| follows((&run.view.run, run.number), (&own.view.run, own.number)))
    }
}

/// A stretch of nights, walked from the newest on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    /// Not before this night.
    pub from: Option<i64>,
    /// Only nights before this one.
    pub before: Option<i64>,
}

/// A page of nights.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NightPage {
    /// Newest first.
    pub nights: Vec<StoredNight>,
    /// The next page has the nights before this one; `None`: there are none, of this stretch.
    pub older: Option<i64>,
}

/// A night that was looked at: what it had to do, and how long that took.
type Seen = (i64, Option<(Work, Option<Millis>)>);

/// What a walk has found so far. All nights that were looked at are remembered, by what they had to do: "usual" is told by those
/// before a night, whether they were asked for or not.
#[derive(Default)]
struct Walk {
    seen: Vec<Seen>,
    /// The places in `seen` of the nights that were found.
    places: Vec<usize>,
    found: Vec<StoredNight>,
    older: Option<i64>,
}

impl Walk {
    fn look(
        &mut self,
        night: StoredNight,
        limit: usize,
        stretch: Stretch,
        fits: &impl Fn(&StoredNight) -> bool,
    ) {
        let work = night.speaking().map(|run| (Work::of(&run.view), took(&run.view)));
        let number = night.night;
        let wanted = self.older.is_none() && stretch.from.is_none_or(|from| night.night >= from);
        if wanted && fits(&night) {
            if self.found.len() == limit {
                self.older = self.found.last().map(|last| last.night);
            } else {
                self.places.push(self.seen.len());
                self.found.push(night);
            }
        }
        self.seen.push((number, work));
    }

    /// Whether enough nights stand behind the last that was found.
    fn knows_enough(&self) -> bool {
        self.places.last().is_none_or(|last| self.seen.len() > last + HISTORY)
    }

    fn page(mut self) -> NightPage {
        for (night, place) in self.found.iter_mut().zip(&self.places) {
            let behind = || self.seen.iter().skip(place + 1);
            night.before = behind().next().map(|(night, _)| *night);
            let Some((_, Some((own, _)))) = self.seen.get(*place) else { continue };
            let older = behind().take(HISTORY).filter_map(|(_, work)| work.as_ref());
            night.usual = usual(own, older.filter_map(|(work, took)| Some((work, (*took)?))));
        }
        NightPage { nights: self.found, older: self.older }
    }
}

impl Store {
    /// Nights of a stretch that fit, newest first, with what is usual for each; which run speaks for one in progress is told at `now`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn nights(
        &self,
        stretch: Stretch,
        limit: i64,
        now: Millis,
        fits: impl Fn(&StoredNight) -> bool,
    ) -> Result<NightPage, StoreError> {
        let limit = usize::try_from(limit.clamp(1, MOST)).unwrap_or(1);
        let mut walk = Walk::default();
        let mut before = stretch.before;
        // If every night fits, one chunk is enough.
        let mut chunk = i64::try_from(limit + 1 + HISTORY).unwrap_or(CHUNK);
        loop {
            let nights = self.nights_alone(before, chunk, now).await?;
            let Some(last) = nights.last().map(|night| night.night) else { return Ok(walk.page()) };
            for night in nights {
                walk.look(night, limit, stretch, &fits);
            }
            (before, chunk) = (Some(last), CHUNK);
            let past = stretch.from.is_some_and(|from| last < from);
            if walk.older.is_none() && !past && walk.seen.len() >= LOOKED_AT {
                walk.older = Some(last);
            }
            if (walk.older.is_some() || past) && walk.knows_enough() {
                return Ok(walk.page());
            }
        }
    }

    /// Nights, newest first, from before a night on, without what is usual.
    ///
    /// # Errors
    /// What the database says.
    pub async fn nights_alone(
        &self,
        before: Option<i64>,
        limit: i64,
        now: Millis,
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
                None => {
                    nights.push(StoredNight {
                        night,
                        runs: vec![run],
                        speaks: 0,
                        main: 0,
                        usual: None,
                        before: None,
                    });
                }
            }
        }
        if cut && nights.len() > 1 {
            // Half a night would say something else than the whole.
            nights.pop();
        }
        for night in &mut nights {
            (night.speaks, night.main) = places(&night.runs, now);
        }
        Ok(nights)
    }

    /// The universes that the newest runs worked on, by name; at most so many.
    ///
    /// # Errors
    /// What the database says.
    pub async fn universes(&self, most: usize) -> Result<Vec<String>, StoreError> {
        let mut statement = Statement::new(
            "SELECT DISTINCT universes FROM (SELECT universes FROM runs ORDER BY night DESC, started DESC LIMIT ",
        );
        statement.whole(NEWEST).sql(") AS newest");
        let rows = statement.rows(&self.readers).await?;
        let lists: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        let names: BTreeSet<&str> =
            lists.iter().flat_map(|list| list.split(',')).filter(|name| !name.is_empty()).collect();
        Ok(names.into_iter().take(most).map(ToOwned::to_owned).collect())
    }
}

/// Which runs of a night have its verdict and did its work, by the rules of the page Tonight: its word is the same there and here.
fn places(runs: &[StoredRun], now: Millis) -> (usize, usize) {
    let views: Vec<RunView> = runs.iter().map(|run| run.view.clone()).collect();
    let place = |slot: Option<u32>| views.iter().position(|view| Some(view.slot) == slot).unwrap_or(0);
    (place(tonight(&views, now)), place(speaking(&views)))
}
