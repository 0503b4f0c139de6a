//! How an order is said to the producer: over HTTP and over Redis (contract.md §4.1, §4.2).

use super::{Order, ScheduleChange};
use crate::phase::Phase;
use crate::time::{Millis, iso_exact};
use serde_json::{Value, json};

/// Who we are to the producer.
pub const SOURCE: &str = "ClosingBell";

/// The code of the message by which a producer says over Redis that it will not.
pub const REFUSED: &str = "COMMAND_REFUSED";

/// The kinds of commands over Redis, each with a channel of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Something begins.
    Trigger,
    /// Something ends.
    Cancel,
    /// Something is done once more.
    Retry,
    /// Something is to come at another time.
    Schedule,
}

impl Family {
    /// Its channels: the one that is tried first, and the older spelling.
    #[must_use]
    pub fn channels(self) -> [&'static str; 2] {
        match self {
            Self::Trigger => ["tickstock:commands:trigger", "tickstock.commands.trigger"],
            Self::Cancel => ["tickstock:commands:cancel", "tickstock.commands.cancel"],
            Self::Retry => ["tickstock:commands:retry", "tickstock.commands.retry"],
            Self::Schedule => ["tickstock:processing:schedule", "tickstock.processing.schedule"],
        }
    }
}

/// A request to the producer's API.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// What stands behind `/api/processing/`.
    pub path: &'static str,
    /// What is posted; `None`: it is a `DELETE`.
    pub body: Option<Value>,
}

/// Names of the phases, as the producer's lists spell them.
fn names(phases: &[Phase]) -> Vec<&str> {
    if phases.is_empty() { vec!["all"] } else { phases.iter().map(Phase::key).collect() }
}

/// The same over Redis, where there is no word for all of them.
fn redis_names(phases: &[Phase]) -> Vec<&str> {
    let all = if phases.is_empty() { &Phase::NIGHT[..] } else { phases };
    all.iter().map(|phase| if *phase == Phase::Import { "data_import" } else { phase.key() }).collect()
}

/// A list, or nothing where all are meant.
fn some(list: &[String]) -> Value {
    if list.is_empty() { Value::Null } else { json!(list) }
}

fn without_nothing(mut body: Value) -> Value {
    if let Some(fields) = body.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    body
}

impl Order {
    /// Over HTTP.
    #[must_use]
    pub fn call(&self) -> Call {
        let (path, body) = match self {
            Self::Run { phases, universe, skip_market_check, .. } => (
                "trigger-manual",
                json!({ "skip_market_check": skip_market_check, "phases": names(phases), "universe": universe }),
            ),
            Self::Import { universes, timeframes, lookback_days } => (
                "trigger-import",
                json!({ "universes": universes, "timeframes": timeframes, "lookback_days": lookback_days }),
            ),
            Self::Indicators { symbols, indicators, timeframe } => (
                "trigger-indicators",
                json!({ "timeframe": timeframe, "symbols": some(symbols), "indicators": some(indicators) }),
            ),
            Self::Patterns { symbols, patterns, timeframe } => (
                "trigger-patterns",
                json!({ "timeframe": timeframe, "symbols": some(symbols), "patterns": some(patterns) }),
            ),
            Self::CacheSync { mode, force } => {
                ("cache-sync/trigger", json!({ "mode": mode.word(), "force": force }))
            }
            Self::Retry { of, from, symbols } => match from {
                Phase::Indicators => {
                    ("trigger-indicators", json!({ "timeframe": "daily", "symbols": symbols }))
                }
                Phase::Patterns => ("trigger-patterns", json!({ "timeframe": "daily", "symbols": symbols })),
                _ => ("retry-imports", json!({ "original_run_id": of, "symbols": symbols })),
            },
            Self::Cancel { .. } => return Call { path: "cancel", body: None },
            Self::Schedule(change) => ("schedule", schedule_of(change)),
        };
        Call { path, body: Some(without_nothing(body)) }
    }

    /// Over Redis, with the id of the run that is to begin: which channels, and the message.
    #[must_use]
    pub fn message(&self, run: &str, at: Millis) -> (Family, String) {
        let mut envelope = json!({ "run_id": run, "source": SOURCE, "timestamp": iso_exact(at) });
        let (family, command, parameters) = match self {
            Self::Run { phases, universe, skip_market_check, scheduled } => (
                Family::Trigger,
                "trigger_daily_processing",
                json!({ "skip_market_check": skip_market_check, "phases": redis_names(phases),
                    "universe": universe, "trigger_type": if *scheduled { "automatic" } else { "manual" } }),
            ),
            Self::Import { universes, timeframes, lookback_days } => (
                Family::Trigger,
                "trigger_data_import",
                json!({ "universes": universes, "timeframes": timeframes, "lookback_days": lookback_days }),
            ),
            Self::Indicators { symbols, indicators, timeframe } => {
                indicators_of(symbols, indicators, timeframe)
            }
            Self::Patterns { symbols, patterns, timeframe } => patterns_of(symbols, patterns, timeframe),
            Self::CacheSync { mode, force } => {
                (Family::Trigger, "trigger_cache_sync", json!({ "mode": mode.word(), "force": force }))
            }
            Self::Retry { of, from, symbols } => match from {
                Phase::Indicators => indicators_of(symbols, &[], "daily"),
                Phase::Patterns => patterns_of(symbols, &[], "daily"),
                _ => (
                    Family::Retry,
                    "retry_failed_imports",
                    json!({ "original_run_id": of, "symbols": symbols }),
                ),
            },
            Self::Cancel { run } => {
                envelope["run_id"] = json!(run);
                (Family::Cancel, "cancel_processing", Value::Null)
            }
            Self::Schedule(change) => {
                envelope["run_id"] = Value::Null;
                (Family::Schedule, "update_schedule", schedule_of(change))
            }
        };
        envelope["command"] = json!(command);
        envelope["parameters"] = without_nothing(parameters);
        (family, without_nothing(envelope).to_string())
    }
}

fn schedule_of(change: &ScheduleChange) -> Value {
    json!({ "enabled": change.enabled, "trigger_time": change.time(), "market_check": change.market_check,
        "universes": change.universes })
}

fn indicators_of(
    symbols: &[String],
    indicators: &[String],
    timeframe: &str,
) -> (Family, &'static str, Value) {
    let parameters =
        json!({ "symbols": some(symbols), "indicators": some(indicators), "timeframe": timeframe });
    (Family::Trigger, "trigger_indicator_processing", parameters)
}

fn patterns_of(symbols: &[String], patterns: &[String], timeframe: &str) -> (Family, &'static str, Value) {
    let parameters = json!({ "symbols": some(symbols), "patterns": some(patterns), "timeframe": timeframe });
    (Family::Trigger, "trigger_pattern_processing", parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_run_is_said_as_the_contract_has_it() {
        let run =
            Order::Run { phases: Vec::new(), universe: None, skip_market_check: true, scheduled: false };
        assert_eq!(
            run.call(),
            Call {
                path: "trigger-manual",
                body: Some(json!({ "skip_market_check": true, "phases": ["all"] }))
            }
        );
        let (family, message) = run.message("f5f0", 1_759_431_600_000);
        assert_eq!(family.channels()[0], "tickstock:commands:trigger");
        assert_eq!(
            serde_json::from_str::<Value>(&message).ok(),
            Some(json!({
                "command": "trigger_daily_processing", "run_id": "f5f0", "source": "ClosingBell",
                "timestamp": "2025-10-02T19:00:00.000Z",
                "parameters": { "skip_market_check": true, "trigger_type": "manual",
                    "phases": ["data_import", "cache_sync", "indicators", "patterns"] }
            }))
        );
    }

    #[test]
    fn a_cancel_names_the_run_and_nothing_else() {
        let cancel = Order::Cancel { run: "7f3a".into() };
        assert_eq!(cancel.call(), Call { path: "cancel", body: None });
        let (family, message) = cancel.message("ignored", 0);
        let said: Value = serde_json::from_str(&message).unwrap_or_default();
        assert_eq!((family, &said["run_id"], said.get("parameters")), (Family::Cancel, &json!("7f3a"), None));
    }

    #[test]
    fn a_retry_is_asked_for_from_the_phase_in_which_it_failed() {
        let retry = |from: Phase| Order::Retry { of: "a".into(), from, symbols: vec!["HON".into()] };
        assert_eq!(retry(Phase::Import).call().path, "retry-imports");
        assert_eq!(retry(Phase::Indicators).call().path, "trigger-indicators");
        assert_eq!(retry(Phase::Patterns).call().path, "trigger-patterns");
    }
}
