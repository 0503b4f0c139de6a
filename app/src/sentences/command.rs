//! What was asked of the producer, in a line: "Retry of 5 symbols · asked 18:40:12 by ann · accepted, run 7f3a · running".

use crate::format::hms;
use domain::command::{CommandKind, CommandRecord, CommandState, became};
use domain::record::RunStatus;
use domain::time::Zone;

/// The line. `run`: how the run that it led to is, where that is known.
#[must_use]
pub fn asked(command: &CommandRecord, run: Option<RunStatus>, zone: &Zone) -> String {
    let going = match (command.state, run) {
        (CommandState::Started, Some(RunStatus::Running)) => " · running",
        (CommandState::Started, Some(_)) => " · ended",
        _ => "",
    };
    let CommandRecord { what, who, asked, .. } = command;
    format!("{what} · asked {} by {who} · {}{going}", hms(*asked, zone), became(command))
}

/// Whether it went wrong.
#[must_use]
pub fn is_bad(command: &CommandRecord) -> bool {
    matches!(
        command.state,
        CommandState::Refused | CommandState::NotSent | CommandState::NoAnswer | CommandState::NotStarted
    )
}

/// Whether it is about a run.
#[must_use]
pub fn concerns(command: &CommandRecord, run: &str) -> bool {
    [&command.run, &command.of].into_iter().flatten().any(|id| id == run)
}

/// Whether it asks for something whatever is shown.
#[must_use]
pub fn is_of_none(command: &CommandRecord) -> bool {
    !matches!(command.kind, CommandKind::Retry | CommandKind::Cancel | CommandKind::Accept)
}
