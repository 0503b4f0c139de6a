//! Phases: how they begin, move, end and are taken up again.

use super::Board;
use super::run::PhaseState;
use crate::event::{Counts, Ending, Event, PhaseEnded, PhaseStarted};
use crate::phase::Phase;
use crate::record::{Line, LineKind, PhaseStatus, Record, Unit, key};
use crate::time::{HOUR, MINUTE, Millis};
use crate::words::{plural, thousands};

/// A night says that it starts at most this long before its import.
const OPENING: Millis = MINUTE;
/// No night is longer before its last phase.
const NIGHT: Millis = 3 * HOUR;

impl Board {
    /// The index of a phase's row, made if there is room for it.
    pub(super) fn ensure_phase(&mut self, slot: u32, phase: &Phase) -> Option<usize> {
        let run = self.runs.get_mut(&slot)?;
        if let Some(index) = run.phase_index(phase) {
            return Some(index);
        }
        if run.phases.len() >= super::PHASES {
            return None;
        }
        let mut state = PhaseState::new(phase.clone());
        if !run.running() {
            // First heard of after the end: whatever it did, it is not going on.
            state.record.status = PhaseStatus::Stopped;
        }
        run.phases.push(state);
        let index = run.phases.len() - 1;
        self.publish_phase(slot, index);
        Some(index)
    }

    pub(super) fn phase_started(&mut self, event: &Event, started: &PhaseStarted) -> Option<Line> {
        let PhaseStarted { phase, total, universes, frames, trigger } = started;
        // A phase may begin a run of its own (import only, indicators only): then its start *was* heard, nothing is adopted. But
        // who has not listened for long may have missed the start of a night that came to this phase by itself.
        let missed = if *phase == Phase::Import { OPENING } else { NIGHT };
        let newcomer = event.at.saturating_sub(self.listening) < missed;
        let slot = self.home_of(event, newcomer)?;
        let index = self.ensure_phase(slot, phase)?;
        self.reopen_concluded(slot, index, event);
        let run = self.runs.get_mut(&slot)?;
        if run.record.universes.is_empty() && run.running() {
            run.record.universes.clone_from(universes);
        }
        if !run.announced && run.running() {
            run.record.trigger = run.record.trigger.or(*trigger);
        }
        let symbols = total.unwrap_or(0);
        let ended = !run.running();
        let state = run.phases.get_mut(index)?;
        let first = state.record.started.is_none();
        // A repeated start says the same time; a resume says a later one, after the end.
        let again = state.record.ended.is_some_and(|end| event.at > end)
            && matches!((event.reported, state.reported_start), (Some(now), Some(then)) if now > then);
        if again && !ended {
            state.resume(event.at);
        }
        state.reported_start = state.reported_start.max(event.reported);
        state.record.total = state.record.total.max(symbols);
        state.add_frames(frames);
        if state.record.unit == Unit::Symbols {
            run.record.symbols = run.record.symbols.max(symbols);
        }
        self.enter(slot, index, event);
        self.publish_run(slot);
        self.publish_phase(slot, index);
        let run = self.runs.get(&slot)?;
        let label = phase.label();
        let text = if let Some(symbols) = *total {
            format!("{label} started: {} {}", thousands(u64::from(symbols)), plural(symbols, "symbol"))
        } else {
            format!("{label} started")
        };
        (first || again).then(|| Self::line(event, LineKind::Phase, Some(&run.record), text))
    }

    pub(super) fn phase_progress(&mut self, event: &Event, phase: &Phase, counts: &Counts) -> Option<Line> {
        let slot = self.home_of(event, true)?;
        let index = self.ensure_phase(slot, phase)?;
        self.reopen_concluded(slot, index, event);
        self.enter(slot, index, event);
        self.take_counts(slot, index, event, counts);
        self.publish_run(slot);
        self.publish_phase(slot, index);
        None
    }

    pub(super) fn run_progress(
        &mut self,
        event: &Event,
        phase: Option<&Phase>,
        counts: &Counts,
    ) -> Option<Line> {
        let slot = self.home_of(event, true)?;
        if let Some(phase) = phase
            && let Some(index) = self.ensure_phase(slot, phase)
        {
            self.reopen_concluded(slot, index, event);
            self.enter(slot, index, event);
            let state = self.runs.get_mut(&slot)?.phases.get_mut(index)?;
            state.name_current(event.at, counts.current.as_deref());
            self.publish_phase(slot, index);
        }
        let run = self.runs.get_mut(&slot)?;
        // A concluded run may go on: what counts then counts now, or its repetition would be news.
        if (run.running() || run.concluded) && run.record.plan.is_empty() {
            // The producer's own percentage goes backwards between its phases: the highest stands.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=99")]
            let percent = counts.percent.map(|percent| percent.clamp(0.0, 99.0) as u8);
            run.record.percent = run.record.percent.max(percent);
        }
        run.record.symbols = run.record.symbols.max(counts.total.unwrap_or(0));
        run.heard = run.heard.max(event.at);
        self.publish_run(slot);
        None
    }

    pub(super) fn phase_ended(&mut self, event: &Event, ended: &PhaseEnded) -> Option<Line> {
        let slot = self.home_of(event, true)?;
        let index = self.ensure_phase(slot, &ended.phase)?;
        self.take_counts(slot, index, event, &ended.progress);
        for symbol in &ended.failed_symbols {
            self.fail_symbol(slot, index, event, symbol);
        }
        let open = self.runs.get(&slot)?.phases.get(index)?;
        if event.at > open.attempt_began && (open.record.ended.is_none() || open.concluded) {
            self.fail_the_blamed(slot, index, event);
        }
        let run = self.runs.get_mut(&slot)?;
        run.heard = run.heard.max(event.at);
        let mut made = ended.made.unwrap_or(0);
        let mut whole = true;
        if let (Phase::Import, Some(frame)) = (&ended.phase, &ended.frame) {
            // One end per timeframe: the phase has ended when all that were announced have, and their records add up.
            let state = run.phases.get_mut(index)?;
            whole = state.end_frame(frame, made);
            made = state.frames_ended.iter().map(|(_, records)| *records).fold(0, u64::saturating_add);
        }
        match ended.phase {
            Phase::Import => run.record.records = run.record.records.max(made),
            Phase::Indicators => run.record.indicators = run.record.indicators.max(made),
            Phase::Patterns => run.record.patterns = run.record.patterns.max(made),
            Phase::CacheSync | Phase::Other(_) => {}
        }
        let running = run.running();
        let state = run.phases.get_mut(index)?;
        state.raise(event.at, 0, 0);
        let this_attempt = event.at > state.attempt_began;
        let first = whole && this_attempt && (state.record.ended.is_none() || state.concluded);
        if !whole && running && this_attempt && state.record.status == PhaseStatus::Waiting {
            state.record.status = PhaseStatus::Running;
            state.record.started = state.record.started.or(Some(event.at));
        }
        if ended.frame.is_some() && this_attempt && running {
            state.record.ended = state.record.ended.map(|end| end.max(event.at));
        }
        if first {
            state.concluded = false;
            state.record.started = state.record.started.or(Some(event.at));
            state.record.ended = Some(event.at);
            state.progress.3 = state.progress.3.max(event.at);
            state.progress.5.clear();
            state.record.status = match ended.ending {
                Ending::Success | Ending::Skipped => PhaseStatus::Done,
                Ending::Failed => PhaseStatus::Failed,
                Ending::Cancelled => PhaseStatus::Stopped,
            };
            if ended.ending == Ending::Success && state.record.unit == Unit::Steps {
                // An ended sync has taken all its steps, also when the last report was about the one before.
                let total = state.record.total;
                state.raise(event.at, total, 0);
            }
            if ended.ending == Ending::Failed && run.record.reason.is_none() {
                run.record.reason.clone_from(&ended.reason);
            }
        }
        if ended.phase == Phase::CacheSync {
            self.synced(slot, index, event, ended);
        }
        self.publish_run(slot);
        self.publish_phase(slot, index);
        let conclusion = self.conclude_if_alone(slot, index, event.at);
        let run = self.runs.get(&slot)?;
        let text = conclusion.unwrap_or_else(|| end_sentence(ended, run.phases.get(index)));
        first.then(|| Self::line(event, LineKind::Phase, Some(&run.record), text))
    }

    /// What a cache sync changed, and which of its steps failed.
    fn synced(&mut self, slot: u32, index: usize, event: &Event, ended: &PhaseEnded) {
        let mut sync = self.sync_of(slot);
        sync.changes = sync.changes.max(ended.made);
        if sync.universes.is_empty() {
            sync.universes.clone_from(&ended.universes);
        }
        let told_now = sync.tasks.is_empty() && !ended.tasks.is_empty();
        if told_now {
            sync.tasks.clone_from(&ended.tasks);
        }
        let failed = sync.tasks.iter().filter(|task| task.failed).count();
        let tasks = u32::try_from(sync.tasks.len()).unwrap_or(u32::MAX);
        if let Some(state) = self.runs.get_mut(&slot).and_then(|run| run.phases.get_mut(index))
            && told_now
            && (state.record.unit == Unit::Steps || state.record.total == 0)
        {
            state.record.unit = Unit::Steps;
            state.record.total = state.record.total.max(tasks);
            let total = state.record.total;
            state.raise(event.at, total, u32::try_from(failed).unwrap_or(u32::MAX));
        }
        if sync != crate::record::Sync::default() {
            self.put_run(slot, &key::sync(slot), Record::Sync(sync));
        }
    }

    /// A message about a phase: it is in progress, and what came before it in the run is behind.
    pub(super) fn enter(&mut self, slot: u32, index: usize, event: &Event) {
        let Some(run) = self.runs.get_mut(&slot) else { return };
        run.heard = run.heard.max(event.at);
        let running = run.running();
        let Some(state) = run.phases.get_mut(index) else { return };
        state.progress.3 = state.progress.3.max(event.at);
        if state.record.started.is_none() {
            state.record.started = Some(event.at);
        }
        if !running || state.record.status != PhaseStatus::Waiting {
            return;
        }
        state.record.status = PhaseStatus::Running;
        // Phases run one after another; an earlier one whose end was never heard ended here at the latest.
        for (other, state) in run.phases.iter_mut().enumerate() {
            let open = state.record.status == PhaseStatus::Running;
            if other != index && open && state.record.started.is_some_and(|began| began <= event.at) {
                state.record.status = PhaseStatus::Done;
                state.record.ended = Some(event.at);
                state.concluded = true;
                state.progress.5.clear();
            }
        }
        for other in 0..self.runs.get(&slot).map_or(0, |run| run.phases.len()) {
            if other != index {
                self.publish_phase(slot, other);
            }
        }
    }

    /// Raises a phase's counts to what a message says.
    fn take_counts(&mut self, slot: u32, index: usize, event: &Event, counts: &Counts) {
        let Some(run) = self.runs.get_mut(&slot) else { return };
        let Some(state) = run.phases.get_mut(index) else { return };
        if counts.unit == Unit::Steps && state.record.unit != Unit::Steps {
            state.record.unit = Unit::Steps;
            state.record.total = 0;
        }
        state.record.total = state.record.total.max(counts.total.unwrap_or(0));
        if state.record.unit == Unit::Symbols {
            run.record.symbols = run.record.symbols.max(counts.total.unwrap_or(0));
        }
        let failed = counts.failed.unwrap_or(0);
        let summed = counts.done.map(|done| done.saturating_add(failed));
        let by_percent = || {
            // Counts only as a share of a total that the same message names: the last resort.
            let share = counts.percent? / 100.0 * f64::from(counts.total?);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0..=total")]
            let processed = share.floor().clamp(0.0, f64::from(u32::MAX)) as u32;
            Some(processed)
        };
        let processed = counts.processed.max(summed).or_else(by_percent).unwrap_or(0);
        state.name_current(event.at, counts.current.as_deref());
        state.raise(event.at, processed, failed);
        state.progress.3 = state.progress.3.max(event.at);
    }
}

/// "Import done: 183 204 records, 7 failed".
fn end_sentence(ended: &PhaseEnded, state: Option<&PhaseState>) -> String {
    let how = match ended.ending {
        Ending::Success => "done",
        Ending::Failed => "failed",
        Ending::Cancelled => "cancelled",
        Ending::Skipped => "skipped",
    };
    let mut parts = Vec::new();
    if let Some(made) = ended.made {
        let noun = match ended.phase {
            Phase::Import => "records",
            Phase::Indicators => "values",
            Phase::Patterns => "found",
            Phase::CacheSync | Phase::Other(_) => "changes",
        };
        parts.push(format!("{} {noun}", thousands(made)));
    }
    if let Some(state) = state {
        if state.record.unit == Unit::Steps && state.record.total > 0 {
            parts.push(format!("{} {}", state.record.total, plural(state.record.total, "step")));
        }
        if state.progress.failed() > 0 {
            parts.push(format!("{} failed", thousands(u64::from(state.progress.failed()))));
        }
    }
    if let Some(reason) = ended.reason.as_ref().filter(|_| ended.ending == Ending::Failed) {
        parts.push(reason.clone());
    }
    let label = ended.phase.label();
    if parts.is_empty() { format!("{label} {how}") } else { format!("{label} {how}: {}", parts.join(", ")) }
}
