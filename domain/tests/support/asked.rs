//! Commands and runs told in a few words, for tests about what becomes of commands.

#![allow(dead_code, reason = "each test file uses its part")]

use domain::board::Board;
use domain::command::{CommandKind, CommandRecord, CommandState, CommandWay};
use domain::event::{Ending, Event, EventKind, RunEnded, RunStarted};
use domain::record::RunRecord;
use domain::time::{Millis, Zone};

pub(crate) const START: Millis = 1_795_209_000_000;

pub(crate) fn board() -> Board {
    Board::new(Zone::utc())
}

pub(crate) fn command(kind: CommandKind, way: CommandWay) -> CommandRecord {
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

pub(crate) fn event(at: Millis, run: &str, kind: EventKind) -> Event {
    let run = Some(run.to_owned());
    Event { at, reported: Some(at), run, job: None, simulated: false, fingerprint: at.unsigned_abs(), kind }
}

pub(crate) fn began(at: Millis, run: &str) -> Event {
    event(at, run, EventKind::RunStarted(RunStarted { symbols: Some(10), ..RunStarted::default() }))
}

pub(crate) fn over(at: Millis, run: &str, ending: Ending) -> Event {
    let ended = RunEnded { ending, processed: None, failed: None, reason: None };
    event(at, run, EventKind::RunEnded(ended))
}

pub(crate) fn only(board: &Board) -> CommandRecord {
    board.commands().first().expect("a command").clone()
}

pub(crate) fn state(board: &Board) -> CommandState {
    only(board).state
}

pub(crate) fn run(board: &Board, id: &str) -> RunRecord {
    board.run_view(id).expect("the run").run
}
