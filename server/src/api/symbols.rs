//! `/api/symbols/{symbol}`: one symbol through the nights.

use super::params::{Named, Params, date};
use super::places::SYMBOL;
use super::shapes::{OutcomeOf, Refusal, SymbolOf};
use crate::clock;
use crate::error::ApiError;
use crate::state::App;
use crate::store::read::through::SymbolNight;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// A symbol in a night.
#[derive(Debug, Serialize, ToSchema)]
pub struct NightOf {
    /// The night's date on the exchange's clock.
    night: String,
    /// The run that did the night's work; where that says nothing of the symbol, the newest that does.
    run_id: String,
    /// done, failed or skipped in that run; null: not reported.
    state: Option<&'static str>,
    /// The later run of the same night that brought it through; null: none had to, or none did.
    repaired_by: Option<String>,
    /// The phase of its failure, or of its last outcome.
    phase: Option<String>,
    /// The cause's code.
    code: Option<String>,
    /// True: it fails, and did not in the night before.
    newly: bool,
    /// Milliseconds it took in all.
    millis: i64,
    /// Records it brought in its first phase.
    made: i64,
    /// Phase by phase.
    outcomes: Vec<OutcomeOf>,
}

impl NightOf {
    /// Of a stored one.
    pub(super) fn of(stored: &SymbolNight) -> Self {
        let told = stored.symbol.as_ref().map(SymbolOf::of);
        let (newly, millis, made) =
            told.as_ref().map_or((false, 0, 0), |told| (told.newly, told.millis, told.made));
        Self {
            night: date(stored.night),
            run_id: stored.run.view.run.id.clone(),
            state: told.as_ref().and_then(|told| told.state),
            repaired_by: stored.retry.as_ref().map(|run| run.view.run.id.clone()),
            phase: told.as_ref().and_then(|told| told.phase.clone()),
            code: told.as_ref().and_then(|told| told.code.clone()),
            newly,
            millis,
            made,
            outcomes: told.map(|told| told.outcomes).unwrap_or_default(),
        }
    }
}

/// A page of a symbol's nights.
#[derive(Debug, Serialize, ToSchema)]
pub struct NightsOf {
    success: bool,
    symbol: String,
    /// Newest first, each night that is kept.
    nights: Vec<NightOf>,
    /// Where the next page begins (`before`); null: there is none.
    next: Option<String>,
}

/// The symbol of the path, or 404: nothing was ever told of it.
pub(super) async fn told(app: &App, symbol: String) -> Result<String, ApiError> {
    let known = symbol.chars().count() <= SYMBOL && app.store.last_told(&symbol).await?.is_some();
    if known { Ok(symbol) } else { Err(ApiError::NotKept) }
}

/// What became of a symbol, night by night, newest first; retries of the same night included.
#[utoipa::path(get, path = "/api/symbols/{symbol}", operation_id = "symbol_nights", tag = "nights",
    params(
        ("symbol" = String, Path, description = "its name"),
        ("before" = Option<String>, Query, description = "only nights before this one: 2026-11-20, or what an answer gave as `next`"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 100, description = "30 unless told")
    ),
    responses((status = 200, body = NightsOf), (status = 400, body = Refusal), (status = 404, body = Refusal), (status = 503, body = Refusal)))]
pub async fn nights(
    State(app): State<App>,
    Named(symbol): Named,
    params: Params,
) -> Result<Json<NightsOf>, ApiError> {
    params.only(&["before", "limit"])?;
    let (before, limit) = (params.night("before")?, params.whole("limit", 1..=100)?.unwrap_or(30));
    let symbol = told(&app, symbol).await?;
    let found = app.store.symbol_nights(&symbol, before, limit, clock::now()).await?;
    let nights = found.nights.iter().map(NightOf::of).collect();
    Ok(Json(NightsOf { success: true, symbol, nights, next: found.older.map(date) }))
}
