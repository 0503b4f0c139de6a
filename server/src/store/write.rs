//! What the journal writes: a batch of messages, the rows that they changed, and up to where the stream has been taken. One
//! transaction, so that the cursor is never before or behind the rows it speaks of.

use super::insert::Table;
use super::lease::Lease;
use super::rows::{Batch, RunRows};
use super::{Store, StoreError, spared};
use sqlx::{AnyConnection, Connection};

const EVENTS: Table = Table {
    into: "events (n, at, source, stream_id, channel, fingerprint, kind, name, run, symbol, length, raw)",
    columns: 12,
    conflict: "",
};
const TWINS: Table = Table { into: "twins (at, fingerprint, source)", columns: 3, conflict: "" };
const RUNS: Table = Table {
    into: "runs (run, id, night, started, ended, status, verdict, trigger_word, universes, symbols, failed, simulated, record, sync)",
    columns: 14,
    conflict: "ON CONFLICT (run) DO UPDATE SET night = excluded.night, ended = excluded.ended, status = excluded.status, \
        verdict = excluded.verdict, trigger_word = excluded.trigger_word, universes = excluded.universes, \
        symbols = excluded.symbols, failed = excluded.failed, simulated = excluded.simulated, record = excluded.record, \
        sync = excluded.sync",
};
const PHASES: Table = Table {
    into: "phases (run, phase, position, record, progress, marks)",
    columns: 6,
    conflict: "ON CONFLICT (run, phase) DO UPDATE SET position = excluded.position, record = excluded.record, \
        progress = excluded.progress, marks = excluded.marks",
};
const SYMBOLS: Table = Table {
    into: "symbols (run, symbol, night, failed, newly, phase, code, millis, made, record)",
    columns: 10,
    conflict: "ON CONFLICT (run, symbol) DO UPDATE SET failed = excluded.failed, newly = excluded.newly, \
        phase = excluded.phase, code = excluded.code, millis = excluded.millis, made = excluded.made, \
        record = excluded.record",
};
const PROBLEMS: Table = Table { into: "problems (run, kind, code, record)", columns: 4, conflict: "" };
const INDICATORS: Table = Table {
    into: "indicators (symbol, name, frame, at, run, body)",
    columns: 6,
    conflict: "ON CONFLICT (symbol, name, frame) DO UPDATE SET at = excluded.at, run = excluded.run, body = excluded.body \
        WHERE indicators.at <= excluded.at",
};
const PATTERNS: Table = Table {
    into: "patterns (symbol, name, frame, at, confidence, run, body)",
    columns: 7,
    conflict: "ON CONFLICT (symbol, name, frame, at) DO NOTHING",
};
const KEYFRAMES: Table = Table {
    into: "keyframes (n, part, at, body)",
    columns: 4,
    conflict: "ON CONFLICT (n, part) DO UPDATE SET at = excluded.at, body = excluded.body",
};

impl Store {
    /// Writes a batch, if the lease still holds.
    ///
    /// # Errors
    /// [`StoreError::NotHolder`] when it does not, else what the database says. Nothing is written then.
    pub async fn write(&self, lease: &Lease, batch: &Batch) -> Result<(), StoreError> {
        let mut connection = self.writer.acquire().await?;
        let written = async {
            let mut transaction = connection.begin().await?;
            if !self.check(&mut transaction, lease).await? {
                return Err(StoreError::NotHolder);
            }
            write_all(&mut transaction, batch).await?;
            Ok(transaction.commit().await?)
        };
        let written = written.await;
        spared(connection, &written);
        written
    }
}

async fn write_all(connection: &mut AnyConnection, batch: &Batch) -> Result<(), sqlx::Error> {
    let Batch { events, twins, cursor, runs, indicators, patterns, keyframe } = batch;
    EVENTS
        .insert(connection, events, |query, row| {
            let query = query.bind(row.n).bind(row.at).bind(row.source).bind(row.stream_id.as_deref());
            let query = query.bind(&*row.channel).bind(row.fingerprint).bind(row.kind).bind(&*row.name);
            query.bind(row.run.as_deref()).bind(row.symbol.as_deref()).bind(row.length).bind(&*row.raw)
        })
        .await?;
    TWINS
        .insert(connection, twins, |query, row| query.bind(row.at).bind(row.fingerprint).bind(row.source))
        .await?;
    for run in runs {
        write_run(connection, run).await?;
    }
    INDICATORS
        .insert(connection, indicators, |query, row| {
            let query = query.bind(&*row.symbol).bind(&*row.name).bind(&*row.frame).bind(row.at);
            query.bind(row.run.as_deref()).bind(&*row.body)
        })
        .await?;
    PATTERNS
        .insert(connection, patterns, |query, row| {
            let query = query.bind(&*row.symbol).bind(&*row.name).bind(&*row.frame).bind(row.at);
            query.bind(row.confidence).bind(row.run.as_deref()).bind(&*row.body)
        })
        .await?;
    if let Some((n, at, parts)) = keyframe {
        let (n, at) = (*n, *at);
        KEYFRAMES
            .insert(connection, parts, move |query, row| {
                query.bind(n).bind(&*row.part).bind(at).bind(&*row.body)
            })
            .await?;
    }
    if let Some(position) = cursor {
        let statement = "INSERT INTO cursors (name, position) VALUES ('stream', $1) \
            ON CONFLICT (name) DO UPDATE SET position = excluded.position";
        sqlx::query(statement).bind(&**position).execute(connection).await?;
    }
    Ok(())
}

async fn write_run(connection: &mut AnyConnection, rows: &RunRows) -> Result<(), sqlx::Error> {
    let (number, night) = (rows.run.run, rows.run.night);
    RUNS.insert(connection, std::slice::from_ref(&rows.run), |query, row| {
        let query = query.bind(row.run).bind(&*row.id).bind(row.night).bind(row.started).bind(row.ended);
        let query = query.bind(&*row.status).bind(&*row.verdict).bind(row.trigger.as_deref());
        let query = query.bind(&*row.universes).bind(row.symbols).bind(row.failed).bind(row.simulated);
        query.bind(&*row.record).bind(row.sync.as_deref())
    })
    .await?;
    PHASES
        .insert(connection, &rows.phases, move |query, row| {
            let query = query.bind(number).bind(&*row.phase).bind(row.position).bind(&*row.record);
            query.bind(&*row.progress).bind(row.marks.as_deref())
        })
        .await?;
    SYMBOLS
        .insert(connection, &rows.symbols, move |query, row| {
            let query = query.bind(number).bind(&*row.symbol).bind(night).bind(row.failed).bind(row.newly);
            let query = query.bind(&*row.phase).bind(row.code.as_deref()).bind(row.millis).bind(row.made);
            query.bind(&*row.record)
        })
        .await?;
    // Few, and some of them may have gone.
    sqlx::query("DELETE FROM problems WHERE run = $1").bind(number).execute(&mut *connection).await?;
    PROBLEMS
        .insert(connection, &rows.problems, move |query, (kind, code, record)| {
            query.bind(number).bind(*kind).bind(&**code).bind(&**record)
        })
        .await
}
