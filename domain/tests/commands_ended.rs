//! Commands and what they are about: a run that is to end, a night that is accepted, what is left to retry; and how many are kept.

#[path = "support/asked.rs"]
mod asked;

#[expect(dead_code, reason = "what the board says of a symbol is asked elsewhere")]
#[path = "support/tell.rs"]
mod tell;

use asked::{START, began, board, command, only, over, run, state};
use domain::board::COMMANDS;
use domain::command::{CommandKind, CommandRecord, CommandState, CommandWay};
use domain::event::Ending;
use domain::phase::Phase;
use domain::record::Record;
use domain::time::{MINUTE, SECOND};
use domain::verdict::Verdict;
use domain::wire::Topic;
use tell::{Story, names};

fn cancel(id: &str, state: CommandState) -> CommandRecord {
    let of = Some("r".into());
    CommandRecord { id: id.into(), state, of, ..command(CommandKind::Cancel, CommandWay::Http) }
}

#[test]
fn a_cancel_is_done_when_its_run_is_over_and_says_whether_it_was_in_time() {
    for (ending, reason) in [
        (Ending::Cancelled, None),
        (Ending::Success, Some("not cancelled: the run ended by itself, success")),
    ] {
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
