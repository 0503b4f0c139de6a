//! Events: what a producer can tell us, in one form, whatever it called it.
//!
//! `decode` makes them, `board` applies them. Nothing behind this module knows a field's spelling, and nothing before it
//! knows what an event does. Every event carries when *we* received it; its own timestamp is kept but never used for order.

use crate::phase::Phase;
use crate::record::{Schedule, Severity, Task, Trigger, Unit};
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
    /// The job it names, where it names no run: a cache sync has an id of its own, also inside a night.
    pub job: Option<String>,
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
    PhaseStarted(PhaseStarted),
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
    Value(ValueReport),
    /// An error message.
    Problem(ProblemReport),
    /// The producer's schedule.
    Schedule(Schedule),
    /// The producer lives, and perhaps says how it feels.
    Health(HealthReport),
    /// The producer's monitor raises an alert, or takes one back.
    Alert(AlertReport),
    /// A universe changed: its members, or what is known of them.
    Universe(UniverseChange),
    /// Understood as not about the night: listed apart, and nothing it says changes a run.
    Apart(Apart),
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
    /// The run of which it does once more what was left.
    pub retry_of: Option<String>,
}

/// The start of a phase. Everything but the phase may be missing.
#[derive(Clone, Debug, PartialEq)]
pub struct PhaseStarted {
    /// Which.
    pub phase: Phase,
    /// How many there are to do.
    pub total: Option<u32>,
    /// What it works on.
    pub universes: Vec<String>,
    /// The timeframes it works through, in our spelling.
    pub frames: Vec<String>,
    /// Who started it, where that is told.
    pub trigger: Option<Trigger>,
}

impl PhaseStarted {
    /// That phase, and nothing more is known.
    #[must_use]
    pub fn of(phase: Phase, total: Option<u32>) -> Self {
        Self { phase, total, universes: Vec::new(), frames: Vec::new(), trigger: None }
    }
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
    /// Records imported, values computed, patterns found or changes made in all.
    pub made: Option<u64>,
    /// The one timeframe it speaks for, where a phase ends once per timeframe.
    pub frame: Option<String>,
    /// Universes that changed.
    pub universes: Vec<String>,
    /// How each step came out, where that is told.
    pub tasks: Vec<Task>,
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
    /// The timeframes it was done for, in our spelling.
    pub frames: Vec<String>,
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

/// A value was computed, or a pattern found, for a symbol.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueReport {
    /// Indicators or patterns.
    pub phase: Phase,
    /// The symbol it is about.
    pub symbol: String,
    /// Name of the indicator or pattern.
    pub name: String,
    /// Its timeframe in our spelling; empty: not said.
    pub frame: String,
    /// Of a pattern: 0 to 1.
    pub confidence: Option<f64>,
}

/// What a producer's monitor says about it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HealthReport {
    /// Its health in its own word.
    pub health: Option<String>,
    /// 0 to 100.
    pub score: Option<u8>,
    /// What it is doing, in its own word ("running").
    pub state: Option<String>,
}

/// An alert of the producer's monitor.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertReport {
    /// Its id; where it has none, its component.
    pub id: String,
    /// How bad.
    pub severity: Severity,
    /// Who raised it; may be empty.
    pub component: String,
    /// What it says; may be empty.
    pub message: String,
    /// True when it is over.
    pub resolved: bool,
}

/// What became of a universe.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UniverseChange {
    /// Which; may be empty.
    pub universe: String,
    /// What was done, in the producer's word; may be empty.
    pub action: String,
    /// Why; may be empty.
    pub reason: String,
    /// The symbol that came or went, if it was one.
    pub symbol: Option<String>,
    /// How many symbols it has, or left it.
    pub count: Option<u32>,
}

/// A message that is not about the night.
#[derive(Clone, Debug, PartialEq)]
pub struct Apart {
    /// Whose it is.
    pub component: Component,
    /// Its name.
    pub name: String,
    /// Who says it; may be empty.
    pub source: String,
}

/// Components that share channels with the night, or have channels beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Component {
    /// Patterns, indicators and health while the market is open.
    Streaming,
    /// What the application asks the producer for.
    Commands,
    /// Loads of historical data.
    DataLoad,
    /// The application's own jobs.
    AppJobs,
    /// The application's end-of-day processor.
    EndOfDay,
    /// Maintenance of ETFs and universes outside a cache sync.
    Universes,
}

impl Component {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Streaming, Self::Commands, Self::DataLoad, Self::AppJobs, Self::EndOfDay, Self::Universes];

    /// What people call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Streaming => "Streaming",
            Self::Commands => "Commands",
            Self::DataLoad => "Data loads",
            Self::AppJobs => "Application jobs",
            Self::EndOfDay => "End of day",
            Self::Universes => "Universe upkeep",
        }
    }
}
