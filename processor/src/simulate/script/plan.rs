//! What a run does: which phases, over which symbols, who fails and how it ends; and the telling of it, phase after phase.
//!
//! A night by its schedule and a run that somebody asked for are both a plan, so that they are told by the same words.

use super::phases::{
    cache_sync, import as data, indicators, partial, patterns, provider_down, storage_fails,
};
use super::writer::{INDICATORS, STATUS, STEPS, Writer, end};
use super::{Ending, Failing, Night, Provider};
use domain::phase::Phase;
use serde_json::{Value, json};

/// What an import brings.
#[derive(Clone, Debug)]
pub(super) struct Prices {
    pub(super) universes: Vec<String>,
    pub(super) timeframes: Vec<(String, u32)>,
}

impl Prices {
    /// Four timeframes of a universe, as every night.
    pub(super) fn of(universe: &str) -> Self {
        let timeframes = [("hourly", 90), ("daily", 365), ("weekly", 730), ("monthly", 1825)];
        Self {
            universes: vec![universe.to_owned()],
            timeframes: timeframes.map(|(name, days)| (name.to_owned(), days)).to_vec(),
        }
    }

    pub(super) fn names(&self) -> Vec<&str> {
        self.timeframes.iter().map(|(name, _)| name.as_str()).collect()
    }
}

/// A run.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) phases: Vec<Phase>,
    pub(super) names: Vec<String>,
    pub(super) failing: Failing,
    pub(super) prices: Prices,
    pub(super) trigger: &'static str,
    pub(super) retry_of: Option<String>,
    pub(super) provider: Provider,
    pub(super) ending: Ending,
    /// One symbol has too few bars for its indicators.
    pub(super) short: bool,
    /// Its end is said by its figures: failed when fewer than four in five came through (contract.md §7.4).
    pub(super) judged: bool,
}

impl Plan {
    /// A night by its schedule.
    pub(super) fn of(night: &Night, names: Vec<String>, failing: Failing) -> Self {
        Self {
            phases: Phase::NIGHT.to_vec(),
            names,
            failing,
            prices: Prices::of("sp500"),
            trigger: "automatic",
            retry_of: None,
            provider: night.provider,
            ending: night.ending,
            short: night.failures > 0,
            judged: false,
        }
    }

    fn has(&self, phase: &Phase) -> bool {
        self.phases.contains(phase)
    }

    fn limited(&self) -> bool {
        self.provider == Provider::RateLimited
    }
}

/// An import of its own: nobody says that a run begins (contract.md §3.8).
pub(super) fn import(writer: &mut Writer, plan: &Plan) {
    // An import of its own does not hear of the provider's trouble.
    data(writer, &plan.names, &plan.failing, false, &plan.prices);
}

/// A run from its beginning to its end.
pub(super) fn night(writer: &mut Writer, plan: &Plan) {
    writer.say(STATUS, "processing_started", start(plan));
    writer.now += 2.0;
    let names = &plan.names;
    let mut good = names.clone();
    let mut strangers = Failing::new();
    if plan.has(&Phase::Import) {
        if plan.provider == Provider::Down {
            let tried = provider_down(writer, names, &plan.prices);
            return end(writer, "failed", 0, tried);
        }
        good = data(writer, names, &plan.failing, plan.limited(), &plan.prices);
        if good.is_empty() {
            return end(writer, "failed", 0, names.len());
        }
    } else {
        // Whom the provider does not know has no bars: that shows in the first phase that wants them.
        strangers.extend(plan.failing.clone().into_iter().filter(|(_, code)| *code == "SYMBOL_NOT_FOUND"));
    }
    if plan.has(&Phase::CacheSync) {
        cache_sync(writer, &STEPS, "full");
    }
    let works = plan.has(&Phase::Indicators);
    match plan.ending {
        Ending::Failed if works => {
            let (done, failed) = storage_fails(writer, &good);
            end(writer, "failed", done, failed);
        }
        Ending::Cancelled if works => {
            let done = good.len() * 3 / 5;
            partial(writer, &INDICATORS, &good, done);
            end(writer, "cancelled", done, names.len() - good.len());
        }
        _ => {
            if works {
                let mut failing = std::mem::take(&mut strangers);
                if plan.short {
                    let short = good.iter().step_by(211).take(1);
                    failing.extend(short.map(|name| (name.clone(), "INSUFFICIENT_DATA")));
                }
                good = indicators(writer, &good, &failing);
            }
            if plan.has(&Phase::Patterns) {
                good = patterns(writer, &good, &strangers);
            }
            let failed = plan.judged && good.len() * 5 < names.len() * 4;
            end(writer, if failed { "failed" } else { "success" }, good.len(), names.len() - good.len());
        }
    }
}

fn start(plan: &Plan) -> Value {
    let phases: Vec<&str> = plan.phases.iter().map(Phase::key).collect();
    let mut payload = json!({
        "run_date": "2026-11-20", "phases": phases, "universe": plan.prices.universes.first(),
        "symbols_count": plan.names.len(), "trigger_type": plan.trigger
    });
    if let Some(original) = &plan.retry_of {
        payload["retry_of"] = original.clone().into();
    }
    payload
}
