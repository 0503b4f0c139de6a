//! Events: what a producer can tell us, in one form, whatever it called it.
//!
//! `decode` makes them, `board` applies them. Nothing behind this module knows a field's spelling, and nothing before it
//! knows what an event does. Every event carries when *we* received it; its own timestamp is kept but never used for order.

use crate::phase::Phase;
use crate::record::{Schedule, Severity, Trigger, Unit};
use crate::time::Millis;

/// One message of a producer, understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When we received it. Order and durations come from here.
    pub at: Millis,
    /// What its own timestamp says, where it could be read.
    pub reported: Option<Millis>,
    /// The run it names, if it names one.
    pub run: Option<String>,
    /// True when its source says that it is simulated.
    pub simulated: bool,
    /// Hash of channel, bytes and `at`: the same delivery again is the same event.
    pub fingerprint: u64,
    /// What happened.
    pub kind: EventKind,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum EventKind {
    /// A run began.
    RunStarted(RunStarted),
    /// A run reports how far it is, over all phases or in one.
    RunProgress {
        /// The phase it is in, if said.
        phase: Option<Phase>,
        /// How far.
        progress: Counts,
    },
    /// A run ended.
    RunEnded(RunEnded),
    /// A phase began.
    PhaseStarted {
        /// Which.
        phase: Phase,
        /// How many there are to do.
        total: Option<u32>,
        /// What it works on.
        universes: Vec<String>,
    },
    /// A phase reports how far it is.
    PhaseProgress {
        /// Which.
        phase: Phase,
        /// How far.
        progress: Counts,
    },
    /// A phase ended.
    PhaseEnded(PhaseEnded),
    /// A symbol came through a phase, or failed in it.
    SymbolResult(SymbolResult),
    /// A value was computed for a symbol (an indicator, a pattern): counted, never kept one by one.
    Value {
        /// Indicators or patterns.
        phase: Phase,
        /// The symbol it is about.
        symbol: String,
        /// Name of the indicator or pattern.
        name: String,
    },
    /// An error message.
    Problem(ProblemReport),
    /// The producer's schedule.
    Schedule(Schedule),
    /// The producer lives, and perhaps says how it feels.
    Health(Option<String>),
    /// Understood as not about the night (streaming, commands, neighbours): it proves that the producer lives, no more.
    Neighbour {
        /// Its name.
        name: String,
    },
    /// A name we do not know: never refused, a sign of life and no more.
    Unknown {
        /// Its name, or the channel's.
        name: String,
    },
}

/// The start of a run. Everything may be missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunStarted {
    /// Who started it.
    pub trigger: Option<Trigger>,
    /// How many symbols it will work on.
    pub symbols: Option<u32>,
    /// The phases it announces.
    pub phases: Vec<Phase>,
    /// The universes it works on.
    pub universes: Vec<String>,
}

/// How a run or phase ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Well, perhaps with failed symbols.
    Success,
    /// Badly.
    Failed,
    /// Somebody stopped it.
    Cancelled,
    /// It did not need to run.
    Skipped,
}

/// The end of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunEnded {
    /// How.
    pub ending: Ending,
    /// Symbols processed.
    pub processed: Option<u32>,
    /// Symbols failed.
    pub failed: Option<u32>,
    /// Why, in the producer's words.
    pub reason: Option<String>,
}

/// The end of a phase.
#[derive(Clone, Debug, PartialEq)]
pub struct PhaseEnded {
    /// Which.
    pub phase: Phase,
    /// How.
    pub ending: Ending,
    /// Its final counts.
    pub progress: Counts,
    /// Names of the failed symbols, where they are listed.
    pub failed_symbols: Vec<String>,
    /// Records imported, values computed or patterns found in all.
    pub made: Option<u64>,
    /// Why, in the producer's words.
    pub reason: Option<String>,
}

/// How far something is. Every field may be missing; all are absolute.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// How many there are.
    pub total: Option<u32>,
    /// Done without failure.
    pub done: Option<u32>,
    /// Failed.
    pub failed: Option<u32>,
    /// Done or failed, where the producer gives only the sum.
    pub processed: Option<u32>,
    /// 0 to 100, by the producer.
    pub percent: Option<f64>,
    /// The symbol or step it names.
    pub current: Option<String>,
    /// What is counted.
    pub unit: Unit,
}

/// One symbol's result in one phase.
#[derive(Clone, Debug, PartialEq)]
pub struct SymbolResult {
    /// Which phase.
    pub phase: Phase,
    /// Which symbol.
    pub symbol: String,
    /// True: without failure.
    pub success: bool,
    /// Records, values or patterns made.
    pub made: Option<u32>,
    /// Milliseconds it took.
    pub millis: Option<u32>,
    /// The cause's code, if the message has one.
    pub code: Option<String>,
}

/// An error message.
#[derive(Clone, Debug, PartialEq)]
pub struct ProblemReport {
    /// How bad.
    pub severity: Severity,
    /// Who reports it; may be empty.
    pub component: String,
    /// Its code, if it has one.
    pub code: Option<String>,
    /// What it says.
    pub message: String,
    /// The symbol it is about.
    pub symbol: Option<String>,
    /// The phase it is about.
    pub phase: Option<Phase>,
    /// True when the producer says that it will try again: then the symbol has not failed.
    pub retrying: bool,
}
