//! The symbol map: the whole universe at a glance, and its equal as a table.
//!
//! It is drawn anew at most once per painted frame, with one path per state.

mod cells;
mod table;

use crate::browser;
use crate::format::{count, thousands};
use crate::live::{Symbols, use_live};
use cells::{Cell, State, cells, grids, strokes};
use domain::record::{OutcomeStatus, Symbol};
use domain::words::code_in_words;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use table::SymbolTable;

/// Map, line under it, legend; or the table.
#[component]
pub fn SymbolMap() -> impl IntoView {
    let live = use_live();
    let announced = Memo::new(move |_| live.view().with(|view| view.as_ref().map_or(0, domain::verdict::RunView::symbols)));
    let all = Memo::new(move |_| cells(&live.symbols(), announced.get()));
    let as_table = RwSignal::new(false);
    let chosen = RwSignal::new(None::<usize>);
    let summary = move || all.with(|cells| summary(cells));
    let line = move || {
        let name = chosen.get().and_then(|index| all.with(|cells| cells.get(index).map(|cell| cell.name.clone())))?;
        describe(&live.symbols(), &name)
    };
    let empty = move || all.with(Vec::is_empty);
    view! {
        <Show when=move || !empty()>
            <div class="head rule">
                <h2>"Symbols"</h2>
                <span class="quiet">{summary}</span>
                <Show when=move || live.hydrated().get()>
                    <button type="button" class="link end" aria-pressed=move || as_table.get().to_string() on:click=move |_| as_table.update(|shown| *shown = !*shown)>
                        {move || if as_table.get() { "Show as map" } else { "Show as table" }}
                    </button>
                </Show>
            </div>
            <Show when=move || !as_table.get() fallback=move || view! { <SymbolTable /> }>
                <Drawing all=all chosen=chosen class="wide-only" wide=true />
                <Drawing all=all chosen=chosen class="narrow-only" wide=false />
                <div class="under">
                    <span class="told">{line}</span>
                    <Legend all=all />
                </div>
            </Show>
        </Show>
    }
    .into_any()
}

#[component]
fn Drawing(all: Memo<Vec<Cell>>, chosen: RwSignal<Option<usize>>, class: &'static str, wide: bool) -> impl IntoView {
    let grid = Memo::new(move |_| {
        let (desk, phone) = grids(all.with(Vec::len));
        if wide { desk } else { phone }
    });
    let size = move || {
        let grid = grid.get();
        (grid.pitch * grid.columns, grid.height(all.with(Vec::len)))
    };
    let paths = move || all.with(|cells| strokes(cells, grid.get())).into_iter().map(|(class, path)| view! { <path class=class d=path /> }).collect_view();
    let ring = move || {
        let (index, grid) = (chosen.get()?, grid.get());
        let (x, y) = (index % grid.columns * grid.pitch, index / grid.columns * grid.pitch);
        let side = grid.pitch + 1;
        Some(view! { <rect class="nofill l-blue" x=x y=y width=side height=side stroke-width="2" /> })
    };
    let count_of = move || all.with(Vec::len);
    let keys = move |event: KeyboardEvent| {
        let columns = grid.get().columns;
        let now = chosen.get();
        let next = match (browser::key_of_event(&event).as_str(), now) {
            ("ArrowRight" | "ArrowLeft" | "ArrowUp" | "ArrowDown", None) => Some(0),
            ("ArrowRight", Some(at)) => Some(at + 1),
            ("ArrowLeft", Some(at)) => at.checked_sub(1),
            ("ArrowDown", Some(at)) => Some(at + columns),
            ("ArrowUp", Some(at)) => at.checked_sub(columns),
            _ => return,
        };
        event.prevent_default();
        if let Some(next) = next.filter(|next| *next < count_of()) {
            chosen.set(Some(next));
        }
    };
    let point = move |x: i32, y: i32| chosen.set(grid.get().at(f64::from(x), f64::from(y), count_of()));
    view! {
        <svg
            class=format!("map {class}")
            width=move || size().0
            height=move || size().1
            viewBox=move || format!("0 0 {} {}", size().0, size().1)
            role="img"
            tabindex="0"
            aria-label=move || all.with(|cells| summary(cells))
            on:pointermove=move |event| point(event.offset_x(), event.offset_y())
            on:pointerleave=move |_| chosen.set(None)
            on:click=move |event| point(event.offset_x(), event.offset_y())
            on:keydown=keys
        >
            <g class="px">{paths} {ring}</g>
        </svg>
    }
    .into_any()
}

/// "505 symbols: 309 done, 3 failed, 193 waiting".
fn summary(cells: &[Cell]) -> String {
    let of = |wanted: fn(State) -> bool| thousands(u64::try_from(cells.iter().filter(|cell| wanted(cell.state)).count()).unwrap_or(0));
    let failed = of(|state| matches!(state, State::Failed(_)));
    let waiting = of(|state| state == State::Waiting);
    let done = of(|state| matches!(state, State::Done(_)));
    let all = thousands(u64::try_from(cells.len()).unwrap_or(0));
    let rest = if waiting == "0" { String::new() } else { format!(", {waiting} not heard of yet") };
    format!("{all}: {done} done, {failed} failed{rest}")
}

/// "AAPL · import done 2 304 records, 126 ms · indicators failed: not enough history".
fn describe(symbols: &Symbols, name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("Not heard of yet".to_owned());
    }
    let symbol: &Symbol = symbols.get(name)?;
    let mut parts = vec![name.to_owned()];
    for outcome in &symbol.outcomes {
        let noun = outcome.phase.noun();
        let made = outcome.made.map(|made| format!(" {}", count(made))).unwrap_or_default();
        let took = outcome.millis.map(|millis| format!(", {} ms", count(millis))).unwrap_or_default();
        let code = outcome.code.as_deref().map(|code| format!(": {}", code_in_words(code))).unwrap_or_default();
        parts.push(match outcome.status {
            OutcomeStatus::Done => format!("{noun} done{made}{took}"),
            OutcomeStatus::Failed => format!("{noun} failed{code}"),
            OutcomeStatus::Skipped => format!("{noun} skipped{code}"),
        });
    }
    Some(parts.join(" · "))
}

/// What the colours mean: only those that are on the map.
#[component]
fn Legend(all: Memo<Vec<Cell>>) -> impl IntoView {
    let entries = Memo::new(move |_| {
        all.with(|cells| {
            let has = |wanted: &dyn Fn(State) -> bool| cells.iter().any(|cell| wanted(cell.state));
            let mut shown: Vec<(&'static str, &'static str)> = Vec::new();
            for (step, class, label) in [(1, "g1", "imported"), (2, "g2", "synced"), (3, "g3", "indicators"), (4, "g4", "patterns")] {
                if has(&|state| state == State::Done(step)) {
                    shown.push((class, label));
                }
            }
            for (state, class, label) in [(State::Failed(false), "f-red", "failed"), (State::Failed(true), "f-red new", "newly failing"), (State::Waiting, "nofill l-outline", "waiting")] {
                if has(&|other| other == state) {
                    shown.push((class, label));
                }
            }
            shown
        })
    });
    view! {
        <ul class="legend">
            {move || entries.get().into_iter().map(|(class, label)| {
                let shape = match class {
                    "f-red new" => view! { <path class="f-red" d="M0 0h7l5 5v7h-12z" /> }.into_any(),
                    "nofill l-outline" => view! { <rect class=class x=".5" y=".5" width="11" height="11" /> }.into_any(),
                    _ => view! { <rect class=class width="12" height="12" /> }.into_any(),
                };
                view! { <li><svg width="12" height="12" aria-hidden="true"><g class="px">{shape}</g></svg>{label}</li> }
            }).collect_view()}
        </ul>
    }
    .into_any()
}
