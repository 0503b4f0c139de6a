//! `/api/audit`: who did what, for whoever administers.

use super::params::{Params, TEXT};
use super::shapes::Refusal;
use crate::error::ApiError;
use crate::state::App;
use crate::store::accounts::audit::{AuditFilter, Entry};
use app::accounts::actions;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// Most characters of a name: a user's, or `token NAME`.
const NAME: usize = 70;

/// A line of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditOf {
    /// Its number, as text: it is longer than a JavaScript number is exact.
    n: String,
    /// When.
    at: String,
    /// The user's name, `token NAME`, or `command line`; of a refused sign-in what was typed as name.
    who: String,
    /// By which role or scope.
    role: String,
    /// From which address.
    address: String,
    /// What.
    action: String,
    /// On whom or what.
    subject: String,
    /// `done`, or why not.
    outcome: String,
    /// What it was.
    before: Option<String>,
    /// What it is.
    after: Option<String>,
}

impl AuditOf {
    /// As it is answered.
    pub(super) fn of(entry: &Entry) -> Self {
        Self {
            n: entry.n.to_string(),
            at: super::shapes::iso_exact(entry.at),
            who: entry.who.clone(),
            role: entry.role.clone(),
            address: entry.address.clone(),
            action: entry.action.clone(),
            subject: entry.subject.clone(),
            outcome: entry.outcome.clone(),
            before: entry.before.clone(),
            after: entry.after.clone(),
        }
    }
}

/// A page of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditList {
    success: bool,
    /// Newest first.
    audit: Vec<AuditOf>,
    /// Where the next page begins (`before`); null: there is none.
    next: Option<String>,
}

/// The parameters by which lines are chosen: those of the page.
pub(super) const FILTER: [&str; 5] = ["who", "action", "from", "to", "q"];

/// Which lines, from the parameters.
pub(super) fn audit_filter(params: &Params) -> Result<AuditFilter, ApiError> {
    let words: Vec<&str> = actions().collect();
    Ok(AuditFilter {
        who: params.text("who", NAME)?,
        action: params.word("action", &words)?.map(str::to_owned),
        from: params.since("from")?,
        to: params.until("to")?,
        text: params.text("q", TEXT)?,
        before: params.place("before")?,
    })
}

/// Lines of the audit log, newest first. One call looks for a text in 20,000 at most: go on from `next`.
#[utoipa::path(get, path = "/api/audit", operation_id = "audit", tag = "audit",
    params(
        ("who" = Option<String>, Query, max_length = 70, description = "of this one: a user's name, or `token NAME`"),
        ("action" = Option<String>, Query, description = "of this action: sign_in, user_role …"),
        ("from" = Option<String>, Query, description = "at or after: 2026-11-20T21:10:00Z, or 2026-11-20T16:10 on the exchange's clock"),
        ("to" = Option<String>, Query, description = "before; without a zone, up to the end of that second or day on the exchange's clock"),
        ("q" = Option<String>, Query, max_length = 200, description = "with this text"),
        ("before" = Option<String>, Query, description = "what an answer gave as `next`"),
        ("limit" = Option<i64>, Query, minimum = 1, maximum = 500, description = "100 unless told")
    ),
    responses((status = 200, body = AuditList), (status = 400, body = Refusal), (status = 503, body = Refusal)))]
pub async fn list(State(app): State<App>, params: Params) -> Result<Json<AuditList>, ApiError> {
    let known = [&FILTER[..], &["before", "limit"]].concat();
    let filter = audit_filter(params.only(&known)?)?;
    let limit = params.whole("limit", 1..=500)?.unwrap_or(100);
    let found = app.store.audit_log(&filter, u32::try_from(limit).unwrap_or(100)).await?;
    let audit = found.entries.iter().map(AuditOf::of).collect();
    Ok(Json(AuditList { success: true, audit, next: found.next.map(|next| next.to_string()) }))
}
