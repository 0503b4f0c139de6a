//! Runs with their phases: one, those of some nights, or a page of the list.
//!
//! A list is two statements: the runs, and the phases of all of them. What SQL of two engines cannot say alike (a word in a list, a
//! part of a text) is decided here, over a bounded number of rows; the answer then says where to go on.

use super::super::{Store, StoreError};
use super::count;
use super::statement::Statement;
use domain::record::{PhaseRecord, Progress, RunRecord, Sync, Trigger};
use domain::time::Millis;
use domain::verdict::{RunView, judge};
use domain::wire::read;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashMap;

/// Most runs of a page.
pub const MOST: i64 = 500;
/// Runs that are looked at for one page.
const LOOKED_AT: usize = 10_000;
/// Runs whose phases are read with one statement.
const TOGETHER: usize = 500;

pub(super) const COLUMNS: &str = "SELECT run, night, started, verdict, record, sync FROM runs";

/// A run as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredRun {
    /// Its number in the store.
    pub number: i64,
    /// The run and its phases. Its slot is its number, so that runs of a night can be told apart; it means nothing to a board.
    pub view: RunView,
    /// What its cache sync changed.
    pub sync: Option<Sync>,
    /// The word under which it was written last.
    pub verdict: String,
}

impl StoredRun {
    /// The verdict at a moment: that of an ended run stands, one in progress may have fallen silent.
    #[must_use]
    pub fn word(&self, now: Millis) -> &str {
        if self.view.run.status.ended() { &self.verdict } else { judge(Some(&self.view), now).word() }
    }

    /// Its place in the list.
    #[must_use]
    pub fn place(&self) -> RunPlace {
        RunPlace { night: self.view.run.night, started: self.view.run.started, run: self.number }
    }

    /// How long it took, once it has ended and if its start was heard.
    #[must_use]
    pub fn duration(&self) -> Option<Millis> {
        let run = &self.view.run;
        run.ended.filter(|_| !run.adopted).map(|ended| ended - run.started)
    }
}

/// A place in the list of runs, newest first. Two runs may have begun in the same millisecond: the number decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunPlace {
    /// The night.
    pub night: i64,
    /// When it began.
    pub started: Millis,
    /// Its number.
    pub run: i64,
}

/// Which runs. Everything that is `None` is any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// From this night on.
    pub from: Option<i64>,
    /// Up to this night.
    pub to: Option<i64>,
    /// Begun at or after this moment.
    pub since: Option<Millis>,
    /// Who started it.
    pub trigger: Option<Trigger>,
    /// The words of the verdicts that are wanted; none: any.
    pub verdicts: &'static [&'static str],
    /// One of its universes.
    pub universe: Option<String>,
    /// Stands in its id, a universe or its reason, whatever the case of letters.
    pub text: Option<String>,
}

/// A page of runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunPage {
    /// Newest first.
    pub runs: Vec<StoredRun>,
    /// Where the next page begins; `None`: there is none.
    pub next: Option<RunPlace>,
}

impl Store {
    /// The newest run of an id.
    ///
    /// # Errors
    /// What the database says.
    pub async fn run(&self, id: &str) -> Result<Option<StoredRun>, StoreError> {
        let mut statement = Statement::new(COLUMNS);
        statement.sql(" WHERE id = ").text(id).sql(" ORDER BY started DESC, run DESC LIMIT 1");
        let rows = statement.rows(&self.readers).await?;
        Ok(self.assembled(&rows).await?.pop())
    }

    /// Runs of the nights `from..=to`, newest first; at most so many.
    ///
    /// # Errors
    /// What the database says.
    pub async fn runs_of_nights(&self, from: i64, to: i64, most: i64) -> Result<Vec<StoredRun>, StoreError> {
        let mut statement = Statement::new(COLUMNS);
        statement.sql(" WHERE night >= ").whole(from).sql(" AND night <= ").whole(to);
        statement.sql(" ORDER BY night DESC, started DESC, run DESC LIMIT ").whole(most);
        let rows = statement.rows(&self.readers).await?;
        self.assembled(&rows).await
    }

    /// A page of runs, newest first. A run in progress is judged at `now`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn runs(
        &self,
        filter: &RunFilter,
        mut before: Option<RunPlace>,
        limit: i64,
        now: Millis,
    ) -> Result<RunPage, StoreError> {
        let limit = limit.clamp(1, MOST);
        let picky = !filter.verdicts.is_empty() || filter.universe.is_some() || filter.text.is_some();
        let chunk = if picky { MOST } else { limit + 1 };
        let mut page = RunPage::default();
        let mut looked_at = 0;
        loop {
            let rows = filter.statement(before, chunk).rows(&self.readers).await?;
            for run in self.assembled(&rows).await? {
                if !filter.fits(&run, now) {
                    continue;
                }
                if count(&page.runs) == limit {
                    page.next = page.runs.last().map(StoredRun::place);
                    return Ok(page);
                }
                page.runs.push(run);
            }
            looked_at += rows.len();
            let last = rows.last().filter(|_| count(&rows) == chunk).map(place);
            if last.is_none() || looked_at >= LOOKED_AT {
                page.next = last;
                return Ok(page);
            }
            before = last;
        }
    }

    /// Runs from their rows, with their phases. A record that cannot be read (of another version) is left out, and that is logged.
    pub(super) async fn assembled(&self, rows: &[AnyRow]) -> Result<Vec<StoredRun>, StoreError> {
        let mut runs = Vec::with_capacity(rows.len());
        for rows in rows.chunks(TOGETHER) {
            let numbers: Vec<String> = rows.iter().map(|row| row.get::<i64, _>(0).to_string()).collect();
            let statement = Statement::once(format!(
                "SELECT run, record, progress FROM phases WHERE run IN ({}) ORDER BY run, position",
                numbers.join(", ")
            ));
            let mut phases: HashMap<i64, Vec<(PhaseRecord, Progress)>> = HashMap::new();
            for row in statement.rows(&self.readers).await? {
                let read = (read(row.get(1)), read(row.get(2)));
                let (Some(phase), Some(progress)) = read else { continue };
                phases.entry(row.get(0)).or_default().push((phase, progress));
            }
            runs.extend(rows.iter().filter_map(|row| {
                let number: i64 = row.get(0);
                let found = run_of(row, phases.remove(&number).unwrap_or_default());
                if found.is_none() {
                    tracing::warn!(
                        number,
                        "the record of a run cannot be read; it may be of another version"
                    );
                }
                found
            }));
        }
        Ok(runs)
    }
}

impl RunFilter {
    fn statement(&self, before: Option<RunPlace>, limit: i64) -> Statement {
        let mut statement = Statement::new(COLUMNS);
        statement.sql(" WHERE 1 = 1");
        if let Some(from) = self.from {
            statement.sql(" AND night >= ").whole(from);
        }
        if let Some(to) = self.to {
            statement.sql(" AND night <= ").whole(to);
        }
        if let Some(since) = self.since {
            statement.sql(" AND started >= ").whole(since);
        }
        if let Some(trigger) = self.trigger {
            statement.sql(" AND trigger_word = ").text(trigger.as_str());
        }
        if !self.verdicts.is_empty() {
            // The word of a run in progress depends on the clock.
            statement.sql(" AND (status = 'running'");
            for verdict in self.verdicts {
                statement.sql(" OR verdict = ").text(verdict);
            }
            statement.sql(")");
        }
        if let Some(RunPlace { night, started, run }) = before {
            statement.sql(" AND (night, started, run) < (").whole(night).sql(", ").whole(started);
            statement.sql(", ").whole(run).sql(")");
        }
        statement.sql(" ORDER BY night DESC, started DESC, run DESC LIMIT ").whole(limit);
        statement
    }

    fn fits(&self, stored: &StoredRun, now: Millis) -> bool {
        let run = &stored.view.run;
        let verdict = self.verdicts.is_empty() || self.verdicts.contains(&stored.word(now));
        let universe = self.universe.as_ref().is_none_or(|wanted| run.universes.contains(wanted));
        let said = || run.universes.iter().chain(&run.reason).chain(std::iter::once(&run.id));
        let text = self.text.as_ref().is_none_or(|wanted| {
            let wanted = wanted.to_lowercase();
            said().any(|text| text.to_lowercase().contains(&wanted))
        });
        verdict && universe && text
    }
}

fn place(row: &AnyRow) -> RunPlace {
    RunPlace { night: row.get(1), started: row.get(2), run: row.get(0) }
}

fn run_of(row: &AnyRow, phases: Vec<(PhaseRecord, Progress)>) -> Option<StoredRun> {
    let number: i64 = row.get(0);
    let run: RunRecord = read(row.get(4))?;
    let sync: Option<String> = row.get(5);
    // Whoever wrote it was listening when it heard it last.
    let view = RunView { slot: u32::try_from(number).unwrap_or(0), run, phases, listening: 0 };
    Some(StoredRun { number, view, sync: sync.and_then(|sync| read(&sync)), verdict: row.get(3) })
}
