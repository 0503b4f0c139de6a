//! Tonight and around: the schedule as the producer reports it, what it complained about, and the sources of what is shown.

use super::Problems;
use crate::clock::{Clock, use_clock};
use crate::format::{age, duration, time};
use crate::live::{Live, use_live};
use crate::view::{part, row, rows, text, when};
use domain::record::Schedule;
use domain::time::MINUTE;
use leptos::prelude::*;

/// What a row says: label, value, aside, tone.
type Fact = (&'static str, String, String, &'static str);

/// The cards that have something to say.
#[component]
pub fn Around() -> impl IntoView {
    let live = use_live();
    part(view! {
        {when(move || live.schedule().is_some(), || view! { <ScheduleCard /> })}
        <Problems />
        <Sources />
    })
}

#[component]
fn ScheduleCard() -> impl IntoView {
    part(view! { <Card name="schedule" title="Schedule, as the producer reports it" facts=schedule /> })
}

fn schedule(live: Live, clock: Clock) -> Vec<Fact> {
    let Some(Schedule { enabled, time: at, market_check, next_run, zone: name, universes, at: told }) =
        live.schedule()
    else {
        return Vec::new();
    };
    let (now, zone, exchange) = (clock.now().get(), clock.zone(), clock.exchange());
    let mut facts: Vec<Fact> =
        vec![("Schedule", if enabled { "on" } else { "off" }.into(), at.unwrap_or_default(), "")];
    if let Some(next) = next_run.filter(|_| enabled) {
        let span = next - now;
        let aside = if span > 0 { format!("in {}", duration(span)) } else { String::new() };
        facts.push(("Next run", time(next, now, &zone, &exchange), aside, ""));
    }
    if let Some(check) = market_check {
        facts.push(("Market check", if check { "on" } else { "off" }.into(), name.unwrap_or_default(), ""));
    }
    if !universes.is_empty() {
        facts.push(("Universe", universes.join(", "), String::new(), ""));
    }
    facts.push(("Told by", "the producer".into(), age(now - told), ""));
    facts
}

#[component]
fn Sources() -> impl IntoView {
    part(view! { <Card name="sources" title="Sources" facts=sources /> })
}

fn sources(live: Live, clock: Clock) -> Vec<Fact> {
    let (now, zone, exchange) = (clock.now().get(), clock.zone(), clock.exchange());
    let mut facts: Vec<Fact> = Vec::new();
    if let Some(producer) = live.producer() {
        let health = producer.health.clone().unwrap_or_else(|| "heard".to_owned());
        let quiet = now - producer.heard;
        // The record is to the second, so anything within it is now.
        let ago = if quiet < 3_000 { "just now".to_owned() } else { age(quiet) };
        let tone = if quiet > 15 * MINUTE { "aside" } else { "" };
        facts.push(("Producer", health, ago, tone));
    }
    if let Some(redis) = live.redis() {
        let since = format!("since {}", time(redis.since, now, &zone, &exchange));
        let (word, tone) = if redis.up { ("connected", "") } else { ("not reachable", "bad") };
        facts.push(("Redis", word.into(), since, tone));
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
        facts.push(("Messages", crate::format::thousands(ingest.messages), asides.join(", "), tone));
    }
    if let Some(server) = live.server() {
        facts.push(("Server", format!("up, version {}", server.version), duration(now - server.started), ""));
    }
    facts
}

type Facts = fn(Live, Clock) -> Vec<Fact>;

#[component]
fn Card(name: &'static str, title: &'static str, facts: Facts) -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let list = move || {
        let labels = facts(live, clock).into_iter().map(|fact| fact.0);
        labels.map(|label| row(label, move || view! { <OneFact facts=facts label=label /> })).collect()
    };
    part(view! {
        <div class=format!("card {name}")>
            <div class="head rule"><h2>{title}</h2></div>
            <dl>{rows(list)}</dl>
        </div>
    })
}

#[component]
fn OneFact(facts: Facts, label: &'static str) -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let fact = move || facts(live, clock).into_iter().find(|fact| fact.0 == label).unwrap_or_default();
    let (tone, value, aside) =
        (text(move || fact().3.to_owned()), text(move || fact().1), text(move || fact().2));
    part(view! { <div><dt>{label}</dt><dd><b class=tone>{value}</b><span>{aside}</span></dd></div> })
}
