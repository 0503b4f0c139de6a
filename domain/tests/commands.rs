//! Commands on the board: whatever is told of them and of their runs, in any order, twice or late, a command never goes back, and what
//! was heard goes before what was concluded from silence. Who waits, waits so long and no longer.

#[path = "support/asked.rs"]
mod asked;

use asked::{START, began, board, command, only, over};
use domain::board::Board;
use domain::command::{CommandKind, CommandRecord, CommandState, CommandWay, lapsed, waits_until};
use domain::event::{Ending, Event};
use domain::time::{MINUTE, Millis, SECOND, Zone};
use proptest::prelude::*;
use std::collections::HashMap;

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
