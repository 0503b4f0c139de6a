//! `/api/nights`, `/api/compare`, `/api/trends`: nights rather than runs.

use super::params::{Params, date};
use super::shapes::{Night, Refusal, Run};
use crate::clock;
use crate::error::ApiError;
use crate::state::App;
use crate::store::read::compare::Named;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// A page of nights.
#[derive(Debug, Serialize, ToSchema)]
pub struct NightList {
    success: bool,
    /// Newest first.
    nights: Vec<Night>,
    /// Where the next page begins (`before`); null: there is none.
    next: Option<String>,
}

/// Nights with all their runs, newest first.
#[utoipa::path(get, path = "/api/nights", operation_id = "nights", tag = "nights",
    params(
        ("before" = Option<String>, Query, description = "only nights before this one: 2026-11-20, or what an answer gave as `next`"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 100, description = "30 unless told")
    ),
    responses((status = 200, body = NightList), (status = 400, body = Refusal), (status = 503, body = Refusal)))]
pub async fn list(State(app): State<App>, params: Params) -> Result<Json<NightList>, ApiError> {
    params.only(&["before", "limit"])?;
    let limit = params.whole("limit", 1..=100)?.unwrap_or(30);
    let found = app.store.nights(params.night("before")?, limit).await?;
    let now = clock::now();
    // A page that is not full may still have been cut short by the bound on runs; only an empty one is certainly the end.
    let next = found.last().map(|last| date(last.night));
    let nights = found.iter().filter_map(|night| Night::of(night, now)).collect();
    Ok(Json(NightList { success: true, nights, next }))
}

/// Symbols that have something in common.
#[derive(Debug, Serialize, ToSchema)]
pub struct SomeSymbols {
    /// How many.
    count: usize,
    /// At most 200 of them, by name.
    symbols: Vec<String>,
}

impl From<Named> for SomeSymbols {
    fn from(Named { count, symbols }: Named) -> Self {
        Self { count, symbols }
    }
}

/// Two nights beside each other.
#[derive(Debug, Serialize, ToSchema)]
pub struct Compared {
    success: bool,
    /// The run that speaks for night `a`.
    a: Run,
    /// The run that speaks for night `b`.
    b: Run,
    /// Fail in `a`.
    failed_in_a: SomeSymbols,
    /// Fail in `b`.
    failed_in_b: SomeSymbols,
    /// Fail in `b`, and came through in `a`.
    newly_failing: SomeSymbols,
    /// Failed in `a`, and came through in `b`.
    recovered: SomeSymbols,
    /// Fail in both.
    still_failing: SomeSymbols,
    /// Are in `b` only.
    appeared: SomeSymbols,
    /// Are in `a` only.
    disappeared: SomeSymbols,
}

/// What is different in night `b` from night `a`.
#[utoipa::path(get, path = "/api/compare", operation_id = "compare", tag = "nights",
    params(
        ("a" = String, Query, description = "a night: 2026-11-19"),
        ("b" = String, Query, description = "another: 2026-11-20")
    ),
    responses((status = 200, body = Compared), (status = 400, body = Refusal), (status = 404, body = Refusal), (status = 503, body = Refusal)))]
pub async fn compare(State(app): State<App>, params: Params) -> Result<Json<Compared>, ApiError> {
    params.only(&["a", "b"])?;
    let (a, b) = (params.needed_night("a")?, params.needed_night("b")?);
    let found = app.store.compare(a, b).await?.ok_or(ApiError::NotKept)?;
    let (differences, now) = (found.differences, clock::now());
    Ok(Json(Compared {
        success: true,
        a: Run::of(&found.before, now),
        b: Run::of(&found.after, now),
        failed_in_a: differences.failed_before.into(),
        failed_in_b: differences.failed_after.into(),
        newly_failing: differences.newly_failing.into(),
        recovered: differences.recovered.into(),
        still_failing: differences.still_failing.into(),
        appeared: differences.appeared.into(),
        disappeared: differences.disappeared.into(),
    }))
}

/// A night's figures.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrendOf {
    /// Its date on the exchange's clock.
    night: String,
    /// The run that speaks for it.
    run_id: String,
    /// Its verdict.
    verdict: String,
    /// How long it took.
    duration_seconds: Option<i64>,
    /// Symbols.
    symbols_total: u32,
    /// Failed symbols.
    symbols_failed: u32,
    /// Records imported.
    records_imported: u64,
}

/// The last nights as figures.
#[derive(Debug, Serialize, ToSchema)]
pub struct Trends {
    success: bool,
    /// Newest first.
    trends: Vec<TrendOf>,
}

/// The last nights as figures, newest first.
#[utoipa::path(get, path = "/api/trends", operation_id = "trends", tag = "nights",
    params(("nights" = Option<i64>, Query, minimum = 1, maximum = 366, description = "30 unless told")),
    responses((status = 200, body = Trends), (status = 400, body = Refusal), (status = 503, body = Refusal)))]
pub async fn trends(State(app): State<App>, params: Params) -> Result<Json<Trends>, ApiError> {
    params.only(&["nights"])?;
    let nights = params.whole("nights", 1..=366)?.unwrap_or(30);
    let found = app.store.trends(nights, clock::now()).await?;
    let trends = found.into_iter().map(|trend| TrendOf {
        night: date(trend.night),
        run_id: trend.id,
        verdict: trend.verdict,
        duration_seconds: trend.duration.map(|took| took / 1_000),
        symbols_total: trend.symbols,
        symbols_failed: trend.failed,
        records_imported: trend.records,
    });
    Ok(Json(Trends { success: true, trends: trends.collect() }))
}
