//! The ledger: what came over each channel, and what of it was not understood. It answers "is my producer understood?".
//!
//! It is told about every message, also the refused ones, and only counts: nothing here changes a run. Its records are written
//! when the hub's turn ends ([`Board::settle`]), so a burst of a thousand messages is one change of each record. Every list
//! in it is bounded; a stranger that finds no room is counted in its channel all the same.

use super::Board;
use super::topic::TopicState;
use super::window::Window;
use crate::decode::{self, Reading, Refused, clean, shown};
use crate::event::{Component, EventKind};
use crate::record::{ChannelState, Fate, Key, RawMessage, Record, RefusedMessage, Stranger, Watched};
use crate::time::Millis;
use crate::wire::Topic;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;

/// Channels that get a record of their own, besides those of the contract.
pub const CHANNELS: usize = 64;
/// Unknown names, unknown fields and events apart that are kept, each.
pub const STRANGERS: usize = 100;
/// Refused messages that are kept.
pub const REFUSED: usize = 100;
/// Raw messages that are kept of each channel.
pub const RAW: usize = 50;
/// Longest part of a raw message that is kept, in characters.
pub const RAW_TEXT: usize = 1_000;
/// Longest example of an unknown name, in characters.
const EXAMPLE: usize = 300;
/// Longest name of a channel.
const NAME: usize = 64;

/// A message as it was received, and what became of it.
#[derive(Debug)]
pub struct Heard<'a> {
    /// On which channel.
    pub channel: &'a str,
    /// What was kept of it.
    pub bytes: &'a [u8],
    /// How long it was.
    pub length: usize,
    /// When.
    pub at: Millis,
    /// What it was read as.
    pub reading: &'a Result<Reading, Refused>,
}

/// The records of the topic `channels`, and the raw messages.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    topic: TopicState,
    channels: HashMap<String, ChannelState>,
    raw: HashMap<String, Window>,
    strangers: HashMap<Key, Stranger>,
    refused: VecDeque<(u64, RefusedMessage)>,
    refused_ever: u64,
    /// Refused messages that have a record.
    written: BTreeSet<u64>,
    /// What changed since the last turn ended.
    dirty_channels: HashSet<String>,
    dirty_strangers: HashSet<Key>,
    dirty_refused: bool,
}

impl Ledger {
    pub(super) fn topic(&self) -> &TopicState {
        &self.topic
    }

    pub(super) fn raw(&self, channel: &str) -> Option<&Window> {
        self.raw.get(channel)
    }

    /// The name under which a channel is counted.
    fn place(&self, channel: &str) -> String {
        let name = clean(channel, NAME);
        let named = decode::channel(&name).is_some_and(|row| row.name == name);
        if named
            || self.channels.contains_key(&name)
            || self.channels.len() < CHANNELS + decode::CHANNELS.len()
        {
            name
        } else {
            "(other channels)".to_owned()
        }
    }

    fn note(&mut self, letter: char, name: &str, field: &str, seen: Seen<'_>) {
        let key: Key = match field {
            "" => format!("{letter}{name}").into(),
            field => format!("{letter}{name}.{field}").into(),
        };
        if !self.strangers.contains_key(&key) {
            let many = self.strangers.keys().filter(|known| known.starts_with(letter)).count();
            if many >= STRANGERS {
                return;
            }
        }
        let stranger = self.strangers.entry(key.clone()).or_insert_with(|| Stranger {
            name: name.to_owned(),
            field: field.to_owned(),
            channel: String::new(),
            example: String::new(),
            count: 0,
            first: seen.at,
            last: seen.at,
        });
        stranger.count += 1;
        stranger.last = stranger.last.max(seen.at);
        seen.channel.clone_into(&mut stranger.channel);
        if stranger.example.is_empty() {
            stranger.example = (seen.example)();
        }
        self.dirty_strangers.insert(key);
    }
}

/// Where and when a stranger was seen.
#[derive(Clone, Copy)]
struct Seen<'a> {
    at: Millis,
    channel: &'a str,
    example: &'a dyn Fn() -> String,
}

impl Board {
    /// A message came, whatever it was. Counted and kept for looking at; the event in it is applied by [`Board::apply`].
    pub fn hear(&mut self, heard: &Heard<'_>) {
        let seq = self.pending();
        let ledger = &mut self.ledger;
        let channel = ledger.place(heard.channel);
        let (fate, what) = fate(heard);
        let example = || shown(heard.bytes, EXAMPLE);
        let seen = Seen { at: heard.at, channel: &channel, example: &example };
        match heard.reading {
            Ok(reading) => match &reading.event.kind {
                EventKind::Unknown { name } => ledger.note('n', name, "", seen),
                EventKind::Apart(apart) => {
                    ledger.note('k', &format!("{}.{}", component_key(apart.component), apart.name), "", seen);
                }
                _ => {
                    for (field, value) in &reading.strange {
                        let example = || value.clone();
                        ledger.note('u', &what, field, Seen { example: &example, ..seen });
                    }
                }
            },
            Err(refused) => {
                ledger.refused_ever += 1;
                let message = RefusedMessage {
                    at: heard.at,
                    channel: channel.clone(),
                    code: refused.code().to_owned(),
                    bytes: size(heard.length),
                    begins: shown(heard.bytes, 200),
                };
                ledger.refused.push_back((ledger.refused_ever, message));
                if ledger.refused.len() > REFUSED {
                    ledger.refused.pop_front();
                }
                ledger.dirty_refused = true;
            }
        }
        let raw =
            RawMessage { at: heard.at, fate, bytes: size(heard.length), text: shown(heard.bytes, RAW_TEXT) };
        ledger.raw.entry(channel.clone()).or_insert_with(|| Window::new('w', RAW)).add(seq, Record::Raw(raw));
        let state = ledger.channels.entry(channel.clone()).or_default();
        state.last = state.last.max(heard.at);
        state.what = what;
        let count = match fate {
            Fate::Decoded => &mut state.decoded,
            Fate::Apart => &mut state.apart,
            Fate::Unknown => &mut state.unknown,
            Fate::Refused => &mut state.refused,
        };
        *count += 1;
        if state.name.is_empty() {
            state.name.clone_from(&channel);
        }
        ledger.dirty_channels.insert(channel);
    }

    /// What is subscribed to.
    pub fn set_watched(&mut self, names: Vec<String>) -> bool {
        let seq = self.pending();
        let changed =
            self.ledger.topic.put(seq, &"xwatched".into(), &Arc::new(Record::Watched(Watched { names })));
        self.mark(changed, Topic::Channels);
        self.commit()
    }

    /// Ends a turn: what was heard in it becomes visible. Returns whether anything was.
    pub fn settle(&mut self) -> bool {
        let seq = self.pending();
        let ledger = &mut self.ledger;
        let mut changed = false;
        for name in std::mem::take(&mut ledger.dirty_channels) {
            if let Some(state) = ledger.channels.get(&name) {
                let key: Key = format!("h{name}").into();
                changed |= ledger.topic.put(seq, &key, &Arc::new(Record::Channel(state.clone())));
            }
            self.touched.insert(Topic::Raw(name));
            self.dirty = true;
        }
        for key in std::mem::take(&mut ledger.dirty_strangers) {
            if let Some(stranger) = ledger.strangers.get(&key) {
                changed |= ledger.topic.put(seq, &key, &Arc::new(Record::Stranger(stranger.clone())));
            }
        }
        if std::mem::take(&mut ledger.dirty_refused) {
            let key = |number: u64| -> Key { format!("j{number}").into() };
            let oldest = ledger.refused.front().map_or(0, |(number, _)| *number);
            let kept = ledger.written.split_off(&oldest);
            for number in std::mem::replace(&mut ledger.written, kept) {
                changed |= ledger.topic.remove(seq, &key(number));
            }
            for (number, message) in &ledger.refused {
                if ledger.written.insert(*number) {
                    changed |=
                        ledger.topic.put(seq, &key(*number), &Arc::new(Record::Refused(message.clone())));
                }
            }
        }
        self.mark(changed, Topic::Channels);
        self.commit()
    }
}

/// What became of a message, and what it was.
fn fate(heard: &Heard<'_>) -> (Fate, String) {
    match heard.reading {
        Err(refused) => (Fate::Refused, refused.code().to_owned()),
        Ok(reading) => {
            let fate = match &reading.event.kind {
                EventKind::Unknown { .. } => Fate::Unknown,
                EventKind::Apart(_) => Fate::Apart,
                _ => Fate::Decoded,
            };
            let name = match &reading.event.kind {
                EventKind::Unknown { name } => name.clone(),
                EventKind::Apart(apart) => apart.name.clone(),
                _ if reading.name.is_empty() => "(no name)".to_owned(),
                _ => reading.name.clone(),
            };
            (fate, name)
        }
    }
}

/// The part of a key that says which component an event apart is of.
#[must_use]
pub fn component_key(component: Component) -> usize {
    Component::ALL.iter().position(|other| *other == component).unwrap_or(0)
}

fn size(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
