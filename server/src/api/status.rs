//! `GET /api/processing/daily/status`: the union of the two shapes that the old system served (contract.md §5.1).

use super::shapes::{Refusal, iso};
use crate::clock;
use crate::error::ApiError;
use crate::hub::{Command, RunStatusView};
use crate::state::App;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::forecast::{self, Forecast};
use domain::phase::Phase;
use domain::record::{PhaseRecord, PhaseStatus, Progress, Unit};
use domain::time::Millis;
use domain::verdict::RunView;
use serde_json::{Value, json};

/// The run that has the verdict, as the old page and the old producer's API spelled it.
#[utoipa::path(get, path = "/api/processing/daily/status", tag = "processing",
    responses((status = 200, description = "`{success, status}`; the status is the union of both old shapes"), (status = 503, body = Refusal)))]
pub async fn status(State(app): State<App>) -> Response {
    let Some(found) = app.hub.ask(|reply| Command::Run(None, reply)).await else {
        return ApiError::Stopping.into_response();
    };
    Json(json!({ "success": true, "status": describe(found.as_ref(), clock::now()) })).into_response()
}

fn describe(found: Option<&RunStatusView>, now: Millis) -> Value {
    let Some(RunStatusView { view, failing }) = found else {
        return json!({
            "success": true, "is_running": false, "run_id": null, "phase": "idle", "progress": 0,
            "symbols_processed": 0, "symbols_completed": 0, "symbols_failed": 0, "symbols_total": 0,
            "current_symbol": null, "start_time": null, "estimated_completion": null, "last_updated": null,
            "error_message": null, "import_status": {}, "indicator_status": {}
        });
    };
    let running = !view.run.status.ended();
    let current = view.current();
    let counts = current.map(|(_, progress)| progress);
    let processed = view.run.processed.or_else(|| counts.map(Progress::processed)).unwrap_or(0);
    let counted = current.filter(|(phase, _)| running && phase.unit == Unit::Symbols && phase.total > 0);
    let total = counted.map_or_else(|| view.symbols(), |(phase, _)| phase.total);
    let end = match forecast::forecast(view, now) {
        Forecast::OwnPace { end } if running => Some(iso(end)),
        _ => None,
    };
    json!({
        "success": true,
        "is_running": running,
        "run_id": view.run.id,
        "status": view.run.status.as_str(),
        "phase": phase_word(view, current, running),
        "progress": forecast::percent(view).unwrap_or(0),
        "symbols_processed": processed,
        "symbols_completed": processed,
        "symbols_failed": view.failed(),
        // Of the phase whose count stands above, so that the two are one fraction.
        "symbols_total": total,
        "current_symbol": counts.and_then(Progress::current),
        "start_time": iso(view.run.started),
        "estimated_completion": end,
        "last_updated": iso(view.heard()),
        "error_message": view.run.reason,
        "import_status": import_status(view, failing),
        "indicator_status": indicator_status(view)
    })
}

/// The App's names of the phases (contract.md §7.1).
pub(super) fn phase_word(view: &RunView, current: Option<&(PhaseRecord, Progress)>, running: bool) -> String {
    if !running {
        return if view.run.status.as_str() == "failed" { "error".into() } else { "completed".into() };
    }
    match current.map(|(phase, _)| &phase.phase) {
        None => "scheduled".into(),
        Some(Phase::Import) => "data_import".into(),
        Some(Phase::Indicators) => "indicator_processing".into(),
        Some(Phase::Patterns) => "pattern_detection".into(),
        Some(other) => other.key().to_owned(),
    }
}

fn phase_of<'a>(view: &'a RunView, wanted: &Phase) -> Option<&'a (PhaseRecord, Progress)> {
    view.phases.iter().find(|(phase, _)| phase.phase == *wanted)
}

fn import_status(view: &RunView, failing: &[String]) -> Value {
    let Some((phase, progress)) = phase_of(view, &Phase::Import) else { return json!({}) };
    json!({
        "import_active": phase.status == PhaseStatus::Running,
        "universes": view.run.universes,
        "symbols_processed": progress.processed(),
        // A list, because the old page took its length.
        "symbols_failed": failing,
        "completed": phase.ended.is_some(),
        "success_count": progress.done(),
        "failure_count": progress.failed(),
        "duration": duration(phase)
    })
}

pub(super) fn indicator_status(view: &RunView) -> Value {
    let Some((phase, progress)) = phase_of(view, &Phase::Indicators) else { return json!({}) };
    let done = u64::from(progress.processed().min(phase.total)) * 100;
    let percent = done.checked_div(u64::from(phase.total)).unwrap_or(0);
    json!({
        "indicator_processing_active": phase.status == PhaseStatus::Running,
        "total_symbols": phase.total,
        "completed_symbols": progress.processed(),
        "percent_complete": percent,
        "current_symbol": progress.current(),
        "completed": phase.ended.is_some(),
        "successful_symbols": progress.done(),
        "failed_symbols": progress.failed(),
        "successful_indicators": view.run.indicators,
        "duration_seconds": duration(phase)
    })
}

/// Whole seconds that a phase took, once it has ended.
fn duration(phase: &PhaseRecord) -> Option<i64> {
    Some((phase.ended? - phase.started?) / 1_000)
}
