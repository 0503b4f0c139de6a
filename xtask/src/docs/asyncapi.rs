//! `docs/asyncapi.yaml`: the same reference for programs, AsyncAPI 3.0.

use super::yaml::{Node, map, reference, spread, text};
use super::{Sample, same, title, usual};
use domain::decode::{CHANNELS, EVENTS, EVERYWHERE, EventRow, FIELDS, Field, Shape};
use serde_json::{Value, json};

const HEAD: &str = "\
# Made by `cargo xtask docs` from the tables in domain/src/decode/ and from contract/samples.jsonl. Do not write here: a test
# makes this file again and compares. For people: events.md.
";

/// The file.
pub fn page(samples: &[Sample]) -> String {
    let document = map([
        ("asyncapi", text("3.0.0")),
        (
            "info",
            map([
                ("title", text("Closing Bell: what it understands")),
                ("version", text(env!("CARGO_PKG_VERSION"))),
                (
                    "description",
                    text(
                        "Events of nightly processing on Redis pub/sub. The name of a message decides what it is, not its channel: the messages of a \
                         channel are those usual there. A field that is missing or has no sensible value is unknown; what is in no table is kept and shown.",
                    ),
                ),
            ]),
        ),
        ("defaultContentType", text("application/json")),
        ("servers", map([("redis", map([("host", text("localhost:6379")), ("protocol", text("redis"))]))])),
        (
            "channels",
            named(
                CHANNELS.iter().map(|place| {
                    (id(place.name), channel(place.name, place.purpose, &usual(place, samples)))
                }),
            ),
        ),
        (
            "operations",
            named(CHANNELS.iter().filter(|place| place.watched).map(|place| {
                let to = format!("#/channels/{}", id(place.name));
                (
                    format!("hear_{}", id(place.name)),
                    map([("action", text("receive")), ("channel", reference(&to))]),
                )
            })),
        ),
        (
            "components",
            map([
                ("messages", named(EVENTS.iter().map(|row| (title(row).to_owned(), message(row, samples))))),
                ("schemas", named(FIELDS.iter().map(|field| (field.name().to_owned(), schema(field))))),
            ]),
        ),
    ]);
    format!("{HEAD}{}", document.document())
}

fn named(entries: impl Iterator<Item = (String, Node)>) -> Node {
    Node::Map(entries.collect())
}

/// A channel's name as the key of a map: of letters, digits and what AsyncAPI allows besides.
fn id(name: &str) -> String {
    // A colon and a dot are told apart: both spellings of a channel exist.
    name.replace(':', "_").replace('.', "-").replace('*', "any")
}

fn channel(name: &str, purpose: &str, rows: &[&EventRow]) -> Node {
    let messages = rows
        .iter()
        .map(|row| (title(row).to_owned(), reference(&format!("#/components/messages/{}", title(row)))));
    let mut entries = vec![
        ("address".to_owned(), text(&name.replace('*', "{rest}"))),
        ("description".to_owned(), text(purpose)),
    ];
    if name.ends_with('*') {
        let rest = map([("description", text("any, subscribed to by pattern"))]);
        entries.push(("parameters".to_owned(), map([("rest", rest)])));
    }
    entries.push((
        "messages".to_owned(),
        if rows.is_empty() { Node::Inline(json!({})) } else { named(messages) },
    ));
    entries.push(("x-pattern".to_owned(), text(name)));
    Node::Map(entries)
}

fn message(row: &EventRow, samples: &[Sample]) -> Node {
    let mut entries = vec![
        ("name".to_owned(), text(title(row))),
        ("summary".to_owned(), text(row.meaning)),
        ("payload".to_owned(), envelope(row)),
    ];
    let ours = samples.iter().filter(|sample| sample.row.is_some_and(|other| same(row, other)));
    let examples: Vec<Node> = ours.map(|sample| map([("payload", spread(&sample.message))])).collect();
    if !examples.is_empty() {
        entries.push(("examples".to_owned(), Node::List(examples)));
    }
    Node::Map(entries)
}

/// The object that is sent, in the envelope that our own producer uses.
fn envelope(row: &EventRow) -> Node {
    let fields = row.fields.iter().copied().flatten().chain(EVERYWHERE);
    let spellings = fields.flat_map(|field| {
        let to = format!("#/components/schemas/{}", field.name());
        field.spellings.iter().map(move |spelling| ((*spelling).to_owned(), reference(&to)))
    });
    let name = if row.apart().is_some_and(|component| component == domain::event::Component::Commands) {
        "command"
    } else {
        "event"
    };
    map([
        ("type", text("object")),
        (
            "properties",
            map([
                (name, map([("type", text("string")), ("enum", Node::Inline(Value::from(row.names)))])),
                ("timestamp", map([("type", Node::Inline(json!(["string", "number"])))])),
                ("source", map([("type", text("string"))])),
                ("version", map([("type", text("string"))])),
                ("payload", map([("type", text("object")), ("properties", named(spellings))])),
            ]),
        ),
    ])
}

fn schema(field: &Field) -> Node {
    let kind = match field.shape {
        Shape::Text => json!("string"),
        Shape::Count => json!(["integer", "string"]),
        Shape::CountOrList => json!(["integer", "string", "array"]),
        Shape::Number => json!(["number", "string"]),
        Shape::Flag => json!(["boolean", "string", "integer"]),
        Shape::Time => json!(["string", "number"]),
        Shape::List => json!(["array", "string"]),
        Shape::Object => json!("object"),
        Shape::Objects => json!("array"),
    };
    map([
        ("type", Node::Inline(kind)),
        ("description", text(field.meaning)),
        ("x-spellings", Node::Inline(Value::from(field.spellings))),
    ])
}
