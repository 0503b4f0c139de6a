//! `docs/events.md`: the reference of channels, events and fields, for people.

use super::{Sample, same, shape, title, usual};
use domain::decode::{CHANNELS, EVENTS, EVERYWHERE, EventRow, FIELDS, Field, TIMEFRAMES};
use domain::phase::{ALIASES, Phase};
use std::fmt::Write as _;

const HEAD: &str = "# Events: what is understood

<!-- Made by `cargo xtask docs` from the tables in `domain/src/decode/` and `domain/src/phase.rs`, and from
     `contract/samples.jsonl`. Do not write here: a test makes this page again and compares. For programs: `asyncapi.yaml`. -->

A message is one JSON object of at most 1 MiB, nested at most 128 deep. Everything else is refused, counted, and shown on
`/admin/channels` with its reason. Of an object nothing is refused:

* Its **name** is `event`, `event_type`, `type` or `command`, in any case. **The name decides what it is, not the channel.** Without a
  name the `error_id`, or the channel, tells.
* Its **body** is `payload`, `data` (once more inside itself), or the object itself.
* Its **time** is ISO 8601 with or without offset, RFC 1123, or an epoch number. It is shown; it orders nothing.
* Its **run** is `run_id`, in the body, beside it or in `context`; `job_id` where it names no run.
* A field that is missing or has no sensible value is unknown. A name or a field that is in no table is kept with an example and
  shown on `/admin/channels`.

A number may come as text, a list as one text. `NaN`, `Infinity` and `1e309` are unknown. Texts are cut to what their
place can hold and freed of control and direction characters.
";

/// The page.
pub fn page(samples: &[Sample]) -> String {
    let mut page = HEAD.to_owned();
    channels(&mut page, samples);
    page.push_str("\n## Events of the night\n");
    for row in EVENTS.iter().filter(|row| row.apart().is_none()) {
        event(&mut page, row, samples);
    }
    page.push_str(
        "\n## Events of others\n\nRecognised, listed apart on `/admin/channels`, and never counted into a night.\n\n\
         | names | whose | what they say |\n|---|---|---|\n",
    );
    for row in EVENTS.iter() {
        if let Some(component) = row.apart() {
            line(&mut page, &[&words(row.names), component.label(), row.meaning]);
        }
    }
    fields(&mut page);
    words_for_phases(&mut page);
    page
}

fn channels(page: &mut String, samples: &[Sample]) {
    page.push_str(
        "\n## Channels\n\nA name with `*` is a family. Those marked *watched* are subscribed to unless the settings say otherwise. Channels on which\n\
         commands are sent are known and **not** watched: whoever publishes there takes the number of listeners for an\n\
         acknowledgement, and we would be one.\n\n| channel | watched | what for | usual events |\n|---|---|---|---|\n",
    );
    for place in CHANNELS {
        let covered = CHANNELS.iter().any(|family| family.watched && family.covers(place.name));
        let watched = match (place.watched, covered) {
            (true, _) => "watched",
            (false, true) => "by its family",
            (false, false) => "no",
        };
        let usual: Vec<&str> = usual(place, samples).into_iter().map(title).collect();
        line(page, &[&format!("`{}`", place.name), watched, place.purpose, &words(&usual)]);
    }
}

fn event(page: &mut String, row: &EventRow, samples: &[Sample]) {
    let (name, others) = row.names.split_first().map_or(("", &[][..]), |(name, others)| (*name, others));
    let _ = writeln!(page, "\n### `{name}`\n\n{}.", sentence(row.meaning));
    if !others.is_empty() {
        let _ = writeln!(page, "Also {}.", words(others));
    }
    if let Some(phase) = row.phase() {
        let _ = writeln!(page, "Phase: {}.", phase.label());
    }
    let _ = writeln!(page, "\nFields: {}.", names_of(row));
    for sample in
        samples.iter().filter(|sample| sample.row.is_some_and(|other| same(row, other))).take(SAMPLES)
    {
        let _ = writeln!(page, "\nOn `{}`:\n\n```json\n{}\n```", sample.address, sample.message);
    }
}

/// Samples shown of one event.
const SAMPLES: usize = 3;

fn names_of(row: &EventRow) -> String {
    let fields = row.fields.iter().copied().flatten().chain(EVERYWHERE);
    fields.map(|field| format!("`{}`", field.name())).collect::<Vec<_>>().join(", ")
}

fn fields(page: &mut String) {
    page.push_str(
        "\n## Fields\n\nThe first spelling is ours; of several in one message the first in this order counts.\n\n\
         | field | also | value | what it means |\n|---|---|---|---|\n",
    );
    for field in FIELDS {
        line(page, &[&format!("`{}`", field.name()), &words(others_of(field)), shape(field), field.meaning]);
    }
}

fn others_of(field: &Field) -> &[&'static str] {
    field.spellings.get(1..).unwrap_or_default()
}

fn words_for_phases(page: &mut String) {
    page.push_str("\n## Phases\n\nAny other phase keeps its name and takes a row of its own.\n\n| phase | spellings |\n|---|---|\n");
    for phase in &Phase::NIGHT {
        let spellings: Vec<&str> =
            ALIASES.iter().filter(|(_, known)| known == phase).map(|(alias, _)| *alias).collect();
        line(page, &[&phase.label(), &words(&spellings)]);
    }
    page.push_str("\n## Timeframes\n\nAny other keeps its name.\n\n| timeframe | also |\n|---|---|\n");
    for (ours, others) in TIMEFRAMES {
        line(page, &[&format!("`{ours}`"), &words(others)]);
    }
}

/// A line of a table.
fn line(page: &mut String, cells: &[&str]) {
    let _ = writeln!(page, "| {} |", cells.join(" | "));
}

fn words(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn sentence(meaning: &str) -> String {
    let mut letters = meaning.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
