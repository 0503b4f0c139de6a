//! The sentences of nights that did not end well: failed, or cancelled.

use crate::format::{count, percent};
use domain::phase::Phase;
use domain::record::{FailureCode, PhaseStatus, RunStatus, Unit};
use domain::verdict::RunView;
use domain::words::code_in_words;

pub(super) fn failed(view: &RunView, phase: Option<&Phase>, codes: &[FailureCode]) -> String {
    if view.run.status == RunStatus::Success {
        return failed_by_figures(view, phase, codes);
    }
    let stopped =
        phase.map_or_else(|| "The run stopped".to_owned(), |phase| format!("{} stopped", phase.label()));
    let why = match (cause(codes), reason(view)) {
        (Some(cause), _) => format!(": {cause}."),
        (None, Some(reason)) => format!(": {reason}"),
        (None, None) => ".".to_owned(),
    };
    let done: Vec<String> = view
        .phases
        .iter()
        .filter(|(other, _)| other.status == PhaseStatus::Done && Some(&other.phase) != phase)
        .map(|(other, _)| other.phase.noun())
        .collect();
    match done.as_slice() {
        [] => format!("{stopped}{why}"),
        [one] => format!("{stopped}{why} {} is complete.", capital(one)),
        [first @ .., last] => {
            format!("{stopped}{why} {} and {last} are complete.", capital(&first.join(", ")))
        }
    }
}

/// The producer calls it a success, the figures do not.
fn failed_by_figures(view: &RunView, phase: Option<&Phase>, codes: &[FailureCode]) -> String {
    let (symbols, failed) = (view.symbols(), view.failed());
    let why = cause(codes).map(|cause| format!(": {cause}")).unwrap_or_default();
    if failed < symbols {
        return format!("Only {} of {} symbols came through{why}.", count(symbols - failed), count(symbols));
    }
    let place = phase.map_or_else(|| "the run".to_owned(), Phase::noun);
    format!("Not one of {} symbols came through {place}{why}.", count(symbols))
}

/// "could not write (188 times)".
fn cause(codes: &[FailureCode]) -> Option<String> {
    let worst = codes.first()?;
    let times = if worst.count == 1 { "once".to_owned() } else { format!("{} times", count(worst.count)) };
    Some(format!("{} ({times})", code_in_words(&worst.code)))
}

/// The producer's own words, closed with a full stop.
pub(super) fn reason(view: &RunView) -> Option<String> {
    let words = view.run.reason.as_deref()?.trim();
    (!words.is_empty()).then(|| format!("{}.", words.trim_end_matches('.')))
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        std::iter::once(first.to_ascii_uppercase()).chain(letters).collect()
    })
}

pub(super) fn cancelled(view: &RunView, whole: Option<u8>) -> String {
    let by = view.run.cancel.as_ref().map_or_else(|| "Stopped".to_owned(), |by| format!("By {},", by.who));
    let at = whole.map_or_else(
        || format!("{}.", by.trim_end_matches(',')),
        |whole| format!("{by} at {}.", percent(whole)),
    );
    let (failed, counted) = (view.failed(), view.run.left.map(|(then, _)| then));
    let left = view
        .current()
        .filter(|(phase, _)| phase.unit == Unit::Symbols)
        .map_or(0, |(phase, progress)| phase.total.saturating_sub(progress.processed()));
    let left = counted.map_or(left, |then| then.saturating_sub(failed));
    let rest = match left {
        0 => String::new(),
        1 => " 1 symbol was not processed.".to_owned(),
        left => format!(" {} symbols were not processed.", count(left)),
    };
    let why = reason(view).map(|why| format!(" {why}")).unwrap_or_default();
    let failed =
        if counted.is_some() && failed > 0 { format!(" {} failed.", count(failed)) } else { String::new() };
    format!("{at}{rest}{failed}{why}")
}
