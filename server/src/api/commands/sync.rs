//! Cache syncs in the shapes of the producer's own API (contract.md §4.2), answered by what we heard of them: those that were runs of
//! their own, and the commands of ours that asked for them. What neither says is null.

use super::{Asking, Refusal, Refusals};
use crate::api::params::{Named, Params};
use crate::api::shapes::iso;
use crate::clock;
use crate::commands::known;
use crate::error::ApiError;
use crate::hub::Command;
use crate::state::App;
use crate::store::commands::{CommandFilter, StoredCommand};
use crate::store::read::runs::StoredRun;
use crate::store::read::syncs::MOST;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::command::{CommandKind, sentence};
use domain::phase::Phase;
use domain::record::{RunStatus, Sync, Trigger};
use domain::time::{DAY, Millis};
use domain::verdict::RunView;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A cache sync that was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyncTriggered {
    success: bool,
    /// Its id; null: the producer did not say.
    job_id: Option<String>,
    /// full, `market_cap`, themes or ipos.
    mode: Option<String>,
    /// What became of it, in a sentence.
    message: String,
    /// triggered: the producer confirmed it. sent: it was sent over Redis, and is not confirmed yet.
    status: &'static str,
    /// The command: `/api/commands/{id}`.
    command: String,
}

/// Asks for a cache sync.
#[utoipa::path(post, path = "/api/processing/cache-sync/trigger", operation_id = "trigger_cache_sync", tag = "commands",
    params(("Idempotency-Key" = Option<String>, Header, max_length = 128, description = "a repetition with the same key is the same command")),
    request_body(content = Option<Value>, description = "`mode` (full, market_cap, themes or ipos; full), `force` (false)"),
    responses((status = 202, description = "It was sent; `status` says whether the producer confirmed it.", body = SyncTriggered), Refusals))]
pub async fn trigger(asking: Asking) -> Result<(StatusCode, Json<SyncTriggered>), ApiError> {
    let given = asking.asked(CommandKind::CacheSync).await?;
    let kept = asking.app.store.command(&given.record.id).await.ok().flatten();
    let triggered = SyncTriggered {
        success: true,
        mode: kept.as_ref().and_then(mode),
        message: sentence(&given.record),
        status: given.word(),
        job_id: given.record.run,
        command: given.record.id,
    };
    Ok((StatusCode::ACCEPTED, Json(triggered)))
}

fn asked_for(command: &StoredCommand) -> Value {
    serde_json::from_str(&command.parameters).unwrap_or_default()
}

fn mode(command: &StoredCommand) -> Option<String> {
    asked_for(command)["mode"].as_str().map(ToOwned::to_owned)
}

/// How far a cache sync is.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyncProgress {
    /// Steps that are done.
    completed: u32,
    /// All steps, if that is known.
    total: Option<u32>,
    /// Percent, if that is known.
    percentage: Option<u8>,
}

/// A cache sync.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyncJob {
    /// Its id.
    job_id: String,
    /// full, `market_cap`, themes or ipos; null: it was not asked for here.
    mode: Option<String>,
    /// Whether what did not change was looked at too; null: it was not asked for here.
    force: Option<bool>,
    /// pending, running, completed, failed, or error: nothing was heard of it.
    status: &'static str,
    /// When it was asked for; null: not here.
    created_at: Option<String>,
    /// When it began, if that was heard.
    start_time: Option<String>,
    /// When it ended.
    end_time: Option<String>,
    /// How long it took.
    duration_seconds: Option<f64>,
    /// api or scheduler, if that is known.
    triggered_by: Option<&'static str>,
    /// Who asked for it; null: nobody here.
    asked_by: Option<String>,
    /// Why it failed, and which steps did.
    error_details: Option<String>,
    /// Whether it or one of its steps failed.
    has_errors: bool,
    /// How many entries changed, if that was told.
    total_changes: Option<u64>,
    /// Universes that changed, as far as told.
    universes_updated: Vec<String>,
    /// Only while it runs.
    progress: Option<SyncProgress>,
}

impl SyncJob {
    /// Of its run.
    fn of(view: &RunView, sync: Option<&Sync>, command: Option<&StoredCommand>) -> Self {
        let run = &view.run;
        let status = match run.status {
            RunStatus::Running => "running",
            RunStatus::Failed | RunStatus::Cancelled => "failed",
            RunStatus::Success | RunStatus::Skipped => "completed",
        };
        let broken = sync.iter().flat_map(|sync| &sync.tasks).filter(|task| task.failed);
        let steps: Vec<String> = broken.map(|task| format!("{} failed", task.name)).collect();
        let cancelled = (run.status == RunStatus::Cancelled).then(|| "cancelled".to_owned());
        let details: Vec<String> = run.reason.clone().or(cancelled).into_iter().chain(steps).collect();
        let progress = view.phases.first().filter(|_| run.status == RunStatus::Running);
        let progress = progress.map(|(phase, progress)| SyncProgress {
            completed: progress.processed(),
            total: Some(phase.total).filter(|total| *total > 0),
            percentage: domain::forecast::percent(view),
        });
        let took = run.ended.filter(|_| !run.adopted).map(|ended| ended - run.started);
        Self {
            status,
            start_time: (!run.adopted).then(|| iso(run.started)),
            end_time: run.ended.map(iso),
            duration_seconds: took.map(seconds),
            triggered_by: match run.trigger {
                Some(Trigger::Schedule) => Some("scheduler"),
                Some(Trigger::Manual) => Some("api"),
                None => command.map(|_| "api"),
            },
            has_errors: status == "failed" || !details.is_empty(),
            error_details: Some(details.join("; ")).filter(|details| !details.is_empty()),
            total_changes: sync.and_then(|sync| sync.changes),
            universes_updated: sync.map(|sync| sync.universes.clone()).unwrap_or_default(),
            progress,
            ..Self::asked(run.id.clone(), command)
        }
    }

    /// Of which nothing was heard: what was asked is all there is.
    fn asked(job_id: String, command: Option<&StoredCommand>) -> Self {
        let open = command.is_some_and(|command| command.record.state.open());
        Self {
            job_id,
            mode: command.and_then(mode),
            force: command.and_then(|command| asked_for(command)["force"].as_bool()),
            status: if open { "pending" } else { "error" },
            created_at: command.map(|command| iso(command.record.asked)),
            start_time: None,
            end_time: None,
            duration_seconds: None,
            triggered_by: command.map(|_| "api"),
            asked_by: command.map(|command| command.record.who.clone()),
            error_details: command.and_then(|command| command.record.reason.clone()),
            has_errors: !open,
            total_changes: None,
            universes_updated: Vec::new(),
            progress: None,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a duration is exact far beyond any that there is")]
fn seconds(took: Millis) -> f64 {
    took as f64 / 1_000.0
}

fn is_sync(view: &RunView) -> bool {
    !view.phases.is_empty() && view.phases.iter().all(|(phase, _)| phase.phase == Phase::CacheSync)
}

/// A cache sync, as it is at this moment.
#[utoipa::path(get, path = "/api/processing/cache-sync/status/{job_id}", operation_id = "cache_sync", tag = "processing",
    params(("job_id" = String, Path, description = "its id")),
    responses((status = 200, body = SyncJob), (status = 404, body = Refusal), (status = 503, body = Refusal)))]
pub async fn status(State(app): State<App>, Named(id): Named) -> Result<Json<SyncJob>, ApiError> {
    let live = app.hub.ask(|reply| Command::Run(Some(id.clone()), reply)).await.ok_or(ApiError::Stopping)?;
    let stored = app.store.run(&id).await?;
    let filter = CommandFilter { kind: Some(CommandKind::CacheSync), run: Some(id.clone()), before: None };
    let command = known(&app, &filter, 1).await?.pop();
    let view = live.as_ref().map(|live| &live.view).or(stored.as_ref().map(|stored| &stored.view));
    let sync = stored.as_ref().and_then(|stored| stored.sync.as_ref());
    match view {
        Some(view) if is_sync(view) => Ok(Json(SyncJob::of(view, sync, command.as_ref()))),
        None if command.is_some() => Ok(Json(SyncJob::asked(id, command.as_ref()))),
        _ => Err(ApiError::NotKept),
    }
}

/// A page of cache syncs.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyncHistory {
    success: bool,
    /// Newest first.
    jobs: Vec<SyncJob>,
    /// How many there are in all.
    total: i64,
    /// As asked.
    limit: i64,
    /// As asked.
    offset: i64,
}

/// Cache syncs that were runs of their own, newest first.
#[utoipa::path(get, path = "/api/processing/cache-sync/history", operation_id = "cache_syncs", tag = "processing",
    params(
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 100, description = "20 unless told"),
        ("offset" = Option<i64>, Query, minimum = 0, maximum = 10000, description = "how many of the newest are left out; 0 unless told")
    ),
    responses((status = 200, body = SyncHistory), (status = 400, body = Refusal), (status = 503, body = Refusal)))]
pub async fn history(State(app): State<App>, params: Params) -> Result<Json<SyncHistory>, ApiError> {
    params.only(&["limit", "offset"])?;
    let limit = params.whole("limit", 1..=MOST)?.unwrap_or(20);
    let offset = params.whole("offset", 0..=10_000)?.unwrap_or(0);
    let runs = app.store.syncs(limit, offset).await?;
    let total = app.store.sync_counts(Millis::MIN).await?.total;
    let ids: Vec<&str> = runs.iter().map(|run| run.view.run.id.as_str()).collect();
    let commands = app.store.commands_of_syncs(&ids).await?;
    let job = |run: &StoredRun| SyncJob::of(&run.view, run.sync.as_ref(), commands.get(&run.view.run.id));
    Ok(Json(SyncHistory { success: true, jobs: runs.iter().map(job).collect(), total, limit, offset }))
}

/// A universe that a cache sync changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyncedUniverse {
    /// Its name.
    universe: String,
    /// Not told to us: null.
    r#type: Option<String>,
    /// Not told to us: null.
    symbol_count: Option<u32>,
    /// When a cache sync changed it last.
    last_updated: String,
}

/// How the cache syncs of the last seven days went.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyncStatistics {
    total_jobs_7d: i64,
    successful_jobs_7d: i64,
    failed_jobs_7d: i64,
    /// Of those that ended well; null: none did.
    avg_duration_seconds: Option<f64>,
}

/// Cache syncs in figures.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyncStats {
    success: bool,
    /// Those that the last hundred cache syncs changed, newest first.
    universes: Vec<SyncedUniverse>,
    job_statistics: SyncStatistics,
}

/// Cache syncs in figures.
#[utoipa::path(get, path = "/api/processing/cache-sync/stats", operation_id = "cache_sync_stats", tag = "processing",
    responses((status = 200, body = SyncStats), (status = 503, body = Refusal)))]
pub async fn stats(State(app): State<App>) -> Result<Json<SyncStats>, ApiError> {
    let counts = app.store.sync_counts(clock::now() - 7 * DAY).await?;
    let mut universes: Vec<SyncedUniverse> = Vec::new();
    for run in app.store.syncs(MOST, 0).await? {
        for universe in run.sync.into_iter().flat_map(|sync| sync.universes) {
            if universes.iter().all(|known| known.universe != universe) {
                let last_updated = iso(run.view.run.ended.unwrap_or(run.view.run.heard));
                universes.push(SyncedUniverse { universe, r#type: None, symbol_count: None, last_updated });
            }
        }
    }
    let job_statistics = SyncStatistics {
        total_jobs_7d: counts.total,
        successful_jobs_7d: counts.successful,
        failed_jobs_7d: counts.failed,
        avg_duration_seconds: counts.average.map(seconds),
    };
    Ok(Json(SyncStats { success: true, universes, job_statistics }))
}
