//! The invariants of ARCHITECTURE.md that hold over any sequence of events, whatever a producer sends.

mod support;

#[path = "support/held.rs"]
mod held;

use domain::event::Ending;
use domain::event::{Event, EventKind, PhaseStarted, RunEnded, RunStarted};
use domain::phase::Phase;
use domain::record::{GapKind, PhaseStatus, RunStatus};
use domain::time::{HOUR, MINUTE};
use domain::verdict::RunView;
use domain::wire::Topic;
use held::Held;
use proptest::prelude::*;
use std::collections::HashMap;
use support::{START, board, night};

fn topics(runs: u32) -> Vec<Topic> {
    let mut topics = vec![Topic::Board, Topic::Feed];
    topics.extend((0..runs).map(|run| Topic::Run(format!("run-{run}"))));
    topics
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Invariant 2: applying any already applied event again, at any later moment, changes nothing.
    #[test]
    fn an_applied_event_applied_again_changes_nothing(
        events in night(3, 1..60),
        again in proptest::collection::vec(any::<prop::sample::Index>(), 1..40),
    ) {
        let mut board = board();
        for (number, event) in events.iter().enumerate() {
            board.apply(event);
            let repeated = &events[again[number % again.len()].index(number + 1)];
            let before = board.seq();
            prop_assert!(!board.apply(repeated), "repeated {repeated:?} after {number}");
            prop_assert_eq!(board.seq(), before);
        }
    }

    /// Invariant 2: a late `started` never reopens an ended run.
    #[test]
    fn a_late_start_reopens_nothing(events in night(1, 1..40), later in 1_i64..10_000_000) {
        let mut board = board();
        for event in &events { board.apply(event); }
        let last = events.last().map_or(START, |event| event.at);
        let ended = |ending| EventKind::RunEnded(RunEnded { ending, processed: None, failed: None, reason: None });
        let event = |at, kind| Event { at, reported: None, run: Some("run-0".into()), job: None, simulated: false, fingerprint: 1 << 40, kind };
        board.apply(&event(last + 1, ended(Ending::Success)));
        let status = board.run_view("run-0").map(|view| view.run.status);
        prop_assert_ne!(status, Some(RunStatus::Running));
        board.apply(&event(last + 1 + later, EventKind::RunStarted(RunStarted::default())));
        prop_assert_eq!(board.run_view("run-0").map(|view| view.run.status), status);
    }

    /// Invariant 3: catching up after N equals having been connected all along.
    #[test]
    fn catching_up_equals_having_been_there(
        events in night(24, 1..150),
        cuts in proptest::collection::vec(0_usize..12, 1..40),
    ) {
        let mut board = board();
        let topics = topics(24);
        // One that hears every frame, one that is cut off at random and catches up, per topic.
        let mut there: HashMap<Topic, Held> = HashMap::new();
        let mut away: HashMap<Topic, (Held, u64)> = HashMap::new();
        let mut wait = 0;
        let mut next_cut = cuts.iter().cycle();
        for event in &events {
            let before = board.seq();
            board.apply(event);
            for topic in &topics {
                if let Some(delta) = board.changed_since(topic, before) {
                    there.entry(topic.clone()).or_default().take(&delta);
                }
            }
            if wait == 0 {
                wait = *next_cut.next().unwrap_or(&1);
                for topic in &topics {
                    let (held, after) = away.entry(topic.clone()).or_default();
                    if let Some(delta) = board.changed_since(topic, *after) { held.take(&delta); }
                    *after = board.seq();
                }
            } else {
                wait -= 1;
            }
        }
        for topic in &topics {
            let Some(full) = board.changed_since(topic, 0) else { continue };
            let mut fresh = Held::default();
            fresh.take(&full);
            let (mut held, after) = away.remove(topic).unwrap_or_default();
            if let Some(delta) = board.changed_since(topic, after) { held.take(&delta); }
            if *topic == Topic::Feed {
                // A window, not state: whatever is still in the window is the same for all.
                let there = there.remove(topic).unwrap_or_default().seen();
                for (key, value) in fresh.seen() { prop_assert_eq!(there.get(&key), Some(&value)); }
            } else {
                prop_assert_eq!(held.seen(), fresh.seen(), "topic {}", topic);
                prop_assert_eq!(there.remove(topic).unwrap_or_default().seen(), fresh.seen(), "topic {}", topic);
            }
        }
    }

    /// Invariant 4: processed and failed of a phase never fall within an attempt, and never exceed each other's sense.
    #[test]
    fn counts_never_fall_within_an_attempt(events in night(2, 1..80)) {
        let mut board = board();
        let mut before: HashMap<(String, String, u32), (u32, u32)> = HashMap::new();
        for event in &events {
            board.apply(event);
            for id in ["run-0", "run-1"] {
                let Some(view) = board.run_view(id) else { continue };
                for (phase, progress) in &view.phases {
                    let key = (id.to_owned(), phase.phase.key().to_owned(), phase.attempt);
                    let now = (progress.processed(), progress.failed());
                    let then = before.insert(key, now).unwrap_or_default();
                    prop_assert!(now.0 >= then.0 && now.1 >= then.1, "{then:?} became {now:?} by {event:?}");
                }
            }
        }
    }

    /// Invariant 4: an event touches only the run that it names, and of earlier runs of its night what it makes up for.
    #[test]
    fn an_event_touches_only_its_run(events in night(3, 1..60)) {
        let mut board = board();
        for event in events.iter().filter(|event| event.run.is_some()) {
            let others = |board: &domain::board::Board| -> Vec<Option<RunView>> {
                // What a night's runs make up for each other is counted across them.
                let made_up_for = |mut view: RunView| {
                    (view.run.repaired, view.run.repaired_new, view.run.missing) = (0, 0, 0);
                    view.run.left = None;
                    view
                };
                ["run-0", "run-1", "run-2"].iter().filter(|id| event.run.as_deref() != Some(**id))
                    .map(|id| board.run_view(id).map(made_up_for)).collect()
            };
            let before = others(&board);
            board.apply(event);
            prop_assert_eq!(before, others(&board));
        }
    }

    /// Invariant 6: after the end no phase is left running, and what is shown then is what the catch-up holds.
    #[test]
    fn the_end_is_final(events in night(1, 1..60)) {
        let mut board = board();
        for event in &events { board.apply(event); }
        if let Some(view) = board.run_view("run-0").filter(|view| view.run.status.ended()) {
            prop_assert!(view.run.ended.is_some());
            let open = view.phases.iter().any(|(phase, _)| {
                matches!(phase.status, PhaseStatus::Running | PhaseStatus::Waiting)
            });
            prop_assert!(!open, "{view:?}");
        }
    }
}

#[test]
fn an_unknown_runs_progress_opens_an_adopted_run() {
    let mut board = board();
    let kind = EventKind::PhaseProgress { phase: domain::phase::Phase::Import, progress: Default::default() };
    board.apply(&Event {
        at: START,
        reported: None,
        run: Some("x".into()),
        job: None,
        simulated: false,
        fingerprint: 1,
        kind,
    });
    let run = board.run_view("x").expect("opened").run;
    assert!(run.adopted && run.status == RunStatus::Running && run.started == START);
}

fn tell(board: &mut domain::board::Board, at: i64, run: Option<&str>, kind: EventKind) {
    let fingerprint = u64::try_from(at).expect("after 1970");
    board.apply(&Event {
        at,
        reported: None,
        run: run.map(Into::into),
        job: None,
        simulated: false,
        fingerprint,
        kind,
    });
}

fn listening(since: i64) -> domain::record::Redis {
    domain::record::Redis { up: true, since, address: String::new(), channels: 22 }
}

/// Invariant 4: a server that has just come may have missed the start of a night that reaches its next phase.
#[test]
fn a_newcomer_adopts_a_run_that_begins_in_its_middle() {
    let start = |phase| EventKind::PhaseStarted(PhaseStarted::of(phase, Some(5)));
    let adopted = |since: i64, phase| {
        let mut board = board();
        board.set_redis(listening(since));
        tell(&mut board, START, Some("a"), start(phase));
        board.run_view("a").is_some_and(|view| view.run.adopted)
    };
    assert!(adopted(START - MINUTE, Phase::Indicators), "its start may have been missed");
    assert!(adopted(START - MINUTE / 2, Phase::Import), "its start may have been missed by a moment");
    assert!(!adopted(START - 2 * MINUTE, Phase::Import), "a run that is an import and nothing else");
    assert!(!adopted(START - 4 * HOUR, Phase::Indicators), "a partial run: nothing was missed");
}

/// Silence is measured over everything heard, and never over a time in which we could not hear.
#[test]
fn progress_without_a_phase_is_heard_and_our_own_deafness_is_no_silence() {
    let mut board = board();
    board.set_redis(listening(START));
    tell(&mut board, START, Some("a"), EventKind::RunStarted(RunStarted::default()));
    let progress = domain::event::Counts { percent: Some(40.0), ..Default::default() };
    tell(&mut board, START + 5 * MINUTE, Some("a"), EventKind::RunProgress { phase: None, progress });
    let silent = |board: &domain::board::Board, at| board.run_view("a").and_then(|view| view.silent(at));
    assert_eq!(silent(&board, START + 6 * MINUTE), None, "it was heard a minute ago");
    assert_eq!(silent(&board, START + 9 * MINUTE), Some(4 * MINUTE));
    board.set_redis(listening(START + 30 * MINUTE));
    assert_eq!(silent(&board, START + 31 * MINUTE), None, "we hear again for a minute");
}

#[test]
fn an_event_that_belongs_to_no_run_is_counted() {
    let mut board = board();
    tell(&mut board, START, None, EventKind::RunStarted(RunStarted::default()));
    board.set_ingest(domain::record::Ingest { messages: 1, ..Default::default() });
    let changes = board.changed_since(&Topic::Board, 0).expect("the board").changes;
    let homeless = changes.iter().find_map(|change| match change.record.as_deref() {
        Some(domain::record::Record::Ingest(ingest)) => Some(ingest.homeless),
        _ => None,
    });
    assert_eq!(homeless, Some(1));
}

#[test]
fn the_board_is_bounded_whatever_ids_arrive() {
    let mut board = board();
    for number in 0..5_000_u32 {
        let kind =
            EventKind::PhaseProgress { phase: domain::phase::Phase::Import, progress: Default::default() };
        board.apply(&Event {
            at: START + i64::from(number),
            reported: None,
            run: Some(format!("stranger-{number}")),
            job: None,
            simulated: false,
            fingerprint: u64::from(number),
            kind,
        });
    }
    for number in 0..100 {
        board.open_gap(GapKind::Disconnected, START + number, 0);
    }
    let full = board.changed_since(&Topic::Board, 0).expect("the board");
    // Per run: its record, one phase, its progress; and the producer, and the gaps.
    let bound = (domain::board::RUNNING_RUNS + domain::board::ENDED_RUNS) * 3 + 1 + domain::board::GAPS;
    assert!(full.changes.len() <= bound, "{} records", full.changes.len());
    assert!(
        board.changed_since(&Topic::Board, 1).expect("the board").changes.len()
            <= bound + domain::board::TOMBSTONES
    );
}

#[test]
fn who_asks_for_less_than_the_floor_gets_everything() {
    let mut board = board();
    for number in 0..12_000_u32 {
        let kind =
            EventKind::PhaseProgress { phase: domain::phase::Phase::Import, progress: Default::default() };
        board.apply(&Event {
            at: START + i64::from(number),
            reported: None,
            run: Some(format!("stranger-{number}")),
            job: None,
            simulated: false,
            fingerprint: u64::from(number),
            kind,
        });
    }
    assert!(board.changed_since(&Topic::Board, 1).expect("the board").full);
    let newest = board.seq();
    assert!(!board.changed_since(&Topic::Board, newest - 10).expect("the board").full);
    assert!(
        board.changed_since(&Topic::Board, newest + 1).expect("the board").full,
        "a number from the future"
    );
}
