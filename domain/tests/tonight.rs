//! Which run has the verdict.

use domain::board::Board;
use domain::event::{Counts, Ending, Event, EventKind, RunEnded, RunStarted};
use domain::phase::Phase;
use domain::time::{MINUTE, Zone};

/// 2026-11-20T21:10:00Z.
const START: i64 = 1_795_209_000_000;

fn tell(board: &mut Board, at: i64, run: &str, kind: EventKind) {
    let run = Some(run.to_owned());
    board.apply(&Event { at, reported: None, run, job: None, simulated: false, fingerprint: 0, kind });
}

/// A stray message about a run nobody knows does not take the verdict from a night that was heard from its start.
#[test]
fn a_stray_run_does_not_take_the_verdict() {
    let mut board = Board::new(Zone::utc());
    let counts = |total| Counts { total: Some(total), ..Counts::default() };
    let progress = |total| EventKind::PhaseProgress { phase: Phase::Import, progress: counts(total) };
    let started = RunStarted { symbols: Some(505), ..RunStarted::default() };
    let ended = RunEnded { ending: Ending::Success, processed: Some(505), failed: Some(0), reason: None };
    tell(&mut board, START, "night", EventKind::RunStarted(started));
    tell(&mut board, START + MINUTE, "night", EventKind::RunEnded(ended));
    tell(&mut board, START + 2 * MINUTE, "stray", progress(2));
    assert_eq!(board.tonight(START + 2 * MINUTE).as_deref(), Some("night"));
    // A larger one that began while nobody listened is no stray.
    tell(&mut board, START + 3 * MINUTE, "missed", progress(5_000));
    assert_eq!(board.tonight(START + 3 * MINUTE).as_deref(), Some("missed"));
}
