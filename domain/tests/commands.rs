//! Commands on the board: whatever is told of them and of their runs, in any order, twice or late, a command never goes back, and what
//! was heard goes before what was concluded from silence.

#[expect(dead_code, reason = "each test file uses its part")]
#[path = "support/tell.rs"]
mod tell;

use domain::board::{Board, COMMANDS};
use domain::command::{CommandKind, CommandRecord, CommandState, CommandWay, lapsed, waits_until};
use domain::event::{
    Counts, Ending, Event, EventKind, PhaseEnded, PhaseStarted, ProblemReport, RunEnded, RunStarted,
};
use domain::phase::Phase;
use domain::record::{Record, Redis, RunRecord, RunStatus, Severity, Trigger};
use domain::time::{MINUTE, Millis, SECOND, Zone};
use domain::verdict::Verdict;
use domain::wire::Topic;
use proptest::prelude::*;
use std::collections::HashMap;
use tell::{Story, names};

const START: Millis = 1_795_209_000_000;

fn board() -> Board {
    Board::new(Zone::utc())
}

fn command(kind: CommandKind, way: CommandWay) -> CommandRecord {
    CommandRecord {
        id: "c1".into(),
        kind,
        what: "Full run".into(),
        who: "Ann".into(),
        asked: START,
        way,
        state: CommandState::Asked,
        since: START,
        run: None,
        of: None,
        reason: None,
        count: 0,
    }
}

fn event(at: Millis, run: &str, kind: EventKind) -> Event {
    let run = Some(run.to_owned());
    Event { at, reported: Some(at), run, job: None, simulated: false, fingerprint: at.unsigned_abs(), kind }
}

fn began(at: Millis, run: &str) -> Event {
    event(at, run, EventKind::RunStarted(RunStarted { symbols: Some(10), ..RunStarted::default() }))
}

fn over(at: Millis, run: &str, ending: Ending) -> Event {
    let ended = RunEnded { ending, processed: None, failed: None, reason: None };
    event(at, run, EventKind::RunEnded(ended))
}

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

fn only(board: &Board) -> CommandRecord {
    board.commands().first().expect("a command").clone()
}

fn state(board: &Board) -> CommandState {
    only(board).state
}

fn run(board: &Board, id: &str) -> RunRecord {
    board.run_view(id).expect("the run").run
}

/// What a board is told.
#[derive(Clone, Debug)]
enum Told {
    Command(CommandRecord),
    Event(Event),
    /// Everything that waits until then waited in vain.
    Lapse(Millis),
}

fn tell(board: &mut Board, told: &Told) -> bool {
    match told {
        Told::Command(command) => board.set_command(command.since, command.clone()),
        Told::Event(event) => board.apply(event),
        // Whoever ends the waiting of one that was only asked looks first whether it has not been sent meanwhile.
        Told::Lapse(_) if board.commands().iter().any(|known| known.state == CommandState::Asked) => false,
        Told::Lapse(now) => board.lapse_commands(*now),
    }
}

/// How far a state is, as the rules have it: heard of before concluded, and what ended before what waits.
fn rank(state: CommandState) -> u8 {
    use CommandState::{
        Accepted, Asked, Done, NoAnswer, NotSent, NotStarted, Refused, Sending, Sent, Started,
    };
    match state {
        Asked => 0,
        Sending => 1,
        Sent => 2,
        Accepted => 3,
        NotSent | NoAnswer | NotStarted => 4,
        Refused => 5,
        Started | Done => 6,
    }
}

fn on(state: CommandState, seconds: i64, run: Option<&str>, first: &CommandRecord) -> Told {
    let since = START + seconds * SECOND;
    Told::Command(CommandRecord { state, since, run: run.map(Into::into), ..first.clone() })
}

/// A run that was asked for and began: by either way everything that is told of it, in the order of its happening.
fn a_start(way: CommandWay) -> Vec<Told> {
    let first = command(CommandKind::Run, way);
    let known = (way == CommandWay::Redis).then_some("r");
    let answered = if way == CommandWay::Redis { CommandState::Sent } else { CommandState::Accepted };
    vec![
        on(CommandState::Asked, 0, known, &first),
        on(CommandState::Sending, 1, known, &first),
        on(answered, 2, Some("r"), &first),
        Told::Event(began(START + 3 * SECOND, "r")),
        Told::Event(over(START + 9 * SECOND, "r", Ending::Success)),
    ]
}

/// A run that was to end, and ended.
fn a_cancel(way: CommandWay) -> Vec<Told> {
    let first = CommandRecord { of: Some("r".into()), ..command(CommandKind::Cancel, way) };
    let answered = if way == CommandWay::Redis { CommandState::Sent } else { CommandState::Accepted };
    vec![
        Told::Event(began(START - 30 * SECOND, "r")),
        on(CommandState::Asked, 0, None, &first),
        on(CommandState::Sending, 1, None, &first),
        on(answered, 2, None, &first),
        Told::Event(over(START + 3 * SECOND, "r", Ending::Cancelled)),
    ]
}

fn story() -> impl Strategy<Value = Vec<Told>> {
    prop_oneof![
        Just(a_start(CommandWay::Http)),
        Just(a_start(CommandWay::Redis)),
        Just(a_cancel(CommandWay::Http)),
        Just(a_cancel(CommandWay::Redis)),
    ]
}

/// All of it in any order, some of it twice, and now and then somebody's patience ends.
fn shuffled() -> impl Strategy<Value = (Vec<Told>, Vec<Told>)> {
    let lapses =
        proptest::collection::vec((0_i64..200).prop_map(|at| Told::Lapse(START + at * SECOND)), 0..4);
    (story(), lapses, proptest::collection::vec(any::<prop::sample::Index>(), 0..6)).prop_flat_map(
        |(whole, lapses, again)| {
            let twice: Vec<Told> = again.iter().map(|at| whole[at.index(whole.len())].clone()).collect();
            (Just(whole.clone()), Just([whole, twice, lapses].concat()).prop_shuffle())
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_any_order_it_comes_to_the_same_and_never_goes_back((whole, any) in shuffled()) {
        let mut straight = board();
        for told in &whole { tell(&mut straight, told); }
        let mut other = board();
        let mut before = 0;
        for told in &any {
            tell(&mut other, told);
            let now = other.commands().first().map_or(0, |command| rank(command.state));
            prop_assert!(now >= before, "{before} → {now} by {told:?}");
            before = now;
        }
        let (one, other_one) = (only(&straight), only(&other));
        prop_assert_eq!((one.state, &one.run, &one.of), (other_one.state, &other_one.run, &other_one.of));
        prop_assert_eq!(one.state.open(), false);
        // And all of it once more is no news.
        for told in &any { tell(&mut other, told); }
        prop_assert_eq!(only(&other), other_one);
    }

    /// Whatever was told before a keyframe, the board that is made of it goes on as the one that was never put away.
    #[test]
    fn a_restored_board_keeps_its_commands((_, any) in shuffled(), cut in any::<prop::sample::Index>()) {
        let mut whole = board();
        let cut = cut.index(any.len());
        for told in &any[..cut] { tell(&mut whole, told); }
        let keyframe = whole.keyframe(&HashMap::new());
        let runs: Vec<String> = keyframe.changed.iter().filter_map(|(_, _, part)| part.text().ok()).collect();
        let text = keyframe.board.text().map_err(|_| TestCaseError::fail("no text"))?;
        let mut again = Board::restored(Zone::utc(), &text, &runs).ok_or_else(|| TestCaseError::fail("not read"))?;
        prop_assert_eq!(whole.commands(), again.commands());
        for told in &any[cut..] {
            tell(&mut whole, told);
            tell(&mut again, told);
            prop_assert_eq!(whole.commands(), again.commands(), "after {:?}", told);
        }
    }
}

#[test]
fn each_state_that_waits_waits_so_long_and_not_a_moment_longer() {
    let cases = [
        (
            CommandKind::Run,
            CommandState::Asked,
            15,
            CommandState::NotSent,
            "the server stopped before it was sent",
        ),
        (
            CommandKind::Run,
            CommandState::Sending,
            15,
            CommandState::NoAnswer,
            "whether it arrived is not known",
        ),
        (CommandKind::Run, CommandState::Sent, 30, CommandState::NoAnswer, "no answer for 30 s"),
        (
            CommandKind::Run,
            CommandState::Accepted,
            60,
            CommandState::NotStarted,
            "nothing was heard of it for 60 s",
        ),
        (CommandKind::Cancel, CommandState::Sent, 60, CommandState::NoAnswer, "the run goes on"),
        (CommandKind::Cancel, CommandState::Accepted, 60, CommandState::NoAnswer, "the run goes on"),
    ];
    for (kind, waits, seconds, then, why) in cases {
        let mut board = board();
        board.apply(&began(START - MINUTE, "old"));
        let of = (kind == CommandKind::Cancel).then(|| "old".to_owned());
        let first = CommandRecord { state: waits, of, run: None, ..command(kind, CommandWay::Http) };
        let until = START + seconds * SECOND;
        assert_eq!(waits_until(&first), Some(until), "{waits:?}");
        assert_eq!(lapsed(&first, until - 1), None);
        board.set_command(START, first);
        assert!(!board.lapse_commands(until - 1), "{waits:?}");
        assert!(board.lapse_commands(until), "{waits:?}");
        let now = only(&board);
        assert_eq!((now.state, now.since), (then, until));
        assert!(now.reason.as_deref().is_some_and(|reason| reason.contains(why)), "{now:?}");
        assert_eq!(waits_until(&now), None);
        assert_eq!(board.answered().len(), 1, "whoever follows is told");
    }
    for over in CommandState::ALL.into_iter().filter(|state| !state.open()) {
        let ended = CommandRecord { state: over, ..command(CommandKind::Run, CommandWay::Http) };
        assert_eq!((waits_until(&ended), lapsed(&ended, Millis::MAX)), (None, None), "{over:?}");
    }
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
    assert_eq!(now.reason.as_deref(), Some("the producer said aaaa, and began bbbb"));
    // Also when it is heard of before the producer's answer is.
    for answer in [(CommandState::Accepted, Some("aaaa")), (CommandState::NoAnswer, None)] {
        let mut board = self::board();
        board.apply(&began(START - SECOND, "before"));
        board.set_command(START, told(CommandState::Sending, None, CommandWay::Http));
        board.apply(&began(START + SECOND, "bbbb"));
        board.set_command(START, told(answer.0, answer.1, CommandWay::Http));
        assert_eq!((state(&board), only(&board).run.as_deref()), (CommandState::Started, Some("bbbb")));
    }
    // Over Redis the id is ours: a run of another one is somebody else's.
    let mut board = self::board();
    board.set_command(START, told(CommandState::Sent, Some("aaaa"), CommandWay::Redis));
    board.apply(&began(START + SECOND, "bbbb"));
    assert_eq!((state(&board), only(&board).run.as_deref()), (CommandState::Sent, Some("aaaa")));
    // One that goes by the clock is nobody's answer.
    let mut board = self::board();
    board.set_command(START, told(CommandState::Accepted, None, CommandWay::Http));
    let by_clock = RunStarted { trigger: Some(Trigger::Schedule), ..RunStarted::default() };
    board.apply(&event(START + SECOND, "night", EventKind::RunStarted(by_clock)));
    assert_eq!(state(&board), CommandState::Accepted);
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

fn cancel(id: &str, state: CommandState) -> CommandRecord {
    let of = Some("r".into());
    CommandRecord { id: id.into(), state, of, ..command(CommandKind::Cancel, CommandWay::Http) }
}

#[test]
fn a_cancel_is_done_when_its_run_is_over_and_says_whether_it_was_in_time() {
    for (ending, reason) in
        [(Ending::Cancelled, None), (Ending::Success, Some("the run ended by itself: success"))]
    {
        let mut board = board();
        board.apply(&began(START - MINUTE, "r"));
        board.set_command(START, cancel("c1", CommandState::Accepted));
        assert_eq!(
            run(&board, "r").cancel.map(|by| by.who).as_deref(),
            Some("Ann"),
            "the page says Cancelling"
        );
        board.apply(&over(START + SECOND, "r", ending));
        let now = only(&board);
        assert_eq!(
            (now.state, now.reason.as_deref(), now.since),
            (CommandState::Done, reason, START + SECOND)
        );
        assert_eq!(run(&board, "r").cancel.is_some(), ending == Ending::Cancelled);
    }
}

#[test]
fn a_cancel_that_came_to_nothing_takes_back_its_own_word_and_no_other() {
    let mut board = board();
    board.apply(&began(START - MINUTE, "r"));
    board.set_command(START, cancel("c1", CommandState::Sent));
    let second = CommandRecord { who: "Bob".into(), ..cancel("c2", CommandState::Refused) };
    board.set_command(START + SECOND, second);
    assert_eq!(run(&board, "r").cancel.map(|by| by.who).as_deref(), Some("Ann"), "hers goes on");
    board.lapse_commands(START + MINUTE);
    assert_eq!((state(&board), run(&board, "r").cancel), (CommandState::NoAnswer, None));
    // It ends after all: hers was heard. His was refused, and ended nothing.
    board.apply(&over(START + 2 * MINUTE, "r", Ending::Cancelled));
    let states: Vec<CommandState> = board.commands().iter().map(|command| command.state).collect();
    assert_eq!(states, [CommandState::Done, CommandState::Refused]);
    assert_eq!(run(&board, "r").cancel.map(|by| by.who).as_deref(), Some("Ann"));
}

#[test]
fn a_cancel_of_a_run_that_had_ended_stays_refused() {
    let mut board = board();
    board.apply(&began(START - MINUTE, "r"));
    board.apply(&over(START - SECOND, "r", Ending::Success));
    for (id, state) in [("c1", CommandState::Refused), ("c2", CommandState::NotSent)] {
        board.set_command(START, cancel(id, state));
        assert_eq!(board.commands().last().map(|command| command.state), Some(state));
    }
}

#[test]
fn an_accepted_night_is_complete_until_more_fails() {
    let mut story = Story::new();
    let failing = ["S001", "S002", "S003", "S004", "S005"];
    story.import(0, "mon", &names(0..100), &failing);
    assert_eq!(story.verdict("mon"), Verdict::ToRetry { failed: 5 });
    let accept = CommandRecord {
        state: CommandState::Done,
        of: Some("mon".into()),
        reason: Some("a holiday in London".into()),
        count: 5,
        asked: story.at,
        ..command(CommandKind::Accept, CommandWay::Here)
    };
    story.board.set_command(story.at, accept);
    assert_eq!(story.verdict("mon"), Verdict::Complete);
    assert_eq!(story.record("mon").accepted.map(|by| (by.who, by.count)), Some(("Ann".into(), 5)));
    story.of("mon").one(&Phase::Import, "S006", false);
    assert_eq!(story.verdict("mon"), Verdict::ToRetry { failed: 6 });
}

#[test]
fn what_a_retry_brought_through_is_not_left() {
    let mut story = Story::new();
    story.import(0, "mon", &names(0..100), &["S001", "S002", "S003", "S004", "S005"]);
    story.import(0, "again", &names(1..4), &["S003"]);
    let (_, left) = story.board.left("mon").expect("the run");
    let left: Vec<&str> = left.iter().map(|left| left.symbol.as_str()).collect();
    assert_eq!(left, ["S003", "S004", "S005"]);
}

#[test]
fn so_many_are_kept_and_none_that_waits_is_given_up_for_one_that_does_not() {
    let mut board = board();
    let of = |number: usize, state| CommandRecord {
        id: format!("c{number:02}"),
        asked: START + i64::try_from(number).unwrap_or(0),
        state,
        ..command(CommandKind::Run, CommandWay::Http)
    };
    board.set_command(START, of(0, CommandState::Sent));
    for number in 1..60 {
        board.set_command(START, of(number, CommandState::Refused));
        assert!(board.commands().len() <= COMMANDS);
    }
    let ids: Vec<&str> = board.commands().iter().map(|command| command.id.as_str()).collect();
    assert_eq!(
        (ids.len(), ids.first(), ids.get(1), ids.last()),
        (COMMANDS, Some(&"c00"), Some(&"c41"), Some(&"c59"))
    );
    let shown = board.changed_since(&Topic::Board, 0).map(|delta| delta.changes).unwrap_or_default();
    let shown =
        shown.iter().filter(|change| matches!(change.record.as_deref(), Some(Record::Command(_)))).count();
    assert_eq!(shown, COMMANDS, "what left the board left the screen");
}
