//! What became of a command, in words: once for the feed, the page and the API.

use super::{CommandKind, CommandRecord, CommandState};
use crate::words::short_id;

/// "accepted, run 7f3a", "refused: a run is in progress: 7f3a".
#[must_use]
pub fn became(command: &CommandRecord) -> String {
    let reason = command.reason.as_deref().unwrap_or_default();
    let run = command.run.as_deref().map(|id| format!(", run {}", short_id(id))).unwrap_or_default();
    let said = match command.state {
        CommandState::Asked => "waiting to be sent",
        CommandState::Sending => "being sent",
        CommandState::Sent => "sent, not answered yet",
        CommandState::Accepted | CommandState::Started => "accepted",
        CommandState::Done if command.kind == CommandKind::Accept => "accepted as it is",
        // It ended, but not by being asked to.
        CommandState::Done if !reason.is_empty() => return reason.to_owned(),
        CommandState::Done => "done",
        CommandState::Refused => "refused",
        CommandState::NotSent => "not sent",
        CommandState::NoAnswer => return reason.to_owned(),
        CommandState::NotStarted => return format!("accepted{run}, and {reason}"),
    };
    let run = if matches!(command.state, CommandState::Accepted | CommandState::Started) {
        run
    } else {
        String::new()
    };
    if reason.is_empty() { format!("{said}{run}") } else { format!("{said}{run}: {reason}") }
}

/// The same with what was asked: "Full run: accepted, run 7f3a".
#[must_use]
pub fn sentence(command: &CommandRecord) -> String {
    format!("{}: {}", command.what, became(command))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::CommandWay;

    #[test]
    fn each_state_says_what_is_known_and_no_more() {
        let command = |state, run: Option<&str>, reason: Option<&str>| CommandRecord {
            id: "c".into(),
            kind: CommandKind::Run,
            what: "Full run".into(),
            who: "ann".into(),
            asked: 0,
            way: CommandWay::Http,
            state,
            since: 0,
            run: run.map(ToOwned::to_owned),
            of: None,
            reason: reason.map(ToOwned::to_owned),
            count: 0,
        };
        let told = |state, run, reason| became(&command(state, run, reason));
        assert_eq!(told(CommandState::Accepted, Some("7f3a90"), None), "accepted, run 7f3a");
        assert_eq!(
            told(CommandState::Refused, None, Some("a run is in progress: 7f3a")),
            "refused: a run is in progress: 7f3a"
        );
        assert_eq!(
            told(CommandState::NoAnswer, Some("7f3a"), Some("no answer for 30 s")),
            "no answer for 30 s"
        );
        assert_eq!(
            told(CommandState::NotStarted, Some("7f3a"), Some("nothing was heard of it for 60 s")),
            "accepted, run 7f3a, and nothing was heard of it for 60 s"
        );
        assert_eq!(told(CommandState::Sent, Some("7f3a"), None), "sent, not answered yet");
    }
}
