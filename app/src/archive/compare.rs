//! `/admin/compare`: two nights side by side, and the symbols that came out differently.

use super::Facts;
use super::differences::lists;
use super::form::Form;
use super::parts::{exports, heading, judged, lasting, longer, more, nothing, run_address, small_mark, span};
use super::query::{Fields, FilterError, LONGEST, address, iso, written};
use crate::format::{count, thousands};
use crate::location::Page;
use crate::view::{Part, part};
use domain::differences::Differences;
use domain::phase::Phase;
use domain::record::{PhaseRecord, Progress};
use domain::time::Millis;
use domain::verdict::RunView;
use leptos::prelude::*;

/// Most phases that are compared.
const PHASES: usize = 16;

/// Which two nights, as days since 1970-01-01.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    /// The one that is looked at.
    pub a: Option<i64>,
    /// The one that it is held against.
    pub b: Option<i64>,
}

impl Pair {
    /// What can be understood of a query, and what can't.
    #[must_use]
    pub fn read(query: &str) -> (Self, Vec<FilterError>) {
        let mut fields = Fields::read(query);
        let pair = Self { a: fields.date("a"), b: fields.date("b") };
        (pair, fields.errors)
    }

    /// The query that reads as this pair, without `?`.
    #[must_use]
    pub fn to_query(&self) -> String {
        written(&[("a", self.a.map(iso)), ("b", self.b.map(iso))])
    }
}

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct Compare {
    /// What was asked, as far as it was understood.
    pub asked: Pair,
    /// What was not.
    pub errors: Vec<FilterError>,
    /// The run that did the work of night a, if there was one.
    pub a: Option<RunView>,
    /// The run that did the work of night b.
    pub b: Option<RunView>,
    /// Their symbols after all retries, where those of both are known.
    pub symbols: Option<Differences>,
}

pub(super) fn page(compare: &Compare, facts: &Facts) -> Part {
    let mut form = Form::new(&compare.errors);
    form.input("date", "a", "Night", compare.asked.a.map(iso), LONGEST);
    form.input("date", "b", "Against", compare.asked.b.map(iso), LONGEST);
    let form = form.finish(Page::COMPARE, "Which nights", "Compare", None);
    let body = match (&compare.a, &compare.b) {
        (Some(a), Some(b)) => both(a, b, compare.symbols.as_ref(), facts),
        (a, b) => nothing(missing(compare, a.is_some(), b.is_some(), facts)),
    };
    let title = match (compare.asked.a, compare.asked.b) {
        (Some(a), Some(b)) => format!("{} against {}", facts.night(a), facts.night(b)),
        _ => "Two nights".to_owned(),
    };
    part(view! {
        {heading("Compare", title)}
        {form}
        {body}
    })
}

fn missing(compare: &Compare, a: bool, b: bool, facts: &Facts) -> String {
    let asked = [(compare.asked.a, a), (compare.asked.b, b)];
    let without = asked.into_iter().filter(|(night, there)| night.is_some() && !there);
    let nights: Vec<String> =
        without.filter_map(|(night, _)| night).map(|night| facts.night(night)).collect();
    match nights.as_slice() {
        [] => "Choose two nights.".to_owned(),
        nights => format!("No run is recorded of {}.", nights.join(" and ")),
    }
}

fn both(a: &RunView, b: &RunView, symbols: Option<&Differences>, facts: &Facts) -> Part {
    let names = [a, b].map(|view| facts.night(view.run.night));
    let symbols = match symbols {
        Some(symbols) => part(view! {
            <section class="past">
                <div class="head rule"><h2>"The symbols"</h2>{exports(&files(a, b))}</div>
            </section>
            {lists(symbols, &names[0], &names[1])}
        }),
        None => nothing("What became of each symbol is not known of both nights."),
    };
    part(view! {
        <div class="twice">
            <section class="past sides">
            <div class="head rule"><h2>"The nights"</h2></div>
            {columns(&names, ("Figure", [a, b].map(|view| Some(run_address(&view.run.id)))), figures(a, b, facts))}
        </section>
            <section class="past sides">
            <div class="head rule"><h2>"Phases"</h2><span class="quiet">"how long each took"</span></div>
            {columns(&names, ("Phase", [None, None]), phases(a, b, facts))}
        </section>
        </div>
        {symbols}
    })
}

/// What came out differently, as files.
fn files(a: &RunView, b: &RunView) -> [(&'static str, String); 2] {
    let query = Pair { a: Some(a.run.night), b: Some(b.run.night) }.to_query();
    [("CSV", address("/api/compare.csv", &query)), ("JSON", address("/api/compare", &query))]
}

/// A line of a comparison: what, both values, the difference.
struct Line {
    what: String,
    values: [Part; 2],
    difference: String,
}

fn line(what: impl Into<String>, values: [String; 2], difference: String) -> Line {
    Line { what: what.into(), values: values.map(|value| value.into_view().into_any()), difference }
}

fn columns(
    names: &[String; 2],
    (what, addresses): (&'static str, [Option<String>; 2]),
    lines: Vec<Line>,
) -> Part {
    let head = |name: &String, address: Option<String>| match address {
        Some(address) => part(view! { <a class="link" href=address>{name.clone()}</a> }),
        None => name.clone().into_any(),
    };
    let [first, second] = addresses;
    let (heads, others) = (names.clone(), (head(&names[0], first), head(&names[1], second)));
    let rows: Vec<Part> = lines
        .into_iter()
        .map(|line| {
            let [a, b] = line.values;
            let heads = heads.clone();
            part(view! {
                <tr>
                    <th scope="row">{line.what}</th>
                    <td class="num" data-head=heads[0].clone()>{a}</td>
                    <td class="num" data-head=heads[1].clone()>{b}</td>
                    <td class="quiet differs">{line.difference}</td>
                </tr>
            })
        })
        .collect();
    part(view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">{what}</th>
                    <th scope="col" class="num">{others.0}</th>
                    <th scope="col" class="num">{others.1}</th>
                    <th scope="col" class="differs">"Difference"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    })
}

/// "3 more", and what the first count is of.
fn counted(what: &str, a: u64, b: u64) -> Line {
    line(what, [thousands(a), thousands(b)], more(a, b))
}

fn figures(a: &RunView, b: &RunView, facts: &Facts) -> Vec<Line> {
    let verdicts = [a, b].map(|view| judged(view, facts));
    let words = verdicts.each_ref().map(|verdict| part(view! { {small_mark(verdict)}{verdict.word()} }));
    let same = verdicts[0].word() == verdicts[1].word();
    let verdict = Line {
        what: "Verdict".to_owned(),
        values: words,
        difference: if same { "the same".to_owned() } else { String::new() },
    };
    let clock = |at: Option<Millis>| at.map(|at| facts.told(at)).unwrap_or_default();
    let (spans, sides) = ([a, b].map(|view| span(view, facts)), [a, b]);
    let mut lines = vec![
        verdict,
        line("Start", sides.map(|view| clock(Some(view.run.started))), String::new()),
        line("End", sides.map(|view| clock(view.run.ended)), String::new()),
        line("Duration", spans.map(lasting), duration_difference(spans[0], spans[1])),
        counted("Symbols", a.symbols().into(), b.symbols().into()),
        counted("Failed", a.failed().into(), b.failed().into()),
    ];
    if a.run.repaired + b.run.repaired > 0 {
        lines.push(counted("Failed after retries", a.left().into(), b.left().into()));
    }
    let made = [
        ("Records", a.run.records, b.run.records),
        ("Indicators", a.run.indicators, b.run.indicators),
        ("Patterns", a.run.patterns, b.run.patterns),
    ];
    let told = made.into_iter().filter(|(_, a, b)| a + b > 0);
    lines.extend(told.map(|(what, a, b)| counted(what, a, b)));
    lines
}

fn duration_difference(a: Millis, b: Millis) -> String {
    longer(a, b).unwrap_or_else(|| "as long".to_owned())
}

/// Phases of either night, in the order of a night; those that only one of them had have no difference.
fn phases(a: &RunView, b: &RunView, facts: &Facts) -> Vec<Line> {
    let mut all: Vec<&Phase> = Vec::new();
    for (phase, _) in a.phases.iter().chain(&b.phases) {
        if !all.contains(&&phase.phase) && all.len() < PHASES {
            all.push(&phase.phase);
        }
    }
    all.sort_by_key(|phase| phase.rank());
    all.into_iter()
        .map(|phase| {
            let of = |view: &RunView| view.phases.iter().find(|(other, _)| other.phase == *phase).cloned();
            let sides = [of(a), of(b)];
            let spans =
                sides.each_ref().map(|side| side.as_ref().and_then(|(phase, _)| lasted(phase, facts)));
            let difference = match spans {
                [Some(a), Some(b)] => duration_difference(a, b),
                _ => String::new(),
            };
            line(phase.label(), sides.map(|side| said(side.as_ref(), facts)), difference)
        })
        .collect()
}

fn lasted(phase: &PhaseRecord, facts: &Facts) -> Option<Millis> {
    phase.started.map(|started| (phase.ended.unwrap_or(facts.now) - started).max(0))
}

/// "28 min, 3 failed", "not begun", "not in it".
fn said(side: Option<&(PhaseRecord, Progress)>, facts: &Facts) -> String {
    let Some((phase, progress)) = side else { return "not in it".to_owned() };
    let Some(span) = lasted(phase, facts) else { return "not begun".to_owned() };
    let failed = match progress.failed() {
        0 => String::new(),
        failed => format!(", {} failed", count(failed)),
    };
    format!("{}{failed}", lasting(span))
}
