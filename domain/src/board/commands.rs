//! Commands on the board: what was asked of the producer, and what its messages mean to that.
//!
//! A command is told by whoever sends it ([`Board::set_command`]); what the producer does is told by its events, which find the
//! command that waits for them ([`Board::hear_commands`]). Both may come first.
//!
//! Invariants: a command never goes back to an earlier state; what was heard of its run goes before what was concluded from silence;
//! telling either again changes nothing. Tests: `domain/tests/commands.rs`, `domain/tests/commands_heard.rs`,
//! `domain/tests/commands_ended.rs`.

use super::Board;
use super::run::RunState;
use crate::command::{
    By, CommandKind, CommandRecord, CommandState, REFUSED, THE_SCHEDULE, lapsed, may_be, rank, sentence,
};
use crate::event::{Event, EventKind};
use crate::record::{Line, LineKind, Record, RunStatus, Severity, Trigger, key};
use crate::time::Millis;
use crate::words::short_id;

/// Commands that the board keeps: the newest. One that still waits is not given up for one that does not.
pub const COMMANDS: usize = 20;

impl Board {
    /// The commands that the board keeps, oldest first.
    #[must_use]
    pub fn commands(&self) -> &[CommandRecord] {
        &self.commands
    }

    /// A command was asked, or something became of it.
    pub fn set_command(&mut self, at: Millis, told: CommandRecord) -> bool {
        let known = self.commands.iter().find(|known| known.id == told.id).cloned();
        let mut next = match &known {
            // What came first of a later state stays, but the run that was agreed on is news all the same.
            Some(known) if rank(known.state) > rank(told.state) => {
                CommandRecord { run: known.run.clone().or(told.run), ..known.clone() }
            }
            _ => told,
        };
        self.meet(&mut next);
        self.put_command(at, known.as_ref(), next);
        self.commit()
    }

    /// Those that have waited long enough have waited in vain.
    pub fn lapse_commands(&mut self, now: Millis) -> bool {
        for (known, mut next) in self.lapsing(now) {
            self.meet(&mut next);
            self.put_command(now, Some(&known), next);
        }
        self.commit()
    }

    fn lapsing(&self, now: Millis) -> Vec<(CommandRecord, CommandRecord)> {
        let lapsed = |known: &CommandRecord| Some((known.clone(), lapsed(known, now)?));
        self.commands.iter().filter_map(lapsed).collect()
    }

    /// Commands that changed since the last call.
    pub fn answered(&mut self) -> Vec<CommandRecord> {
        let changed = std::mem::take(&mut self.answered);
        changed.iter().filter_map(|id| self.commands.iter().find(|known| known.id == *id).cloned()).collect()
    }

    /// A producer says that it will not. True: the event is that and nothing else, and no run is to be opened for it.
    pub(super) fn refused_command(&mut self, event: &Event) -> bool {
        let EventKind::Problem(problem) = &event.kind else { return false };
        if problem.code.as_deref() != Some(REFUSED) {
            return false;
        }
        let run = event.run.as_ref();
        let asks = |known: &&CommandRecord| {
            let named = if known.kind == CommandKind::Cancel { &known.of } else { &known.run };
            let meant = match run {
                Some(_) => named.as_ref() == run,
                // Of all that is asked over Redis only another schedule is about no run (contract.md §4.1).
                None => known.kind == CommandKind::Schedule && known.state.open(),
            };
            meant && rank(known.state) < rank(CommandState::Refused)
        };
        let known = self.commands.iter().rev().find(asks).cloned();
        let ours = known.is_some();
        if let Some(known) = known {
            let reason = Some(problem.message.clone());
            let next =
                CommandRecord { state: CommandState::Refused, since: event.at, reason, ..known.clone() };
            self.put_command(event.at, Some(&known), next);
        }
        run.map_or(ours, |run| !self.by_id.contains_key(run))
    }

    /// Something was heard of a run: it may be what a command waits for.
    pub(super) fn hear_commands(&mut self, event: &Event) {
        if self.commands.is_empty() {
            return;
        }
        let Some(id) = event.run.as_ref().or(event.job.as_ref()).filter(|id| self.by_id.contains_key(*id))
        else {
            return;
        };
        let began = self.run(id).is_some_and(|run| run.record.started == event.at);
        let ended = self.run(id).is_some_and(|run| !run.running());
        let heard = |known: &CommandRecord| match known.kind {
            CommandKind::Cancel => ended && known.of.as_ref() == Some(id),
            kind if kind.starts() => known.run.as_ref() == Some(id) || (began && may_be(known, event.at)),
            _ => false,
        };
        let waits = |known: &CommandRecord| rank(known.state) < rank(CommandState::Started) && heard(known);
        let waiting: Vec<CommandRecord> =
            self.commands.iter().filter(|known| waits(known)).cloned().collect();
        for known in waiting {
            let mut next = known.clone();
            self.meet(&mut next);
            self.put_command(event.at, Some(&known), next);
        }
    }

    /// The producer reports its schedule: whoever asked for another one has been heard.
    pub(super) fn hear_schedule(&mut self, at: Millis) {
        let waits = |known: &&CommandRecord| known.kind == CommandKind::Schedule && known.state.open();
        let waiting: Vec<CommandRecord> = self.commands.iter().filter(waits).cloned().collect();
        for known in waiting {
            let next = CommandRecord { state: CommandState::Done, since: at, reason: None, ..known.clone() };
            self.put_command(at, Some(&known), next);
        }
    }

    /// What is on the board may be what a command waits for.
    fn meet(&self, command: &mut CommandRecord) {
        if rank(command.state) >= rank(CommandState::Started) || command.state == CommandState::Asked {
            return;
        }
        if command.kind == CommandKind::Cancel {
            // One that never arrived, or was refused, ended nothing.
            if matches!(command.state, CommandState::Refused | CommandState::NotSent) {
                return;
            }
            let of = command.of.as_deref().and_then(|id| self.run(id)).filter(|run| !run.running());
            if let Some(run) = of {
                command.state = CommandState::Done;
                command.since = run.record.ended.unwrap_or(command.since);
                // It may have come to its end before it was heard that it should.
                let word = run.record.status.as_str();
                command.reason = (run.record.status != RunStatus::Cancelled)
                    .then(|| format!("not cancelled: the run ended by itself, {word}"));
            }
        } else if !command.kind.starts() {
            // What it asks for is no run.
        } else if let Some(run) = command.run.as_deref().and_then(|id| self.run(id)) {
            command.state = CommandState::Started;
            command.since = run.record.started.max(command.asked);
            command.reason = None;
        } else {
            self.meet_other(command);
        }
    }

    /// A run that began since a command was asked is its answer, although they were not agreed on its id. It may have been heard of
    /// before the producer's own answer was.
    fn meet_other(&self, command: &mut CommandRecord) {
        let claimed = |id: &str| self.commands.iter().any(|other| other.run.as_deref() == Some(id));
        let answers = |run: &&RunState| {
            let record = &run.record;
            record.started >= command.asked
                && may_be(command, record.started)
                && record.trigger != Some(Trigger::Schedule)
                && !claimed(&record.id)
        };
        let first = self.runs.values().filter(answers).min_by_key(|run| (run.record.started, run.slot));
        let Some(RunState { record, .. }) = first else { return };
        let agreed = command.run.replace(record.id.clone());
        command.reason = agreed
            .map(|agreed| format!("{} was agreed on, and {} began", short_id(&agreed), short_id(&record.id)));
        command.state = CommandState::Started;
        command.since = record.started;
    }

    fn put_command(&mut self, at: Millis, known: Option<&CommandRecord>, next: CommandRecord) {
        if known == Some(&next) {
            return;
        }
        self.put_board(&key::command(&next.id), Record::Command(next.clone()));
        self.answered.insert(next.id.clone());
        if known.map(|known| known.state) != Some(next.state)
            && let Some(text) = said(&next)
        {
            let bad = matches!(
                next.state,
                CommandState::Refused
                    | CommandState::NotSent
                    | CommandState::NoAnswer
                    | CommandState::NotStarted
            );
            let run = next.run.as_ref().or(next.of.as_ref()).map(|id| short_id(id));
            let severity = bad.then_some(Severity::Warning);
            let kind = LineKind::Server;
            self.say_line(Line { at, source: next.who.clone(), kind, symbol: None, text, run, severity });
        }
        self.tell_run(&next);
        match self.commands.iter_mut().find(|known| known.id == next.id) {
            Some(known) => *known = next,
            None => self.commands.push(next),
        }
        if self.commands.len() > COMMANDS {
            let leaves = self.commands.iter().position(|known| !known.state.open()).unwrap_or(0);
            let left = self.commands.remove(leaves);
            self.answered.remove(&left.id);
            self.remove_board(&key::command(&left.id));
        }
    }

    /// What a command means to the run that it led to, or is about.
    fn tell_run(&mut self, command: &CommandRecord) {
        if command.kind.starts() && command.state == CommandState::Started {
            let led_to = command.run.as_ref().and_then(|id| self.by_id.get(id)).copied();
            if let Some(slot) = led_to {
                self.was_asked_for(slot, command.asked);
                self.is_the_schedules(slot, command);
                self.is_retry_of(slot, command.of.as_ref());
            }
            return;
        }
        let Some(slot) = command.of.as_ref().and_then(|id| self.by_id.get(id)).copied() else { return };
        let by = By { who: command.who.clone(), at: command.asked, count: command.count };
        let Some(run) = self.runs.get_mut(&slot) else { return };
        match (command.kind, command.state) {
            (CommandKind::Accept, CommandState::Done) => run.record.accepted = Some(by),
            (CommandKind::Cancel, CommandState::Done) => {
                run.record.cancel = (run.record.status == RunStatus::Cancelled).then_some(by);
            }
            (CommandKind::Cancel, state) if state.open() => run.record.cancel = Some(by),
            // That one came to nothing takes back its own word, and nobody else's.
            (CommandKind::Cancel, _) if run.record.cancel.as_ref() == Some(&by) => run.record.cancel = None,
            _ => return,
        }
        run.events = run.events.saturating_add(1);
        self.publish_run(slot);
    }

    /// A producer that is asked takes every run for one by hand.
    fn is_the_schedules(&mut self, slot: u32, command: &CommandRecord) {
        let Some(run) = self.runs.get_mut(&slot).filter(|_| command.who == THE_SCHEDULE) else { return };
        if run.record.trigger != Some(Trigger::Schedule) {
            run.record.trigger = Some(Trigger::Schedule);
            run.events = run.events.saturating_add(1);
            self.publish_run(slot);
        }
    }

    /// What a run was asked for says whose retry it is, where the producer does not.
    fn is_retry_of(&mut self, slot: u32, of: Option<&String>) {
        let Some(run) = self.runs.get_mut(&slot) else { return };
        if run.record.retry_of.is_none() && of.is_some_and(|of| *of != run.record.id) {
            run.record.retry_of = of.cloned();
            run.events = run.events.saturating_add(1);
            self.publish_run(slot);
        }
    }

    /// Commands as they stand among the records of a keyframe.
    pub(super) fn restore_commands(&mut self) {
        let of = |record: &std::sync::Arc<Record>| match &**record {
            Record::Command(command) => Some(command.clone()),
            _ => None,
        };
        self.commands = self.topic.iter().filter_map(|(_, record)| of(record)).collect();
        self.commands.sort_by(|a, b| (a.asked, &a.id).cmp(&(b.asked, &b.id)));
    }
}

/// What the feed says of it. That it is on its way lasts too short to be told.
fn said(command: &CommandRecord) -> Option<String> {
    match command.state {
        CommandState::Asked => Some(format!("{}: asked by {}", command.what, command.who)),
        CommandState::Sending => None,
        _ => Some(sentence(command)),
    }
}
