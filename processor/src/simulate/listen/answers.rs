//! What is answered to questions: the JSON of the contract (§4.2) out of what is remembered. Nothing is made up.

use super::book::{Book, Job, Run};
use crate::listen::Mode;
use crate::publish::{date, stamp_or_null as time};
use crate::simulate::script::Task;
use domain::phase::Phase;
use domain::time::{DAY, Millis};
use serde_json::{Value, json};

/// How it is doing.
pub fn status(book: &Book) -> Value {
    let Some(current) = &book.current else {
        return json!({
            "is_running": false, "run_id": null, "current_phase": null, "progress": null, "symbols_processed": null,
            "symbols_total": null, "start_time": null, "estimated_completion": null
        });
    };
    let (run, tally) = (&current.run, &current.run.tally);
    let symbols = tally.phase.as_ref().is_some_and(|phase| *phase != Phase::CacheSync);
    let of_symbols = |count: u64| symbols.then_some(count);
    json!({
        "is_running": true, "run_id": run.id, "current_phase": tally.phase.as_ref().map(Phase::key),
        "progress": (current.share * 1_000.0).floor() / 10.0, "symbols_processed": of_symbols(tally.processed),
        "symbols_total": of_symbols(tally.total), "start_time": time(Some(run.started)),
        "estimated_completion": time(current.until)
    })
}

/// What it did in these last days, newest first.
pub fn history(book: &Book, since: Millis) -> Value {
    let current = book.current.as_ref().map(|current| &current.run);
    let runs = current.into_iter().chain(&book.runs).filter(|run| run.started >= since);
    json!({ "runs": runs.map(row).collect::<Vec<_>>() })
}

fn row(run: &Run) -> Value {
    json!({
        "run_id": run.id, "run_date": date(run.started), "start_time": time(Some(run.started)), "end_time": time(run.ended),
        "status": run.status, "trigger_type": run.task.trigger(), "symbols_processed": run.tally.through,
        "symbols_failed": run.tally.failing.len(), "patterns_detected": run.tally.patterns,
        "indicators_calculated": run.tally.indicators, "duration_seconds": seconds(run.started, run.ended)
    })
}

/// A cache sync.
pub fn job(job: &Job, book: &Book) -> Value {
    let mut row = json!({
        "job_id": job.id, "mode": job.mode.key(), "status": job.status, "created_at": time(Some(job.started)),
        "start_time": time(Some(job.started)), "end_time": time(job.ended), "duration_seconds": seconds(job.started, job.ended),
        "triggered_by": "api", "error_details": null, "has_errors": job.status == "failed"
    });
    if let Some(current) = book.current.as_ref().filter(|current| current.run.id == job.id) {
        row["progress"] = ((current.share * 1_000.0).floor() / 10.0).into();
    }
    row
}

/// A page of the cache syncs, newest first.
pub fn jobs(book: &Book, limit: usize, offset: usize) -> Value {
    let page: Vec<Value> = book.jobs.iter().skip(offset).take(limit).map(|one| job(one, book)).collect();
    json!({ "jobs": page, "total": book.jobs.len(), "limit": limit, "offset": offset })
}

/// The caches.
pub fn stats(book: &Book, symbols: u32, now: Millis) -> Value {
    let week: Vec<&Job> = book.jobs.iter().filter(|job| job.started > now - 7 * DAY).collect();
    let of = |status: &str| week.iter().filter(|job| job.status == status).count();
    let lasted: Vec<f64> = week.iter().filter_map(|job| seconds(job.started, job.ended)).collect();
    #[expect(clippy::cast_precision_loss, reason = "at most a hundred")]
    let average = (!lasted.is_empty()).then(|| lasted.iter().sum::<f64>() / lasted.len() as f64);
    let full = book.runs.iter().find(|run| matches!(run.task, Task::Sync { mode: Mode::Full, .. }));
    json!({
        "universes": [{
            "universe": "sp500", "type": "UNIVERSE", "symbol_count": symbols, "last_updated": time(full.and_then(|run| run.ended))
        }],
        "job_statistics": {
            "total_jobs_7d": week.len(), "successful_jobs_7d": of("completed"), "failed_jobs_7d": of("failed"),
            "avg_duration_seconds": average
        }
    })
}

/// Whether it lives.
pub fn health(book: &Book, redis: bool) -> Value {
    let up = |up: bool| if up { "up" } else { "down" };
    json!({
        "status": if redis { "healthy" } else { "degraded" }, "services": { "redis": up(redis), "api": "up" },
        "processing_status": if book.current.is_some() { "running" } else { "idle" }, "version": env!("CARGO_PKG_VERSION")
    })
}

fn seconds(from: Millis, to: Option<Millis>) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "hours at most")]
    let seconds = |millis: Millis| millis as f64 / 1_000.0;
    to.map(|to| seconds(to - from))
}
