//! `/admin/history`: the nights that were, as squares and as a table, newest first.

use super::Facts;
use super::filter::{Filter, Wanted, trigger_word};
use super::form::Form;
use super::parts::{
    against_usual, exports, heading, judged, known, lasting, link, nothing, number, run_address, small_mark,
    span,
};
use super::query::{FilterError, LONGEST, address, iso};
use super::squares::{Square, legend, strip, tally};
use crate::format::{count, plural};
use crate::location::Page;
use crate::marks::{mark, trigger};
use crate::view::{Part, part};
use domain::record::Trigger;
use domain::time::Millis;
use domain::verdict::{RunView, Verdict};
use leptos::prelude::*;

/// Most nights of a page.
const NIGHTS: usize = 50;
/// Most runs of a night that are listed.
const RUNS: usize = 12;
/// Most universes in the form.
const UNIVERSES: usize = 50;

/// A night.
#[derive(Clone, Debug)]
pub struct Night {
    /// Its runs: first the one that speaks for it, then its others.
    pub runs: Vec<RunView>,
    /// How long comparable nights take: their median. `None` with fewer than five of them.
    pub usual: Option<Millis>,
    /// The recorded night before it, whatever is asked for.
    pub before: Option<i64>,
}

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// What was asked, as far as it was understood.
    pub filter: Filter,
    /// What was not.
    pub errors: Vec<FilterError>,
    /// The run that speaks for each of the last nights, newest first, whatever is asked for.
    pub last: Vec<RunView>,
    /// The nights asked for, newest first.
    pub nights: Vec<Night>,
    /// Older ones are those before this night; `None`: there are none.
    pub older: Option<i64>,
    /// Universes that can be asked for.
    pub universes: Vec<String>,
}

impl History {
    /// Most nights that a page shows.
    pub const NIGHTS: usize = NIGHTS;
}

pub(super) fn page(history: &History, facts: &Facts) -> Part {
    if history.last.is_empty() && history.nights.is_empty() && history.filter.is_all() {
        return part(view! {
            {heading("History", "No night has been recorded yet.")}
            {nothing("The first one stands here when it has begun.")}
        });
    }
    let query = history.filter.from_the_start().to_query();
    let files = [("CSV", address("/api/nights.csv", &query)), ("JSON", address("/api/nights", &query))];
    let compare = history.last.first().zip(history.last.get(1)).map(|(newest, before)| {
        link(compare_address(newest.run.night, before.run.night), "Compare two nights")
    });
    part(view! {
        {heading("History", summary(&history.last, facts))}
        {squares(&history.last, facts)}
        {form(history)}
        <section class="past">
            <div class="head rule">
                <h2>"Nights"</h2>
                <span class="quiet">{shown(history, facts)}</span>
                <span class="end">{link(Page::COMMANDS, "Commands")}{compare}{exports(&files)}</span>
            </div>
            {table(history, facts)}
            {older(history)}
        </section>
    })
}

/// "Of the last 30 nights 27 are complete, 2 to retry, 1 failed."
fn summary(last: &[RunView], facts: &Facts) -> String {
    let verdicts: Vec<Wanted> = last.iter().map(|view| Wanted::of(&judged(view, facts))).collect();
    let of = |wanted: Wanted| verdicts.iter().filter(|verdict| **verdict == wanted).count();
    let counts = [
        (of(Wanted::Complete), "complete"),
        (of(Wanted::ToRetry), "to retry"),
        (of(Wanted::Failed), "failed"),
        (of(Wanted::Cancelled), "cancelled"),
        (of(Wanted::Skipped), "skipped"),
        (of(Wanted::Running), "not ended"),
    ];
    match last.len() {
        0 => String::new(),
        1 => format!("One night so far: {}.", tally(&counts)),
        many => format!("The last {} nights: {}.", count(number(many)), tally(&counts)),
    }
}

fn squares(last: &[RunView], facts: &Facts) -> Option<Part> {
    if last.len() < 2 {
        return None;
    }
    let one = |view: &RunView| {
        let verdict = judged(view, facts);
        let failed = view.failed();
        let failures = format!("{} {}", count(failed), plural(failed, "failure"));
        Square {
            address: Some(run_address(&view.run.id)),
            name: format!("{}: {}, {failures}", facts.night(view.run.night), verdict.word()),
            drawing: mark(&verdict, 24),
        }
    };
    let meanings: [(&Verdict, &str); 4] = [
        (&Verdict::Complete, "complete"),
        (&Verdict::ToRetry { failed: 1 }, "to retry"),
        (&Verdict::Failed { phase: None }, "failed"),
        (&Verdict::Skipped, "cancelled or skipped"),
    ];
    Some(part(view! {
        <section class="strip">
            {strip("The last nights, oldest first", last.iter().map(one).collect())}
            {legend(&meanings, &[])}
        </section>
    }))
}

fn form(history: &History) -> Part {
    let filter = &history.filter;
    let mut form = Form::new(&history.errors);
    let verdicts = Wanted::ALL.map(|wanted| (wanted.as_str().to_owned(), wanted.label().to_owned()));
    form.choice("verdict", "Verdict", "any", verdicts.to_vec(), filter.verdict.map(Wanted::as_str));
    let triggers = [(Trigger::Schedule, "schedule"), (Trigger::Manual, "by hand")]
        .map(|(trigger, words)| (trigger_word(trigger).to_owned(), words.to_owned()));
    form.choice("trigger", "Trigger", "any", triggers.to_vec(), filter.trigger.map(trigger_word));
    form.input("date", "from", "From", filter.from.map(iso), LONGEST);
    form.input("date", "to", "To", filter.to.map(iso), LONGEST);
    let mut universes: Vec<String> = history.universes.iter().take(UNIVERSES).cloned().collect();
    universes.extend(filter.universe.clone().filter(|asked| !universes.contains(asked)));
    // What has no source has no field.
    if !universes.is_empty() {
        let options = universes.into_iter().map(|name| (name.clone(), name)).collect();
        form.choice("universe", "Universe", "any", options, filter.universe.as_deref());
    }
    form.input("search", "q", "Run or reason", filter.q.clone(), LONGEST);
    let all = (!filter.is_all() || !history.errors.is_empty()).then_some((Page::HISTORY, "Show all nights"));
    form.finish(Page::HISTORY, "Filter the nights", "Show", all)
}

/// "50 nights, before Fri 20 Nov".
fn shown(history: &History, facts: &Facts) -> String {
    let many = number(history.nights.len().min(NIGHTS));
    let before = history.filter.before.map(|night| format!(", before {}", facts.night(night)));
    format!("{} {}{}", count(many), plural(many, "night"), before.unwrap_or_default())
}

fn older(history: &History) -> Option<Part> {
    let newest = history
        .filter
        .before
        .map(|_| link(address(Page::HISTORY, &history.filter.from_the_start().to_query()), "Newest nights"));
    let older = history.older.map(|night| {
        link(address(Page::HISTORY, &history.filter.older_than(night).to_query()), "Older nights")
    });
    (newest.is_some() || older.is_some())
        .then(|| part(view! { <nav class="further" aria-label="More nights">{newest}{older}</nav> }))
}

fn table(history: &History, facts: &Facts) -> Part {
    if history.nights.is_empty() {
        return nothing(match (history.older, history.filter.before) {
            (Some(_), _) => "None of the nights looked at is like that.",
            (None, Some(_)) => "There are no older nights.",
            (None, None) => "No night is like that.",
        });
    }
    let rows: Vec<Part> = history.nights.iter().take(NIGHTS).flat_map(|night| rows(night, facts)).collect();
    part(view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">"Night"</th>
                    <th scope="col">"Verdict"</th>
                    <th scope="col" class="num">"End"</th>
                    <th scope="col" class="num">"Duration"</th>
                    <th scope="col" class="against">"Against usual"</th>
                    <th scope="col" class="num">"Symbols"</th>
                    <th scope="col" class="num">"Failures"</th>
                    <th scope="col" class="last">"Trigger"</th>
                    <th scope="col" class="num"><span class="spoken">"Compare"</span></th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    })
}

fn rows(night: &Night, facts: &Facts) -> Vec<Part> {
    let Some(first) = night.runs.first() else { return Vec::new() };
    let mut rows = vec![row(first, Some(night), facts)];
    rows.extend(night.runs.iter().skip(1).take(RUNS).map(|view| row(view, None, facts)));
    let hidden = number(night.runs.len().saturating_sub(1 + RUNS));
    if hidden > 0 {
        let words = format!("and {} more {}", count(hidden), plural(hidden, "run"));
        rows.push(part(
            view! { <tr class="sub"><th scope="row" class="night">{words}</th><td colspan="8"></td></tr> },
        ));
    }
    rows
}

/// A run's row; the night is given with the run that speaks for it.
fn row(view: &RunView, night: Option<&Night>, facts: &Facts) -> Part {
    let run = &view.run;
    let verdict = judged(view, facts);
    let name = match night {
        Some(_) => facts.night(run.night),
        None => format!("began {}", facts.hm(run.started)),
    };
    let lasted = span(view, facts);
    let usual = night.and_then(|night| night.usual).filter(|_| run.ended.is_some());
    let against = usual.map(|usual| against_usual(lasted, usual)).unwrap_or_default();
    let newly = run.newly.filter(|newly| *newly > 0);
    let newly = newly.map(|newly| view! { " "<b>{format!("({} new)", count(newly))}</b> });
    let compare = night.and_then(|night| night.before).map(|before| {
        let spoken = format!("Compare {} with {}", facts.night(run.night), facts.night(before));
        let words = format!("Compare with {}", facts.night(before));
        view! { <a class="link" href=compare_address(run.night, before) aria-label=spoken>{words}</a> }
    });
    let (here, there) = run.ended.map(|end| two_clocks(end, facts)).unwrap_or_default();
    let class = if night.is_some() { "" } else { "sub" };
    part(view! {
        <tr class=class>
            <th scope="row" class="night"><a href=run_address(&run.id)>{name}</a></th>
            <td class="word">{small_mark(&verdict)}{verdict.word()}</td>
            <td class="num ended">{here}<span class="quiet wide-only">{there}</span></td>
            <td class="num took">{lasting(lasted)}</td>
            <td class="quiet against">{against}</td>
            <td class="num all">{known(view.symbols())}</td>
            <td class="num fails">{count(view.failed())}{newly}</td>
            <td class="quiet last">{trigger(run)}</td>
            <td class="num beside">{compare}</td>
        </tr>
    })
}

/// The viewer's clock, and the exchange's where it shows something else.
fn two_clocks(at: Millis, facts: &Facts) -> (String, String) {
    let told = facts.told(at);
    let here = facts.hm(at);
    let there = told.strip_prefix(&here).unwrap_or_default().to_owned();
    (here, there)
}

/// Address of two nights side by side.
fn compare_address(night: i64, before: i64) -> String {
    format!("{}?a={}&b={}", Page::COMPARE, iso(night), iso(before))
}
