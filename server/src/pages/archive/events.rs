//! The log: a page of it, newest first, and whether there is more to both sides.

use crate::asked;
use crate::ingest::Way;
use crate::state::App;
use crate::store::StoreError;
use crate::store::read::events::{EventFilter as Wanted, EventPlace, StoredEvent};
use app::archive::{EventFilter, EventRow, Events, Facts, FilterError, Place, Searched, Source};
use domain::decode::{clean, shown};
use serde_json::{Map, Value};

/// Channels that can be asked for.
const CHANNELS: i64 = 100;
/// Longest line of what a message says, in characters.
const LINE: usize = 400;
/// Longest value in it.
const VALUE: usize = 80;
/// Fields under which a message carries what it says.
const BODIES: [&str; 2] = ["payload", "data"];

pub(super) async fn page(
    app: &App,
    filter: &EventFilter,
    errors: &[FilterError],
    facts: &Facts,
) -> Result<Events, StoreError> {
    let wanted = asked::events(filter, &facts.exchange);
    let most = Events::ROWS;
    let place = place_of(filter.place);
    let up = matches!(place, EventPlace::After(_));
    // One more than is shown tells whether there are others.
    let limit = i64::try_from(most + 1).unwrap_or(i64::MAX);
    let found = app.store.events(&wanted, place, limit).await?;
    let more = found.events.len() > most;
    let mut rows: Vec<EventRow> = found.events.iter().take(most).map(row).collect();
    if up {
        rows.reverse();
    }
    let searched = match found.searched_to.filter(|_| !more) {
        Some(to) => Some(Searched {
            to: app.store.received(to).await?.unwrap_or(facts.now),
            on: if up { Place::After(number(to)) } else { Place::Before(number(to)) },
        }),
        None => None,
    };
    let others = match filter.place {
        Place::Newest => false,
        Place::Before(number) => {
            any(app, &wanted, EventPlace::After(whole(number).saturating_sub(1))).await?
        }
        Place::After(number) => {
            any(app, &wanted, EventPlace::Before(whole(number).saturating_add(1))).await?
        }
    };
    let (older, newer) = if up { (others, more) } else { (more, others) };
    Ok(Events {
        filter: filter.clone(),
        errors: errors.to_vec(),
        rows,
        older,
        newer,
        searched,
        channels: app.store.channels(CHANNELS).await?,
    })
}

/// Whether anything lies to that side. Text is not searched for: that would read up to 20,000 messages for a link, behind which
/// there may be nothing all the same.
async fn any(app: &App, wanted: &Wanted, place: EventPlace) -> Result<bool, StoreError> {
    let like = Wanted { text: None, ..wanted.clone() };
    let found = app.store.events(&like, place, 1).await?;
    Ok(!found.events.is_empty() || found.searched_to.is_some())
}

fn place_of(place: Place) -> EventPlace {
    match place {
        Place::Newest => EventPlace::Before(i64::MAX),
        Place::Before(number) => EventPlace::Before(whole(number)),
        Place::After(number) => EventPlace::After(whole(number)),
    }
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn number(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

fn row(event: &StoredEvent) -> EventRow {
    EventRow {
        number: number(event.n),
        at: event.at,
        source: match event.way {
            Way::Channel => Source::Channel,
            Way::Stream => Source::Stream,
            Way::Http => Source::Http,
            Way::Own => Source::Server,
        },
        channel: event.channel.clone(),
        name: event.name.clone(),
        run: event.run.clone(),
        symbol: event.symbol.clone(),
        says: says(event),
    }
}

/// What a message says, in one line: the fields of its body without those that have a column. One that is no JSON, or whose
/// beginning alone is none, is shown as it is.
fn says(event: &StoredEvent) -> String {
    let Ok(Value::Object(message)) = serde_json::from_slice::<Value>(&event.raw) else {
        return shown(&event.raw, LINE);
    };
    let body = BODIES.iter().find_map(|name| message.get(*name).and_then(Value::as_object));
    let told = body.map_or_else(|| line(&message, event), |body| line(body, event));
    if told.is_empty() { shown(&event.raw, LINE) } else { clean(&told, LINE) }
}

fn line(fields: &Map<String, Value>, event: &StoredEvent) -> String {
    let columns = [Some(&event.name), event.run.as_ref(), event.symbol.as_ref()];
    let mut line = String::new();
    for (name, value) in fields {
        let has_column =
            value.as_str().is_some_and(|text| columns.iter().flatten().any(|told| *told == text));
        if has_column || value.is_null() || line.len() > LINE {
            continue;
        }
        let value = match value {
            Value::String(text) => clean(text, VALUE),
            other => clean(&other.to_string(), VALUE),
        };
        if !line.is_empty() {
            line.push_str(", ");
        }
        line.push_str(&format!("{} {value}", clean(name, VALUE)));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(raw: &[u8]) -> String {
        says(&StoredEvent {
            n: 1,
            at: 0,
            way: Way::Channel,
            stream_id: None,
            channel: "c".to_owned(),
            kind: "night".to_owned(),
            name: "import_progress".to_owned(),
            run: Some("7f3a".to_owned()),
            symbol: Some("HON".to_owned()),
            length: 0,
            raw: raw.to_vec(),
        })
    }

    #[test]
    fn what_it_says_is_told_without_what_stands_beside_it() {
        let raw = br#"{"event":"import_progress","timestamp":"x","payload":{"run_id":"7f3a","done":3,"symbol":"HON","note":null,"list":[1,"a"],"ok":true}}"#;
        assert_eq!(told(raw), "done 3, list [1,\"a\"], ok true");
        assert_eq!(told(br#"{"event":"import_progress","done":3}"#), "done 3");
    }

    #[test]
    fn what_is_no_message_is_shown_as_it_is_and_bounded() {
        assert_eq!(told(b"no JSON"), "no JSON");
        assert_eq!(told(b"{}"), "{}");
        assert_eq!(told(b"\xff\x00"), "\\xff\\u{0}");
        let many: Vec<String> = (0..1_000).map(|n| format!("\"field{n}\":\"{}\"", "x".repeat(500))).collect();
        assert!(told(format!("{{{}}}", many.join(",")).as_bytes()).chars().count() <= LINE);
    }
}
