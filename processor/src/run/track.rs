//! How far a run is, and by its own pace when it will be there: for the tracker's messages and for whoever asks.
//!
//! Invariant: an end is told only from a pace that is known ([`known`]); before that there is none.

use super::tell::{MONITORING, Teller, number, percent, whole};
use crate::publish::{Message, now, stamp_or_null};
use domain::phase::Phase;
use domain::time::{Millis, SECOND};
use serde_json::json;
use std::time::{Duration, Instant};

const TRACKER: &str = "job_progress_tracker";

/// How far a run is.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// The phase in progress, or the last that was.
    pub phase: Option<Phase>,
    /// Symbols, or steps, of that phase.
    pub total: usize,
    /// Of these done with.
    pub processed: usize,
    /// Of these failed.
    pub failed: usize,
    /// What was named last.
    pub current: Option<String>,
    /// How long those that are done with took, added up.
    pub took: Duration,
    /// When that phase began.
    pub began: Option<Instant>,
    /// Phases that are over.
    pub over: usize,
    /// Done with in an attempt before.
    pub(super) before: usize,
}

/// Whether a pace is known: from 3 % and 30 s on, as the dashboard judges it.
pub fn known(share: f64, elapsed: Millis) -> bool {
    share >= 0.03 && elapsed >= 30 * SECOND
}

impl Progress {
    /// Seconds to the end of the phase, by its pace so far.
    pub fn left(&self) -> Option<f64> {
        let (took, done) = (self.began?.elapsed().as_secs_f64(), self.done_here());
        (done > 0).then(|| took / number(done) * number(self.total.saturating_sub(self.processed)))
    }

    /// The work begins here: what is done so far was done before, and its pace is none.
    pub fn begin_here(&mut self) {
        (self.before, self.began) = (self.processed, Some(Instant::now()));
    }

    /// What was done in this attempt.
    fn done_here(&self) -> usize {
        self.processed.saturating_sub(self.before)
    }

    /// Which part of the phase is done, 0 to 1.
    pub fn share(&self) -> f64 {
        if self.total == 0 { 0.0 } else { number(self.processed) / number(self.total) }
    }

    /// When the phase ends.
    pub fn end(&self) -> Option<Millis> {
        let elapsed = Millis::try_from(self.began?.elapsed().as_millis()).unwrap_or(Millis::MAX);
        let left = self.left().filter(|_| known(self.share(), elapsed))?;
        Some(now().saturating_add(millis(left * 1_000.0)))
    }

    /// Which part of a run of these phases is behind, 0 to 1, each weighing what it usually takes; and which part when the phase in
    /// progress has ended.
    pub fn of_run(&self, phases: &[Phase]) -> (f64, f64) {
        let weight = |phases: &[Phase]| phases.iter().map(Phase::weight).sum::<f64>();
        let over = self.over.min(phases.len());
        let (behind, whole) = (weight(&phases[..over]), weight(phases));
        if whole <= 0.0 {
            return (0.0, 0.0);
        }
        let this = phases.get(over).filter(|_| self.phase.is_some()).map_or(0.0, Phase::weight);
        ((behind + this * self.share()) / whole, (behind + this) / whole)
    }

    /// When a run of these phases that began then ends. It ends after the phase that it is in; those to come take their share on top.
    pub fn run_end(&self, phases: &[Phase], began: Millis) -> Option<Millis> {
        let (share, after) = self.of_run(phases);
        let elapsed = now().saturating_sub(began);
        if !known(share, elapsed) {
            return None;
        }
        let (behind, share) = self.end().map_or((elapsed, share), |end| (end.saturating_sub(began), after));
        #[expect(clippy::cast_precision_loss, reason = "hours at most")]
        let whole = behind as f64 / share;
        Some(began.saturating_add(millis(whole)))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "hours at most, and it saturates")]
fn millis(millis: f64) -> Millis {
    millis as Millis
}

/// The tracker's name of a phase (contract §3.3).
fn name(phase: &Phase) -> &str {
    match phase {
        Phase::Import => "data_import",
        Phase::Indicators => "indicator_processing",
        Phase::Patterns => "pattern_detection",
        phase => phase.key(),
    }
}

impl Teller {
    /// How far the phase in progress is, as the tracker tells it; `None`: none has begun.
    pub fn tracked(&self) -> Option<Message> {
        let progress = self.progress().clone();
        let phase = progress.phase.as_ref()?;
        let mut payload = if *phase == Phase::CacheSync {
            json!({ "total_items": progress.total, "completed": progress.processed, "current_task": progress.current })
        } else {
            let average = progress.took.as_secs_f64() * 1_000.0 / number(progress.done_here().max(1));
            json!({
                "total_symbols": progress.total, "completed": progress.processed.saturating_sub(progress.failed),
                "failed": progress.failed, "processed": progress.processed,
                "remaining": progress.total.saturating_sub(progress.processed), "current_symbol": progress.current,
                "avg_processing_time_ms": whole(average)
            })
        };
        payload["phase"] = name(phase).into();
        payload["percentage"] = percent(progress.processed, progress.total).into();
        if let Some(end) = progress.end() {
            payload["estimated_completion"] = stamp_or_null(Some(end));
        }
        Some(self.message(MONITORING, "job_progress_update", TRACKER, payload))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(processed: usize, seconds: u64) -> Progress {
        let began = Instant::now().checked_sub(Duration::from_secs(seconds));
        Progress { phase: Some(Phase::Import), total: 100, processed, began, ..Progress::default() }
    }

    #[test]
    fn an_end_is_told_from_three_percent_and_half_a_minute_on() {
        assert_eq!(progress(2, 600).end(), None);
        assert_eq!(progress(50, 29).end(), None);
        let left = progress(25, 60).end().expect("its pace is known") - now();
        assert!((179 * SECOND..=181 * SECOND).contains(&left), "{left}");
    }

    #[test]
    fn a_run_ends_after_the_phase_it_is_in_and_those_to_come_take_their_share() {
        let began = now() - 60 * SECOND;
        assert_eq!(progress(2, 60).run_end(&[Phase::Import], began), None, "two percent");
        // Half of the import after a minute: the import ends in one more, which is 35 of 90.
        let end = progress(50, 60).run_end(&Phase::NIGHT, began).expect("its pace is known");
        let whole = (end - began) / SECOND;
        assert!((306..=311).contains(&whole), "{whole}");
        let over = Progress { over: 1, phase: Some(Phase::CacheSync), total: 5, ..Progress::default() };
        let (behind, after) = over.of_run(&Phase::NIGHT);
        assert!((behind - 35.0 / 90.0).abs() < 1e-9 && (after - 55.0 / 90.0).abs() < 1e-9);
    }
}
