//! Tonight and around: what is due, how the market is, what the producer complained about, and the sources of what is shown.

use super::Problems;
use super::listed::{FACTS, Listed, Row, fact};
use crate::clock::Clock;
use crate::format::{age, duration, hm, night, time};
use crate::live::Live;
use crate::view::part;
use domain::record::{MomentKind, Producer, ProducerApi, Severity};
use domain::time::{MINUTE, Millis};
use leptos::prelude::*;

/// The cards that have something to say.
#[component]
pub fn Around() -> impl IntoView {
    part(view! {
        <Listed class="card facts schedule" title="Schedule" heads=FACTS all=schedule />
        <Listed class="card facts market" title="Market" heads=FACTS all=market />
        <Problems />
        <Listed class="card facts sources" title="Sources" heads=FACTS all=sources />
    })
}

/// Next run, in how long, who fires it, what it looks at.
fn schedule(live: Live, clock: Clock) -> Vec<Row> {
    let Some(plan) = live.plan() else { return Vec::new() };
    let (now, zone, exchange) = (clock.now().get(), clock.zone(), clock.exchange());
    let mut facts: Vec<Row> = Vec::new();
    if let Some(who) = &plan.paused {
        facts.push(fact("Schedule", "paused", format!("by {who}"), "warn"));
    }
    if let Some(next) = plan.next(now, MomentKind::is_due) {
        let skip = next.kind == MomentKind::Skip;
        let words = next.words.clone().unwrap_or_default();
        let aside =
            if skip { format!("skipped: {words}") } else { format!("in {}", duration(next.at - now)) };
        facts.push(fact(
            "Next run",
            time(next.at, now, &zone, &exchange),
            aside,
            if skip { "warn" } else { "" },
        ));
        let fires = if plan.ours { "this server" } else { "the producer" };
        facts.push(fact("Fired by", fires, String::new(), ""));
        facts.push(fact("Market check", if plan.check { "on" } else { "off" }, String::new(), ""));
        if !plan.universe.is_empty() {
            facts.push(fact("Universe", plan.universe, String::new(), ""));
        }
    }
    if facts.is_empty() {
        let whose = if plan.ours { "this server fires" } else { "the producer fires" };
        facts.push(fact("Next run", "none", whose.to_owned(), "aside"));
    }
    if let Some(note) = plan.note {
        facts.push(fact("Note", note, String::new(), "warn note"));
    }
    facts
}

/// Open, closed, early close, holiday by name; the next bell and how long until then.
fn market(live: Live, clock: Clock) -> Vec<Row> {
    let Some(plan) = live.plan() else { return Vec::new() };
    let (now, zone, exchange) = (clock.now().get(), clock.zone(), clock.exchange());
    let Some(next) = plan.next(now, MomentKind::is_bell) else { return Vec::new() };
    let last = plan
        .last(now, |kind| kind != MomentKind::Due && kind != MomentKind::Skip && kind != MomentKind::Refused);
    let state = match last.map(|last| last.kind) {
        Some(MomentKind::Open) => "open",
        Some(MomentKind::Night) => "pre-market",
        _ => "closed",
    };
    let holiday = last.filter(|last| last.kind == MomentKind::Closed).and_then(|last| last.words.clone());
    let early = next.kind == MomentKind::Early;
    let aside = match (holiday, early) {
        (Some(name), _) => format!("for {name}"),
        (None, true) => "early close today".to_owned(),
        (None, false) => String::new(),
    };
    let bell = if next.kind == MomentKind::Open { "Opens" } else { "Closes" };
    let left = format!("in {}", duration(next.at - now));
    let mut facts = vec![
        fact("New York", state, aside, if early { "warn" } else { "" }),
        fact(bell, time(next.at, now, &zone, &exchange), left, ""),
    ];
    // The next day that is not like the others.
    let odd = plan.next(now, |kind| matches!(kind, MomentKind::Closed | MomentKind::Early));
    if let Some(odd) = odd.filter(|odd| odd.at != next.at) {
        let what = if odd.kind == MomentKind::Closed {
            "closed".to_owned()
        } else {
            format!("early close {}", hm(odd.at, &zone))
        };
        facts.push(fact(night(odd.day), what, odd.words.clone().unwrap_or_default(), ""));
    }
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
    match live.api() {
        // It is not asked without cause, so it is said how long ago that was.
        Some(ProducerApi { up: Some(true), asked, since, .. }) => {
            facts.push(fact("Producer API", "answered", age(now - asked.unwrap_or(since)), ""));
        }
        Some(ProducerApi { up: Some(false), since, reason, .. }) => {
            link("Producer API", "", false, since, reason);
        }
        _ => {}
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
