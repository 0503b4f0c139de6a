//! What stands above a run's own page: which run it is, and where more of it is.

use super::Facts;
use crate::location::{Page, encoded};
use crate::marks::trigger;
use domain::record::RunRecord;
use leptos::prelude::*;

/// A run's name and its ways on; or that there is no such run.
pub(super) fn head(run: Option<&RunRecord>, facts: &Facts) -> AnyView {
    let Some(run) = run else {
        return view! {
            <section class="verdict tone-ink" aria-label="Not known">
                <div>
                    <h1><span class="w">"Not known"</span></h1>
                    <p class="say">"No run of this id has been heard, or it was forgotten."</p>
                </div>
            </section>
        }
        .into_any();
    };
    let mut words = vec![format!("Run {}", run.id), format!("night of {}", facts.night(run.night))];
    words.extend(Some(trigger(run).to_owned()).filter(|by| !by.is_empty()));
    words.extend(run.universes.iter().cloned());
    let id = encoded(&run.id);
    view! {
        <div class="head">
            <h2>{words.join(" · ")}</h2>
            <span class="links end">
                <a href=format!("{}?run={id}", Page::COMMANDS)>"What was asked"</a>
                " "
                <a href=format!("{}?run={id}", Page::EVENTS)>"Its events"</a>
                " "
                <a href=format!("{}?at={}", Page::TONIGHT, run.started)>"Look back"</a>
                " "
                <a href=format!("/api/runs/{id}/symbols.csv")>"Symbols as CSV"</a>
                " "
                <a href=format!("/api/runs/{id}")>"JSON"</a>
            </span>
        </div>
    }
    .into_any()
}
