//! Problems (error messages): added up by code, each delivery once.

use super::Board;
use crate::event::{Event, ProblemReport};
use crate::phase::Phase;
use crate::record::{Line, LineKind, Outcome, OutcomeStatus, Problem, Record, Severity, key};
use crate::words::{UNKNOWN_CODE, code_in_words};
use std::sync::Arc;

impl Board {
    pub(super) fn problem(&mut self, event: &Event, report: &ProblemReport) -> Option<Line> {
        let Some(slot) = self.run_of(event, true) else {
            return self.problem_of_nobody(event, report);
        };
        let run = self.runs.get_mut(&slot)?;
        if run.counted.len() >= super::run::REMEMBERED || !run.counted.insert(event.fingerprint) {
            return None;
        }
        run.heard = run.heard.max(event.at);
        self.add_problem(slot, event, report, code_of(report));
        if let Some(phase) = &report.phase
            && let Some(index) = self.runs.get(&slot).and_then(|run| run.phase_index(phase))
        {
            let state = self.runs.get_mut(&slot)?.phases.get_mut(index)?;
            state.progress.3 = state.progress.3.max(event.at);
            self.publish_phase(slot, index);
        }
        if let (Some(symbol), Some(code), false) = (&report.symbol, &report.code, report.retrying)
            && report.severity >= Severity::Error
        {
            self.blame(slot, event, report.phase.as_ref(), symbol, code);
        }
        self.publish_run(slot);
        let run = self.runs.get(&slot)?;
        let line = Self::line(event, LineKind::Problem, Some(&run.record), sentence(report));
        Some(severe(line, report))
    }

    /// A problem that belongs to no run is added up by code as well, for a night, and told.
    fn problem_of_nobody(&mut self, event: &Event, report: &ProblemReport) -> Option<Line> {
        let night = |at| self.nights.of(at);
        let tonight = night(event.at);
        let stale: Vec<String> = self
            .strays
            .iter()
            .filter(|(_, last)| night(**last) < tonight)
            .map(|(code, _)| code.clone())
            .collect();
        for code in stale {
            self.strays.remove(&code);
            self.remove_board(&key::problem(0, &code));
        }
        let code = code_of(report);
        let full = self.strays.len() >= super::CODES && !self.strays.contains_key(&code);
        let code = if full { "OTHER".to_owned() } else { code };
        let last = self.strays.entry(code.clone()).or_insert(event.at);
        *last = event.at.max(*last);
        let entry_key = key::problem(0, &code);
        let problem = added(self.topic.get(&entry_key).map(AsRef::as_ref), event, report, code);
        self.put_board(&entry_key, Record::Problem(problem));
        let line = Self::line(event, LineKind::Problem, None, sentence(report));
        Some(severe(line, report))
    }

    fn add_problem(&mut self, slot: u32, event: &Event, report: &ProblemReport, code: String) {
        let Some(run) = self.runs.get_mut(&slot) else { return };
        let new = run.topic.get(&key::problem(slot, &code)).is_none();
        let code = if new && run.problems >= super::CODES { "OTHER".to_owned() } else { code };
        run.problems += usize::from(new);
        let entry_key = key::problem(slot, &code);
        let problem = added(run.topic.get(&entry_key).map(AsRef::as_ref), event, report, code);
        self.put_run(slot, &entry_key, Record::Problem(problem));
    }

    /// An error names a symbol: if the symbol has failed, this is why; if it fails later, this will have been why.
    fn blame(&mut self, slot: u32, event: &Event, phase: Option<&Phase>, symbol: &str, code: &str) {
        let Some(run) = self.runs.get_mut(&slot) else { return };
        let current = run.phases.iter().rfind(|state| state.record.started.is_some());
        let Some(phase) = phase.cloned().or_else(|| current.map(|state| state.record.phase.clone())) else {
            return;
        };
        let name: Arc<str> = symbol.into();
        if run.blamed.len() < super::run::BLAMED {
            run.blamed.entry((phase.clone(), name.clone())).or_insert_with(|| code.to_owned());
        }
        let symbol_key = key::symbol(symbol);
        let Some(Record::Symbol(record)) = run.topic.get(&symbol_key).map(AsRef::as_ref) else { return };
        let mut record = record.clone();
        let failed =
            |outcome: &&mut Outcome| outcome.phase == phase && outcome.status == OutcomeStatus::Failed;
        let Some(outcome) = record.outcomes.iter_mut().find(failed) else { return };
        if outcome.code.is_none() {
            outcome.code = Some(code.to_owned());
            self.put_in_run(slot, &symbol_key, Record::Symbol(record));
            self.count_failure(slot, &name, Some(code), &phase, event.at);
        }
    }

    pub(super) fn remove_run_record(&mut self, slot: u32, key: &str) {
        let seq = self.pending();
        let Some(run) = self.runs.get_mut(&slot) else { return };
        let removed = run.topic.remove(seq, key);
        let topic = crate::wire::Topic::Run(run.record.id.clone());
        self.mark(removed, topic);
        self.remove_board(key);
    }
}

/// The code under which a problem is added up.
fn code_of(report: &ProblemReport) -> String {
    let named =
        || if report.component.is_empty() { UNKNOWN_CODE.to_owned() } else { report.component.clone() };
    report.code.clone().unwrap_or_else(named)
}

/// What is known under a code, and this report.
fn added(known: Option<&Record>, event: &Event, report: &ProblemReport, code: String) -> Problem {
    let mut problem = match known {
        Some(Record::Problem(problem)) => problem.clone(),
        _ => Problem {
            code,
            severity: report.severity,
            component: String::new(),
            message: String::new(),
            phase: None,
            symbol: None,
            count: 0,
            first: event.at,
            last: event.at,
        },
    };
    problem.count = problem.count.saturating_add(1);
    problem.severity = problem.severity.max(report.severity);
    if event.at >= problem.last {
        problem.component.clone_from(&report.component);
        problem.message.clone_from(&report.message);
        problem.phase.clone_from(&report.phase);
        problem.symbol.clone_from(&report.symbol);
    }
    problem.last = problem.last.max(event.at);
    problem.first = problem.first.min(event.at);
    problem
}

fn severe(mut line: Line, report: &ProblemReport) -> Line {
    line.severity = Some(report.severity);
    line.symbol.clone_from(&report.symbol);
    line
}

/// "rate limited, provider asked to slow down".
fn sentence(report: &ProblemReport) -> String {
    let code = report.code.as_deref().map(code_in_words);
    match (code, report.message.is_empty()) {
        (Some(code), true) => code,
        (Some(code), false) => format!("{code}: {}", report.message),
        (None, false) => report.message.clone(),
        (None, true) => "A problem without words".into(),
    }
}
