//! `/admin/events`: the log as it came, newest first.

use super::Facts;
use super::event_filter::{EventFilter, Place};
use super::form::Form;
use super::parts::{exports, heading, link, nothing, number, run_address, symbol_address};
use super::query::{FilterError, LONGEST, LONGEST_ID, address, iso_moment};
use crate::format::{count, plural};
use crate::location::Page;
use crate::view::{Part, part};
use domain::time::Millis;
use domain::words::short_id;
use leptos::prelude::*;

/// Most rows of a page.
const ROWS: usize = 100;
/// Most channels in the form.
const CHANNELS: usize = 100;
/// Longest text of a row, in characters; the whole message is behind "Raw JSON".
const LONGEST_TEXT: usize = 400;

/// How an event came to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Published on a Redis channel.
    Channel,
    /// Read from the Redis stream.
    Stream,
    /// Posted over HTTP.
    Http,
    /// Said by the server itself.
    Server,
}

impl Source {
    /// The word on screens.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Channel => "channel",
            Self::Stream => "stream",
            Self::Http => "HTTP",
            Self::Server => "server",
        }
    }
}

/// An event of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// Its number.
    pub number: u64,
    /// When it was received.
    pub at: Millis,
    /// How it came.
    pub source: Source,
    /// Over which channel.
    pub channel: String,
    /// Its name, as the producer gave it.
    pub name: String,
    /// The run it belongs to, if any.
    pub run: Option<String>,
    /// The symbol it is about, if any.
    pub symbol: Option<String>,
    /// What it says, in one line.
    pub says: String,
}

/// A search that looked at as much as it may and did not come to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Searched {
    /// When the last event that it looked at was received.
    pub to: Millis,
    /// Where the search goes on: before that event, or after it.
    pub on: Place,
}

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct Events {
    /// What was asked, as far as it was understood.
    pub filter: EventFilter,
    /// What was not.
    pub errors: Vec<FilterError>,
    /// The events, newest first.
    pub rows: Vec<EventRow>,
    /// Whether there are older ones that match.
    pub older: bool,
    /// Whether there are newer ones that match.
    pub newer: bool,
    /// Where the search stopped looking, if it did.
    pub searched: Option<Searched>,
    /// Channels that can be asked for.
    pub channels: Vec<String>,
}

impl Events {
    /// Most events that a page shows.
    pub const ROWS: usize = ROWS;
}

pub(super) fn page(events: &Events, facts: &Facts) -> Part {
    let filter = &events.filter;
    let nothing_yet = events.rows.is_empty() && filter.is_all() && filter.place == Place::Newest;
    if nothing_yet && events.searched.is_none() && events.errors.is_empty() {
        return part(view! {
            {heading("Events", "Nothing has been recorded yet.")}
            {nothing("Each message of the producer stands here as soon as it has been written down.")}
        });
    }
    let query = filter.at(Place::Newest).to_query();
    let files = [("CSV", address("/api/events.csv", &query)), ("JSON", address("/api/events.jsonl", &query))];
    let many = number(events.rows.len().min(ROWS));
    let shown = format!("{} {}, newest first", count(many), plural(many, "event"));
    part(view! {
        {heading("Events", "What the producer said, as it came.")}
        {form(events, facts)}
        <section class="past log">
            <div class="head rule">
                <h2>"Log"</h2>
                <span class="quiet">{shown}</span>
                <span class="end">{exports(&files)}</span>
            </div>
            {table(events, facts)}
            {further(events, facts)}
        </section>
    })
}

fn form(events: &Events, facts: &Facts) -> Part {
    let filter = &events.filter;
    let mut form = Form::new(&events.errors);
    form.input("search", "run", "Run", filter.run.clone(), LONGEST_ID);
    let mut channels: Vec<String> = events.channels.iter().take(CHANNELS).cloned().collect();
    channels.extend(filter.channel.clone().filter(|asked| !channels.contains(asked)));
    if !channels.is_empty() {
        let options = channels.into_iter().map(|name| (name.clone(), name)).collect();
        form.choice("channel", "Channel", "any", options, filter.channel.as_deref());
    }
    form.input("search", "name", "Event", filter.name.clone(), LONGEST);
    form.input("search", "q", "Text", filter.q.clone(), LONGEST);
    let zone = &facts.exchange.label;
    form.input("datetime-local", "from", format!("From, {zone}"), filter.from.map(iso_moment), LONGEST);
    form.input("datetime-local", "to", format!("To, {zone}"), filter.to.map(iso_moment), LONGEST);
    let all = (!filter.is_all() || !events.errors.is_empty()).then_some((Page::EVENTS, "Show all events"));
    form.finish(Page::EVENTS, "Filter the events", "Show", all)
}

fn table(events: &Events, facts: &Facts) -> Part {
    if events.rows.is_empty() {
        return nothing(match (events.searched, events.filter.place) {
            (Some(_), _) => "None of those looked at is like that.",
            (None, Place::Before(_)) => "There are no older events.",
            (None, Place::After(_)) => "There are no newer events.",
            (None, Place::Newest) => "No event is like that.",
        });
    }
    let mut rows: Vec<Part> = Vec::new();
    let mut day = None;
    for event in events.rows.iter().take(ROWS) {
        let days = facts.zone().civil(event.at).days;
        // A day is named where it begins.
        if day.replace(days) != Some(days) {
            let name = facts.night(days);
            rows.push(part(view! { <tr class="day"><th scope="rowgroup" colspan="7">{name}</th></tr> }));
        }
        rows.push(row(event, facts));
    }
    part(view! {
        <table class="events">
            <thead>
                <tr>
                    <th scope="col" class="num">"No."</th>
                    <th scope="col">"Time"</th>
                    <th scope="col">"Source"</th>
                    <th scope="col">"Event"</th>
                    <th scope="col">"Run"</th>
                    <th scope="col">"Symbol"</th>
                    <th scope="col">"What it says"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    })
}

fn row(event: &EventRow, facts: &Facts) -> Part {
    let run = event.run.as_deref().filter(|run| !run.is_empty());
    let run_link = run.map(|id| view! { <a class="link" href=run_address(id)>{short_id(id)}</a> });
    let symbol = event.symbol.as_deref().filter(|symbol| !symbol.is_empty());
    let symbol_link =
        symbol.map(|name| view! { <a class="tick" href=symbol_address(name)>{name.to_owned()}</a> });
    // Once more behind the line: on the phone the whole row opens it, and these are what a finger can hit.
    let of_run = run.map(|id| link(run_address(id), format!("Run {}", short_id(id))));
    let of_symbol = symbol.map(|name| link(symbol_address(name), name.to_owned()));
    let cut: String = event.says.chars().take(LONGEST_TEXT).collect();
    let says = if cut.is_empty() { event.name.clone() } else { cut };
    let spoken = format!("Raw JSON of event {}", event.number);
    let raw = format!("/api/events/{}", event.number);
    let time = facts.hms_exact(event.at);
    let of = format!("{} by {}", event.channel, event.source.word());
    part(view! {
        <tr>
            <td class="num quiet no">{event.number.to_string()}</td>
            <td class="time">{time}</td>
            <td class="quiet source" title=of>{event.source.word()}" · "{event.channel.clone()}</td>
            <td class="name">{event.name.clone()}</td>
            <td class="run">{run_link}</td>
            <td class="symbol">{symbol_link}</td>
            <td class="says">
                <details>
                    <summary><span>{says}</span></summary>
                    <p class="quiet">{event.name.clone()}", "{event.channel.clone()}", "{event.source.word()}</p>
                    <p class="leads"><a class="link" href=raw aria-label=spoken>"Raw JSON"</a>{of_run}{of_symbol}</p>
                </details>
            </td>
        </tr>
    })
}

fn further(events: &Events, facts: &Facts) -> Option<Part> {
    let at = |place: Place| address(Page::EVENTS, &events.filter.at(place).to_query());
    let shown = || events.rows.iter().take(ROWS);
    let newer = shown().next().filter(|_| events.newer);
    let newer = newer.map(|first| link(at(Place::After(first.number)), "Newer"));
    let older = shown().next_back().filter(|_| events.older || events.rows.len() > ROWS);
    let older = older.map(|last| link(at(Place::Before(last.number)), "Older"));
    let searched = events.searched.map(|searched| {
        let up = matches!(searched.on, Place::After(_));
        let nearest = if up { events.rows.first() } else { events.rows.last() };
        let from = nearest.map_or(facts.now, |row| row.at);
        let days = facts.zone().civil(searched.to).days;
        let same = facts.zone().civil(from).days == days;
        let day = if same { String::new() } else { format!("{} ", facts.night(days)) };
        let way = if up { "up" } else { "back" };
        let words = format!("Searched {way} to {day}{}; ", facts.hms(searched.to));
        let on = at(searched.on);
        view! { <span class="quiet">{words}<a class="link" href=on>"search further"</a></span> }
    });
    let newest = (events.filter.place != Place::Newest).then(|| link(at(Place::Newest), "Newest"));
    let any = newer.is_some() || older.is_some() || searched.is_some() || newest.is_some();
    any.then(|| {
        part(view! { <nav class="further" aria-label="More events">{newest}{newer}{older}{searched}</nav> })
    })
}
