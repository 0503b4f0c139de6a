//! How long a command waits for its answer, and what it is when none comes.

use super::{CommandKind, CommandRecord, CommandState, CommandWay};
use crate::time::{Millis, SECOND};

/// What was written down is on its way within this, and what was on its way has arrived, or the server died in between.
const SENDS: Millis = 15 * SECOND;
/// Over Redis: the run that was asked for is heard of within this.
const ANSWERS: Millis = 30 * SECOND;
/// A run that the producer accepted is heard of within this.
const STARTS: Millis = 60 * SECOND;
/// A run that is to end does within this.
pub const CANCELS: Millis = 60 * SECOND;

/// Until when it waits, and what it is then, and why. `None`: it waits for nothing.
fn end(command: &CommandRecord) -> Option<(Millis, CommandState, &'static str)> {
    let cancels = command.kind == CommandKind::Cancel;
    let (patience, state, reason) = match command.state {
        CommandState::Asked => (SENDS, CommandState::NotSent, "the server stopped before it was sent"),
        CommandState::Sending => (
            SENDS,
            CommandState::NoAnswer,
            "the server stopped while sending it: whether it arrived is not known",
        ),
        CommandState::Sent | CommandState::Accepted if cancels => {
            (CANCELS, CommandState::NoAnswer, "the producer has not ended it for 60 s: the run goes on")
        }
        CommandState::Sent => (ANSWERS, CommandState::NoAnswer, "no answer for 30 s"),
        CommandState::Accepted => (STARTS, CommandState::NotStarted, "nothing was heard of it for 60 s"),
        _ => return None,
    };
    Some((command.since.saturating_add(patience), state, reason))
}

/// Until when it waits. `None`: it waits for nothing.
#[must_use]
pub fn waits_until(command: &CommandRecord) -> Option<Millis> {
    end(command).map(|(until, ..)| until)
}

/// What it is when it has waited long enough. `None`: it has not.
#[must_use]
pub fn lapsed(command: &CommandRecord, now: Millis) -> Option<CommandRecord> {
    let (_, state, reason) = end(command).filter(|(until, ..)| *until <= now)?;
    Some(CommandRecord { state, since: now, reason: Some(reason.to_owned()), ..command.clone() })
}

/// Which of two states of a command is the later one. What was heard of a run goes before what we concluded from its silence.
pub(crate) fn rank(state: CommandState) -> u8 {
    match state {
        CommandState::Asked => 0,
        CommandState::Sending => 1,
        CommandState::Sent => 2,
        CommandState::Accepted => 3,
        CommandState::NotSent | CommandState::NoAnswer | CommandState::NotStarted => 4,
        CommandState::Refused => 5,
        CommandState::Started | CommandState::Done => 6,
    }
}

/// Whether a run that begins now may be its answer, although it was agreed on another id, or none.
pub(crate) fn may_be(command: &CommandRecord, now: Millis) -> bool {
    let waits = matches!(
        command.state,
        CommandState::Sending
            | CommandState::Sent
            | CommandState::Accepted
            | CommandState::NoAnswer
            | CommandState::NotStarted
    );
    // Over Redis the id is ours: a run of another one is somebody else's, unless nobody answers.
    let agreed = command.way == CommandWay::Redis
        && matches!(command.state, CommandState::Sent | CommandState::Sending);
    command.kind.starts() && waits && !agreed && now - command.asked < 2 * STARTS
}
