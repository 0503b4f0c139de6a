//! How far a run is and when it will end, from its own pace.
//!
//! Percent is derived, never stored: the share of the plan that is behind, each phase weighing what the contract's figures
//! say it takes. The expected end is the elapsed time continued at this pace. What can't be known is not said.

use crate::record::{PhaseRecord, PhaseStatus, Progress, RunStatus};
use crate::time::{Millis, SECOND};
use crate::verdict::RunView;

/// When a run will end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forecast {
    /// Less than 3 % or 30 s of the run is known.
    TooEarly,
    /// About then, from this run's own pace.
    OwnPace {
        /// The expected end.
        end: Millis,
    },
    /// There is nothing to tell it by.
    Unknown,
}

/// Share of the run that is behind, 0 to 1; `None` when its plan is not known and its producer gives no percentage.
#[must_use]
pub fn share(view: &RunView) -> Option<f64> {
    if view.run.plan.is_empty() {
        return view.run.percent.map(|percent| f64::from(percent) / 100.0);
    }
    let mut whole = 0.0;
    let mut behind = 0.0;
    for (phase, progress) in &view.phases {
        let weight = phase.phase.weight();
        whole += weight;
        behind += weight
            * match phase.status {
                PhaseStatus::Done => 1.0,
                PhaseStatus::Waiting => 0.0,
                PhaseStatus::Running | PhaseStatus::Failed | PhaseStatus::Stopped => {
                    fraction(phase.total, progress)
                }
            };
    }
    (whole > 0.0).then(|| (behind / whole).clamp(0.0, 1.0))
}

fn fraction(total: u32, progress: &Progress) -> f64 {
    if total == 0 { 0.0 } else { (f64::from(progress.processed()) / f64::from(total)).min(1.0) }
}

/// When the phase in progress will end, from its own pace: its count continued over the time it took so far. `None` while less
/// than 3 % or 10 s of it are known.
#[must_use]
pub fn phase_end(phase: &PhaseRecord, progress: &Progress) -> Option<Millis> {
    let started = phase.started.filter(|_| phase.status == PhaseStatus::Running)?;
    let (done, elapsed) = (fraction(phase.total, progress), progress.heard().saturating_sub(started));
    if done < 0.03 || elapsed < 10 * SECOND {
        return None;
    }
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "a night is far below 2^52 ms"
    )]
    let whole = (elapsed as f64 / done) as Millis;
    Some(started.saturating_add(whole))
}

/// Whole percent, rounded down; 100 only when the run has ended well.
#[must_use]
pub fn percent(view: &RunView) -> Option<u8> {
    if view.run.status == RunStatus::Success {
        return Some(100);
    }
    let percent = (share(view)? * 100.0 + 1e-9).floor().clamp(0.0, 99.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=99")]
    let whole = percent as u8;
    Some(whole)
}

/// When the run will end, judged at `now`. An adopted run's beginning was not seen: its pace is not known.
#[must_use]
pub fn forecast(view: &RunView, now: Millis) -> Forecast {
    let Some(share) = share(view) else { return Forecast::Unknown };
    if view.run.adopted {
        return Forecast::Unknown;
    }
    // The pace is judged at the last message: between two messages the expected end stands still instead of creeping.
    let elapsed = view.heard().min(now).saturating_sub(view.run.started);
    if share < 0.03 || elapsed < 30 * SECOND {
        return Forecast::TooEarly;
    }
    // Where the phase in progress tells its own end, the run ends after it, and the phases to come take their share on top.
    let (behind, share) = match phase_in_progress(view) {
        Some((end, share)) => (end.saturating_sub(view.run.started), share),
        None => (elapsed, share),
    };
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "a night is far below 2^52 ms"
    )]
    let whole = (behind as f64 / share) as Millis;
    Forecast::OwnPace { end: view.run.started.saturating_add(whole) }
}

/// The end of the phase in progress, and the share of the run that will be behind then.
fn phase_in_progress(view: &RunView) -> Option<(Millis, f64)> {
    let (phase, progress) = view.current().filter(|_| !view.run.plan.is_empty())?;
    let end = phase_end(phase, progress)?;
    let weight = |to_come: bool| -> f64 {
        let counted = view.phases.iter().filter(|(phase, _)| to_come || phase.status != PhaseStatus::Waiting);
        counted.map(|(phase, _)| phase.phase.weight()).sum()
    };
    let (through, whole) = (weight(false), weight(true));
    (through > 0.0 && whole > 0.0).then(|| (end, through / whole))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::MINUTE;

    /// A night of four phases, `minutes` into it, whose indicators began after ten and have done `done` of 100.
    fn night(done: u32, minutes: i64) -> RunView {
        let run = r#"{"id":"a","night":0,"status":"running","started":0,
            "plan":["import","cache_sync","indicators","patterns"],"symbols":100}"#;
        let phase = |name: &str, status: &str, started: i64, ended: Option<i64>, progress: Progress| {
            let text = format!(
                r#"{{"phase":"{name}","status":"{status}","unit":"symbols","total":100,"started":{started},"ended":{},"attempt":1}}"#,
                ended.map_or_else(|| "null".to_owned(), |end| end.to_string())
            );
            (crate::wire::read(&text).expect("a phase"), progress)
        };
        let heard = minutes * MINUTE;
        let idle = Progress::default;
        let running = Progress(done, 0, 0, heard, 0, String::new());
        RunView {
            slot: 1,
            run: crate::wire::read(run).expect("a run"),
            phases: vec![
                phase("import", "done", 0, Some(8 * MINUTE), idle()),
                phase("cache_sync", "done", 8 * MINUTE, Some(10 * MINUTE), idle()),
                phase("indicators", "running", 10 * MINUTE, None, running),
                phase("patterns", "waiting", 0, None, idle()),
            ],
            listening: 0,
        }
    }

    #[test]
    fn a_run_never_ends_before_the_phase_it_is_in() {
        for done in [10, 25, 50, 90] {
            let view = night(done, 20);
            let (phase, progress) = &view.phases[2];
            let own = phase_end(phase, progress).expect("its pace is known");
            let Forecast::OwnPace { end } = forecast(&view, 20 * MINUTE) else { panic!("no forecast") };
            assert!(end > own, "{done}: the patterns are still to come");
        }
    }

    #[test]
    fn a_phase_at_half_after_ten_minutes_takes_twenty() {
        let view = night(50, 20);
        let (phase, progress) = &view.phases[2];
        assert_eq!(phase_end(phase, progress), Some(30 * MINUTE));
        let (phase, progress) = &night(1, 20).phases[2];
        assert_eq!(phase_end(phase, progress), None, "too early to say");
    }
}
