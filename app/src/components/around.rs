//! Tonight and around: the schedule as the producer reports it, what it complained about, and the sources of what is shown.

use super::Problems;
use super::listed::{FACTS, Listed, Row, fact};
use crate::clock::Clock;
use crate::format::{age, duration, time};
use crate::live::Live;
use crate::view::part;
use domain::record::{Producer, ProducerApi, Schedule, Severity};
use domain::time::{MINUTE, Millis};
use leptos::prelude::*;

/// The cards that have something to say.
#[component]
pub fn Around() -> impl IntoView {
    part(view! {
        <Listed class="card facts schedule" title="Schedule, as the producer reports it" heads=FACTS all=schedule />
        <Problems />
        <Listed class="card facts sources" title="Sources" heads=FACTS all=sources />
    })
}

fn schedule(live: Live, clock: Clock) -> Vec<Row> {
    let Some(Schedule { enabled, time: at, market_check, next_run, zone: name, universes, at: told }) =
        live.schedule()
    else {
        return Vec::new();
    };
    let (now, zone, exchange) = (clock.now().get(), clock.zone(), clock.exchange());
    let fires = match enabled {
        Some(true) => "on",
        Some(false) => "off",
        None => "not said",
    };
    let mut facts: Vec<Row> = vec![fact("Schedule", fires, at.unwrap_or_default(), "")];
    if let Some(next) = next_run.filter(|_| enabled != Some(false)) {
        let span = next - now;
        let aside = if span > 0 { format!("in {}", duration(span)) } else { String::new() };
        facts.push(fact("Next run", time(next, now, &zone, &exchange), aside, ""));
    }
    if let Some(check) = market_check {
        facts.push(fact("Market check", if check { "on" } else { "off" }, name.unwrap_or_default(), ""));
    }
    if !universes.is_empty() {
        facts.push(fact("Universe", universes.join(", "), String::new(), ""));
    }
    facts.push(fact("Told by", "the producer", age(now - told), ""));
    facts
}

/// Most open alerts that are told; all are on the board.
const ALERTS: usize = 3;

/// When it was heard, how it says it is, and since when.
fn of_producer(producer: &Producer, now: Millis) -> Vec<Row> {
    // The records are to the second, so anything within it is now.
    let ago = |at: Millis| if now - at < 3_000 { "just now".to_owned() } else { age(now - at) };
    let tone = if now - producer.heard > 15 * MINUTE { "aside" } else { "" };
    let mut facts = vec![fact("Producer", "heard", ago(producer.heard), tone)];
    if let (Some(health), Some(at)) = (&producer.health, producer.health_at) {
        let score = producer.score.map(|score| format!(", {score} of 100")).unwrap_or_default();
        let well = matches!(health.as_str(), "healthy" | "ok" | "up" | "running");
        facts.push(fact("Its health", format!("{health}{score}"), ago(at), if well { "" } else { "warn" }));
    }
    if let Some(beat) = producer.beat {
        let state = producer.state.clone().unwrap_or_else(|| "alive".to_owned());
        facts.push(fact(
            "Its heartbeat",
            state,
            ago(beat),
            if now - beat > 5 * MINUTE { "warn" } else { "" },
        ));
    }
    facts
}

fn sources(live: Live, clock: Clock) -> Vec<Row> {
    let (now, zone, exchange) = (clock.now().get(), clock.zone(), clock.exchange());
    let mut facts: Vec<Row> = Vec::new();
    if let Some(producer) = live.producer() {
        facts.extend(of_producer(&producer, now));
    }
    facts.extend(live.alerts().into_iter().take(ALERTS).map(|alert| {
        let said = if alert.message.is_empty() { alert.id } else { alert.message };
        let words = if alert.component.is_empty() { said } else { format!("{}: {said}", alert.component) };
        let tone = if alert.severity >= Severity::Error { "bad" } else { "warn" };
        fact("Alert", words, age(now - alert.at), tone)
    }));
    let mut link = |name, well, up, since, reason: Option<String>| {
        let (word, tone) = if up { (well, "") } else { ("not reachable", "bad") };
        let since = format!("since {}", time(since, now, &zone, &exchange));
        let aside = reason.map_or_else(|| since.clone(), |reason| format!("{since}: {reason}"));
        facts.push(fact(name, word, aside, tone));
    };
    if let Some(redis) = live.redis() {
        link("Redis", "connected", redis.up, redis.since, None);
    }
    // Before its first answer there is nothing to say.
    if let Some(ProducerApi { up: Some(up), since, reason, .. }) = live.api() {
        link("Producer API", "answers", up, since, reason);
    }
    if let Some(saving) = live.saving() {
        let (word, tone) = match (saving.reason.is_some(), saving.follows) {
            (true, _) => ("not saved", "warn"),
            (_, true) => ("saved by another server", ""),
            _ => ("saved", ""),
        };
        let since = format!("{}, since {}", saving.engine, time(saving.since, now, &zone, &exchange));
        facts.push(fact("Log", word, since, tone));
    }
    if let Some(ingest) = live.ingest() {
        let mut asides = Vec::new();
        if ingest.refused > 0 {
            asides.push(format!("{} refused", ingest.refused));
        }
        if ingest.dropped > 0 {
            asides.push(format!("{} lost", ingest.dropped));
        }
        if ingest.homeless > 0 {
            asides.push(format!("{} without a run", ingest.homeless));
        }
        let tone = if ingest.dropped > 0 { "warn" } else { "" };
        facts.push(fact("Messages", crate::format::thousands(ingest.messages), asides.join(", "), tone));
    }
    if let Some(server) = live.server() {
        facts.push(fact(
            "Server",
            format!("up, version {}", server.version),
            duration(now - server.started),
            "",
        ));
    }
    facts
}
