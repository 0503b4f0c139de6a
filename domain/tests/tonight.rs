//! Which run has the verdict.

use domain::board::Board;
use domain::event::{Counts, Ending, Event, EventKind, RunEnded, RunStarted};
use domain::phase::Phase;
use domain::record::{Record, Redis, RunStatus};
use domain::time::{MINUTE, Zone};
use domain::verdict::{Verdict, judge};
use domain::wire::Topic;

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

fn announced(board: &mut Board, at: i64, run: &str, symbols: u32) {
    let started = RunStarted { symbols: Some(symbols), ..RunStarted::default() };
    tell(board, at, run, EventKind::RunStarted(started));
}

fn ended(board: &mut Board, at: i64, run: &str, failed: u32) {
    let ended = RunEnded { ending: Ending::Success, processed: None, failed: Some(failed), reason: None };
    tell(board, at, run, EventKind::RunEnded(ended));
}

/// An import of one universe beside the night, or after it, does not speak for the night once it has ended.
#[test]
fn a_small_run_beside_the_night_gives_the_verdict_back() {
    let mut board = Board::new(Zone::utc());
    let at = |minutes: i64| START + minutes * MINUTE;
    announced(&mut board, at(0), "night", 505);
    announced(&mut board, at(1), "beside", 102);
    assert_eq!(board.tonight(at(1)).as_deref(), Some("night"), "the larger");
    ended(&mut board, at(2), "night", 0);
    assert_eq!(board.tonight(at(2)).as_deref(), Some("beside"), "what goes on is shown");
    ended(&mut board, at(3), "beside", 3);
    assert_eq!(board.tonight(at(3)).as_deref(), Some("night"));
    // The same work again speaks for the night.
    announced(&mut board, at(4), "again", 500);
    ended(&mut board, at(5), "again", 0);
    assert_eq!(board.tonight(at(5)).as_deref(), Some("again"));
}

/// A run that is cancelled takes nothing from a night that another one has done; alone, or before it, it is what became of the night.
#[test]
fn a_cancelled_run_leaves_a_whole_night_as_it_was() {
    let mut board = Board::new(Zone::utc());
    let at = |minutes: i64| START + minutes * MINUTE;
    let cancelled = |board: &mut Board, at: i64, run: &str| {
        let ended = RunEnded { ending: Ending::Cancelled, processed: None, failed: None, reason: None };
        tell(board, at, run, EventKind::RunEnded(ended));
    };
    announced(&mut board, at(0), "first", 505);
    cancelled(&mut board, at(1), "first");
    assert_eq!(board.tonight(at(1)).as_deref(), Some("first"));
    announced(&mut board, at(2), "night", 505);
    ended(&mut board, at(3), "night", 0);
    announced(&mut board, at(4), "third", 505);
    assert_eq!(board.tonight(at(4)).as_deref(), Some("third"), "what goes on is shown");
    cancelled(&mut board, at(5), "third");
    assert_eq!(board.tonight(at(5)).as_deref(), Some("night"));
    // One that would have been more than that is missed.
    announced(&mut board, at(6), "all", 5_000);
    cancelled(&mut board, at(7), "all");
    assert_eq!(board.tonight(at(7)).as_deref(), Some("all"));
}

fn hear(board: &mut Board, at: i64, channel: &str, message: &str) {
    let reading = domain::decode::read(channel, message.as_bytes(), at).expect("a message");
    board.apply(&reading.event);
}

/// A job whose begin was heard ends with its phase, also right after the server's start.
#[test]
fn a_job_of_its_own_ends() {
    let mut board = Board::new(Zone::utc());
    board.set_redis(Redis { up: true, since: START, address: String::new(), channels: 0 });
    let sync = |event: &str| {
        format!(
            r#"{{"event":"{event}","payload":{{"job_id":"9a9b-y","mode":"market_cap","triggered_by":"api"}}}}"#
        )
    };
    hear(&mut board, START + 1, "tickstock:cache:sync_triggered", &sync("cache_sync_triggered"));
    assert_eq!(board.run_view("9a9b-y").map(|view| view.run.adopted), Some(false));
    hear(&mut board, START + 2, "tickstock:cache:sync_complete", &sync("cache_sync_completed"));
    let run = board.run_view("9a9b-y").expect("the run").run;
    assert_eq!((run.status, run.ended), (RunStatus::Success, Some(START + 2)));
}

/// Where only the end of an import was heard, nobody will say that its run ended: after a silence it is taken to have.
#[test]
fn what_was_heard_only_at_its_end_is_not_running_for_ever() {
    let mut board = Board::new(Zone::utc());
    let end = r#"{"event":"data_import_completed","payload":{"run_id":"import-1","total_symbols":505,"successful_symbols":505,"failed_symbols":0,"total_records_imported":9}}"#;
    hear(&mut board, START, "tickstock:data:import:status", end);
    let view = board.run_view("import-1").expect("the run");
    assert!(matches!(judge(Some(&view), START + 1_000), Verdict::Running { .. }), "more may come");
    assert_eq!(
        (judge(Some(&view), START + 20 * MINUTE), view.faded(START + 20 * MINUTE)),
        (Verdict::Complete, true)
    );
}

/// What a phase reports at its end includes what its symbols told, whichever comes first.
#[test]
fn records_are_counted_once() {
    let mut board = Board::new(Zone::utc());
    let symbol = |name: &str| {
        format!(
            r#"{{"event":"symbol_processing_complete","payload":{{"run_id":"a","symbol":"{name}","success":true,"records_imported":100}}}}"#
        )
    };
    let end = r#"{"event":"data_import_completed","payload":{"run_id":"a","total_symbols":3,"total_records_imported":300}}"#;
    announced(&mut board, START, "a", 3);
    let channel = "tickstock:data:import:status";
    for (after, message) in [symbol("A"), symbol("B"), end.to_owned(), symbol("C")].iter().enumerate() {
        hear(&mut board, START + 1 + i64::try_from(after).unwrap_or(0), channel, message);
    }
    assert_eq!(board.run_view("a").map(|view| view.run.records), Some(300));
}

/// Health and alerts that come within the millisecond of another message count as well.
#[test]
fn what_comes_in_the_same_millisecond_counts() {
    let mut board = Board::new(Zone::utc());
    let channel = "tickstock:monitoring";
    for message in [
        r#"{"event_type":"SYSTEM_STATUS","status":"RUNNING"}"#,
        r#"{"event_type":"ALERT_TRIGGERED","alert":{"id":"a1","message":"slow","level":"WARNING"}}"#,
        r#"{"event_type":"ALERT_RESOLVED","alert":{"id":"a1"}}"#,
        r#"{"event_type":"HEALTH_CHECK","health":{"overall_score":97,"status":"healthy"}}"#,
    ] {
        hear(&mut board, START, channel, message);
    }
    let held = board.changed_since(&Topic::Board, 0).expect("the board").changes;
    let record =
        |key: &str| held.iter().find(|change| &*change.key == key).and_then(|change| change.record.clone());
    assert!(matches!(record("aa1").as_deref(), Some(Record::Alert(alert)) if !alert.open()));
    assert!(
        matches!(record("xproducer").as_deref(), Some(Record::Producer(producer)) if producer.health.as_deref() == Some("healthy"))
    );
}

/// The moment from which a run is silent is the one at which it says so.
#[test]
fn a_run_says_from_when_it_will_be_silent() {
    let mut board = Board::new(Zone::utc());
    announced(&mut board, START, "night", 505);
    for phase in [Phase::Import, Phase::CacheSync] {
        let counts = Counts { total: Some(5), ..Counts::default() };
        tell(&mut board, START + MINUTE, "night", EventKind::PhaseProgress { phase, progress: counts });
        let view = board.run_view("night").expect("it was heard");
        assert_eq!(view.silent(view.silent_from() - 1), None);
        assert!(view.silent(view.silent_from()).is_some());
    }
}
