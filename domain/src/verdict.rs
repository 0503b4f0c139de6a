//! One word about tonight.
//!
//! A pure judgement over one run's records and a moment. It is made where it is shown: on the server for the first paint
//! and the feed, in the browser every second, by the same function over the same records.
//!
//! The words are those of the screens. What tonight is before a run and instead of one is [`crate::outlook`]'s. (At risk and Slow need
//! history and come with it.)

pub use crate::speaking::{speaking, tonight, weight};

use crate::forecast::{self, Forecast};
use crate::phase::Phase;
use crate::record::{PhaseRecord, PhaseStatus, Progress, RunRecord, RunStatus, Unit};
use crate::silence;
use crate::time::Millis;

/// Share of symbols that may fail while a night still counts as complete, in percent.
pub const TOLERANCE_PERCENT: u64 = 2;

/// Below this share of symbols, in percent, a night has failed whatever its producer says.
pub const LEAST_SUCCESS_PERCENT: u64 = 80;

/// The records of one run that a verdict needs, in the order of the night.
#[derive(Clone, Debug, PartialEq)]
pub struct RunView {
    /// The slot in its keys.
    pub slot: u32,
    /// The run.
    pub run: RunRecord,
    /// Its phases with what moves in them, in the order in which they are shown.
    pub phases: Vec<(PhaseRecord, Progress)>,
    /// Since when we have been listening without a break: silence before that was our own deafness.
    pub listening: Millis,
}

impl RunView {
    /// The phase in progress, or the last that was.
    #[must_use]
    pub fn current(&self) -> Option<&(PhaseRecord, Progress)> {
        self.phases
            .iter()
            .rfind(|(phase, _)| phase.status == PhaseStatus::Running)
            .or_else(|| self.phases.iter().rfind(|(phase, _)| phase.started.is_some()))
    }

    /// When anything was last heard about the run.
    #[must_use]
    pub fn heard(&self) -> Millis {
        let phases = self.phases.iter().map(|(_, progress)| progress.heard()).max().unwrap_or(0);
        phases.max(self.run.heard).max(self.run.started).max(self.run.ended.unwrap_or(0))
    }

    /// How long the run has been silent beyond what is normal, at `now`; `None` while it is not. A silence in which we could not
    /// hear is none.
    #[must_use]
    pub fn silent(&self, now: Millis) -> Option<Millis> {
        let phase = self.current().map(|(phase, _)| &phase.phase);
        silence::silent_for(self.heard().max(self.listening), now, phase, None)
    }

    /// The moment from which the run will be silent, if nothing is heard until then.
    #[must_use]
    pub fn silent_from(&self) -> Millis {
        let patience = silence::patience(self.current().map(|(phase, _)| &phase.phase), None);
        self.heard().max(self.listening).saturating_add(patience).saturating_add(1)
    }

    /// Nobody said that the run ended, because its start was not heard; but all its phases have, and nothing came since.
    #[must_use]
    pub fn faded(&self, now: Millis) -> bool {
        let over = !self.phases.is_empty() && self.phases.iter().all(|(phase, _)| phase.ended.is_some());
        self.run.adopted && self.run.status == RunStatus::Running && over && self.silent(now).is_some()
    }

    /// Symbols that failed tonight: the producer's last word, or what was seen, whichever is more.
    #[must_use]
    pub fn failed(&self) -> u32 {
        let counted = self
            .phases
            .iter()
            .filter(|(phase, _)| phase.unit == Unit::Symbols)
            .map(|(_, progress)| progress.failed())
            .max()
            .unwrap_or(0);
        self.run.failing.max(self.run.failed.unwrap_or(0)).max(counted)
    }

    /// Symbols that failed and that no later run of the night brought through.
    #[must_use]
    pub fn left(&self) -> u32 {
        self.failed().saturating_sub(self.run.repaired)
    }

    /// Symbols of the run, as far as known; those that were not reported are of it, although its producer did not count them.
    #[must_use]
    pub fn symbols(&self) -> u32 {
        let most = |of: fn(&(PhaseRecord, Progress)) -> u32| {
            self.phases.iter().filter(|(phase, _)| phase.unit == Unit::Symbols).map(of).max().unwrap_or(0)
        };
        let announced = self.run.symbols.max(most(|(phase, _)| phase.total));
        match self.run.missing {
            0 => announced,
            missing => announced.max(most(|(_, progress)| progress.processed()).saturating_add(missing)),
        }
    }
}

/// The word, and what its sentence needs.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// No run has been heard yet.
    Listening,
    /// In progress and heard.
    Running {
        /// Phase in progress.
        phase: Option<Phase>,
        /// Overall percent, whole, rounded down; `None` when it can't be known.
        percent: Option<u8>,
        /// When it will end.
        forecast: Forecast,
    },
    /// Somebody has asked for its end, and the producer has not ended it yet.
    Cancelling {
        /// Overall percent.
        percent: Option<u8>,
    },
    /// In progress, but nothing was heard for too long.
    Silent {
        /// For how long.
        quiet: Millis,
        /// Phase in progress.
        phase: Option<Phase>,
        /// How long this phase is normally quiet.
        patience: Millis,
        /// True after 15 minutes: the producer has probably died.
        dead: bool,
    },
    /// Ended, nothing failed or little and nothing new.
    Complete,
    /// Ended not well, but what made it so came through in later runs of the same night.
    CompleteAfterRetry,
    /// Ended, more failed than is tolerated, or something new.
    ToRetry {
        /// How many failed or were not reported, without those that later runs brought through.
        failed: u32,
    },
    /// Failed, by the producer's word or by the figures.
    Failed {
        /// The phase in which it failed, if known.
        phase: Option<Phase>,
    },
    /// Cancelled by somebody.
    Cancelled {
        /// Overall percent when it was.
        percent: Option<u8>,
    },
    /// The producer said that it need not run.
    Skipped,
    /// The night has begun, and its run is due later; or the exchange is closed today.
    Waiting {
        /// When the next run is due.
        due: Millis,
        /// For what the exchange is closed today.
        closed: Option<String>,
    },
    /// A run is due within the half hour, or was a moment ago.
    Due {
        /// When.
        at: Millis,
    },
    /// A run was due, and nothing was heard of one.
    DidNotStart {
        /// When it was due.
        due: Millis,
        /// Why it was refused, if it was.
        why: Option<String>,
    },
    /// Tonight's run was left out.
    LeftOut {
        /// By whom, or for which holiday.
        why: Option<String>,
    },
}

impl Verdict {
    /// The word itself.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Listening => "Listening",
            Self::Running { .. } => "Running",
            Self::Cancelling { .. } => "Cancelling",
            Self::Silent { .. } => "Silent",
            Self::Complete => "Complete",
            Self::CompleteAfterRetry => "Complete after retry",
            Self::ToRetry { .. } => "To retry",
            Self::Failed { .. } => "Failed",
            Self::Cancelled { .. } => "Cancelled",
            Self::Skipped | Self::LeftOut { .. } => "Skipped",
            Self::Waiting { .. } => "Waiting",
            Self::Due { .. } => "Due",
            Self::DidNotStart { .. } => "Did not start",
        }
    }

    /// Whether no run of tonight has it.
    #[must_use]
    pub fn is_before(&self) -> bool {
        matches!(
            self,
            Self::Waiting { .. } | Self::Due { .. } | Self::DidNotStart { .. } | Self::LeftOut { .. }
        )
    }

    /// Whether it needs a person (amber or red).
    #[must_use]
    pub fn calls(&self) -> bool {
        matches!(
            self,
            Self::Silent { .. } | Self::ToRetry { .. } | Self::Failed { .. } | Self::DidNotStart { .. }
        )
    }
}

/// Judges a run at a moment.
#[must_use]
pub fn judge(view: Option<&RunView>, now: Millis) -> Verdict {
    let Some(view) = view else { return Verdict::Listening };
    match view.run.status {
        RunStatus::Running if view.faded(now) => judge_ended(view),
        RunStatus::Running => judge_running(view, now),
        // What it left undone was done by its retries. (What the producer calls failed stays so: not all of it need be symbols.)
        RunStatus::Cancelled if matches!(view.run.left, Some((1.., 0))) => Verdict::CompleteAfterRetry,
        RunStatus::Failed => Verdict::Failed { phase: failed_phase(view) },
        RunStatus::Cancelled => Verdict::Cancelled { percent: forecast::percent(view) },
        RunStatus::Skipped => Verdict::Skipped,
        RunStatus::Success => judge_ended(view),
    }
}

fn judge_running(view: &RunView, now: Millis) -> Verdict {
    if view.run.cancel.is_some() {
        return Verdict::Cancelling { percent: forecast::percent(view) };
    }
    let phase = view.current().map(|(phase, _)| phase.phase.clone());
    if let Some(quiet) = view.silent(now) {
        let patience = silence::patience(phase.as_ref(), None);
        return Verdict::Silent { quiet, phase, patience, dead: quiet >= silence::DEAD };
    }
    Verdict::Running { phase, percent: forecast::percent(view), forecast: forecast::forecast(view, now) }
}

fn judge_ended(view: &RunView) -> Verdict {
    let symbols = u64::from(view.symbols());
    let (failed, left, run) = (view.failed(), view.left(), &view.run);
    // "A phase did no work": it had symbols, it ended, and not one came through; unless all of them did later.
    let idle = view.phases.iter().find(|(phase, progress)| {
        phase.unit == Unit::Symbols
            && phase.total > 0
            && phase.ended.is_some()
            && progress.done() == 0
            && progress.skipped() == 0
            && (left > 0 || progress.failed() == 0)
    });
    if let Some((phase, _)) = idle {
        return Verdict::Failed { phase: Some(phase.phase.clone()) };
    }
    let share = |lost: u32| u64::from(lost).saturating_mul(100);
    if symbols > 0 && share(left) > symbols.saturating_mul(100 - LEAST_SUCCESS_PERCENT) {
        return Verdict::Failed { phase: failed_phase(view) };
    }
    // Silence is a failure too, but never more than something to retry.
    let well = |failed: u32, newly: u32| {
        let lost = failed.saturating_add(run.missing);
        lost == 0 || (share(lost) <= symbols.saturating_mul(TOLERANCE_PERCENT) && newly == 0)
    };
    let newly = run.newly.unwrap_or(0);
    match (well(failed, newly), well(left, newly.saturating_sub(run.repaired_new))) {
        (true, _) => Verdict::Complete,
        (false, true) => Verdict::CompleteAfterRetry,
        (false, false) => {
            let failed = left.saturating_add(run.missing);
            // Accepted is what was there then; what fails later is not.
            let accepted = run.accepted.as_ref().is_some_and(|by| by.count >= failed);
            if accepted { Verdict::Complete } else { Verdict::ToRetry { failed } }
        }
    }
}

/// The phase to blame: the one that ended failed, else the one with most failures, else the last one heard.
fn failed_phase(view: &RunView) -> Option<Phase> {
    let blamed = view.phases.iter().find(|(phase, _)| phase.status == PhaseStatus::Failed);
    let worst = || {
        view.phases
            .iter()
            .filter(|(_, progress)| progress.failed() > 0)
            .max_by_key(|(_, progress)| progress.failed())
    };
    blamed.or_else(worst).or_else(|| view.current()).map(|(phase, _)| phase.phase.clone())
}
