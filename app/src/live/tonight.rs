//! From records to the run that has the verdict, and the verdict.
//!
//! The rules are `domain`'s; here they are only fed, and a verdict once shown is held for ten seconds so that the page does not
//! flicker (Failed appears at once).

use super::{Store, sorted};
use crate::clock::Clock;
use crate::location::Location;
use domain::outlook::judge_tonight;
use domain::record::{Change, PAST, PhaseRecord, Progress, Record, key};
use domain::time::{Millis, SECOND};
use domain::verdict::{self, RunView, Verdict};
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A verdict that was shown stays at least this long.
const HELD: Millis = 10 * SECOND;

type Memos = (Memo<Vec<RunView>>, Memo<Option<u32>>, Memo<Option<RunView>>, Memo<Verdict>);

/// Follows the records: the slot with the verdict, its view, and the verdict.
pub(super) fn memos(store: StoredValue<Store>, clock: Clock, location: Location) -> Memos {
    let views = Memo::new(move |_| store.with_value(views));
    let tonight = Memo::new(move |_| views.with(|views| shown(views, &location, clock.work().get())));
    let view = Memo::new(move |_| {
        let slot = tonight.get()?;
        views.with(|views| views.iter().find(|view| view.slot == slot).cloned())
    });
    let held: StoredValue<Option<(Verdict, Option<u32>, Millis)>> = StoredValue::new(None);
    let judged = Memo::new(move |_| {
        let now = clock.work().get();
        let about_one = location.run().is_some();
        let found = |key: &str| store.with_value(|store| store.board.signal(key)).get();
        let (plan, redis) = (found("xplan"), found("xredis"));
        let plan = match plan.as_deref() {
            Some(Record::Plan(plan)) if !about_one => Some(plan),
            _ => None,
        };
        let redis = if let Some(Record::Redis(redis)) = redis.as_deref() { Some(redis) } else { None };
        let fresh = view.with(|view| judge_tonight(view.as_ref(), plan, redis, now));
        let slot = tonight.get();
        let stay = held.get_value().filter(|(shown, of, since)| {
            // Only a change of the word within one run is held back; figures, ends and another run are news at once.
            let same_run = *of == slot;
            let waits = matches!((shown, &fresh), (Verdict::Silent { .. }, Verdict::Running { .. }));
            same_run && waits && now - since < HELD
        });
        if let Some((shown, ..)) = stay {
            return shown;
        }
        let since = match held.get_value() {
            Some((shown, of, since)) if shown.word() == fresh.word() && of == slot => since,
            _ => now,
        };
        held.set_value(Some((fresh.clone(), slot, since)));
        fresh
    });
    (views, tonight, view, judged)
}

/// The run that a page is about: the one that it names, or the one that has the verdict.
#[must_use]
pub fn shown(views: &[RunView], location: &Location, now: Millis) -> Option<u32> {
    match location.run() {
        Some(id) => views.iter().rfind(|view| view.run.id == id).map(|view| view.slot),
        None => verdict::tonight(&before(views, PAST), now),
    }
}

/// Those with a slot before this one: [`PAST`] leaves those on the board.
pub(super) fn before(views: &[RunView], slot: u32) -> Vec<RunView> {
    views.iter().filter(|view| view.slot < slot).cloned().collect()
}

/// The runs on the board, each with its phases in the order in which they are shown.
fn views(store: &Store) -> Vec<RunView> {
    let mut records = Vec::new();
    let redis: Arc<str> = "xredis".into();
    records.extend(store.board.signal(&redis).get().map(|record| (redis, record)));
    for kind in ['r', 'p', 'q'] {
        for key in store.board.keys(kind) {
            if let Some(record) = store.board.signal(&key).get() {
                records.push((key, record));
            }
        }
    }
    assemble(records.iter().map(|(key, record)| (&**key, record)))
}

/// The same, from a snapshot's changes: for the document's head, before any signal exists.
#[must_use]
pub fn views_of(changes: &[Change]) -> Vec<RunView> {
    assemble(changes.iter().filter_map(|change| Some((&*change.key, change.record.as_ref()?))))
}

fn assemble<'a>(records: impl Iterator<Item = (&'a str, &'a Arc<Record>)>) -> Vec<RunView> {
    let mut runs: BTreeMap<u32, RunView> = BTreeMap::new();
    let mut phases: BTreeMap<(u32, String), (Option<PhaseRecord>, Progress)> = BTreeMap::new();
    let mut listening = 0;
    for (key, record) in records {
        if let Record::Redis(redis) = &**record {
            listening = redis.since;
        }
        let Some(slot) = key::slot_of(key) else { continue };
        let tail = || key::tail_of(key).unwrap_or_default().to_owned();
        match &**record {
            Record::Run(run) => {
                runs.insert(slot, RunView { slot, run: run.clone(), phases: Vec::new(), listening: 0 });
            }
            Record::Phase(phase) => phases.entry((slot, tail())).or_default().0 = Some(phase.clone()),
            Record::Progress(progress) => phases.entry((slot, tail())).or_default().1 = progress.clone(),
            _ => {}
        }
    }
    for ((slot, _), (phase, progress)) in phases {
        if let (Some(view), Some(phase)) = (runs.get_mut(&slot), phase) {
            view.phases.push((phase, progress));
        }
    }
    for view in runs.values_mut() {
        view.listening = listening;
        let plan = view.run.plan.clone();
        // The plan's order; then the night's; then by the start. Rows never change places while a run goes on.
        let place = |phase: &PhaseRecord| {
            let planned = plan.iter().position(|planned| *planned == phase.phase).unwrap_or(usize::MAX);
            (planned, phase.phase.rank(), phase.started.unwrap_or(Millis::MAX))
        };
        view.phases = sorted(std::mem::take(&mut view.phases), |(a, _), (b, _)| place(a).cmp(&place(b)));
    }
    runs.into_values().collect()
}
