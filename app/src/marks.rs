//! A run in a list of nights: its square, its word and its figures. Pure; the page Tonight shows them live, the archive as they were.

use crate::format::count;
use domain::record::{PAST, RunRecord, Trigger};
use domain::time::Millis;
use domain::verdict::{self, RunView, Verdict};

/// The verdict of a run, by the rule of the one above. Silence is for that one and for what is past; else a run that has not
/// ended is running.
#[must_use]
pub fn judged(view: &RunView, now: Millis) -> Verdict {
    verdict::judge(Some(view), if view.slot >= PAST || view.faded(now) { now } else { view.run.started })
}

/// "3 (1 new)".
#[must_use]
pub fn failures(view: &RunView) -> String {
    let failed = view.failed();
    match view.run.newly {
        Some(newly) if newly > 0 => format!("{} ({} new)", count(failed), count(newly)),
        _ => count(failed),
    }
}

/// Who started it.
#[must_use]
pub fn trigger(run: &RunRecord) -> &'static str {
    match run.trigger {
        _ if run.retry_of.is_some() => "retry",
        Some(Trigger::Schedule) => "schedule",
        Some(Trigger::Manual) => "by hand",
        None => "",
    }
}

/// A verdict's square: by shape as well as by colour.
#[must_use]
pub fn mark(verdict: &Verdict, size: usize) -> String {
    let (inner, thick, bar, line) = (size - 1, size - 2, size - 8, size - 7);
    let outline = |class: &str| {
        format!("<rect class=\"nofill {class}\" x=\".5\" y=\".5\" width=\"{inner}\" height=\"{inner}\"/>")
    };
    match verdict {
        Verdict::Complete | Verdict::CompleteAfterRetry => {
            let foot = format!("<rect class=\"f-green\" x=\"4\" y=\"{line}\" width=\"{bar}\" height=\"3\"/>");
            format!("{}{foot}", outline("l-outline"))
        }
        Verdict::ToRetry { .. } => {
            let (top, high) = (size / 2 - 1, size / 2 - 3);
            format!(
                "{}<rect class=\"f-amber\" x=\"4\" y=\"{top}\" width=\"{bar}\" height=\"{high}\"/>",
                outline("l-amber")
            )
        }
        Verdict::Failed { .. } => format!("<rect class=\"f-red\" width=\"{size}\" height=\"{size}\"/>"),
        Verdict::Cancelled { .. } | Verdict::Skipped => outline("l-hair"),
        _ => {
            format!(
                "<rect class=\"nofill l-blue\" x=\"1\" y=\"1\" width=\"{thick}\" height=\"{thick}\" stroke-width=\"2\"/>"
            )
        }
    }
}
