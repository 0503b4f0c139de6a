//! The fields of each kind of command. What is chosen elsewhere (a run, its symbols) travels along unseen.

use super::Ask;
use super::inputs::{Inputs, Words};
use crate::view::Part;
use domain::command::{CommandKind, LOOKBACK, NOTE, SyncMode};
use domain::decode::TIMEFRAMES;
use domain::phase::Phase;
use leptos::prelude::*;

/// The fields of what is asked.
pub(super) fn of(ask: &Ask) -> Vec<Part> {
    let all = Inputs { given: &ask.given, wrong: ask.wrong.as_ref() };
    let text = |field, label, otherwise, most| all.text(field, label, otherwise, most, "ask wide");
    match ask.kind {
        CommandKind::Run => vec![
            all.boxes("phases", "Phases (none: all)", phases()),
            text("universe", "Universe (empty: as the producer is set)", "", 64),
            all.tick("skip_market_check", "Skip the producer’s market check"),
        ],
        CommandKind::Import => vec![
            text("universes", "Universes, between commas", "sp500", 400),
            all.boxes("timeframes", "Timeframes (none: daily, weekly)", frames()),
            all.number("lookback_days", "Days to look back", "30", LOOKBACK),
        ],
        CommandKind::Indicators => vec![
            text("symbols", "Symbols, between commas (empty: all)", "", 4_000),
            text("indicators", "Indicators, between commas (empty: all)", "", 2_000),
            all.choice("timeframe", "Timeframe", frames(), "daily"),
        ],
        CommandKind::Patterns => vec![
            text("symbols", "Symbols, between commas (empty: all)", "", 4_000),
            text("patterns", "Patterns, between commas (empty: all)", "", 2_000),
            all.choice("timeframe", "Timeframe", frames(), "daily"),
        ],
        CommandKind::CacheSync => vec![
            all.choice("mode", "What to sync", modes(), "full"),
            all.tick("force", "Also what has not changed"),
        ],
        CommandKind::Accept => {
            vec![unseen(all, &["run_id"]), all.note("note", "Why it may stay as it is", NOTE)]
        }
        CommandKind::Retry => {
            vec![unseen(all, &["run_id", "phase", "code", "symbols"]), all.stray(&[])]
        }
        CommandKind::Cancel => vec![unseen(all, &["run_id"]), all.stray(&[])],
        CommandKind::Schedule => vec![all.stray(&[])],
    }
}

/// The phases of a night, for a choice.
pub(crate) fn phases() -> Words {
    Phase::NIGHT.iter().map(|phase| (key(phase), phase.label())).collect()
}

fn key(phase: &Phase) -> &'static str {
    match phase {
        Phase::CacheSync => "cache_sync",
        Phase::Indicators => "indicators",
        Phase::Patterns => "patterns",
        _ => "import",
    }
}

fn frames() -> Words {
    TIMEFRAMES.iter().map(|(ours, _)| (*ours, (*ours).to_owned())).collect()
}

fn modes() -> Words {
    SyncMode::ALL.iter().map(|mode| (mode.word(), mode.word().replace('_', " "))).collect()
}

fn unseen(inputs: Inputs, fields: &[&'static str]) -> Part {
    let one = |field: &&'static str| {
        let value = inputs.value(field).to_owned();
        (!value.is_empty()).then(|| view! { <input type="hidden" name=*field value=value /> })
    };
    fields.iter().map(one).collect_view().into_any()
}
