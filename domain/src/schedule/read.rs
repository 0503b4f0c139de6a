//! An entry from what somebody filled in. Nothing that is misspelt is passed over: a schedule that means something else fires at night.

use super::{AFTER_CLOSE, Days, EarlyClose, Entry, LATE, Missed};
use crate::calendar::zone;
use crate::command::{NAME, ScheduleChange, UNIVERSES};
use crate::given::{Fields, Invalid, invalid};
use crate::phase::Phase;
use crate::time::Millis;
use serde_json::{Map, Value};

/// The days of a week as they are written, Monday first.
pub const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Reads an entry.
///
/// # Errors
/// When a field will not do, or is none of an entry.
pub fn read(given: &Map<String, Value>, now: Millis) -> Result<Entry, Invalid> {
    let fields = Fields(given);
    fields.only(&[
        "name",
        "enabled",
        "trigger_time",
        "zone",
        "days",
        "weekdays",
        "market_check",
        "universe",
        "phases",
        "early_close",
        "early_minutes",
        "missed",
        "late_minutes",
    ])?;
    let usual = Entry::nightly();
    let name =
        fields.text("name", 40)?.ok_or_else(|| invalid("name", "is needed: what the entry is called"))?;
    let minute = fields.minute("trigger_time")?.ok_or_else(|| invalid("trigger_time", TIME))?;
    let zone_name = fields.text("zone", NAME)?.unwrap_or(usual.zone);
    if zone(&zone_name, now).is_none() {
        return Err(invalid(
            "zone",
            "must be the name of a time zone, such as America/New_York or Europe/Berlin",
        ));
    }
    Ok(Entry {
        name,
        enabled: fields.yes("enabled")?,
        minute,
        zone: zone_name,
        days: fields.on_days()?,
        market_check: fields.yes("market_check")?,
        universe: fields.name("universe")?,
        phases: fields.phases()?.iter().map(Phase::key).map(str::to_owned).collect(),
        early: match fields.word("early_close", &["same", "after"])? {
            "after" => EarlyClose::After(fields.minutes("early_minutes", 10, AFTER_CLOSE)?),
            _ => EarlyClose::Same,
        },
        missed: match fields.word("missed", &["late", "skip"])? {
            "skip" => Missed::Skip,
            _ => Missed::Late(fields.minutes("late_minutes", 120, LATE)?),
        },
    })
}

/// Reads what the old system's form says: any of `enabled`, `trigger_time`, `market_check`, `universes`.
///
/// # Errors
/// When a field will not do, is none of these, or none is said.
pub fn read_change(given: &Map<String, Value>) -> Result<ScheduleChange, Invalid> {
    let fields = Fields(given);
    fields.only(&["enabled", "trigger_time", "market_check", "universes"])?;
    let yes = |name| fields.get(name).map(|_| fields.yes(name)).transpose();
    let some = ScheduleChange {
        enabled: yes("enabled")?,
        minute: fields.minute("trigger_time")?,
        market_check: yes("market_check")?,
        universes: fields.get("universes").map(|_| fields.names("universes", UNIVERSES, NAME)).transpose()?,
    };
    if some == ScheduleChange::default() {
        return Err(invalid(
            "enabled",
            "or trigger_time, market_check or universes is needed: nothing is to be changed",
        ));
    }
    Ok(some)
}

/// What a time must be.
const TIME: &str = "must be a time of day from 00:00 to 23:59, such as 16:10";

/// The minute of a day that a clock shows as "16:10".
#[must_use]
pub fn minute_of(text: &str) -> Option<u16> {
    let digits = |text: &&str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let (hours, minutes) = text.split_once(':')?;
    let part =
        |text: &str, below: u16| Some(text).filter(digits)?.parse::<u16>().ok().filter(|part| *part < below);
    Some(part(hours, 24)? * 60 + part(minutes, 60)?)
}

impl Fields<'_> {
    fn minute(&self, name: &str) -> Result<Option<u16>, Invalid> {
        let Some(text) = self.text(name, 8)? else { return Ok(None) };
        minute_of(&text).map(Some).ok_or_else(|| invalid(name, TIME))
    }

    fn minutes(&self, name: &str, usual: u32, most: u32) -> Result<u16, Invalid> {
        Ok(u16::try_from(self.number(name, usual, 1..=most)?).unwrap_or(u16::MAX))
    }

    /// One of these words; the first where nothing is said.
    fn word<'w>(&self, name: &str, words: &[&'w str]) -> Result<&'w str, Invalid> {
        let said = self.text(name, NAME)?;
        let found = match &said {
            None => words.first(),
            Some(said) => words.iter().find(|word| *word == said),
        };
        found.copied().ok_or_else(|| invalid(name, format!("must be one of: {}", words.join(", "))))
    }

    fn on_days(&self) -> Result<Days, Invalid> {
        if self.word("days", &["trading", "weekdays"])? == "trading" {
            return Ok(Days::Trading);
        }
        let mut bits = 0;
        for name in self.names("weekdays", 7, 9)? {
            let short: String = name.to_ascii_lowercase().chars().take(3).collect();
            let at = WEEKDAYS.iter().position(|word| *word == short);
            bits |= 1_u8
                << at.ok_or_else(|| invalid("weekdays", format!("must be of: {}", WEEKDAYS.join(", "))))?;
        }
        if bits == 0 {
            return Err(invalid("weekdays", "is needed: at least one day of the week"));
        }
        Ok(Days::Weekdays(bits))
    }
}
