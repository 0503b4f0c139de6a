//! One run from its first word to its last (contract §3.8): import, cache sync, indicators, patterns, or some of them.
//!
//! ```text
//! Plan ──▶ run() ──▶ import.rs, cache.rs, indicators.rs, patterns.rs ──▶ store   what was done
//!                        each.rs: symbol by symbol, few in flight       └▶ outbox  what is said of it (tell.rs)
//! ```
//!
//! Invariants: what is said was done; a symbol's bars, values and patterns are written whole or not at all; memory follows the symbols
//! in flight. A cancel is heeded before the next symbol begins, and by whoever waits for the source.

mod account;
mod cache;
mod changes;
mod each;
mod import;
mod indicators;
mod patterns;
mod plan;
mod share;
pub mod tell;
mod track;

pub use account::Account;
pub use plan::{Kind, Plan, frame, known_frames};
pub use tell::Teller;

use crate::publish::now;
use domain::phase::Phase;
use domain::time::Millis;
use each::{Phased, Stop};
use processor::bar::Day;
use processor::sessions;
use processor::source::{Listed, Source, SourceError};
use processor::store::{Outcome, Store, StoreError};
use serde_json::json;
use share::Share;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};
use tokio::sync::watch;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// In words of the contract: `success`, `failed`, `cancelled`, `skipped`.
    pub status: &'static str,
    /// What became of its symbols.
    pub account: Account,
    /// Why, where it did not end well.
    pub reason: Option<String>,
}

impl End {
    fn new(status: &'static str) -> Self {
        Self { status, account: Account::default(), reason: None }
    }

    /// It did not end well.
    pub fn because(status: &'static str, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..Self::new(status) }
    }
}

/// A run and what it works with.
pub struct Run<S> {
    /// Where bars come from.
    pub source: Arc<S>,
    /// Where they go.
    pub store: Store,
    /// Symbols in flight.
    pub concurrency: usize,
    /// What is done.
    pub plan: Plan,
    /// Who tells it.
    pub teller: Arc<Teller>,
    /// Becomes true when it is cancelled.
    pub cancelled: watch::Receiver<bool>,
    /// The last finished session.
    pub today: Day,
    /// Why the source is not asked any more.
    pub gone: OnceLock<SourceError>,
}

impl<S: Source> Run<S> {
    fn is_cancelled(&self) -> bool {
        *self.cancelled.borrow()
    }

    /// Everyone it is about, A to Z.
    async fn names(&self) -> Result<BTreeSet<String>, Whole> {
        if let Some(symbols) = &self.plan.symbols {
            return Ok(symbols.iter().cloned().collect());
        }
        let mut names = BTreeSet::new();
        for universe in &self.plan.universes {
            let members = self.members(universe).await?;
            // What a symbol is (and whether its bars are made up) is known before its first bar is.
            if self.plan.phases.contains(&Phase::Import) {
                self.store.put_symbols(&members).await?;
            }
            names.extend(members.into_iter().map(|listed| listed.symbol));
        }
        if names.is_empty() {
            let universes = self.plan.universes.join(", ");
            let message = format!("nobody is in {universes}; list symbols for it, or name another universe");
            return Err(Whole { code: "NO_DATA", message });
        }
        Ok(names)
    }

    /// Who is in a universe; while the source is away, who was in it last.
    async fn members(&self, universe: &str) -> Result<Vec<Listed>, Whole> {
        let cause = match self.source.universe(universe).await {
            Ok(members) => return Ok(members),
            Err(cause) => cause,
        };
        if matches!(cause, SourceError::Unreachable(_) | SourceError::Unauthorised) {
            let known = self.store.universe(universe).await?;
            if !known.is_empty() {
                self.gone.get_or_init(|| cause);
                return Ok(known);
            }
        }
        Err(cause.into())
    }

    /// Who came through in the attempts before, phase by phase. It is this run's from now on: the last attempt's account is that of all.
    async fn before(&self) -> Result<BTreeMap<&str, BTreeMap<String, Outcome>>, StoreError> {
        let mut before = BTreeMap::new();
        if self.plan.resumes.is_empty() {
            return Ok(before);
        }
        self.store.take_over(&self.teller.id, &self.plan.resumes).await?;
        for phase in &self.plan.phases {
            let outcomes = self.store.outcomes(&self.teller.id, phase.key()).await?;
            let of = outcomes.into_iter().map(|outcome| (outcome.symbol.clone(), outcome));
            before.insert(phase.key(), of.collect());
        }
        Ok(before)
    }
}

/// Why a run fails as a whole, before its first symbol.
struct Whole {
    code: &'static str,
    message: String,
}

impl From<SourceError> for Whole {
    fn from(cause: SourceError) -> Self {
        Self { code: cause.code(), message: cause.to_string() }
    }
}

impl From<StoreError> for Whole {
    fn from(cause: StoreError) -> Self {
        Self { code: cause.code(), message: cause.to_string() }
    }
}

/// Does a run. Its end is told, and not yet written down.
pub async fn run<S: Source>(run: &Arc<Run<S>>) -> End {
    let began = now();
    let mut end = work(run, began).await;
    match run.store.tally(&run.teller.id).await {
        Ok(tally) => end.account = Account::of(Some(&run.plan), &tally),
        Err(cause) => eprintln!("processor: what became of the symbols cannot be counted: {cause}"),
    }
    let alone = run.plan.kind != Kind::Run;
    // An import or a sync of its own has no other end than that of its phase, unless it did not come to that.
    if !alone || end.status == "cancelled" || end.reason.is_some() {
        run.teller.ended(&end, tell::seconds(began)).await;
    }
    end
}

async fn work<S: Source>(run: &Arc<Run<S>>, began: Millis) -> End {
    let known = async {
        let syncs_only = run.plan.phases == [Phase::CacheSync];
        let names = if syncs_only { BTreeSet::new() } else { run.names().await? };
        Ok::<_, Whole>((names, run.before().await?))
    };
    let (names, before) = match known.await {
        Ok(known) => known,
        Err(Whole { code, message }) => {
            run.teller.started(&run.plan, 0, began).await;
            let names = match run.plan.phases.first() {
                Some(Phase::CacheSync) => &cache::CACHE,
                Some(Phase::Indicators) => &tell::INDICATORS,
                Some(Phase::Patterns) => &tell::PATTERNS,
                _ => &tell::IMPORT,
            };
            run.teller.problem(names, "error", code, &message, json!({})).await;
            return End::because("failed", message);
        }
    };
    run.teller.started(&run.plan, names.len(), began).await;
    let (mut good, mut failed) = (names.clone(), BTreeSet::new());
    for phase in &run.plan.phases {
        if run.is_cancelled() {
            break;
        }
        let done = before.get(phase.key());
        let share = Share::of(&good, done);
        let phased = match phase {
            Phase::Import => import::phase(run, share).await,
            Phase::CacheSync => cache::phase(run, done).await.map(|()| Phased::default()),
            Phase::Indicators => indicators::phase(run, share).await,
            Phase::Patterns => patterns::phase(run, share).await,
            Phase::Other(_) => continue,
        };
        match phased {
            Ok(phased) => {
                good.retain(|name| !phased.failed.contains(name));
                failed.extend(phased.failed);
            }
            Err(Stop { message, .. }) => return End::because("failed", message),
        }
        if good.is_empty() && !names.is_empty() {
            break;
        }
    }
    if run.is_cancelled() {
        return End::new("cancelled");
    }
    // Four in five must have come through (contract §7.4).
    let enough = good.len() * 5 >= names.len() * 4;
    if enough {
        return End::new("success");
    }
    let why = run.gone.get().map(|cause| format!("; {cause}")).unwrap_or_default();
    let (failed, all) = (failed.len(), names.len());
    End::because("failed", format!("{failed} of {all} symbols failed: more than one in five{why}"))
}

/// The last finished session now.
pub fn today() -> Day {
    sessions::finished(now())
        .unwrap_or_else(|| Day::try_from(now().div_euclid(domain::time::DAY)).unwrap_or(Day::MAX) - 1)
}
