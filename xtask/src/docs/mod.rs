//! `cargo xtask docs`: the reference of events, made from the tables in the code and the contract's samples.
//!
//! `docs/events.md` is for people, `docs/asyncapi.yaml` for programs. They are never written by hand: a test makes them again
//! and compares, so what they say is what the decoder does.

mod asyncapi;
mod events;
mod yaml;

use crate::{Outcome, paths};
use domain::decode::{Channel, EVENTS, EventRow, Field, Shape, Traffic, channel, event, read};
use serde_json::Value;

/// A message as a producer really sent it.
struct Sample {
    channel: &'static Channel,
    address: String,
    message: Value,
    /// The event that it is, where it is one of the table.
    row: Option<&'static EventRow>,
}

/// The samples of the contract that came over a channel we know.
fn samples() -> Vec<Sample> {
    include_str!("../../../contract/samples.jsonl").lines().filter_map(sample).collect()
}

fn sample(line: &str) -> Option<Sample> {
    let line: Value = serde_json::from_str(line).ok()?;
    let address = line.get("channel")?.as_str()?;
    let text = line.get("message")?.as_str()?;
    let reading = read(address, text.as_bytes(), 0).ok()?;
    let message = serde_json::from_str(text).ok()?;
    Some(Sample {
        channel: channel(address)?,
        address: address.to_owned(),
        message,
        row: event(&reading.name),
    })
}

/// The name of a row: the spelling of our own producer.
fn title(row: &EventRow) -> &'static str {
    row.names.first().copied().unwrap_or_default()
}

fn same(one: &EventRow, other: &EventRow) -> bool {
    title(one) == title(other)
}

/// The rows that usually travel on a channel: those of its phase, and those that samples show on it, or else on its like.
fn usual(place: &Channel, samples: &[Sample]) -> Vec<&'static EventRow> {
    let own = samples.iter().any(|sample| sample.channel.name == place.name);
    let apart = matches!(place.traffic, Traffic::Apart(_));
    let alike = |sample: &&Sample| match own || apart {
        true => sample.channel.name == place.name,
        false => sample.channel.traffic == place.traffic,
    };
    let shown = |row: &EventRow| {
        samples.iter().filter(alike).filter_map(|sample| sample.row).any(|other| same(row, other))
    };
    let at_home = |row: &EventRow| match &place.traffic {
        Traffic::Night(Some(phase)) => row.phase() == Some(phase) && !is_value(row),
        Traffic::Values(phase) => row.phase() == Some(phase) && is_value(row),
        _ => false,
    };
    EVENTS.iter().filter(|row| at_home(row) || (row.apart().is_some() == apart && shown(row))).collect()
}

/// Whether the row is one value of one symbol: such events are counted, and have channels of their own.
fn is_value(row: &EventRow) -> bool {
    matches!(title(row), "indicator_calculated" | "pattern_detected")
}

/// What a value looks like, in words.
fn shape(field: &Field) -> &'static str {
    match field.shape {
        Shape::Text => "text",
        Shape::Count => "count",
        Shape::CountOrList => "count, or list of them",
        Shape::Number => "number",
        Shape::Flag => "true or false",
        Shape::Time => "time",
        Shape::List => "list of text",
        Shape::Object => "object",
        Shape::Objects => "list of objects",
    }
}

/// Every generated page: its path and its text.
fn pages() -> [(&'static str, String); 2] {
    let samples = samples();
    [("docs/events.md", events::page(&samples)), ("docs/asyncapi.yaml", asyncapi::page(&samples))]
}

/// Writes the pages.
pub fn write() -> Outcome {
    for (path, text) in pages() {
        std::fs::write(paths::root().join(path), text).map_err(|cause| format!("{path}: {cause}"))?;
        println!("   {path}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::decode::{CHANNELS, FIELDS};

    #[test]
    fn the_pages_say_what_the_tables_say() {
        for (path, text) in pages() {
            let kept = std::fs::read_to_string(paths::root().join(path)).unwrap_or_default();
            let differing = kept.lines().zip(text.lines()).find(|(kept, made)| kept != made);
            assert!(kept == text, "{path} is not what the code says: cargo xtask docs. First: {differing:?}");
        }
    }

    #[test]
    fn every_event_channel_and_spelling_is_in_both() {
        for (path, text) in pages() {
            let names = EVENTS.iter().flat_map(|row| row.names);
            let spellings = FIELDS.iter().flat_map(|field| field.spellings);
            let channels = CHANNELS.iter().map(|place| &place.name);
            for word in names.chain(spellings).chain(channels) {
                assert!(text.contains(word), "{path} lacks {word}");
            }
        }
    }

    #[test]
    fn every_sample_with_a_channel_is_read() {
        let lines = include_str!("../../../contract/samples.jsonl").lines();
        let with_channel = lines.filter(|line| line.contains("\"channel\":")).count();
        assert_eq!(samples().len(), with_channel);
    }
}
