//! Where our knowledge comes from, and what we know to be missing from it.

use crate::record::Severity;
use crate::time::Millis;
use crate::wire::{readable, readable_words};
use crate::words::thousands;
use serde::Serialize;

/// The link to Redis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Redis {
    /// Whether we are subscribed.
    pub up: bool,
    /// Since when this is so.
    pub since: Millis,
    /// Its address without credentials, for people.
    pub address: String,
    /// How many channels and patterns are watched.
    pub channels: u32,
}

/// What was read and what was not, refreshed at most once a second.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Ingest {
    /// Messages received.
    pub messages: u64,
    /// Messages that could not be read.
    pub refused: u64,
    /// Messages dropped because our queue was full.
    pub dropped: u64,
    /// Events that name no run while none, or more than one, was in progress.
    pub homeless: u64,
    /// When the last message was received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<Millis>,
}

/// This server.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ServerInfo {
    /// When it started.
    pub started: Millis,
    /// Its version.
    pub version: String,
    /// The label of its environment ("PROD"), if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
}

/// Why messages may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GapKind {
    /// We were not connected to Redis: what was published then is not known.
    Disconnected,
    /// Our queue was full: `lost` messages were dropped.
    Overflow,
    /// Our server was not running.
    Restart,
    /// The stream was trimmed past what we had read.
    Trimmed,
    /// There was no room to keep them until the database came back: they were shown, but are not in the log.
    Unsaved,
}

/// How saving goes.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Saving {
    /// What is heard is written to the database, by us or by the server that we follow.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub on: bool,
    /// Another server writes.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub follows: bool,
    /// Since when it is so.
    pub since: Millis,
    /// Which database, for people.
    pub engine: String,
    /// Why nothing is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Messages that wait to be written.
    pub waiting: u64,
    /// Messages that found no room.
    pub lost: u64,
}

/// A stretch of time in which messages were, or may have been, lost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gap {
    /// Why.
    pub kind: GapKind,
    /// Since when.
    pub from: Millis,
    /// Until when; open while it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Millis>,
    /// How many were lost, where that can be counted.
    pub lost: u64,
}

impl GapKind {
    /// Why, within a line.
    #[must_use]
    pub fn cause(self) -> &'static str {
        match self {
            Self::Disconnected => "not connected to Redis",
            Self::Overflow => "faster than they could be read",
            Self::Restart => "this server was not running",
            Self::Trimmed => "trimmed from the stream",
            Self::Unsaved => "not saved",
        }
    }
}

impl Gap {
    /// What happened, as a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let seconds =
            self.to.map(|to| format!(" for {} s", (to - self.from + 999) / 1_000)).unwrap_or_default();
        match self.kind {
            GapKind::Disconnected => {
                format!("Not connected to Redis{seconds}: messages of that time were missed")
            }
            GapKind::Overflow => {
                format!("{} messages lost: they came faster than they could be read", thousands(self.lost))
            }
            GapKind::Restart => {
                format!("This server was not running{seconds}: what was only published then was missed")
            }
            GapKind::Trimmed => {
                "The stream was trimmed past what had been read: entries of that time are missing".to_owned()
            }
            GapKind::Unsaved => format!("{} messages were shown but not saved", thousands(self.lost)),
        }
    }
}

/// The schedule as a producer reports it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Schedule {
    /// Whether it fires; unknown where it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// `HH:MM` in its zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Whether it looks at the market's calendar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub market_check: Option<bool>,
    /// The next run by the producer's clock, which may be wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_run: Option<Millis>,
    /// Its zone's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// What it runs on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub universes: Vec<String>,
    /// When it said so.
    pub at: Millis,
}

/// What a line of the feed is about; the filter offers these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// A run began or ended.
    Run,
    /// A phase began or ended.
    Phase,
    /// A symbol's result.
    Symbol,
    /// A problem.
    Problem,
    /// The link, the server, the schedule.
    Server,
}

/// A line of the feed, in plain words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// When it was received.
    pub at: Millis,
    /// `producer` or `server`.
    pub source: String,
    /// What it is about.
    pub kind: LineKind,
    /// The ticker it begins with, set in the ticker's style.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
    /// The rest of the sentence.
    pub text: String,
    /// Four characters of the run's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// How bad, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
}

readable!(Redis { up, since, address, channels });
readable!(Ingest { messages, refused, dropped, homeless, last });
readable!(ServerInfo { started, version, environment });
readable!(Saving { on, follows, since, engine, reason, waiting, lost });
readable!(Gap { kind, from, to, lost });
readable!(Schedule { enabled, time, market_check, next_run, zone, universes, at });
readable!(Line { at, source, kind, symbol, text, run, severity });
readable_words!(GapKind { "disconnected" => Disconnected, "overflow" => Overflow, "restart" => Restart, "trimmed" => Trimmed, "unsaved" => Unsaved });
readable_words!(LineKind { "run" => Run, "phase" => Phase, "symbol" => Symbol, "problem" => Problem, "server" => Server });
