//! What a listening simulator does wrong on purpose, to one command or to all. A real producer's desk has none of it.
//!
//! A fault that a command cannot have (a cancel has no run that never starts) waits for one that can.

use super::command::Command;
use clap::ValueEnum;

/// Most commands that a fault can be set for.
pub const MOST_TIMES: u64 = 1_000;

/// What goes wrong with a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Fault {
    /// It is obeyed at once and answered late; over Redis it begins late.
    Slow,
    /// 500, and nothing is done.
    InternalError,
    /// 200 with a page instead of JSON, and nothing is done.
    Html,
    /// It is obeyed, and the answer breaks off in its middle.
    HalfJson,
    /// The connection is closed without a word, and nothing is done.
    Closes,
    /// It is accepted with a run id, and nothing is done.
    NeverStarts,
    /// It is accepted with one run id, and the run has another.
    OtherRunId,
    /// Another run is said to be in progress.
    Refuses,
    /// A retry in which all fail again: the provider asks to slow down.
    FailsAgain,
    /// A cancel is accepted, and the run goes on.
    IgnoresCancel,
    /// 401, and nothing is done.
    Unauthorised,
}

impl Fault {
    /// The fault of this name.
    pub fn parse(name: &str) -> Option<Self> {
        <Self as ValueEnum>::from_str(name, false).ok()
    }

    /// All names, for people.
    pub fn names() -> String {
        let names = Self::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        names.map(|value| value.get_name().to_owned()).collect::<Vec<_>>().join(", ")
    }

    /// Nothing is done and what is answered is no answer of the contract's; where there are no answers, silence.
    pub fn silences(self) -> bool {
        matches!(self, Self::InternalError | Self::Html | Self::Closes | Self::Unauthorised)
    }

    fn concerns(self, command: &Command) -> bool {
        match self {
            Self::FailsAgain => matches!(command, Command::Retry { .. }),
            Self::IgnoresCancel => matches!(command, Command::Cancel),
            Self::NeverStarts | Self::OtherRunId => command.starts(),
            _ => !matches!(command, Command::Status),
        }
    }
}

/// Which fault comes next.
#[derive(Debug, Default)]
pub struct Faults {
    always: Option<Fault>,
    next: Option<(Fault, u64)>,
}

impl Faults {
    /// This one for every command.
    pub fn of(always: Option<Fault>) -> Self {
        Self { always, next: None }
    }

    /// This one for the next commands; for none, no fault at all from now on.
    pub fn set(&mut self, fault: Fault, times: u64) {
        if times == 0 {
            *self = Self::default();
        } else {
            self.next = Some((fault, times));
        }
    }

    /// The fault that this command has.
    pub fn take(&mut self, command: &Command) -> Option<Fault> {
        if let Some((fault, times)) = self.next
            && fault.concerns(command)
        {
            self.next = (times > 1).then(|| (fault, times - 1));
            return Some(fault);
        }
        self.always.filter(|fault| self.next.is_none() && fault.concerns(command))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_waits_for_a_command_that_can_have_it_and_goes_when_its_times_are_over() {
        let mut faults = Faults::of(Some(Fault::Slow));
        let start = Command::Patterns { timeframe: "daily".into(), symbols: None, patterns: None };
        faults.set(Fault::IgnoresCancel, 2);
        assert_eq!(faults.take(&start), None);
        assert_eq!(faults.take(&Command::Status), None);
        assert_eq!(faults.take(&Command::Cancel), Some(Fault::IgnoresCancel));
        assert_eq!(faults.take(&Command::Cancel), Some(Fault::IgnoresCancel));
        assert_eq!(faults.take(&Command::Cancel), Some(Fault::Slow));
        faults.set(Fault::Closes, 0);
        assert_eq!(faults.take(&start), None);
    }
}
