//! What is answered to questions (contract §4.2), out of the run in progress and of the store. Nothing is made up.

use super::desk::Current;
use crate::publish::{date, stamp_or_null as time};
use crate::run::tell::number;
use crate::run::{Account, Kind, Plan};
use domain::phase::Phase;
use domain::time::{DAY, Millis};
use processor::store::{RunRow, Store, StoreError};
use serde_json::{Value, json};

/// Runs that are told.
const RUNS: u32 = 200;
/// Runs among which cache syncs are looked for.
const SEARCHED: u32 = 1_000;

/// How it is doing.
pub fn status(current: Option<&Current>) -> Value {
    let Some(current) = current else {
        return json!({
            "is_running": false, "run_id": null, "current_phase": null, "progress": null, "symbols_processed": null,
            "symbols_total": null, "start_time": null, "estimated_completion": null
        });
    };
    let progress = current.teller.progress().clone();
    let symbols = progress.phase.as_ref().is_some_and(|phase| *phase != Phase::CacheSync);
    let of_symbols = |count: usize| symbols.then_some(count);
    let ((share, _), began) = (progress.of_run(&current.plan.phases), current.row.began);
    json!({
        "is_running": true, "run_id": current.row.id, "current_phase": progress.phase.as_ref().map(Phase::key),
        "progress": (share * 1_000.0).floor() / 10.0, "symbols_processed": of_symbols(progress.processed),
        "symbols_total": of_symbols(progress.total), "start_time": time(Some(began)),
        "estimated_completion": time(progress.run_end(&current.plan.phases, began))
    })
}

/// What it did since then, newest first.
pub async fn history(store: &Store, since: Millis) -> Result<Value, StoreError> {
    let mut runs = Vec::new();
    for row in store.runs(since, RUNS).await? {
        let tally = store.tally(&row.id).await?;
        let figure = |phase: &Phase| -> i64 {
            tally.iter().filter(|one| one.phase == phase.key()).map(|one| one.figure).sum()
        };
        let plan = Plan::read(&row.plan);
        let Account { processed, failed } = Account::of(plan.as_ref(), &tally);
        runs.push(json!({
            "run_id": row.id, "attempt": row.attempt, "run_date": date(row.began), "start_time": time(Some(row.began)),
            "end_time": time(row.ended), "status": status_of(&row), "trigger_type": row.who, "message": row.message,
            "retry_of": plan.and_then(|plan| plan.retry_of), "symbols_processed": processed,
            "symbols_failed": failed, "patterns_detected": figure(&Phase::Patterns),
            "indicators_calculated": figure(&Phase::Indicators), "duration_seconds": seconds(&row)
        }));
    }
    Ok(json!({ "runs": runs }))
}

/// In words of the contract.
fn status_of(row: &RunRow) -> &str {
    match row.status.as_deref() {
        None => "running",
        Some("success") => "completed",
        Some(status) => status,
    }
}

fn seconds(row: &RunRow) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "hours at most")]
    let seconds = |millis: Millis| millis as f64 / 1_000.0;
    row.ended.map(|ended| seconds(ended - row.began))
}

/// A cache sync of its own; `None`: the run is none.
pub fn job(row: &RunRow) -> Option<Value> {
    let Kind::Sync(mode) = Plan::read(&row.plan)?.kind else { return None };
    // The contract has no cancelled job.
    let status = match status_of(row) {
        "cancelled" => "failed",
        status => status,
    };
    Some(json!({
        "job_id": row.id, "mode": mode.key(), "status": status, "created_at": time(Some(row.began)),
        "start_time": time(Some(row.began)), "end_time": time(row.ended), "duration_seconds": seconds(row),
        "triggered_by": "api", "error_details": row.message, "has_errors": status == "failed"
    }))
}

/// A page of the cache syncs, newest first.
pub async fn jobs(store: &Store, limit: usize, offset: usize) -> Result<Value, StoreError> {
    let all: Vec<Value> = store.runs(0, SEARCHED).await?.iter().filter_map(job).collect();
    let page: Vec<&Value> = all.iter().skip(offset).take(limit).collect();
    Ok(json!({ "jobs": page, "total": all.len(), "limit": limit, "offset": offset }))
}

/// The caches.
pub async fn stats(store: &Store, now: Millis) -> Result<Value, StoreError> {
    let universes = store.universes().await?.into_iter().map(|(name, members, synced)| {
        json!({ "universe": name, "type": "UNIVERSE", "symbol_count": members, "last_updated": time(Some(synced)) })
    });
    let universes: Vec<Value> = universes.collect();
    let week: Vec<Value> = store.runs(now - 7 * DAY, SEARCHED).await?.iter().filter_map(job).collect();
    let of = |status: &str| week.iter().filter(|job| job["status"] == status).count();
    let lasted: Vec<f64> = week.iter().filter_map(|job| job["duration_seconds"].as_f64()).collect();
    let average = (!lasted.is_empty()).then(|| lasted.iter().sum::<f64>() / number(lasted.len()));
    Ok(json!({
        "universes": universes,
        "job_statistics": {
            "total_jobs_7d": week.len(), "successful_jobs_7d": of("completed"), "failed_jobs_7d": of("failed"),
            "avg_duration_seconds": average
        }
    }))
}

/// Whether it lives. `fires`: whether nights begin by themselves; `nobody`: why they can have nobody.
pub fn health(busy: bool, redis: bool, fires: bool, nobody: Option<String>) -> Value {
    let up = |up: bool| if up { "up" } else { "down" };
    let mut told = json!({
        "status": if redis && nobody.is_none() { "healthy" } else { "degraded" },
        "services": {
            "redis": up(redis), "database": "up", "api": "up", "scheduler": if fires { "active" } else { "off" }
        },
        "processing_status": if busy { "running" } else { "idle" }, "version": env!("CARGO_PKG_VERSION")
    });
    if let Some(reason) = nobody {
        told["reason"] = reason.into();
    }
    told
}
