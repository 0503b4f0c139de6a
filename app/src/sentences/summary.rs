//! The night in five lines of plain text, for the team's chat.

use super::{failures, lasted};
use crate::format::{count, hm, night, plural, thousands};
use domain::record::{FailureCode, Trigger};
use domain::time::Zone;
use domain::verdict::{RunView, Verdict};
use domain::words::code_in_words;

/// Night and verdict, end, counts, failures by cause, who started it. A line that nothing is known for is left out.
#[must_use]
pub fn summary(
    verdict: &Verdict,
    view: &RunView,
    codes: &[FailureCode],
    zone: &Zone,
    exchange: &Zone,
) -> String {
    let run = &view.run;
    let mut lines = vec![format!("Night of {}: {}", night(run.night), verdict.word())];
    if let Some(end) = run.ended {
        let there = if zone.agrees_with(exchange, end) {
            String::new()
        } else {
            format!(" ({} {})", hm(end, exchange), exchange.label)
        };
        lines.push(format!("Ended {}{there} after {}", hm(end, zone), lasted(view)));
    }
    let made = [(run.records, "records"), (run.indicators, "indicators"), (run.patterns, "patterns")];
    let mut counts = vec![format!("{} {}", count(view.symbols()), plural(view.symbols(), "symbol"))];
    counts.extend(
        made.into_iter()
            .filter(|(made, _)| *made > 0)
            .map(|(made, what)| format!("{} {what}", thousands(made))),
    );
    lines.push(counts.join(", "));
    let causes: Vec<String> = codes
        .iter()
        .take(4)
        .map(|code| format!("{} × {}", count(code.count), code_in_words(&code.code)))
        .collect();
    let why = if causes.is_empty() { String::new() } else { format!(": {}", causes.join(", ")) };
    let failures = failures(view);
    lines.push(if failures.is_empty() { "0 failed".to_owned() } else { failures + &why });
    lines.extend(run.trigger.map(|trigger| match trigger {
        Trigger::Schedule => "Started by the schedule".to_owned(),
        Trigger::Manual => "Started by hand".to_owned(),
    }));
    lines.join("\n")
}
