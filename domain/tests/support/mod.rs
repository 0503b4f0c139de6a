//! Random nights for the property tests.

use domain::board::Board;
use domain::event::{
    AlertReport, Apart, Component, Counts, Ending, Event, EventKind, HealthReport, PhaseEnded, PhaseStarted,
    ProblemReport, RunEnded, RunStarted, SymbolResult, UniverseChange, ValueReport,
};
use domain::phase::Phase;
use domain::record::{Severity, Task, Trigger};
use domain::time::{Millis, Zone};
use proptest::prelude::*;

/// Where the random nights begin: 2026-11-20T21:10:00Z, 16:10 in New York.
pub(crate) const START: Millis = 1_795_209_000_000;

/// A board whose exchange is in New York's winter.
pub(crate) fn board() -> Board {
    Board::new(Zone {
        name: "America/New_York".into(),
        label: "ET".into(),
        offsets: vec![(Millis::MIN, -300)],
    })
}

fn phase() -> impl Strategy<Value = Phase> {
    prop_oneof![
        Just(Phase::Import),
        Just(Phase::CacheSync),
        Just(Phase::Indicators),
        Just(Phase::Patterns),
        Just(Phase::Other("alert_generation".into())),
    ]
}

fn counts() -> impl Strategy<Value = Counts> {
    let small = || proptest::option::of(0_u32..30);
    (small(), small(), small(), small(), proptest::option::of(0.0_f64..100.0)).prop_map(
        |(total, done, failed, processed, percent)| Counts {
            total,
            done,
            failed,
            processed,
            percent,
            current: Some("AAPL".into()),
            ..Counts::default()
        },
    )
}

fn ending() -> impl Strategy<Value = Ending> {
    prop_oneof![
        3 => Just(Ending::Success),
        1 => Just(Ending::Failed),
        1 => Just(Ending::Cancelled),
        1 => Just(Ending::Skipped)
    ]
}

fn symbol() -> impl Strategy<Value = String> {
    (0_u32..12).prop_map(|number| format!("SYM{number}"))
}

fn kind() -> impl Strategy<Value = EventKind> {
    prop_oneof![
        2 => (proptest::option::of(1_u32..40), proptest::collection::vec(phase(), 0..5)).prop_map(|(symbols, phases)| {
            EventKind::RunStarted(RunStarted {
                trigger: Some(Trigger::Manual), symbols, phases, universes: vec!["sp500".into()], retry_of: None })
        }),
        2 => (proptest::option::of(phase()), counts()).prop_map(|(phase, progress)| EventKind::RunProgress { phase, progress }),
        2 => (ending(), proptest::option::of(0_u32..40), proptest::option::of(0_u32..40)).prop_map(
            |(ending, processed, failed)| EventKind::RunEnded(RunEnded { ending, processed, failed, reason: None })),
        2 => (phase(), proptest::option::of(0_u32..40)).prop_map(|(phase, total)| {
            EventKind::PhaseStarted(PhaseStarted { frames: vec!["daily".into()], ..PhaseStarted::of(phase, total) })
        }),
        4 => (phase(), counts()).prop_map(|(phase, progress)| EventKind::PhaseProgress { phase, progress }),
        2 => (phase(), ending(), counts(), proptest::collection::vec(symbol(), 0..3)).prop_map(
            |(phase, ending, progress, failed_symbols)| EventKind::PhaseEnded(PhaseEnded {
                phase, ending, progress, failed_symbols, made: Some(7), frame: None,
                universes: vec!["top_500".into()], tasks: vec![Task { name: "ipo".into(), failed: true, changes: Some(2) }], reason: None })),
        6 => (phase(), symbol(), any::<bool>()).prop_map(|(phase, symbol, success)| {
            EventKind::SymbolResult(SymbolResult { phase, symbol, success, made: Some(3), millis: Some(9), code: None, frames: vec![] })
        }),
        2 => (symbol(), proptest::option::of(phase()), any::<bool>()).prop_map(|(symbol, phase, retrying)| {
            EventKind::Problem(ProblemReport {
                severity: Severity::Error, component: "fetcher".into(), code: Some("API_RATE_LIMIT".into()),
                message: "slow down".into(), symbol: Some(symbol), phase, retrying })
        }),
        2 => (phase(), symbol(), proptest::option::of(0.0_f64..1.0)).prop_map(|(phase, symbol, confidence)| {
            EventKind::Value(ValueReport { phase, symbol, name: "RSI".into(), frame: "daily".into(), confidence })
        }),
        1 => Just(EventKind::Health(HealthReport { health: Some("healthy".into()), score: Some(93), state: None })),
        1 => (0_u32..3, any::<bool>()).prop_map(|(id, resolved)| EventKind::Alert(AlertReport {
            id: format!("alert-{id}"), severity: Severity::Warning, component: "database".into(), message: "slow".into(), resolved })),
        1 => Just(EventKind::Universe(UniverseChange { universe: "top_500".into(), ..UniverseChange::default() })),
        1 => Just(EventKind::Apart(Apart { component: Component::Commands, name: "request_status".into(), source: "App".into() })),
        1 => Just(EventKind::Unknown { name: "news".into() }),
    ]
}

/// Any sequence of events in the order of their reception, over `runs` run ids; now and then a day passes. Some are a whole
/// import by `run-0` and what comes after it, so that nights are compared and retried.
pub(crate) fn night(runs: u32, length: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Event>> {
    let pause = prop_oneof![20 => 0_i64..40_000, 1 => Just(domain::time::DAY)];
    let skew = || proptest::option::weighted(0.5, -5_i64..5);
    let any = proptest::collection::vec((0..runs, kind(), pause.clone(), skew()), length.clone());
    let next = proptest::collection::vec((0..runs.clamp(2, 4), next_kind(), pause, skew()), length);
    prop_oneof![
        2 => any.prop_map(|steps| events(&steps)),
        1 => next.prop_map(|steps| events(&[import(), steps].concat())),
    ]
}

type Step = (u32, EventKind, Millis, Option<Millis>);

const WHOLE: u32 = 8;

/// An import of [`WHOLE`] symbols, one of which fails, and the day after it.
fn import() -> Vec<Step> {
    let step = |kind, pause| (0, kind, pause, Some(0));
    let started = RunStarted { symbols: Some(WHOLE), ..RunStarted::default() };
    let start = [
        EventKind::RunStarted(started),
        EventKind::PhaseStarted(PhaseStarted::of(Phase::Import, Some(WHOLE))),
    ];
    let results = (0..WHOLE).map(|number| result(Phase::Import, format!("SYM{number}"), number != 1));
    let end = [EventKind::RunEnded(RunEnded {
        ending: Ending::Success,
        processed: None,
        failed: None,
        reason: None,
    })];
    let kinds = start.into_iter().chain(results).chain(end);
    let mut steps: Vec<Step> = kinds.map(|kind| step(kind, 1_000)).collect();
    steps.push(step(EventKind::Unknown { name: "quiet".into() }, domain::time::DAY));
    steps
}

fn result(phase: Phase, symbol: String, success: bool) -> EventKind {
    EventKind::SymbolResult(SymbolResult {
        phase,
        symbol,
        success,
        made: Some(3),
        millis: Some(9),
        code: None,
        frames: vec![],
    })
}

/// What a night after another, and its retries, consist of.
fn next_kind() -> impl Strategy<Value = EventKind> {
    let size = || prop_oneof![2 => Just(WHOLE), 1 => Just(2), 1 => Just(0)];
    let some = || prop_oneof![3 => Just(Phase::Import), 1 => Just(Phase::Indicators)];
    let ended = |phase| PhaseEnded {
        phase,
        ending: Ending::Success,
        progress: Counts::default(),
        failed_symbols: vec![],
        made: None,
        frame: None,
        universes: vec![],
        tasks: vec![],
        reason: None,
    };
    prop_oneof![
        2 => size().prop_map(|size| EventKind::RunStarted(RunStarted { symbols: Some(size), ..RunStarted::default() })),
        2 => (some(), size()).prop_map(|(phase, size)| EventKind::PhaseStarted(PhaseStarted::of(phase, Some(size)))),
        8 => (some(), symbol(), any::<bool>()).prop_map(|(phase, symbol, success)| result(phase, symbol, success)),
        2 => some().prop_map(move |phase| EventKind::PhaseEnded(ended(phase))),
        1 => kind(),
    ]
}

fn events(steps: &[Step]) -> Vec<Event> {
    let mut at = START;
    let mut events = Vec::with_capacity(steps.len());
    for (number, (run, kind, pause, skew)) in steps.iter().cloned().enumerate() {
        at += pause;
        events.push(Event {
            at,
            reported: skew.map(|skew| at + skew),
            run: (run > 0 || number % 5 > 0).then(|| format!("run-{run}")),
            job: (run == 0 && number % 10 == 0).then(|| "job-0".to_owned()),
            simulated: false,
            fingerprint: number as u64,
            kind,
        });
    }
    events
}
