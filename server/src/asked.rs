//! What an address of the archive asks of the store. Pages read such an address leniently and the API refuses what it does not
//! understand, but both mean the same by it: that is said here, once.
//!
//! Tests: `server/tests/archive.rs`, which asks pages and files the same questions.

use crate::store::accounts::audit::AuditFilter;
use crate::store::read::events::EventFilter;
use crate::store::read::nights::{StoredNight, Stretch};
use app::accounts;
use app::archive::{self, Filter, Wanted};
use domain::time::{Millis, Zone};
use domain::verdict::judge;

/// The stretch of nights that a filter leaves.
#[must_use]
pub fn stretch(filter: &Filter) -> Stretch {
    let behind = filter.to.map(|to| to.saturating_add(1));
    let before = behind.into_iter().chain(filter.before).min();
    Stretch { from: filter.from, before }
}

/// Whether a night of that stretch is like that. Its verdict and who started it are those of the run that speaks for it; what is
/// searched for may stand in any of its runs. A run in progress is judged at `now`.
#[must_use]
pub fn fits(filter: &Filter, night: &StoredNight, now: Millis) -> bool {
    let Some(speaking) = night.speaking() else { return false };
    let wanted = |verdict: Wanted| verdict.fits(&judge(Some(&speaking.view), now));
    let sought = filter.q.as_ref().map(|text| text.to_lowercase());
    let said = |text: &str| {
        let mut runs = night.runs.iter().map(|run| &run.view.run);
        runs.any(|run| run.reason.iter().chain([&run.id]).any(|told| told.to_lowercase().contains(text)))
    };
    let works_on = |universe| night.runs.iter().any(|run| run.view.run.universes.contains(universe));
    filter.verdict.is_none_or(wanted)
        && filter.trigger.is_none_or(|trigger| speaking.view.run.trigger == Some(trigger))
        && filter.universe.as_ref().is_none_or(works_on)
        && sought.is_none_or(|text| said(&text))
}

/// Which messages of the log. Both ends of the time are meant, on the exchange's clock.
#[must_use]
pub fn events(filter: &archive::EventFilter, exchange: &Zone) -> EventFilter {
    EventFilter {
        run: filter.run.clone(),
        channel: filter.channel.clone(),
        name: filter.name.clone(),
        text: filter.q.clone(),
        from: filter.since(exchange),
        to: filter.until(exchange).map(|last| last.saturating_add(1)),
    }
}

/// Which lines of the audit log.
#[must_use]
pub fn audit(filter: &accounts::AuditFilter, exchange: &Zone) -> AuditFilter {
    let (from, to) = filter.span(exchange);
    AuditFilter {
        who: filter.who.clone(),
        action: filter.action.map(str::to_owned),
        from,
        to,
        text: filter.q.clone(),
        before: filter.before.and_then(|number| i64::try_from(number).ok()),
    }
}
