//! What the producer's messages mean to a command that waits for its run: a run of another id, a refusal, a run that was asked for.

#[path = "support/asked.rs"]
mod asked;

use asked::{START, began, board, command, event, only, run, state};
use domain::board::Board;
use domain::command::{CommandKind, CommandRecord, CommandState, CommandWay, THE_SCHEDULE};
use domain::event::{Counts, Ending, Event, EventKind, PhaseEnded, PhaseStarted, ProblemReport, RunStarted};
use domain::phase::Phase;
use domain::record::{Redis, RunStatus, Severity, Trigger};
use domain::time::{MINUTE, Millis, SECOND};

fn refusal(at: Millis, run: &str) -> Event {
    event(
        at,
        run,
        EventKind::Problem(ProblemReport {
            severity: Severity::Warning,
            component: "commands".into(),
            code: Some("COMMAND_REFUSED".into()),
            message: "run 9abc is in progress".into(),
            symbol: None,
            phase: None,
            retrying: false,
        }),
    )
}

#[test]
fn a_run_of_another_id_is_the_answer_where_no_id_was_agreed_with_us() {
    let mut board = board();
    let told = |state, run: Option<&str>, way| CommandRecord {
        state,
        run: run.map(Into::into),
        ..command(CommandKind::Run, way)
    };
    board.set_command(START, told(CommandState::Accepted, Some("aaaa"), CommandWay::Http));
    board.apply(&began(START + SECOND, "bbbb"));
    let now = only(&board);
    assert_eq!((now.state, now.run.as_deref()), (CommandState::Started, Some("bbbb")));
    assert_eq!(now.reason.as_deref(), Some("aaaa was agreed on, and bbbb began"));
    // Also when it is heard of before the producer's answer is.
    for answer in [(CommandState::Accepted, Some("aaaa")), (CommandState::NoAnswer, None)] {
        let mut board = asked::board();
        board.apply(&began(START - SECOND, "before"));
        board.set_command(START, told(CommandState::Sending, None, CommandWay::Http));
        board.apply(&began(START + SECOND, "bbbb"));
        board.set_command(START, told(answer.0, answer.1, CommandWay::Http));
        assert_eq!((state(&board), only(&board).run.as_deref()), (CommandState::Started, Some("bbbb")));
    }
    // Over Redis the id is ours: a run of another one is somebody else's.
    let mut board = asked::board();
    board.set_command(START, told(CommandState::Sent, Some("aaaa"), CommandWay::Redis));
    board.apply(&began(START + SECOND, "bbbb"));
    assert_eq!((state(&board), only(&board).run.as_deref()), (CommandState::Sent, Some("aaaa")));
    // One that goes by the clock is nobody's answer.
    let mut board = asked::board();
    board.set_command(START, told(CommandState::Accepted, None, CommandWay::Http));
    let by_clock = RunStarted { trigger: Some(Trigger::Schedule), ..RunStarted::default() };
    board.apply(&event(START + SECOND, "night", EventKind::RunStarted(by_clock)));
    assert_eq!(state(&board), CommandState::Accepted);
}

#[test]
fn a_run_that_the_schedule_asked_for_is_the_schedules_whatever_its_producer_says() {
    for (who, trigger) in [(THE_SCHEDULE, Trigger::Schedule), ("ann", Trigger::Manual)] {
        let mut board = board();
        let asked = command(CommandKind::Run, CommandWay::Http);
        let (who, run) = (who.to_owned(), Some("aaaa".to_owned()));
        board.set_command(START, CommandRecord { state: CommandState::Accepted, who, run, ..asked });
        let by_hand = RunStarted { trigger: Some(Trigger::Manual), ..RunStarted::default() };
        board.apply(&event(START + SECOND, "aaaa", EventKind::RunStarted(by_hand)));
        let view = board.run_view("aaaa").expect("the run");
        assert_eq!(view.run.trigger, Some(trigger), "{}", only(&board).who);
    }
}

#[test]
fn a_refusal_over_redis_is_heard_and_opens_no_run() {
    for known in [false, true] {
        let mut board = board();
        if known {
            board.apply(&began(START - MINUTE, "r"));
        }
        let (kind, run, of) = match known {
            false => (CommandKind::Run, Some("r".to_owned()), None),
            true => (CommandKind::Cancel, None, Some("r".to_owned())),
        };
        let sent = CommandRecord { state: CommandState::Sent, run, of, ..command(kind, CommandWay::Redis) };
        board.set_command(START, sent);
        assert!(board.apply(&refusal(START + SECOND, "r")));
        let now = only(&board);
        assert_eq!(
            (now.state, now.reason.as_deref()),
            (CommandState::Refused, Some("run 9abc is in progress"))
        );
        assert_eq!(board.run_ids().len(), usize::from(known), "no run of the refused one");
        assert!(!board.lapse_commands(Millis::MAX), "it waits for nothing");
    }
    // Of a command that nobody here sent: no ghost either.
    let mut board = board();
    board.apply(&refusal(START, "somebody else's"));
    assert!(board.run_ids().is_empty());
    // One whose run is heard of all the same has begun: a refusal that comes late is of a repetition.
    board.set_command(
        START,
        CommandRecord {
            state: CommandState::Sent,
            run: Some("r".into()),
            ..command(CommandKind::Run, CommandWay::Redis)
        },
    );
    board.apply(&began(START + SECOND, "r"));
    board.apply(&refusal(START + 2 * SECOND, "r"));
    assert_eq!(state(&board), CommandState::Started);
}

/// Who has not listened for long may have missed what came before an import, unless it was asked for here.
#[test]
fn of_a_run_that_was_asked_for_nothing_was_missed() {
    let import = |at, kind| event(at, "r", kind);
    let told = [
        import(START + SECOND, EventKind::PhaseStarted(PhaseStarted::of(Phase::Import, Some(10)))),
        import(
            START + 2 * SECOND,
            EventKind::PhaseEnded(PhaseEnded {
                phase: Phase::Import,
                ending: Ending::Success,
                progress: Counts { done: Some(10), ..Counts::default() },
                failed_symbols: vec![],
                made: None,
                frame: None,
                universes: vec![],
                tasks: vec![],
                reason: None,
            }),
        ),
    ];
    let accepted = CommandRecord {
        state: CommandState::Accepted,
        run: Some("r".into()),
        ..command(CommandKind::Import, CommandWay::Http)
    };
    let link = |board: &mut Board| {
        let redis = Redis { up: true, since: START - SECOND, address: String::new(), channels: 1 };
        board.set_redis(redis);
    };
    // The answer comes before, between or after what is heard of the run.
    for place in 0..=told.len() {
        let mut board = board();
        link(&mut board);
        for (number, event) in told.iter().enumerate() {
            if number == place {
                board.set_command(START, accepted.clone());
            }
            board.apply(event);
        }
        board.set_command(START, accepted.clone());
        let run = run(&board, "r");
        assert_eq!(
            (run.adopted, run.status, run.ended),
            (false, RunStatus::Success, Some(START + 2 * SECOND))
        );
    }
    let mut board = board();
    link(&mut board);
    told.iter().for_each(|event| _ = board.apply(event));
    assert!(run(&board, "r").adopted, "without a command it may be a part of a night");
}

/// Over Redis another schedule is asked for without a run's id, and refused without one.
#[test]
fn a_refusal_without_a_run_is_that_of_the_schedule_that_waits() {
    let mut board = board();
    let refusal = Event { run: None, ..refusal(START + SECOND, "none") };
    board.apply(&refusal);
    assert!(board.commands().is_empty(), "nobody asked for one");
    let mut asked = command(CommandKind::Schedule, CommandWay::Redis);
    asked.state = CommandState::Sent;
    board.set_command(START, asked);
    board.apply(&Event { fingerprint: 7, ..refusal });
    assert_eq!(
        (state(&board), only(&board).reason.as_deref()),
        (CommandState::Refused, Some("run 9abc is in progress"))
    );
}
