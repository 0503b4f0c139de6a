//! Runs that go on beside the one with the verdict: a strip each, under it. They don't change places while they run.

use crate::clock::use_clock;
use crate::format::{count, duration};
use crate::live::{sorted, use_live};
use crate::view::{part, row, rows, text, when};
use domain::forecast::{self, Forecast};
use domain::record::{PAST, RunRecord};
use domain::time::{MINUTE, Millis};
use domain::verdict::RunView;
use domain::words::short_id;
use leptos::prelude::*;

/// Most strips; more runs than this are counted.
const STRIPS: usize = 3;

/// A run that goes on.
const SQUARE: &str =
    r#"<rect class="nofill l-blue px" x="1" y="1" width="12" height="12" stroke-width="2"/>"#;

/// The strips.
#[component]
pub fn AlsoRunning() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let others = move || {
        let tonight = live.tonight().get();
        let slots: Vec<u32> = live
            .runs()
            .into_iter()
            .filter(|(slot, run)| Some(*slot) != tonight && *slot < PAST && !run.status.ended())
            .filter(|(slot, _)| !live.view_of(*slot).is_some_and(|view| view.faded(clock.work().get())))
            .map(|(slot, _)| slot)
            .collect();
        sorted(slots, Ord::cmp)
    };
    let more = move || others().len().saturating_sub(STRIPS);
    let list = move || {
        others()
            .into_iter()
            .take(STRIPS)
            .map(|slot| row(slot, move || view! { <Strip run=slot /> }))
            .collect()
    };
    when(move || !others().is_empty(), move || view! {
        <section class="alsos" aria-label="Also running">
            {rows(list)}
            {when(move || { more() > 0 }, move || view! { <p class="also quiet">{text(move || format!("and {} more", more()))}</p> })}
        </section>
    })
    .into_any()
}

#[component]
fn Strip(run: u32) -> impl IntoView {
    let slot = run;
    let (live, clock) = (use_live(), use_clock());
    let words =
        text(move || live.view_of(slot).map(|view| strip(&view, clock.work().get())).unwrap_or_default());
    part(view! {
        <p class="also">
            <svg width="14" height="14" aria-hidden="true" inner_html=SQUARE></svg>
            <span>{words}</span>
        </p>
    })
}

/// "Also running: import of nasdaq100, 62 of 102, about 4 min left".
fn strip(view: &RunView, now: Millis) -> String {
    let of = scope(&view.run);
    let mut parts = vec![match view.current() {
        Some((phase, _)) => format!("{} of {of}", phase.phase.noun()),
        None => of,
    }];
    if let Some((phase, progress)) = view.current() {
        let total = if phase.total > 0 { format!(" of {}", count(phase.total)) } else { String::new() };
        parts.push(format!("{}{total}", count(progress.processed())));
    }
    if let Forecast::OwnPace { end } = forecast::forecast(view, now) {
        let left = (end - now).max(0);
        parts.push(if left < MINUTE {
            "less than a minute left".to_owned()
        } else {
            format!("about {} left", duration(left))
        });
    }
    format!("Also running: {}", parts.join(", "))
}

/// What a run works on: its universes, or the beginning of its id.
fn scope(run: &RunRecord) -> String {
    if run.universes.is_empty() { format!("run {}", short_id(&run.id)) } else { run.universes.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_without_universe_is_named_by_its_id() {
        let run: RunRecord =
            domain::wire::read(r#"{"id":"7f3a91c2","night":0,"status":"running","started":0}"#).unwrap();
        assert_eq!(
            strip(&RunView { slot: 1, run, phases: vec![], listening: 0 }, 0),
            "Also running: run 7f3a"
        );
    }
}
