//! The producer: when it was heard, how it says it is, what its monitor complains of, what becomes of its universes.

use super::Board;
use crate::event::{AlertReport, Apart, Component, Event, EventKind, UniverseChange};
use crate::record::{Alert, Line, LineKind, Record, Schedule, Severity, Sync, key};
use crate::words::{plural, thousands};
use std::collections::VecDeque;

/// Alerts that the board keeps, open or resolved.
pub const ALERTS: usize = 32;

/// Ids of the alerts on the board, in the order of their coming.
#[derive(Debug, Default)]
pub(super) struct Alerts(VecDeque<String>);

impl Alerts {
    pub(super) fn ids(&self) -> Vec<String> {
        self.0.iter().cloned().collect()
    }

    pub(super) fn restore(&mut self, ids: Vec<String>) {
        self.0 = ids.into();
    }
}

impl Board {
    /// The producer was heard. To the second, so that this is one change a second and not one an event.
    pub(super) fn hear_producer(&mut self, event: &Event) {
        // Another component's life says nothing about this one's.
        if matches!(event.kind, EventKind::Apart(_)) {
            return;
        }
        // Strictly newer: a repeated message is no sign of life. What it says of its health counts in the same millisecond too.
        let alive = event.at > self.producer_at;
        let health = match &event.kind {
            EventKind::Health(report) if event.at >= self.health_at => Some(report),
            _ => None,
        };
        if !alive && health.is_none() {
            return;
        }
        self.producer_at = self.producer_at.max(event.at);
        let before = match self.topic.get("xproducer").map(AsRef::as_ref) {
            Some(Record::Producer(producer)) => Some(producer.clone()),
            _ => None,
        };
        let heard = event.at - event.at.rem_euclid(1_000);
        let mut producer = before.clone().unwrap_or_default();
        // Within the second the first word stands: otherwise two producers would take turns at every message.
        if alive && before.is_none_or(|before| before.heard != heard) {
            producer.heard = heard;
            producer.simulated = event.simulated;
        }
        if let Some(report) = health {
            self.health_at = event.at;
            producer.beat = Some(heard);
            if let Some(word) = &report.health {
                producer.health = Some(word.clone());
                producer.score = report.score;
                producer.health_at = Some(heard);
            }
            producer.state = report.state.clone().or(producer.state);
        }
        self.put_board(&"xproducer".into(), Record::Producer(producer));
    }

    pub(super) fn schedule(&mut self, event: &Event, schedule: &Schedule) -> Option<Line> {
        let newer = match self.topic.get("dproducer").map(AsRef::as_ref) {
            Some(Record::Schedule(known)) => known.at <= event.at,
            _ => true,
        };
        newer.then(|| {
            self.hear_schedule(event.at);
            self.put_board(&"dproducer".into(), Record::Schedule(schedule.clone()));
            Self::line(event, LineKind::Server, None, "The producer reported its schedule".into())
        })
    }

    /// An alert is raised, raised again, or taken back. What is older than what is known is no news.
    pub(super) fn alert(&mut self, event: &Event, report: &AlertReport) -> Option<Line> {
        let alert_key = key::alert(&report.id);
        let known = match self.topic.get(&alert_key).map(AsRef::as_ref) {
            Some(Record::Alert(alert)) => Some(alert.clone()),
            _ => None,
        };
        let open = known.as_ref().is_some_and(Alert::open);
        // Raised and over within one millisecond is over.
        let news = known.as_ref().is_none_or(|alert| {
            let last = alert.at.max(alert.resolved.unwrap_or(0));
            event.at > last || (event.at == last && open && report.resolved)
        });
        if !news || (report.resolved && !open) {
            return None;
        }
        let mut alert = known.unwrap_or_else(|| Alert {
            id: report.id.clone(),
            severity: report.severity,
            component: report.component.clone(),
            message: report.message.clone(),
            at: event.at,
            resolved: None,
        });
        if report.resolved {
            alert.resolved = Some(event.at);
        } else {
            // Raised again while it is open: it still holds since it was raised first.
            if !open {
                alert.at = event.at;
            }
            alert.severity = report.severity;
            alert.message.clone_from(&report.message);
        }
        let place =
            if alert.component.is_empty() { String::new() } else { format!(" of {}", alert.component) };
        let text = match (report.resolved, alert.message.is_empty()) {
            (true, _) => format!("Alert{place} is over"),
            (false, true) => format!("Alert{place}"),
            (false, false) => format!("Alert{place}: {}", alert.message),
        };
        let mut line = Self::line(event, LineKind::Problem, None, text);
        line.severity = Some(if report.resolved { Severity::Info } else { alert.severity });
        if !self.alerts.0.contains(&report.id) {
            self.alerts.0.push_back(report.id.clone());
        }
        self.put_board(&alert_key, Record::Alert(alert));
        if self.alerts.0.len() > ALERTS
            && let Some(oldest) = self.alerts.0.pop_front()
        {
            self.remove_board(&key::alert(&oldest));
        }
        // The same alert again, while it is open, is one line and not many.
        (!open || report.resolved).then_some(line)
    }

    /// A universe changed: told in the feed, and counted in the cache sync that is going on.
    pub(super) fn universe(&mut self, event: &Event, change: &UniverseChange) -> Option<Line> {
        let slot = self.run_of(event, true);
        if let Some(slot) = slot {
            let run = self.runs.get_mut(&slot)?;
            if run.counted.len() >= super::run::REMEMBERED || !run.counted.insert(event.fingerprint) {
                return None;
            }
            run.heard = run.heard.max(event.at);
            let mut sync = self.sync_of(slot);
            sync.told = sync.told.saturating_add(1);
            self.put_run(slot, &key::sync(slot), Record::Sync(sync));
            self.publish_run(slot);
        }
        let run = slot.and_then(|slot| self.runs.get(&slot)).map(|run| &run.record);
        let mut line = Self::line(event, LineKind::Phase, run, universe_sentence(change));
        line.symbol.clone_from(&change.symbol);
        Some(line)
    }

    /// What the cache sync of a run changed so far.
    pub(super) fn sync_of(&self, slot: u32) -> Sync {
        match self.topic.get(&key::sync(slot)).map(AsRef::as_ref) {
            Some(Record::Sync(sync)) => sync.clone(),
            _ => Sync::default(),
        }
    }

    /// Another component spoke. Only a command is told: somebody asked for something, and nothing is confirmed by it.
    pub(super) fn apart(event: &Event, apart: &Apart) -> Option<Line> {
        if apart.component != Component::Commands {
            return None;
        }
        let who = if apart.source.is_empty() { "Somebody" } else { &apart.source };
        let what = apart.name.replace('_', " ");
        let mut line = Self::line(
            event,
            LineKind::Server,
            None,
            format!("{who} asked: {what}; nothing is confirmed by it"),
        );
        line.source = "command".into();
        Some(line)
    }
}

/// "large_cap updated: recount after market-cap change, 742 symbols".
fn universe_sentence(change: &UniverseChange) -> String {
    let what = change.action.replace('_', " ");
    let universe = if change.universe.is_empty() { "universe" } else { &change.universe };
    let mut text = match (&change.symbol, change.universe.is_empty()) {
        (Some(_), true) => what.clone(),
        (Some(_), false) => format!("{what}, {universe}"),
        (None, _) => format!("{universe} {what}"),
    };
    if !change.reason.is_empty() {
        text.push_str(&format!(": {}", change.reason));
    }
    if let Some(count) = change.count {
        text.push_str(&format!(", {} {}", thousands(u64::from(count)), plural(count, "symbol")));
    }
    text
}
