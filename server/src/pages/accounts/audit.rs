//! What the page of the audit log shows.

use crate::asked;
use crate::state::App;
use crate::store::StoreError;
use ::app::accounts::{Audit, AuditFilter, AuditLine};
use ::app::archive::Facts;

/// A page of it. Of a wrong address what can be understood of it.
pub(super) async fn read(app: &App, query: &str, facts: &Facts) -> Result<Audit, StoreError> {
    let (filter, errors) = AuditFilter::read(query);
    let most = u32::try_from(Audit::ROWS).unwrap_or(u32::MAX);
    let found = app.store.audit_log(&asked::audit(&filter, &facts.exchange), most).await?;
    let line = |entry: crate::store::accounts::audit::Entry| AuditLine {
        at: entry.at,
        who: entry.who,
        role: entry.role,
        address: entry.address,
        action: entry.action,
        subject: entry.subject,
        outcome: entry.outcome,
        before: entry.before,
        after: entry.after,
    };
    Ok(Audit {
        filter,
        errors,
        rows: found.entries.into_iter().map(line).collect(),
        next: found.next.and_then(|next| u64::try_from(next).ok()),
    })
}
