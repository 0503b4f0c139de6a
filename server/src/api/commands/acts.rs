//! What starts, ends, repeats and accepts.

use super::{Asking, Given, Refusals, bad};
use crate::api::params::Named;
use crate::commands::usual_of;
use crate::error::ApiError;
use ::app::commands::Usual;
use axum::Json;
use axum::http::StatusCode;
use domain::command::{CommandKind, sentence};
use domain::time::{MINUTE, Millis};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// A run that was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Triggered {
    success: bool,
    /// What became of it, in a sentence.
    message: String,
    /// The run that it leads to; null: the producer did not say.
    run_id: Option<String>,
    /// triggered: the producer confirmed it. sent: it was sent over Redis, and is not confirmed yet.
    status: &'static str,
    /// How long such a run usually takes; absent where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    estimated_duration_minutes: Option<Millis>,
    /// The command: `/api/commands/{id}`.
    command: String,
}

impl From<Given> for Triggered {
    fn from(given: Given) -> Self {
        Self {
            success: true,
            message: sentence(&given.record),
            status: given.word(),
            run_id: given.record.run,
            estimated_duration_minutes: None,
            command: given.record.id,
        }
    }
}

/// An answer with its status.
type Answer<T> = Result<(StatusCode, Json<T>), ApiError>;

async fn triggered(asking: Asking, kind: CommandKind) -> Answer<Triggered> {
    let given = asking.asked(kind).await?;
    Ok((given.status, Json(given.into())))
}

/// Asks for a run: all phases, or some of them.
#[utoipa::path(post, path = "/api/processing/daily/trigger", operation_id = "trigger_run", tag = "commands",
    params(("Idempotency-Key" = Option<String>, Header, max_length = 128, description = "a repetition with the same key is the same command")),
    request_body(content = Option<Value>, description = "`skip_market_check` (false), `phases` (all: import, cache_sync, indicators, patterns), `universe` (as the producer is set)"),
    responses((status = 200, description = "The producer accepted it.", body = Triggered), (status = 202, description = "It was sent, and is not confirmed yet.", body = Triggered), Refusals))]
pub async fn run(asking: Asking) -> Answer<Triggered> {
    triggered(asking, CommandKind::Run).await
}

/// Asks for an import.
#[utoipa::path(post, path = "/api/processing/import/trigger", operation_id = "trigger_import", tag = "commands",
    params(("Idempotency-Key" = Option<String>, Header, max_length = 128, description = "a repetition with the same key is the same command")),
    request_body(content = Option<Value>, description = "`universes` ([\"sp500\"]), `timeframes` ([\"daily\", \"weekly\"]), `lookback_days` (30)"),
    responses((status = 200, description = "The producer accepted it.", body = Triggered), (status = 202, description = "It was sent, and is not confirmed yet.", body = Triggered), Refusals))]
pub async fn import(asking: Asking) -> Answer<Triggered> {
    let given = asking.asked(CommandKind::Import).await?;
    // That it cannot be told how long it takes makes it no less accepted.
    let usual = match &given.order {
        Some(order) => usual_of(&asking.app, order).await.ok().flatten().map(|(usual, _)| usual),
        None => None,
    };
    let minutes = match usual {
        Some(Usual::Of(usual, ..)) => Some((usual + MINUTE - 1) / MINUTE),
        _ => None,
    };
    let status = given.status;
    Ok((status, Json(Triggered { estimated_duration_minutes: minutes, ..given.into() })))
}

/// Asks for indicators.
#[utoipa::path(post, path = "/api/processing/indicators/trigger", operation_id = "trigger_indicators", tag = "commands",
    params(("Idempotency-Key" = Option<String>, Header, max_length = 128, description = "a repetition with the same key is the same command")),
    request_body(content = Option<Value>, description = "`symbols` (all), `indicators` (all), `timeframe` (daily)"),
    responses((status = 200, description = "The producer accepted it.", body = Triggered), (status = 202, description = "It was sent, and is not confirmed yet.", body = Triggered), Refusals))]
pub async fn indicators(asking: Asking) -> Answer<Triggered> {
    triggered(asking, CommandKind::Indicators).await
}

/// Asks for patterns.
#[utoipa::path(post, path = "/api/processing/patterns/trigger", operation_id = "trigger_patterns", tag = "commands",
    params(("Idempotency-Key" = Option<String>, Header, max_length = 128, description = "a repetition with the same key is the same command")),
    request_body(content = Option<Value>, description = "`symbols` (all), `patterns` (all), `timeframe` (daily)"),
    responses((status = 200, description = "The producer accepted it.", body = Triggered), (status = 202, description = "It was sent, and is not confirmed yet.", body = Triggered), Refusals))]
pub async fn patterns(asking: Asking) -> Answer<Triggered> {
    triggered(asking, CommandKind::Patterns).await
}

/// A retry that was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Retried {
    success: bool,
    /// How many symbols were sent.
    retry_count: u32,
    /// The run that it leads to; null: the producer did not say.
    run_id: Option<String>,
    /// What became of it, in a sentence.
    message: String,
    /// triggered: the producer confirmed it. sent: it was sent over Redis, and is not confirmed yet.
    status: &'static str,
    /// The command: `/api/commands/{id}`.
    command: String,
}

/// Asks for what failed in a run, or was not reported, once more. What later runs of the night brought through is not left.
#[utoipa::path(post, path = "/api/processing/import/retry", operation_id = "retry", tag = "commands",
    params(("Idempotency-Key" = Option<String>, Header, max_length = 128, description = "a repetition with the same key is the same command")),
    request_body(content = Option<Value>, description = "`run_id` (the run that has the verdict), `symbols` (all that are left), `phase`, `code` (only what failed there, or for this cause)"),
    responses((status = 200, description = "The producer accepted it.", body = Retried), (status = 202, description = "It was sent, and is not confirmed yet.", body = Retried), Refusals))]
pub async fn retry(asking: Asking) -> Answer<Retried> {
    let given = asking.asked(CommandKind::Retry).await?;
    let retried = Retried {
        success: true,
        retry_count: given.record.count,
        message: sentence(&given.record),
        status: given.word(),
        run_id: given.record.run,
        command: given.record.id,
    };
    Ok((given.status, Json(retried)))
}

/// Something that was asked and leads to no run.
#[derive(Debug, Serialize, ToSchema)]
pub struct Told {
    success: bool,
    /// What became of it, in a sentence.
    message: String,
    /// accepted, sent or done.
    status: &'static str,
    /// The command: `/api/commands/{id}`.
    command: String,
}

async fn told(asking: Asking, kind: CommandKind) -> Answer<Told> {
    let given = asking.asked(kind).await?;
    let (message, status) = (sentence(&given.record), given.word());
    Ok((given.status, Json(Told { success: true, message, status, command: given.record.id })))
}

/// Asks for the end of a run.
#[utoipa::path(post, path = "/api/processing/daily/cancel", operation_id = "cancel", tag = "commands",
    params(("Idempotency-Key" = Option<String>, Header, max_length = 128, description = "a repetition with the same key is the same command")),
    request_body(content = Option<Value>, description = "`run_id` (the one in progress)"),
    responses((status = 200, description = "The producer accepted it; the run has ended when its `status` says so.", body = Told), (status = 202, description = "It was sent, and is not confirmed yet.", body = Told), Refusals))]
pub async fn cancel(asking: Asking) -> Answer<Told> {
    told(asking, CommandKind::Cancel).await
}

/// Accepts a night as it is: what is left of it is left.
#[utoipa::path(post, path = "/api/runs/{id}/accept", operation_id = "accept", tag = "commands",
    params(("id" = String, Path, description = "the run's id"), ("Idempotency-Key" = Option<String>, Header, max_length = 128, description = "a repetition with the same key is the same command")),
    request_body(content = Value, description = "`note`: why it may stay as it is"),
    responses((status = 200, description = "It is accepted.", body = Told), (status = 404, description = "Nothing of that name is kept.", body = super::Refusal), Refusals))]
pub async fn accept(Named(id): Named, mut asking: Asking) -> Answer<Told> {
    if asking.fields.contains_key("run_id") {
        return Err(bad("run_id", "stands in the path"));
    }
    asking.fields.insert("run_id".to_owned(), json!(id));
    told(asking, CommandKind::Accept).await
}
