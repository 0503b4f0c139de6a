//! What a command would come to: symbols, phases, how long, what could stop it, what is due all the same.

use super::ask::Ask;
use crate::archive::Facts;
use crate::format::{count, duration, plural, time};
use crate::view::{Part, part};
use domain::command::CommandKind;
use domain::phase::Phase;
use domain::time::{Millis, SECOND};
use domain::words::code_in_words;
use leptos::prelude::*;

/// Most symbols that are named.
const NAMED: usize = 12;

/// How long it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usual {
    /// Comparable runs took so long: the median, what four of five kept within, and how many they were.
    Of(Millis, Millis, usize),
    /// The last comparable one took so long.
    Last(Millis),
    /// By the pace of the run that it is about.
    Pace(Millis),
}

/// What it comes to.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many symbols; 0: not known.
    pub count: u32,
    /// The first of them, each with why it is left.
    pub symbols: Vec<(String, String)>,
    /// What is left of the run, in parts that can be asked for alone: the field and its value that do, and how many.
    pub parts: Vec<(&'static str, String, u32)>,
    /// Which phases.
    pub phases: Vec<Phase>,
    /// How long.
    pub usual: Option<Usual>,
    /// What stands in its way.
    pub blocked: Option<String>,
    /// When the schedule asks for a run all the same, where that is within a day.
    pub due: Option<Millis>,
}

/// Label and what it is, line by line.
pub(super) fn facts_of(ask: &Ask, page: &Facts) -> Part {
    let mut facts: Vec<(&'static str, String)> = Vec::new();
    if let Some(plan) = &ask.plan {
        if let Some(symbols) = symbols(ask, plan) {
            facts.push(("Symbols", symbols));
        }
        if !plan.phases.is_empty() {
            let nouns: Vec<String> = plan.phases.iter().map(Phase::noun).collect();
            let words = match (ask.kind, nouns.as_slice()) {
                (CommandKind::Retry, [one]) => format!("from {one} on"),
                _ => nouns.join(", "),
            };
            facts.push(("Phases", words));
        }
        if !matches!(ask.kind, CommandKind::Cancel | CommandKind::Accept) {
            facts.push(("Usually", usually(plan.usual)));
        }
        if let Some(words) = after(ask.kind) {
            facts.push(("After it", words.to_owned()));
        }
        if let Some(due) = plan.due {
            let when = time(due, page.now, page.zone(), &page.exchange);
            facts.push((
                "Due all the same",
                format!("{when}, by the schedule; refused while this run goes on."),
            ));
        }
        if plan.blocked.is_none() {
            facts.push(("Could stop it", stopped_by(ask).to_owned()));
        }
    }
    if ask.kind != CommandKind::Accept {
        facts.push(("Way", format!("{}.", ask.way)));
    }
    let row = |(label, words): (&'static str, String)| view! { <div><dt>{label}</dt><dd>{words}</dd></div> };
    part(view! { <dl class="plan">{facts.into_iter().map(row).collect_view()}</dl> })
}

/// What is so when it is done.
fn after(kind: CommandKind) -> Option<&'static str> {
    match kind {
        CommandKind::Cancel => Some("What was processed so far is kept; what is left can be retried."),
        CommandKind::Accept => {
            Some("The night counts as complete, with your name and note. Nothing is sent to the producer.")
        }
        _ => None,
    }
}

fn symbols(ask: &Ask, plan: &Plan) -> Option<String> {
    if plan.symbols.is_empty() && ask.kind.starts() && plan.count > 0 {
        return Some(format!("about {}, as the last time", count(plan.count)));
    }
    if plan.symbols.is_empty() {
        return (plan.count > 0).then(|| format!("{} {}", count(plan.count), plural(plan.count, "symbol")));
    }
    let named: Vec<String> = match ask.value("code") {
        "" => plan
            .symbols
            .iter()
            .take(NAMED)
            .map(|(name, code)| format!("{name} ({})", code_in_words(code)))
            .collect(),
        _ => plan.symbols.iter().take(NAMED).map(|(name, _)| name.clone()).collect(),
    };
    let rest = usize::try_from(plan.count).unwrap_or(0).saturating_sub(named.len());
    let rest = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    Some(format!("{}: {}{rest}", count(plan.count), named.join(", ")))
}

fn usually(usual: Option<Usual>) -> String {
    match usual {
        Some(Usual::Of(median, late, runs)) => {
            format!("{} (to {}), by the last {runs} comparable runs", duration(median), duration(late))
        }
        Some(Usual::Last(span)) => format!("the last one took {}", duration(span)),
        Some(Usual::Pace(span)) => format!("about {}, by this run’s pace", duration(span.max(SECOND))),
        None => "not known: no comparable run is kept".to_owned(),
    }
}

fn stopped_by(ask: &Ask) -> &'static str {
    match ask.kind {
        CommandKind::Run if ask.value("skip_market_check").is_empty() => {
            "Any other run that begins before it, or the producer’s market check."
        }
        CommandKind::Cancel => "The run’s own end, should it come first.",
        CommandKind::Accept => "A symbol that fails later: then it is to be looked at anew.",
        _ => "Any other run that begins before it.",
    }
}
