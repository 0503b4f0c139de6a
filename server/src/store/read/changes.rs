//! All records of the topic `run/<id>` of a run that left the board, under the keys they had on it.
//!
//! Their slot is one that no board gives, so they cannot be taken for those of a run on the board, even where a page holds both.
//! They change no more: each is numbered as who sends them says.

use super::super::{Store, StoreError};
use super::statement::Statement;
use domain::board::SYMBOLS;
use domain::record::{ARCHIVED, Change, Key, Marks, PhaseRecord, Progress, Record, Seq, Symbol, key};
use domain::wire::read;
use sqlx::Row;
use std::sync::Arc;

/// The slot of a run that is on no board.
const SLOT: u32 = ARCHIVED;

impl Store {
    /// The records of a run: itself, its phases, its causes and problems, its cache sync, its symbols. `None`: no such run.
    ///
    /// # Errors
    /// What the database says.
    pub async fn run_changes(&self, id: &str, seq: Seq) -> Result<Option<Vec<Change>>, StoreError> {
        let change = |key: Key, record: Record| Change { key, changed: seq, record: Some(Arc::new(record)) };
        let Some(stored) = self.run(id).await? else { return Ok(None) };
        let mut changes = vec![change(key::run(SLOT), Record::Run(stored.view.run))];
        let mut phases = Statement::new("SELECT record, progress, marks FROM phases WHERE run = ");
        phases.whole(stored.number).sql(" ORDER BY position");
        for row in phases.rows(&self.readers).await? {
            let Some(phase) = read::<PhaseRecord>(row.get(0)) else { continue };
            let name = phase.phase.clone();
            changes.push(change(key::phase(SLOT, &name), Record::Phase(phase)));
            if let Some(progress) = read::<Progress>(row.get(1)) {
                changes.push(change(key::progress(SLOT, &name), Record::Progress(progress)));
            }
            let marks: Option<String> = row.get(2);
            if let Some(marks) = marks.and_then(|marks| read::<Marks>(&marks)) {
                changes.push(change(key::marks(SLOT, &name), Record::Marks(marks)));
            }
        }
        let problems = self.problems(stored.number).await?;
        for cause in problems.causes {
            changes.push(change(key::code(SLOT, &cause.code), Record::Code(cause)));
        }
        for problem in problems.problems {
            changes.push(change(key::problem(SLOT, &problem.code), Record::Problem(problem)));
        }
        if let Some(sync) = stored.sync {
            changes.push(change(key::sync(SLOT), Record::Sync(sync)));
        }
        let mut symbols = Statement::new("SELECT symbol, record FROM symbols WHERE run = ");
        let most = i64::try_from(SYMBOLS).unwrap_or(i64::MAX);
        symbols.whole(stored.number).sql(" ORDER BY symbol LIMIT ").whole(most);
        for row in symbols.rows(&self.readers).await? {
            if let Some(symbol) = read::<Symbol>(row.get(1)) {
                changes.push(change(key::symbol(row.get(0)), Record::Symbol(symbol)));
            }
        }
        Ok(Some(changes))
    }
}
