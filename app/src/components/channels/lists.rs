//! The tables: channels, what is new to us, what is not the night's, what was refused, what was lost.

use super::states;
use crate::clock::Clock;
use crate::components::listed::{Leads, Listed, Row};
use crate::format::{age, hms, thousands};
use crate::live::{Live, sorted, use_live};
use crate::location::address_of;
use crate::view::{part, text, when};
use domain::event::Component;
use domain::record::{Record, Stranger, Watched};
use leptos::prelude::*;

const HEARD: &[&str] =
    &["Channel", "Last message", "Age", "Decoded", "Other", "Unknown", "Refused", "What it was"];
const NEW: &[&str] = &["Name or field", "Of", "Example", "Times", "Last"];
const REFUSED: &[&str] = &["Time", "Channel", "Why", "Bytes", "Begins with"];
const LOST: &[&str] = &["From", "To", "Why", "Lost"];
const APART: &[&str] = &["Event", "Component", "Channel", "Times", "Last"];

/// All of them; one that has no row is not there.
#[component]
pub fn Lists() -> impl IntoView {
    let live = use_live();
    let quiet = text(move || unheard(live));
    part(view! {
        <Listed class="grid heard" title="Channels" aside="press one to see its messages as they come" heads=HEARD all=channels link=address_of as Leads />
        {when(move || !unheard(live).is_empty(), move || view! { <p class="quiet unheard"><b>"Nothing heard yet: "</b>{quiet}</p> })}
        <Listed class="grid new" title="New to us" aside="kept as they came, and changing nothing" heads=NEW all=strangers />
        <Listed class="grid refused" title="Refused" aside="the last 100 that could not be read" heads=REFUSED all=refused />
        <Listed class="grid lost" title="Gaps and losses" aside="stretches in which messages were, or may have been, missed" heads=LOST all=gaps />
        <Listed class="grid apart" title="Not the night’s" aside="recognised, listed apart, without any say in the verdict" heads=APART all=apart />
    })
}

/// Watched, and silent so far. A family is heard when any of its channels is.
fn unheard(live: Live) -> String {
    let heard: Vec<String> = states(live).into_iter().map(|state| state.name).collect();
    let silent = |name: &String| match name.strip_suffix('*') {
        Some(family) => !heard.iter().any(|heard| heard.starts_with(family)),
        None => !heard.contains(name),
    };
    let watched = live.of_channels('x').into_iter().find_map(|(_, record)| match &*record {
        Record::Watched(Watched { names }) => {
            Some(names.iter().filter(|name| silent(name)).cloned().collect::<Vec<_>>())
        }
        _ => None,
    });
    watched.unwrap_or_default().join(", ")
}

/// Those with something wrong first, then A to Z.
fn channels(live: Live, clock: Clock) -> Vec<Row> {
    let (now, zone) = (clock.now().get(), clock.zone());
    let one = |state: domain::record::ChannelState| {
        let counts = [state.decoded, state.apart, state.unknown, state.refused];
        let mut cells = vec![state.name.clone(), hms(state.last, &zone), age(now - state.last)];
        cells.extend(counts.map(|count| if count > 0 { thousands(count) } else { String::new() }));
        cells.push(state.what);
        (state.name, cells)
    };
    let states = states(live);
    let of = |wrong: bool| {
        states.iter().filter(move |state| (state.unknown + state.refused > 0) == wrong).cloned()
    };
    of(true).chain(of(false)).map(one).collect()
}

/// When a record came, and what its row says.
type Told<'a> = dyn Fn(&Record) -> Option<(i64, Vec<String>)> + 'a;

/// Rows of these kinds of records, those that came last first.
fn newest(live: Live, kinds: &[char], cells: &Told<'_>) -> Vec<Row> {
    let all = kinds.iter().flat_map(|kind| live.of_channels(*kind));
    let rows =
        all.filter_map(|(key, record)| cells(&record).map(|(at, cells)| (at, (key.to_string(), cells))));
    sorted(rows.collect(), |(a, _), (b, _)| b.cmp(a)).into_iter().map(|(_, row)| row).collect()
}

fn strangers(live: Live, clock: Clock) -> Vec<Row> {
    let zone = clock.zone();
    newest(live, &['n', 'u'], &|record| {
        let Record::Stranger(one) = record else { return None };
        let Stranger { name, field, channel, example, count, first, last } = one.clone();
        let (what, of) =
            if field.is_empty() { (name, channel) } else { (field, format!("{name}, {channel}")) };
        Some((first, vec![what, of, example, thousands(count), hms(last, &zone)]))
    })
}

fn apart(live: Live, clock: Clock) -> Vec<Row> {
    let zone = clock.zone();
    newest(live, &['k'], &|record| {
        let Record::Stranger(one) = record else { return None };
        let (component, name) = one.name.split_once('.')?;
        let label = Component::ALL.get(component.parse::<usize>().ok()?)?.label();
        let cells = [name, label, &one.channel].map(ToOwned::to_owned);
        Some((one.first, [&cells[..], &[thousands(one.count), hms(one.last, &zone)]].concat()))
    })
}

fn refused(live: Live, clock: Clock) -> Vec<Row> {
    let zone = clock.zone();
    newest(live, &['j'], &|record| {
        let Record::Refused(one) = record else { return None };
        let why = match one.code.as_str() {
            "not_utf8" => "not UTF-8 text",
            "not_json" => "not JSON",
            "too_deep" => "nested too deep",
            "not_an_object" => "not an object",
            "too_large" => "larger than 1 MiB",
            other => other,
        };
        let cells = vec![
            hms(one.at, &zone),
            one.channel.clone(),
            why.to_owned(),
            thousands(one.bytes),
            one.begins.clone(),
        ];
        Some((one.at, cells))
    })
}

fn gaps(live: Live, clock: Clock) -> Vec<Row> {
    let zone = clock.zone();
    let one = |gap: domain::record::Gap| {
        let to = gap.to.map_or_else(|| "still".to_owned(), |to| hms(to, &zone));
        let lost = if gap.lost > 0 { thousands(gap.lost) } else { "not known".to_owned() };
        (gap.from.to_string(), vec![hms(gap.from, &zone), to, gap.kind.cause().to_owned(), lost])
    };
    live.gaps().into_iter().map(one).collect()
}
