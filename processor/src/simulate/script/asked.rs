//! What somebody asked for: the plan of it, told as every night is.
//!
//! What a run's options break (failures, a provider at its limit, an ending) they break in nights and imports that are asked for
//! too. A retry, or indicators or patterns alone, come through, except for symbols that nobody knows.

use super::phases::{cache_sync, steps_of};
use super::plan::{self, Plan, Prices};
use super::values::Kinds;
use super::writer::Writer;
use super::{Ending, Failing, Night, Provider, unlisted};
use crate::listen::Mode;
use domain::phase::Phase;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A run that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Its id, or the job's.
    pub run_id: String,
    /// What to do.
    pub task: Task,
}

/// What a command can ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// A night, or some phases of it.
    Night {
        /// Which phases, in the order of a night.
        phases: Vec<Phase>,
        /// Over which universe.
        universe: String,
        /// Nobody asked: it is time.
        automatic: bool,
    },
    /// An import of its own.
    Import {
        /// Which universes.
        universes: Vec<String>,
        /// Which timeframes.
        timeframes: Vec<String>,
        /// How far back.
        lookback_days: u32,
    },
    /// Indicators or patterns alone.
    Values {
        /// Which of the two.
        phase: Phase,
        /// Over which bars.
        timeframe: String,
        /// Of which symbols; `None`: of all.
        symbols: Option<Vec<String>>,
        /// Which indicators or patterns; `None`: all.
        kinds: Option<Vec<String>>,
    },
    /// What failed, once more.
    Retry {
        /// In which run it failed.
        original: String,
        /// What.
        symbols: Vec<String>,
        /// All fail again: the provider is at its limit still.
        fails_again: bool,
    },
    /// A cache sync of its own.
    Sync {
        /// What of the caches.
        mode: Mode,
        /// Also what has not changed.
        force: bool,
    },
}

impl Task {
    /// Who started it, in the producer's word.
    pub fn trigger(&self) -> &'static str {
        if matches!(self, Self::Night { automatic: true, .. }) { "automatic" } else { "manual" }
    }
}

/// Tells what was asked for.
pub(super) fn tell(writer: &mut Writer, asked: &Asked, night: &Night, names: Vec<String>, failing: Failing) {
    writer.run_id.clone_from(&asked.run_id);
    let asked_for = Plan { trigger: asked.task.trigger(), judged: true, ..Plan::of(night, names, failing) };
    match &asked.task {
        Task::Night { phases, universe, .. } => {
            let plan = Plan { phases: phases.clone(), prices: Prices::of(universe), ..asked_for };
            plan::night(writer, &plan);
        }
        Task::Import { universes, timeframes, lookback_days } => {
            let timeframes = timeframes.iter().map(|name| (name.clone(), *lookback_days)).collect();
            let prices = Prices { universes: universes.clone(), timeframes };
            plan::import(writer, &Plan { prices, ..asked_for });
        }
        Task::Values { phase, timeframe, symbols, kinds } => {
            let slot = match phase {
                Phase::Patterns => &mut writer.patterns,
                _ => &mut writer.indicators,
            };
            *slot = Arc::new(Kinds::asked(slot, timeframe, kinds.as_deref()));
            let plan = over(asked_for, night, symbols.as_deref(), writer);
            plan::night(writer, &Plan { phases: vec![phase.clone()], ..plan });
        }
        Task::Retry { original, symbols, fails_again } => {
            let mut plan = over(asked_for, night, Some(symbols), writer);
            if *fails_again {
                plan.failing = plan.names.iter().map(|name| (name.clone(), "API_RATE_LIMIT")).collect();
            }
            plan.phases = vec![Phase::Import, Phase::Indicators, Phase::Patterns];
            plan.retry_of = Some(original.clone());
            plan::night(writer, &plan);
        }
        Task::Sync { mode, force } => {
            writer.id = "job_id";
            let payload = json!({ "mode": mode.key(), "force": force, "triggered_by": "api" });
            writer.say("tickstock:cache:sync_triggered", "cache_sync_triggered", payload);
            cache_sync(writer, steps_of(*mode), mode.key());
        }
    }
}

/// The plan over these symbols, of whom only those fail whom nobody knows. Fewer symbols take less time.
fn over(plan: Plan, night: &Night, symbols: Option<&[String]>, writer: &mut Writer) -> Plan {
    let universe: BTreeSet<&String> = plan.names.iter().collect();
    let mut failing = unlisted(night, &plan.names);
    let names: Vec<String> = match symbols {
        Some(symbols) => symbols.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect(),
        None => plan.names.clone(),
    };
    let strangers = names.iter().filter(|name| !universe.contains(name));
    failing.extend(strangers.map(|name| (name.clone(), "SYMBOL_NOT_FOUND")));
    failing.retain(|name, _| names.binary_search(name).is_ok());
    writer.share(names.len(), plan.names.len());
    Plan { names, failing, short: false, provider: Provider::Well, ending: Ending::Success, ..plan }
}
