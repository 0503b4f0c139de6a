//! What tonight is before a run and instead of one, at every moment of it.

use domain::board::Board;
use domain::event::{Ending, Event, EventKind, RunEnded, RunStarted};
use domain::outlook::{PATIENCE, SOON, judge_tonight};
use domain::record::MomentKind::{Close, Closed, Due, Night, Refused, Skip};
use domain::record::{Moment, MomentKind, Plan, Redis};
use domain::time::{DAY, HOUR, MINUTE, Millis, SECOND, Zone};
use domain::verdict::{RunView, Verdict};

/// The night of Friday 20 November 2026, and the Monday after it.
const FRIDAY: i64 = 20_777;
const MONDAY: i64 = FRIDAY + 3;

/// 16:10 in New York, in winter.
fn due(day: i64) -> Millis {
    day * DAY + 21 * HOUR + 10 * MINUTE
}

/// Nine in the morning there, when a night begins.
fn nine(day: i64) -> Millis {
    day * DAY + 14 * HOUR
}

fn moment(at: Millis, kind: MomentKind, day: i64) -> Moment {
    Moment { at, kind, day, words: None }
}

fn because(why: &str, at: Millis, kind: MomentKind, day: i64) -> Moment {
    Moment { at, kind, day, words: Some(why.to_owned()) }
}

/// The moments of Friday's and Monday's nights, Monday's run being this.
fn plan(monday: Moment) -> Plan {
    let mut moments = vec![
        moment(nine(FRIDAY), Night, FRIDAY),
        moment(due(FRIDAY) - 10 * MINUTE, Close, FRIDAY),
        moment(due(FRIDAY), Due, FRIDAY),
        moment(nine(MONDAY), Night, MONDAY),
        moment(due(MONDAY) - 10 * MINUTE, Close, MONDAY),
        monday,
        moment(due(MONDAY + 1), Due, MONDAY + 1),
    ];
    moments.sort_by_key(|moment| moment.at);
    Plan { moments, ..Plan::default() }
}

fn waits() -> Plan {
    plan(moment(due(MONDAY), Due, MONDAY))
}

/// A run that began then and took forty minutes, as the board has it.
fn ran(started: Millis, ending: Ending) -> RunView {
    let mut board = begun(started);
    let ended = RunEnded { ending, processed: Some(500), failed: Some(0), reason: None };
    tell(&mut board, started + 40 * MINUTE, EventKind::RunEnded(ended));
    board.run_view("7f3a").expect("the run")
}

fn begun(started: Millis) -> Board {
    let mut board = Board::new(Zone::utc());
    let announced = RunStarted { symbols: Some(500), ..RunStarted::default() };
    tell(&mut board, started, EventKind::RunStarted(announced));
    board
}

fn tell(board: &mut Board, at: Millis, kind: EventKind) {
    let run = Some("7f3a".to_owned());
    board.apply(&Event { at, reported: None, run, job: None, simulated: false, fingerprint: 0, kind });
}

/// Friday's, which went well.
fn friday() -> RunView {
    ran(due(FRIDAY) + SECOND, Ending::Success)
}

fn redis(up: bool, since: Millis) -> Redis {
    Redis { up, since, address: String::new(), channels: 0 }
}

/// As it is judged by who has been listening since Friday.
fn tonight(view: &RunView, plan: &Plan, now: Millis) -> Verdict {
    judge_tonight(Some(view), Some(plan), Some(&redis(true, nine(FRIDAY))), now)
}

fn not_started(why: Option<&str>) -> Verdict {
    Verdict::DidNotStart { due: due(MONDAY), why: why.map(str::to_owned) }
}

#[test]
fn a_night_waits_is_due_soon_is_due_and_did_not_start_to_the_millisecond() {
    let (view, plan, at) = (friday(), waits(), due(MONDAY));
    let told = |now| tonight(&view, &plan, now);
    assert_eq!(told(nine(MONDAY) - 1), Verdict::Complete, "last night still is tonight");
    assert_eq!(told(nine(MONDAY)), Verdict::Waiting { due: at, closed: None });
    assert_eq!(told(at - SOON - 1), Verdict::Waiting { due: at, closed: None });
    assert_eq!(told(at - SOON), Verdict::Due { at });
    assert_eq!(told(at), Verdict::Due { at });
    assert_eq!(told(at + PATIENCE - 1), Verdict::Due { at }, "its first word may be on its way");
    assert_eq!(told(at + PATIENCE), not_started(None));
    assert_eq!(told(nine(MONDAY + 1) - 1), not_started(None), "until the next night");
}

#[test]
fn whoever_could_not_hear_does_not_say_that_nothing_began() {
    let (view, plan, at) = (friday(), waits(), due(MONDAY));
    let told = |redis, now| judge_tonight(Some(&view), Some(&plan), Some(&redis), now);
    let late = at + HOUR;
    assert_eq!(told(redis(false, at - HOUR), late), Verdict::Due { at }, "it is not heard now");
    assert_eq!(
        told(redis(true, late - MINUTE), late),
        Verdict::Due { at },
        "it was not heard until just now"
    );
    assert_eq!(told(redis(true, late - PATIENCE), late), not_started(None));
    assert_eq!(judge_tonight(Some(&view), Some(&plan), None, late), not_started(None));
}

#[test]
fn what_was_refused_did_not_start_and_says_why_at_once() {
    for why in
        ["refused: nobody listens", "not sent: Redis is not reachable", "5 min late: no server was there"]
    {
        let plan = plan(because(why, due(MONDAY), Refused, MONDAY));
        assert_eq!(tonight(&friday(), &plan, due(MONDAY)), not_started(Some(why)));
        let away = redis(false, due(MONDAY));
        let told = judge_tonight(Some(&friday()), Some(&plan), Some(&away), due(MONDAY) + HOUR);
        assert_eq!(told, Verdict::Due { at: due(MONDAY) }, "while nobody can hear, it may have begun");
    }
}

#[test]
fn what_is_left_out_says_why_from_when_it_was_due() {
    for why in ["by ann: maintenance", "closed for Thanksgiving", "paused by ann", "before the close"] {
        let plan = plan(because(why, due(MONDAY), Skip, MONDAY));
        let told = |now| tonight(&friday(), &plan, now);
        assert_eq!(told(due(MONDAY) - 1), Verdict::Complete, "nothing is due tonight");
        assert_eq!(told(due(MONDAY)), Verdict::LeftOut { why: Some(why.to_owned()) });
        assert_eq!(told(due(MONDAY) + HOUR), Verdict::LeftOut { why: Some(why.to_owned()) });
        assert_eq!(told(nine(MONDAY + 1) - 1), Verdict::LeftOut { why: Some(why.to_owned()) });
        // Somebody ran it by hand all the same, before or after.
        for started in [due(MONDAY) - HOUR, due(MONDAY) + MINUTE] {
            let by_hand = ran(started, Ending::Success);
            assert_eq!(tonight(&by_hand, &plan, due(MONDAY) + 2 * HOUR), Verdict::Complete);
        }
    }
}

#[test]
fn a_holiday_keeps_last_nights_word_and_says_what_it_is() {
    let mut plan = waits();
    let holiday = because("Thanksgiving", nine(FRIDAY + 1), Closed, FRIDAY + 1);
    plan.moments.insert(3, holiday);
    let now = nine(FRIDAY + 1);
    let waiting = Verdict::Waiting { due: due(MONDAY), closed: Some("Thanksgiving".to_owned()) };
    assert_eq!(tonight(&friday(), &plan, now - 1), Verdict::Complete);
    assert_eq!(tonight(&friday(), &plan, now), waiting);
    let failed = ran(due(FRIDAY), Ending::Failed);
    assert!(matches!(tonight(&failed, &plan, now), Verdict::Failed { .. }), "what calls for somebody stays");
}

#[test]
fn a_run_that_answers_what_was_due_has_the_word() {
    let (plan, at) = (waits(), due(MONDAY));
    // By its schedule, or by hand shortly before.
    for started in [at + SECOND, at - SOON] {
        let run = ran(started, Ending::Success);
        assert_eq!(tonight(&run, &plan, at + HOUR), Verdict::Complete);
    }
    let early = ran(at - SOON - 1, Ending::Success);
    assert_eq!(tonight(&early, &plan, at + HOUR), not_started(None), "that was another one");
    let going_on = begun(at - HOUR).run_view("7f3a").expect("the run");
    let now = at - HOUR + MINUTE;
    assert!(
        matches!(tonight(&going_on, &plan, now), Verdict::Running { .. }),
        "work in progress goes before"
    );
}

#[test]
fn a_night_that_failed_is_not_hidden_by_what_comes_after_it() {
    let mut plan = waits();
    plan.moments.insert(6, moment(due(MONDAY) + 2 * HOUR, Due, MONDAY));
    let failed = ran(due(MONDAY) + SECOND, Ending::Failed);
    for now in [due(MONDAY) + HOUR, due(MONDAY) + 2 * HOUR - MINUTE, due(MONDAY) + 2 * HOUR + 10 * MINUTE] {
        assert!(matches!(tonight(&failed, &plan, now), Verdict::Failed { .. }), "{now}");
    }
}

/// Who fires makes no difference to what is said of a night.
#[test]
fn both_modes_say_the_same() {
    for now in [nine(MONDAY), due(MONDAY) - SOON, due(MONDAY), due(MONDAY) + PATIENCE] {
        let of = |ours| tonight(&friday(), &Plan { ours, ..waits() }, now);
        assert_eq!(of(true), of(false));
    }
}

#[test]
fn before_anything_is_known_it_listens_and_says_when_something_is_due() {
    let (plan, nothing, at) = (waits(), Plan::default(), due(MONDAY));
    let told = |plan, now| judge_tonight(None, plan, Some(&redis(true, nine(FRIDAY))), now);
    assert_eq!(told(None, at), Verdict::Listening);
    assert_eq!(told(Some(&nothing), at), Verdict::Listening);
    assert_eq!(told(Some(&plan), nine(MONDAY)), Verdict::Listening);
    assert_eq!(told(Some(&plan), at - SOON), Verdict::Due { at });
    assert_eq!(told(Some(&plan), at + PATIENCE), not_started(None));
}
