//! The board: everything a screen can show, and the number of each part's last change.
//!
//! [`Board::apply`] is the whole state machine: an event goes in, records change. The hub is its only caller on a server, so
//! there is no lock and no second writer. Nothing here reads a clock: an event brings its own time.
//!
//! Invariants (tests in `domain/tests/`): applying an applied event again changes nothing; a late start never reopens an
//! ended run; counts of a phase never fall within an attempt; an event of one run touches no other; what is kept is bounded.

mod commands;
mod comparable;
mod ended;
mod expected;
mod handlers;
mod keep;
mod ledger;
mod left;
mod made;
mod past;
mod phases;
mod problems;
mod producer;
mod repaired;
mod run;
mod sketch;
mod symbols;
mod told;
mod topic;
mod window;

pub use commands::COMMANDS;
pub use keep::{Extent, KeptBoard, KeptRun, Keyframe, Mark, Part};
pub use ledger::{CHANNELS, Heard, RAW, RAW_TEXT, REFUSED, STRANGERS};
pub use made::{KINDS, TYPES};
pub use past::{BESIDE, LISTED, PAST_NIGHTS};
pub use producer::ALERTS;
pub use run::{CODES, PHASES, SYMBOLS, SYMBOLS_IN_ALL};
pub use topic::{Delta, TOMBSTONES};
pub use window::{CARRIED, KEPT};

use crate::command::CommandRecord;
use crate::event::Event;
use crate::nights::Nights;
use crate::phase::Phase;
use crate::record::{
    Change, Gap, GapKind, Ingest, Key, Line, LineKind, Outcome, OutcomeStatus, Plan, ProducerApi, Record,
    Redis, RunRecord, Saving, Schedule, Seq, ServerInfo, key,
};
use crate::time::Millis;
use crate::verdict::{self, RunView};
use crate::wire::Topic;
use crate::words::short_id;
use ledger::Ledger;
use made::Made;
use producer::Alerts;
use run::RunState;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use topic::TopicState;
use window::Window;

/// Ended runs that the board keeps; older ones are the store's.
pub const ENDED_RUNS: usize = 20;
/// Runs in progress that the board keeps; when more appear, the one heard longest ago leaves.
pub const RUNNING_RUNS: usize = 32;
/// Events without a run id whose repetition is recognised.
pub const NAMELESS: usize = 50_000;
/// Gaps that the board keeps.
pub const GAPS: usize = 20;

/// Everything the screen can show.
#[derive(Debug)]
pub struct Board {
    /// Which night a run belongs to.
    nights: Nights,
    /// The newest change.
    seq: Seq,
    /// True while the event in hand has changed something.
    dirty: bool,
    topic: TopicState,
    feed: Window,
    ledger: Ledger,
    made: Made,
    alerts: Alerts,
    runs: HashMap<u32, RunState>,
    by_id: HashMap<String, u32>,
    /// Runs that leave the board one day, in the order in which they came.
    arrivals: VecDeque<u32>,
    next_slot: u32,
    gaps: VecDeque<u64>,
    next_gap: u64,
    /// Fingerprints of the last events without a run id, and their order.
    nameless: HashSet<u64>,
    nameless_order: VecDeque<u64>,
    /// When the producer was last heard, to the millisecond.
    producer_at: Millis,
    /// When it last told of its health, to the millisecond.
    health_at: Millis,
    /// Since when Redis has been listened to without a break.
    listening: Millis,
    /// Events that name no run while none, or more than one, is in progress.
    homeless: u64,
    /// Codes of problems that belong to no run, and when each was reported last.
    strays: HashMap<String, Millis>,
    /// What was asked of the producer, oldest first, and which of it changed since it was handed out.
    commands: Vec<CommandRecord>,
    answered: BTreeSet<String>,
    /// Topics with changes that were not yet handed out as frames.
    touched: BTreeSet<Topic>,
}

impl Board {
    /// An empty board.
    #[must_use]
    pub fn new(nights: impl Into<Nights>) -> Self {
        Self {
            nights: nights.into(),
            seq: 0,
            dirty: false,
            topic: TopicState::default(),
            feed: Window::new('l', KEPT),
            ledger: Ledger::default(),
            made: Made::default(),
            alerts: Alerts::default(),
            runs: HashMap::new(),
            by_id: HashMap::new(),
            arrivals: VecDeque::new(),
            next_slot: 1,
            gaps: VecDeque::new(),
            next_gap: 1,
            nameless: HashSet::new(),
            nameless_order: VecDeque::new(),
            producer_at: Millis::MIN,
            health_at: Millis::MIN,
            listening: Millis::MIN,
            homeless: 0,
            strays: HashMap::new(),
            commands: Vec::new(),
            answered: BTreeSet::new(),
            touched: BTreeSet::new(),
        }
    }

    /// The newest change.
    #[must_use]
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// Applies an event. Returns whether anything changed; if so [`Board::seq`] has grown by one.
    pub fn apply(&mut self, event: &Event) -> bool {
        // Whose an event without a run id is depends on the moment; so its repetition is known by its fingerprint.
        if event.run.is_none() && !self.first_time(event.fingerprint) {
            return false;
        }
        if self.refused_command(event) {
            return self.commit();
        }
        let line = self.handle(event);
        if let Some(slot) = event.run.as_ref().and_then(|id| self.by_id.get(id))
            && let Some(run) = self.runs.get_mut(slot)
        {
            run.events = run.events.saturating_add(1);
        }
        // A repeated event has no news, so it gets no second line either.
        if let (true, Some(line)) = (self.dirty, line) {
            self.say_line(line);
        }
        self.hear_commands(event);
        self.hear_producer(event);
        self.commit()
    }

    /// What changed in a topic after `after`; everything, marked `full`, when that can't be told from changes alone.
    /// `None`: the board does not know this run.
    #[must_use]
    pub fn changed_since(&self, topic: &Topic, after: Seq) -> Option<Delta> {
        match topic {
            Topic::Board => Some(self.topic.since(after, self.seq)),
            Topic::Feed => Some(self.feed.since(after, self.seq)),
            Topic::Channels => Some(self.ledger.topic().since(after, self.seq)),
            Topic::Raw(channel) => self.ledger.raw(channel).map(|raw| raw.since(after, self.seq)),
            Topic::Run(id) => self.run(id).map(|run| run.topic.since(after, self.seq)),
        }
    }

    /// Topics that changed since the last call.
    pub fn touched(&mut self) -> Vec<Topic> {
        std::mem::take(&mut self.touched).into_iter().collect()
    }

    /// The link to Redis is up or down.
    pub fn set_redis(&mut self, redis: Redis) -> bool {
        self.listening = redis.since;
        self.set("xredis", Record::Redis(redis))
    }

    /// What was read so far.
    pub fn set_ingest(&mut self, mut ingest: Ingest) -> bool {
        ingest.homeless = self.homeless;
        self.set("xingest", Record::Ingest(ingest))
    }

    /// The link to Redis, as it was told last.
    #[must_use]
    pub fn redis(&self) -> Option<&Redis> {
        match self.topic.get("xredis").map(AsRef::as_ref) {
            Some(Record::Redis(redis)) => Some(redis),
            _ => None,
        }
    }

    /// How saving goes.
    pub fn set_saving(&mut self, saving: Saving) -> bool {
        self.set("xsaving", Record::Saving(saving))
    }

    /// How the producer's API is.
    pub fn set_api(&mut self, api: ProducerApi) -> bool {
        self.set("xapi", Record::Api(api))
    }

    /// When runs are due, and the exchange's next days.
    pub fn set_plan(&mut self, plan: Plan) -> bool {
        self.set("xplan", Record::Plan(plan))
    }

    /// The schedule as the producer reported it last.
    #[must_use]
    pub fn producer_schedule(&self) -> Option<Schedule> {
        match self.topic.get("dproducer").map(AsRef::as_ref) {
            Some(Record::Schedule(schedule)) => Some(schedule.clone()),
            _ => None,
        }
    }

    /// Which server this is.
    pub fn set_server(&mut self, server: ServerInfo) -> bool {
        self.set("xserver", Record::Server(server))
    }

    /// Messages are being, or were, lost since `from`. Returns the gap's number, to close it with.
    pub fn open_gap(&mut self, kind: GapKind, from: Millis, lost: u64) -> u64 {
        let number = self.next_gap;
        self.next_gap += 1;
        self.put_board(&key::gap(number), Record::Gap(Gap { kind, from, to: None, lost }));
        self.gaps.push_back(number);
        if self.gaps.len() > GAPS
            && let Some(oldest) = self.gaps.pop_front()
        {
            self.remove_board(&key::gap(oldest));
        }
        self.commit();
        number
    }

    /// The gap has ended, or its count is now known.
    pub fn close_gap(&mut self, number: u64, to: Millis, lost: u64) -> bool {
        let key = key::gap(number);
        let Some(Record::Gap(gap)) = self.topic.get(&key).map(AsRef::as_ref) else { return false };
        let closed = Gap { to: Some(to), lost: gap.lost.max(lost), ..gap.clone() };
        self.put_board(&key, Record::Gap(closed));
        self.commit()
    }

    /// A line of our own in the feed.
    pub fn say(&mut self, line: Line) {
        self.say_line(line);
        self.commit();
    }

    /// The run that has the verdict at `now`.
    #[must_use]
    pub fn tonight(&self, now: Millis) -> Option<String> {
        let slot = verdict::tonight(&self.views(), now)?;
        self.runs.get(&slot).map(|run| run.record.id.clone())
    }

    /// All runs with their phases.
    #[must_use]
    pub fn views(&self) -> Vec<RunView> {
        self.runs.values().map(|run| self.view(run)).collect()
    }

    /// A run with its phases, by id.
    #[must_use]
    pub fn run_view(&self, id: &str) -> Option<RunView> {
        self.run(id).map(|run| self.view(run))
    }

    /// The id of the run that an event which was just applied belongs to.
    #[must_use]
    pub fn owner(&self, event: &Event) -> Option<&str> {
        let named = event.run.as_ref().or(event.job.as_ref());
        let slot = named.and_then(|id| self.by_id.get(id)).copied();
        let slot = if event.run.is_some() { slot } else { slot.or_else(|| self.only_run()) };
        self.runs.get(&slot?).map(|run| run.record.id.as_str())
    }

    /// Ids of all runs on the board.
    #[must_use]
    pub fn run_ids(&self) -> Vec<String> {
        self.runs.values().map(|run| run.record.id.clone()).collect()
    }

    /// A run's records without its symbols, and its symbols that changed after a number.
    #[must_use]
    pub fn parts_of(&self, id: &str, after: Seq) -> Option<(Vec<Change>, Vec<Change>)> {
        let topic = &self.run(id)?.topic;
        let symbol = |change: &Change| change.key.starts_with('s');
        let symbols = topic.since(after, self.seq).changes.into_iter();
        let others = topic.since(0, self.seq).changes.into_iter().filter(|change| !symbol(change));
        let present = |change: &Change| symbol(change) && change.record.is_some();
        Some((others.collect(), symbols.filter(present).collect()))
    }

    /// How many symbols of a run are kept one by one.
    #[must_use]
    pub fn symbols_kept(&self, id: &str) -> usize {
        self.run(id).map_or(0, |run| run.topic.iter().filter(|(key, _)| key.starts_with('s')).count())
    }

    /// Names of the symbols that failed in a phase of a run, A to Z.
    #[must_use]
    pub fn failing(&self, id: &str, phase: &Phase) -> Vec<String> {
        let Some(run) = self.run(id) else { return Vec::new() };
        let failed = |outcome: &Outcome| outcome.phase == *phase && outcome.status == OutcomeStatus::Failed;
        let of = |(key, record): (&Key, &Arc<Record>)| match &**record {
            Record::Symbol(symbol) if symbol.outcomes.iter().any(failed) => Some(key[1..].to_owned()),
            _ => None,
        };
        let mut names: Vec<String> = run.topic.iter().filter_map(of).collect();
        names.sort();
        names
    }

    fn run(&self, id: &str) -> Option<&RunState> {
        self.by_id.get(id).and_then(|slot| self.runs.get(slot))
    }

    fn view(&self, run: &RunState) -> RunView {
        let phases = run.phases.iter().map(|phase| (phase.record.clone(), phase.progress.clone())).collect();
        RunView { slot: run.slot, run: run.record.clone(), phases, listening: self.listening }
    }

    fn first_time(&mut self, fingerprint: u64) -> bool {
        if !self.nameless.insert(fingerprint) {
            return false;
        }
        self.nameless_order.push_back(fingerprint);
        if self.nameless_order.len() > NAMELESS
            && let Some(oldest) = self.nameless_order.pop_front()
        {
            self.nameless.remove(&oldest);
        }
        true
    }

    /// The number that a change of the event in hand carries.
    fn pending(&self) -> Seq {
        self.seq + 1
    }

    fn commit(&mut self) -> bool {
        if self.dirty {
            self.seq += 1;
        }
        std::mem::take(&mut self.dirty)
    }

    fn set(&mut self, key: &str, record: Record) -> bool {
        self.put_board(&key.into(), record);
        self.commit()
    }

    /// Stores a record that belongs to the board alone.
    fn put_board(&mut self, key: &Key, record: Record) -> bool {
        let changed = self.topic.put(self.pending(), key, &Arc::new(record));
        self.mark(changed, Topic::Board);
        changed
    }

    fn remove_board(&mut self, key: &str) {
        let changed = self.topic.remove(self.pending(), key);
        self.mark(changed, Topic::Board);
    }

    /// Stores a record of a run: on the board and in the run's own topic.
    fn put_run(&mut self, slot: u32, key: &Key, record: Record) {
        let seq = self.pending();
        let record = Arc::new(record);
        let Some(run) = self.runs.get_mut(&slot) else { return };
        let in_run = run.topic.put(seq, key, &record);
        let topic = Topic::Run(run.record.id.clone());
        let on_board = self.topic.put(seq, key, &record);
        self.mark(in_run, topic);
        self.mark(on_board, Topic::Board);
    }

    /// Stores a record that only the run's own topic has.
    fn put_in_run(&mut self, slot: u32, key: &Key, record: Record) {
        let seq = self.pending();
        let Some(run) = self.runs.get_mut(&slot) else { return };
        let changed = run.topic.put(seq, key, &Arc::new(record));
        let topic = Topic::Run(run.record.id.clone());
        self.mark(changed, topic);
    }

    fn mark(&mut self, changed: bool, topic: Topic) {
        if changed {
            self.dirty = true;
            self.touched.insert(topic);
        }
    }

    fn say_line(&mut self, line: Line) {
        self.feed.add(self.pending(), Record::Line(line));
        self.mark(true, Topic::Feed);
    }

    /// Writes a run's record to its topics, with what follows from the rest of it.
    fn publish_run(&mut self, slot: u32) {
        self.expect(slot);
        if let Some(run) = self.runs.get_mut(&slot) {
            // To the second, so that being heard is one change a second and not one an event.
            run.record.heard = run.heard - run.heard.rem_euclid(1_000);
            run.record.missing = run.missing();
            let record = run.record.clone();
            self.put_run(slot, &key::run(slot), Record::Run(record));
        }
    }

    /// Writes a phase to its topics: each of its records only if it changed.
    fn publish_phase(&mut self, slot: u32, index: usize) {
        let Some(state) = self.runs.get(&slot).and_then(|run| run.phases.get(index)) else { return };
        let phase = state.record.phase.clone();
        let (record, progress, marks) = (state.record.clone(), state.progress.clone(), state.marks.clone());
        self.put_run(slot, &key::phase(slot, &phase), Record::Phase(record));
        self.put_run(slot, &key::progress(slot, &phase), Record::Progress(progress));
        if marks != crate::record::Marks::default() {
            self.put_run(slot, &key::marks(slot, &phase), Record::Marks(marks));
        }
    }

    /// Writes what moves in a phase.
    fn publish_progress(&mut self, slot: u32, index: usize) {
        let Some(state) = self.runs.get(&slot).and_then(|run| run.phases.get(index)) else { return };
        let (key, progress) = (key::progress(slot, &state.record.phase), state.progress.clone());
        self.put_run(slot, &key, Record::Progress(progress));
    }

    /// The night, its run's number and its kind, for a line of the feed.
    fn line(event: &Event, kind: LineKind, run: Option<&RunRecord>, text: String) -> Line {
        let run = run.map(|run| short_id(&run.id));
        Line { at: event.at, source: "producer".into(), kind, symbol: None, text, run, severity: None }
    }
}
