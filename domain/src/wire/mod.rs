//! What travels between server and browser: hello, frames, beats, and the one message a browser sends.
//!
//! Every frame says which topic, which epoch, from which change and to which. A browser that holds `from` or more of the
//! same epoch can apply it; a `full` frame replaces all it has. That is the whole protocol; `docs/live.md` has it for scripts.

mod columns;
mod read;
mod values;

pub use columns::RunChanges;
pub use read::{Read, Reader, read};
pub(crate) use values::{readable, readable_words};

use crate::record::{Change, Seq};
use crate::time::{Millis, Zone};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Version of this protocol. A browser that meets another one reloads, once.
pub const PROTOCOL: u32 = 1;

/// Milliseconds between two beats.
pub const BEAT: Millis = 10_000;

/// Without a beat or frame for this long a browser no longer calls its view live, and connects anew.
pub const BEAT_PATIENCE: Millis = 25_000;

/// Most topics that one connection may watch.
pub const MAX_TOPICS: usize = 16;

/// What a connection can watch.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    /// Runs, phases, failures by code, sources: what the main page shows.
    Board,
    /// Everything about one run, by the producer's id.
    Run(String),
    /// The lines of the feed: a window, not state.
    Feed,
    /// What came over each channel, and what of it was not understood.
    Channels,
    /// The last messages of one channel as they came: a window, not state.
    Raw(String),
}

impl Topic {
    /// Understands `board`, `feed`, `channels`, `run/<id>` and `raw/<channel>`; ids and channels are at most 64 characters.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "board" => Some(Self::Board),
            "feed" => Some(Self::Feed),
            "channels" => Some(Self::Channels),
            _ => {
                let (kind, id) = name.split_once('/')?;
                let fits = !id.is_empty() && id.chars().count() <= 64;
                match kind {
                    "run" if fits => Some(Self::Run(id.to_owned())),
                    "raw" if fits => Some(Self::Raw(id.to_owned())),
                    _ => None,
                }
            }
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Board => formatter.write_str("board"),
            Self::Feed => formatter.write_str("feed"),
            Self::Channels => formatter.write_str("channels"),
            Self::Run(id) => write!(formatter, "run/{id}"),
            Self::Raw(channel) => write!(formatter, "raw/{channel}"),
        }
    }
}

impl Serialize for Topic {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Topic {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name).ok_or_else(|| serde::de::Error::custom(format!("{name:?} is not a topic")))
    }
}

/// The changes of one topic after `from`, up to and including `to`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Frame {
    /// Which topic.
    #[serde(rename = "f")]
    pub topic: Topic,
    /// Which epoch the numbers belong to.
    #[serde(rename = "e")]
    pub epoch: String,
    /// It holds every change after this one …
    #[serde(rename = "a")]
    pub from: Seq,
    /// … up to this one.
    #[serde(rename = "z")]
    pub to: Seq,
    /// The changed records, tombstones with `null`.
    #[serde(rename = "s")]
    pub changes: Vec<Change>,
    /// True when this is all there is: it replaces what the browser holds.
    #[serde(rename = "full", skip_serializing_if = "std::ops::Not::not")]
    pub full: bool,
    /// In the feed: lines that were left out because nobody could have read them.
    #[serde(rename = "skipped", skip_serializing_if = "is_zero")]
    pub skipped: u64,
    /// True when the rest of the same answer follows: half of it is nothing to look at.
    #[serde(rename = "more", skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

fn is_zero(value: &u64) -> bool {
    *value == 0
}

/// Everything a server sends. Told apart by their first field: `hello`, `beat`, `f`, `error`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum ServerMessage {
    /// First message of a connection.
    Hello(Hello),
    /// Changes of a topic.
    Frame(Frame),
    /// Every [`BEAT`]: the link lives.
    Beat(Beat),
    /// The last message could not be used. The connection goes on.
    Error(WireError),
}

impl ServerMessage {
    /// Reads a message. `None`: it is none of this protocol; who gets one should ask for everything again.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let first = text.trim_start_matches(['{', ' ']).trim_start_matches('"');
        if first.starts_with("f\"") {
            read(text).map(Self::Frame)
        } else if first.starts_with("beat\"") {
            read(text).map(Self::Beat)
        } else if first.starts_with("hello\"") {
            read(text).map(Self::Hello)
        } else {
            read(text).map(Self::Error)
        }
    }
}

/// First message of a connection.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hello {
    /// Protocol version, see [`PROTOCOL`].
    pub hello: u32,
    /// Hash of the assets this server serves.
    pub build: String,
    /// The server's epoch.
    pub epoch: String,
    /// The newest change.
    pub seq: Seq,
    /// The server's clock.
    pub now: Millis,
}

/// The link lives.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Beat {
    /// The newest change: who holds less has missed something.
    pub beat: Seq,
    /// The server's clock.
    pub now: Millis,
}

/// An answer to a message that could not be used.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WireError {
    /// A stable code.
    pub error: String,
    /// A sentence that helps.
    pub message: String,
}

impl Watch {
    /// Reads what a client sent.
    ///
    /// # Errors
    /// With a code and a sentence, when it is none of this protocol or asks for too much. The connection goes on.
    pub fn parse(text: &str) -> Result<Self, WireError> {
        let error =
            |code: &str, message: &str| WireError { error: code.to_owned(), message: message.to_owned() };
        let watch: Self = serde_json::from_str(text).map_err(|_| {
            error("not_understood", r#"Send {"watch":["board","feed","run/<id>"],"epoch":"…","after":0}."#)
        })?;
        if watch.watch.len() > MAX_TOPICS {
            return Err(error("too_many_topics", "A connection watches at most 16 topics."));
        }
        Ok(watch)
    }
}

/// What a browser sends: what it watches from now on, and what it already holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// The topics, replacing those before; at most [`MAX_TOPICS`].
    pub watch: Vec<Topic>,
    /// The epoch of what it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<String>,
    /// It holds every change up to this one. 0: nothing.
    #[serde(default)]
    pub after: Seq,
}

/// What a page is rendered from, and what its HTML carries: the same board at the same moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Snapshot {
    /// See [`PROTOCOL`].
    pub protocol: u32,
    /// Hash of the assets.
    pub build: String,
    /// The server's epoch.
    pub epoch: String,
    /// The newest change in here.
    pub seq: Seq,
    /// The server's clock when it was taken.
    pub now: Millis,
    /// Topic `board`.
    pub board: Vec<Change>,
    /// Topic `feed`, oldest first.
    pub feed: Vec<Change>,
    /// Topic `run/<id>` of the run that has the verdict, if it is small enough to travel with the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<(String, RunChanges)>,
    /// Topic `channels`, on the page that shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channels: Option<Vec<Change>>,
    /// A channel and its topic `raw/<channel>`, on the page that shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<(String, Vec<Change>)>,
    /// A moment was asked for. `true`: this is the board as it was; the clock stands at `now`, and nothing comes after it. `false`:
    /// there is none of that moment, and the page says why in place of a board.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay: Option<bool>,
    /// Who looks at it, and what they may: 0 see, 1 run, 2 administer.
    pub who: (String, u8),
    /// The exchange's zone.
    pub exchange: Zone,
    /// The viewer's zone, once its browser has told us.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub viewer: Option<Zone>,
    /// The theme the viewer chose: `light`, `dark`, or none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
}

impl Read for Topic {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Self::parse(&reader.text()?)
    }
}

readable!(Frame {
    topic = "f",
    epoch = "e",
    from = "a",
    to = "z",
    changes = "s",
    full = "full",
    skipped = "skipped",
    more = "more",
});
readable!(Hello { hello, build, epoch, seq, now });
readable!(Beat { beat, now });
readable!(WireError { error, message });
readable!(Snapshot {
    protocol,
    build,
    epoch,
    seq,
    now,
    board,
    feed,
    run,
    channels,
    raw,
    replay,
    who,
    exchange,
    viewer,
    theme
});
