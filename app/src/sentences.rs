//! The verdict in words: the big number, the sentence, the figures, the title. What can't be known is not said.

use crate::format::{count, duration, duration_exact, hm, hms, night, percent, plural, thousands, weekday};
use domain::forecast::Forecast;
use domain::phase::Phase;
use domain::record::{FailureCode, PhaseStatus, Unit};
use domain::time::{MINUTE, Millis, Zone};
use domain::verdict::{RunView, Verdict};
use domain::words::code_in_words;

/// A figure under the sentence: value, label, and whether it is bad.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The value, in bold.
    pub value: String,
    /// What it is.
    pub label: String,
    /// In red.
    pub bad: bool,
}

fn figure(value: impl Into<String>, label: impl Into<String>) -> Figure {
    Figure { value: value.into(), label: label.into(), bad: false }
}

/// The tone of a verdict: the class that sets its colours.
#[must_use]
pub fn tone(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Running { .. } => "tone-blue",
        Verdict::Complete => "tone-green",
        Verdict::ToRetry { .. } | Verdict::Silent { dead: false, .. } => "tone-amber",
        Verdict::Failed { .. } | Verdict::Silent { dead: true, .. } => "tone-red",
        Verdict::Listening | Verdict::Cancelled { .. } | Verdict::Skipped => "tone-ink",
    }
}

/// The big number beside the word.
#[must_use]
pub fn number(verdict: &Verdict, view: Option<&RunView>, zone: &Zone) -> Option<String> {
    let end = || view.and_then(|view| view.run.ended).map(|end| hm(end, zone));
    match verdict {
        Verdict::Listening => None,
        Verdict::Running { percent: whole, .. } => whole.map(percent),
        Verdict::Silent { quiet, .. } => Some(duration(*quiet)),
        Verdict::ToRetry { failed } => Some(count(*failed)),
        Verdict::Complete | Verdict::Failed { .. } | Verdict::Cancelled { .. } | Verdict::Skipped => end(),
    }
}

/// The tab's title.
#[must_use]
pub fn title(verdict: &Verdict, view: Option<&RunView>, zone: &Zone) -> String {
    let number = number(verdict, view, zone).unwrap_or_default();
    match verdict {
        Verdict::Listening => "Listening".to_owned(),
        Verdict::Running { percent: whole, phase, .. } => {
            // Every 5 %: a title that changes with each symbol is noise in a row of tabs.
            let step = whole.map(|whole| percent(whole - whole % 5)).unwrap_or_default();
            let phase = phase.as_ref().map_or_else(|| "Running".to_owned(), Phase::label);
            format!("{step} {phase}").trim().to_owned()
        }
        Verdict::Silent { .. } => format!("! Silent {number}"),
        Verdict::Complete => format!("OK {number}"),
        Verdict::ToRetry { failed } => format!("{} to retry", count(*failed)),
        Verdict::Failed { .. } => format!("! Failed {number}"),
        Verdict::Cancelled { .. } => format!("Cancelled {number}"),
        Verdict::Skipped => format!("Skipped {number}"),
    }
}

/// The sentence under the word. `Listening` has its own, see the page.
#[must_use]
pub fn sentence(verdict: &Verdict, view: Option<&RunView>, codes: &[FailureCode], zone: &Zone) -> String {
    let Some(view) = view else { return String::new() };
    match verdict {
        Verdict::Listening => String::new(),
        Verdict::Running { phase, forecast, .. } => running(view, phase.as_ref(), *forecast, zone),
        Verdict::Silent { dead: true, quiet, .. } => format!(
            "Nothing for {}. The producer has probably died; symbols processed so far are kept.",
            duration(*quiet)
        ),
        Verdict::Silent { phase, patience, .. } => silent(view, phase.as_ref(), *patience, zone),
        Verdict::Complete => complete(view),
        Verdict::ToRetry { failed } => to_retry(view, *failed),
        Verdict::Failed { phase } => failed(view, phase.as_ref(), codes),
        Verdict::Cancelled { percent: whole } => cancelled(view, *whole),
        Verdict::Skipped => view.run.reason.clone().unwrap_or_else(|| "The producer skipped tonight’s run.".to_owned()),
    }
}

fn running(view: &RunView, phase: Option<&Phase>, forecast: Forecast, zone: &Zone) -> String {
    let doing = phase.map_or_else(|| "The run has begun".to_owned(), Phase::doing);
    if view.run.adopted {
        let since = hm(view.run.started, zone);
        return format!("{doing}. Seen since {since}: what came before was not heard, so its pace is not known.");
    }
    match forecast {
        Forecast::OwnPace { end } => format!("{doing}, done about {}, from this run’s pace.", hm(end, zone)),
        Forecast::TooEarly => format!("{doing}. Too early to say when it will be done."),
        Forecast::Unknown => format!("{doing}."),
    }
}

fn silent(view: &RunView, phase: Option<&Phase>, patience: Millis, zone: &Zone) -> String {
    let place = phase.map(|phase| format!(" in {}", phase.noun())).unwrap_or_default();
    let position = view.current().map(|(phase, progress)| {
        let noun = if phase.unit == Unit::Steps { "step" } else { "symbol" };
        let total = if phase.total > 0 { format!(" of {}", count(phase.total)) } else { String::new() };
        format!(", after {}{total} {}", count(progress.processed()), plural(phase.total.max(2), noun))
    });
    let heard = hms(view.heard(), zone);
    format!(
        "Last message at {heard}{place}{}. This phase is normally quiet for up to {}.",
        position.unwrap_or_default(),
        duration(patience)
    )
}

fn complete(view: &RunView) -> String {
    let what = if view.symbols() > 0 {
        format!("{} {}, ", count(view.symbols()), plural(view.symbols(), "symbol"))
    } else {
        String::new()
    };
    format!("{}’s data is complete: {what}{}{}.", weekday(view.run.night), took(view), seen(view))
}

/// How long the run took: its own words on a run that was seen from its start.
fn took(view: &RunView) -> String {
    let span = view.run.ended.unwrap_or(view.run.started) - view.run.started;
    if span < 10 * MINUTE { duration_exact(span) } else { duration(span) }
}

fn seen(view: &RunView) -> &'static str {
    if view.run.adopted { " of it seen" } else { "" }
}

fn to_retry(view: &RunView, failed: u32) -> String {
    let symbols = view.symbols();
    let complete = format!("{} of {} complete", count(symbols.saturating_sub(failed)), count(symbols));
    match view.run.newly {
        Some(newly) => {
            let known = failed.saturating_sub(newly);
            format!("{complete}. {} newly failing, {} also failed the night before.", count(newly), count(known))
        }
        None => format!("{complete}, {} failed.", count(failed)),
    }
}

fn failed(view: &RunView, phase: Option<&Phase>, codes: &[FailureCode]) -> String {
    let stopped = phase.map_or_else(|| "The run stopped".to_owned(), |phase| format!("{} stopped", phase.label()));
    let why = match (codes.first(), &view.run.reason) {
        (Some(worst), _) => format!(": {} ({})", code_in_words(&worst.code), times(worst.count)),
        (None, Some(reason)) => format!(": {reason}"),
        (None, None) => String::new(),
    };
    let done: Vec<String> = view
        .phases
        .iter()
        .filter(|(other, _)| other.status == PhaseStatus::Done && Some(&other.phase) != phase)
        .map(|(other, _)| other.phase.noun())
        .collect();
    match done.as_slice() {
        [] => format!("{stopped}{why}."),
        [one] => format!("{stopped}{why}. {} is complete.", capital(one)),
        [first @ .., last] => format!("{stopped}{why}. {} and {last} are complete.", capital(&first.join(", "))),
    }
}

fn times(count_of: u32) -> String {
    if count_of == 1 { "once".to_owned() } else { format!("{} times", count(count_of)) }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn cancelled(view: &RunView, whole: Option<u8>) -> String {
    let at = whole.map(|whole| format!("At {}. ", percent(whole))).unwrap_or_default();
    let left = view.current().map_or(0, |(phase, progress)| phase.total.saturating_sub(progress.processed()));
    let verb = if left == 1 { "was" } else { "were" };
    format!("{at}{} {} {verb} not processed.", count(left), plural(left, "symbol"))
}

/// The four figures that matter in this state.
#[must_use]
pub fn figures(verdict: &Verdict, view: Option<&RunView>, codes: &[FailureCode], now: Millis, zone: &Zone) -> Vec<Figure> {
    let Some(view) = view else { return Vec::new() };
    let failures = |label: &str| Figure { value: count(view.failed()), label: label.to_owned(), bad: view.failed() > 0 };
    let failed_label = match view.run.newly {
        Some(newly) if newly > 0 => format!("failed ({} new)", count(newly)),
        _ => "failed".to_owned(),
    };
    match verdict {
        Verdict::Running { .. } | Verdict::Silent { .. } => {
            let mut figures = Vec::new();
            if let Some((phase, progress)) = view.current() {
                let of = if phase.total > 0 { format!(" of {}", count(phase.total)) } else { String::new() };
                let what = if phase.unit == Unit::Steps { "steps" } else { "processed" };
                figures.push(figure(format!("{}{of}", count(progress.processed())), what));
                figures.push(failures(&failed_label));
                if let Some(rate) = progress.rate().filter(|_| phase.unit == Unit::Symbols) {
                    figures.push(figure(format!("{}/min", count(rate)), "over the last minute"));
                }
            }
            let label = if view.run.adopted { "seen" } else { "elapsed" };
            figures.push(figure(duration_exact(now - view.run.started), label));
            figures
        }
        Verdict::Complete => {
            let made = [(view.run.records, "records"), (view.run.indicators, "indicators"), (view.run.patterns, "patterns")];
            let mut figures: Vec<Figure> =
                made.iter().filter(|(made, _)| *made > 0).map(|(made, label)| figure(thousands(*made), *label)).collect();
            let known = view.run.newly == Some(0) && view.failed() > 0;
            let label = if known { "failures, all known".to_owned() } else { plural(view.failed().max(2), "failure") };
            figures.push(figure(count(view.failed()), label));
            figures
        }
        Verdict::ToRetry { .. } | Verdict::Failed { .. } => {
            let mut figures: Vec<Figure> = codes
                .iter()
                .take(2)
                .map(|code| Figure { value: count(code.count), label: code_in_words(&code.code), bad: true })
                .collect();
            if figures.is_empty() {
                figures.push(failures(&failed_label));
            }
            figures.push(figure(took(view), if view.run.adopted { "of it seen" } else { "from start to end" }));
            figures.push(figure(night(view.run.night), "is the night"));
            figures
        }
        Verdict::Cancelled { .. } | Verdict::Skipped => {
            vec![failures(&failed_label), figure(took(view), "from start to end"), figure(hm(view.run.started, zone), "began")]
        }
        Verdict::Listening => Vec::new(),
    }
}
