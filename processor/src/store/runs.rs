//! Runs and what became of each symbol in them: what is needed to go on after a crash, and to retry what failed.

use super::{Store, StoreError, spared};
use domain::time::Millis;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Connection, Row};

/// A run, or another attempt at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// Its id.
    pub id: String,
    /// 1 the first time.
    pub attempt: i64,
    /// What it does, as the run itself writes it (JSON).
    pub plan: String,
    /// `manual` or `automatic`.
    pub who: String,
    /// When it began.
    pub began: Millis,
    /// When it ended; `None`: it did not, or not yet.
    pub ended: Option<Millis>,
    /// How it ended: `success`, `failed`, `cancelled` …
    pub status: Option<String>,
    /// Why, where there is a reason.
    pub message: Option<String>,
}

/// What became of a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It came through.
    Done,
    /// There was too little to do it with.
    Skipped,
    /// It failed.
    Failed,
}

impl State {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Done, "done"), (Self::Skipped, "skipped"), (Self::Failed, "failed")];

    /// `done`, as the store spells it.
    #[must_use]
    pub fn key(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("failed", |(_, key)| key)
    }

    /// The state of that key; what is unknown did not come through.
    #[must_use]
    pub fn of(key: &str) -> Self {
        Self::ALL.iter().find(|(_, known)| *known == key).map_or(Self::Failed, |(state, _)| *state)
    }
}

/// What became of a symbol in a phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Whose.
    pub symbol: String,
    /// What became of it.
    pub state: State,
    /// Why not, for programs.
    pub code: Option<String>,
    /// Why not, for people.
    pub message: Option<String>,
    /// How much: bars imported, values computed, patterns found.
    pub figure: i64,
}

const RUN: &str = "id, attempt, plan, who, began_at, ended_at, status, message";

impl Store {
    /// Writes down that a run began. The same attempt again is the same row.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn begin_run(&self, run: &RunRow) -> Result<(), StoreError> {
        let text = "INSERT INTO runs (id, attempt, plan, who, began_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id, attempt) DO NOTHING";
        let query = sqlx::query(text).bind(run.id.as_str()).bind(run.attempt).bind(run.plan.as_str());
        query.bind(run.who.as_str()).bind(run.began).execute(&self.writer).await?;
        Ok(())
    }

    /// Writes down how an attempt ended. One that has ended stays as it ended.
    ///
    /// # Errors
    /// When the database does not do it.
    pub async fn end_run(
        &self,
        id: &str,
        attempt: i64,
        status: &str,
        at: Millis,
        message: Option<&str>,
    ) -> Result<(), StoreError> {
        let text = "UPDATE runs SET ended_at = $3, status = $4, message = $5 WHERE id = $1 AND attempt = $2 AND ended_at IS NULL";
        let query = sqlx::query(text).bind(id).bind(attempt).bind(at).bind(status).bind(message);
        query.execute(&self.writer).await?;
        Ok(())
    }

    /// The newest run that did not end: it goes on now, or its process ended before it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn unfinished(&self) -> Result<Option<RunRow>, StoreError> {
        let text = format!(
            "SELECT {RUN} FROM runs WHERE ended_at IS NULL ORDER BY began_at DESC, attempt DESC LIMIT 1"
        );
        let row = sqlx::query(&text).fetch_optional(&self.readers).await?;
        row.as_ref().map(read_run).transpose()
    }

    /// A run's newest attempt.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn run(&self, id: &str) -> Result<Option<RunRow>, StoreError> {
        let text = format!("SELECT {RUN} FROM runs WHERE id = $1 ORDER BY attempt DESC LIMIT 1");
        let row = sqlx::query(&text).bind(id).fetch_optional(&self.readers).await?;
        row.as_ref().map(read_run).transpose()
    }

    /// Runs that began at a moment or later, the newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn runs(&self, since: Millis, limit: u32) -> Result<Vec<RunRow>, StoreError> {
        let text = format!(
            "SELECT {RUN} FROM runs WHERE began_at >= $1 ORDER BY began_at DESC, attempt DESC LIMIT $2"
        );
        let rows = sqlx::query(&text).bind(since).bind(i64::from(limit)).fetch_all(&self.readers).await?;
        rows.iter().map(read_run).collect()
    }

    /// Writes down what became of symbols in a phase of a run: all or none. A later attempt at a symbol replaces the one before.
    ///
    /// # Errors
    /// When the database does not do it; then nothing has changed.
    pub async fn put_outcomes(&self, run: &str, phase: &str, outcomes: &[Outcome]) -> Result<(), StoreError> {
        let mut connection = self.writing().await?;
        let outcome = put(&mut connection, run, phase, outcomes).await;
        spared(connection, outcome)
    }

    /// What became of symbols in a phase of a run, A to Z.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn outcomes(&self, run: &str, phase: &str) -> Result<Vec<Outcome>, StoreError> {
        let text = "SELECT symbol, state, code, message, figure FROM outcomes WHERE run = $1 AND phase = $2 ORDER BY symbol";
        let rows = sqlx::query(text).bind(run).bind(phase).fetch_all(&self.readers).await?;
        rows.iter().map(read_outcome).collect()
    }

    /// Writes down for a run what others have brought through: it goes on from there. Who failed in them is open again; what the run
    /// itself knows of a symbol stays.
    ///
    /// # Errors
    /// When the database does not do it; then nothing has changed.
    pub async fn take_over(&self, run: &str, from: &[String]) -> Result<(), StoreError> {
        let mut connection = self.writing().await?;
        let take = async {
            let mut transaction = connection.begin().await?;
            let text = "INSERT INTO outcomes (run, phase, symbol, state, code, message, figure) \
                        SELECT $1, phase, symbol, state, code, message, figure FROM outcomes WHERE run = $2 AND state <> $3 \
                        ON CONFLICT (run, phase, symbol) DO NOTHING";
            for before in from {
                let query = sqlx::query(text).bind(run).bind(before.as_str()).bind(State::Failed.key());
                query.execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
            Ok(())
        };
        let outcome = take.await;
        spared(connection, outcome)
    }

    /// Forgets runs that began before a moment, with what became of their symbols.
    ///
    /// # Errors
    /// When the database does not do it; then nothing has changed.
    pub async fn forget_runs(&self, before: Millis) -> Result<(), StoreError> {
        let mut connection = self.writing().await?;
        let forget = async {
            let mut transaction = connection.begin().await?;
            let text = "DELETE FROM outcomes WHERE run IN (SELECT id FROM runs GROUP BY id HAVING MAX(began_at) < $1)";
            sqlx::query(text).bind(before).execute(&mut *transaction).await?;
            let text =
                "DELETE FROM runs WHERE id IN (SELECT id FROM runs GROUP BY id HAVING MAX(began_at) < $1)";
            sqlx::query(text).bind(before).execute(&mut *transaction).await?;
            transaction.commit().await?;
            Ok(())
        };
        let outcome = forget.await;
        spared(connection, outcome)
    }
}

async fn put(
    connection: &mut AnyConnection,
    run: &str,
    phase: &str,
    outcomes: &[Outcome],
) -> Result<(), StoreError> {
    let text = "INSERT INTO outcomes (run, phase, symbol, state, code, message, figure) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                ON CONFLICT (run, phase, symbol) DO UPDATE SET state = excluded.state, code = excluded.code, \
                message = excluded.message, figure = excluded.figure";
    let mut transaction = connection.begin().await?;
    for one in outcomes {
        let query = sqlx::query(text).bind(run).bind(phase).bind(one.symbol.as_str()).bind(one.state.key());
        let query = query.bind(one.code.as_deref()).bind(one.message.as_deref()).bind(one.figure);
        query.execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

fn read_run(row: &AnyRow) -> Result<RunRow, StoreError> {
    Ok(RunRow {
        id: row.try_get(0)?,
        attempt: row.try_get(1)?,
        plan: row.try_get(2)?,
        who: row.try_get(3)?,
        began: row.try_get(4)?,
        ended: row.try_get(5)?,
        status: row.try_get(6)?,
        message: row.try_get(7)?,
    })
}

fn read_outcome(row: &AnyRow) -> Result<Outcome, StoreError> {
    let state: String = row.try_get(1)?;
    Ok(Outcome {
        symbol: row.try_get(0)?,
        state: State::of(&state),
        code: row.try_get(2)?,
        message: row.try_get(3)?,
        figure: row.try_get(4)?,
    })
}
