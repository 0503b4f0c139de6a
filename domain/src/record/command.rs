//! A command, as it is shown: what somebody asked of the producer, and what became of it. The rules of that are in
//! [`crate::command`].

use crate::time::Millis;
use crate::wire::{readable, readable_words};
use serde::Serialize;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandKind {
    /// A full run, or some of its phases.
    Run,
    /// An import.
    Import,
    /// Indicators.
    Indicators,
    /// Patterns.
    Patterns,
    /// A cache sync.
    CacheSync,
    /// What failed in a run, once more.
    Retry,
    /// The end of a run.
    Cancel,
    /// A night as it is: nothing is asked of the producer.
    Accept,
    /// Another schedule of the producer's own.
    Schedule,
}

/// Which way it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum CommandWay {
    /// The producer's HTTP API.
    #[serde(rename = "http")]
    Http,
    /// A channel of Redis.
    #[serde(rename = "redis")]
    Redis,
    /// None: it is ours alone.
    #[serde(rename = "here")]
    Here,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandState {
    /// Written down.
    Asked,
    /// On its way: whether it arrived is not known.
    Sending,
    /// Somebody listened, and has not answered.
    Sent,
    /// The producer said yes.
    Accepted,
    /// Its run was heard of.
    Started,
    /// What was asked has come to its end: the run to cancel is over, the night is accepted.
    Done,
    /// No, by the producer, or because of what goes on.
    Refused,
    /// It never left here.
    NotSent,
    /// Nothing was heard in time, or nothing that could be understood.
    NoAnswer,
    /// The producer said yes, and nothing of it was heard.
    NotStarted,
}

/// What somebody asked of the producer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CommandRecord {
    /// Ours.
    pub id: String,
    /// What is asked.
    pub kind: CommandKind,
    /// The same in words: "Retry of 5 symbols".
    pub what: String,
    /// Who asked.
    pub who: String,
    /// When.
    pub asked: Millis,
    /// Which way it takes.
    pub way: CommandWay,
    /// What became of it.
    pub state: CommandState,
    /// Since when.
    pub since: Millis,
    /// The run that it leads to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The run that it is about: to retry, to cancel, to accept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// Why not; of an acceptance its note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many symbols it is about; 0: it does not say.
    #[serde(skip_serializing_if = "is_zero")]
    pub count: u32,
}

/// That somebody did something about a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct By {
    /// Who.
    pub who: String,
    /// When.
    pub at: Millis,
    /// How many failures it was about.
    #[serde(skip_serializing_if = "is_zero")]
    pub count: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(value: &u32) -> bool {
    *value == 0
}

impl CommandKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Run,
        Self::Import,
        Self::Indicators,
        Self::Patterns,
        Self::CacheSync,
        Self::Retry,
        Self::Cancel,
        Self::Accept,
        Self::Schedule,
    ];

    /// The word of the API and of addresses.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Import => "import",
            Self::Indicators => "indicators",
            Self::Patterns => "patterns",
            Self::CacheSync => "cache_sync",
            Self::Retry => "retry",
            Self::Cancel => "cancel",
            Self::Accept => "accept",
            Self::Schedule => "schedule",
        }
    }

    /// The kind of that word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether it asks for a run.
    #[must_use]
    pub fn starts(self) -> bool {
        !matches!(self, Self::Cancel | Self::Accept | Self::Schedule)
    }
}

impl CommandWay {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Redis => "redis",
            Self::Here => "here",
        }
    }

    /// The way of that word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        [Self::Http, Self::Redis, Self::Here].into_iter().find(|way| way.word() == word)
    }
}

impl CommandState {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Asked,
        Self::Sending,
        Self::Sent,
        Self::Accepted,
        Self::Started,
        Self::Done,
        Self::Refused,
        Self::NotSent,
        Self::NoAnswer,
        Self::NotStarted,
    ];

    /// The word of the API and of the store.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Accepted => "accepted",
            Self::Started => "started",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::NotSent => "not_sent",
            Self::NoAnswer => "no_answer",
            Self::NotStarted => "not_started",
        }
    }

    /// The state of that word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether an answer is still waited for.
    #[must_use]
    pub fn open(self) -> bool {
        matches!(self, Self::Asked | Self::Sending | Self::Sent | Self::Accepted)
    }
}

readable!(CommandRecord { id, kind, what, who, asked, way, state, since, run, of, reason, count });
readable!(By { who, at, count });
readable_words!(CommandKind {
    "run" => Run, "import" => Import, "indicators" => Indicators, "patterns" => Patterns, "cache_sync" => CacheSync,
    "retry" => Retry, "cancel" => Cancel, "accept" => Accept, "schedule" => Schedule
});
readable_words!(CommandWay { "http" => Http, "redis" => Redis, "here" => Here });
readable_words!(CommandState {
    "asked" => Asked, "sending" => Sending, "sent" => Sent, "accepted" => Accepted, "started" => Started, "done" => Done,
    "refused" => Refused, "not_sent" => NotSent, "no_answer" => NoAnswer, "not_started" => NotStarted
});
