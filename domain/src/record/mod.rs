//! Records: everything a screen can show, as small absolute values.
//!
//! A record says "251 of 503 done", never "one more". So a frame may come twice, or late, or instead of a hundred others,
//! and the browser is right all the same. Each travels with the number of its last change ([`Change`]).
//!
//! Keys are short because they travel with every change: one letter for the kind, then the run's slot in this epoch, then
//! what distinguishes the record (`q3.indicators`). Slots mean nothing outside one epoch; ids are in the run's record.

mod channel;
mod command;
pub mod key;
mod made;
mod phase;
mod plan;
mod problem;
mod producer;
mod run;
mod source;
mod symbol;

pub use channel::{ChannelState, Fate, RawMessage, RefusedMessage, Stranger, Watched};
pub use command::{By, CommandKind, CommandRecord, CommandState, CommandWay};
pub use made::{IndicatorType, Indicators, PatternsFound, Sync, Task};
pub use phase::{Marks, PhaseRecord, PhaseStatus, Progress, Unit};
pub use plan::{Moment, MomentKind, Plan};
pub use problem::{FailureCode, Problem, Severity};
pub use producer::{Alert, Producer, ProducerApi};
pub use run::{RunRecord, RunStatus, Trigger};
pub use source::{Gap, GapKind, Ingest, Line, LineKind, Redis, Saving, Schedule, ServerInfo};
pub use symbol::{Outcome, OutcomeStatus, Symbol};

use crate::wire::{Read, Reader};
use serde::ser::SerializeTuple;
use serde::{Serialize, Serializer};
use std::sync::Arc;

/// Number of a change: it grows by one with every event that changed something, within one epoch.
pub type Seq = u64;

/// Slots from here on are of runs that have left the board, of which their own record alone is told: for the list of the last nights.
pub const PAST: u32 = 1 << 29;

/// Slots from here on are of runs that have left the board: shown on their own page, and part of no other.
pub const ARCHIVED: u32 = 1 << 30;

/// The key of a record within its topic.
pub type Key = Arc<str>;

/// One record of any kind. The first letter of its key says which.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// `r<slot>`: a run.
    Run(RunRecord),
    /// `p<slot>.<phase>`: what is fixed about a phase of a run.
    Phase(PhaseRecord),
    /// `q<slot>.<phase>`: what moves in it.
    Progress(Progress),
    /// `m<slot>.<phase>`: moments in it (failures, steps).
    Marks(Marks),
    /// `c<slot>.<code>`: failed symbols of a run by cause.
    Code(FailureCode),
    /// `e<slot>.<code>`: error messages of a run by code.
    Problem(Problem),
    /// `s<symbol>` in the topic of its run: what became of a symbol.
    Symbol(Symbol),
    /// `y<slot>`: what the cache sync of a run changed.
    Sync(Sync),
    /// `i<name>`: a type of indicator, tonight.
    IndicatorType(IndicatorType),
    /// `xindicators`: tonight's indicators together.
    Indicators(Indicators),
    /// `xpatterns`: tonight's patterns by confidence.
    Patterns(PatternsFound),
    /// `a<id>`: an alert of the producer's monitor.
    Alert(Alert),
    /// `xredis`.
    Redis(Redis),
    /// `xproducer`.
    Producer(Producer),
    /// `xapi`: the producer's API, where it is asked.
    Api(ProducerApi),
    /// `xingest`.
    Ingest(Ingest),
    /// `xsaving`.
    Saving(Saving),
    /// `xserver`.
    Server(ServerInfo),
    /// `g<n>`: a stretch in which messages were or may have been lost.
    Gap(Gap),
    /// `o<id>`: what somebody asked of the producer.
    Command(CommandRecord),
    /// `xplan`: when runs are due, and the exchange's next days.
    Plan(Plan),
    /// `dproducer`: the schedule as the producer reports it.
    Schedule(Schedule),
    /// `l<n>` in the topic `feed`.
    Line(Line),
    /// `h<channel>` in the topic `channels`.
    Channel(ChannelState),
    /// In the topic `channels`: `u<event>.<field>` an unknown field, `n<name>` an unknown name, `k<component>.<name>` an event that is
    /// not the night's.
    Stranger(Stranger),
    /// `j<n>` in the topic `channels`: a message that could not be read.
    Refused(RefusedMessage),
    /// `xwatched` in the topic `channels`.
    Watched(Watched),
    /// `w<n>` in the topic `raw/<channel>`.
    Raw(RawMessage),
}

/// A record, or the news that it left its topic, with the number of that change.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Which record.
    pub key: Key,
    /// When it changed last.
    pub changed: Seq,
    /// Its value; `None` is a tombstone.
    pub record: Option<Arc<Record>>,
}

/// On the wire: `["q3.indicators", 48213, […]]`, a tombstone has `null`.
impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(3)?;
        tuple.serialize_element(&*self.key)?;
        tuple.serialize_element(&self.changed)?;
        match self.record.as_deref() {
            None => tuple.serialize_element(&())?,
            Some(Record::Run(value)) => tuple.serialize_element(value)?,
            Some(Record::Phase(value)) => tuple.serialize_element(value)?,
            Some(Record::Progress(value)) => tuple.serialize_element(value)?,
            Some(Record::Marks(value)) => tuple.serialize_element(value)?,
            Some(Record::Code(value)) => tuple.serialize_element(value)?,
            Some(Record::Problem(value)) => tuple.serialize_element(value)?,
            Some(Record::Symbol(value)) => tuple.serialize_element(value)?,
            Some(Record::Sync(value)) => tuple.serialize_element(value)?,
            Some(Record::IndicatorType(value)) => tuple.serialize_element(value)?,
            Some(Record::Indicators(value)) => tuple.serialize_element(value)?,
            Some(Record::Patterns(value)) => tuple.serialize_element(value)?,
            Some(Record::Alert(value)) => tuple.serialize_element(value)?,
            Some(Record::Redis(value)) => tuple.serialize_element(value)?,
            Some(Record::Producer(value)) => tuple.serialize_element(value)?,
            Some(Record::Api(value)) => tuple.serialize_element(value)?,
            Some(Record::Ingest(value)) => tuple.serialize_element(value)?,
            Some(Record::Saving(value)) => tuple.serialize_element(value)?,
            Some(Record::Server(value)) => tuple.serialize_element(value)?,
            Some(Record::Gap(value)) => tuple.serialize_element(value)?,
            Some(Record::Command(value)) => tuple.serialize_element(value)?,
            Some(Record::Plan(value)) => tuple.serialize_element(value)?,
            Some(Record::Schedule(value)) => tuple.serialize_element(value)?,
            Some(Record::Line(value)) => tuple.serialize_element(value)?,
            Some(Record::Channel(value)) => tuple.serialize_element(value)?,
            Some(Record::Stranger(value)) => tuple.serialize_element(value)?,
            Some(Record::Refused(value)) => tuple.serialize_element(value)?,
            Some(Record::Watched(value)) => tuple.serialize_element(value)?,
            Some(Record::Raw(value)) => tuple.serialize_element(value)?,
        }
        tuple.end()
    }
}

impl Read for Change {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let key: Key = reader.item(b'[')?;
        Self::behind(key, reader)
    }
}

impl Change {
    /// What stands behind a key.
    pub(crate) fn behind(key: Key, reader: &mut Reader<'_>) -> Option<Self> {
        let changed = reader.item(b',')?;
        reader.expect(b',')?;
        let record = match (*key.as_bytes().first()?, &*key) {
            (b'r', _) => value(reader, Record::Run),
            (b'p', _) => value(reader, Record::Phase),
            (b'q', _) => value(reader, Record::Progress),
            (b'm', _) => value(reader, Record::Marks),
            (b'c', _) => value(reader, Record::Code),
            (b'e', _) => value(reader, Record::Problem),
            (b's', _) => value(reader, Record::Symbol),
            (b'g', _) => value(reader, Record::Gap),
            (b'o', _) => value(reader, Record::Command),
            (b'd', _) => value(reader, Record::Schedule),
            (b'l', _) => value(reader, Record::Line),
            (b'y', _) => value(reader, Record::Sync),
            (b'i', _) => value(reader, Record::IndicatorType),
            (b'a', _) => value(reader, Record::Alert),
            (b'h', _) => value(reader, Record::Channel),
            (b'u' | b'n' | b'k', _) => value(reader, Record::Stranger),
            (b'j', _) => value(reader, Record::Refused),
            (b'w', _) => value(reader, Record::Raw),
            (_, "xwatched") => value(reader, Record::Watched),
            (_, "xindicators") => value(reader, Record::Indicators),
            (_, "xpatterns") => value(reader, Record::Patterns),
            (_, "xredis") => value(reader, Record::Redis),
            (_, "xproducer") => value(reader, Record::Producer),
            (_, "xapi") => value(reader, Record::Api),
            (_, "xingest") => value(reader, Record::Ingest),
            (_, "xsaving") => value(reader, Record::Saving),
            (_, "xserver") => value(reader, Record::Server),
            (_, "xplan") => value(reader, Record::Plan),
            _ => None,
        }?;
        reader.expect(b']')?;
        Some(Self { key, changed, record })
    }
}

fn value<T: Read>(reader: &mut Reader<'_>, wrap: fn(T) -> Record) -> Option<Option<Arc<Record>>> {
    Option::<T>::read(reader).map(|found| found.map(|value| Arc::new(wrap(value))))
}
