//! What became of a command, in a sentence: the feed and the API say the same.

use super::{CommandKind, CommandRecord, CommandState};
use crate::words::short_id;

impl CommandRecord {
    /// What became of it so far.
    #[must_use]
    pub fn sentence(&self) -> String {
        let (what, who) = (&self.what, &self.who);
        let reason = self.reason.as_deref().unwrap_or_default();
        let run = self.run.as_deref().map(short_id).unwrap_or_default();
        match self.state {
            CommandState::Asked => format!("{what}: asked by {who}"),
            CommandState::Sending => format!("{what}: on its way"),
            CommandState::Sent => format!("{what}: sent over Redis, not answered yet"),
            CommandState::Accepted if run.is_empty() => format!("{what}: accepted"),
            CommandState::Accepted => format!("{what}: accepted, run {run}"),
            CommandState::Started if reason.is_empty() => format!("{what}: run {run} began"),
            CommandState::Started => format!("{what}: run {run} began ({reason})"),
            CommandState::Done if self.kind == CommandKind::Accept => format!("{what} by {who}: {reason}"),
            CommandState::Done if reason.is_empty() => format!("{what}: done"),
            CommandState::Done => format!("{what}: {reason}"),
            CommandState::Refused => format!("{what}: refused: {reason}"),
            CommandState::NotSent => format!("{what}: not sent: {reason}"),
            CommandState::NoAnswer => format!("{what}: {reason}"),
            CommandState::NotStarted => format!("{what}: accepted, and {reason}"),
        }
    }
}
