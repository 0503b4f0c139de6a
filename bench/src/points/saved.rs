//! How fast what is on the stream gets into the database: what waited there before the server came, and what comes while it runs.
//! The same rows are then written by a plain loop of inserts, which is what the machine does without a server.

use crate::night::{Told, nights};
use crate::process::{Folder, Process, database_url};
use crate::publisher::Publisher;
use crate::table::Table;
use crate::{Options, Outcome};
use server::store::Store;
use sqlx::{AnyConnection, AnyPool, Connection, Executor, Row};
use std::path::Path;
use std::time::{Duration, Instant};

/// Rows of a transaction of the plain loop.
const TOGETHER: usize = 1_000;
/// Whoever has not saved everything by then never will.
const PATIENCE: Duration = Duration::from_secs(180);

/// Of one of the two.
#[derive(Clone, Copy, Debug)]
struct Figures {
    per_second: f64,
    /// Microseconds of the server's CPU for each.
    cpu: f64,
    /// The most memory that it held, in MiB.
    peak: f64,
}

/// Measures both, and the plain loop between them.
pub async fn measure(options: &Options, table: &mut Table) -> Outcome {
    let told = nights(if options.quick { 60_000 } else { 200_000 });
    let folder = Folder::new()?;
    let before = waiting(options, &told, &folder).await?;
    let plain = plain(&folder.database()).await?;
    let live = running(options, &told).await?;
    let name = format!("{} entries of the stream are saved", told.len());
    table.goal(&name, "they waited there, a second", before.per_second, "≥ 20,000");
    table.goal(&name, "they come while it runs, a second", live.per_second, "≥ 20,000");
    table.goal(&name, "a plain loop of inserts of the same rows, a second", plain, "");
    table.goal(&name, "they waited there, × of the plain loop", before.per_second / plain, "");
    table.goal(&name, "CPU per entry, µs", before.cpu.max(live.cpu), "");
    table.goal(&name, "memory at its most, MiB", before.peak.max(live.peak), "");
    Ok(())
}

/// The entries are there, then the server comes.
async fn waiting(options: &Options, told: &[Told], folder: &Folder) -> Outcome<Figures> {
    let redis = Process::redis(options).await?;
    let last = Publisher::to(&redis).await?.add_all(told, 0.0).await?;
    let begun = Instant::now();
    let server = Process::keeper(options, &redis, &folder.database()).await?;
    server.answering().await?;
    until_saved(&folder.database(), &last).await?;
    let figures = Figures::of(told, begun, 0.0, &server);
    all_there(&folder.database(), told.len()).await?;
    Ok(figures)
}

/// The server is there, then the entries come.
async fn running(options: &Options, told: &[Told]) -> Outcome<Figures> {
    let (redis, folder) = (Process::redis(options).await?, Folder::new()?);
    let server = Process::keeper(options, &redis, &folder.database()).await?;
    server.answering().await?;
    let (begun, cpu) = (Instant::now(), server.cpu());
    let last = Publisher::to(&redis).await?.add_all(told, 0.0).await?;
    until_saved(&folder.database(), &last).await?;
    let figures = Figures::of(told, begun, cpu, &server);
    all_there(&folder.database(), told.len()).await?;
    Ok(figures)
}

impl Figures {
    #[expect(clippy::cast_precision_loss, reason = "few entries")]
    fn of(told: &[Told], begun: Instant, cpu: f64, server: &Process) -> Self {
        let count = told.len() as f64;
        Self {
            per_second: count / begun.elapsed().as_secs_f64(),
            cpu: (server.cpu() - cpu) / count,
            peak: server.peak() / 1_024.0,
        }
    }
}

/// A database, looked at from outside.
pub(super) async fn database(file: &Path) -> Outcome<AnyPool> {
    sqlx::any::install_default_drivers();
    AnyPool::connect(&database_url(file)).await.map_err(|cause| cause.to_string())
}

/// Waits until everything up to an entry is committed: the cursor moves in the transaction that holds what is before it.
pub(super) async fn until_saved(file: &Path, last: &str) -> Outcome {
    let (database, begun) = (database(file).await?, Instant::now());
    while begun.elapsed() < PATIENCE {
        let cursor = sqlx::query("SELECT position FROM cursors WHERE name = 'stream'")
            .fetch_optional(&database)
            .await
            .map_err(|cause| cause.to_string())?;
        if cursor.is_some_and(|cursor| cursor.get::<String, _>(0) == last) {
            database.close().await;
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Err("what was added is not saved".to_owned())
}

/// Every entry once, or the figures mean nothing.
async fn all_there(file: &Path, wanted: usize) -> Outcome {
    let database = database(file).await?;
    let row = sqlx::query("SELECT COUNT(*), COUNT(DISTINCT stream_id) FROM events WHERE source = 's'")
        .fetch_one(&database)
        .await
        .map_err(|cause| cause.to_string())?;
    database.close().await;
    let (all, different): (i64, i64) = (row.get(0), row.get(1));
    if (all, different) == (i64::try_from(wanted).unwrap_or(0), all) {
        Ok(())
    } else {
        Err(format!("of {wanted} entries {different} are in the log, {all} rows"))
    }
}

/// Writes the rows of a log into another one by a plain loop. Returns how many a second.
async fn plain(file: &Path) -> Outcome<f64> {
    let folder = Folder::new()?;
    // The tables and indexes are the same; nothing else is.
    let store = Store::open(&database_url(&folder.database())).await.map_err(|cause| cause.to_string())?;
    store.close().await;
    let source = database(file).await?;
    let rows = sqlx::query("SELECT n, at, source, stream_id, channel, fingerprint, kind, name, run, symbol, length, raw FROM events")
        .fetch_all(&source)
        .await
        .map_err(|cause| cause.to_string())?;
    source.close().await;
    let write = async {
        let mut connection = AnyConnection::connect(&database_url(&folder.database())).await?;
        connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL").await?;
        let begun = Instant::now();
        for some in rows.chunks(TOGETHER) {
            let mut transaction = connection.begin().await?;
            for row in some {
                let query = sqlx::query(
                    "INSERT INTO events (n, at, source, stream_id, channel, fingerprint, kind, name, run, symbol, length, raw) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                );
                let query = query.bind(row.get::<i64, _>(0)).bind(row.get::<i64, _>(1));
                let query = query.bind(row.get::<&str, _>(2)).bind(row.get::<Option<&str>, _>(3));
                let query = query.bind(row.get::<&str, _>(4)).bind(row.get::<i64, _>(5));
                let query = query.bind(row.get::<&str, _>(6)).bind(row.get::<&str, _>(7));
                let query = query.bind(row.get::<Option<&str>, _>(8)).bind(row.get::<Option<&str>, _>(9));
                let query = query.bind(row.get::<i64, _>(10)).bind(row.get::<&[u8], _>(11));
                query.execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
        }
        let elapsed = begun.elapsed();
        connection.close().await?;
        Ok::<_, sqlx::Error>(elapsed)
    };
    let elapsed = write.await.map_err(|cause| cause.to_string())?;
    #[expect(clippy::cast_precision_loss, reason = "few entries")]
    Ok(rows.len() as f64 / elapsed.as_secs_f64())
}
