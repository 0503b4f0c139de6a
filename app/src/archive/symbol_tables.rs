//! The tables of a symbol's page: its nights phase by phase, its newest indicator values, the patterns found in it.

use super::Facts;
use super::parts::{link, number, run_address};
use super::squares::MOST as NIGHTS;
use super::symbol::{Fate, SymbolNight, result};
use crate::format::count;
use crate::view::{Part, part};
use domain::phase::Phase;
use domain::record::{Outcome, OutcomeStatus};
use domain::time::Millis;
use domain::words::{code_in_words, short_id};
use leptos::prelude::*;

/// Most phases that have a column.
const PHASES: usize = 6;
/// Most rows of values and of patterns.
const ROWS: usize = 200;

/// The newest value of an indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndicatorValue {
    /// Its type.
    pub name: String,
    /// Its timeframe; empty where none was told.
    pub frame: String,
    /// The value in short.
    pub value: String,
    /// When it came.
    pub at: Millis,
}

/// A pattern that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternFound {
    /// Its name.
    pub name: String,
    /// Its timeframe; empty where none was told.
    pub frame: String,
    /// From 0 to 1, if it was rated.
    pub confidence: Option<f64>,
    /// When it came.
    pub at: Millis,
}

/// A night's row: its fate, then each phase in words.
pub(super) fn nights(nights: &[SymbolNight], facts: &Facts) -> Part {
    let nights: Vec<&SymbolNight> = nights.iter().take(NIGHTS).collect();
    let mut phases: Vec<Phase> = Vec::new();
    for outcome in nights.iter().filter_map(|night| night.symbol.as_ref()).flat_map(|symbol| &symbol.outcomes)
    {
        if !phases.contains(&outcome.phase) && phases.len() < PHASES {
            phases.push(outcome.phase.clone());
        }
    }
    phases.sort_by_key(Phase::rank);
    let heads: Vec<Part> =
        phases.iter().map(|phase| part(view! { <th scope="col">{phase.label()}</th> })).collect();
    let rows: Vec<Part> = nights.into_iter().map(|night| row(night, &phases, facts)).collect();
    part(view! {
        <table class="ofsymbol">
            <thead>
                <tr>
                    <th scope="col">"Night"</th>
                    <th scope="col">"Run"</th>
                    <th scope="col">"Result"</th>
                    {heads}
                    <th scope="col" class="num">"Records"</th>
                    <th scope="col" class="num">"Time"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    })
}

fn row(night: &SymbolNight, phases: &[Phase], facts: &Facts) -> Part {
    let fate = Fate::of(night);
    let outcomes: &[Outcome] = night.symbol.as_ref().map_or(&[], |symbol| &symbol.outcomes);
    let cells: Vec<Part> = phases
        .iter()
        .map(|phase| {
            let outcome = outcomes.iter().find(|outcome| outcome.phase == *phase);
            let class = if outcome.is_some_and(|outcome| outcome.status == OutcomeStatus::Failed) {
                "phase bad"
            } else {
                "phase quiet"
            };
            let words = outcome.map(in_words).unwrap_or_default();
            let full = words.clone();
            part(view! { <td class=class data-head=phase.label() title=full>{words}</td> })
        })
        .collect();
    let newly = night.symbol.as_ref().is_some_and(|symbol| symbol.newly).then(|| view! { " "<b>"(new)"</b> });
    let records =
        outcomes.iter().find(|outcome| outcome.phase == Phase::Import).and_then(|outcome| outcome.made);
    let millis = outcomes.iter().filter_map(|outcome| outcome.millis).fold(0_u32, u32::saturating_add);
    let took = if millis > 0 { format!("{} ms", count(millis)) } else { String::new() };
    let inner = format!("<g class=\"px\">{}</g>", fate.drawing(14));
    let (run, id) = (run_address(&night.run), short_id(&night.run));
    let words = match &night.retry {
        Some(retry) => link(run_address(&retry.run), result(night, facts)),
        None => result(night, facts).into_any(),
    };
    part(view! {
        <tr>
            <th scope="row" class="night">{facts.night(night.night)}</th>
            <td class="run"><a class="link" href=run>{id}</a></td>
            <td class="word"><svg class="mk" width="14" height="14" aria-hidden="true" inner_html=inner></svg>{words}{newly}</td>
            {cells}
            <td class="num all" data-head="Records">{records.map(count).unwrap_or_default()}</td>
            <td class="num took">{took}</td>
        </tr>
    })
}

/// "done, 15 values", "failed: not enough history", "skipped: not found".
fn in_words(outcome: &Outcome) -> String {
    let why = outcome.code.as_deref().map(|code| format!(": {}", code_in_words(code))).unwrap_or_default();
    match (outcome.status, outcome.made, &outcome.phase) {
        (OutcomeStatus::Failed, ..) => format!("failed{why}"),
        (OutcomeStatus::Skipped, ..) => format!("skipped{why}"),
        (OutcomeStatus::Done, Some(made), Phase::Indicators) => format!("done, {} values", count(made)),
        (OutcomeStatus::Done, Some(made), Phase::Patterns) => format!("done, {} found", count(made)),
        (OutcomeStatus::Done, ..) => "done".to_owned(),
    }
}

/// The newest values; nothing where none came.
pub(super) fn indicators(values: &[IndicatorValue], facts: &Facts) -> Option<Part> {
    let row = |value: &IndicatorValue| {
        [value.name.clone(), value.frame.clone(), value.value.clone(), facts.when(value.at)]
    };
    listed("Indicators", ["Type", "Timeframe", "Newest value", "When"], values.len(), values.iter().map(row))
}

/// The newest patterns; nothing where none was found.
pub(super) fn patterns(found: &[PatternFound], facts: &Facts) -> Option<Part> {
    let row = |one: &PatternFound| {
        // Rounded down, as every share: 1.00 is said of certainty only.
        let sure = one.confidence.filter(|sure| sure.is_finite());
        let sure = sure.map(|sure| format!("{:.2}", (sure * 100.0 + 1e-9).floor() / 100.0));
        [
            one.name.clone(),
            one.frame.clone(),
            sure.unwrap_or_else(|| "not rated".to_owned()),
            facts.when(one.at),
        ]
    };
    listed(
        "Patterns found",
        ["Pattern", "Timeframe", "Confidence", "When"],
        found.len(),
        found.iter().map(row),
    )
}

fn listed(
    title: &'static str,
    heads: [&'static str; 4],
    all: usize,
    rows: impl Iterator<Item = [String; 4]>,
) -> Option<Part> {
    let rows: Vec<Part> = rows
        .take(ROWS)
        .map(|[name, frame, value, at]| {
            part(view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td>{frame}</td>
                    <td class="num">{value}</td>
                    <td class="num quiet">{at}</td>
                </tr>
            })
        })
        .collect();
    let [name, frame, value, at] = heads;
    let hidden = number(all.saturating_sub(ROWS));
    let more = (hidden > 0).then(|| view! { <p class="quiet">{format!("and {} more", count(hidden))}</p> });
    (!rows.is_empty()).then(|| {
        part(view! {
            <section class="past values">
                <div class="head rule"><h2>{title}</h2></div>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{name}</th>
                            <th scope="col">{frame}</th>
                            <th scope="col" class="num">{value}</th>
                            <th scope="col" class="num">{at}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
                {more}
            </section>
        })
    })
}
