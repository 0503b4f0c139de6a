//! Last nights: a square each, and of the newest a row each; other runs of a night stand under the one that speaks for it.

use crate::clock::use_clock;
use crate::format::{count, duration, duration_exact, hm, night};
use crate::live::{Live, use_live};
use crate::location::{Page, at, encoded};
use crate::marks::{failures, judged, mark, trigger};
use crate::view::{part, row, rows, text, when};
use domain::record::RunRecord;
use domain::time::MINUTE;
use domain::verdict::RunView;
use leptos::prelude::*;
use std::fmt::Write;

/// Most nights with rows; more are history.
const ROWS: usize = 7;
/// Most other runs of each.
const OTHERS: usize = 3;
/// Most squares: as many as the desk is wide …
const SQUARES: usize = 30;
/// … and the phone.
const NARROW: usize = 12;

/// Runs by night, newest first.
#[component]
pub fn Nights() -> impl IntoView {
    let live = use_live();
    let list = move || {
        let mut nights = 0;
        let shown = move |place: &(u32, usize)| {
            nights += usize::from(place.1 == 0);
            nights <= ROWS && place.1 <= OTHERS
        };
        let one = |(slot, place): (u32, usize)| {
            let first = place == 0;
            row(format!("{slot} {first}"), move || view! { <OneRun run=slot first=first /> })
        };
        ordered(live).into_iter().filter(shown).map(one).collect()
    };
    let many = move || firsts(live).len() > 1;
    part(view! {
        <div class="head rule">
            <h2>"Last nights"</h2>
            <span class="quiet">"up to four runs of each; all are in History"</span>
        </div>
        {when(many, || view! { <Strip /> })}
        <table>
            <thead>
                <tr>
                    <th>"Night"</th>
                    <th>"Verdict"</th>
                    <th class="num">"End"</th>
                    <th class="num">"Duration"</th>
                    <th class="num">"Failures"</th>
                    <th class="num">"Symbols"</th>
                    <th class="last">"Trigger"</th>
                </tr>
            </thead>
            <tbody>{rows(list)}</tbody>
        </table>
    })
}

/// Runs by night, each with its place in its night; the first speaks for it.
fn ordered(live: Live) -> Vec<(u32, usize)> {
    let (mut night, mut place) = (None, 0);
    let placed = |(slot, run): (u32, RunRecord)| {
        place = if night.replace(run.night) == Some(run.night) { place + 1 } else { 0 };
        (slot, place)
    };
    live.runs().into_iter().map(placed).collect()
}

/// The runs that speak for their nights.
fn firsts(live: Live) -> Vec<u32> {
    ordered(live).into_iter().filter(|(_, place)| *place == 0).map(|(slot, _)| slot).collect()
}

/// The nights as squares, oldest left.
#[component]
fn Strip() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let slots = move || {
        let most = if live.wide().get() == Some(false) { NARROW } else { SQUARES };
        let mut slots = firsts(live);
        slots.truncate(most);
        slots
    };
    let squares = text(move || {
        let mut svg = String::new();
        let views = slots().into_iter().rev().filter_map(|slot| live.view_of(slot));
        for (index, view) in views.enumerate() {
            // Writing into a String cannot fail.
            let _ = write!(
                svg,
                "<svg x=\"{}\" y=\"0\" width=\"24\" height=\"24\" class=\"px\">{}</svg>",
                index * 28,
                mark(&judged(&view, clock.work().get()), 24)
            );
        }
        svg
    });
    let width = text(move || (slots().len() * 28).to_string());
    part(
        view! { <svg class="sq" width=width height="24" role="img" aria-label="The last nights, oldest first" inner_html=squares></svg> },
    )
}

#[component]
fn OneRun(run: u32, first: bool) -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let slot = run;
    let of = move |pick: fn(&RunView) -> String| {
        text(move || live.view_of(slot).as_ref().map(pick).unwrap_or_default())
    };
    let night = text(move || match (first, live.run(slot)) {
        (true, Some(run)) => night(run.night),
        (false, Some(run)) => format!("began {}", hm(run.started, &clock.zone())),
        _ => String::new(),
    });
    let page = text(move || live.run(slot).map(|run| at(Page::RUNS) + &encoded(&run.id)).unwrap_or_default());
    let mark = text(move || {
        live.view_of(slot)
            .map(|view| format!("<g class=\"px\">{}</g>", mark(&judged(&view, clock.work().get()), 14)))
            .unwrap_or_default()
    });
    let word = text(move || {
        let view = live.view_of(slot);
        view.map(|view| judged(&view, clock.work().get()).word().to_owned()).unwrap_or_default()
    });
    let end = text(move || {
        live.run(slot).and_then(|run| run.ended).map(|end| hm(end, &clock.zone())).unwrap_or_default()
    });
    let took = text(move || {
        let Some(run) = live.run(slot) else { return String::new() };
        let span = run.ended.unwrap_or_else(|| clock.work().get()) - run.started;
        if span < 10 * MINUTE { duration_exact(span) } else { duration(span) }
    });
    part(view! {
        <tr class=if first { "" } else { "sub" }>
            <td class="night"><a href=page>{night}</a></td>
            <td class="word">
                <svg class="mk" width="14" height="14" aria-hidden="true" inner_html=mark></svg>
                {word}
            </td>
            <td class="num ended">{end}</td>
            <td class="num took">{took}</td>
            <td class="num fails">{of(failures)}</td>
            <td class="num all">{of(|view| if view.symbols() > 0 { count(view.symbols()) } else { String::new() })}</td>
            <td class="quiet last">{of(|view| trigger(&view.run).to_owned())}</td>
        </tr>
    })
}
