//! How runs end: by the producer's word, or, when a run began with a phase of its own, with that phase.

use super::Board;
use crate::event::{Ending, Event, RunEnded};
use crate::record::{Line, LineKind, PhaseStatus, RunStatus, Severity};
use crate::time::Millis;
use crate::verdict::{self, Verdict};
use crate::words::thousands;
use std::collections::HashMap;

impl Board {
    pub(super) fn run_ended(&mut self, event: &Event, ended: &RunEnded) -> Option<Line> {
        let slot = self.home_of(event, true)?;
        let run = self.runs.get_mut(&slot)?;
        let first = run.running() || run.concluded;
        run.heard = run.heard.max(event.at);
        run.record.processed = run.record.processed.max(ended.processed);
        run.record.failed = run.record.failed.max(ended.failed);
        if !first {
            self.publish_run(slot);
            return None;
        }
        run.concluded = false;
        run.announced = true;
        if let Some(reason) = &ended.reason {
            run.record.reason = Some(reason.clone());
        }
        self.close(slot, event.at, ended.ending);
        let run = self.runs.get(&slot)?;
        let record = &run.record;
        let view = self.view(run);
        let verdict = verdict::judge(Some(&view), event.at);
        let mut said = vec![match ended.ending {
            Ending::Success => "Run ended".to_owned(),
            Ending::Failed => "Run failed".to_owned(),
            Ending::Cancelled => "Run cancelled".to_owned(),
            Ending::Skipped => "Run skipped".to_owned(),
        }];
        let symbols = view.symbols();
        if let (Ending::Success, 1..) = (ended.ending, symbols) {
            let complete = symbols.saturating_sub(view.failed()).saturating_sub(record.missing);
            let missing = match record.missing {
                0 => String::new(),
                missing => format!(", {} not reported", thousands(u64::from(missing))),
            };
            said.push(format!(
                "{} of {} complete, {} failed{missing}",
                thousands(u64::from(complete)),
                thousands(u64::from(symbols)),
                thousands(u64::from(view.failed()))
            ));
        }
        if let (Some(reason), Ending::Failed) = (&record.reason, ended.ending) {
            said.push(reason.clone());
        }
        let line = Self::line(event, LineKind::Run, Some(record), said.join(": "));
        let mut judged =
            Self::line(event, LineKind::Run, Some(record), format!("Verdict: {}", verdict.word()));
        judged.source = "server".into();
        judged.severity = match verdict {
            Verdict::Failed { .. } => Some(Severity::Error),
            Verdict::ToRetry { .. } => Some(Severity::Warning),
            _ => None,
        };
        self.say_line(line);
        Some(judged)
    }

    /// A run that nobody announced has one phase; it ends with it. This is a conclusion and can be taken back.
    /// Returns the sentence for the feed.
    pub(super) fn conclude_if_alone(&mut self, slot: u32, index: usize, at: Millis) -> Option<String> {
        let run = self.runs.get_mut(&slot)?;
        let alone = run.phases.len() == 1 && run.phases.get(index)?.record.ended.is_some();
        if run.announced || (run.record.adopted && !run.of_job) || !run.running() || !alone {
            return None;
        }
        run.concluded = true;
        let ending = match run.phases.get(index)?.record.status {
            PhaseStatus::Failed => Ending::Failed,
            PhaseStatus::Stopped => Ending::Cancelled,
            _ => Ending::Success,
        };
        let label = run.phases.get(index)?.record.phase.label();
        self.close(slot, at, ending);
        Some(format!("{label} ended, and with it its run"))
    }

    /// A run was asked for, so nothing of it was missed before it was heard of first: its start was heard, and it may have ended alone.
    pub(super) fn was_asked_for(&mut self, slot: u32, asked: Millis) {
        let Some(run) = self.runs.get_mut(&slot) else { return };
        if !run.record.adopted || run.record.started < asked {
            return;
        }
        run.record.adopted = false;
        run.events = run.events.saturating_add(1);
        let over = run.phases.first().and_then(|phase| phase.record.ended);
        if over.and_then(|at| self.conclude_if_alone(slot, 0, at)).is_none() {
            self.publish_run(slot);
        }
    }

    /// Another phase of a run whose end was only concluded: the run goes on.
    pub(super) fn reopen_concluded(&mut self, slot: u32, index: usize, event: &Event) {
        let Some(run) = self.runs.get_mut(&slot) else { return };
        let new_phase = run.phases.get(index).is_some_and(|phase| phase.record.started.is_none());
        // Within the millisecond too: one phase ends and the next begins.
        let later = run.record.ended.is_some_and(|end| event.at >= end);
        if run.concluded && new_phase && later {
            run.concluded = false;
            run.record.status = RunStatus::Running;
            run.record.ended = None;
            if let Some(phase) = run.phases.get_mut(index) {
                phase.record.status = PhaseStatus::Waiting;
            }
        }
    }

    fn close(&mut self, slot: u32, at: Millis, ending: Ending) {
        let newly_known = self.known_before(slot).is_some();
        let Some(run) = self.runs.get_mut(&slot) else { return };
        let blamed = run.phases.iter().rposition(|phase| phase.record.status == PhaseStatus::Running);
        for (index, phase) in run.phases.iter_mut().enumerate() {
            let next = match (phase.record.status, ending) {
                (PhaseStatus::Running, Ending::Success) => PhaseStatus::Done,
                (PhaseStatus::Running, Ending::Failed) if blamed == Some(index) => PhaseStatus::Failed,
                (PhaseStatus::Running | PhaseStatus::Waiting, _) => PhaseStatus::Stopped,
                (settled, _) => settled,
            };
            if phase.record.status == PhaseStatus::Running {
                phase.record.ended = Some(at);
            }
            phase.record.status = next;
            phase.progress.5.clear();
        }
        run.record.status = match ending {
            Ending::Success => RunStatus::Success,
            Ending::Failed => RunStatus::Failed,
            Ending::Cancelled => RunStatus::Cancelled,
            Ending::Skipped => RunStatus::Skipped,
        };
        run.record.ended = Some(at);
        run.blamed = HashMap::new();
        if newly_known {
            run.record.newly = run.record.newly.or(Some(0));
        }
        let phases = run.phases.len();
        self.publish_run(slot);
        for index in 0..phases {
            self.publish_phase(slot, index);
        }
        if let Some(night) = self.runs.get(&slot).map(|run| run.record.night) {
            self.count_left(night);
        }
        self.make_room(slot);
    }
}
