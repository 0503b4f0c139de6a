//! Cache sync: universes made from what the source lists, in the five steps of the contract (§3.4, §10), every change told.
//!
//! What a universe is: those that the source names; classes of market value; the hundred (500, 1000, 2000) that are worth most; who was
//! listed in the last thirty days; the ten largest of each sector; the funds. Who is not traded any more is taken out of all of them.
//!
//! Invariant: a universe is replaced whole, by one write; a step that is done is not done again after a crash.

use super::changes::{JOB, NOT_TRADED, Sum, put};
use super::each::Stop;
use super::tell::{Names, percent, seconds};
use super::{Kind, Run};
use crate::listen::Mode;
use crate::publish::now;
use domain::phase::Phase;
use processor::source::{Listed, Source};
use processor::store::{Outcome, State};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Days for which somebody is new.
const NEW: i32 = 30;
/// The largest of a sector.
const LEADERS: usize = 10;
/// Classes of market value, in dollars from which they begin.
const CLASSES: [(&str, f64); 5] =
    [("mega_cap", 2e11), ("large_cap", 1e10), ("mid_cap", 2e9), ("small_cap", 3e8), ("micro_cap", 5e7)];
const TOPS: [usize; 4] = [100, 500, 1_000, 2_000];
const STEPS: [&str; 5] = [
    "market_cap_recalculation",
    "ipo_assignment",
    "delisted_cleanup",
    "theme_rebalancing",
    "etf_universe_maintenance",
];
/// As a phase of a run (contract §1.1). A sync of its own is triggered instead of started.
pub const CACHE: Names = Names {
    phase: Phase::CacheSync,
    channels: ["tickstock:cache:started", "tickstock:cache:progress", "tickstock:cache:completed"],
    events: ["cache_sync_started", "cache_sync_progress", "cache_sync_completed"],
    source: JOB,
    component: "cache_sync",
};
/// Where it is told of any sync that it is complete: it is a job, and has a job's id (contract §3.4 A).
const COMPLETE: &str = "tickstock:cache:sync_complete";

/// Brings the universes up to date. `done`: steps that were done before; they are of this sync, and not done again.
pub async fn phase<S: Source>(run: &Run<S>, done: Option<&BTreeMap<String, Outcome>>) -> Result<(), Stop> {
    let mode = match run.plan.kind {
        Kind::Sync(mode) => mode,
        _ => Mode::Full,
    };
    let steps = steps_of(mode);
    let began = now();
    run.teller.begin(&CACHE.phase, steps.len());
    let alone = run.plan.kind == Kind::Sync(mode);
    if alone {
        let payload = json!({ "mode": mode.key(), "force": false, "triggered_by": "api" });
        let channel = "tickstock:cache:sync_triggered";
        run.teller.say(channel, "cache_sync_triggered", "cache_sync_api", payload).await;
    } else {
        let payload = json!({ "mode": mode.key(), "total_items": steps.len() });
        run.teller.say(CACHE.channels[0], CACHE.events[0], JOB, payload).await;
    }
    let (mut sum, mut trouble) = (Sum::default(), None);
    for (index, step) in steps.iter().enumerate() {
        if run.is_cancelled() {
            return Ok(());
        }
        progress(run, step, index).await;
        if let Some(before) = done.and_then(|done| done.get(*step)) {
            let changes = usize::try_from(before.figure).unwrap_or(0);
            sum.changes += changes;
            sum.tasks.insert(step, changes);
            run.teller.progress().processed = index + 1;
            continue;
        }
        let before = sum.changes;
        if let Err(message) = one(run, step, &mut sum).await {
            run.teller.problem(&CACHE, "error", "CACHE_SYNC_FAILED", &message, json!({ "step": step })).await;
            trouble = Some(message);
            break;
        }
        sum.tasks.insert(step, sum.changes - before);
    }
    if let (Some(last), None) = (steps.last(), &trouble) {
        progress(run, last, steps.len()).await;
    }
    let payload = completed(run, mode, &sum, (trouble.as_deref(), seconds(began)));
    if !alone {
        let mut phase = payload.clone();
        let done = run.teller.progress().processed;
        (phase["total_items"], phase["completed"]) = (steps.len().into(), done.into());
        run.teller.say(CACHE.channels[2], CACHE.events[2], JOB, phase).await;
    }
    run.teller.say(COMPLETE, CACHE.events[2], JOB, payload).await;
    match trouble {
        Some(message) => Err(Stop { message, good: 0, failed: BTreeSet::new(), figure: 0 }),
        None => Ok(()),
    }
}

fn steps_of(mode: Mode) -> &'static [&'static str] {
    match mode {
        Mode::Full => &STEPS,
        Mode::MarketCap => &STEPS[..1],
        Mode::Ipos => &STEPS[1..2],
        Mode::Themes => &STEPS[3..4],
    }
}

/// How a sync came out.
fn completed<S: Source>(
    run: &Run<S>,
    mode: Mode,
    sum: &Sum,
    (trouble, seconds): (Option<&str>, f64),
) -> Value {
    let result = |(step, changes): (&&'static str, &usize)| {
        ((*step).to_owned(), json!({ "status": "success", "changes": changes }))
    };
    let tasks: Map<String, Value> = sum.tasks.iter().map(result).collect();
    let mut payload = json!({
        "job_id": run.teller.id, "status": if trouble.is_some() { "failed" } else { "completed" }, "mode": mode.key(),
        "total_changes": sum.changes, "universes_updated": sum.updated, "task_results": tasks, "duration_seconds": seconds
    });
    if let Some(message) = trouble {
        payload["message"] = message.into();
    }
    payload
}

/// So many steps are done, and this one is in hand, or was the last.
async fn progress<S: Source>(run: &Run<S>, step: &str, done: usize) {
    let total = {
        let mut progress = run.teller.progress();
        (progress.processed, progress.current) = (done, Some(step.to_owned()));
        progress.total
    };
    let payload = json!({
        "total_items": total, "completed": done, "current_task": step, "percent_complete": percent(done, total)
    });
    run.teller.say(CACHE.channels[1], CACHE.events[1], JOB, payload).await;
    run.teller.say_all(run.teller.tracked().into_iter().collect()).await;
}

/// One step. Its changes are told, and that it is done is written down.
async fn one<S: Source>(run: &Run<S>, step: &str, sum: &mut Sum) -> Result<(), String> {
    let changed_before = sum.changes;
    let mut universes: BTreeMap<String, Vec<Listed>> = BTreeMap::new();
    for name in &run.plan.universes {
        universes.insert(name.clone(), run.source.universe(name).await.map_err(|cause| cause.to_string())?);
    }
    let mut all: BTreeMap<&str, &Listed> = BTreeMap::new();
    all.extend(universes.values().flatten().map(|listed| (listed.symbol.as_str(), listed)));
    let traded: Vec<&Listed> = all.values().copied().filter(|listed| is_traded(run, listed)).collect();
    match step {
        "market_cap_recalculation" => {
            for (name, members) in &universes {
                // Who left the exchange stays in until the step that is about that.
                put(run, name, members.clone(), "as the source lists it", sum).await?;
            }
            for (name, members) in by_worth(&traded) {
                put(run, &name, members, "market value", sum).await?;
            }
        }
        "ipo_assignment" => {
            let new = |listed: &&&Listed| {
                listed.listed.is_some_and(|day| (run.today - NEW..=run.today).contains(&day))
            };
            let members: Vec<Listed> = traded.iter().filter(new).copied().cloned().collect();
            put(run, "recent_ipos", members, "listed in the last 30 days", sum).await?;
        }
        "delisted_cleanup" => {
            let known = run.store.universes().await.map_err(|cause| cause.to_string())?;
            for (name, ..) in known {
                let members = run.store.universe(&name).await.map_err(|cause| cause.to_string())?;
                let still: Vec<Listed> =
                    members.iter().filter(|listed| is_traded(run, listed)).cloned().collect();
                if still.len() < members.len() {
                    put(run, &name, still, NOT_TRADED, sum).await?;
                }
            }
        }
        "theme_rebalancing" => {
            for (name, members) in leaders(&traded) {
                put(run, &name, members, "the largest of their sector", sum).await?;
            }
        }
        _ => {
            let fund = |listed: &&&Listed| listed.kind == processor::listed::Kind::Fund;
            let members: Vec<Listed> = traded.iter().filter(fund).copied().cloned().collect();
            put(run, "etf", members, "funds", sum).await?;
        }
    }
    run.teller.flush().await;
    let figure = i64::try_from(sum.changes - changed_before).unwrap_or(i64::MAX);
    let outcome = Outcome { symbol: step.to_owned(), state: State::Done, code: None, message: None, figure };
    let written = run.store.put_outcomes(&run.teller.id, Phase::CacheSync.key(), &[outcome]).await;
    written.map_err(|cause| cause.to_string())
}

fn is_traded<S: Source>(run: &Run<S>, listed: &Listed) -> bool {
    listed.delisted.is_none_or(|day| day > run.today)
}

/// Classes of market value, and those that are worth most.
fn by_worth(traded: &[&Listed]) -> Vec<(String, Vec<Listed>)> {
    let mut worth: Vec<(f64, &Listed)> =
        traded.iter().filter_map(|listed| Some((listed.market_cap?, *listed))).collect();
    worth.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let mut universes = Vec::new();
    let mut most = f64::INFINITY;
    for (name, from) in CLASSES {
        let members = worth.iter().filter(|(worth, _)| (from..most).contains(worth));
        universes.push((name.to_owned(), members.map(|(_, listed)| (*listed).clone()).collect()));
        most = from;
    }
    for top in TOPS.into_iter().filter(|top| *top <= worth.len()) {
        universes
            .push((format!("top_{top}"), worth[..top].iter().map(|(_, listed)| (*listed).clone()).collect()));
    }
    universes
}

/// The largest of each sector.
fn leaders(traded: &[&Listed]) -> Vec<(String, Vec<Listed>)> {
    let mut sectors: BTreeMap<String, Vec<Listed>> = BTreeMap::new();
    for listed in traded {
        if let Some(sector) = &listed.sector {
            let name = format!("{}_leaders", sector.to_lowercase().replace([' ', '-'], "_"));
            sectors.entry(name).or_default().push((*listed).clone());
        }
    }
    for members in sectors.values_mut() {
        members.sort_by(|a, b| b.market_cap.unwrap_or(0.0).total_cmp(&a.market_cap.unwrap_or(0.0)));
        members.truncate(LEADERS);
    }
    sectors.into_iter().collect()
}
