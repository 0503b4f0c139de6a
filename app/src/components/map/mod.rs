//! The symbol map: one cell per symbol, coloured only by messages about that symbol. It is a picture; the table is its equal.

mod cells;
mod flash;
mod legend;
mod picked;
mod table;
mod told;

use crate::browser;
use crate::components::paced::paced;
use crate::format::thousands;
use crate::live::{Live, use_live};
use crate::location::{Location, encoded, use_location};
use crate::view::{Press, escaped, flag, memo, part, press, row, rows, text, when};
use cells::{Cell, State, cells, drawing, grids};
use domain::phase::Phase;
use domain::record::{Outcome, Unit};
use domain::time::Millis;
use domain::verdict::RunView;
use flash::Flashes;
use legend::legend;
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;
use std::sync::Arc;
use table::SymbolTable;
use told::{describe, missing, untold};

/// A map of more cells than this is painted at most twice a second.
const LARGE: usize = 2_000;

/// How the address says that the table is shown.
const VIEW: &str = "view";
const TABLE: &str = "table";

type Cells = Arc<Vec<Cell>>;

/// Leads from this page, or this moment of it, to the table of the symbols that failed by this cause.
pub(super) fn table_of(location: Location, code: &str) -> String {
    let at = untrack(|| location.asked("at"));
    let moment = if at.is_empty() { at } else { format!("at={at}&") };
    format!("?{moment}{VIEW}={TABLE}&state={}#symbols", encoded(code))
}

/// Map, line under it, legend; or the table.
#[component]
pub fn SymbolMap() -> impl IntoView {
    let live = use_live();
    let announced = move || {
        let of = |view: &RunView| (view.symbols(), view.run.expected > 0);
        live.view().with(|view| view.as_ref().map(of).unwrap_or_default())
    };
    let all = memo(move || -> Cells {
        let (announced, expected) = announced();
        Arc::new(cells(&live.symbols(), announced, expected, missing(live)))
    });
    let location = use_location();
    let as_table = flag(move || location.asked(VIEW) == TABLE);
    let chosen = RwSignal::new(None::<usize>);
    // Where a block begins; it ends at the chosen cell.
    let from = RwSignal::new(None::<usize>);
    let told = text(move || {
        if let Some((begins, ends)) = from.get().zip(chosen.get()) {
            let run = run_of(live);
            return all.with(|cells| {
                picked::line(&picked::block(cells, grid_of(live, cells.len()), begins, ends), run.as_deref())
            });
        }
        let name =
            chosen.get().and_then(|index| all.with(|cells| cells.get(index).map(|cell| cell.name.clone())));
        escaped(&name.and_then(|name| describe(&live.symbols(), &name, untold(live))).unwrap_or_default())
    });
    let names = move || {
        let block = from.get_untracked().zip(chosen.get_untracked());
        all.with_untracked(|cells| {
            let picked = |(begins, ends)| {
                picked::names(&picked::block(cells, grid_of(live, cells.len()), begins, ends))
            };
            block.map(picked).unwrap_or_default()
        })
    };
    let unpicked = flag(move || from.get().is_none());
    let other = text(move || if as_table.get() { "Show as map" } else { "Show as table" }.to_owned());
    let pressed = text(move || as_table.get().to_string());
    let heading = text(move || {
        if !live.symbols().known() {
            return "on their way; each one comes with the live link".to_owned();
        }
        let counted =
            counts_only(&live).map(|phase| format!(". The producer reports counts only for {phase}"));
        all.with(|cells| live.view().with(|view| summary(cells, view.as_ref())))
            + &counted.unwrap_or_default()
    });
    when(
        move || all.with(|cells| !cells.is_empty()),
        move || {
            view! {
                <div class="head rule">
                    <h2>"Symbols"</h2>
                    <span class="quiet">{heading}</span>
                    {when(move || live.hydrated().get(), move || view! {
                        <button type="button" class="link end" aria-pressed=pressed on:click=press(move || location.ask(VIEW, if as_table.get_untracked() { "" } else { TABLE }))>{other}</button>
                    })}
                </div>
                {when(move || as_table.get(), || view! { <SymbolTable /> })}
                {when(move || !as_table.get(), move || view! {
                    <Drawing all=all chosen=chosen from=from wide=true />
                    <Drawing all=all chosen=chosen from=from wide=false />
                    <div class="under">
                        <span class="told" inner_html=told></span>
                        <button type="button" class="link" class:waiting=unpicked on:click=press(move || browser::copy(&names()))>"Copy"</button>
                        <ul class="legend" inner_html=text(move || all.with(|cells| legend(cells)))></ul>
                    </div>
                })}
            }
        },
    )
}

#[component]
fn Drawing(
    all: Memo<Cells>,
    chosen: RwSignal<Option<usize>>,
    from: RwSignal<Option<usize>>,
    wide: bool,
) -> impl IntoView {
    let live = use_live();
    let current = paced(move || live.view().with(|view| view.as_ref().and_then(current).unwrap_or_default()));
    let size = move || all.with(|cells| cells.len());
    let grid = move || {
        let (desk, phone) = grids(size());
        if wide { desk } else { phone }
    };
    let width = text(move || (grid().pitch * grid().columns).to_string());
    let height = text(move || grid().height(size()).to_string());
    let frame = text(move || format!("0 0 {} {}", width.get(), height.get()));
    let newest = text(move || {
        // Of the two widths only one is seen.
        if live.wide().get().is_some_and(|seen| seen != wide) {
            return String::new();
        }
        let ringed = |cells: &[Cell]| {
            let now =
                current.with(|name| cells.iter().position(|cell| !name.is_empty() && cell.name == *name));
            now.into_iter().chain(chosen.get()).collect::<Vec<usize>>()
        };
        let block = from.get().zip(chosen.get()).map(|(begins, ends)| picked::outline(grid(), begins, ends));
        all.with(|cells| drawing(cells, grid(), &ringed(cells))) + &block.unwrap_or_default()
    });
    let held = paced(move || newest.get());
    // Painting thousands of cells is most of a page's work, and nobody sees one of them change; under the hand it is the newest.
    let picture =
        text(move || if size() > LARGE && chosen.get().is_none() { held.get() } else { newest.get() });
    let spoken = text(move || {
        let words = all.with(|cells| live.view().with(|view| summary(cells, view.as_ref())));
        format!("Symbols, {words}")
    });
    let flashes = Memo::new(move |before: Option<&Flashes>| {
        all.with(|cells| {
            let before = before.filter(|_| live.hydrated().get_untracked());
            Flashes::next(before, cells, browser::now())
        })
    });
    let flashing = move || {
        let one = |&(index, since): &(usize, Millis)| {
            let grid = grid();
            let (x, y) = grid.place(index);
            let (width, height) = (grid.pitch.to_string(), grid.row.to_string());
            row(format!("{index} {since}"), move || {
                view! { <rect class="flash" x=x.to_string() y=y.to_string() width=width height=height /> }
            })
        };
        flashes.with(|flashes| flashes.now.iter().map(one).collect())
    };
    let keys = move |event: KeyboardEvent| {
        if let Some(next) = step(&browser::key_of_event(&event), chosen.get_untracked(), grid().columns) {
            event.prevent_default();
            // With Shift a block grows from where one was.
            from.set(if event.shift_key() { from.get_untracked().or(chosen.get_untracked()) } else { None });
            if next < size() {
                chosen.set(Some(next));
            }
        }
    };
    let cell = move |x: i32, y: i32| grid().at(f64::from(x), f64::from(y), size());
    // While the hand drags, a block grows from where it began; one that stands is not changed by a hand that passes. On the phone a
    // finger scrolls.
    let passed = move |event: PointerEvent| {
        let drags = wide && event.buttons() == 1;
        if drags && from.get_untracked().is_none() {
            from.set(chosen.get_untracked());
        }
        if drags || from.get_untracked().is_none() {
            chosen.set(cell(event.offset_x(), event.offset_y()));
        }
    };
    let pressed: Press = Box::new(move |event| {
        // The press that ends a drag lies where the block ends; any other takes the block away.
        let there = cell(event.offset_x(), event.offset_y());
        if from.get_untracked().is_none() || there != chosen.get_untracked() {
            from.set(None);
            chosen.set(there);
        }
    });
    part(view! {
        <svg
            class=if wide { "map wide-only" } else { "map narrow-only" }
            width=width
            height=height
            viewBox=frame
            role="img"
            tabindex="0"
            aria-label=spoken
            on:pointermove=passed
            on:pointerleave=move |_| if from.get_untracked().is_none() { chosen.set(None) }
            on:click=pressed
            on:keydown=keys
        >
            <g inner_html=picture></g>
            {rows(flashing)}
        </svg>
    })
}

/// The run whose symbols are shown, for who may retry them.
fn run_of(live: Live) -> Option<String> {
    live.view().with(|view| view.as_ref().filter(|_| live.who().1 > 0).map(|view| view.run.id.clone()))
}

/// The grid that is seen.
fn grid_of(live: Live, count: usize) -> cells::Grid {
    let (desk, phone) = grids(count);
    if live.wide().get_untracked() == Some(false) { phone } else { desk }
}

/// The symbol that the producer named last, while the run goes on.
fn current(view: &RunView) -> Option<String> {
    let (_, progress) = view.current().filter(|_| !view.run.status.ended())?;
    progress.current().map(ToOwned::to_owned)
}

/// Where an arrow key leads. Nowhere: it is not ours.
fn step(key: &str, at: Option<usize>, columns: usize) -> Option<usize> {
    match (key, at) {
        ("ArrowRight" | "ArrowLeft" | "ArrowUp" | "ArrowDown", None) => Some(0),
        ("ArrowRight", Some(at)) => Some(at + 1),
        ("ArrowLeft", Some(at)) => Some(at.saturating_sub(1)),
        ("ArrowDown", Some(at)) => Some(at + columns),
        ("ArrowUp", Some(at)) => Some(at.checked_sub(columns).unwrap_or(at)),
        _ => None,
    }
}

/// "505: 309 done, 3 failed, 193 waiting for indicators". Done is who came through the furthest phase that speaks of symbols:
/// import behind a running computation is no news.
fn summary(cells: &[Cell], view: Option<&RunView>) -> String {
    let of = |wanted: &dyn Fn(State) -> bool| cells.iter().filter(|cell| wanted(cell.state)).count() as u64;
    let front = cells.iter().map(|cell| if let State::Done(step) = cell.state { step } else { 0 }).max();
    let front = front.unwrap_or(0);
    let ended = view.is_none_or(|view| view.run.status.ended());
    let phase = Phase::NIGHT.get(usize::from(front.saturating_sub(1))).map(Phase::noun).unwrap_or_default();
    let behind = match (ended, front) {
        (_, 0) => "not heard of yet".to_owned(),
        (true, _) => format!("without {phase}"),
        (false, _) => format!("waiting for {phase}"),
    };
    let waits = |state| match state {
        State::Done(step) => step < front,
        state => state == State::Waiting,
    };
    let mut words = thousands(cells.len() as u64);
    let parts = [
        (of(&|state| front > 0 && state == State::Done(front)), "done"),
        (of(&|state| matches!(state, State::Failed(_))), "failed"),
        (of(&|state| state == State::Skipped), "skipped"),
        (of(&|state| state == State::Missing), "not reported"),
        (of(&waits), behind.as_str()),
    ];
    for (place, (number, what)) in parts.into_iter().filter(|(number, _)| *number > 0).enumerate() {
        words.push_str(&format!("{} {} {what}", if place == 0 { ":" } else { "," }, thousands(number)));
    }
    let repaired = view.map_or(0, |view| view.run.repaired);
    if repaired > 0 {
        words.push_str(&format!("; {} came through the second time", thousands(repaired.into())));
    }
    words
}

/// The phase in progress, where its producer counts symbols without naming any.
fn counts_only(live: &Live) -> Option<String> {
    let phase = live.view().with(|view| {
        let (phase, progress) = view.as_ref()?.current()?;
        let counts = phase.unit == Unit::Symbols && progress.processed() > 0;
        counts.then(|| phase.phase.clone())
    })?;
    let names = |outcome: &Outcome| outcome.phase == phase;
    let named = live.symbols().iter().any(|(_, symbol)| symbol.outcomes.iter().any(names));
    (!named).then(|| phase.noun())
}
