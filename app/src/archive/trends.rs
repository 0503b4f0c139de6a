//! `/admin/trends`: four figures of the last nights as small charts, and the same as a table.

use super::Facts;
use super::chart::{Chart, Point};
use super::form::Form;
use super::parts::{exports, heading, judged, known, lasting, nothing, number, run_address, span};
use super::query::{Fields, FilterError};
use super::scale::{of_counts, of_durations, of_rates, rate, real};
use crate::format::{count, plural};
use crate::location::Page;
use crate::view::{Part, part};
use domain::time::{MINUTE, Millis};
use domain::verdict::RunView;
use leptos::prelude::*;

/// How many nights are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// 2 to [`Span::MOST`].
    pub nights: u32,
}

impl Default for Span {
    fn default() -> Self {
        Self { nights: Self::MOST }
    }
}

impl Span {
    /// Most nights.
    pub const MOST: u32 = 90;

    /// What can be understood of a query, and what can't.
    #[must_use]
    pub fn read(query: &str) -> (Self, Vec<FilterError>) {
        let mut fields = Fields::read(query);
        let within = |text: &str| text.parse().ok().filter(|nights| (2..=Self::MOST).contains(nights));
        let nights = fields.one("nights", &format!("2 to {} nights", Self::MOST), within);
        (nights.map_or_else(Self::default, |nights| Self { nights }), fields.errors)
    }

    /// The query that reads as this.
    #[must_use]
    pub fn to_query(self) -> String {
        format!("nights={}", self.nights)
    }
}

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct Trends {
    /// What was asked, as far as it was understood.
    pub asked: Span,
    /// What was not.
    pub errors: Vec<FilterError>,
    /// The run that speaks for each night.
    pub nights: Vec<RunView>,
}

/// A night's figures; `None` what is not known of it.
struct Night {
    name: String,
    address: String,
    verdict: domain::verdict::Verdict,
    took: Option<Millis>,
    /// In tenths of a percent, rounded down.
    success: Option<u32>,
    failed: u32,
    symbols: u32,
    /// Tenths of a symbol per minute, rounded down.
    pace: Option<u32>,
}

impl Night {
    fn of(view: &RunView, facts: &Facts) -> Self {
        let (symbols, failed) = (view.symbols(), view.failed());
        let took = view.run.ended.map(|_| span(view, facts)).filter(|_| !view.run.adopted);
        let done = u64::from(symbols.saturating_sub(failed));
        let success = (symbols > 0).then(|| u32::try_from(done * 1_000 / u64::from(symbols)).unwrap_or(0));
        let pace = took.filter(|took| *took > 0 && symbols > 0).map(|took| {
            let tenths = i64::from(symbols) * 10 * MINUTE / took;
            u32::try_from(tenths).unwrap_or(u32::MAX)
        });
        Self {
            name: facts.night(view.run.night),
            address: run_address(&view.run.id),
            verdict: judged(view, facts),
            took,
            success: success.filter(|_| view.run.ended.is_some()),
            failed,
            symbols,
            pace,
        }
    }
}

pub(super) fn page(trends: &Trends, facts: &Facts) -> Part {
    let most = usize::try_from(Span::MOST).unwrap_or(usize::MAX);
    // By night, in whatever order they came: time runs to the right.
    let mut newest: Vec<&RunView> = trends.nights.iter().collect();
    newest.sort_by_key(|view| std::cmp::Reverse(view.run.night));
    let nights: Vec<Night> = newest.into_iter().take(most).rev().map(|view| Night::of(view, facts)).collect();
    let form = choice(trends);
    if nights.len() < 2 {
        let words = match nights.len() {
            0 => "No night has been recorded yet.",
            _ => "One night has been recorded. The second makes a trend.",
        };
        return part(view! { {heading("Trends", words)}{form} });
    }
    let many = number(nights.len());
    let query = trends.asked.to_query();
    let files = [("CSV", format!("/api/trends.csv?{query}")), ("JSON", format!("/api/trends?{query}"))];
    let table = table(&nights);
    let charts = charts(&nights);
    part(view! {
        {heading("Trends", format!("The last {} {}, each with its value and the median.", count(many), plural(many, "night")))}
        {form}
        <a class="skip" href="#figures">"Skip the charts: the same as a table"</a>
        <div class="charts">{charts}</div>
        <section class="past">
            <div class="head rule"><h2 id="figures">"The same as a table"</h2><span class="end">{exports(&files)}</span></div>
            <details class="figures">
                <summary>{format!("Show {} {}", count(many), plural(many, "night"))}</summary>
                {table}
            </details>
        </section>
    })
}

fn choice(trends: &Trends) -> Part {
    let mut form = Form::new(&trends.errors);
    let asked = trends.asked.nights.to_string();
    let mut options: Vec<String> = [30, 60, 90].map(|nights: u32| nights.to_string()).to_vec();
    if !options.contains(&asked) {
        options.insert(0, asked.clone());
    }
    let options = options.into_iter().map(|nights| (nights.clone(), format!("{nights} nights"))).collect();
    form.choice("nights", "How far back", "as far as there is", options, Some(&asked));
    form.finish(Page::TRENDS, "How many nights", "Show", None)
}

/// The value in the middle of those that there are; of an even number the lower one.
fn median<T: Ord + Copy>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    values.get(values.len().saturating_sub(1) / 2).copied()
}

fn points(nights: &[Night], value: fn(&Night) -> Option<f64>, words: fn(&Night) -> String) -> Vec<Point> {
    let one = |night: &Night| Point {
        address: night.address.clone(),
        night: night.name.clone(),
        words: words(night),
        value: value(night),
        verdict: night.verdict.clone(),
    };
    nights.iter().map(one).collect()
}

fn aside(median: Option<String>) -> String {
    median.map(|median| format!("median {median}")).unwrap_or_default()
}

fn charts(nights: &[Night]) -> Vec<Part> {
    let took = median(nights.iter().filter_map(|night| night.took));
    let success = median(nights.iter().filter_map(|night| night.success));
    let failed = median(nights.iter().map(|night| night.failed));
    let pace = median(nights.iter().filter_map(|night| night.pace));
    let longest = nights.iter().filter_map(|night| night.took).max().unwrap_or(0);
    let least = nights.iter().filter_map(|night| night.success).min().unwrap_or(1_000);
    let worst = nights.iter().map(|night| night.failed).max().unwrap_or(0);
    let fastest = nights.iter().filter_map(|night| night.pace).max().unwrap_or(0);
    let charts = [
        Chart {
            title: "Duration",
            aside: aside(took.map(lasting)),
            points: points(nights, |night| night.took.map(real), duration_words),
            scale: of_durations(longest),
            median: took.map(real),
        },
        Chart {
            title: "Success rate",
            aside: aside(success.map(rate)),
            points: points(nights, |night| night.success.map(f64::from), success_words),
            scale: of_rates(least),
            median: success.map(f64::from),
        },
        Chart {
            title: "Failures",
            aside: aside(failed.map(count)),
            points: points(nights, |night| Some(f64::from(night.failed)), failure_words),
            scale: of_counts(worst.into()),
            median: failed.map(f64::from),
        },
        Chart {
            title: "Symbols per minute",
            aside: aside(pace.map(tenths)),
            points: points(nights, |night| night.pace.map(|pace| f64::from(pace) / 10.0), pace_words),
            scale: of_counts(fastest.div_ceil(10).into()),
            median: pace.map(|pace| f64::from(pace) / 10.0),
        },
    ];
    charts.into_iter().map(Chart::part).collect()
}

/// "9.8", and from a hundred on in whole ones.
fn tenths(number: u32) -> String {
    if number >= 1_000 { count(number / 10) } else { format!("{}.{}", number / 10, number % 10) }
}

fn duration_words(night: &Night) -> String {
    night.took.map(lasting).unwrap_or_default()
}

fn success_words(night: &Night) -> String {
    night.success.map(rate).unwrap_or_default()
}

fn failure_words(night: &Night) -> String {
    format!("{} {}", count(night.failed), plural(night.failed, "failure"))
}

fn pace_words(night: &Night) -> String {
    night.pace.map(|pace| format!("{}/min", tenths(pace))).unwrap_or_default()
}

/// Newest first, as all tables of nights.
fn table(nights: &[Night]) -> Part {
    if nights.is_empty() {
        return nothing("There are none.");
    }
    let row = |night: &Night| {
        part(view! {
            <tr>
                <th scope="row" class="night"><a href=night.address.clone()>{night.name.clone()}</a></th>
                <td class="word">{super::parts::small_mark(&night.verdict)}{night.verdict.word()}</td>
                <td class="num took">{duration_words(night)}</td>
                <td class="num rate">{success_words(night)}</td>
                <td class="num fails">{count(night.failed)}</td>
                <td class="num all">{known(night.symbols)}</td>
                <td class="num pace">{pace_words(night)}</td>
            </tr>
        })
    };
    let rows: Vec<Part> = nights.iter().rev().map(row).collect();
    part(view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">"Night"</th>
                    <th scope="col">"Verdict"</th>
                    <th scope="col" class="num">"Duration"</th>
                    <th scope="col" class="num">"Success"</th>
                    <th scope="col" class="num">"Failures"</th>
                    <th scope="col" class="num">"Symbols"</th>
                    <th scope="col" class="num">"Pace"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    })
}
