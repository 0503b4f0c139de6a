//! What was asked of the producer, in a line: "Retry of 5 symbols · asked 18:40:12 by ann · accepted, run 7f3a · running".

use crate::format::hms;
use domain::command::{CommandRecord, CommandState, became};
use domain::time::Zone;

/// The line. `run`: the verdict of the run that it led to, where that is known.
#[must_use]
pub fn asked(command: &CommandRecord, run: Option<&str>, zone: &Zone) -> String {
    let run = run.filter(|_| command.state == CommandState::Started);
    let going = run.map(|word| format!(" · {}", word.to_ascii_lowercase())).unwrap_or_default();
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
