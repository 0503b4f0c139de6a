//! The fields of each kind of command. What is chosen elsewhere (a run, its symbols) travels along unseen.

use super::Ask;
use crate::view::{Part, part};
use domain::command::{CommandKind, LOOKBACK, NOTE, SyncMode};
use domain::decode::TIMEFRAMES;
use domain::phase::Phase;
use leptos::prelude::*;

/// The fields of what is asked.
pub(super) fn of(ask: &Ask) -> Vec<Part> {
    match ask.kind {
        CommandKind::Run => vec![
            boxes(ask, "phases", "Phases (none: all)", phases()),
            text(ask, "universe", "Universe (empty: as the producer is set)", "", 64),
            tick(ask, "skip_market_check", "Skip the producer’s market check"),
        ],
        CommandKind::Import => vec![
            text(ask, "universes", "Universes, between commas", "sp500", 400),
            boxes(ask, "timeframes", "Timeframes (none: daily, weekly)", frames()),
            days(ask),
        ],
        CommandKind::Indicators => vec![
            text(ask, "symbols", "Symbols, between commas (empty: all)", "", 4_000),
            text(ask, "indicators", "Indicators, between commas (empty: all)", "", 2_000),
            choice(ask, "timeframe", "Timeframe", frames(), "daily"),
        ],
        CommandKind::Patterns => vec![
            text(ask, "symbols", "Symbols, between commas (empty: all)", "", 4_000),
            text(ask, "patterns", "Patterns, between commas (empty: all)", "", 2_000),
            choice(ask, "timeframe", "Timeframe", frames(), "daily"),
        ],
        CommandKind::CacheSync => vec![
            choice(ask, "mode", "What to sync", modes(), "full"),
            tick(ask, "force", "Also what has not changed"),
        ],
        CommandKind::Accept => vec![unseen(ask, &["run_id"]), note(ask)],
        CommandKind::Retry => vec![unseen(ask, &["run_id", "phase", "code", "symbols"]), stray(ask)],
        CommandKind::Cancel => vec![unseen(ask, &["run_id"]), stray(ask)],
        CommandKind::Schedule => vec![stray(ask)],
    }
}

type Words = Vec<(&'static str, String)>;

fn phases() -> Words {
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

/// What is wrong with a field.
fn wrong(ask: &Ask, field: &str) -> Option<Part> {
    let wrong = ask.wrong.as_ref().filter(|wrong| wrong.field == field)?;
    let (id, words) = (format!("wrong-{field}"), format!("It {}.", wrong.message));
    Some(part(view! { <span class="wrong bad" id=id>{words}</span> }))
}

/// What is wrong with a field that cannot be seen.
fn stray(ask: &Ask) -> Part {
    let words = ask.wrong.as_ref().map(|wrong| format!("{} {}.", wrong.field, wrong.message));
    words.map_or_else(|| ().into_any(), |words| part(view! { <p class="wrong bad" role="alert">{words}</p> }))
}

fn described(ask: &Ask, field: &str) -> (Option<&'static str>, Option<String>) {
    let wrong = ask.wrong.as_ref().is_some_and(|wrong| wrong.field == field);
    (wrong.then_some("true"), wrong.then(|| format!("wrong-{field}")))
}

fn text(ask: &Ask, field: &'static str, label: &'static str, otherwise: &str, most: u32) -> Part {
    let given = ask.given.iter().any(|(name, _)| name == field);
    let value = if given { ask.value(field).to_owned() } else { otherwise.to_owned() };
    let (invalid, described) = described(ask, field);
    let id = format!("ask-{field}");
    part(view! {
        <div class="ask wide">
            <label for=id.clone()>{label}</label>
            <input type="text" name=field id=id value=value maxlength=most.to_string() autocomplete="off" autocapitalize="none" spellcheck="false" aria-invalid=invalid aria-describedby=described />
            {wrong(ask, field)}
        </div>
    })
}

fn days(ask: &Ask) -> Part {
    let field = "lookback_days";
    let value = if ask.value(field).is_empty() { "30" } else { ask.value(field) }.to_owned();
    let (invalid, described) = described(ask, field);
    part(view! {
        <div class="ask">
            <label for="ask-days">"Days to look back"</label>
            <input type="number" name=field id="ask-days" value=value min="1" max=LOOKBACK.to_string() aria-invalid=invalid aria-describedby=described />
            {wrong(ask, field)}
        </div>
    })
}

fn note(ask: &Ask) -> Part {
    let (invalid, described) = described(ask, "note");
    part(view! {
        <div class="ask wide">
            <label for="ask-note">"Why it may stay as it is"</label>
            <input type="text" name="note" id="ask-note" value=ask.value("note").to_owned() maxlength=NOTE.to_string() required autofocus autocomplete="off" aria-invalid=invalid aria-describedby=described />
            {wrong(ask, "note")}
        </div>
    })
}

fn boxes(ask: &Ask, field: &'static str, label: &'static str, words: Words) -> Part {
    // One that was asked for in an address may have them between commas.
    let given: Vec<&str> =
        ask.values(field).into_iter().flat_map(|value| value.split(',')).map(str::trim).collect();
    let one = |(value, words): (&'static str, String)| {
        let id = format!("ask-{field}-{value}");
        let checked = given.contains(&value);
        view! { <span><input type="checkbox" name=field id=id.clone() value=value checked=checked /><label for=id>{words}</label></span> }
    };
    let all = words.into_iter().map(one).collect_view();
    part(view! {
        <fieldset class="ask wide boxes"><legend>{label}</legend>{all}{wrong(ask, field)}</fieldset>
    })
}

fn tick(ask: &Ask, field: &'static str, label: &'static str) -> Part {
    let id = format!("ask-{field}");
    let checked = matches!(ask.value(field), "on" | "true" | "1" | "yes");
    part(view! {
        <div class="ask wide boxes">
            <span><input type="checkbox" name=field id=id.clone() checked=checked /><label for=id>{label}</label></span>
            {wrong(ask, field)}
        </div>
    })
}

fn choice(ask: &Ask, field: &'static str, label: &'static str, words: Words, otherwise: &str) -> Part {
    let (invalid, described) = described(ask, field);
    let chosen = if ask.value(field).is_empty() { otherwise } else { ask.value(field) };
    let option = |(value, words): (&'static str, String)| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{words}</option> }
    };
    let options = words.into_iter().map(option).collect_view();
    let id = format!("ask-{field}");
    part(view! {
        <div class="ask">
            <label for=id.clone()>{label}</label>
            <select name=field id=id aria-invalid=invalid aria-describedby=described>{options}</select>
            {wrong(ask, field)}
        </div>
    })
}

fn unseen(ask: &Ask, fields: &[&'static str]) -> Part {
    let one = |field: &&'static str| {
        let value = ask.value(field).to_owned();
        (!value.is_empty()).then(|| view! { <input type="hidden" name=*field value=value /> })
    };
    fields.iter().map(one).collect_view().into_any()
}
