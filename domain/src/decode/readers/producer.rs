//! What the producer says of itself and its universes, and what is not the night's at all.

use super::symbol::severity;
use super::{NAMES, SENTENCE, SYMBOL};
use crate::command::SOURCE;
use crate::decode::envelope::Message;
use crate::decode::fields::{
    ACTION, ALERT, ALERT_ID, COMPONENT, COUNT, ENABLED, HEALTH, ID, LEVEL, MARKET_CHECK, MESSAGE, METADATA,
    NEXT_RUN, REASON, SCHEDULE, SCORE, STATUS, SYMBOL as NAME, SYMBOLS, THEME, TIMEZONE, TOTAL, TRIGGER_TIME,
    UNIVERSES,
};
use crate::decode::{clean, timestamp, values};
use crate::event::{AlertReport, Apart, Component, EventKind, HealthReport, UniverseChange};
use crate::record::Schedule;
use crate::time::Millis;
use serde_json::{Map, Value};

pub(in crate::decode) fn schedule(message: &Message) -> EventKind {
    // What we have published ourselves is not the producer's.
    if message.source == SOURCE {
        return apart(message, Component::Commands);
    }
    EventKind::Schedule(schedule_of(message.body, message.at))
}

/// A schedule, nested in `schedule` or with its fields beside: in a message, or in an answer of the producer's API.
pub(in crate::decode) fn schedule_of(body: &Map<String, Value>, at: Millis) -> Schedule {
    let body = SCHEDULE.of(body).and_then(Value::as_object).unwrap_or(body);
    let time = TRIGGER_TIME.text(body, 64).filter(|time| {
        let digits = |range| time.get(range).and_then(|part: &str| part.parse::<u8>().ok());
        time.len() == 5 && digits(0..2).is_some_and(|h| h < 24) && digits(3..5).is_some_and(|m| m < 60)
    });
    let mut universes = UNIVERSES.list(body, 64);
    universes.truncate(NAMES);
    Schedule {
        enabled: ENABLED.of(body).and_then(values::flag),
        time,
        market_check: MARKET_CHECK.of(body).and_then(values::flag),
        next_run: NEXT_RUN.of(body).and_then(|stamp| timestamp::read(stamp, at)),
        zone: TIMEZONE.text(body, 64),
        universes,
        at,
    }
}

/// Health is nested in `health` or `health_score`, or stands beside; a state is a word at the top of a message without health.
pub(in crate::decode) fn health(message: &Message) -> EventKind {
    let nested = HEALTH.of(message.top).and_then(Value::as_object);
    let word = |body: &Map<String, Value>| STATUS.text(body, 32).map(|word| word.to_lowercase());
    let says_health = nested.is_some() || message.name == "health_check";
    let body = nested.unwrap_or(message.body);
    let score = SCORE.of(body).and_then(values::number).filter(|score| (0.0..=100.0).contains(score));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: 0 to 100")]
    let score = score.filter(|_| says_health).map(|score| score as u8);
    EventKind::Health(HealthReport {
        health: word(body).filter(|_| says_health),
        score,
        state: word(message.body).filter(|_| !says_health),
    })
}

pub(in crate::decode) fn alert(message: &Message) -> EventKind {
    let body = ALERT.of(message.top).and_then(Value::as_object).unwrap_or(message.body);
    let resolved = message.name == "alert_resolved";
    let component = COMPONENT.text(body, 64).unwrap_or_default();
    let id = ALERT_ID.text(message.top, 64).or_else(|| ALERT_ID.text(body, 64)).or_else(|| ID.text(body, 64));
    EventKind::Alert(AlertReport {
        id: id.unwrap_or_else(|| component.clone()),
        severity: severity(&LEVEL.text(body, 16).unwrap_or_default()),
        component,
        message: MESSAGE.text(body, SENTENCE).unwrap_or_default(),
        resolved,
    })
}

pub(in crate::decode) fn universe(message: &Message) -> EventKind {
    let body = message.body;
    let empty = Map::new();
    let metadata = METADATA.of(body).and_then(Value::as_object).unwrap_or(&empty);
    let actions = match ACTION.of(body) {
        // One word for each change: what was done, once.
        Some(Value::Array(_)) => ACTION.list(body, 32).first().cloned(),
        _ => ACTION.text(body, 32),
    };
    let implied = match message.name.as_str() {
        "ipo_assignment" => "added",
        "delisting_cleanup" | "delisted_cleanup" => "cleaned",
        _ if message.channel.ends_with("ipo_assignment") => "added",
        _ if message.channel.ends_with("delisting_cleanup") => "cleaned",
        _ => "updated",
    };
    let count = COUNT.count(body).or_else(|| COUNT.count(metadata)).or_else(|| TOTAL.count(body));
    EventKind::Universe(UniverseChange {
        universe: UNIVERSES
            .list(body, 64)
            .into_iter()
            .next()
            .or_else(|| THEME.text(body, 64))
            .unwrap_or_default(),
        action: actions.unwrap_or_else(|| implied.to_owned()),
        reason: REASON.text(body, SENTENCE).unwrap_or_default(),
        symbol: NAME.text(body, SYMBOL).or_else(|| SYMBOLS.list(body, SYMBOL).into_iter().next()),
        count,
    })
}

pub(in crate::decode) fn apart(message: &Message, component: Component) -> EventKind {
    let job = message.top.get("job_type").and_then(Value::as_str).map(|name| clean(name, 64).to_lowercase());
    let named = Some(message.name.clone()).filter(|name| !name.is_empty());
    let name = named.or(job).unwrap_or_else(|| clean(message.channel, 64));
    EventKind::Apart(Apart { component, name, source: message.source.clone() })
}
