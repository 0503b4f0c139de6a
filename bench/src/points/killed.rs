//! A server that is killed again and again, at any moment, while a run is told over the stream: afterwards every entry is once in its
//! log, and it shows what one shows that was never killed.

use super::saved::database;
use crate::client;
use crate::event::RUN;
use crate::http::metric;
use crate::night::night;
use crate::process::{Folder, Kind, Process};
use crate::publisher::Publisher;
use crate::table::Table;
use crate::{Options, Outcome};
use futures_util::StreamExt;
use serde_json::Value;
use sqlx::Row;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::Path;
use std::time::{Duration, Instant};

/// Symbols of the run.
const SYMBOLS: usize = 2_000;
/// Entries a second, while there is somebody to kill.
const PACE: f64 = 1_000.0;
/// Longest time between a start and the kill, and between the first that was saved and the kill, in milliseconds.
const ANYWHERE: u64 = 500;
const SAVING: u64 = 100;
/// Whoever is not complete by then never will be. The lease of a killed server must end first.
const PATIENCE: Duration = Duration::from_secs(60);

/// Records of the process itself.
const OURS: [&str; 4] = ["xredis", "xserver", "xingest", "xsaving"];

/// What a server shows, by key.
type Shown = BTreeMap<String, Value>;

/// Kills it, and tells what is missing.
pub async fn measure(options: &Options, table: &mut Table) -> Outcome {
    let kills: usize = if options.quick { 6 } else { 20 };
    let redis = Process::redis(options).await?;
    let there = Process::server(Kind::Product, options, &redis).await?;
    let folder = Folder::new()?;
    let told = night(RUN, SYMBOLS);
    // The seed is said, so that a fault can be looked for where it was.
    let mut state = RandomState::new().build_hasher().finish();
    eprintln!("killed by chance {state:016x}");
    let mut chance = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis((state >> 33) % below)
    };
    let mut publisher = Publisher::to(&redis).await?;
    let (mut parts, mut last) = (told.chunks(told.len().div_ceil(kills + 1)), String::new());
    for (kill, part) in parts.by_ref().take(kills).enumerate() {
        let server = Process::keeper(options, &redis, &folder.database()).await?;
        let (anywhere, saving) = (chance(ANYWHERE), chance(SAVING));
        let dies = async {
            if kill % 2 == 0 {
                // Before it listens, while it catches up, while it waits for the lease of the one before.
                tokio::time::sleep(anywhere).await;
            } else {
                // While it writes.
                writes(&server).await?;
                tokio::time::sleep(saving).await;
            }
            server.kill().await
        };
        tokio::try_join!(publisher.add_all(part, PACE), dies)?;
    }
    for part in parts {
        last = publisher.add_all(part, 0.0).await?;
    }
    let server = Process::keeper(options, &redis, &folder.database()).await?;
    server.answering().await?;
    super::saved::until_saved(&folder.database(), &last).await?;
    let (one, other) = (until_ended(&there).await?, until_ended(&server).await?);
    let differs = one.iter().filter(|(key, record)| other.get(*key) != Some(*record)).count()
        + other.keys().filter(|key| !one.contains_key(*key)).count();
    let (all, different) = logged(&folder.database()).await?;
    let name = format!("killed {kills} times, half of them while it writes, as {} entries come", told.len());
    #[expect(clippy::cast_precision_loss, reason = "few entries")]
    let [wanted, differs] = [told.len() as f64, differs as f64];
    table.goal(&name, "entries lost", wanted - different, "0");
    table.goal(&name, "entries twice in the log", all - different, "0");
    table.goal(&name, "records shown otherwise than by one that lived", differs, "0");
    Ok(())
}

/// Waits until it has written something.
async fn writes(server: &Process) -> Outcome {
    server.answering().await?;
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if metric(server, "messages_saved_total").await? > 0.0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Err("a server that was started again does not write".to_owned())
}

/// Stream entries in a log: rows, and different ones.
async fn logged(file: &Path) -> Outcome<(f64, f64)> {
    let database = database(file).await?;
    let row = sqlx::query("SELECT COUNT(*), COUNT(DISTINCT stream_id) FROM events WHERE source = 's'")
        .fetch_one(&database)
        .await
        .map_err(|cause| cause.to_string())?;
    database.close().await;
    #[expect(clippy::cast_precision_loss, reason = "few entries")]
    let of = |at: usize| row.get::<i64, _>(at) as f64;
    Ok((of(0), of(1)))
}

/// What a server shows once the run has ended there.
async fn until_ended(server: &Process) -> Outcome<Shown> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let shown = shown(server).await?;
        if shown.values().any(|record| record["id"] == RUN && record.get("ended").is_some()) {
            return Ok(shown);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err("the run does not end".to_owned())
}

/// Every record of the work that a server shows: not the link, itself, and its gaps.
async fn shown(server: &Process) -> Outcome<Shown> {
    let mut socket = client::open(Kind::Product, server).await?;
    let (mut shown, mut left) = (Shown::new(), vec!["board".to_owned(), format!("run/{RUN}")]);
    while !left.is_empty() {
        let next = tokio::time::timeout(PATIENCE, socket.next()).await;
        let Ok(Some(Ok(message))) = next else {
            return Err("a server does not say what it shows".to_owned());
        };
        let Ok(frame) = serde_json::from_str::<Value>(message.to_text().unwrap_or_default()) else {
            continue;
        };
        let Some(topic) = frame["f"].as_str().filter(|topic| left.iter().any(|left| left == topic)) else {
            continue;
        };
        for change in frame["s"].as_array().into_iter().flatten() {
            let key = change[0].as_str().unwrap_or_default();
            if !OURS.contains(&key) && !key.starts_with('g') {
                shown.insert(key.to_owned(), change[2].clone());
            }
        }
        if frame.get("more").is_none() {
            left.retain(|left| left != topic);
        }
    }
    Ok(shown)
}
