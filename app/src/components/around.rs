//! Tonight and around: the schedule as the producer reports it, and the sources of what is shown.

use crate::clock::use_clock;
use crate::format::{age, duration, time};
use crate::live::use_live;
use domain::record::Schedule;
use domain::time::MINUTE;
use leptos::prelude::*;

/// What a row says: label, value, aside, tone.
type Row = (&'static str, String, String, &'static str);

/// The cards that have something to say.
#[component]
pub fn Around() -> impl IntoView {
    let live = use_live();
    view! {
        <Show when=move || live.schedule().is_some()>
            <ScheduleCard />
        </Show>
        <Sources />
    }
    .into_any()
}

#[component]
fn ScheduleCard() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let rows = move || -> Vec<Row> {
        let Some(Schedule { enabled, time: at, market_check, next_run, zone: name, universes, at: told }) = live.schedule() else {
            return Vec::new();
        };
        let (now, zone, exchange) = (clock.now().get(), clock.zone(), clock.exchange());
        let mut rows: Vec<Row> = vec![("Schedule", if enabled { "on" } else { "off" }.into(), at.unwrap_or_default(), "")];
        if let Some(next) = next_run.filter(|_| enabled) {
            let span = next - now;
            let aside = if span > 0 { format!("in {}", duration(span)) } else { String::new() };
            rows.push(("Next run", time(next, now, &zone, &exchange), aside, ""));
        }
        if let Some(check) = market_check {
            rows.push(("Market check", if check { "on" } else { "off" }.into(), name.unwrap_or_default(), ""));
        }
        if !universes.is_empty() {
            rows.push(("Universe", universes.join(", "), String::new(), ""));
        }
        rows.push(("Told by", "the producer".into(), age(now - told), ""));
        rows
    };
    view! { <Card title="Schedule, as the producer reports it" rows=Signal::derive(rows) /> }
}

#[component]
fn Sources() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let rows = move || -> Vec<Row> {
        let (now, zone, exchange) = (clock.now().get(), clock.zone(), clock.exchange());
        let mut rows: Vec<Row> = Vec::new();
        if let Some(producer) = live.producer() {
            let health = producer.health.clone().unwrap_or_else(|| "heard".to_owned());
            let quiet = now - producer.heard;
            // The record is to the second, so anything within it is now.
            let ago = if quiet < 3_000 { "just now".to_owned() } else { age(quiet) };
            let tone = if quiet > 15 * MINUTE { "aside" } else { "" };
            rows.push(("Producer", health, ago, tone));
        }
        if let Some(redis) = live.redis() {
            let since = format!("since {}", time(redis.since, now, &zone, &exchange));
            let (word, tone) = if redis.up { ("connected", "") } else { ("not reachable", "bad") };
            rows.push(("Redis", word.into(), since, tone));
        }
        if let Some(ingest) = live.ingest() {
            let mut asides = Vec::new();
            if ingest.refused > 0 {
                asides.push(format!("{} refused", ingest.refused));
            }
            if ingest.dropped > 0 {
                asides.push(format!("{} lost", ingest.dropped));
            }
            let tone = if ingest.dropped > 0 { "warn" } else { "" };
            rows.push(("Messages", crate::format::thousands(ingest.messages), asides.join(", "), tone));
        }
        if let Some(server) = live.server() {
            rows.push(("Server", format!("up, version {}", server.version), duration(now - server.started), ""));
        }
        rows
    };
    view! { <Card title="Sources" rows=Signal::derive(rows) /> }
}

#[component]
fn Card(title: &'static str, rows: Signal<Vec<Row>>) -> impl IntoView {
    let rows = Memo::new(move |_| rows.get());
    let cell = move |label: &'static str| move || rows.with(|rows| rows.iter().find(|row| row.0 == label).cloned()).unwrap_or_default();
    let labels = move || rows.with(|rows| rows.iter().map(|row| row.0).collect::<Vec<_>>());
    view! {
        <div class="card">
            <div class="head rule"><h2>{title}</h2></div>
            <dl>
                <For each=labels key=|label| *label let:label>
                    <div>
                        <dt>{label}</dt>
                        <dd>
                            <b class=move || cell(label)().3>{move || cell(label)().1}</b>
                            <span>{move || cell(label)().2}</span>
                        </dd>
                    </div>
                </For>
            </dl>
        </div>
    }
    .into_any()
}
