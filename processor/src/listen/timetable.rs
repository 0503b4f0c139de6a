//! A producer's schedule: what it reports and lets others change. What follows from it is its owner's.

use super::fields::Fields;
use super::refusal::Refusal;
use crate::publish::{Message, stamp_or_null};
use domain::calendar::XNYS;
use domain::schedule::{Entry, minute_of, preview};
use domain::time::Millis;
use serde_json::{Map, Value, json};

/// Where schedules are told, and changed.
pub const CHANNEL: &str = "tickstock:processing:schedule";

/// What is to be changed; what is not said stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    enabled: Option<bool>,
    minute: Option<u16>,
    market_check: Option<bool>,
    universes: Option<Vec<String>>,
}

impl Change {
    /// Reads it.
    ///
    /// # Errors
    /// When a field cannot be used, or none is there.
    pub fn read(parameters: &Map<String, Value>) -> Result<Self, Refusal> {
        let fields = Fields(parameters);
        fields.only(&["enabled", "trigger_time", "market_check", "universes"])?;
        let time = fields.name("trigger_time")?;
        let minute = time.map(|text| {
            minute_of(&text)
                .ok_or_else(|| Refusal::field("trigger_time", "is a time from 00:00 to 23:59, such as 16:10"))
        });
        let change = Self {
            enabled: fields.said("enabled")?,
            minute: minute.transpose()?,
            market_check: fields.said("market_check")?,
            universes: fields.names("universes")?,
        };
        if change == Self::default() {
            let known = "or trigger_time, market_check or universes is needed: nothing is to be changed";
            return Err(Refusal::field("enabled", known));
        }
        Ok(change)
    }

    /// Over which universes from now on, where it is said.
    pub fn universes(&self) -> &[String] {
        self.universes.as_deref().unwrap_or_default()
    }
}

/// When a night would begin.
#[derive(Clone, Debug)]
pub struct Timetable {
    entry: Entry,
    universes: Vec<String>,
}

impl Timetable {
    /// Ten past four in New York, over this universe, and off.
    pub fn new(universe: &str) -> Self {
        Self { entry: Entry { enabled: false, ..Entry::nightly() }, universes: vec![universe.to_owned()] }
    }

    /// Ten past four in New York, over these universes, and off.
    pub fn of(universes: Vec<String>) -> Self {
        Self { universes, ..Self::new("") }
    }

    /// It as a change that makes it of another: what is kept.
    pub fn kept(&self) -> Value {
        json!({
            "enabled": self.entry.enabled, "trigger_time": self.entry.time(), "market_check": self.entry.market_check,
            "universes": self.universes
        })
    }

    /// The same, and on.
    pub fn on(self) -> Self {
        Self { entry: Entry { enabled: true, ..self.entry }, ..self }
    }

    /// When it is due.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Over which universes.
    pub fn universes(&self) -> &[String] {
        &self.universes
    }

    /// Changes it.
    ///
    /// # Errors
    /// When it would never run; then it stays as it was.
    pub fn change(&mut self, change: Change, now: Millis) -> Result<(), Refusal> {
        let entry = Entry {
            enabled: change.enabled.unwrap_or(self.entry.enabled),
            minute: change.minute.unwrap_or(self.entry.minute),
            market_check: change.market_check.unwrap_or(self.entry.market_check),
            ..self.entry.clone()
        };
        entry.check(&XNYS, now).map_err(|why| Refusal::field("trigger_time", format!("never: {why}")))?;
        self.entry = entry;
        self.universes = change.universes.unwrap_or_else(|| self.universes.clone());
        Ok(())
    }

    /// It, as the contract has it (§4.2).
    pub fn told(&self, now: Millis) -> Value {
        let next = preview(&self.entry, &XNYS, now, 1).last().map(|next| next.at);
        json!({
            "enabled": self.entry.enabled, "trigger_time": self.entry.time(), "timezone": self.entry.zone,
            "market_check": self.entry.market_check, "universes": self.universes,
            "next_run": stamp_or_null(next.filter(|_| self.entry.enabled))
        })
    }

    /// That it was changed (contract §3.2).
    pub fn updated(&self, now: Millis, source: &'static str) -> Message {
        Message::new(CHANNEL, "schedule_updated", source, json!({ "schedule": self.told(now) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::{DAY, HOUR, days_of};

    /// Thanksgiving 2026, in the morning.
    const NOW: Millis = days_of(2026, 11, 26) * DAY + 13 * HOUR;

    fn change(given: &Value) -> Result<Change, Refusal> {
        Change::read(given.as_object().expect("an object"))
    }

    #[test]
    fn what_is_said_is_changed_and_what_would_never_run_is_not() {
        let mut table = Timetable::new("sp500");
        assert_eq!(table.told(NOW)["next_run"], Value::Null, "it is off");
        let asked = json!({ "enabled": true, "trigger_time": "16:25", "universes": ["dow30", "etf"] });
        table.change(change(&asked).expect("a change"), NOW).expect("it runs");
        let told = table.told(NOW);
        assert_eq!(told["next_run"], "2026-11-27T21:25:00.000000Z", "{told}");
        assert_eq!(
            (&told["timezone"], &told["market_check"], &told["universes"]),
            (&json!("America/New_York"), &json!(true), &json!(["dow30", "etf"]))
        );
        let noon = change(&json!({ "trigger_time": "12:00" })).expect("a change");
        let never = Refusal::field("trigger_time", "never: before the close");
        assert_eq!((table.change(noon, NOW), table.told(NOW)), (Err(never), told));
    }

    #[test]
    fn what_cannot_be_used_is_refused_by_its_name() {
        for (given, field) in [
            (json!({}), "enabled"),
            (json!({ "enabled": "yes" }), "enabled"),
            (json!({ "trigger_time": "25:00" }), "trigger_time"),
            (json!({ "trigger_time": "9:5" }), "trigger_time"),
            (json!({ "trigger_time": 16 }), "trigger_time"),
            (json!({ "market_check": 1 }), "market_check"),
            (json!({ "universes": [] }), "universes"),
            (json!({ "timezone": "Mars/X" }), "timezone"),
            (json!({ "enabled": true, "Trigger_Time": "16:10" }), "Trigger_Time"),
        ] {
            match change(&given) {
                Err(Refusal::BadRequest { field: named, .. }) => assert_eq!(named, field),
                other => panic!("{given}: {other:?}"),
            }
        }
    }
}
