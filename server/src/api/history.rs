//! `GET /api/processing/daily/history`: the union of the two rows that the old system served (contract.md §5.2).

use super::params::{Params, date};
use super::shapes::{Refusal, iso, processed};
use super::status::phase_word;
use crate::clock;
use crate::error::ApiError;
use crate::state::App;
use crate::store::read::runs::{RunFilter, StoredRun};
use axum::Json;
use axum::extract::State;
use domain::time::DAY;
use serde::Serialize;
use utoipa::ToSchema;

/// The last runs.
#[derive(Debug, Serialize, ToSchema)]
pub struct History {
    success: bool,
    /// Newest first.
    history: Vec<HistoryRow>,
}

/// A run, as the old producer's API and the old page spelled it.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryRow {
    run_id: String,
    run_date: String,
    /// automatic or manual; automatic where the producer did not say.
    trigger_type: &'static str,
    /// running, success, failed, cancelled or skipped.
    status: &'static str,
    phase: String,
    start_time: String,
    end_time: Option<String>,
    duration_seconds: Option<i64>,
    symbols_total: u32,
    symbols_processed: u32,
    symbols_failed: u32,
    patterns_detected: u64,
    indicators_calculated: u64,
    error_message: Option<String>,
}

/// Runs of the last days, newest first.
#[utoipa::path(get, path = "/api/processing/daily/history", tag = "processing",
    params(
        ("days" = Option<i64>, Query, minimum = 1, maximum = 3650, description = "7 unless told"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 500, description = "20 unless told")
    ),
    responses((status = 200, body = History), (status = 400, body = Refusal), (status = 503, body = Refusal)))]
pub async fn history(State(app): State<App>, params: Params) -> Result<Json<History>, ApiError> {
    params.only(&["days", "limit"])?;
    let days = params.whole("days", 1..=3_650)?.unwrap_or(7);
    let limit = params.whole("limit", 1..=500)?.unwrap_or(20);
    let now = clock::now();
    let since = now - days * DAY;
    let filter = RunFilter {
        // So that the index of nights bounds what is looked at; a night begins at most two days before its runs.
        from: Some(since.div_euclid(DAY) - 2),
        since: Some(since),
        ..RunFilter::default()
    };
    let page = app.store.runs(&filter, None, limit, now).await?;
    Ok(Json(History { success: true, history: page.runs.iter().map(row).collect() }))
}

fn row(stored: &StoredRun) -> HistoryRow {
    let (view, run) = (&stored.view, &stored.view.run);
    HistoryRow {
        run_id: run.id.clone(),
        run_date: date(run.night),
        trigger_type: run.trigger.map_or("automatic", domain::record::Trigger::as_str),
        status: run.status.as_str(),
        phase: phase_word(view, view.current(), !run.status.ended()),
        start_time: iso(run.started),
        end_time: run.ended.map(iso),
        duration_seconds: run.ended.map(|ended| (ended - run.started) / 1_000),
        symbols_total: view.symbols(),
        symbols_processed: processed(stored),
        symbols_failed: view.failed(),
        patterns_detected: run.patterns,
        indicators_calculated: run.indicators,
        error_message: run.reason.clone(),
    }
}
