//! What the night made: the import's figures, the cache sync's steps, today's indicators, patterns by confidence.

use super::listed::{FACTS, Listed, Row, fact};
use crate::clock::Clock;
use crate::format::{count, hms, plural, thousands};
use crate::live::Live;
use crate::view::part;
use domain::phase::Phase;
use domain::record::{PhaseStatus, Task};
use leptos::prelude::*;

/// Columns of today's indicators.
const TYPES: &[&str] = &["Type", "Symbols", "Values", "Last"];

/// Four columns in the order of the phases; each comes with its phase.
#[component]
pub fn Made() -> impl IntoView {
    part(view! {
        <Listed class="card facts import" title="Import" heads=FACTS all=import />
        <Listed class="card facts sync" title="Cache sync" heads=FACTS all=cache_sync />
        <Listed class="card grid types" title="Today’s indicators" aside="all runs" heads=TYPES all=indicators />
        <Listed class="card facts patterns" title="Patterns found" aside="today, all runs" heads=FACTS all=patterns />
    })
}

fn import(live: Live, _: Clock) -> Vec<Row> {
    let Some(slot) = live.tonight().get() else { return Vec::new() };
    let (run, phase, progress) =
        (live.run(slot), live.phase(slot, &Phase::Import), live.progress(slot, &Phase::Import));
    let (Some(run), Some(phase), Some(progress)) =
        (run, phase.filter(|phase| phase.started.is_some()), progress)
    else {
        return Vec::new();
    };
    let of = if phase.total > 0 { format!("of {}", count(phase.total)) } else { String::new() };
    let tone = if progress.failed() > run.repaired { "bad" } else { "" };
    let later =
        if run.repaired > 0 { format!("{} came through later", count(run.repaired)) } else { String::new() };
    let mut facts = vec![
        fact("Processed", count(progress.processed()), of, ""),
        fact("Failed", count(progress.failed()), later, tone),
        fact("Records", thousands(run.records), "", ""),
    ];
    if !phase.frames.is_empty() {
        facts.push(fact("Timeframes", phase.frames.join(", "), "", ""));
    }
    if !run.universes.is_empty() {
        facts.push(fact(
            plural(u32::try_from(run.universes.len()).unwrap_or(u32::MAX), "Universe"),
            run.universes.join(", "),
            "",
            "",
        ));
    }
    facts
}

/// The steps as they were named, and what they changed.
fn cache_sync(live: Live, clock: Clock) -> Vec<Row> {
    let Some(slot) = live.tonight().get() else { return Vec::new() };
    let Some(phase) = live.phase(slot, &Phase::CacheSync).filter(|phase| phase.started.is_some()) else {
        return Vec::new();
    };
    let (marks, sync, zone) = (live.marks(slot, &Phase::CacheSync), live.sync(slot), clock.zone());
    let task = |name: &str| sync.tasks.iter().find(|task| task.name == name);
    let changed = |task: Option<&Task>| {
        let changes = task.and_then(|task| task.changes);
        changes.map(|changes| format!("{} {}", count(changes), plural(changes, "change"))).unwrap_or_default()
    };
    let mut facts = Vec::new();
    for (index, (began, name)) in marks.steps.iter().enumerate() {
        let last = index + 1 == marks.steps.len();
        let (word, tone) = match (task(name).is_some_and(|task| task.failed), last, phase.status) {
            (true, ..) => ("failed", "bad"),
            (_, true, PhaseStatus::Running) => ("running", ""),
            (_, true, PhaseStatus::Failed | PhaseStatus::Stopped) => ("stopped", "warn"),
            _ => ("done", ""),
        };
        let changes = changed(task(name));
        let aside = if changes.is_empty() { format!("from {}", hms(*began, &zone)) } else { changes };
        facts.push(fact(name.replace('_', " "), word, aside, tone));
    }
    for task in sync.tasks.iter().filter(|task| !marks.steps.iter().any(|(_, name)| *name == task.name)) {
        let (word, tone) = if task.failed { ("failed", "bad") } else { ("done", "") };
        facts.push(fact(task.name.replace('_', " "), word, changed(Some(task)), tone));
    }
    if facts.is_empty() {
        let word = if phase.ended.is_some() { "ended" } else { "running" };
        facts.push(fact("No step was named", word, "", ""));
    }
    if let Some(changes) = sync.changes {
        let universes = sync.universes.join(", ");
        facts.push(fact("Changes", thousands(changes), universes, ""));
    } else if sync.told > 0 {
        facts.push(fact("Universes changed", count(sync.told), "", ""));
    }
    facts
}

/// All types together, then each.
fn indicators(live: Live, clock: Clock) -> Vec<Row> {
    let (Some(all), zone) = (live.indicators(), clock.zone()) else { return Vec::new() };
    let line = |key: String, name: String, symbols, calculations, last| {
        (key, vec![name, count(symbols), count(calculations), hms(last, &zone)])
    };
    let more = if all.more { ", and more" } else { "" };
    let name = format!("{} {}{more}", all.types, plural(all.types, "type"));
    let mut rows = vec![line(String::new(), name, all.symbols, all.calculations, all.last)];
    let types = live.indicator_types().into_iter();
    rows.extend(types.map(|(name, one)| line(name.clone(), name, one.symbols, one.calculations, one.last)));
    rows
}

fn patterns(live: Live, _: Clock) -> Vec<Row> {
    let Some(all) = live.patterns() else { return Vec::new() };
    let more = if all.more { "and more" } else { "" };
    let classes = [
        ("Very high", all.very_high, "from 0.9"),
        ("High", all.high, "from 0.8"),
        ("Medium", all.medium, "from 0.7"),
        ("Low", all.low, "below"),
        ("Not rated", all.unrated, ""),
    ];
    let symbols = format!("in {} {}", count(all.symbols), plural(all.symbols, "symbol"));
    let mut facts =
        vec![fact("Found", count(all.found()), if more.is_empty() { symbols } else { more.to_owned() }, "")];
    let told = classes.into_iter().filter(|(name, found, _)| *found > 0 || *name != "Not rated");
    facts.extend(told.map(|(name, found, from)| fact(name, count(found), from, "")));
    facts
}
