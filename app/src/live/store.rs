//! All topics of the page, and where this tab is in the stream of changes.
//!
//! Applying a frame is idempotent and does not mind order (see [`Records`]). A `full` frame replaces its topic; another epoch
//! replaces everything.

use super::records::{Records, lock};
use super::sorted;
use domain::record::{Change, Line, RawMessage, Record, Seq, Symbol};
use domain::time::Millis;
use domain::wire::{Frame, Snapshot, Topic};
use leptos::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// Lines of the feed that a browser keeps.
const LINES: usize = 200;

/// Where this tab is in the stream of changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Position {
    /// The server's epoch.
    pub epoch: String,
    /// The newest change that is held.
    pub seq: Seq,
    /// Frames received.
    pub frames: u64,
    /// When the last message of any kind came, by the server's clock.
    pub heard: Option<Millis>,
    /// Frames that replaced all of the board.
    pub fulls: u64,
    /// Holes that were noticed and asked for again.
    pub holes: u64,
}

/// The symbols of tonight's run, A to Z. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Symbols(Arc<Vec<(String, Arc<Symbol>)>>, bool);

impl Symbols {
    /// In order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Symbol)> {
        self.0.iter().map(|(name, symbol)| (name.as_str(), &**symbol))
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Symbol> {
        let place = self.0.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok()?;
        self.0.get(place).map(|(_, symbol)| &**symbol)
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether they have come; until then it is not known that there are none.
    #[must_use]
    pub fn known(&self) -> bool {
        self.1
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(String, Arc<Symbol>)> for Symbols {
    fn from_iter<I: IntoIterator<Item = (String, Arc<Symbol>)>>(symbols: I) -> Self {
        Self(Arc::new(sorted(symbols.into_iter().collect(), |(a, _), (b, _)| a.cmp(b))), true)
    }
}

/// A channel, and its last messages, newest first.
pub type RawMessages = (String, Vec<(u64, Arc<RawMessage>)>);

/// What is held of one run, by number of the last change.
#[derive(Debug, Default)]
struct RunTopic {
    id: Option<String>,
    symbols: BTreeMap<String, (Seq, Option<Arc<Symbol>>)>,
}

/// All records of the page.
#[derive(Debug)]
pub struct Store {
    /// Topic `board`.
    pub board: Records,
    /// Topic `channels`, while its page is shown.
    pub channels: Records,
    /// Topic `raw/<channel>`, while one is looked at.
    pub raw: ArcRwSignal<RawMessages>,
    run: Mutex<RunTopic>,
    /// Symbols of tonight's run; a new map once per painted frame.
    pub symbols: ArcRwSignal<Symbols>,
    /// The feed, newest first.
    pub lines: ArcRwSignal<Vec<(u64, Arc<Line>)>>,
    /// Where this tab is.
    pub position: ArcRwSignal<Position>,
    /// Per topic, up to which change it is held.
    held: Mutex<HashMap<Topic, Seq>>,
    symbols_changed: AtomicBool,
}

impl Store {
    /// The store as the page was rendered.
    #[must_use]
    pub fn from_snapshot(snapshot: &Snapshot) -> Self {
        let store = Self {
            board: Records::new(),
            channels: Records::new(),
            raw: ArcRwSignal::new((String::new(), Vec::new())),
            run: Mutex::default(),
            symbols: ArcRwSignal::new(Symbols::default()),
            lines: ArcRwSignal::new(Vec::new()),
            position: ArcRwSignal::new(Position { epoch: snapshot.epoch.clone(), ..Position::default() }),
            held: Mutex::default(),
            symbols_changed: AtomicBool::new(false),
        };
        let frame = |topic: Topic, changes: &[Change]| Frame {
            topic,
            epoch: snapshot.epoch.clone(),
            from: 0,
            to: snapshot.seq,
            changes: changes.to_vec(),
            full: true,
            skipped: 0,
            more: false,
        };
        store.apply(&frame(Topic::Board, &snapshot.board));
        store.apply(&frame(Topic::Feed, &snapshot.feed));
        if let Some((id, changes)) = &snapshot.run {
            store.apply(&frame(Topic::Run(id.clone()), changes.all()));
        }
        if let Some(changes) = &snapshot.channels {
            store.apply(&frame(Topic::Channels, changes));
        }
        if let Some((channel, changes)) = &snapshot.raw {
            store.apply(&frame(Topic::Raw(channel.clone()), changes));
        }
        store.show_symbols();
        store.position.update_untracked(|position| position.frames = 0);
        store
    }

    /// Applies a frame. False: it cannot be applied, because changes before it are missing; ask again from [`Store::held`].
    pub fn apply(&self, frame: &Frame) -> bool {
        if frame.epoch != self.position.with_untracked(|position| position.epoch.clone()) {
            // Numbers of another epoch mean nothing here: only a whole topic can be taken.
            if !frame.full {
                return false;
            }
            self.begin_epoch(&frame.epoch);
        }
        let held = self.held(&frame.topic);
        if !frame.full && frame.from > held {
            self.position.update(|position| position.holes += 1);
            return false;
        }
        match &frame.topic {
            Topic::Board => self.board.apply(frame),
            Topic::Channels => self.channels.apply(frame),
            Topic::Raw(channel) => self.apply_raw(channel, frame),
            Topic::Feed => self.apply_feed(frame),
            Topic::Run(id) => self.apply_run(id, frame),
        }
        let to = frame.to.max(if frame.full { 0 } else { held });
        lock(&self.held).insert(frame.topic.clone(), to);
        self.position.update(|position| {
            position.seq = position.seq.max(to);
            position.frames += 1;
            position.fulls += u64::from(frame.full && frame.topic == Topic::Board);
        });
        true
    }

    /// Up to which change a topic is held.
    #[must_use]
    pub fn held(&self, topic: &Topic) -> Seq {
        lock(&self.held).get(topic).copied().unwrap_or(0)
    }

    /// How many symbols are known.
    #[must_use]
    pub fn symbols_known(&self) -> u64 {
        lock(&self.run).symbols.len() as u64
    }

    /// Makes what changed in the symbols visible; called once per painted frame.
    pub fn show_symbols(&self) -> bool {
        if !self.symbols_changed.swap(false, Ordering::AcqRel) {
            return false;
        }
        let run = lock(&self.run);
        let shown = run
            .symbols
            .iter()
            .filter_map(|(name, (_, symbol))| Some((name.clone(), symbol.clone()?)))
            .collect();
        drop(run);
        self.symbols.set(Symbols(Arc::new(shown), true));
        true
    }

    fn begin_epoch(&self, epoch: &str) {
        lock(&self.held).clear();
        self.board.begin_epoch();
        self.channels.begin_epoch();
        *lock(&self.run) = RunTopic::default();
        self.position.update(|position| {
            *position = Position {
                epoch: epoch.to_owned(),
                frames: position.frames,
                heard: position.heard,
                ..Position::default()
            };
        });
    }

    fn apply_feed(&self, frame: &Frame) {
        let line = |record: &Record| if let Record::Line(line) = record { Some(line.clone()) } else { None };
        self.lines.update(|lines| add_newest(lines, frame, line));
    }

    fn apply_raw(&self, channel: &str, frame: &Frame) {
        let message =
            |record: &Record| if let Record::Raw(message) = record { Some(message.clone()) } else { None };
        self.raw.update(|(shown, messages)| {
            if shown != channel {
                messages.clear();
                // What is cleared is held no more: who comes back to that channel asks for all of it.
                lock(&self.held).remove(&Topic::Raw(std::mem::replace(shown, channel.to_owned())));
            }
            add_newest(messages, frame, message);
        });
    }

    fn apply_run(&self, id: &str, frame: &Frame) {
        // A run that has left the board is here alone; of one that is on it these are the board's very records.
        let others = frame.changes.iter().filter(|change| !change.key.starts_with('s')).cloned();
        let others = Frame { changes: others.collect(), full: false, ..frame.clone() };
        self.board.apply(&others);
        let mut run = lock(&self.run);
        if frame.full || run.id.as_deref() != Some(id) {
            run.symbols.clear();
            // What is cleared is held no more: who comes back to that run asks for all of it.
            if let Some(left) = run.id.replace(id.to_owned()).filter(|left| left != id) {
                lock(&self.held).remove(&Topic::Run(left));
            }
        }
        for change in &frame.changes {
            let Some(name) = change.key.strip_prefix('s') else { continue };
            let symbol = match change.record.as_deref() {
                Some(Record::Symbol(symbol)) => Some(Arc::new(symbol.clone())),
                _ => None,
            };
            let newer = run.symbols.get(name).is_none_or(|(known, _)| *known < change.changed);
            if newer {
                run.symbols.insert(name.to_owned(), (change.changed, symbol));
            }
        }
        self.symbols_changed.store(true, Ordering::Release);
    }
}

/// Takes the records of a window, newest first; one that is there already is not added again.
fn add_newest<T>(held: &mut Vec<(u64, Arc<T>)>, frame: &Frame, pick: impl Fn(&Record) -> Option<T>) {
    if frame.full {
        held.clear();
    }
    for change in &frame.changes {
        let number = change.key.get(1..).and_then(|digits| digits.parse().ok());
        if let (Some(number), Some(record)) = (number, change.record.as_deref().and_then(&pick)) {
            let at = held.partition_point(|(known, _)| *known > number);
            if held.get(at).is_none_or(|(known, _)| *known != number) {
                held.insert(at, (number, Arc::new(record)));
            }
        }
    }
    held.truncate(LINES);
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::record::{Ingest, key};
    use leptos::reactive::owner::Owner;

    fn snapshot() -> Snapshot {
        let zone = domain::time::Zone::utc();
        Snapshot {
            protocol: 1,
            build: String::new(),
            epoch: "a".into(),
            seq: 3,
            now: 0,
            board: vec![],
            feed: vec![],
            run: None,
            channels: None,
            replay: None,
            raw: None,
            exchange: zone,
            who: (String::new(), 0),
            viewer: None,
            theme: None,
        }
    }

    fn frame(epoch: &str, from: Seq, to: Seq, full: bool, changes: Vec<(&str, Seq, Option<u64>)>) -> Frame {
        let record = |messages| Arc::new(Record::Ingest(Ingest { messages, ..Ingest::default() }));
        let changes = changes.into_iter().map(|(key, changed, value)| Change {
            key: key.into(),
            changed,
            record: value.map(record),
        });
        Frame {
            topic: Topic::Board,
            epoch: epoch.into(),
            from,
            to,
            changes: changes.collect(),
            full,
            skipped: 0,
            more: false,
        }
    }

    fn shown(store: &Store, key: &str) -> Option<u64> {
        store.board.signal(key).with_untracked(|record| match record.as_deref() {
            Some(Record::Ingest(ingest)) => Some(ingest.messages),
            _ => None,
        })
    }

    fn with_store(test: impl FnOnce(Store)) {
        Owner::new().with(|| test(Store::from_snapshot(&snapshot())));
    }

    #[test]
    fn frames_may_come_twice_and_late() {
        with_store(|store| {
            let newer = frame("a", 3, 9, false, vec![("xa", 9, Some(9))]);
            let older = frame("a", 3, 5, false, vec![("xa", 5, Some(5)), ("xb", 5, Some(1))]);
            assert!(store.apply(&newer) && store.apply(&older) && store.apply(&newer));
            assert_eq!((shown(&store, "xa"), shown(&store, "xb")), (Some(9), Some(1)));
        });
    }

    #[test]
    fn what_left_stays_away_until_something_newer_comes() {
        with_store(|store| {
            store.apply(&frame("a", 3, 8, false, vec![("xa", 8, None)]));
            store.apply(&frame("a", 3, 5, false, vec![("xa", 5, Some(5))]));
            assert_eq!(shown(&store, "xa"), None);
            store.apply(&frame("a", 8, 9, false, vec![("xa", 9, Some(9))]));
            assert_eq!(shown(&store, "xa"), Some(9));
        });
    }

    #[test]
    fn who_comes_back_to_a_run_asks_for_all_of_it() {
        with_store(|store| {
            let run = |id: &str, to| Frame {
                topic: Topic::Run(id.into()),
                ..frame("a", 0, to, true, vec![("sAAPL", to, None)])
            };
            assert!(store.apply(&run("one", 5)));
            assert_eq!(store.held(&Topic::Run("one".into())), 5);
            assert!(store.apply(&run("two", 7)));
            assert_eq!(store.held(&Topic::Run("one".into())), 0, "its symbols are gone");
            assert_eq!(store.held(&Topic::Run("two".into())), 7);
        });
    }

    #[test]
    fn a_hole_is_noticed_and_nothing_is_applied() {
        with_store(|store| {
            assert!(!store.apply(&frame("a", 7, 9, false, vec![("xa", 9, Some(9))])));
            assert_eq!((shown(&store, "xa"), store.held(&Topic::Board)), (None, 3));
        });
    }

    #[test]
    fn a_full_frame_replaces_and_another_epoch_needs_one() {
        with_store(|store| {
            store.apply(&frame("a", 3, 9, false, vec![("xa", 9, Some(9)), ("xb", 9, Some(1))]));
            assert!(!store.apply(&frame("b", 0, 2, false, vec![("xa", 2, Some(2))])));
            assert!(store.apply(&frame("b", 0, 2, true, vec![("xa", 2, Some(2))])));
            assert_eq!((shown(&store, "xa"), shown(&store, "xb")), (Some(2), None));
            assert_eq!(store.board.keys('x').len(), 1);
            assert_eq!(key::slot_of("r12"), Some(12));
        });
    }
}
