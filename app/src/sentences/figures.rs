//! The four figures that matter in a state: value first, then label, so that they read alike at the desk and on the phone.

use super::before::figures_before;
use super::lasted;
use crate::format::{count, duration_exact, hm, night, plural, thousands};
use domain::phase::Phase;
use domain::record::{FailureCode, Unit};
use domain::time::{Millis, Zone};
use domain::verdict::{RunView, Verdict};
use domain::words::code_in_words;

/// A figure under the sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// The value, in bold.
    pub value: String,
    /// What it is.
    pub label: String,
    /// In red.
    pub bad: bool,
}

pub(super) fn figure(value: impl Into<String>, label: impl Into<String>) -> Figure {
    Figure { value: value.into(), label: label.into(), bad: false }
}

/// The figures of a verdict at `now`, at most four.
#[must_use]
pub fn figures(
    verdict: &Verdict,
    view: Option<&RunView>,
    codes: &[FailureCode],
    now: Millis,
    zone: &Zone,
) -> Vec<Figure> {
    let Some(view) = view else { return Vec::new() };
    match verdict {
        Verdict::Listening => Vec::new(),
        Verdict::Running { .. } => going_on(view, now, true),
        Verdict::Silent { .. } | Verdict::Cancelling { .. } => going_on(view, now, false),
        Verdict::Complete | Verdict::CompleteAfterRetry => complete(view),
        Verdict::ToRetry { .. } => to_retry(view, codes, zone),
        Verdict::Failed { phase } => failed(view, phase.as_ref(), zone),
        Verdict::Cancelled { .. } | Verdict::Skipped => stopped(view, zone),
        _ => figures_before(verdict, view),
    }
}

/// `heard`: the producer still speaks, so its pace is one.
fn going_on(view: &RunView, now: Millis, heard: bool) -> Vec<Figure> {
    let mut figures = Vec::new();
    if let Some((phase, progress)) = view.current() {
        let of = if phase.total > 0 { format!(" of {}", count(phase.total)) } else { String::new() };
        let what = if phase.unit == Unit::Steps { "steps" } else { "processed" };
        figures.push(figure(format!("{}{of}", count(progress.processed())), what));
        figures.push(failures(view));
        if let Some(rate) = progress.rate().filter(|_| heard && phase.unit == Unit::Symbols) {
            figures.push(figure(format!("{}/min", count(rate)), "over the last minute"));
        }
    }
    let label = if view.run.adopted { "seen" } else { "elapsed" };
    figures.push(figure(duration_exact(now - view.run.started), label));
    figures
}

/// "3 failed (1 new)".
fn failures(view: &RunView) -> Figure {
    let label = match view.run.newly {
        Some(newly) if newly > 0 => format!("failed ({} new)", count(newly)),
        _ => "failed".to_owned(),
    };
    Figure { value: count(view.failed()), label, bad: view.failed() > 0 }
}

fn complete(view: &RunView) -> Vec<Figure> {
    let run = &view.run;
    let made = [(run.records, "records"), (run.indicators, "indicators"), (run.patterns, "patterns")];
    // That an import brought nothing new is no detail.
    let imported = view.phases.iter().any(|(phase, _)| phase.phase == Phase::Import);
    let mut figures: Vec<Figure> = made
        .into_iter()
        .filter(|(made, label)| *made > 0 || (imported && *label == "records"))
        .map(|(made, label)| figure(thousands(made), label))
        .collect();
    let failed = view.left();
    let label = match (failed, run.newly.map(|newly| newly.saturating_sub(run.repaired_new))) {
        (1, Some(0)) => "failure, known".to_owned(),
        (2, Some(0)) => "failures, both known".to_owned(),
        (3.., Some(0)) => "failures, all known".to_owned(),
        _ => plural(failed, "failure"),
    };
    figures.push(figure(count(failed), label));
    figures
}

fn to_retry(view: &RunView, codes: &[FailureCode], zone: &Zone) -> Vec<Figure> {
    let by_cause = codes.iter().take(2).map(|code| figure(count(code.count), code_in_words(&code.code)));
    let mut figures: Vec<Figure> = by_cause.collect();
    if figures.is_empty() {
        figures.push(failures(view));
    }
    figures.push(figure(lasted(view), "from start to end"));
    figures.extend(view.run.ended.map(|end| figure(hm(end, zone), "ended")));
    figures
}

fn failed(view: &RunView, phase: Option<&Phase>, zone: &Zone) -> Vec<Figure> {
    let mut figures = Vec::new();
    let failed = view.failed();
    if failed > 0 {
        let have = if failed == 1 { "symbol has" } else { "symbols have" };
        let what = match phase {
            Some(Phase::Import) => "prices".to_owned(),
            Some(phase @ (Phase::Indicators | Phase::Patterns)) => phase.noun(),
            _ => "complete data".to_owned(),
        };
        let label = format!("{have} no {what} for {}", night(view.run.night));
        figures.push(Figure { value: count(failed), label, bad: true });
    }
    figures.push(figure(lasted(view), "from start to end"));
    figures.push(figure(hm(view.run.started, zone), if view.run.adopted { "first seen" } else { "began" }));
    figures
}

fn stopped(view: &RunView, zone: &Zone) -> Vec<Figure> {
    let mut figures = Vec::new();
    if view.failed() > 0 {
        figures.push(failures(view));
    }
    figures.push(figure(lasted(view), "from start to end"));
    figures.push(figure(hm(view.run.started, zone), if view.run.adopted { "first seen" } else { "began" }));
    figures
}
