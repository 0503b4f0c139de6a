//! An entry of the schedule.

use crate::calendar::{EXCHANGE, Weekdays};
use crate::command::Order;
use crate::phase::Phase;
use serde::{Deserialize, Serialize};

/// When a run is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What it is called.
    pub name: String,
    /// Whether it fires.
    pub enabled: bool,
    /// When, in minutes of the day.
    pub minute: u16,
    /// On the clock of this zone.
    pub zone: String,
    /// On which days.
    pub days: Days,
    /// Not on days without trading, and not before the close.
    pub market_check: bool,
    /// Over which universe; `None`: as the producer is set.
    pub universe: Option<String>,
    /// Keys of the phases, in their order; empty: all.
    pub phases: Vec<String>,
    /// What becomes of it when the exchange closes early.
    pub early: EarlyClose,
    /// What becomes of it when nobody could fire it.
    pub missed: Missed,
}

/// On which days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Days {
    /// The exchange's trading days.
    Trading,
    /// These days of the week, whatever the exchange does.
    Weekdays(Weekdays),
}

/// When the exchange closes early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EarlyClose {
    /// At the same time as ever.
    Same,
    /// So many minutes after the close.
    After(u16),
}

/// When nobody could fire it: no server ran, or its clock jumped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missed {
    /// It is left out.
    Skip,
    /// It comes later, up to so many minutes.
    Late(u16),
}

impl Entry {
    /// The usual one: ten past four in New York, on trading days.
    #[must_use]
    pub fn nightly() -> Self {
        Self {
            name: "Nightly".to_owned(),
            enabled: true,
            minute: 16 * 60 + 10,
            zone: EXCHANGE.to_owned(),
            days: Days::Trading,
            market_check: true,
            universe: None,
            phases: Vec::new(),
            early: EarlyClose::Same,
            missed: Missed::Late(120),
        }
    }

    /// What it asks of the producer.
    #[must_use]
    pub fn order(&self) -> Order {
        Order::Run {
            phases: self.phases.iter().map(|name| Phase::parse(name)).collect(),
            universe: self.universe.clone(),
            skip_market_check: !self.market_check,
            scheduled: true,
        }
    }

    /// Its time: "16:10".
    #[must_use]
    pub fn time(&self) -> String {
        clock_of(self.minute)
    }
}

/// A minute of the day as a clock shows it.
#[must_use]
pub fn clock_of(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}
