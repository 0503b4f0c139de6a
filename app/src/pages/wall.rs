//! The wall view: read at three metres, without a hand near it. If the view isn't live, all of it is hatched.

use crate::clock::use_clock;
use crate::components::{Headline, NightLine, Sentence, ViewBadge};
use crate::format::{count, hms};
use crate::live::use_live;
use crate::sentences;
use crate::view::{flag, part, text, when};
use domain::verdict::RunView;
use leptos::prelude::*;

/// The verdict at 160, its sentence, the night line, figures, the view state and the clocks.
#[component]
pub fn Wall() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let verdict = live.verdict();
    let view = live.view();
    let tone = text(move || format!("wallpage {}", verdict.with(sentences::tone)));
    let failed = move || view.with(|view| view.as_ref().map_or(0, RunView::failed));
    let exchange = clock.exchange().label;
    let there = text(move || format!("{} {exchange}", hms(clock.now().get(), &clock.exchange())));
    let here = text(move || {
        let (zone, now) = (clock.zone(), clock.now().get());
        if zone.agrees_with(&clock.exchange(), now) {
            String::new()
        } else {
            format!(" · {} {}", hms(now, &zone), zone.label)
        }
    });
    let at = text(move || {
        view.with(|view| view.as_ref().and_then(position)).map(|(number, _)| number).unwrap_or_default()
    });
    let of = text(move || {
        view.with(|view| view.as_ref().and_then(position)).map(|(_, noun)| noun).unwrap_or_default()
    });
    let new = text(move || {
        let newly =
            view.with(|view| view.as_ref().and_then(|view| view.run.newly)).filter(|newly| *newly > 0);
        newly.map(|newly| format!(", {} new", count(newly))).unwrap_or_default()
    });
    part(view! {
        <main class=tone>
            <div class="top"><ViewBadge /><span><b>{there}</b>{here}</span></div>
            <div class="mid">
                <h1><Headline /></h1>
                <p class="say"><Sentence /></p>
            </div>
            {when(move || live.plan().is_some(), || view! { <NightLine /> })}
            <div class="foot">
                <div><b class:bad=flag(move || { failed() > 0 })>{text(move || count(failed()))}</b> " " <span>"failed" {new}</span></div>
                <div><b>{at}</b> " " <span>{of}</span></div>
            </div>
        </main>
    })
}

/// "312 of 505" and "indicators".
fn position(view: &RunView) -> Option<(String, String)> {
    let (phase, progress) = view.current()?;
    let of = if phase.total > 0 { format!(" of {}", count(phase.total)) } else { String::new() };
    Some((format!("{}{of}", count(progress.processed())), phase.phase.noun()))
}
