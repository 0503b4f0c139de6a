//! What an entry says, and what comes of it, in words.

use crate::archive::Facts;
use crate::format::{duration, time};
use domain::calendar::{WallClock, zone};
use domain::phase::Phase;
use domain::schedule::{Changed, Coming, Days, EarlyClose, Entry, Missed, clock_of};
use domain::time::{DAY, HOUR, MINUTE, Millis};

/// The days of a week, Monday first.
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// "Fri 27 Nov 22:10 (16:10 ET)".
pub(super) fn at(moment: Millis, facts: &Facts) -> String {
    time(moment, facts.now, facts.zone(), &facts.exchange)
}

/// "in 3 h 12 min", "in 4 days", "now".
pub(super) fn ahead(moment: Millis, facts: &Facts) -> String {
    match moment - facts.now {
        span if span < MINUTE => "now".to_owned(),
        span if span < 2 * DAY => format!("in {}", duration(span)),
        span => format!("in {} days", span / DAY),
    }
}

/// "16:10 ET, trading days".
pub(super) fn due(entry: &Entry, clock: &str) -> String {
    format!("{} {clock}, {}", entry.time(), days(entry.days))
}

fn days(days: Days) -> String {
    let Days::Weekdays(bits) = days else { return "trading days".to_owned() };
    match bits & 0b111_1111 {
        0b111_1111 => "every day".to_owned(),
        0b001_1111 => "Mon to Fri".to_owned(),
        bits => {
            let on = WEEKDAYS.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1);
            on.map(|(_, name)| *name).collect::<Vec<_>>().join(", ")
        }
    }
}

/// What it runs: "all phases of sp500, not before the close".
pub(super) fn runs(entry: &Entry) -> String {
    let nouns: Vec<String> = entry.phases.iter().map(|name| Phase::parse(name).noun()).collect();
    let phases = if nouns.is_empty() { "all phases".to_owned() } else { nouns.join(", ") };
    let over = entry.universe.as_ref().map_or_else(String::new, |name| format!(" of {name}"));
    let check = if entry.market_check {
        "not before the close, nor without trading"
    } else {
        "whatever the market does"
    };
    format!("{phases}{over}; {check}")
}

/// What becomes of it when something is not as ever.
pub(super) fn otherwise(entry: &Entry) -> String {
    let early = match entry.early {
        EarlyClose::Same => "at the same time".to_owned(),
        EarlyClose::After(minutes) => format!("{} after it", duration(i64::from(minutes) * MINUTE)),
    };
    let missed = match entry.missed {
        Missed::Skip => "left out".to_owned(),
        Missed::Late(minutes) => format!("fired up to {} late", duration(i64::from(minutes) * MINUTE)),
    };
    format!("early close: {early}; missed: {missed}")
}

/// What is to be said of a day besides when it is: "early close; clocks went back on Sun 1 Nov: an hour later by UTC".
pub(super) fn remarks(coming: &Coming, entry: &Entry, facts: &Facts) -> String {
    let occurrence = &coming.occurrence;
    let mut all = Vec::new();
    if occurrence.early {
        all.push("early close".to_owned());
    }
    all.extend(coming.changed.map(|changed| clocks(changed, facts)));
    let (time, rests) = (clock_of(entry.minute), occurrence.skip.is_none());
    match occurrence.clock {
        WallClock::Skipped if rests => {
            let fires = zone(&entry.zone, occurrence.at).map(|zone| zone.civil(occurrence.at).hm());
            let fires = fires.map(|time| format!(": it fires at {time}")).unwrap_or_default();
            all.push(format!("the clock skips {time} on this day{fires}"));
        }
        WallClock::Twice if rests => {
            all.push(format!("the clock shows {time} twice on this day: it fires the first time"));
        }
        _ => {}
    }
    all.join("; ")
}

/// "clocks go back on Sun 1 Nov: an hour later by UTC".
fn clocks(changed: Changed, facts: &Facts) -> String {
    let span = match changed.minutes.abs() {
        60 => "an hour".to_owned(),
        minutes => duration(minutes * MINUTE),
    };
    let past = changed.day * DAY <= facts.now - DAY;
    let (way, later) = if changed.minutes > 0 { ("forward", "earlier") } else { ("back", "later") };
    let go = if past { "went" } else { "go" };
    format!("clocks {go} {way} on {}: {span} {later} by UTC", facts.night(changed.day))
}

/// "Early fires 20 min after Nightly, whose runs take 48 min: it would be refused."
#[must_use]
pub fn clash(first: &str, second: &str, apart: Millis, takes: Millis, known: bool) -> String {
    let takes = if known {
        format!("whose runs take {}", duration(takes))
    } else {
        format!("whose runs are taken to last {}, because none is known yet", duration(takes))
    };
    let when = if apart < MINUTE {
        format!("at the same time as {first}")
    } else {
        format!("{} after {first}", duration(apart))
    };
    format!("{second} fires {when}, {takes}: it would be refused.")
}

/// "A run is in progress: 7f3a. Nightly fires in 10 min: it would be refused unless the run has ended by then."
#[must_use]
pub fn in_the_way(run: &str, entry: &str, span: Millis) -> String {
    let when = if span < MINUTE { "now".to_owned() } else { format!("in {}", duration(span.min(99 * HOUR))) };
    format!(
        "A run is in progress: {run}. {entry} fires {when}: it would be refused unless the run has ended by then."
    )
}

/// Why an entry never fires, as what is wrong with its time: "would never fire: before the close".
#[must_use]
pub fn never(why: &str) -> String {
    format!("would never fire: {why}")
}

/// What an address may say was done, in words: nothing that stands in an address is shown as it is.
const DONE: [(&str, &str); 11] = [
    ("added", "The entry is added. It counts from now on."),
    ("changed", "The entry is changed. It counts from now on: what was due before is not made up for."),
    ("removed", "The entry is removed. What became of its days stays."),
    ("skipped", "That day is skipped. It can be taken back until it is due."),
    ("unskipped", "That day fires after all."),
    ("paused", "All is paused: nothing fires until it is resumed."),
    ("resumed", "It fires again. What was due while it was paused is not made up for."),
    ("server", "This server fires from now on."),
    ("producer", "The producer fires from now on; this server looks on."),
    ("asked", "The producer was asked. What became of it stands beside its schedule."),
    ("same", "Nothing was to be changed."),
];

/// The sentence for a code, if there is one.
#[must_use]
pub fn done(code: &str) -> Option<&'static str> {
    DONE.into_iter().find(|(known, _)| *known == code).map(|(_, words)| words)
}
