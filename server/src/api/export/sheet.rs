//! What is exported, page after page of the lists that the API shows.

use super::super::audit::AuditOf;
use super::super::nights::TrendOf;
use super::super::shapes::{CauseOf, EventOf, Night, ProblemOf, Run, SymbolOf};
use super::super::symbols::NightOf;
use crate::store::accounts::audit::AuditFilter;
use crate::store::read::events::{BEGINNING, EventFilter, EventPlace};
use crate::store::read::runs::{RunFilter, RunPlace};
use crate::store::read::symbols::{SymbolFilter, SymbolOrder, SymbolPlace};
use crate::store::{Store, StoreError};
use crate::{asked, clock};
use app::archive::Filter;
use domain::differences::Differences;
use serde::Serialize;
use serde_json::{Value, json};

/// Rows of a page.
const PAGE: i64 = 1_000;
/// Nights of a page: each has all its runs.
const NIGHTS: i64 = 100;

/// What, and how far it is.
pub(super) enum Sheet {
    Runs(RunFilter, Option<RunPlace>),
    /// Like this, and how many are still wanted.
    Nights(Filter, i64),
    /// Of which run.
    Symbols(i64, SymbolFilter, SymbolOrder, Option<SymbolPlace>),
    Problems(i64),
    Events(EventFilter, EventPlace),
    /// Figures of so many nights.
    Trends(i64),
    /// A symbol, in the nights before one.
    SymbolNights(String, Option<i64>),
    /// What is different, and which symbol: those that are left.
    Differences(std::vec::IntoIter<(&'static str, String)>),
    Audit(AuditFilter),
}

/// Some rows.
pub(super) struct Page {
    pub(super) rows: Vec<Value>,
    pub(super) last: bool,
}

const RUNS: &[&str] = &[
    "run_id",
    "night",
    "verdict",
    "status",
    "trigger_type",
    "universes",
    "start_time",
    "end_time",
    "duration_seconds",
    "symbols_total",
    "symbols_processed",
    "symbols_failed",
    "symbols_repaired",
    "newly_failing",
    "records_imported",
    "indicators_calculated",
    "patterns_detected",
    "adopted",
    "simulated",
    "error_message",
];
const NIGHT: &[&str] = &[
    "night",
    "verdict",
    "run_id",
    "runs",
    "duration_seconds",
    "usual_seconds",
    "symbols_total",
    "symbols_failed",
    "records_imported",
];
const SYMBOLS: &[&str] = &["symbol", "state", "phase", "code", "newly", "millis", "made"];
const PROBLEMS: &[&str] = &[
    "kind",
    "code",
    "count",
    "newly",
    "severity",
    "component",
    "message",
    "phase",
    "symbol",
    "first",
    "last",
];
const TRENDS: &[&str] = &[
    "night",
    "verdict",
    "run_id",
    "duration_seconds",
    "symbols_total",
    "symbols_failed",
    "records_imported",
];
const SYMBOL_NIGHTS: &[&str] =
    &["night", "run_id", "state", "repaired_by", "phase", "code", "newly", "millis", "made"];
const DIFFERENCES: &[&str] = &["difference", "symbol"];
const EVENTS: &[&str] =
    &["n", "at", "way", "stream_id", "channel", "kind", "name", "run_id", "symbol", "length", "text"];

const AUDIT: &[&str] =
    &["n", "at", "who", "role", "address", "action", "subject", "outcome", "before", "after"];

fn value(row: &impl Serialize) -> Value {
    serde_json::to_value(row).unwrap_or_default()
}

impl Sheet {
    /// Every symbol that came out differently, by the names that the API gives to what is different.
    pub(super) fn of_differences(found: Differences) -> Self {
        let lists = [
            ("newly_failing", found.newly),
            ("recovered", found.recovered),
            ("still_failing", found.still),
            ("appeared", found.appeared),
            ("disappeared", found.disappeared),
        ];
        let rows =
            lists.into_iter().flat_map(|(what, of)| of.names.into_iter().map(move |name| (what, name)));
        Self::Differences(rows.collect::<Vec<_>>().into_iter())
    }

    /// Its columns, in a table.
    pub(super) fn columns(&self) -> &'static [&'static str] {
        match self {
            Self::Runs(..) => RUNS,
            Self::Nights(..) => NIGHT,
            Self::Symbols(..) => SYMBOLS,
            Self::Problems(..) => PROBLEMS,
            Self::Events(..) => EVENTS,
            Self::Trends(..) => TRENDS,
            Self::SymbolNights(..) => SYMBOL_NIGHTS,
            Self::Differences(..) => DIFFERENCES,
            Self::Audit(..) => AUDIT,
        }
    }

    /// The file's name.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Runs(..) => "runs",
            Self::Nights(..) => "nights",
            Self::Symbols(..) => "symbols",
            Self::Problems(..) => "problems",
            Self::Events(..) => "events",
            Self::Trends(..) => "trends",
            Self::SymbolNights(..) => "symbol",
            Self::Differences(..) => "compare",
            Self::Audit(..) => "audit",
        }
    }

    /// The next page.
    pub(super) async fn page(&mut self, store: &Store) -> Result<Page, StoreError> {
        let now = clock::now();
        match self {
            Self::Runs(filter, before) => {
                let page = store.runs(filter, *before, PAGE, now).await?;
                *before = page.next;
                let rows = page.runs.iter().map(|run| value(&Run::of(run, now))).collect();
                Ok(Page { rows, last: page.next.is_none() })
            }
            Self::Nights(filter, left) => {
                let fits = |night: &_| asked::fits(filter, night, now);
                let page = store.nights(asked::stretch(filter), NIGHTS.min(*left), now, fits).await?;
                filter.before = page.older;
                *left -= i64::try_from(page.nights.len()).unwrap_or(i64::MAX);
                let nights = page.nights.iter().filter_map(|night| Night::of(night, now));
                let rows = nights.map(|night| flat(&night)).collect();
                Ok(Page { rows, last: page.older.is_none() || *left <= 0 })
            }
            Self::Symbols(run, filter, order, after) => {
                let page = store.symbols(*run, filter, *order, after.take(), PAGE).await?;
                after.clone_from(&page.next);
                let rows = page.symbols.iter().map(|symbol| value(&SymbolOf::of(symbol))).collect();
                Ok(Page { rows, last: page.next.is_none() })
            }
            Self::Problems(run) => {
                let found = store.problems(*run).await?;
                let causes = found.causes.iter().map(|cause| marked("cause", value(&CauseOf::of(cause))));
                let problems =
                    found.problems.iter().map(|problem| marked("problem", value(&ProblemOf::of(problem))));
                Ok(Page { rows: causes.chain(problems).collect(), last: true })
            }
            Self::Events(filter, place) => {
                let page = store.events(filter, *place, PAGE).await?;
                let rows = page.events.iter().map(|event| value(&EventOf::of(event, BEGINNING))).collect();
                if let Some(reached) = page.searched_to {
                    *place = match place {
                        EventPlace::Before(_) => EventPlace::Before(reached),
                        EventPlace::After(_) => EventPlace::After(reached),
                    };
                }
                Ok(Page { rows, last: page.searched_to.is_none() })
            }
            Self::Trends(nights) => {
                let found = store.trends(*nights, now).await?;
                Ok(Page {
                    rows: found.into_iter().map(|trend| value(&TrendOf::of(trend))).collect(),
                    last: true,
                })
            }
            Self::SymbolNights(symbol, before) => {
                let page = store.symbol_nights(symbol, *before, NIGHTS, now).await?;
                *before = page.older;
                let rows = page.nights.iter().map(|night| value(&NightOf::of(night))).collect();
                Ok(Page { rows, last: page.older.is_none() })
            }
            Self::Differences(left) => {
                let rows = left.by_ref().take(usize::try_from(PAGE).unwrap_or(usize::MAX));
                let rows =
                    rows.map(|(what, symbol)| json!({ "difference": what, "symbol": symbol })).collect();
                Ok(Page { rows, last: left.len() == 0 })
            }
            Self::Audit(filter) => {
                let found = store.audit_log(filter, u32::try_from(PAGE).unwrap_or(u32::MAX)).await?;
                let rows = found.entries.iter().map(|entry| value(&AuditOf::of(entry))).collect();
                filter.before = found.next;
                Ok(Page { rows, last: found.next.is_none() })
            }
        }
    }
}

/// A night in one row: the figures of the run that speaks for it, and how many runs it has.
fn flat(night: &Night) -> Value {
    let speaking = night.runs.iter().find(|run| run.run_id == night.run_id);
    json!({
        "night": night.night,
        "verdict": night.verdict,
        "run_id": night.run_id,
        "runs": night.runs.len(),
        "duration_seconds": speaking.and_then(|run| run.duration_seconds),
        "usual_seconds": night.usual_seconds,
        "symbols_total": speaking.map(|run| run.symbols_total),
        "symbols_failed": speaking.map(|run| run.symbols_failed),
        "records_imported": speaking.map(|run| run.records_imported),
    })
}

/// A row that says which of two kinds it is of.
fn marked(kind: &str, mut row: Value) -> Value {
    row["kind"] = json!(kind);
    row
}
