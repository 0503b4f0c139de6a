//! The verdict in words: tone, big number, tab title, sentence. What can't be known is not said.
//!
//! Pure functions over a [`Verdict`], the run it judges and the two clocks, so that server and browser say the same and every
//! sentence has a test. The figures under the sentence are in `figures`, the text to copy in `summary`,
//! what the page says about its own link in [`link`].
//!
//! Tests: beside each; whole pages in `app/tests/states.rs`.

mod acts;
mod before;
pub mod command;
mod ended;
mod figures;
pub mod link;
mod summary;

pub use acts::{Act, NEW, SKIP, about_run, acts};
pub use before::{Known, before, last_failures, readiness};
pub use figures::{Figure, figures};
pub use summary::summary;

use crate::format::{count, duration, hm, hms, percent, plural, told, took, weekday};
use before::number_before;
use domain::forecast::Forecast;
use domain::phase::Phase;
use domain::record::{FailureCode, Unit};
use domain::time::{MINUTE, Millis, Zone};
use domain::verdict::{RunView, Verdict};
use ended::{cancelled, failed, reason};

/// The clocks that a sentence is told by: the viewer's, and the exchange's beside it.
#[derive(Clone, Copy, Debug)]
pub struct Clocks<'a> {
    /// The moment up to which the work is known.
    pub now: Millis,
    /// The viewer's.
    pub here: &'a Zone,
    /// The exchange's.
    pub exchange: &'a Zone,
}

impl Clocks<'_> {
    fn told(&self, at: Millis) -> String {
        told(at, self.here, self.exchange)
    }

    /// The same to the second.
    fn told_exactly(&self, at: Millis) -> String {
        if self.here.agrees_with(self.exchange, at) {
            return hms(at, self.here);
        }
        format!("{} ({} {})", hms(at, self.here), hms(at, self.exchange), self.exchange.label)
    }
}

/// The tone of a verdict: the class that sets its colours.
#[must_use]
pub fn tone(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Running { .. } => "tone-blue",
        Verdict::Complete | Verdict::CompleteAfterRetry => "tone-green",
        Verdict::ToRetry { .. } | Verdict::Silent { dead: false, .. } => "tone-amber",
        Verdict::Failed { .. } | Verdict::DidNotStart { .. } | Verdict::Silent { dead: true, .. } => {
            "tone-red"
        }
        _ => "tone-ink",
    }
}

/// The big number beside the word.
#[must_use]
pub fn number(verdict: &Verdict, view: Option<&RunView>, now: Millis, zone: &Zone) -> Option<String> {
    let end = || view.and_then(|view| view.run.ended).map(|end| hm(end, zone));
    match verdict {
        Verdict::Listening => None,
        Verdict::Running { percent: whole, .. } | Verdict::Cancelling { percent: whole } => {
            whole.map(percent)
        }
        Verdict::Silent { quiet, .. } => Some(duration(*quiet)),
        Verdict::ToRetry { failed } => Some(count(*failed)),
        Verdict::Complete
        | Verdict::CompleteAfterRetry
        | Verdict::Failed { .. }
        | Verdict::Cancelled { .. }
        | Verdict::Skipped => end(),
        _ => number_before(verdict, now, zone),
    }
}

/// The tab's title.
#[must_use]
pub fn title(verdict: &Verdict, view: Option<&RunView>, now: Millis, zone: &Zone) -> String {
    let number = number(verdict, view, now, zone).unwrap_or_default();
    let words = match verdict {
        Verdict::Listening => "Listening".to_owned(),
        Verdict::Running { percent: whole, phase, .. } => {
            // Every 5 %: a title that changes with each symbol is noise in a row of tabs.
            let step = whole.map(|whole| percent(whole - whole % 5)).unwrap_or_default();
            let phase = phase.as_ref().map_or_else(|| "Running".to_owned(), Phase::label);
            format!("{step} {phase}")
        }
        Verdict::Silent { .. } => format!("! Silent {number}"),
        Verdict::Complete | Verdict::CompleteAfterRetry => format!("OK {number}"),
        Verdict::ToRetry { failed } => format!("{} to retry", count(*failed)),
        Verdict::Failed { .. } => format!("! Failed {number}"),
        Verdict::Waiting { .. } => format!("{number} next"),
        Verdict::Due { at } => format!("Due {}", hm(*at, zone)),
        Verdict::DidNotStart { .. } => "! Not started".to_owned(),
        _ => format!("{} {number}", verdict.word()),
    };
    words.trim().to_owned()
}

/// The sentence under the word, about the run that has it ([`before()`] is about none). Listening has its own, which is about the link and not about a run: see `components/listening.rs`.
#[must_use]
pub fn sentence(
    verdict: &Verdict,
    view: Option<&RunView>,
    codes: &[FailureCode],
    clocks: Clocks<'_>,
) -> String {
    let Some(view) = view else { return String::new() };
    match verdict {
        Verdict::Listening => String::new(),
        Verdict::Running { phase, forecast, .. } => running(view, phase.as_ref(), *forecast, clocks),
        Verdict::Cancelling { .. } => view.run.cancel.as_ref().map_or_else(String::new, |by| {
            format!("Asked by {} at {}; waiting for the producer.", by.who, hms(by.at, clocks.here))
        }),
        Verdict::Silent { dead: true, quiet, .. } => format!(
            "Nothing for {}. The producer has probably died; symbols processed so far are kept.",
            duration(*quiet)
        ),
        Verdict::Silent { phase, patience, .. } => silent(view, phase.as_ref(), *patience, clocks.here),
        Verdict::Complete => complete(view),
        Verdict::CompleteAfterRetry => {
            let repaired = view.run.left.map_or(view.run.repaired, |(then, _)| then);
            let who = plural(repaired, "symbol");
            let words =
                format!("Complete after retry: {} {who} came through the second time", count(repaired));
            format!("{words}{}.", accepted(view))
        }
        Verdict::ToRetry { failed } => to_retry(view, *failed),
        Verdict::Failed { phase } => failed(view, phase.as_ref(), codes),
        Verdict::Cancelled { percent: whole } => cancelled(view, *whole),
        Verdict::Skipped => reason(view).unwrap_or_else(|| "The producer skipped tonight’s run.".to_owned()),
        _ => String::new(),
    }
}

fn running(view: &RunView, phase: Option<&Phase>, forecast: Forecast, clocks: Clocks<'_>) -> String {
    let doing = phase.map_or_else(|| "The run has begun".to_owned(), Phase::doing);
    if view.heard() < view.listening {
        // Known from the log: what it has done since, nobody here has heard.
        let (heard, since) = (clocks.told(view.heard()), clocks.told(view.listening));
        return format!(
            "{doing}, as of {heard}; nothing was heard of it since listening began again at {since}."
        );
    }
    if view.run.adopted {
        let since = clocks.told(view.run.started);
        return format!("{doing}, seen since {since}: its start was not heard, so its end can’t be told.");
    }
    match forecast {
        Forecast::OwnPace { end } if end <= clocks.now => {
            format!("{doing}, later than this run’s pace told: it was to be done by now.")
        }
        Forecast::OwnPace { end } => {
            // A night of a few minutes ends at a second, not at a minute.
            let short = end - view.run.started < 10 * MINUTE;
            let about = if short { clocks.told_exactly(end) } else { clocks.told(end) };
            format!("{doing}, done about {about}, from this run’s pace.")
        }
        Forecast::TooEarly => format!("{doing}, too early to say when it will be done."),
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
    let symbols = view.symbols();
    let what = if symbols > 0 {
        format!("{} {}, ", count(symbols), plural(symbols, "symbol"))
    } else {
        String::new()
    };
    let accepted = view
        .run
        .accepted
        .as_ref()
        .map_or_else(String::new, |by| format!("; {} failed, accepted by {}", count(by.count), by.who));
    // Of a retry it is not known what the rest of the night is like.
    let whose = match &view.run.retry_of {
        Some(_) => "The retry".to_owned(),
        None => format!("{}’s data", weekday(view.run.night)),
    };
    format!("{whose} is complete: {what}{}{accepted}.", lasted(view))
}

/// "; 12 failed, accepted by ann".
fn accepted(view: &RunView) -> String {
    let by = view.run.accepted.as_ref();
    by.map_or_else(String::new, |by| format!("; {} failed, accepted by {}", count(by.count), by.who))
}

/// How long the run took, as far as it was seen.
fn lasted(view: &RunView) -> String {
    let span = took(view.run.started, view.run.ended.unwrap_or(view.run.started));
    if view.run.adopted { format!("{span} of it seen") } else { span }
}

fn to_retry(view: &RunView, failed: u32) -> String {
    let symbols = view.symbols();
    let complete = format!("{} of {} complete", count(symbols.saturating_sub(failed)), count(symbols));
    let (left, run) = (view.left(), &view.run);
    let newly = run.newly.map(|newly| newly.saturating_sub(run.repaired_new));
    let parts = [
        (newly.unwrap_or(0), "newly failing"),
        (newly.map_or(0, |newly| left.saturating_sub(newly)), "also failed the night before"),
        (if newly.is_some() { 0 } else { left }, "failed"),
        (run.missing, "not reported"),
        (run.repaired, "came through the second time"),
    ];
    format!("{complete}. {}.", numbered(&parts, "; "))
}

/// "7 failed (3 new tonight, 4 also last night), 2 not reported": parts only where there is something of them.
#[must_use]
pub fn failures(view: &RunView) -> String {
    let run = &view.run;
    let known = run.newly.map(|newly| {
        let again = run.failing.saturating_sub(newly);
        numbered(&[(newly, "new tonight"), (again, "also last night")], ", ")
    });
    let aside = known.filter(|known| !known.is_empty()).map(|known| format!(" ({known})"));
    let failed = format!("failed{}", aside.unwrap_or_default());
    let parts = [
        (view.failed(), &*failed),
        (run.missing, "not reported"),
        (run.repaired, "came through the second time"),
    ];
    numbered(&parts, ", ")
}

/// "3 new tonight, 4 also last night".
fn numbered(parts: &[(u32, &str)], between: &str) -> String {
    let some = parts.iter().filter(|(number, _)| *number > 0);
    some.map(|(number, what)| format!("{} {what}", count(*number))).collect::<Vec<_>>().join(between)
}
