//! What the browser knows, one signal per record, and whether it can vouch for it.
//!
//! No reducer and no event parser: a frame says what each record *is*. The server renders from the same type, made from the
//! snapshot, so there is one truth on both sides.
//!
//! Tests: `live/store.rs` (frames twice, late, cut and replaced), `live/link.rs` (every view state), `live/inbox.rs` (bursts).

mod inbox;
mod link;
mod order;
mod records;
mod store;
mod tonight;
mod view;

pub use inbox::Inbox;
pub use link::Link;
pub use order::sorted;
pub use records::Records;
pub use store::{Position, RawMessages, Store, Symbols};
use tonight::before;
pub use tonight::{shown, views_of};
pub use view::ViewState;

use crate::clock::Clock;
use crate::location::Location;
use crate::sentences::Known;
use domain::phase::Phase;
use domain::record::{
    ARCHIVED, Alert, FailureCode, Gap, IndicatorType, Indicators, Ingest, Line, Marks, PatternsFound,
    PhaseRecord, Plan, Problem, Producer, ProducerApi, Progress, Record, Redis, RunRecord, Saving,
    ServerInfo, Sync,
};
use domain::time::Millis;
use domain::verdict::{self, RunView, Verdict, weight};
use domain::wire::Snapshot;
use leptos::prelude::*;
use std::sync::Arc;

/// Everything this page knows, in context.
#[derive(Clone, Copy, Debug)]
pub struct Live {
    store: StoredValue<Store>,
    link: RwSignal<ViewState>,
    hydrated: RwSignal<bool>,
    wide: RwSignal<Option<bool>>,
    who: StoredValue<String>,
    may: u8,
    views: Memo<Vec<RunView>>,
    tonight: Memo<Option<u32>>,
    view: Memo<Option<RunView>>,
    verdict: Memo<Verdict>,
    /// Asks the socket to connect at once.
    asked: RwSignal<Millis>,
}

impl Live {
    /// What the snapshot says, not yet alive.
    #[must_use]
    pub fn new(snapshot: &Snapshot, clock: Clock, location: Location) -> Self {
        let store = StoredValue::new(Store::from_snapshot(snapshot));
        let at = snapshot.now;
        let link = RwSignal::new(match snapshot.replay {
            Some(true) => ViewState::Replay { at },
            _ => ViewState::Snapshot { at },
        });
        let (views, tonight, view, verdict) = tonight::memos(store, clock, location);
        let (hydrated, asked) = (RwSignal::new(false), RwSignal::new(0));
        let (who, may) = (StoredValue::new(snapshot.who.0.clone()), snapshot.who.1);
        Self {
            store,
            link,
            hydrated,
            wide: RwSignal::new(None),
            who,
            may,
            views,
            tonight,
            view,
            verdict,
            asked,
        }
    }

    /// The records themselves; the socket writes there.
    #[must_use]
    pub fn store(self) -> StoredValue<Store> {
        self.store
    }

    /// Whether we can vouch for what is shown, and since when not.
    #[must_use]
    pub fn link(self) -> RwSignal<ViewState> {
        self.link
    }

    /// False on the server and in the first client render.
    #[must_use]
    pub fn hydrated(self) -> RwSignal<bool> {
        self.hydrated
    }

    /// Whether the page has the desk's width; `None` until the browser has told.
    #[must_use]
    pub fn wide(self) -> RwSignal<Option<bool>> {
        self.wide
    }

    /// Who looks at the page, and what they may: 0 see, 1 run, 2 administer.
    #[must_use]
    pub fn who(self) -> (String, u8) {
        (self.who.get_value(), self.may)
    }

    /// Counts the wishes to connect at once.
    #[must_use]
    pub fn asked(self) -> RwSignal<Millis> {
        self.asked
    }

    /// A run with its phases.
    #[must_use]
    pub fn view_of(self, slot: u32) -> Option<RunView> {
        self.views.with(|views| views.iter().find(|view| view.slot == slot).cloned())
    }

    /// Slot of the run that has the verdict.
    #[must_use]
    pub fn tonight(self) -> Memo<Option<u32>> {
        self.tonight
    }

    /// The run that has the verdict, with its phases.
    #[must_use]
    pub fn view(self) -> Memo<Option<RunView>> {
        self.view
    }

    /// The verdict.
    #[must_use]
    pub fn verdict(self) -> Memo<Verdict> {
        self.verdict
    }

    /// The verdict of a run, by its id.
    #[must_use]
    pub fn word_of(self, id: &str, now: Millis) -> Option<&'static str> {
        self.views.with(|views| {
            let view = views.iter().rfind(|view| view.run.id == id)?;
            Some(verdict::judge(Some(view), now).word())
        })
    }

    /// Runs of the last nights, the newest night's first; of a night, first the one that has its verdict.
    #[must_use]
    pub fn runs(self) -> Vec<(u32, RunRecord)> {
        self.views.with(|views| {
            let views = before(views, ARCHIVED);
            let runs = views.iter().map(|view| (view.slot, view.run.clone())).collect();
            let tonight = self.tonight.get();
            let weight = |slot| {
                let view = views.iter().find(|view| view.slot == slot)?;
                Some((view.run.night, Some(slot) == tonight, weight(view, &views)))
            };
            sorted(runs, |(a, _), (b, _)| weight(*b).cmp(&weight(*a)))
        })
    }

    /// A run.
    #[must_use]
    pub fn run(self, slot: u32) -> Option<RunRecord> {
        self.run_at(&format!("r{slot}"))
    }

    fn run_at(self, key: &str) -> Option<RunRecord> {
        self.read(key, |record| match record {
            Record::Run(run) => Some(run.clone()),
            _ => None,
        })
    }

    /// What is fixed about a phase.
    #[must_use]
    pub fn phase(self, slot: u32, phase: &Phase) -> Option<PhaseRecord> {
        self.read(&format!("p{slot}.{}", phase.key()), |record| match record {
            Record::Phase(phase) => Some(phase.clone()),
            _ => None,
        })
    }

    /// What moves in a phase.
    #[must_use]
    pub fn progress(self, slot: u32, phase: &Phase) -> Option<Progress> {
        self.read(&format!("q{slot}.{}", phase.key()), |record| match record {
            Record::Progress(progress) => Some(progress.clone()),
            _ => None,
        })
    }

    /// Moments in a phase.
    #[must_use]
    pub fn marks(self, slot: u32, phase: &Phase) -> Marks {
        let found = self.read(&format!("m{slot}.{}", phase.key()), |record| match record {
            Record::Marks(marks) => Some(marks.clone()),
            _ => None,
        });
        found.unwrap_or_default()
    }

    /// Causes of failure of a run, greatest first.
    #[must_use]
    pub fn codes(self, slot: u32) -> Vec<FailureCode> {
        let codes: Vec<FailureCode> = self.of_run('c', slot, |record| match record {
            Record::Code(code) if code.count > 0 => Some(code.clone()),
            _ => None,
        });
        sorted(codes, |a, b| b.count.cmp(&a.count).then_with(|| a.code.cmp(&b.code)))
    }

    /// Problems of a run and of none (those stand under slot 0), worst and newest first.
    #[must_use]
    pub fn problems(self, slot: Option<u32>) -> Vec<Problem> {
        let mut all: Vec<Problem> = Vec::new();
        for slot in slot.into_iter().chain([0]) {
            for problem in self.of_run('e', slot, |record| match record {
                Record::Problem(problem) => Some(problem.clone()),
                _ => None,
            }) {
                match all.iter_mut().find(|known| known.code == problem.code) {
                    Some(known) => known.count = known.count.saturating_add(problem.count),
                    None => all.push(problem),
                }
            }
        }
        sorted(all, |a, b| (b.severity, b.last).cmp(&(a.severity, a.last)))
    }

    /// Open alerts of the producer's monitor.
    #[must_use]
    pub fn alerts(self) -> Vec<Alert> {
        let open = |record: &Record| match record {
            Record::Alert(alert) if alert.open() => Some(alert.clone()),
            _ => None,
        };
        self.keys('a').iter().filter_map(|key| self.read(key, open)).collect()
    }

    /// What the cache sync of a run changed.
    #[must_use]
    pub fn sync(self, slot: u32) -> Sync {
        let found = self.read(&format!("y{slot}"), |record| match record {
            Record::Sync(sync) => Some(sync.clone()),
            _ => None,
        });
        found.unwrap_or_default()
    }

    /// Tonight's indicators together.
    #[must_use]
    pub fn indicators(self) -> Option<Indicators> {
        self.read("xindicators", |record| match record {
            Record::Indicators(found) => Some(found.clone()),
            _ => None,
        })
    }

    /// Tonight's indicators by type, A to Z.
    #[must_use]
    pub fn indicator_types(self) -> Vec<(String, IndicatorType)> {
        let pick = |record: &Record| match record {
            Record::IndicatorType(found) => Some(found.clone()),
            _ => None,
        };
        self.keys('i').iter().filter_map(|key| Some((key[1..].to_owned(), self.read(key, pick)?))).collect()
    }

    /// Tonight's patterns by confidence.
    #[must_use]
    pub fn patterns(self) -> Option<PatternsFound> {
        self.read("xpatterns", |record| match record {
            Record::Patterns(found) => Some(found.clone()),
            _ => None,
        })
    }

    /// Records of a kind in the topic `channels`, by key.
    #[must_use]
    pub fn of_channels(self, kind: char) -> Vec<(Arc<str>, Arc<Record>)> {
        let record = |key: Arc<str>| {
            let signal = self.store.with_value(|store| store.channels.signal(&key));
            signal.get().map(|record| (key, record))
        };
        self.store.with_value(|store| store.channels.keys(kind)).into_iter().filter_map(record).collect()
    }

    /// The raw messages that are looked at, newest first.
    #[must_use]
    pub fn raw(self) -> RawMessages {
        self.store.with_value(|store| store.raw.get())
    }

    /// Stretches in which messages were lost, newest first.
    #[must_use]
    pub fn gaps(self) -> Vec<Gap> {
        let gaps: Vec<Gap> = self
            .keys('g')
            .iter()
            .filter_map(|key| {
                self.read(key, |record| if let Record::Gap(gap) = record { Some(gap.clone()) } else { None })
            })
            .collect();
        sorted(gaps, |a, b| b.from.cmp(&a.from))
    }

    /// The link to Redis.
    #[must_use]
    pub fn redis(self) -> Option<Redis> {
        self.read(
            "xredis",
            |record| if let Record::Redis(redis) = record { Some(redis.clone()) } else { None },
        )
    }

    /// What was read so far.
    #[must_use]
    pub fn ingest(self) -> Option<Ingest> {
        self.read(
            "xingest",
            |record| if let Record::Ingest(ingest) = record { Some(ingest.clone()) } else { None },
        )
    }

    /// The producer's API, where it is asked.
    #[must_use]
    pub fn api(self) -> Option<ProducerApi> {
        self.read("xapi", |record| if let Record::Api(api) = record { Some(api.clone()) } else { None })
    }

    /// The producer.
    #[must_use]
    pub fn producer(self) -> Option<Producer> {
        self.read(
            "xproducer",
            |record| if let Record::Producer(found) = record { Some(found.clone()) } else { None },
        )
    }

    /// How saving goes.
    #[must_use]
    pub fn saving(self) -> Option<Saving> {
        self.read("xsaving", |record| match record {
            Record::Saving(saving) => Some(saving.clone()),
            _ => None,
        })
    }

    /// The server.
    #[must_use]
    pub fn server(self) -> Option<ServerInfo> {
        self.read(
            "xserver",
            |record| if let Record::Server(server) = record { Some(server.clone()) } else { None },
        )
    }

    /// When runs are due, and the exchange's next days.
    #[must_use]
    pub fn plan(self) -> Option<Plan> {
        self.read("xplan", |record| if let Record::Plan(plan) = record { Some(plan.clone()) } else { None })
    }

    /// What a sentence about no run needs.
    #[must_use]
    pub fn known(self) -> Known {
        Known {
            plan: self.plan().unwrap_or_default(),
            producer: self.producer(),
            redis: self.redis(),
            saving: self.saving(),
        }
    }

    /// Lines of the feed, newest first.
    #[must_use]
    pub fn lines(self) -> Vec<(u64, Arc<Line>)> {
        self.store.with_value(|store| store.lines.get())
    }

    /// Symbols of tonight's run.
    #[must_use]
    pub fn symbols(self) -> Symbols {
        self.store.with_value(|store| store.symbols.get())
    }

    /// Where this tab is in the stream of changes.
    #[must_use]
    pub fn position(self) -> Position {
        self.store.with_value(|store| store.position.get())
    }

    /// Keys of a kind, following their coming and going.
    pub(crate) fn keys(self, kind: char) -> Vec<Arc<str>> {
        self.store.with_value(|store| store.board.keys(kind))
    }

    pub(crate) fn read<T>(self, key: &str, pick: impl FnOnce(&Record) -> Option<T>) -> Option<T> {
        let signal = self.store.with_value(|store| store.board.signal(key));
        signal.with(|record| record.as_deref().and_then(pick))
    }

    fn of_run<T>(self, kind: char, slot: u32, pick: impl Fn(&Record) -> Option<T>) -> Vec<T> {
        let prefix = format!("{kind}{slot}.");
        self.keys(kind)
            .iter()
            .filter(|key| key.starts_with(&prefix))
            .filter_map(|key| self.read(key, &pick))
            .collect()
    }
}

/// What this page knows.
#[must_use]
pub fn use_live() -> Live {
    expect_context::<Live>()
}
