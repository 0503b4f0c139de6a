//! Symbols: each one's result in each phase, who failed, why, and whether that is new.

use super::Board;
use crate::event::{Event, SymbolResult};
use crate::phase::Phase;
use crate::record::{
    FailureCode, Line, LineKind, Outcome, OutcomeStatus, Record, Severity, Symbol, Unit, key,
};
use crate::words::{UNKNOWN_CODE, code_in_words, thousands};
use std::sync::Arc;

impl Board {
    pub(super) fn symbol_result(&mut self, event: &Event, result: &SymbolResult) -> Option<Line> {
        let slot = self.home_of(event, true)?;
        let index = self.ensure_phase(slot, &result.phase)?;
        self.reopen_concluded(slot, index, event);
        self.enter(slot, index, event);
        let status = if result.success { OutcomeStatus::Done } else { OutcomeStatus::Failed };
        let outcome = Outcome {
            phase: result.phase.clone(),
            status,
            at: event.at,
            made: result.made,
            millis: result.millis,
            code: result.code.clone(),
        };
        let news = self.put_outcome(slot, index, &result.symbol, outcome);
        if let Some(run) = self.runs.get_mut(&slot)
            && let Some(state) = run.phases.get_mut(index)
        {
            state.add_frames(&result.frames);
            state.name_current(event.at, Some(&result.symbol));
            state.raise(event.at, 0, 0);
        }
        self.publish_run(slot);
        self.publish_phase(slot, index);
        news.then(|| self.result_line(event, slot, result)).flatten()
    }

    fn result_line(&self, event: &Event, slot: u32, result: &SymbolResult) -> Option<Line> {
        let run = self.runs.get(&slot)?;
        let noun = result.phase.noun();
        let text = if result.success {
            let made = result.made.map(|made| match result.phase {
                Phase::Import => format!(", {} records", thousands(u64::from(made))),
                Phase::Patterns => format!(", {made} found"),
                _ => format!(", {made} values"),
            });
            let took = result.millis.map(|millis| format!(", {} ms", thousands(u64::from(millis))));
            format!("{noun} done{}{}", made.unwrap_or_default(), took.unwrap_or_default())
        } else {
            let code = run.failing.get(result.symbol.as_str()).map_or(UNKNOWN_CODE, String::as_str);
            format!("{noun} failed: {}", code_in_words(code))
        };
        let mut line = Self::line(event, LineKind::Symbol, Some(&run.record), text);
        line.symbol = Some(result.symbol.clone());
        line.severity = (!result.success).then_some(Severity::Error);
        Some(line)
    }

    /// A symbol that only a list named as failed.
    pub(super) fn fail_symbol(&mut self, slot: u32, index: usize, event: &Event, symbol: &str) {
        let Some(phase) = self.runs.get(&slot).and_then(|run| run.phases.get(index)) else { return };
        let outcome = Outcome {
            phase: phase.record.phase.clone(),
            status: OutcomeStatus::Failed,
            at: event.at,
            made: None,
            millis: None,
            code: None,
        };
        self.put_outcome(slot, index, symbol, outcome);
    }

    /// When a phase ends with more failures than names, those it had complained about are the names.
    pub(super) fn fail_the_blamed(&mut self, slot: u32, index: usize, event: &Event) {
        let Some(run) = self.runs.get(&slot) else { return };
        let Some(phase) = run.phases.get(index) else { return };
        let missing = phase.progress.failed().saturating_sub(phase.results[1]);
        let mut names: Vec<Arc<str>> = run
            .blamed
            .keys()
            .filter(|(blamed, _)| *blamed == phase.record.phase)
            .map(|(_, symbol)| symbol.clone())
            .filter(|symbol| self.outcome(slot, &phase.record.phase, symbol).is_none())
            .collect();
        names.sort();
        for symbol in names.into_iter().take(usize::try_from(missing).unwrap_or(usize::MAX)) {
            self.fail_symbol(slot, index, event, &symbol);
        }
    }

    fn outcome(&self, slot: u32, phase: &Phase, symbol: &str) -> Option<&Outcome> {
        match self.runs.get(&slot)?.topic.get(&key::symbol(symbol)).map(AsRef::as_ref) {
            Some(Record::Symbol(record)) => record.outcomes.iter().find(|outcome| outcome.phase == *phase),
            _ => None,
        }
    }

    /// Stores a symbol's outcome. Within an attempt a failure stands, and a message older than what is known is no news.
    fn put_outcome(&mut self, slot: u32, index: usize, symbol: &str, mut outcome: Outcome) -> bool {
        let known_before = self.known_before(slot);
        let symbol_key = key::symbol(symbol);
        let new = self.runs.get(&slot).is_some_and(|run| run.topic.get(&symbol_key).is_none());
        if new && !self.room_for_symbol(slot) {
            return false;
        }
        let Some(run) = self.runs.get_mut(&slot) else { return false };
        let mut record = match run.topic.get(&symbol_key).map(AsRef::as_ref) {
            Some(Record::Symbol(record)) => record.clone(),
            _ => Symbol::default(),
        };
        let Some(state) = run.phases.get_mut(index) else { return false };
        if outcome.at <= state.attempt_began {
            return false;
        }
        let name: Arc<str> = symbol.into();
        if outcome.status == OutcomeStatus::Failed && outcome.code.is_none() {
            outcome.code = run.blamed.get(&(outcome.phase.clone(), name.clone())).cloned();
        }
        let position = record.outcomes.iter().position(|known| known.phase == outcome.phase);
        let first_word = record.outcomes.is_empty();
        if let Some(known) = position.and_then(|position| record.outcomes.get(position)) {
            let this_attempt = known.at > state.attempt_began;
            let older = outcome.at <= known.at;
            let settled =
                this_attempt && (known.status == OutcomeStatus::Failed || known.status == outcome.status);
            if older || settled {
                return false;
            }
            if this_attempt {
                let counted = &mut state.results[slot_of_status(known.status)];
                *counted = counted.saturating_sub(1);
            }
        }
        state.results[slot_of_status(outcome.status)] += 1;
        let (phase, at, code) = (outcome.phase.clone(), outcome.at, outcome.code.clone());
        let made = if position.is_none() { outcome.made.unwrap_or(0) } else { 0 };
        if state.record.unit == Unit::Symbols && phase == Phase::Import {
            let [records, ..] = &mut run.told;
            *records = records.saturating_add(u64::from(made));
            run.record.records = run.record.records.max(*records);
        }
        match position.and_then(|position| record.outcomes.get_mut(position)) {
            Some(known) => *known = outcome,
            None => record.outcomes.push(outcome),
        }
        // Whose name was expected is not new; a word of it, by whichever run, takes it off those that are missing.
        record.first |= new && run.expected.is_some_and(|expected| expected.all > 0);
        let untold = first_word && !new;
        let fails = record.failure().is_some();
        let nights = known_before.as_ref().map(|known| known.get(&name).copied().unwrap_or(0));
        record.newly = fails && nights == Some(0);
        record.nights =
            nights.filter(|nights| fails && *nights > 0).map_or(0, |nights| nights.saturating_add(1));
        self.put_in_run(slot, &symbol_key, Record::Symbol(record));
        self.unrepair(slot, &name);
        if let Some(expected) =
            self.runs.get_mut(&slot).and_then(|run| run.expected.as_mut()).filter(|_| untold)
        {
            expected.untold = expected.untold.saturating_sub(1);
        }
        if fails {
            self.count_failure(slot, &name, code.as_deref(), &phase, at);
        } else {
            self.uncount_failure(slot, &name);
        }
        self.repair_earlier(slot, &name);
        true
    }

    /// Counts a failing symbol under its code; under a better code when one becomes known.
    pub(super) fn count_failure(
        &mut self,
        slot: u32,
        symbol: &Arc<str>,
        code: Option<&str>,
        phase: &Phase,
        at: i64,
    ) {
        let known_before = self.known_before(slot);
        let newly = known_before.as_ref().map(|known| !known.contains_key(symbol));
        let Some(run) = self.runs.get_mut(&slot) else { return };
        let code = code.unwrap_or(UNKNOWN_CODE);
        match run.failing.get(symbol).cloned() {
            Some(old) if old == code || code == UNKNOWN_CODE => return,
            Some(old) => self.change_code(slot, &old, |entry| {
                entry.count = entry.count.saturating_sub(1);
                entry.newly = entry.newly.map(|count| count.saturating_sub(u32::from(newly == Some(true))));
            }),
            None => {}
        }
        let Some(run) = self.runs.get_mut(&slot) else { return };
        let code =
            if run.codes().len() >= super::CODES && !run.codes().contains(code) { "OTHER" } else { code };
        let code = code.to_owned();
        run.failing.insert(symbol.clone(), code.clone());
        self.recount(slot);
        let entry_key = key::code(slot, &code);
        if self.runs.get(&slot).is_some_and(|run| run.topic.get(&entry_key).is_none()) {
            let entry = FailureCode {
                code: code.clone(),
                count: 0,
                newly: newly.map(|_| 0),
                symbol: symbol.to_string(),
                phase: phase.clone(),
                first: at,
                last: at,
            };
            self.put_run(slot, &entry_key, Record::Code(entry));
        }
        self.change_code(slot, &code, |entry| {
            entry.count += 1;
            entry.newly = entry.newly.map(|count| count + u32::from(newly == Some(true)));
            if at >= entry.last {
                entry.symbol = symbol.to_string();
                entry.phase = phase.clone();
            }
            entry.last = entry.last.max(at);
        });
    }

    fn uncount_failure(&mut self, slot: u32, symbol: &Arc<str>) {
        let Some(run) = self.runs.get_mut(&slot) else { return };
        let Some(code) = run.failing.remove(symbol) else { return };
        let newly = self.known_before(slot).is_some_and(|known| !known.contains_key(symbol));
        self.change_code(slot, &code, |entry| {
            entry.count = entry.count.saturating_sub(1);
            entry.newly = entry.newly.map(|count| count.saturating_sub(u32::from(newly)));
        });
        self.recount(slot);
    }

    fn change_code(&mut self, slot: u32, code: &str, change: impl FnOnce(&mut FailureCode)) {
        let entry_key = key::code(slot, code);
        let Some(run) = self.runs.get(&slot) else { return };
        let Some(Record::Code(entry)) = run.topic.get(&entry_key).map(AsRef::as_ref) else { return };
        let mut entry = entry.clone();
        change(&mut entry);
        if entry.count == 0 && entry.last != entry.first {
            self.remove_run_record(slot, &entry_key);
        } else {
            self.put_run(slot, &entry_key, Record::Code(entry));
        }
    }

    fn recount(&mut self, slot: u32) {
        let known = self.known_before(slot);
        let Some(run) = self.runs.get_mut(&slot) else { return };
        run.record.failing = u32::try_from(run.failing.len()).unwrap_or(u32::MAX);
        run.record.newly = known.map(|known| {
            let newly = run.failing.keys().filter(|symbol| !known.contains_key(*symbol)).count();
            u32::try_from(newly).unwrap_or(u32::MAX)
        });
    }
}

fn slot_of_status(status: OutcomeStatus) -> usize {
    match status {
        OutcomeStatus::Done => 0,
        OutcomeStatus::Failed => 1,
        OutcomeStatus::Skipped => 2,
    }
}
