//! `/api/nights`, `/api/compare`, `/api/trends`: nights rather than runs.

use super::params::{LONGEST_NAME, Params, date};
use super::shapes::{Night, Refusal, Run};
use crate::error::ApiError;
use crate::state::App;
use crate::store::read::nights::StoredNight;
use crate::store::read::trends::Trend;
use crate::{asked, clock};
use app::archive::Filter;
use axum::Json;
use axum::extract::State;
use domain::differences::Names;
use domain::time::Millis;
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

/// Which nights, from the parameters, which are those of the page History; a list takes others besides.
pub(super) fn night_filter(params: &Params, besides: &[&str]) -> Result<Filter, ApiError> {
    params.filter_and(&["verdict", "trigger", "from", "to", "universe", "q"], besides)?;
    Ok(Filter {
        verdict: params.verdict()?,
        trigger: params.trigger()?,
        from: params.night("from")?,
        to: params.night("to")?,
        universe: params.text("universe", LONGEST_NAME)?,
        q: params.text("q", LONGEST_NAME)?,
        before: params.night("before")?,
    })
}

/// Nights with all their runs, newest first. One call looks at 2,000 at most: go on from `next`.
#[utoipa::path(get, path = "/api/nights", operation_id = "nights", tag = "nights",
    params(
        ("verdict" = Option<String>, Query, description = "of the run that speaks for it: complete, complete-after-retry, to-retry, failed, cancelled, skipped, running or silent"),
        ("trigger" = Option<String>, Query, description = "of that run: schedule or manual"),
        ("from" = Option<String>, Query, description = "from this night on: 2026-11-20"),
        ("to" = Option<String>, Query, description = "up to this night"),
        ("universe" = Option<String>, Query, max_length = 64, description = "one of the universes of its runs"),
        ("q" = Option<String>, Query, max_length = 64, description = "stands in a run's id or reason"),
        ("before" = Option<String>, Query, description = "only nights before this one: 2026-11-20, or what an answer gave as `next`"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 100, description = "30 unless told")
    ),
    responses((status = 200, body = NightList), (status = 400, body = Refusal), (status = 503, body = Refusal)))]
pub async fn list(State(app): State<App>, params: Params) -> Result<Json<NightList>, ApiError> {
    let filter = night_filter(&params, &["before", "limit"])?;
    let limit = params.whole("limit", 1..=100)?.unwrap_or(30);
    let now = clock::now();
    let fits = |night: &_| asked::fits(&filter, night, now);
    let found = app.store.nights(asked::stretch(&filter), limit, now, fits).await?;
    let nights = found.nights.iter().filter_map(|night| Night::of(night, now)).collect();
    Ok(Json(NightList { success: true, nights, next: found.older.map(date) }))
}

/// Symbols that have something in common.
#[derive(Debug, Serialize, ToSchema)]
pub struct SomeSymbols {
    /// How many.
    count: u32,
    /// At most 200 of them, by name.
    symbols: Vec<String>,
}

impl From<Names> for SomeSymbols {
    fn from(Names { names, total }: Names) -> Self {
        Self { count: total, symbols: names }
    }
}

/// Two nights beside each other.
#[derive(Debug, Serialize, ToSchema)]
pub struct Compared {
    success: bool,
    /// The run that did the work of night `a`.
    a: Run,
    /// The run that did the work of night `b`.
    b: Run,
    /// Fail in `a`, also after its retries.
    failed_in_a: SomeSymbols,
    /// Fail in `b`, also after its retries.
    failed_in_b: SomeSymbols,
    /// Fail in `a`, and came through in `b`.
    newly_failing: SomeSymbols,
    /// Failed in `b`, and came through in `a`.
    recovered: SomeSymbols,
    /// Fail in both.
    still_failing: SomeSymbols,
    /// Are in `a` only.
    appeared: SomeSymbols,
    /// Are in `b` only.
    disappeared: SomeSymbols,
}

/// Both nights, from the parameters.
pub(super) async fn two_nights(
    app: &App,
    params: &Params,
    now: Millis,
) -> Result<(StoredNight, StoredNight), ApiError> {
    params.only(&["a", "b"])?;
    let (a, b) = (params.needed_night("a")?, params.needed_night("b")?);
    let a = app.store.night(a, now).await?.ok_or(ApiError::NotKept)?;
    let b = app.store.night(b, now).await?.ok_or(ApiError::NotKept)?;
    Ok((a, b))
}

/// What is different in night `a` from night `b`, against which it is held; what a retry of the same night brought through does not
/// fail. Where of one of them no symbol is known, nothing is.
#[utoipa::path(get, path = "/api/compare", operation_id = "compare", tag = "nights",
    params(
        ("a" = String, Query, description = "a night: 2026-11-20"),
        ("b" = String, Query, description = "the one it is held against: 2026-11-19")
    ),
    responses((status = 200, body = Compared), (status = 400, body = Refusal), (status = 404, body = Refusal), (status = 503, body = Refusal)))]
pub async fn compare(State(app): State<App>, params: Params) -> Result<Json<Compared>, ApiError> {
    let now = clock::now();
    let (a, b) = two_nights(&app, &params, now).await?;
    let differences = app.store.differences(&a, &b, Names::MOST).await?.unwrap_or_default();
    let (a, b) = a.main().zip(b.main()).ok_or(ApiError::NotKept)?;
    Ok(Json(Compared {
        success: true,
        a: Run::of(a, now),
        b: Run::of(b, now),
        failed_in_a: differences.failed_a.into(),
        failed_in_b: differences.failed_b.into(),
        newly_failing: differences.newly.into(),
        recovered: differences.recovered.into(),
        still_failing: differences.still.into(),
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

impl TrendOf {
    /// Of a stored one.
    pub(super) fn of(trend: Trend) -> Self {
        Self {
            night: date(trend.night),
            run_id: trend.id,
            verdict: trend.verdict,
            duration_seconds: trend.duration.map(|took| took / 1_000),
            symbols_total: trend.symbols,
            symbols_failed: trend.failed,
            records_imported: trend.records,
        }
    }
}

/// Of how many nights, from the parameters.
pub(super) fn trend_nights(params: &Params) -> Result<i64, ApiError> {
    params.only(&["nights"])?;
    Ok(params.whole("nights", 1..=366)?.unwrap_or(30))
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
    let found = app.store.trends(trend_nights(&params)?, clock::now()).await?;
    Ok(Json(Trends { success: true, trends: found.into_iter().map(TrendOf::of).collect() }))
}
